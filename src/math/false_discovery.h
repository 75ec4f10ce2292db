/* The share of false findings among many tests at once. */
#ifndef VT_MATH_FALSE_DISCOVERY_H
#define VT_MATH_FALSE_DISCOVERY_H

#include <stddef.h>

#include "vitrine/error.h"

/**
 * P-values adjusted by Benjamini and Hochberg (1995): those of the `n` tests whose adjusted value is at most q are
 * found with an expected share of false ones of at most q, for tests that are independent or positively dependent.
 * Adjusted p(i) = min over j >= i of n p(j) / j, in order of size, and never over 1. `adjusted` (n) may be `p` (n, each
 * in [0, 1]). O(n log n). VT_ERR_NO_MEMORY leaves `adjusted` as it was.
 */
int vt_benjamini_hochberg(double *adjusted, const double *p, size_t n, vt_error *err);

#endif
