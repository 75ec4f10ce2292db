/* iALS: the model and its fit. Private to model. Legend: U users, I items, D factors. */
#ifndef VT_MODEL_IALS_H
#define VT_MODEL_IALS_H

#include "model/factors.h"

enum {
    VT_ALS_FACTORS,
    VT_ALS_ITERATIONS,
    VT_ALS_ALPHA,
    VT_ALS_REGULARIZATION,
    VT_ALS_NU,
    VT_ALS_UNOBSERVED,
    VT_ALS_CONFIDENCE,
    VT_ALS_SOLVER,
    VT_ALS_STEPS,
    VT_ALS_STDEV,
    VT_ALS_PARAMS
};

enum { VT_ALS_ONE, VT_ALS_VALUE };
enum { VT_ALS_CG, VT_ALS_CHOLESKY };

typedef struct vt_ials {
    vt_factors f; /* items in the basis in which their Gram matrix is diagonal */
    double alpha, regularization, nu, unobserved;
    bool values;     /* confidence grows with the event's value */
    bool exact;      /* solver=cholesky: every row */
    float *diagonal; /* (D) unobserved * the Gram matrix */
    float *length;   /* (I) of the item vectors; 0: never seen */
    int32_t *unseen; /* (I) items of length 0, ascending */
    size_t n_unseen;
} vt_ials;

/** Room for a model with the sizes and settings; freed by vt_ials_free(). */
int vt_ials_create(vt_ials **out, const vt_params *params, int32_t n_users, int32_t n_items, vt_error *err);
void vt_ials_free(void *model);

/** Fits; the objective after each half step is reported to progress and kept in `loss` (2 iterations) unless NULL. */
int vt_ials_fit(vt_ials *model, const vt_fit *fit, double *loss, vt_error *err);

/** lambda of a row with `n` interactions when the other side has `others` rows. */
static inline double vt_ials_lambda(const vt_ials *model, int64_t n, int32_t others)
{
    return model->regularization * __builtin_pow(model->unobserved * (double)others + (double)n, model->nu);
}

/** Confidence c of an observed pair with value r (1 without), and what it adds to the unobserved weight. */
static inline float vt_ials_target(const vt_ials *model, float r)
{
    return (float)(1.0 + model->alpha * (double)r);
}

static inline float vt_ials_weight(const vt_ials *model, float r)
{
    return (float)(1.0 - model->unobserved + model->alpha * (double)r);
}

#endif
