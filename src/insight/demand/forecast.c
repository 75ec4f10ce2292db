/* The table of methods, and what is the same for all: checks, quantiles from variances or paths, no values under 0. */
#include "insight/demand/forecast.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "insight/demand/methods.h"
#include "insight/demand/series.h"
#include "math/special.h"

typedef struct row {
    vt_forecast_info info;
    int (*run)(double *mean, double *quantile, const double *y, size_t n, vt_forecast_method method,
               const vt_forecast_options *o, vt_error *err);
} row;

static const row rows[VT_FORECAST_METHODS] = {
    [VT_FORECAST_NAIVE] = {{"naive", "last value", "-"}, vt_forecast_simple},
    [VT_FORECAST_SEASONAL_NAIVE] = {{"seasonal-naive", "last season", "-"}, vt_forecast_simple},
    [VT_FORECAST_MEAN] = {{"mean", "mean", "-"}, vt_forecast_simple},
    [VT_FORECAST_DRIFT] = {{"drift", "last value with drift", "-"}, vt_forecast_simple},
    [VT_FORECAST_ETS] = {{"ets", "exponential smoothing", "Hyndman and Khandakar 2008"}, vt_forecast_ets},
    [VT_FORECAST_THETA] = {{"theta", "Theta", "Assimakopoulos and Nikolopoulos 2000"}, vt_forecast_theta},
    [VT_FORECAST_THETA_OPTIMISED] = {{"theta-optimised", "Theta, optimised", "Fiorucci 2016"}, vt_forecast_theta},
    [VT_FORECAST_THETA_DYNAMIC] = {{"theta-dynamic", "Theta, dynamic and optimised", "Fiorucci 2016"},
                                   vt_forecast_theta},
    [VT_FORECAST_THETA_BEST] = {{"theta-best", "Theta, best of four", "Fiorucci 2016"}, vt_forecast_theta},
    [VT_FORECAST_CROSTON] = {{"croston", "Croston", "Croston 1972"}, vt_forecast_croston},
    [VT_FORECAST_SBA] = {{"sba", "Syntetos-Boylan", "Syntetos and Boylan 2005"}, vt_forecast_croston},
    [VT_FORECAST_TSB] = {{"tsb", "Teunter-Syntetos-Babai", "Teunter, Syntetos, Babai 2011"}, vt_forecast_croston},
    [VT_FORECAST_BOOTSTRAP] = {{"bootstrap", "bootstrap of demand", "Willemain, Smart, Schwarz 2004"},
                               vt_forecast_bootstrap},
    [VT_FORECAST_COMBINATION] = {{"combination", "combination", "Bates and Granger 1969"}, vt_forecast_combination},
};

void vt_forecast_options_init(vt_forecast_options *options)
{
    *options = (vt_forecast_options){.period = 1, .horizon = 12, .seed = 1, .paths = 1000};
}

int vt_forecast_options_check(const vt_forecast_options *o, vt_error *err)
{
    if (o->horizon < 1 || o->horizon > VT_FORECAST_HORIZON_MAX) {
        return vt_fail(err, VT_ERR_USAGE, "the horizon is %zu; 1 to %d steps are possible", o->horizon,
                       VT_FORECAST_HORIZON_MAX);
    }
    if (o->period > VT_SERIES_MAX) {
        return vt_fail(err, VT_ERR_USAGE, "a season of %zu values is over the limit of %d", o->period, VT_SERIES_MAX);
    }
    if (o->n_levels > VT_FORECAST_LEVELS_MAX) {
        return vt_fail(err, VT_ERR_USAGE, "%zu quantiles are asked for; at most %d are possible", o->n_levels,
                       VT_FORECAST_LEVELS_MAX);
    }
    for (size_t k = 0; k < o->n_levels; k++) {
        if (!(o->levels[k] > 0.0 && o->levels[k] < 1.0)) {
            return vt_fail(err, VT_ERR_USAGE, "quantile %zu is %g; a number over 0 and under 1 is expected", k + 1,
                           o->levels[k]);
        }
    }
    if (o->paths < 1 || o->paths > 1000000) {
        return vt_fail(err, VT_ERR_USAGE, "%zu simulated futures are asked for; 1 to 1,000,000 are possible", o->paths);
    }
    return VT_OK;
}

const vt_forecast_info *vt_forecast_method_info(vt_forecast_method method)
{
    return &rows[method].info;
}

int vt_forecast_method_find(vt_forecast_method *out, const char *name, vt_error *err)
{
    char names[512] = "";
    size_t len = 0;
    for (size_t i = 0; i < VT_FORECAST_METHODS; i++) {
        if (strcmp(rows[i].info.name, name) == 0) {
            *out = (vt_forecast_method)i;
            return VT_OK;
        }
        len += (size_t)snprintf(names + len, sizeof names - len, "%s%s", i == 0 ? "" : ", ", rows[i].info.name);
    }
    return vt_fail(err, VT_ERR_USAGE, "there is no forecast method \"%.40s\"; there are %s", name, names);
}

void vt_normal_quantiles(double *quantile, const double *mean, const double *variance, const vt_forecast_options *o)
{
    for (size_t k = 0; quantile != NULL && k < o->n_levels; k++) {
        double z = vt_normal_quantile(o->levels[k]);
        for (size_t h = 0; h < o->horizon; h++) {
            quantile[k * o->horizon + h] = mean[h] + z * sqrt(variance[h]);
        }
    }
}

void vt_path_quantiles(double *quantile, double *column, const double *paths, size_t n_paths,
                       const vt_forecast_options *o)
{
    for (size_t h = 0; h < o->horizon; h++) {
        for (size_t p = 0; p < n_paths; p++) {
            column[p] = paths[p * o->horizon + h];
        }
        qsort(column, n_paths, sizeof *column, vt_by_value);
        for (size_t k = 0; k < o->n_levels; k++) {
            quantile[k * o->horizon + h] = vt_sorted_quantile(column, n_paths, o->levels[k]);
        }
    }
}

/* Numbers that a user may see: finite, and not under 0 when so wished. False when one is not finite. */
static bool tidy(double *x, size_t n, bool non_negative)
{
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i])) {
            return false;
        }
        x[i] = non_negative && x[i] < 0.0 ? 0.0 : x[i];
    }
    return true;
}

int vt_forecast(double *mean, double *quantile, const double *y, size_t n, vt_forecast_method method,
                const vt_forecast_options *options, vt_error *err)
{
    int status = vt_forecast_options_check(options, err);
    status = status == VT_OK ? vt_series_check(y, n, err) : status;
    if (status != VT_OK) {
        return status;
    }
    size_t horizon = options->horizon, k = quantile == NULL ? 0 : options->n_levels;
    double *found = vt_alloc((k + 1) * horizon, sizeof *found, err);
    if (found == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    status = rows[method].run(found, k == 0 ? NULL : found + horizon, y, n, method, options, err);
    if (status == VT_OK && !tidy(found, (k + 1) * horizon, options->non_negative)) {
        status = vt_fail(err, VT_ERR_FAILED, "the forecast by %s has no finite value for this series",
                         rows[method].info.title);
    }
    if (status == VT_OK) {
        memcpy(mean, found, horizon * sizeof *mean);
        if (k > 0) {
            memcpy(quantile, found + horizon, k * horizon * sizeof *quantile);
        }
    }
    vt_free(found);
    return status;
}
