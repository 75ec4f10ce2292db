/*
 * Training in batches, the same for every network (fusion, lightgcn, mlp-fusion, sasrec): in each epoch the examples
 * come in an order of their own, batch by batch, and each batch is one step of AdamW at the rate of the schedule.
 * Epochs, validation, early stopping and checkpoints are those of trainer.h. A kind says what a batch is made of, and
 * its forward pass, loss and backward pass. Private to model.
 */
#ifndef VT_MODEL_BATCH_TRAINER_H
#define VT_MODEL_BATCH_TRAINER_H

#include "math/nn/params.h"
#include "model/trainer.h"

/** The examples of one step, and what may key random numbers of it. */
typedef struct vt_batch {
    const int32_t *example; /* (n) their numbers */
    size_t n;
    size_t first;   /* the place of the first in the order of the epoch */
    int epoch;      /* from 0 */
    int64_t step;   /* of the epoch, from 0 */
    int64_t number; /* of the fit, from 0 */
    uint64_t key;   /* of (seed, epoch, step) */
} vt_batch;

/** What a kind does with a batch. `work` is its own struct. */
typedef struct vt_batch_ops {
    /** Gathers the batch; `*terms` is how many terms its loss has. With none the step is left out. */
    int (*lay_out)(void *work, const vt_batch *batch, size_t *terms, vt_error *err);

    void (*forward)(void *work, const vt_batch *batch);

    /** The sum of the terms; prepares the gradient of their mean by what came out of the forward pass. */
    double (*loss)(void *work, const vt_batch *batch);

    /** Adds the gradient by the parameters to the slab. */
    void (*backward)(void *work, const vt_batch *batch);
} vt_batch_ops;

/** What vt_nn_rate() and vt_nn_adamw are made of. */
typedef struct vt_batch_schedule {
    double rate; /* of learning, at its highest */
    int64_t warmup;
    double least; /* share of the rate that is left at the end; 1: it stays */
    double decay; /* of weights */
    double clip;  /* longest gradient; 0: any */
} vt_batch_schedule;

/** Everything is borrowed for the fit. */
typedef struct vt_batch_training {
    const vt_nn *nn;
    vt_nn_params *params; /* with starting values; vt_nn_params_train() has been called */
    const vt_batch_ops *ops;
    int (*prepare)(void *work, vt_error *err); /* as vt_training has it; NULL: nothing */
    void *work;
    const char *order; /* what the order of the examples is keyed by */
    size_t examples;   /* at least 1 */
    size_t batch;      /* examples of a step, at least 1 */
    vt_batch_schedule schedule;
    int epochs, patience, every;
} vt_batch_training;

int vt_batch_train(const vt_batch_training *training, const vt_fit *fit, vt_error *err);

/** Steps of an epoch. */
int64_t vt_batch_steps(const vt_batch_training *training);

/** The numbers of `n` examples in the order of an epoch. */
void vt_batch_order(int32_t *order, size_t n, uint64_t seed, const char *purpose, int epoch);

/** Batch `step` of an epoch in that order. */
vt_batch vt_batch_at(const vt_batch_training *training, uint64_t seed, const int32_t *order, int epoch, int64_t step);

/** The mean loss of the first batch, its gradient in the slab; no step is taken. For tests of gradients. */
int vt_batch_gradient(double *loss, const vt_batch_training *training, const vt_fit *fit, vt_error *err);

#endif
