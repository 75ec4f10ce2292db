/* What all estimators ask of a series of numbers, and small figures of it. Legend: n values, one a period. */
#ifndef VT_INSIGHT_DEMAND_SERIES_H
#define VT_INSIGHT_DEMAND_SERIES_H

#include <stdbool.h>
#include <stddef.h>

#include "vitrine/error.h"

enum { VT_SERIES_MAX = 1000000 /* values */ };

/**
 * VT_ERR_FAILED, with the place, for a value that is missing (NaN), infinite or over 1e100 in size; VT_ERR_UNSUPPORTED
 * for no value at all, VT_ERR_LIMIT past VT_SERIES_MAX.
 */
int vt_series_check(const double *y, size_t n, vt_error *err);

/**
 * Fills gaps (NaN) in `y` (n): by lines between the values that are there, of what is left when the mean of each place
 * of the season is taken off (`period` over 1 and two seasons there). At the ends the nearest value goes on. Gives how
 * many were filled. VT_ERR_UNSUPPORTED when no value is there.
 */
int vt_series_fill(size_t *filled, double *y, size_t n, size_t period, vt_error *err);

double vt_series_mean(const double *y, size_t n);

/** True when all values are equal. */
bool vt_series_constant(const double *y, size_t n);

/** Mean absolute difference of values `period` apart (1 when the series is too short for it); 0 for one value. */
double vt_series_scale(const double *y, size_t n, size_t period);

/** The quantile `q` in [0, 1] of sorted values, by linear interpolation between order statistics; n >= 1. */
double vt_sorted_quantile(const double *sorted, size_t n, double q);

/** Order of two doubles, for qsort. */
int vt_by_value(const void *a, const void *b);

#endif
