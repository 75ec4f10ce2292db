/*
 * Networks in double precision and plain loops, one function a layer, forward only: the fast layers are compared with
 * them, and the ways back with finite differences of them.
 */
#ifndef VT_TEST_NN_REFERENCE_H
#define VT_TEST_NN_REFERENCE_H

#include "check.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "math/nn/encoder.h"
#include "math/nn/loss.h"

/** Normal numbers times `deviation`; freed with vt_free(). */
static inline float *chance(size_t n, double deviation, uint64_t seed)
{
    vt_rng rng = vt_rng_at(seed, "nn", n, 0);
    float *x = vt_alloc_aligned(n, sizeof *x, NULL);
    for (size_t i = 0; i < n; i++) {
        x[i] = (float)(deviation * vt_rng_normal(&rng));
    }
    return x;
}

static inline float *zeros(size_t n)
{
    float *x = vt_alloc_aligned(n, sizeof *x, NULL);
    memset(x, 0, n * sizeof *x);
    return x;
}

static inline double *doubles(size_t n)
{
    return vt_alloc_zero(n, sizeof(double), NULL);
}

/** Largest distance of `a` from `b` over the largest of b. */
static inline double distance_of(const float *a, const double *b, size_t n)
{
    double worst = 0.0, largest = 1e-30;
    for (size_t i = 0; i < n; i++) {
        double off = fabs((double)a[i] - b[i]);
        worst = off > worst || isnan(off) ? off : worst;
        largest = fabs(b[i]) > largest ? fabs(b[i]) : largest;
    }
    return worst / largest;
}

static inline void check_values(const char *what, const float *got, const double *expected, size_t n)
{
    double distance = distance_of(got, expected, n);
    if (!(distance < 2e-5)) {
        fail_msg("%s: off by %g of the largest", what, distance);
    }
}

/**
 * Compares `gradient` (n) with finite differences of `loss` in each of x (n), a number of the loss's own inputs:
 * no further off than 1e-4 of the largest. `stride`: only every so manieth is tried.
 */
static inline void check_gradient(const char *what, double (*loss)(void *), void *context, float *x,
                                  const float *gradient, size_t n, size_t stride)
{
    double worst = 0.0, largest = 1e-30;
    for (size_t i = 0; i < n; i += stride) {
        float was = x[i], up = was + 2e-3F, down = was - 2e-3F, far = was + 4e-3F, deep = was - 4e-3F;
        double step = (double)up - (double)down;
        x[i] = up;
        double high = loss(context);
        x[i] = down;
        double low = loss(context);
        x[i] = far;
        double higher = loss(context);
        x[i] = deep;
        double lower = loss(context);
        x[i] = was;
        double slope = (8.0 * (high - low) - (higher - lower)) / (6.0 * step);
        double off = fabs(slope - (double)gradient[i]);
        worst = off > worst || isnan(off) ? off : worst;
        largest = fabs(slope) > largest ? fabs(slope) : largest;
    }
    if (!(worst < 1e-4 * largest)) {
        fail_msg("%s: a gradient is off by %g, the largest is %g", what, worst, largest);
    }
}

static inline double weighted(const double *x, const float *weight, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += x[i] * (double)weight[i];
    }
    return sum;
}

static inline void ref_linear(double *out, const double *x, const float *w, const float *bias, size_t t, size_t in,
                              size_t width)
{
    for (size_t i = 0; i < t * width; i++) {
        out[i] = bias == NULL ? 0.0 : (double)bias[i % width];
        for (size_t k = 0; k < in; k++) {
            out[i] += x[i / width * in + k] * (double)w[i % width * in + k];
        }
    }
}

static inline void ref_norm(double *out, const double *x, const float *gain, const float *shift, size_t t, size_t d)
{
    for (size_t r = 0; r < t; r++) {
        double mean = 0.0, variance = 0.0;
        for (size_t k = 0; k < d; k++) {
            mean += x[r * d + k] / (double)d;
        }
        for (size_t k = 0; k < d; k++) {
            variance += (x[r * d + k] - mean) * (x[r * d + k] - mean) / (double)d;
        }
        for (size_t k = 0; k < d; k++) {
            out[r * d + k] = (x[r * d + k] - mean) / sqrt(variance + 1e-5) * (double)gain[k] + (double)shift[k];
        }
    }
}

static inline double ref_kept(vt_nn_mask mask, size_t index)
{
    if (!(mask.rate > 0.0F)) {
        return 1.0;
    }
    bool dropped = (vt_nn_mask_word(mask.key, (uint32_t)index) >> 8) < (uint32_t)(mask.rate * 16777216.0F);
    return dropped ? 0.0 : 1.0 / (1.0 - (double)mask.rate);
}

static inline double ref_activate(double x, vt_nn_activation f)
{
    return f == VT_NN_RELU ? (x > 0.0 ? x : 0.0)
                           : 0.5 * x * (1.0 + tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)));
}

/** Attention; key_class and value_class (C, D) may be NULL. */
static inline void ref_attend(double *out, const double *qkv, const vt_nn_attention *a, const float *key_class,
                              const float *value_class)
{
    size_t d = a->d, width = d / a->heads;
    for (size_t b = 0; b < a->sequences.n; b++) {
        size_t begin = a->sequences.begin[b], s = a->sequences.begin[b + 1] - begin, square = a->sequences.square[b];
        for (size_t h = 0; h < a->heads; h++) {
            for (size_t i = 0; i < s; i++) {
                double p[256], sum = 0.0, *to = out + (begin + i) * d + h * width;
                memset(to, 0, width * sizeof *to);
                for (size_t j = 0; j <= i; j++) {
                    size_t c = a->relative == NULL ? 0 : a->relative->bucket[square + i * s + j];
                    double logit = 0.0;
                    for (size_t k = 0; k < width; k++) {
                        double key = qkv[(begin + j) * 3 * d + d + h * width + k];
                        key += key_class == NULL ? 0.0 : (double)key_class[c * d + h * width + k];
                        logit += qkv[(begin + i) * 3 * d + h * width + k] * key;
                    }
                    p[j] = exp(logit / sqrt((double)width));
                    sum += p[j];
                }
                for (size_t j = 0; j <= i; j++) {
                    size_t c = a->relative == NULL ? 0 : a->relative->bucket[square + i * s + j];
                    double weight = p[j] / sum * ref_kept(a->mask, square * a->heads + h * s * s + i * s + j);
                    for (size_t k = 0; k < width; k++) {
                        double value = qkv[(begin + j) * 3 * d + 2 * d + h * width + k];
                        value += value_class == NULL ? 0.0 : (double)value_class[c * d + h * width + k];
                        to[k] += weight * value;
                    }
                }
            }
        }
    }
}

#endif
