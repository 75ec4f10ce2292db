/* The loops of STL over smoothers that are made once for a series: two lengths of season parts, low pass, trend. */
#include "insight/demand/stl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "insight/demand/loess.h"
#include "insight/demand/series.h"

typedef struct work {
    size_t n;
    size_t period;
    vt_loess *part[2]; /* values of one season's place: those that occur n / period times, and once more */
    vt_loess *low_pass;
    vt_loess *trend;
    double *cycle;      /* (n + 2 period) the smoothed seasonal parts, one period longer at both ends */
    double *other;      /* (n + 2 period) */
    double *third;      /* (n + 2 period) */
    double *gathered;   /* (parts) one place's values */
    double *weights;    /* (parts) and their robustness weights */
    double *smoothed;   /* (parts + 2) */
    double *robustness; /* (n) */
    double *seasonal;   /* (n) */
    double *level;      /* (n) the trend */
    double *slab;
} work;

void vt_stl_options_init(vt_stl_options *options, size_t period, bool robust)
{
    *options = (vt_stl_options){.period = period,
                                .seasonal = 7,
                                .seasonal_degree = 1,
                                .trend_degree = 1,
                                .low_pass_degree = 1,
                                .inner = robust ? 2 : 5,
                                .outer = robust ? 15 : 0};
}

static size_t trend_window(const vt_stl_options *o)
{
    double wanted = ceil(1.5 * (double)o->period / (1.0 - 1.5 / (double)o->seasonal));
    return o->trend != 0 ? o->trend : (size_t)wanted | 1U;
}

static size_t low_pass_window(const vt_stl_options *o)
{
    return o->low_pass != 0 ? o->low_pass : (o->period + 1) | 1U;
}

static bool is_degree(int degree)
{
    return degree == 0 || degree == 1;
}

int vt_stl_options_check(const vt_stl_options *o, vt_error *err)
{
    if (o->period < 2) {
        return vt_fail(err, VT_ERR_USAGE, "a season has %zu values; at least 2 are expected", o->period);
    }
    if (o->seasonal < 3 || o->seasonal % 2 == 0) {
        return vt_fail(err, VT_ERR_USAGE, "the seasonal window is %zu; an odd number from 3 is expected", o->seasonal);
    }
    if (o->trend != 0 && (o->trend <= o->period || o->trend % 2 == 0)) {
        return vt_fail(err, VT_ERR_USAGE, "the trend window is %zu; an odd number over the period (%zu) is expected",
                       o->trend, o->period);
    }
    if (o->low_pass != 0 && (o->low_pass <= o->period || o->low_pass % 2 == 0)) {
        return vt_fail(err, VT_ERR_USAGE, "the low-pass window is %zu; an odd number over the period (%zu) is expected",
                       o->low_pass, o->period);
    }
    if (!is_degree(o->seasonal_degree) || !is_degree(o->trend_degree) || !is_degree(o->low_pass_degree)) {
        return vt_fail(err, VT_ERR_USAGE, "a degree of a loess is 0 or 1");
    }
    if (o->inner < 1 || o->outer < 0) {
        return vt_fail(err, VT_ERR_USAGE, "the inner loop runs at least once, the outer not less than 0 times");
    }
    return VT_OK;
}

static void work_done(work *w)
{
    vt_loess_free(w->part[0]);
    vt_loess_free(w->part[1]);
    vt_loess_free(w->low_pass);
    vt_loess_free(w->trend);
    vt_free(w->slab);
}

