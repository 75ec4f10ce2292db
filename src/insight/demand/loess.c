/*
 * The window of point i begins at i - offset. Every place in the middle has the same offset, so there is one row of
 * weights for the middle and one for each place near an end, and one more for the places before and behind the series.
 */
#include "insight/demand/loess.h"

#include <math.h>

#include "base/alloc.h"

enum { LANES = 8 };

struct vt_loess {
    size_t n;
    size_t q;      /* points in a window, at most n */
    size_t middle; /* offset of the evaluated point in the windows between the ends */
    int degree;
    double *weight;  /* (q + 2, q): row 1 + offset; the first and the last row are for the places beyond the ends */
    double *product; /* (q + 2, q): what values are multiplied by when nothing else weighs them */
};

/* Tricube weights of a window around a point `at` places behind its first point. */
static void fill_weights(double *weight, double at, size_t q, double half)
{
    for (size_t j = 0; j < q; j++) {
        double r = fabs((double)j - at), share = half > 0.0 ? r / half : 0.0;
        double rest = 1.0 - share * share * share;
        weight[j] = r <= 0.001 * half ? 1.0 : r <= 0.999 * half ? rest * rest * rest : 0.0;
    }
}

/* The numbers that make the fitted value of a local polynomial from values: weights that sum to 1, tilted to a line. */
static void fill_product(double *product, const double *weight, double at, size_t q, int degree, size_t n, double half)
{
    double sum = 0.0, mean = 0.0, spread = 0.0;
    for (size_t j = 0; j < q; j++) {
        sum += weight[j];
    }
    for (size_t j = 0; j < q; j++) {
        product[j] = weight[j] / sum;
        mean += product[j] * ((double)j - at);
    }
    for (size_t j = 0; j < q; j++) {
        double d = (double)j - at - mean;
        spread += product[j] * d * d;
    }
    if (degree > 0 && half > 0.0 && sqrt(spread) > 0.001 * (double)(n - 1)) {
        for (size_t j = 0; j < q; j++) {
            product[j] *= 1.0 - mean / spread * ((double)j - at - mean);
        }
    }
}

int vt_loess_create(vt_loess **out, size_t n, size_t window, int degree, vt_error *err)
{
    vt_loess *loess = vt_alloc_zero(1, sizeof *loess, err);
    if (loess == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    size_t q = window < n ? window : n;
    *loess = (vt_loess){.n = n, .q = q, .middle = window < n ? (window + 1) / 2 - 1 : n, .degree = degree};
    loess->weight = vt_alloc_aligned(q + 2, q * sizeof *loess->weight, err);
    loess->product = loess->weight == NULL ? NULL : vt_alloc_aligned(q + 2, q * sizeof *loess->product, err);
    if (loess->product == NULL) {
        vt_loess_free(loess);
        return VT_ERR_NO_MEMORY;
    }
    for (size_t row = 0; row < q + 2; row++) {
        double at = (double)row - 1.0, right = (double)(q - 1) - at;
        double half = (at > right ? at : right) + (window > n ? (double)((window - n) / 2) : 0.0);
        fill_weights(loess->weight + row * q, at, q, half);
        fill_product(loess->product + row * q, loess->weight + row * q, at, q, degree, n, half);
    }
    *out = loess;
    return VT_OK;
}

void vt_loess_free(vt_loess *loess)
{
    if (loess != NULL) {
        vt_free(loess->weight);
        vt_free(loess->product);
        vt_free(loess);
    }
}

/* The fitted value `at` places behind the first point of a window, with robustness weights; `kept` when all are 0. */
static double fit_robust(const vt_loess *loess, size_t row, const double *y, const double *robustness, double kept)
{
    const double *weight = loess->weight + row * loess->q;
    double at = (double)row - 1.0, w0 = 0.0, w1 = 0.0, w2 = 0.0, y0 = 0.0, y1 = 0.0;
    for (size_t j = 0; j < loess->q; j++) {
        double w = weight[j] * robustness[j], d = (double)j - at, wd = w * d;
        w0 += w;
        w1 += wd;
        w2 += wd * d;
        y0 += w * y[j];
        y1 += wd * y[j];
    }
    if (!(w0 > 0.0)) {
        return kept;
    }
    double mean = w1 / w0, spread = w2 / w0 - mean * mean, value = y0 / w0;
    if (loess->degree > 0 && spread > 0.0 && sqrt(spread) > 0.001 * (double)(loess->n - 1)) {
        value -= mean / spread * (y1 / w0 - mean * value);
    }
    return value;
}

static double fit_plain(const vt_loess *loess, size_t row, const double *y)
{
    const double *product = loess->product + row * loess->q;
    double sum[4] = {0};
    size_t j = 0;
    for (; j + 4 <= loess->q; j += 4) {
        for (size_t k = 0; k < 4; k++) {
            sum[k] += product[j + k] * y[j + k];
        }
    }
    for (; j < loess->q; j++) {
        sum[0] += product[j] * y[j];
    }
    return sum[0] + sum[1] + (sum[2] + sum[3]);
}

/* LANES neighbouring places of the middle at once. */
static void fit_middle(double *out, const vt_loess *loess, const double *y)
{
    const double *product = loess->product + (loess->middle + 1) * loess->q;
    double sum[LANES] = {0};
    for (size_t j = 0; j < loess->q; j++) {
        for (size_t k = 0; k < LANES; k++) {
            sum[k] += product[j] * y[j + k];
        }
    }
    for (size_t k = 0; k < LANES; k++) {
        out[k] = sum[k];
    }
}

static double fit(const vt_loess *loess, size_t row, size_t left, const double *y, const double *robustness,
                  double kept)
{
    return robustness == NULL ? fit_plain(loess, row, y + left)
                              : fit_robust(loess, row, y + left, robustness + left, kept);
}

void vt_loess_smooth(double *out, const double *y, const double *robustness, bool beyond, const vt_loess *loess)
{
    size_t n = loess->n, q = loess->q, last = n - q;
    double *inside = beyond ? out + 1 : out;
    for (size_t i = 0; i < n;) {
        size_t left = i <= loess->middle ? 0 : i - loess->middle < last ? i - loess->middle : last;
        if (robustness == NULL && left == i - loess->middle && i >= loess->middle && left + LANES - 1 <= last) {
            fit_middle(inside + i, loess, y + left);
            i += LANES;
            continue;
        }
        inside[i] = fit(loess, i - left + 1, left, y, robustness, y[i]);
        i++;
    }
    if (beyond) {
        out[0] = fit(loess, 0, 0, y, robustness, inside[0]);
        out[n + 1] = fit(loess, q + 1, last, y, robustness, inside[n - 1]);
    }
}
