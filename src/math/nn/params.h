/*
 * The parameters of a network: one slab of floats with a table that says what stands where, and AdamW over it. The
 * gradient and the two moments are slabs of the same layout.
 */
#ifndef VT_MATH_NN_PARAMS_H
#define VT_MATH_NN_PARAMS_H

#include "math/nn/nn.h"

enum { VT_NN_NAME = 48 };

typedef struct vt_nn_param {
    char name[VT_NN_NAME]; /* "block0.qkv.weight" */
    size_t rows, cols;
    size_t offset; /* in floats, a multiple of 16 */
    bool decays;   /* weight decay takes part of it away */
} vt_nn_param;

typedef struct vt_nn_params {
    vt_nn_param *param;
    size_t n, capacity;
    size_t floats; /* F, padded */
    float *value;  /* (F), zeros between the tensors */
    float *gradient;
    float *first; /* the moments */
    float *second;
    double *part; /* of sums over blocks */
} vt_nn_params;

/** Adds a tensor (rows, cols) to the table; `*offset` is where it will stand. Starts from a zeroed struct. */
int vt_nn_params_add(size_t *offset, vt_nn_params *params, const char *name, size_t rows, size_t cols, bool decays,
                     vt_error *err);

/** Makes the slab of values, zeroed. */
int vt_nn_params_alloc(vt_nn_params *params, vt_error *err);

/** Makes the slabs of the gradient and the moments, zeroed. */
int vt_nn_params_train(vt_nn_params *params, vt_error *err);

/** Frees the slabs and the table; training ones alone with vt_nn_params_trained(). */
void vt_nn_params_done(vt_nn_params *params);
void vt_nn_params_trained(vt_nn_params *params);

/** The tensor of that name, NULL when there is none. */
const vt_nn_param *vt_nn_params_find(const vt_nn_params *params, const char *name);

/** A tensor becomes normal numbers of that deviation, cut off at twice of it; keyed by (seed, its number). */
void vt_nn_params_normal(vt_nn_params *params, const char *name, double deviation, uint64_t seed);

/** A tensor becomes one number throughout. */
void vt_nn_params_fill(vt_nn_params *params, const char *name, float value);

typedef struct vt_nn_adamw {
    double rate;         /* of learning, in this step */
    double beta1, beta2; /* .9, .999 */
    double epsilon;      /* 1e-8 */
    double decay;        /* weight decay */
    double clip;         /* the gradient's length is cut to this; 0: never */
} vt_nn_adamw;

/** One step (from 1 on) with the gradient in the slab, which is zeroed after. Gives the gradient's length before it was
 * cut. O(F). */
double vt_nn_params_step(const vt_nn *nn, vt_nn_params *params, const vt_nn_adamw *adamw, int64_t step);

/**
 * The rate of a step (from 1 on) of `steps`: up in a line over `warmup` steps, then down a half cosine to `least` times
 * the rate (Loshchilov and Hutter 2017).
 */
double vt_nn_rate(double rate, int64_t step, int64_t steps, int64_t warmup, double least);

#endif
