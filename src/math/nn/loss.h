/*
 * Losses of "which item comes next": hidden states h (T, D) against item vectors e (I, D). Logits are worked out for a
 * run of tokens at a time, so that (T, I) numbers are never in memory. Legend and rules of sums as in nn.h.
 *
 * Each gives the loss summed over the tokens and, unless dh is NULL, the gradients of `scale` times that sum: dh
 * written, de added to.
 */
#ifndef VT_MATH_NN_LOSS_H
#define VT_MATH_NN_LOSS_H

#include "math/nn/nn.h"

/** What a loss is of. */
typedef struct vt_nn_targets {
    const float *h;        /* (T, D) */
    const float *e;        /* (I, D) */
    const int32_t *target; /* (T) items */
    size_t tokens, items, d;
    float scale; /* of the gradients: 1 / T for those of the mean */
} vt_nn_targets;

/** Floats of scratch for vt_nn_softmax(). */
size_t vt_nn_softmax_scratch(size_t items);

/**
 * Softmax cross-entropy over all items: -log p(target), or with `smoothing` s, (1 - s) of that plus s of the mean over
 * the items. O(T I D).
 */
double vt_nn_softmax(const vt_nn *nn, float *dh, float *de, const vt_nn_targets *t, float smoothing, float *scratch);

/** Items that stand for all others in a step. */
typedef struct vt_nn_sample {
    const int32_t *item; /* (N) drawn with replacement with probability q */
    const float *log_q;  /* (I) log of the probability of each item */
    size_t n;            /* N */
} vt_nn_sample;

/** Floats of scratch for vt_nn_sampled_softmax(). */
size_t vt_nn_sampled_softmax_scratch(size_t tokens, size_t negatives, size_t d);

/**
 * Softmax cross-entropy over the target and the sample, log (N q(i)) taken off the logit of what was drawn, so that
 * the sum over the sample has the expectation of that over all other items (Bengio and Senecal 2008; Yi and others
 * 2019); where the sample holds a token's target, that candidate does not count. O(T N D).
 */
double vt_nn_sampled_softmax(const vt_nn *nn, float *dh, float *de, const vt_nn_targets *t, const vt_nn_sample *sample,
                             float *scratch);

/** Floats of scratch for vt_nn_bce(). */
size_t vt_nn_bce_scratch(size_t tokens, size_t negatives);

/** Binary cross-entropy of the target and of `negatives` (T, N) of each token, as SASRec has it: -log s(t) - sum of
 * log(1 - s(n)). O(T N D). */
double vt_nn_bce(const vt_nn *nn, float *dh, float *de, const vt_nn_targets *t, const int32_t *negatives, size_t n,
                 float *scratch);

#endif
