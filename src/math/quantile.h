/* Quantiles of a few numbers. */
#ifndef VT_MATH_QUANTILE_H
#define VT_MATH_QUANTILE_H

#include <stddef.h>

/** Sorts `x` (n), ascending; no NaN. `n` may be 0. */
void vt_sort_reals(double *x, size_t n);

/** The quantile `q` (0 to 1) of sorted numbers, with linear interpolation between neighbours; NaN of none. */
double vt_quantile(const double *sorted, size_t n, double q);

#endif
