/* Sums over origins; each origin is one forecast with the two ends of an interval. */
#include "insight/demand/backtest.h"

#include <math.h>

#include "base/alloc.h"
#include "insight/demand/series.h"

void vt_backtest_options_init(vt_backtest_options *options)
{
    *options = (vt_backtest_options){.origins = 1, .shortest = 3, .coverage = 0.8};
}

static int check(const double *y, size_t n, const vt_forecast_options *f, const vt_backtest_options *o, vt_error *err)
{
    if (o->origins < 1 || o->origins > 1000 || !(o->coverage > 0.0 && o->coverage < 1.0) || o->shortest < 1) {
        return vt_fail(err, VT_ERR_USAGE,
                       "a backtest has 1 to 1,000 origins, at least one known value and a coverage "
                       "over 0 and under 1");
    }
    int status = vt_series_check(y, n, err);
    status = status == VT_OK ? vt_forecast_options_check(f, err) : status;
    if (status == VT_OK && n < f->horizon + o->shortest) {
        return vt_fail(err, VT_ERR_UNSUPPORTED, "the series has %zu values; a backtest of %zu steps needs at least %zu",
                       n, f->horizon, f->horizon + o->shortest);
    }
    return status;
}

/* Adds the errors of one origin. */
static void add_origin(vt_backtest *sum, const double *y, const double *mean, const double *interval, size_t horizon,
                       double scale)
{
    double absolute = 0.0;
    for (size_t h = 0; h < horizon; h++) {
        double e = mean[h] - y[h], size = fabs(mean[h]) + fabs(y[h]);
        absolute += fabs(e);
        sum->rmse += e * e;
        sum->bias += e;
        sum->smape += size > 0.0 ? 200.0 * fabs(e) / size : 0.0;
        sum->coverage += y[h] >= interval[h] && y[h] <= interval[horizon + h] ? 1.0 : 0.0;
    }
    sum->mae += absolute;
    if (scale > 0.0) {
        sum->mase += absolute / (double)horizon / scale;
    } else {
        sum->unscaled++;
    }
    sum->origins++;
}

int vt_backtest_run(vt_backtest *out, const double *y, size_t n, vt_forecast_method method,
                    const vt_forecast_options *forecast, const vt_backtest_options *options, vt_error *err)
{
    int status = check(y, n, forecast, options, err);
    if (status != VT_OK) {
        return status;
    }
    size_t horizon = forecast->horizon, step = options->step == 0 ? horizon : options->step;
    double ends[2] = {0.5 - 0.5 * options->coverage, 0.5 + 0.5 * options->coverage};
    vt_forecast_options o = *forecast;
    o.levels = ends;
    o.n_levels = 2;
    double *mean = vt_alloc(3 * horizon, sizeof *mean, err);
    if (mean == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_backtest sum = {0};
    for (size_t k = 0; status == VT_OK && k < options->origins && n >= horizon + k * step + options->shortest; k++) {
        size_t known = n - horizon - k * step;
        status = vt_forecast(mean, mean + horizon, y, known, method, &o, err);
        if (status == VT_OK) {
            double scale = vt_series_scale(y, known, forecast->period);
            add_origin(&sum, y + known, mean, mean + horizon, horizon, scale);
        }
    }
    vt_free(mean);
    if (status == VT_OK) {
        double count = (double)(sum.origins * horizon), scaled = (double)(sum.origins - sum.unscaled);
        sum.forecasts = sum.origins * horizon;
        sum.mae /= count;
        sum.rmse = sqrt(sum.rmse / count);
        sum.bias /= count;
        sum.smape /= count;
        sum.coverage /= count;
        sum.mase = scaled > 0.0 ? sum.mase / scaled : 0.0;
        *out = sum;
    }
    return status;
}
