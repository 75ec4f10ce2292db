/* Ranked lists of items and how two become one. Legend: I items of the shop. */
#ifndef VT_RECOMMEND_RANKED_H
#define VT_RECOMMEND_RANKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vitrine/error.h"

/** Places of a list that count. */
enum { VT_RANKED_MAX = 1000 };

/** Items, best first; each at most once. */
typedef struct vt_ranked {
    const char *source; /* what it was ranked by: "words", "text", "image" */
    int32_t item[VT_RANKED_MAX];
    float score[VT_RANKED_MAX];
    size_t n;
} vt_ranked;

/** An item of the answer. */
typedef struct vt_fused {
    int32_t item;
    float score;
    uint8_t found_by; /* bit l: in list l */
} vt_fused;

/**
 * The best `k` of the lists into `out`; `*n` gets how many. One list stays as it is. Of more, the score of an item is
 * the sum of 1 / (60 + rank) over the lists that it is in, ranks from 1 (Cormack, Clarke and Buettcher 2009, with their
 * constant); ties go to the smaller item. `n_items` is I.
 */
int vt_fuse(vt_fused *out, size_t *n, const vt_ranked *lists, size_t n_lists, int32_t n_items, size_t k, vt_error *err);

#endif
