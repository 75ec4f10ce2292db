/* The kernels of networks in plain loops and double precision: what the fast levels are tested against. */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "math/kernels.h"
#include "math/nn/kernels.h"

static float exponentials(float *row, size_t n, float *highest)
{
    float top = -INFINITY;
    for (size_t k = 0; k < n; k++) {
        top = row[k] > top ? row[k] : top;
    }
    top = top > -INFINITY ? top : 0.0F;
    double sum = 0.0;
    for (size_t k = 0; k < n; k++) {
        row[k] = (float)exp((double)(row[k] - top));
        sum += (double)row[k];
    }
    *highest = top;
    return (float)sum;
}

static void scale(float *out, const float *x, float a, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        out[k] = a * x[k];
    }
}

static void add(float *out, const float *x, float a, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        out[k] += a * x[k];
    }
}

static float dot(const float *a, const float *b, size_t n)
{
    double sum = 0.0;
    for (size_t k = 0; k < n; k++) {
        sum += (double)a[k] * (double)b[k];
    }
    return (float)sum;
}

static float kept(vt_nn_mask mask, uint32_t index)
{
    if (!(mask.rate > 0.0F)) {
        return 1.0F;
    }
    bool dropped = (vt_nn_mask_word(mask.key, index) >> 8) < (uint32_t)(mask.rate * 16777216.0F);
    return dropped ? 0.0F : 1.0F / (1.0F - mask.rate);
}

static void add_dropped(float *out, const float *x, size_t n, vt_nn_mask mask, uint32_t first)
{
    for (size_t k = 0; k < n; k++) {
        out[k] += x[k] * kept(mask, first + (uint32_t)k);
    }
}

static void drop(float *out, const float *x, size_t n, vt_nn_mask mask, uint32_t first)
{
    for (size_t k = 0; k < n; k++) {
        out[k] = x[k] * kept(mask, first + (uint32_t)k);
    }
}

static const double root = 0.7978845608028654; /* sqrt(2 / pi) */

static void gelu(float *out, const float *x, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        double v = (double)x[k];
        out[k] = (float)(0.5 * v * (1.0 + tanh(root * (v + 0.044715 * v * v * v))));
    }
}

static void gelu_back(float *dx, const float *dout, const float *x, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        double v = (double)x[k], t = tanh(root * (v + 0.044715 * v * v * v));
        double slope = 0.5 * (1.0 + t) + 0.5 * v * (1.0 - t * t) * root * (1.0 + 3.0 * 0.044715 * v * v);
        dx[k] = (float)((double)dout[k] * slope);
    }
}

static void norm(float *out, float *stats, const float *x, const float *gain, const float *shift, size_t n)
{
    double mean = 0.0, variance = 0.0;
    for (size_t k = 0; k < n; k++) {
        mean += (double)x[k] / (double)n;
    }
    for (size_t k = 0; k < n; k++) {
        variance += ((double)x[k] - mean) * ((double)x[k] - mean) / (double)n;
    }
    double inverse = 1.0 / sqrt(variance + 1e-5);
    for (size_t k = 0; k < n; k++) {
        out[k] = (float)(((double)x[k] - mean) * inverse * (double)gain[k] + (double)shift[k]);
    }
    stats[0] = (float)mean;
    stats[1] = (float)inverse;
}

static void norm_back(float *dx, const float *dout, const float *x, const float *gain, const float *stats, size_t n)
{
    double mean = (double)stats[0], inverse = (double)stats[1], sum = 0.0, along = 0.0;
    for (size_t k = 0; k < n; k++) {
        double d = (double)dout[k] * (double)gain[k];
        sum += d / (double)n;
        along += d * ((double)x[k] - mean) * inverse / (double)n;
    }
    for (size_t k = 0; k < n; k++) {
        double d = (double)dout[k] * (double)gain[k], unit = ((double)x[k] - mean) * inverse;
        dx[k] += (float)(inverse * (d - sum - unit * along));
    }
}

static double squares(const float *x, size_t n)
{
    double sum = 0.0;
    for (size_t k = 0; k < n; k++) {
        sum += (double)x[k] * (double)x[k];
    }
    return sum;
}

static void adamw(float *value, float *first, float *second, const float *gradient, size_t n, const vt_nn_update *u)
{
    for (size_t k = 0; k < n; k++) {
        float g = gradient[k] * u->gradient_scale;
        first[k] = u->beta1 * first[k] + (1.0F - u->beta1) * g;
        second[k] = u->beta2 * second[k] + (1.0F - u->beta2) * g * g;
        value[k] -= u->decay * value[k] + u->rate * first[k] / (sqrtf(second[k] * u->second) + u->epsilon);
    }
}

static const vt_nn_kernels reference = {"reference", exponentials, scale, add,       dot,     add_dropped, drop,
                                        gelu,        gelu_back,    norm,  norm_back, squares, adamw};

extern const vt_nn_kernels vt_nn_kernels_baseline;
#if defined(__x86_64__)
extern const vt_nn_kernels vt_nn_kernels_v3;
extern const vt_nn_kernels vt_nn_kernels_v4;
#endif

static const vt_nn_kernels *const levels[] = {
    &reference,
    &vt_nn_kernels_baseline,
#if defined(__x86_64__)
    &vt_nn_kernels_v3,
    &vt_nn_kernels_v4,
#endif
};

/* The levels of both tables stand in the same order. */
const vt_nn_kernels *const *vt_nn_kernels_all(size_t *count)
{
    vt_kernels_all(count);
    return levels;
}

const vt_nn_kernels *vt_nn_kernels_best(void)
{
    const vt_kernels *best = vt_kernels_best();
    size_t count = 0, at = 0;
    vt_kernels_all(&count);
    while (at + 1 < count && strcmp(levels[at]->level, best->level) != 0) {
        at++;
    }
    return levels[at];
}
