/*
 * One source, an object for each level of x86-64, as math/kernels.c: vectors of 8 lanes whatever the machine has, so
 * that the order of every sum is written here (GCC 12 takes comparisons of longer ones apart where the machine's are of
 * 8, four times as slow). exp() is Cephes' way: 2^k times a polynomial on [-ln 2 / 2, ln 2 / 2].
 */
#include "math/nn/kernels.h"

#include <math.h>
#include <string.h>

typedef float lanes __attribute__((vector_size(32), aligned(32)));
typedef float loose __attribute__((vector_size(32), aligned(4)));
typedef float quad __attribute__((vector_size(16)));
typedef uint32_t words __attribute__((vector_size(32)));
typedef int32_t mask __attribute__((vector_size(32)));

enum { LANES = 8, SQUARES_BLOCK = 4096 };

#define INLINE static inline __attribute__((always_inline))

INLINE lanes all(float x)
{
    return (lanes){0} + x;
}

/* Up to 8 floats, zeros behind them. */
INLINE lanes take(const float *from, size_t left)
{
    if (left >= LANES) {
        return *(const loose *)from;
    }
    lanes v = {0};
    memcpy(&v, from, left * sizeof *from);
    return v;
}

INLINE void put(float *to, lanes v, size_t left)
{
    if (left >= LANES) {
        *(loose *)to = v;
    } else {
        memcpy(to, &v, left * sizeof *to);
    }
}

INLINE float total(lanes v)
{
    quad q[2];
    memcpy(q, &v, sizeof q);
    quad sum = q[0] + q[1];
    return (sum[0] + sum[2]) + (sum[1] + sum[3]);
}

INLINE lanes choose(mask which, lanes yes, lanes no)
{
    return (lanes)((which & (mask)yes) | (~which & (mask)no));
}

/* exp to 2 units in the last place; below -87 it stays at e^-87, NaN stays NaN. */
INLINE lanes exponential(lanes x)
{
    x = choose((mask)(x < all(-87.0F)), all(-87.0F), x);
    x = choose((mask)(x > all(88.0F)), all(88.0F), x);
    lanes shifted = x * 1.44269504F + 12582912.0F; /* 1.5 * 2^23: the rest is rounded off */
    lanes k = shifted - 12582912.0F;
    lanes r = x - k * 0.693359375F;
    r = r + k * 2.12194440e-4F;
    lanes p = r * 1.9875691500e-4F + 1.3981999507e-3F;
    p = p * r + 8.3334519073e-3F;
    p = p * r + 4.1665795894e-2F;
    p = p * r + 1.6666665459e-1F;
    p = p * r + 5.0000001201e-1F;
    p = p * r * r + r + 1.0F;
    words bits = ((words)shifted << 23) + 0x3F800000U;
    return p * (lanes)bits;
}

static float exponentials(float *row, size_t n, float *highest)
{
    lanes high = all(-INFINITY);
    size_t k = 0;
    for (; k + LANES <= n; k += LANES) {
        lanes x = *(const loose *)(row + k);
        high = choose((mask)(x > high), x, high);
    }
    float top = -INFINITY;
    for (size_t l = 0; l < LANES; l++) {
        top = high[l] > top ? high[l] : top;
    }
    for (; k < n; k++) {
        top = row[k] > top ? row[k] : top;
    }
    top = top > -INFINITY ? top : 0.0F;
    lanes sum = {0};
    for (k = 0; k + LANES <= n; k += LANES) {
        lanes e = exponential(*(const loose *)(row + k) - top);
        *(loose *)(row + k) = e;
        sum += e;
    }
    if (k < n) {
        lanes e = exponential(take(row + k, n - k) - top), kept = {0};
        put(row + k, e, n - k);
        memcpy(&kept, row + k, (n - k) * sizeof *row);
        sum += kept;
    }
    *highest = top;
    return total(sum);
}

static void scale(float *out, const float *x, float a, size_t n)
{
    for (size_t k = 0; k < n; k += LANES) {
        put(out + k, a * take(x + k, n - k), n - k);
    }
}

static void add(float *out, const float *x, float a, size_t n)
{
    for (size_t k = 0; k < n; k += LANES) {
        put(out + k, take(out + k, n - k) + a * take(x + k, n - k), n - k);
    }
}

static float dot(const float *a, const float *b, size_t n)
{
    lanes sum = {0};
    for (size_t k = 0; k < n; k += LANES) {
        sum += take(a + k, n - k) * take(b + k, n - k);
    }
    return total(sum);
}

/* The same as vt_nn_mask_word() for 8 elements: 1 / (1 - rate), or 0 where they are dropped. */
INLINE lanes kept(vt_nn_mask m, uint32_t index)
{
    const words count = {0, 1, 2, 3, 4, 5, 6, 7};
    words x = (count + index) ^ (uint32_t)m.key;
    x = (x ^ (x >> 16)) * 0x7FEB352DU;
    x = (x ^ (x >> 15)) * 0x846CA68BU;
    x = (x ^ (x >> 16)) + (uint32_t)(m.key >> 32);
    x = (x ^ (x >> 16)) * 0x7FEB352DU;
    x = (x ^ (x >> 15)) * 0x846CA68BU;
    x = x ^ (x >> 16);
    mask stays = (mask)((mask)(x >> 8) >= (int32_t)(m.rate * 16777216.0F));
    return (lanes)(stays & (mask)all(1.0F / (1.0F - m.rate)));
}

