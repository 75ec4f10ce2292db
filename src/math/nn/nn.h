/*
 * Layers of networks, forward and backward side by side, as plain functions on row-major floats.
 *
 * Legend of shapes: T tokens (the rows of a batch: its sequences one after another, without padding), D width of a
 * token, K and O widths in and out of a layer, B sequences, S length of one sequence, H heads, I items, N negatives.
 *
 * Every function cuts its work in blocks whose size does not depend on `threads`, and each sum over tokens is formed in
 * the order of the tokens by one thread that owns its columns or rows: the bytes are the same for any number of
 * threads. Gradients of parameters are added to (`+=`), as they come from several places and several parts of a batch;
 * those of activations are written (`=`) unless said otherwise.
 */
#ifndef VT_MATH_NN_NN_H
#define VT_MATH_NN_NN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "math/nn/kernels.h"
#include "vitrine/error.h"

/** What every layer is given: threads for its loops, and the kernels of this processor. */
typedef struct vt_nn {
    int threads;
    const vt_nn_kernels *kernels;
} vt_nn;

/** `threads` at least 1. */
vt_nn vt_nn_with(int threads);

/** The key of a random choice in training: resuming at (epoch, step) draws what an unbroken run would have drawn. */
uint64_t vt_nn_key(uint64_t seed, uint64_t epoch, uint64_t step, uint64_t layer);

/* ---- linear.c ---- */

/** out (T, O) = x (T, K) w' + bias; w (O, K), bias (O) or NULL. */
void vt_nn_linear(const vt_nn *nn, float *out, const float *x, const float *w, const float *bias, size_t tokens,
                  size_t in, size_t width);

/** dx (T, K) = dout w, unless NULL; dw (O, K) += dout' x; dbias (O) += column sums of dout, unless NULL. */
void vt_nn_linear_back(const vt_nn *nn, float *dx, float *dw, float *dbias, const float *dout, const float *x,
                       const float *w, size_t tokens, size_t in, size_t width);

/* ---- embedding.c ---- */

/** out (T, D) = scale * table[index[t]], zeros where the index is negative; table (rows, D). */
void vt_nn_gather(const vt_nn *nn, float *out, const float *table, const int32_t *index, float scale, size_t tokens,
                  size_t d);

/** dtable[index[t]] += scale * dout[t], negative indices passed over. */
void vt_nn_scatter(const vt_nn *nn, float *dtable, const float *dout, const int32_t *index, float scale, size_t tokens,
                   size_t d);

/* ---- pointwise.c ---- */

/** Layer norm of each row (Ba, Kiros, Hinton 2016); stats (T, 2) is for the way back. */
void vt_nn_norm(const vt_nn *nn, float *out, float *stats, const float *x, const float *gain, const float *shift,
                size_t tokens, size_t d);

/** dx (T, D) += ..., dgain (D) += ..., dshift (D) += ... */
void vt_nn_norm_back(const vt_nn *nn, float *dx, float *dgain, float *dshift, const float *dout, const float *x,
                     const float *gain, const float *stats, size_t tokens, size_t d);

/** out = x dropped, for n numbers. The way back is the same function on the gradient. `out` may be `x`. */
void vt_nn_drop(const vt_nn *nn, float *out, const float *x, vt_nn_mask mask, size_t n);

/** out += x dropped. */
void vt_nn_add_dropped(const vt_nn *nn, float *out, const float *x, vt_nn_mask mask, size_t n);

typedef enum vt_nn_activation { VT_NN_RELU, VT_NN_GELU } vt_nn_activation;

/** out = f(x) for n numbers; GELU in its tanh form (Hendrycks and Gimpel 2016). `out` may be `x`. */
void vt_nn_activate(const vt_nn *nn, float *out, const float *x, vt_nn_activation f, size_t n);

/** dx = dout f'(x); `dx` may be `dout`. */
void vt_nn_activate_back(const vt_nn *nn, float *dx, const float *dout, const float *x, vt_nn_activation f, size_t n);

/* ---- attention.c ---- */

/** The sequences of a batch. */
typedef struct vt_nn_sequences {
    size_t n;             /* B */
    const size_t *begin;  /* (B + 1) tokens of sequence b: begin[b] to begin[b + 1] */
    const size_t *square; /* (B + 1) sums of S * S: where the (S, S) numbers of sequence b stand; square[0] is 0 */
} vt_nn_sequences;

/**
 * What attention knows of classes of (query, key), such as the time between them: a bias of the logits that depends on
 * the query and the class, and the weight that went to each class (after dropout).
 */
typedef struct vt_nn_relative {
    const uint8_t *bucket; /* (sum of S * S) class of each pair, [query][key], below `buckets` */
    size_t buckets;        /* C */
    const float *bias;     /* (T, H, C) */
    float *dbias;          /* (T, H, C) written by the way back */
    float *mass;           /* (T, H, C) written by the way forward: weight a query gives to each class */
    const float *dmass;    /* (T, H, C) its gradient, read by the way back */
} vt_nn_relative;

typedef struct vt_nn_attention {
    vt_nn_sequences sequences;
    size_t heads;             /* H, divides D */
    size_t d;                 /* D */
    vt_nn_mask mask;          /* dropout of the weights */
    vt_nn_relative *relative; /* NULL: none */
} vt_nn_attention;

/**
 * out (T, D): causal self-attention (Vaswani and others 2017) of qkv (T, 3 D), queries, keys and values side by side,
 * heads beside each other in each. weights (H * sum of S * S) are kept for the way back; work is as large.
 */
void vt_nn_attend(const vt_nn *nn, float *out, float *weights, float *work, const float *qkv, const vt_nn_attention *a);

/** dqkv (T, 3 D) = ..., and relative->dbias. */
void vt_nn_attend_back(const vt_nn *nn, float *dqkv, float *work, const float *dout, const float *weights,
                       const float *qkv, const vt_nn_attention *a);

/* ---- classes.c: products of heads of x, whose rows have length `ld`, with their columns of a table (C, D) ---- */

/** What the products of heads with classes are of. */
typedef struct vt_nn_classes {
    size_t tokens, heads, d, buckets;
    float alpha;
} vt_nn_classes;

/** out (T, H, C) = alpha x_h table_h'. */
void vt_nn_class_logits(const vt_nn *nn, float *out, const float *x, size_t ld, const float *table,
                        const vt_nn_classes *c);

/** x (T, ld) += alpha mass_h table_h; mass (T, H, C). */
void vt_nn_class_sums(const vt_nn *nn, float *x, size_t ld, const float *mass, const float *table,
                      const vt_nn_classes *c);

/** dtable (C, D) += alpha mass_h' x_h. */
void vt_nn_class_back(const vt_nn *nn, float *dtable, const float *mass, const float *x, size_t ld,
                      const vt_nn_classes *c);

#endif
