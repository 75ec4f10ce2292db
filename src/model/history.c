/* What set models make of a history; one place, so that they agree on repeats and on fading. */
#include "model/history.h"

#include <math.h>
#include <stdlib.h>

size_t vt_history_first(size_t *kept, const vt_user_state *user, float *mark)
{
    size_t n = 0;
    for (size_t h = 0; h < user->n; h++) {
        if (!(mark[user->item[h]] > 0.0F)) {
            mark[user->item[h]] = 1.0F;
            kept[n++] = h;
        }
    }
    for (size_t h = 0; h < user->n; h++) {
        mark[user->item[h]] = 0.0F;
    }
    return n;
}

static int by_item(const void *a, const void *b)
{
    const vt_first *x = a, *y = b;
    if (x->item != y->item) {
        return x->item < y->item ? -1 : 1;
    }
    return (x->at > y->at) - (x->at < y->at);
}

size_t vt_history_distinct(vt_first *first, const vt_user_state *user)
{
    size_t n = 0;
    for (size_t h = 0; h < user->n; h++) {
        first[h] = (vt_first){user->item[h], h};
    }
    if (user->n > 1) {
        qsort(first, user->n, sizeof *first, by_item);
    }
    for (size_t h = 0; h < user->n; h++) {
        if (n == 0 || first[n - 1].item != first[h].item) {
            first[n++] = first[h];
        }
    }
    return n;
}

float vt_history_weight(const vt_user_state *user, const size_t *kept, size_t n, size_t at, double half_life)
{
    if (!(half_life > 0.0)) {
        return 1.0F;
    }
    double age = (double)(n - 1 - at);
    if (user->time != NULL && user->time[kept[at]] != VT_NONE && user->time[user->n - 1] != VT_NONE) {
        age = (double)(user->time[user->n - 1] - user->time[kept[at]]) / 86400.0;
    }
    return (float)exp2(-age / half_life);
}
