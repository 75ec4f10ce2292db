/*
 * Biased matrix factorization: the model and its fit. Private to model. Legend: U users, I items, D factors, L = D + 2
 * padded to whole lanes. The product of two rows is the prediction less the mean, and one loop over L numbers is a
 * whole step of the descent, biases included.
 */
#ifndef VT_MODEL_MF_H
#define VT_MODEL_MF_H

#include "model/rating_factors.h"

enum {
    VT_MF_FACTORS,
    VT_MF_EPOCHS,
    VT_MF_OPTIMISER,
    VT_MF_RATE,
    VT_MF_DECAY,
    VT_MF_REG_USER,
    VT_MF_REG_ITEM,
    VT_MF_REG_USER_BIAS,
    VT_MF_REG_ITEM_BIAS,
    VT_MF_FREQUENCY,
    VT_MF_DROPOUT,
    VT_MF_STDEV,
    VT_MF_PATIENCE,
    VT_MF_PARAMS
};

enum { VT_MF_SGD, VT_MF_ALS };

typedef struct vt_mf {
    vt_rating_factors r;
    double reg_user, reg_user_bias, frequency;
} vt_mf;

/** Room for a model with the sizes and settings; freed by vt_mf_free(). */
int vt_mf_create(vt_mf **out, const vt_params *params, int32_t n_users, int32_t n_items, vt_error *err);
void vt_mf_free(void *model);

/** Fits on the pairs that are rated, but for what vt_rating_factors_measure() does. */
int vt_mf_fit(vt_mf *model, const vt_fit *fit, const vt_pair_set *set, vt_error *err);

/** One side's regularized least squares against the other. */
typedef struct vt_mf_solve {
    const float *fixed; /* (rows, L) of the other side */
    size_t own, other;  /* lane of the bias that is solved for, and of the other side's */
    double reg, reg_bias, frequency;
    double mean;
} vt_mf_solve;

/** Floats of scratch and numbers that vt_mf_solve_row() needs for `n` ratings. */
size_t vt_mf_solve_scratch(size_t n, size_t ld);

/**
 * The row (L) that minimises sum (rating - prediction)^2 + n^(1 - frequency) (reg |factors|^2 + reg_bias bias^2)
 * over `n` ratings of the rows `row` of the other side. `value` (n) is overwritten; `scratch` is on a 64-byte boundary.
 */
void vt_mf_solve_row(float *x, const vt_mf_solve *solve, const int32_t *row, float *value, size_t n, size_t ld,
                     float *scratch);

#endif
