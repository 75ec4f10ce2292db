/*
 * The causal transformer encoder: blocks of self-attention and a feed-forward network, each with a residual. Shape and
 * places of parameters are fixed once; buffers are the caller's, so that many threads may read one model.
 */
#ifndef VT_MATH_NN_ENCODER_H
#define VT_MATH_NN_ENCODER_H

#include "math/nn/nn.h"
#include "math/nn/params.h"

enum { VT_NN_LAYERS = 16 };

typedef struct vt_nn_encoder_shape {
    size_t layers;  /* 1 to VT_NN_LAYERS */
    size_t heads;   /* H, divides D */
    size_t d;       /* D */
    size_t hidden;  /* F, width of the feed-forward network */
    size_t buckets; /* C, classes of (query, key); 0: none */
    vt_nn_activation activation;
    bool pre_norm; /* norm before each part and once at the end (Xiong and others 2020), or after each residual */
    float dropout; /* of weights, of the hidden layer, of what goes into a residual */
} vt_nn_encoder_shape;

/* Where a block's tensors stand in the slab. */
typedef struct vt_nn_block {
    size_t gain1, shift1, qkv, qkv_bias, out, out_bias, gain2, shift2, up, up_bias, down, down_bias, key_class,
        value_class;
} vt_nn_block;

typedef struct vt_nn_encoder {
    vt_nn_encoder_shape shape;
    vt_nn_block block[VT_NN_LAYERS];
    size_t gain, shift; /* of the last norm */
} vt_nn_encoder;

/** A batch of sequences. */
typedef struct vt_nn_batch {
    vt_nn_sequences sequences;
    size_t tokens;         /* T */
    size_t squares;        /* Q, sum of S * S */
    const uint8_t *bucket; /* (Q) when there are classes */
} vt_nn_batch;

/** Enters the encoder's tensors into the table of `params`. */
int vt_nn_encoder_add(vt_nn_encoder *encoder, vt_nn_params *params, const vt_nn_encoder_shape *shape, vt_error *err);

/** Starting values: Xavier's normal for products (Glorot and Bengio 2010), 1 for gains, 0 for the rest. */
void vt_nn_encoder_start(const vt_nn_encoder *encoder, vt_nn_params *params, uint64_t seed);

/** Floats of buffers for `tokens` and `squares`; those for training keep what the way back reads. */
size_t vt_nn_encoder_floats(const vt_nn_encoder *encoder, size_t tokens, size_t squares, bool training);

/**
 * out (T, D) = encoder of x (T, D) with the parameters `value`. `key` is that of the dropouts; training false: none,
 * and the buffers are those of vt_nn_encoder_floats(.., false).
 */
void vt_nn_encoder_forward(const vt_nn *nn, float *out, const vt_nn_encoder *encoder, const float *value,
                           const float *x, const vt_nn_batch *batch, bool training, uint64_t key, float *buffers);

/**
 * The weights of attention that a forward pass in training left in `buffers`, borrowed: those of head h of sequence b
 * are (S, S) from sequences.square[b] * H + h * S * S, row: query.
 */
const float *vt_nn_encoder_weights(const vt_nn_encoder *encoder, const vt_nn_batch *batch, size_t layer,
                                   float *buffers);

/** dx (T, D) = ..., gradient (of the slab) += ..., after a forward pass in training with the same arguments. dout is
 * overwritten. */
void vt_nn_encoder_back(const vt_nn *nn, float *dx, float *gradient, float *dout, const vt_nn_encoder *encoder,
                        const float *value, const float *x, const vt_nn_batch *batch, uint64_t key, float *buffers);

#endif
