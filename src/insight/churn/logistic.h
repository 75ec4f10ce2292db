/*
 * Logistic regression of a yes or no with an L2 penalty, on math/logit.h: numbers are centred and scaled, a missing
 * number is the mean and has a column of its own, categories get a column for each level. Legend: N rows, F features,
 * E expanded columns.
 */
#ifndef VT_INSIGHT_CHURN_LOGISTIC_H
#define VT_INSIGHT_CHURN_LOGISTIC_H

#include <stdint.h>

#include "insight/churn/features.h"
#include "vitrine/error.h"

typedef struct vt_logistic vt_logistic;

/**
 * Fits `label` (N, 0 or 1) to the rows `row` (n) of `features`. `ridge`: penalty of squared weights of scaled columns,
 * for each row, 0 or more. Where features expand to more columns than can be weighed, those that vary least are left
 * out. The caller frees the result. Same bytes for any number of threads.
 */
int vt_logistic_fit(vt_logistic **out, const vt_features *features, const uint8_t *label, const int32_t *row, size_t n,
                    double ridge, int threads, vt_error *err);

/** Frees; NULL is allowed. */
void vt_logistic_free(vt_logistic *model);

/** Log odds of the rows `row` (n) into `score` (n). */
void vt_logistic_score(double *score, const vt_logistic *model, const vt_features *features, const int32_t *row,
                       size_t n);

/**
 * Contributions: `contribution` (n, F + 1) row-major, weight times centred value summed over the columns of a feature;
 * the last column is the score of a mean customer. A row sums to its score.
 */
void vt_logistic_explain(double *contribution, const vt_logistic *model, const vt_features *features,
                         const int32_t *row, size_t n);

/** Expanded columns that were left out. */
size_t vt_logistic_left_out(const vt_logistic *model);

#endif
