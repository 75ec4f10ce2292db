/* Croston and its kin: three simple smoothings, their parameters by grids that narrow down. */
#include "insight/demand/croston.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "insight/demand/methods.h"
#include "insight/demand/series.h"

#define ALPHA_LOWEST 0.1
#define ALPHA_HIGHEST 0.3
enum { LANES = 8, ROUNDS = 8 };

/* Squared errors one step ahead of simple smoothing that starts at the first value, for LANES parameters at once. */
static void squared_errors(double *sum, const double *alpha, const double *x, size_t n)
{
    double level[LANES];
    for (size_t k = 0; k < LANES; k++) {
        level[k] = x[0];
        sum[k] = 0.0;
    }
    for (size_t i = 1; i < n; i++) {
        for (size_t k = 0; k < LANES; k++) {
            double e = x[i] - level[k];
            sum[k] += e * e;
            level[k] += alpha[k] * e;
        }
    }
}

/* The parameter of the smallest error: grids that narrow down around the best of the one before. */
static double best_alpha(const double *x, size_t n)
{
    double low = ALPHA_LOWEST, high = ALPHA_HIGHEST, best = low;
    for (int round = 0; round < ROUNDS; round++) {
        double alpha[LANES], sum[LANES], step = (high - low) / (LANES - 1);
        for (size_t k = 0; k < LANES; k++) {
            alpha[k] = low + step * (double)k;
        }
        squared_errors(sum, alpha, x, n);
        size_t least = 0;
        for (size_t k = 1; k < LANES; k++) {
            least = sum[k] < sum[least] ? k : least;
        }
        best = alpha[least];
        low = fmax(ALPHA_LOWEST, best - step);
        high = fmin(ALPHA_HIGHEST, best + step);
    }
    return best;
}

static double rate_of(const vt_croston *c, vt_croston_kind kind)
{
    if (kind == VT_CROSTON_TSB) {
        return c->size * c->chance;
    }
    double rate = c->gap > 0.0 ? c->size / c->gap : 0.0;
    return kind == VT_CROSTON_SBA && c->gaps ? rate * (1.0 - 0.5 * c->gap_alpha) : rate;
}

/* Smooths through the series with the parameters that were found. */
static void smooth(vt_croston *c, double *rates, const double *y, size_t n, vt_croston_kind kind)
{
    size_t last = 0, demands = 0;
    c->chance = y[0] > 0.0 ? 1.0 : 0.0;
    for (size_t i = 0; i < n; i++) {
        if (i > 0) {
            c->chance += c->gap_alpha * ((y[i] > 0.0 ? 1.0 : 0.0) - c->chance);
        }
        if (y[i] > 0.0) {
            double gap = (double)(i + 1 - last);
            c->size = demands == 0 ? y[i] : c->size + c->size_alpha * (y[i] - c->size);
            c->gap = demands == 0 ? gap : c->gap + c->gap_alpha * (gap - c->gap);
            last = i + 1;
            demands++;
        }
        if (rates != NULL) {
            rates[i] = rate_of(c, kind);
        }
    }
    c->rate = rate_of(c, kind);
}

int vt_croston_fit(vt_croston *out, double *rates, const double *y, size_t n, vt_croston_kind kind, vt_error *err)
{
    vt_croston c = {.size_alpha = ALPHA_LOWEST, .gap_alpha = ALPHA_LOWEST};
    int status = vt_series_check(y, n, err);
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        if (y[i] < 0.0) {
            status = vt_fail_at(err, VT_ERR_UNSUPPORTED, (int64_t)i,
                                "value %zu of the series is under 0; demand is 0 or more for this method", i + 1);
        }
    }
    double *size = status == VT_OK ? vt_alloc(2 * n, sizeof *size, err) : NULL;
    if (size == NULL) {
        return status != VT_OK ? status : VT_ERR_NO_MEMORY;
    }
    double *gap = size + n;
    size_t demands = 0, last = 0;
    for (size_t i = 0; i < n; i++) {
        if (y[i] > 0.0) {
            size[demands] = y[i];
            gap[demands++] = (double)(i + 1 - last);
            last = i + 1;
        }
    }
    c.gaps = demands < n;
    if (demands > 1) {
        c.size_alpha = best_alpha(size, demands);
        if (kind != VT_CROSTON_TSB) {
            c.gap_alpha = best_alpha(gap, demands);
        }
    }
    if (kind == VT_CROSTON_TSB && n > 1) {
        for (size_t i = 0; i < n; i++) {
            gap[i] = y[i] > 0.0 ? 1.0 : 0.0;
        }
        c.gap_alpha = best_alpha(gap, n);
    }
    smooth(&c, rates, y, n, kind);
    vt_free(size);
    *out = c;
    return VT_OK;
}

vt_demand_class vt_demand_classify(const double *y, size_t n)
{
    double demands = 0.0, sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < n; i++) {
        if (y[i] > 0.0) {
            demands += 1.0;
            sum += y[i];
            squares += y[i] * y[i];
        }
    }
    if (demands < 1.0) {
        return (vt_demand_class){0.0, 0.0, "none"};
    }
    double mean = sum / demands, variance = fmax(0.0, squares / demands - mean * mean);
    vt_demand_class c = {(double)n / demands, variance / (mean * mean), NULL};
    bool seldom = c.interval > 1.32, varied = c.variation > 0.49;
    c.name = seldom ? (varied ? "lumpy" : "intermittent") : varied ? "erratic" : "smooth";
    return c;
}

/*
 * Quantiles by the method's own errors: what came h steps after each past forecast, less that forecast. The first third
 * of the series, where the smoothing starts, is left out where there is enough.
 */
static void error_quantiles(double *quantile, double *errors, const double *y, const double *rates, size_t n,
                            double rate, const vt_forecast_options *o)
{
    size_t begin = n / 3;
    for (size_t h = 0; h < o->horizon; h++) {
        size_t ahead = h + 1, count = 0;
        while (begin + ahead >= n && ahead > 1) {
            ahead--; /* further than the series tells */
        }
        for (size_t i = begin; i + ahead < n; i++) {
            errors[count++] = y[i + ahead] - rates[i];
        }
        qsort(errors, count, sizeof *errors, vt_by_value);
        for (size_t k = 0; k < o->n_levels; k++) {
            double error = count > 0 ? vt_sorted_quantile(errors, count, o->levels[k]) : 0.0;
            quantile[k * o->horizon + h] = fmax(0.0, rate + error);
        }
    }
}

int vt_forecast_croston(double *mean, double *quantile, const double *y, size_t n, vt_forecast_method method,
                        const vt_forecast_options *o, vt_error *err)
{
    vt_croston_kind kind = method == VT_FORECAST_CROSTON ? VT_CROSTON
                           : method == VT_FORECAST_SBA   ? VT_CROSTON_SBA
                                                         : VT_CROSTON_TSB;
    vt_croston c;
    double *rates = vt_alloc(2 * n, sizeof *rates, err);
    if (rates == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int status = vt_croston_fit(&c, rates, y, n, kind, err);
    for (size_t h = 0; status == VT_OK && h < o->horizon; h++) {
        mean[h] = c.rate;
    }
    if (status == VT_OK && quantile != NULL) {
        error_quantiles(quantile, rates + n, y, rates, n, c.rate, o);
    }
    vt_free(rates);
    return status;
}
