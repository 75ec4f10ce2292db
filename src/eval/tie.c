/*
 * The best k with ties by id come first; then the last score decides which items of that score are in, and the order
 * within each score is set anew.
 */
#include "eval/tie.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "math/topk.h"

#define SEED 0x7469657

typedef struct hashed {
    uint64_t hash;
    int32_t item;
} hashed;

static int by_hash(const void *a, const void *b)
{
    const hashed *x = a, *y = b;
    if (x->hash != y->hash) {
        return x->hash < y->hash ? -1 : 1;
    }
    return (x->item > y->item) - (x->item < y->item);
}

int vt_tie_order(int32_t **tie, const vt_ids *ids, int32_t n_items, vt_error *err)
{
    size_t n = (size_t)n_items;
    hashed *row = vt_alloc(n, sizeof *row, err);
    int32_t *place = row == NULL ? NULL : vt_alloc(n, sizeof *place, err);
    if (place == NULL) {
        vt_free(row);
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t i = 0; i < n_items; i++) {
        vt_str id = vt_ids_get(ids, i);
        row[i] = (hashed){vt_hash64(id.ptr, id.len, SEED), i};
    }
    if (n > 0) {
        qsort(row, n, sizeof *row, by_hash);
    }
    for (int32_t i = 0; i < n_items; i++) {
        place[row[i].item] = i;
    }
    vt_free(row);
    *tie = place;
    return VT_OK;
}

typedef struct ties {
    const int32_t *tie, *item;
} ties;

static int32_t place_of(const ties *t, int32_t index)
{
    return t->tie[t->item == NULL ? index : t->item[index]];
}

/* Puts an index where it belongs among `n` of one score, in order; of `most` the last falls out. */
static size_t insert(int32_t *among, size_t n, size_t most, int32_t index, const ties *t)
{
    size_t at = n < most ? n : most - 1;
    if (n == most && place_of(t, among[at]) < place_of(t, index)) {
        return n;
    }
    for (; at > 0 && place_of(t, among[at - 1]) > place_of(t, index); at--) {
        among[at] = among[at - 1];
    }
    among[at] = index;
    return n < most ? n + 1 : n;
}

size_t vt_tie_topk(const float *scores, size_t n, size_t k, const int32_t *tie, const int32_t *item, int32_t *index)
{
    const ties t = {tie, item};
    size_t found = vt_topk(scores, n, k, index), above = 0;
    for (size_t end = 0; above < found; above = end) { /* runs of equal scores */
        float score = scores[index[above]];
        for (end = above + 1; end < found && scores[index[end]] == score; end++) {
        }
        size_t kept = 0, most = end - above;
        if (end == found && found == k) { /* more of this score may stand outside */
            for (size_t i = 0; i < n; i++) {
                if (scores[i] == score) {
                    kept = insert(index + above, kept, most, (int32_t)i, &t);
                }
            }
        } else {
            for (size_t i = above; i < end; i++) {
                kept = insert(index + above, kept, most, index[i], &t);
            }
        }
    }
    return found;
}
