/*
 * The methods behind the table of forecast.c. Each fills `mean` (H) and, unless it is NULL, `quantile` (K, H), for a
 * series and options that were checked.
 */
#ifndef VT_INSIGHT_DEMAND_METHODS_H
#define VT_INSIGHT_DEMAND_METHODS_H

#include "insight/demand/forecast.h"

/** Quantiles of normal distributions around `mean` with `variance` (H). */
void vt_normal_quantiles(double *quantile, const double *mean, const double *variance, const vt_forecast_options *o);

/** Quantiles of each step over simulated futures `paths` (P, H); the columns are sorted in `column` (P). */
void vt_path_quantiles(double *quantile, double *column, const double *paths, size_t n_paths,
                       const vt_forecast_options *o);

/** The four simple methods (Hyndman and Athanasopoulos, Forecasting, section 5.2; intervals: table 5.2). */
int vt_forecast_simple(double *mean, double *quantile, const double *y, size_t n, vt_forecast_method method,
                       const vt_forecast_options *o, vt_error *err);

/** Exponential smoothing; a season over VT_ETS_PERIOD_MAX is taken off first as Theta does it (season.h). */
int vt_forecast_ets(double *mean, double *quantile, const double *y, size_t n, vt_forecast_method method,
                    const vt_forecast_options *o, vt_error *err);

int vt_forecast_theta(double *mean, double *quantile, const double *y, size_t n, vt_forecast_method method,
                      const vt_forecast_options *o, vt_error *err);

/** Croston, SBA, TSB. */
int vt_forecast_croston(double *mean, double *quantile, const double *y, size_t n, vt_forecast_method method,
                        const vt_forecast_options *o, vt_error *err);

int vt_forecast_bootstrap(double *mean, double *quantile, const double *y, size_t n, vt_forecast_method method,
                          const vt_forecast_options *o, vt_error *err);

int vt_forecast_combination(double *mean, double *quantile, const double *y, size_t n, vt_forecast_method method,
                            const vt_forecast_options *o, vt_error *err);

#endif
