/*
 * Training in epochs, the same for every kind that needs it: progress, validation, early stopping with the best state
 * kept, a stop at NaN, checkpoints and going on from one. A kind says what its state is made of and how to run one
 * epoch; an epoch must depend on that state, its number and the seed alone, so that a resumed fit ends with the same
 * bytes.
 */
#ifndef VT_MODEL_TRAINER_H
#define VT_MODEL_TRAINER_H

#include "model/kind.h"

/** One array of what an epoch changes, borrowed. */
typedef struct vt_train_array {
    const char *name; /* in the checkpoint */
    vt_dtype dtype;   /* floats are watched for NaN */
    void *data;
    size_t n;      /* elements */
    bool is_model; /* belongs to the model: of the best epoch at the end; else (moments of the optimiser) of the last */
} vt_train_array;

typedef struct vt_trainer vt_trainer;

/** What a kind hands over. Its state is in fit->model, for validation. Init to zero; all is borrowed for the fit. */
typedef struct vt_training {
    const vt_train_array *array; /* (n_arrays) */
    size_t n_arrays;
    int epochs;   /* at most */
    int patience; /* epochs without a better validation after which it stops; 0: it never stops early */
    int every;    /* epochs from one validation to the next, at least 1 */

    /** Runs epoch `epoch` (from 0) and gives its mean loss; calls vt_trainer_report() now and then. */
    int (*epoch)(void *context, vt_trainer *trainer, int epoch, double *loss, vt_error *err);

    /** Makes what scoring needs beside the arrays, before each validation and at the end; NULL: nothing. */
    int (*prepare)(void *context, vt_error *err);
    void *context;
} vt_training;

/**
 * Trains. On success the model arrays are those of the best epoch by validation (of the last one without validation),
 * and the checkpoint is removed. VT_ERR_CANCELLED when the person stops it and VT_ERR_FAILED when it diverges: then the
 * state of the last whole epoch is in the checkpoint, if one was asked for. Memory: two copies of the arrays.
 */
int vt_train(const vt_training *training, const vt_fit *fit, vt_error *err);

/** Within an epoch: `share` of it is done, with that mean loss so far. VT_ERR_CANCELLED to stop. */
int vt_trainer_report(vt_trainer *trainer, double share, double loss, vt_error *err);

#endif
