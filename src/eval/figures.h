/* Figures that are means over users, from the rows of users. */
#ifndef VT_EVAL_FIGURES_H
#define VT_EVAL_FIGURES_H

#include "eval/bootstrap.h"

/**
 * Sets value and bounds of the per-user figures of `evaluation` from `per_user`: means over the users who have a value,
 * NaN where nobody has one; bounds are NaN for 0 resamples.
 */
int vt_evaluation_figures(vt_evaluation *evaluation, const vt_resampling *resampling, vt_error *err);

/** Figures from sums and numbers of values, `*(const size_t *)context` pairs (sum, number). A vt_statistic. */
void vt_pair_means(const void *context, const double *sum, size_t n_rows, double *figure);

#endif
