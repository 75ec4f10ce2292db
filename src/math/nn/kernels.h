/*
 * The hot loops of networks, one source compiled for each level of x86-64 as those of math/kernels.h are;
 * kernels_reference.c says the same in plain loops and is their test. No length needs padding, no pointer a boundary.
 */
#ifndef VT_MATH_NN_KERNELS_H
#define VT_MATH_NN_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/** One dropout: which elements are dropped is a function of the key and an element's number alone. */
typedef struct vt_nn_mask {
    uint64_t key;
    float rate; /* share of elements that are dropped; 0: none, nothing is done */
} vt_nn_mask;

/** One step of AdamW with its corrections worked out. */
typedef struct vt_nn_update {
    float rate;           /* rate / (1 - beta1^t) */
    float beta1, beta2;   /* decay of the moments */
    float second;         /* 1 / (1 - beta2^t) */
    float epsilon;        /* added to the root of the second moment */
    float decay;          /* what a step takes off a parameter: rate * weight decay */
    float gradient_scale; /* of clipping */
} vt_nn_update;

typedef struct vt_nn_kernels {
    const char *level;

    /** row (n) becomes exp(row - highest); gives the sum, and the highest into `*highest`. n > 0. */
    float (*exponentials)(float *row, size_t n, float *highest);

    /** out = a x, for (n). */
    void (*scale)(float *out, const float *x, float a, size_t n);

    /** out += a x, for (n). */
    void (*add)(float *out, const float *x, float a, size_t n);

    float (*dot)(const float *a, const float *b, size_t n);

    /** out += a dropped, where dropped elements count 0 and others x / (1 - rate); element k is number first + k. */
    void (*add_dropped)(float *out, const float *x, size_t n, vt_nn_mask mask, uint32_t first);

    /** out = x with dropout; `out` may be `x`. */
    void (*drop)(float *out, const float *x, size_t n, vt_nn_mask mask, uint32_t first);

    /** out = x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))). */
    void (*gelu)(float *out, const float *x, size_t n);

    /** dx = dout * gelu'(x); `dx` may be `dout`. */
    void (*gelu_back)(float *dx, const float *dout, const float *x, size_t n);

    /** A row of layer norm: out = (x - mean) / deviation * gain + shift; mean and 1 / deviation into stats[2]. */
    void (*norm)(float *out, float *stats, const float *x, const float *gain, const float *shift, size_t n);

    /** Its gradient: dx += what `dout` asks of x. */
    void (*norm_back)(float *dx, const float *dout, const float *x, const float *gain, const float *stats, size_t n);

    /** Sum of squares in blocks, in double between them. */
    double (*squares)(const float *x, size_t n);

    /** Loshchilov and Hutter 2019, algorithm 2. */
    void (*adamw)(float *value, float *first, float *second, const float *gradient, size_t n,
                  const vt_nn_update *update);
} vt_nn_kernels;

/** The level that vt_kernels_best() would pick. */
const vt_nn_kernels *vt_nn_kernels_best(void);

/** All levels that this processor can run, the reference first. Static storage. */
const vt_nn_kernels *const *vt_nn_kernels_all(size_t *count);

/** The random word of element `index` of a dropout; it is dropped when its upper 24 bits are below rate * 2^24. */
static inline uint32_t vt_nn_mask_word(uint64_t key, uint32_t index)
{
    uint32_t x = index ^ (uint32_t)key;
    x = (x ^ (x >> 16)) * 0x7FEB352DU;
    x = (x ^ (x >> 15)) * 0x846CA68BU;
    x = (x ^ (x >> 16)) + (uint32_t)(key >> 32);
    x = (x ^ (x >> 16)) * 0x7FEB352DU;
    x = (x ^ (x >> 15)) * 0x846CA68BU;
    return x ^ (x >> 16);
}

#endif
