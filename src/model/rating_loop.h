/*
 * The fit of a rating model in epochs: an epoch takes the ratings part by part (a stratum of a grid, a batch of users,
 * a side), in an order of its own, and reports the mean squared error as it goes. A kind says what a part is and what
 * runs in it. Private to model.
 */
#ifndef VT_MODEL_RATING_LOOP_H
#define VT_MODEL_RATING_LOOP_H

#include "model/rating_factors.h"
#include "model/trainer.h"

/** Init to zero; everything is borrowed for the fit. */
typedef struct vt_rating_loop {
    const vt_train_array *array; /* (n_arrays) what an epoch changes */
    size_t n_arrays;
    int epochs, patience;
    size_t parts;      /* of an epoch, at least 1 */
    const char *order; /* what the random order of the parts is keyed by; NULL: they come as they are numbered */

    /** Before the parts of epoch `epoch` (from 0): its rates. NULL: nothing. */
    void (*begin)(void *work, int epoch);

    /** Runs a part; adds its squared errors to `*sum` and their number to `*n`. */
    void (*run)(void *work, size_t part, int epoch, double *sum, size_t *n);

    int (*prepare)(void *work, vt_error *err); /* as vt_training has it */
    void *work;
} vt_rating_loop;

int vt_rating_train(const vt_rating_loop *loop, const vt_fit *fit, vt_error *err);

/** Threads for a fit on `n_rated` ratings: with few, waking a second one costs more than it helps. */
int vt_rating_threads(const vt_fit *fit, int64_t n_rated);

#endif
