/* Members and weights of the combination of forecast methods. Legend: n values, M members. */
#ifndef VT_INSIGHT_DEMAND_COMBINE_H
#define VT_INSIGHT_DEMAND_COMBINE_H

#include "insight/demand/forecast.h"

enum { VT_COMBINATION_MAX = 4 };

/**
 * What is combined for `y` (n), into `out` (VT_COMBINATION_MAX); gives M: exponential smoothing, dynamic Theta and, for
 * intermittent demand, SBA and TSB, else the last season and Croston (no value under 0).
 */
size_t vt_combination_members(vt_forecast_method *out, const double *y, size_t n);

/** Weights (M), sum 1, from forecasts of earlier origins of `y` (n) alone. */
int vt_combination_weights(double *weight, const vt_forecast_method *members, size_t n_members, const double *y,
                           size_t n, const vt_forecast_options *options, vt_error *err);

#endif
