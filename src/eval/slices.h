/* The same lists evaluated on a part of the users or of the held-out items. */
#ifndef VT_EVAL_SLICES_H
#define VT_EVAL_SLICES_H

#include "eval/bootstrap.h"
#include "eval/metrics.h"
#include "eval/queries.h"

/**
 * Slices of a evaluated plan into `*out` (`*n` of them, those without a user left out), with intervals. `position` says
 * for each place of plan->relevant where it stands in its list, from 1; 0: not in it. The caller frees them with
 * vt_slices_free().
 */
int vt_slices_create(vt_slice **out, size_t *n, const vt_plan *plan, const int32_t *position,
                     const vt_protocol *protocol, const vt_discounts *discounts, const vt_resampling *resampling,
                     vt_error *err);

/** Joins the slices of folds by name: a user's value is the mean over the folds that evaluated them in that slice. */
int vt_slices_join(vt_slice **out, size_t *n, const vt_evaluation *folds, size_t n_folds,
                   const vt_resampling *resampling, vt_error *err);

void vt_slices_free(vt_slice *slices, size_t n);

#endif