static int work_init(work *w, size_t n, const vt_stl_options *o, vt_error *err)
{
    size_t parts = n / o->period + 1, longer = n + 2 * o->period;
    *w = (work){.n = n, .period = o->period};
    int status = vt_loess_create(&w->part[0], n / o->period, o->seasonal, o->seasonal_degree, err);
    if (status == VT_OK && n % o->period != 0) {
        status = vt_loess_create(&w->part[1], parts, o->seasonal, o->seasonal_degree, err);
    }
    if (status == VT_OK) {
        status = vt_loess_create(&w->low_pass, n, low_pass_window(o), o->low_pass_degree, err);
    }
    if (status == VT_OK) {
        status = vt_loess_create(&w->trend, n, trend_window(o), o->trend_degree, err);
    }
    if (status == VT_OK) {
        w->slab = vt_alloc_zero(3 * longer + 3 * n + 3 * parts + 2, sizeof *w->slab, err);
        status = w->slab == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    if (status != VT_OK) {
        work_done(w);
        return status;
    }
    w->cycle = w->slab;
    w->other = w->cycle + longer;
    w->third = w->other + longer;
    w->robustness = w->third + longer;
    w->seasonal = w->robustness + n;
    w->level = w->seasonal + n;
    w->gathered = w->level + n;
    w->weights = w->gathered + parts;
    w->smoothed = w->weights + parts;
    return VT_OK;
}

/* Step 2: each place of the season is smoothed by itself and gets one value more at both ends. */
static void smooth_places(work *w, const double *y, bool robust)
{
    for (size_t place = 0; place < w->period; place++) {
        size_t count = (w->n - place - 1) / w->period + 1;
        const vt_loess *loess = count == w->n / w->period ? w->part[0] : w->part[1];
        for (size_t i = 0; i < count; i++) {
            w->gathered[i] = y[place + i * w->period];
            w->weights[i] = w->robustness[place + i * w->period];
        }
        vt_loess_smooth(w->smoothed, w->gathered, robust ? w->weights : NULL, true, loess);
        for (size_t i = 0; i < count + 2; i++) {
            w->cycle[place + i * w->period] = w->smoothed[i];
        }
    }
}

/* Means over `length` neighbours: n - length + 1 of them. */
static void moving_mean(double *out, const double *x, size_t n, size_t length)
{
    double sum = 0.0, share = 1.0 / (double)length;
    for (size_t i = 0; i < length; i++) {
        sum += x[i];
    }
    out[0] = sum * share;
    for (size_t i = length; i < n; i++) {
        sum += x[i] - x[i - length];
        out[i - length + 1] = sum * share;
    }
}

/* Steps 1 to 6 of the inner loop. */
static void inner_pass(work *w, const double *y, bool robust)
{
    size_t n = w->n, longer = n + 2 * w->period;
    for (size_t i = 0; i < n; i++) {
        w->other[i] = y[i] - w->level[i];
    }
    smooth_places(w, w->other, robust);
    moving_mean(w->other, w->cycle, longer, w->period);
    moving_mean(w->third, w->other, longer - w->period + 1, w->period);
    moving_mean(w->other, w->third, n + 2, 3);
    vt_loess_smooth(w->third, w->other, NULL, false, w->low_pass);
    for (size_t i = 0; i < n; i++) {
        w->seasonal[i] = w->cycle[w->period + i] - w->third[i];
        w->other[i] = y[i] - w->seasonal[i];
    }
    vt_loess_smooth(w->level, w->other, robust ? w->robustness : NULL, false, w->trend);
}

/* Bisquare weights of the remainders: 1 near 0, 0 from six times the median on. */
static void weigh(work *w, const double *y)
{
    size_t n = w->n;
    for (size_t i = 0; i < n; i++) {
        w->other[i] = fabs(y[i] - w->level[i] - w->seasonal[i]);
        w->third[i] = w->other[i];
    }
    qsort(w->third, n, sizeof *w->third, vt_by_value);
    double far = 3.0 * (w->third[n / 2] + w->third[n - n / 2 - 1]);
    for (size_t i = 0; i < n; i++) {
        double r = w->other[i], share = far > 0.0 ? r / far : 0.0, rest = 1.0 - share * share;
        w->robustness[i] = r <= 0.001 * far ? 1.0 : r <= 0.999 * far ? rest * rest : 0.0;
    }
}

int vt_stl(double *seasonal, double *trend, double *remainder, const double *y, size_t n, const vt_stl_options *options,
           vt_error *err)
{
    work w;
    int status = vt_stl_options_check(options, err);
    if (status == VT_OK) {
        status = vt_series_check(y, n, err);
    }
    if (status == VT_OK && n / options->period < 2) {
        status =
            vt_fail(err, VT_ERR_UNSUPPORTED,
                    "the series has %zu values; two seasons of %zu are needed to take it apart", n, options->period);
    }
    if (status != VT_OK || (status = work_init(&w, n, options, err)) != VT_OK) {
        return status;
    }
    for (int outer = 0; outer <= options->outer; outer++) {
        for (int inner = 0; inner < options->inner; inner++) {
            inner_pass(&w, y, outer > 0);
        }
        if (outer < options->outer) {
            weigh(&w, y);
        }
    }
    for (size_t i = 0; i < n; i++) {
        remainder[i] = y[i] - w.seasonal[i] - w.level[i];
    }
    memcpy(seasonal, w.seasonal, n * sizeof *seasonal);
    memcpy(trend, w.level, n * sizeof *trend);
    work_done(&w);
    return VT_OK;
}

double vt_component_strength(const double *part, const double *remainder, size_t n)
{
    double mean[2] = {0}, square[2] = {0};
    for (size_t i = 0; i < n; i++) {
        mean[0] += remainder[i] / (double)n;
        mean[1] += (part[i] + remainder[i]) / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        double a = remainder[i] - mean[0], b = part[i] + remainder[i] - mean[1];
        square[0] += a * a;
        square[1] += b * b;
    }
    double strength = square[1] > 1e-300 ? 1.0 - square[0] / square[1] : 0.0;
    return strength > 0.0 ? strength : 0.0;
}
