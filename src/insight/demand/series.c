/* Checks and small figures of one series. */
#include "insight/demand/series.h"

#include <math.h>

#include "base/alloc.h"

int vt_series_check(const double *y, size_t n, vt_error *err)
{
    if (n == 0) {
        return vt_fail(err, VT_ERR_UNSUPPORTED, "the series has no values");
    }
    if (n > VT_SERIES_MAX) {
        return vt_fail(err, VT_ERR_LIMIT, "the series has %zu values; at most %d are possible", n, VT_SERIES_MAX);
    }
    for (size_t i = 0; i < n; i++) {
        if (!(fabs(y[i]) <= 1e100)) {
            return vt_fail_at(err, VT_ERR_FAILED, (int64_t)i, "value %zu of the series is %s; a number is expected",
                              i + 1, isnan(y[i]) ? "missing" : "infinite or too large");
        }
    }
    return VT_OK;
}

/* Lines between the values that are there; the first and the last go on at the ends. */
static void fill_lines(double *y, size_t n)
{
    size_t last = n; /* the last value that was there; n: none yet */
    for (size_t i = 0; i < n; i++) {
        if (isnan(y[i])) {
            continue;
        }
        size_t begin = last == n ? 0 : last + 1;
        double from = last == n ? y[i] : y[last];
        for (size_t j = begin; j < i; j++) {
            y[j] = last == n ? from : from + (y[i] - from) * (double)(j - last) / (double)(i - last);
        }
        last = i;
    }
    for (size_t j = last + 1; j < n; j++) {
        y[j] = y[last];
    }
}

/* The same, of what is left when the mean of each place of the season is taken off; given values stay as they are. */
static int fill_season(double *y, size_t n, size_t period, const double *place, vt_error *err)
{
    double *rest = vt_alloc(n, sizeof *rest, err);
    if (rest == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n; i++) {
        rest[i] = y[i] - place[i % period];
    }
    fill_lines(rest, n);
    for (size_t i = 0; i < n; i++) {
        y[i] = isnan(y[i]) ? rest[i] + place[i % period] : y[i];
    }
    vt_free(rest);
    return VT_OK;
}

int vt_series_fill(size_t *filled, double *y, size_t n, size_t period, vt_error *err)
{
    size_t missing = 0;
    int status = VT_OK;
    double mean = 0.0;
    for (size_t i = 0; i < n; i++) {
        missing += isnan(y[i]) ? 1U : 0U;
        mean += isnan(y[i]) ? 0.0 : y[i];
    }
    if (missing == n) {
        return vt_fail(err, VT_ERR_UNSUPPORTED, "the series has no values");
    }
    if (missing > 0) {
        bool season = period > 1 && n >= 2 * period;
        double *place = vt_alloc_zero(season ? period : 1, sizeof *place, err);
        if (place == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        mean /= (double)(n - missing);
        for (size_t p = 0; season && p < period; p++) {
            size_t count = 0;
            for (size_t i = p; i < n; i += period) {
                place[p] += isnan(y[i]) ? 0.0 : y[i] - mean;
                count += isnan(y[i]) ? 0U : 1U;
            }
            place[p] /= count > 0 ? (double)count : 1.0;
        }
        if (season) {
            status = fill_season(y, n, period, place, err);
        } else {
            fill_lines(y, n);
        }
        vt_free(place);
    }
    if (status == VT_OK) {
        *filled = missing;
    }
    return status;
}

double vt_series_mean(const double *y, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += y[i];
    }
    return n > 0 ? sum / (double)n : 0.0;
}

bool vt_series_constant(const double *y, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (y[i] != y[0]) {
            return false;
        }
    }
    return true;
}

double vt_series_scale(const double *y, size_t n, size_t period)
{
    size_t step = period > 1 && n > period ? period : 1;
    double sum = 0.0;
    for (size_t i = step; i < n; i++) {
        sum += fabs(y[i] - y[i - step]);
    }
    return n > step ? sum / (double)(n - step) : 0.0;
}

double vt_sorted_quantile(const double *sorted, size_t n, double q)
{
    double at = q * (double)(n - 1);
    size_t below = at <= 0.0 ? 0 : (size_t)at;
    double part = at - (double)below;
    return below + 1 < n ? sorted[below] + part * (sorted[below + 1] - sorted[below]) : sorted[n - 1];
}

int vt_by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}
