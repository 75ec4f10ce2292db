/*
 * Forecasts of one series by name of a method: points and quantiles for each step. Quantiles are normal with the
 * variance of the model where it is known, else from simulated futures (exponential smoothing with a multiplicative
 * trend, the bootstrap) or from the method's own errors at the same step in the past (Croston and its kin: split
 * conformal, Vovk 2005). Legend: n values, H steps ahead, K quantiles.
 */
#ifndef VT_INSIGHT_DEMAND_FORECAST_H
#define VT_INSIGHT_DEMAND_FORECAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vitrine/error.h"

typedef enum vt_forecast_method {
    VT_FORECAST_NAIVE,
    VT_FORECAST_SEASONAL_NAIVE,
    VT_FORECAST_MEAN,
    VT_FORECAST_DRIFT,
    VT_FORECAST_ETS,
    VT_FORECAST_THETA,
    VT_FORECAST_THETA_OPTIMISED,
    VT_FORECAST_THETA_DYNAMIC,
    VT_FORECAST_THETA_BEST,
    VT_FORECAST_CROSTON,
    VT_FORECAST_SBA,
    VT_FORECAST_TSB,
    VT_FORECAST_BOOTSTRAP,
    VT_FORECAST_COMBINATION
} vt_forecast_method;

enum { VT_FORECAST_METHODS = VT_FORECAST_COMBINATION + 1, VT_FORECAST_HORIZON_MAX = 1000, VT_FORECAST_LEVELS_MAX = 32 };

typedef struct vt_forecast_options {
    size_t period;        /* values in a season; 0 or 1: none (default) */
    size_t horizon;       /* H, 1 to VT_FORECAST_HORIZON_MAX; default 12 */
    const double *levels; /* (K) of the quantiles, each over 0 and under 1; NULL: none */
    size_t n_levels;      /* K */
    bool non_negative;    /* points and quantiles under 0 become 0; default false */
    uint64_t seed;        /* of simulated futures; default 1 */
    size_t paths;         /* simulated futures; default 1,000 */
} vt_forecast_options;

/** One row of the table of methods. */
typedef struct vt_forecast_info {
    const char *name;  /* "theta-dynamic" */
    const char *title; /* as in tables */
    const char *source;
} vt_forecast_info;

void vt_forecast_options_init(vt_forecast_options *options);

/** Names the first option that cannot be as a sentence (VT_ERR_USAGE). */
int vt_forecast_options_check(const vt_forecast_options *options, vt_error *err);

const vt_forecast_info *vt_forecast_method_info(vt_forecast_method method);

/** VT_ERR_USAGE, with the names that there are, for an unknown one. */
int vt_forecast_method_find(vt_forecast_method *out, const char *name, vt_error *err);

/**
 * Forecasts `y` (n, without gaps) into `mean` (H) and `quantile` (K, H; may be NULL). Every method has an answer for
 * every finite series from one value on: what a series is too short or too constant for falls back to the last value.
 * VT_ERR_UNSUPPORTED for Croston, SBA, TSB and the bootstrap with values under 0. Never NaN or infinite.
 */
int vt_forecast(double *mean, double *quantile, const double *y, size_t n, vt_forecast_method method,
                const vt_forecast_options *options, vt_error *err);

#endif