static void add_dropped(float *out, const float *x, size_t n, vt_nn_mask m, uint32_t first)
{
    if (!(m.rate > 0.0F)) {
        add(out, x, 1.0F, n);
        return;
    }
    for (size_t k = 0; k < n; k += LANES) {
        put(out + k, take(out + k, n - k) + take(x + k, n - k) * kept(m, first + (uint32_t)k), n - k);
    }
}

static void drop(float *out, const float *x, size_t n, vt_nn_mask m, uint32_t first)
{
    if (!(m.rate > 0.0F)) {
        memmove(out, x, n * sizeof *x);
        return;
    }
    for (size_t k = 0; k < n; k += LANES) {
        put(out + k, take(x + k, n - k) * kept(m, first + (uint32_t)k), n - k);
    }
}

/* GELU's tanh form is x times the logistic of twice the inner part. */
INLINE lanes gate(lanes x)
{
    return 1.0F / (1.0F + exponential(x * (-1.5957691216F - 0.0713548163F * x * x)));
}

static void gelu(float *out, const float *x, size_t n)
{
    for (size_t k = 0; k < n; k += LANES) {
        lanes v = take(x + k, n - k);
        put(out + k, v * gate(v), n - k);
    }
}

static void gelu_back(float *dx, const float *dout, const float *x, size_t n)
{
    for (size_t k = 0; k < n; k += LANES) {
        lanes v = take(x + k, n - k), g = gate(v);
        lanes slope = g + v * g * (1.0F - g) * (1.5957691216F + 0.2140644488F * v * v);
        put(dx + k, take(dout + k, n - k) * slope, n - k);
    }
}

/* Lanes past the end become 0. */
INLINE lanes inside(lanes v, size_t left)
{
    if (left < LANES) {
        lanes cut = {0};
        memcpy(&cut, &v, left * sizeof(float));
        return cut;
    }
    return v;
}

static void norm(float *out, float *stats, const float *x, const float *gain, const float *shift, size_t n)
{
    lanes sum = {0}, square = {0};
    for (size_t k = 0; k < n; k += LANES) {
        sum += take(x + k, n - k);
    }
    float mean = total(sum) / (float)n;
    for (size_t k = 0; k < n; k += LANES) {
        lanes off = inside(take(x + k, n - k) - mean, n - k);
        square += off * off;
    }
    float inverse = 1.0F / sqrtf(total(square) / (float)n + 1e-5F);
    for (size_t k = 0; k < n; k += LANES) {
        lanes unit = (take(x + k, n - k) - mean) * inverse;
        put(out + k, unit * take(gain + k, n - k) + take(shift + k, n - k), n - k);
    }
    stats[0] = mean;
    stats[1] = inverse;
}

static void norm_back(float *dx, const float *dout, const float *x, const float *gain, const float *stats, size_t n)
{
    float mean = stats[0], inverse = stats[1];
    lanes sum = {0}, along = {0};
    for (size_t k = 0; k < n; k += LANES) {
        lanes d = take(dout + k, n - k) * take(gain + k, n - k);
        sum += d;
        along += d * (take(x + k, n - k) - mean); /* d is 0 past the end */
    }
    float of_mean = total(sum) / (float)n, of_unit = total(along) * inverse / (float)n;
    for (size_t k = 0; k < n; k += LANES) {
        lanes d = take(dout + k, n - k) * take(gain + k, n - k);
        lanes unit = (take(x + k, n - k) - mean) * inverse;
        put(dx + k, take(dx + k, n - k) + inverse * (d - of_mean - unit * of_unit), n - k);
    }
}

static double squares(const float *x, size_t n)
{
    double sum = 0.0;
    for (size_t begin = 0; begin < n; begin += SQUARES_BLOCK) {
        size_t end = n - begin < SQUARES_BLOCK ? n : begin + SQUARES_BLOCK;
        lanes part = {0};
        for (size_t k = begin; k < end; k += LANES) {
            lanes v = take(x + k, end - k);
            part += v * v;
        }
        sum += (double)total(part);
    }
    return sum;
}

/* A plain loop: no sum whose order counts, and the compiler's vectors have a square root. */
static void adamw(float *restrict value, float *restrict first, float *restrict second, const float *restrict gradient,
                  size_t n, const vt_nn_update *update)
{
    const vt_nn_update u = *update;
    for (size_t k = 0; k < n; k++) {
        float g = gradient[k] * u.gradient_scale;
        first[k] = u.beta1 * first[k] + (1.0F - u.beta1) * g;
        second[k] = u.beta2 * second[k] + (1.0F - u.beta2) * g * g;
        value[k] -= u.decay * value[k] + u.rate * first[k] / (sqrtf(second[k] * u.second) + u.epsilon);
    }
}

extern const vt_nn_kernels VT_NN_KERNELS;
const vt_nn_kernels VT_NN_KERNELS = {VT_KERNELS_LEVEL, exponentials, scale,     add,     dot,  add_dropped, drop, gelu,
                                     gelu_back,        norm,         norm_back, squares, adamw};
