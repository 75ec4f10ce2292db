/*
 * The rating head: attention over several inputs of one width, then a network to one number. The code of the model
 * mlp-fusion, and of the rating side of any model that has vectors of users and items. Private to model.
 *
 * Legend: T rows of a batch, M inputs, D their width.
 */
#ifndef VT_MODEL_RATING_HEAD_H
#define VT_MODEL_RATING_HEAD_H

#include "math/nn/params.h"

enum { VT_HEAD_INPUTS = 8, VT_HEAD_LAYERS = 4 };

/** Where the tensors of a head stand in the slab. */
typedef struct vt_rating_head {
    size_t inputs; /* M */
    size_t d;      /* D */
    float dropout; /* of the hidden layers */
    size_t attend, attend_bias;
    size_t weight[VT_HEAD_LAYERS], bias[VT_HEAD_LAYERS];
} vt_rating_head;

/** A batch. */
typedef struct vt_head_batch {
    const float *x;         /* (T, M, D) */
    const uint8_t *present; /* (T, M) 0 where a row lacks the input: it then counts as zeros and gets no weight */
    size_t rows;            /* T */
    bool training;          /* with dropout */
    uint64_t key;           /* of the dropouts */
} vt_head_batch;

/** Enters the head's tensors into the table of `params`. */
int vt_rating_head_add(vt_rating_head *head, vt_nn_params *params, size_t inputs, size_t d, double dropout,
                       vt_error *err);

/** Starting values: Kaiming's normal (He and others 2015); 0 for biases and for what attends: all inputs are alike. */
void vt_rating_head_start(const vt_rating_head *head, vt_nn_params *params, uint64_t seed);

/** Floats of buffers for `rows`. */
size_t vt_rating_head_floats(const vt_rating_head *head, size_t rows);

/**
 * out (T) and the weights of the inputs, attention (T, M): at least 0, with sum 1 over those that are present, all 0
 * where none is.
 */
void vt_rating_head_forward(const vt_nn *nn, float *out, float *attention, const vt_rating_head *head,
                            const float *value, const vt_head_batch *batch, float *buffers);

/** dx (T, M, D) = ..., gradient (of the slab) += ..., after a forward pass in training with the same arguments. */
void vt_rating_head_back(const vt_nn *nn, float *dx, float *gradient, const float *dout, const float *attention,
                         const vt_rating_head *head, const float *value, const vt_head_batch *batch, float *buffers);

#endif
