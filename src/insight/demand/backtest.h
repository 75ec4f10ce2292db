/*
 * How well a method would have forecast: from several origins in the past, each with what was known then (rolling
 * origin, Tashman 2000). MASE (Hyndman and Koehler 2006) divides absolute errors by the mean absolute seasonal step
 * within the values known at the origin; sMAPE is the mean of 200 |y - f| / (|y| + |f|) percent, 0 / 0 counting as 0.
 * Legend: n values, H steps.
 */
#ifndef VT_INSIGHT_DEMAND_BACKTEST_H
#define VT_INSIGHT_DEMAND_BACKTEST_H

#include "insight/demand/forecast.h"

typedef struct vt_backtest_options {
    size_t origins;  /* 1 to 1,000; default 1. As many as leave `shortest` values are used */
    size_t step;     /* values from origin to origin; 0: the horizon */
    size_t shortest; /* values known at an origin, at least; default 3 */
    double coverage; /* of the central interval that is checked, over 0 and under 1; default 0.8 */
} vt_backtest_options;

typedef struct vt_backtest {
    size_t origins;   /* that were used */
    size_t forecasts; /* origins x H */
    double mae;
    double rmse;
    double bias;     /* mean of forecast less value */
    double mase;     /* over origins whose scale is not 0; 0 with none */
    double smape;    /* percent */
    double coverage; /* share of values within the interval */
    size_t unscaled; /* origins left out of mase */
} vt_backtest;

void vt_backtest_options_init(vt_backtest_options *options);

/**
 * Backtests `method` on `y` (n). The last origin is n - H. VT_ERR_UNSUPPORTED when the series is too short for one
 * origin, VT_ERR_USAGE for options that cannot be.
 */
int vt_backtest_run(vt_backtest *out, const double *y, size_t n, vt_forecast_method method,
                    const vt_forecast_options *forecast, const vt_backtest_options *options, vt_error *err);

#endif
