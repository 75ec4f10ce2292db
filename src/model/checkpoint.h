/*
 * Checkpoints of fits in epochs: a safetensors file with the arrays after the last whole epoch, those of the best one,
 * and what the fit was, so that another fit does not go on from it by mistake. Private to model.
 */
#ifndef VT_MODEL_CHECKPOINT_H
#define VT_MODEL_CHECKPOINT_H

#include "model/trainer.h"

/** The state of a fit between two epochs. */
typedef struct vt_training_state {
    int epoch;    /* whole ones that were run */
    int best;     /* the best one, from 1; 0: none was validated yet */
    double value; /* its validation */
    double loss;  /* of the last */
    bool stopped; /* early: there is nothing left to train */
} vt_training_state;

/** `last` and `kept` (NULL without a best one) hold as many arrays as the training, in its order. */
int vt_checkpoint_write(const char *path, const vt_training *training, const vt_fit *fit,
                        const vt_training_state *state, void *const *last, void *const *kept, vt_error *err);

/**
 * Reads into the training's arrays and, for the model's ones, `kept`. VT_ERR_NOT_FOUND when there is none; VT_ERR_USAGE
 * names what differs (settings, data, split, seed); VT_ERR_CORRUPT. Nothing is changed on failure but `kept`.
 */
int vt_checkpoint_read(const char *path, const vt_training *training, const vt_fit *fit, vt_training_state *state,
                       void *const *kept, vt_error *err);

#endif
