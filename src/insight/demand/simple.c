/* The last value, the last season, the mean, the line from the first value to the last. */
#include <math.h>

#include "base/alloc.h"
#include "insight/demand/methods.h"
#include "insight/demand/series.h"

/* Mean square of the differences of values `step` apart, less their mean when `centred`. */
static double difference_variance(const double *y, size_t n, size_t step, bool centred)
{
    double mean = 0.0, sum = 0.0, count = (double)(n > step ? n - step : 0);
    for (size_t i = step; centred && i < n; i++) {
        mean += (y[i] - y[i - step]) / count;
    }
    for (size_t i = step; i < n; i++) {
        double d = y[i] - y[i - step] - mean;
        sum += d * d;
    }
    double free = centred ? count - 1.0 : count;
    return free > 0.0 ? sum / free : 0.0;
}

static double step_variance(const double *y, size_t n, vt_forecast_method method, size_t period, double mean)
{
    double sum = 0.0;
    switch (method) {
    case VT_FORECAST_MEAN:
        for (size_t i = 0; i < n; i++) {
            sum += (y[i] - mean) * (y[i] - mean);
        }
        return n > 1 ? sum / (double)(n - 1) : 0.0;
    case VT_FORECAST_DRIFT:
        return difference_variance(y, n, 1, true);
    case VT_FORECAST_SEASONAL_NAIVE:
        return difference_variance(y, n, period, false);
    default:
        return difference_variance(y, n, 1, false);
    }
}

int vt_forecast_simple(double *mean, double *quantile, const double *y, size_t n, vt_forecast_method method,
                       const vt_forecast_options *o, vt_error *err)
{
    size_t period = method == VT_FORECAST_SEASONAL_NAIVE && o->period > 1 && n >= o->period ? o->period : 1;
    double average = vt_series_mean(y, n), slope = n > 1 ? (y[n - 1] - y[0]) / (double)(n - 1) : 0.0;
    double one = step_variance(y, n, method, period, average);
    double *variance = vt_alloc(o->horizon, sizeof *variance, err);
    if (variance == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t h = 0; h < o->horizon; h++) {
        double steps = (double)(h + 1);
        switch (method) {
        case VT_FORECAST_MEAN:
            mean[h] = average;
            variance[h] = one * (1.0 + 1.0 / (double)n);
            break;
        case VT_FORECAST_DRIFT:
            mean[h] = y[n - 1] + slope * steps;
            variance[h] = one * steps * (1.0 + steps / (double)(n > 1 ? n - 1 : 1));
            break;
        default: /* the last value is the last season of one value */
            mean[h] = y[n - period + h % period];
            variance[h] = one * (double)(h / period + 1);
            break;
        }
    }
    vt_normal_quantiles(quantile, mean, variance, o);
    vt_free(variance);
    return VT_OK;
}
