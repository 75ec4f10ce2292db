/*
 * Seasonal-trend decomposition by loess. STL: Cleveland, Cleveland, McRae, Terpenning 1990 (the inner loop of section
 * 2.3, robustness weights of 2.4). Several seasons (MSTL): Bandara, Hyndman, Bergmeir 2021. Strength of trend and
 * season: Wang, Smith, Hyndman 2006, as in Hyndman and Athanasopoulos, Forecasting (3rd ed.), section 4.3.
 * Legend: n periods in time, S seasons.
 */
#ifndef VT_INSIGHT_DEMAND_STL_H
#define VT_INSIGHT_DEMAND_STL_H

#include <stdbool.h>
#include <stddef.h>

#include "vitrine/error.h"

enum { VT_SEASONS_MAX = 4 };

typedef struct vt_stl_options {
    size_t period;   /* values in a season, at least 2 */
    size_t seasonal; /* window of the seasonal loess in years (seasons), odd, at least 3; default 7 */
    size_t trend; /* window of the trend in values, odd, more than the period; 0: 1.5 period / (1 - 1.5 / seasonal) */
    size_t low_pass;     /* window of the low-pass loess, odd, more than the period; 0: the next odd number */
    int seasonal_degree; /* 0 constant, 1 line; default 1, as are the two below */
    int trend_degree;
    int low_pass_degree;
    int inner; /* passes of the inner loop; default 5 (2 when robust) */
    int outer; /* passes of the outer loop, which makes robustness weights; default 0 (15 when robust) */
} vt_stl_options;

/** Defaults for a period; `robust` for data with outliers. */
void vt_stl_options_init(vt_stl_options *options, size_t period, bool robust);

/** Names the first option that cannot be as a sentence (VT_ERR_USAGE). */
int vt_stl_options_check(const vt_stl_options *options, vt_error *err);

/**
 * Takes `y` (n) apart: y = seasonal + trend + remainder, each (n). VT_ERR_UNSUPPORTED with fewer than two whole
 * seasons, VT_ERR_FAILED for values that are not finite. Outputs are untouched on failure.
 */
int vt_stl(double *seasonal, double *trend, double *remainder, const double *y, size_t n, const vt_stl_options *options,
           vt_error *err);

/**
 * The same with several seasons: `seasonal` is (S, n) in the order of `periods` (S), which grow. The windows of the
 * seasonal loess are 11, 15, 19 and so on; two passes over the seasons. Periods of which the series has not two are
 * given as zeros; with none left the trend is one loess line over the series. VT_ERR_USAGE for periods that do not
 * grow, are under 2 or more than VT_SEASONS_MAX.
 */
int vt_mstl(double *seasonal, double *trend, double *remainder, const double *y, size_t n, const size_t *periods,
            size_t n_periods, vt_error *err);

/**
 * How much of what the other part leaves is explained by `part` (n, a trend or a season): max(0, 1 - var(remainder) /
 * var(part + remainder)), in [0, 1]; 0 when there is nothing to explain.
 */
double vt_component_strength(const double *part, const double *remainder, size_t n);

#endif
