/* Figures of predicted ratings from the sums of their errors by user and fold. */
#ifndef VT_EVAL_RATINGS_H
#define VT_EVAL_RATINGS_H

#include "eval/bootstrap.h"

#define VT_RATING_SUMS 3 /* ratings, squared errors, absolute errors */

/** Fills `n`, `rmse` and `mae` from the rest. */
int vt_ratings_figures(vt_ratings *ratings, const vt_resampling *resampling, vt_error *err);

/** Joins what the folds of one split have, each a column of sums of its own. Nothing when no fold has ratings. */
int vt_ratings_join(vt_ratings *out, const vt_evaluation *folds, size_t n, const vt_resampling *resampling,
                    vt_error *err);

/** RMSE and MAE of each fold over all its ratings, then the mean over `*(const size_t *)context` folds. */
void vt_rating_means(const void *context, const double *sum /* (folds, 3) */, size_t n_rows, double *figure /* (2) */);

void vt_ratings_done(vt_ratings *ratings);

#endif
