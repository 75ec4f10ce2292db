/* Pairs out of events by sorting each history. */
#include "model/pairs.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "vitrine/record.h"

static int by_item(const void *a, const void *b)
{
    const vt_pair *x = a, *y = b;
    if (x->item != y->item) {
        return x->item < y->item ? -1 : 1;
    }
    return (x->at > y->at) - (x->at < y->at);
}

size_t vt_pairs_of(vt_pair *pairs, const vt_user_state *user)
{
    for (size_t h = 0; h < user->n; h++) {
        pairs[h] = (vt_pair){user->item[h], user->value == NULL ? NAN : user->value[h],
                             user->time == NULL ? VT_NONE : user->time[h], h};
    }
    if (user->n > 1) {
        qsort(pairs, user->n, sizeof *pairs, by_item);
    }
    size_t n = 0;
    for (size_t h = 0; h < user->n; h++) {
        if (n == 0 || pairs[n - 1].item != pairs[h].item) {
            pairs[n++] = pairs[h];
        } else if (isnan(pairs[n - 1].value) && !isnan(pairs[h].value)) {
            pairs[n - 1].value = pairs[h].value;
            pairs[n - 1].time = pairs[h].time;
        }
    }
    return n;
}

/* Mean and scale of the ratings: that of the shop, or what there is. */
static void summarize(vt_pair_set *set, const vt_snapshot *snapshot, int64_t n)
{
    double sum = 0.0;
    set->low = INFINITY;
    set->high = -INFINITY;
    for (int64_t p = 0; p < n; p++) {
        float value = set->pair[p].value;
        if (!isnan(value)) {
            sum += (double)value;
            set->low = fminf(set->low, value);
            set->high = fmaxf(set->high, value);
            set->n_rated++;
        }
    }
    if (snapshot->rating_low < snapshot->rating_high) {
        set->low = fminf(set->low, (float)snapshot->rating_low);
        set->high = fmaxf(set->high, (float)snapshot->rating_high);
    }
    set->mean = sum / (double)(set->n_rated > 0 ? set->n_rated : 1);
}

int vt_pair_set_init(vt_pair_set *set, const vt_interactions *train, vt_error *err)
{
    *set = (vt_pair_set){0};
    set->ptr = vt_alloc((size_t)train->n_users + 1, sizeof *set->ptr, err);
    set->pair = set->ptr == NULL ? NULL : vt_alloc((size_t)train->n, sizeof *set->pair, err);
    if (set->pair == NULL) {
        vt_pair_set_done(set);
        return VT_ERR_NO_MEMORY;
    }
    set->ptr[0] = 0;
    for (int32_t u = 0; u < train->n_users; u++) {
        int64_t first = train->ptr[u];
        vt_user_state state = {.user = u,
                               .n = (size_t)(train->ptr[u + 1] - first),
                               .item = train->item + first,
                               .time = train->time + first,
                               .value = train->value + first};
        set->ptr[u + 1] = set->ptr[u] + (int64_t)vt_pairs_of(set->pair + set->ptr[u], &state);
    }
    summarize(set, train->snapshot, set->ptr[train->n_users]);
    return VT_OK;
}

void vt_pair_set_done(vt_pair_set *set)
{
    vt_free(set->ptr);
    vt_free(set->pair);
    set->ptr = NULL;
    set->pair = NULL;
}
