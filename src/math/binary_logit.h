/*
 * Logistic regression of a yes or no over dense vectors, with a weight for each row and an L2 penalty: the head on
 * vectors that a network has made. Legend: N rows, D columns.
 */
#ifndef VT_MATH_BINARY_LOGIT_H
#define VT_MATH_BINARY_LOGIT_H

#include <stddef.h>
#include <stdint.h>

#include "vitrine/error.h"

/** Rows with a known outcome. */
typedef struct vt_labelled {
    const float *x;       /* (N, D) row-major */
    const uint8_t *label; /* (N) 0 or 1 */
    const float *weight;  /* (N) 0 or more, not all 0 */
    size_t n, d;
} vt_labelled;

/**
 * Weights `w` (D + 1, the constant last) at the minimum of the weighted mean of the logistic loss plus ridge / 2 times
 * the squared length of the first D, `ridge` above 0. By Newton's method from 0 with steps halved until they gain; the
 * curvature is formed in floats, the gradient in doubles, so that only the speed depends on floats. VT_ERR_FAILED when
 * the rows are not finite or have no weight. O(iterations N D^2); same bytes for any number of threads.
 */
int vt_binary_logit_fit(double *w, const vt_labelled *rows, double ridge, int threads, vt_error *err);

/** The log odds of a row (D). */
double vt_binary_logit_score(const double *w, const float *row, size_t d);

#endif
