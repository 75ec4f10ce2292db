/*
 * The conditional logit (McFadden 1974): which of several alternatives is chosen, from features of each. It is what
 * learns how much several scores of the same items are worth beside each other. Legend: Q choices, R rows (all
 * alternatives of all choices), K features.
 */
#ifndef VT_MATH_LOGIT_H
#define VT_MATH_LOGIT_H

#include <stddef.h>
#include <stdint.h>

#include "vitrine/error.h"

/** Choices that were made. Row ptr[q] is what was chosen, the others up to ptr[q + 1] are what was not. */
typedef struct vt_choices {
    const float *x;     /* (R, K) */
    const int64_t *ptr; /* (Q + 1) */
    size_t n;           /* Q */
    size_t k;           /* K */
    size_t n_free;      /* the first so many features bear no ridge, such as the constant of a yes or no; mostly 0 */
} vt_choices;

enum { VT_LOGIT_FEATURES_MAX = 80 };

/**
 * Weights `w` (K) that make what was chosen likeliest: the maximum of sum over q of ln(softmax over the rows of q of x
 * w) at the chosen row, less ridge / 2 times Q times the squared length of w in units of the features' root mean
 * squares, which go into `rms` (K). By Newton's method from 0, with steps halved until they gain. `loss` is the mean
 * of minus the logarithm. A feature that is 0 throughout gets weight 0. VT_ERR_FAILED when features are not finite.
 * O(iterations R K^2), over threads; same bytes for any number of them.
 */
int vt_logit_fit(double *w, double *rms, double *loss, const vt_choices *choices, double ridge, int threads,
                 vt_error *err);

#endif
