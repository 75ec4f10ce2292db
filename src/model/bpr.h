/*
 * Pairwise ranking: what bpr and vbpr share. Private to model. Legend: U users, I items, D columns of a row, of which
 * the first `learnt` are free and the rest of an item's follow from its vector (vbpr).
 */
#ifndef VT_MODEL_BPR_H
#define VT_MODEL_BPR_H

#include "math/csr.h"
#include "model/factors.h"
#include "model/trainer.h"

/* The parameters that both kinds have, first in their tables. */
enum {
    VT_BPR_FACTORS,
    VT_BPR_EPOCHS,
    VT_BPR_PATIENCE,
    VT_BPR_EVERY,
    VT_BPR_RATE,
    VT_BPR_DECAY,
    VT_BPR_L2_USER,
    VT_BPR_L2_ITEM,
    VT_BPR_L2_NEGATIVE,
    VT_BPR_L2_BIAS,
    VT_BPR_NEGATIVES,
    VT_BPR_STDEV,
    VT_BPR_PARAMS
};

enum { VT_BPR_UNIFORM, VT_BPR_POPULARITY };

#define VT_BPR_TABLE                                                                                                   \
    [VT_BPR_FACTORS] = {"factors", VT_PARAM_INT, 64.0, 1.0, 2048.0, NULL, "", "length of the vectors"},                \
    [VT_BPR_EPOCHS] = {"epochs", VT_PARAM_INT, 100.0,    1.0,                                                          \
                       100000.0, NULL,         "epochs", "passes over all interactions, at most"},                     \
    [VT_BPR_PATIENCE] = {"patience", VT_PARAM_INT,                                                                     \
                         20.0,       0.0,                                                                              \
                         100000.0,   NULL,                                                                             \
                         "epochs",   "without a better validation after which it stops; 0: never"},                    \
    [VT_BPR_EVERY] = {"every", VT_PARAM_INT, 1.0, 1.0, 100000.0, NULL, "epochs", "from one validation to the next"},   \
    [VT_BPR_RATE] = {"learning_rate", VT_PARAM_REAL, 0.05, 1e-6, 1000.0, NULL, "", "size of the steps"},               \
    [VT_BPR_DECAY] = {"decay", VT_PARAM_REAL, 1.0, 0.01,                                                               \
                      1.0,     NULL,          "",  "what the learning rate is multiplied with after each epoch"},      \
    [VT_BPR_L2_USER] = {"l2_user", VT_PARAM_REAL, 0.01, 0.0, 100.0, NULL, "", "pull of a user's vector to zero"},      \
    [VT_BPR_L2_ITEM] = {"l2_item", VT_PARAM_REAL, 0.01, 0.0, 100.0, NULL, "", "of a chosen item's"},                   \
    [VT_BPR_L2_NEGATIVE] = {"l2_negative", VT_PARAM_REAL, 0.01, 0.0, 100.0, NULL, "", "of the other item's"},          \
    [VT_BPR_L2_BIAS] = {"l2_bias", VT_PARAM_REAL, 0.01, 0.0, 100.0, NULL, "", "of an item's bias"},                    \
    [VT_BPR_NEGATIVES] = {"negatives",                                                                                 \
                          VT_PARAM_CHOICE,                                                                             \
                          VT_BPR_UNIFORM,                                                                              \
                          0.0,                                                                                         \
                          0.0,                                                                                         \
                          "uniform|popularity",                                                                        \
                          "",                                                                                          \
                          "how the other item is drawn: each alike, or as often as it was chosen by anyone"},          \
    [VT_BPR_STDEV] = {"stdev", VT_PARAM_REAL, 0.1, 1e-6,                                                               \
                      100.0,   NULL,          "",  "standard deviation of a starting vector's length"}

typedef struct vt_bpr {
    vt_factors f;  /* D columns, padded with zeros; a row of zeros: nothing is known */
    size_t learnt; /* vt_pad(factors) */
    float rate, l2_user;
    float *bias;    /* (I) */
    int32_t *known; /* items with evidence, ascending */
    int32_t n_known;
} vt_bpr;

/** Room for a model with `extra` columns beside the factors, zeroed; freed by vt_bpr_free(). */
int vt_bpr_create(vt_bpr **out, const vt_params *params, size_t extra, int32_t n_users, int32_t n_items, vt_error *err);
void vt_bpr_free(void *model);

/** Lists the items whose row is not all zeros. */
void vt_bpr_find_known(vt_bpr *model);

/** What stands between the rounds of an epoch: the columns of the items that are not free follow. */
typedef struct vt_bpr_rounds {
    float *gradient;                             /* (I, D - learnt) of a round, zeroed by `after` */
    float *bias_gradient;                        /* (I) likewise */
    void (*after)(void *context, int64_t round); /* round counts from 0 over all epochs */
    void (*follow)(void *context);               /* before scoring: what only scoring needs */
    void *context;
    const vt_train_array *array; /* (n_arrays) more of what an epoch changes */
    size_t n_arrays;
} vt_bpr_rounds;

/** Trains `model`, whose vectors are made here; `rounds` NULL: all columns are free. */
int vt_bpr_train(vt_bpr *model, const vt_fit *fit, const vt_bpr_rounds *rounds, vt_error *err);

/* What both kinds do with a fitted model. */
int vt_bpr_save(const void *state, vt_tensor_list *list, vt_error *err);
int vt_bpr_read(vt_bpr *model, const vt_safetensors *file, vt_error *err);

#endif
