/*
 * What a shop shows where a list ends: what sold most by then. Legend: I items, U users.
 */
#ifndef VT_EVAL_POPULAR_H
#define VT_EVAL_POPULAR_H

#include "eval/queries.h"

/** Items by how often they sold, of all that may be known under a plan. Init with zeroes, done by vt_popular_done(). */
typedef struct vt_popular {
    const vt_plan *plan; /* borrowed */
    int32_t *order;      /* (I) by plan->sold, the highest first, then by plan->tie */
} vt_popular;

/** O(I log I). */
int vt_popular_init(vt_popular *popular, const vt_plan *plan, vt_error *err);
void vt_popular_done(vt_popular *popular);

/**
 * Fills the list of a query, which has `n` of `k` items, with what sold most before its moment among the candidates
 * that are neither left out nor in the list; returns the new length. `taken` (I) is 1 for the items of the list. O(I +
 * k^2) at most, O(n + k) frozen while there are enough candidates.
 */
size_t vt_popular_fill(const vt_popular *popular, const vt_query *query, int32_t *items, size_t n, size_t k,
                       const uint8_t *taken);

#endif
