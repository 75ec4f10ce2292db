/* Evaluating the lists of a block of users; blocks run on several threads at once. */
#ifndef VT_EVAL_USER_LISTS_H
#define VT_EVAL_USER_LISTS_H

#include "eval/metrics.h"
#include "eval/negatives.h"
#include "eval/popular.h"
#include "eval/queries.h"
#include "eval/traits.h"

/** What all threads share. Everything is borrowed. */
typedef struct vt_user_lists {
    const vt_plan *plan;
    const vt_protocol *protocol;
    const vt_negatives *negatives; /* from a file; NULL without */
    vt_discounts discounts;
    vt_ranker rank;
    void *context;
    size_t k; /* longest list */
    vt_traits traits;
    vt_popular popular; /* without an order where lists end as they are */
    double *per_user;   /* (U, n_cutoffs, VT_METRICS) zero at first */
    int32_t *traited;   /* (U, n_cutoffs, VT_TRAITS) lists with a value, zero at first */
    int32_t *position;  /* as plan->relevant: where it stands in its list, from 1; 0: not there. NULL: nobody asks */
    int64_t *listed;    /* (n_cutoffs, I) listings at positions of that cutoff and not of the one before */
} vt_user_lists;

/**
 * Evaluates users number `begin` to `end` of the plan: their rows of `per_user` are filled, `listed` is added to
 * (atomically, in whole numbers, so that the order does not matter). VT_ERR_FAILED names an item that may not stand
 * in its list.
 */
int vt_user_lists_evaluate(const vt_user_lists *lists, size_t begin, size_t end, vt_error *err);

#endif
