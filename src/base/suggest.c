/* Edit distance with swaps of neighbours, the commonest slip of all. Names are short: its rows stand on the stack. */
#include "base/suggest.h"

#include <stdbool.h>
#include <string.h>

#define NAME_MAX_LEN 64

size_t vt_edit_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    if (a_len > NAME_MAX_LEN || b_len > NAME_MAX_LEN) {
        return a_len > b_len ? a_len : b_len;
    }
    size_t rows[3][NAME_MAX_LEN + 1];
    size_t *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b_len; j++) {
        last[j] = j;
        before[j] = 0;
    }
    for (size_t i = 1; i <= a_len; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t best = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            best = last[j] + 1 < best ? last[j] + 1 : best;
            best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < best) {
                best = before[j - 2] + 1;
            }
            row[j] = best;
        }
        size_t *free_row = before;
        before = last;
        last = row;
        row = free_row;
    }
    return last[b_len];
}

void vt_suggestion_init(vt_suggestion *suggestion, const char *wanted, size_t len)
{
    *suggestion = (vt_suggestion){wanted, len, NULL, 0, 0};
}

void vt_suggestion_offer(vt_suggestion *suggestion, const char *name, size_t len)
{
    size_t longer = len > suggestion->wanted_len ? len : suggestion->wanted_len;
    size_t limit = longer / 3 > 0 ? longer / 3 : 1;
    size_t distance = vt_edit_distance(suggestion->wanted, suggestion->wanted_len, name, len);
    bool beginning = suggestion->wanted_len >= 3 && len > suggestion->wanted_len &&
                     memcmp(name, suggestion->wanted, suggestion->wanted_len) == 0;
    if (beginning && distance > limit) {
        distance = limit; /* "recom" means "recommend" */
    }
    if (distance <= limit && (suggestion->best == NULL || distance < suggestion->distance)) {
        suggestion->best = name;
        suggestion->best_len = len;
        suggestion->distance = distance;
    }
}
