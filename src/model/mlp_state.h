/* mlp-fusion: its state, shared by its fit and its answers. Legend: U users, I items, D width of an input. */
#ifndef VT_MODEL_MLP_STATE_H
#define VT_MODEL_MLP_STATE_H

#include "model/kind.h"
#include "model/mlp_fusion.h"
#include "model/pairs.h"
#include "model/rating_head.h"

enum {
    VT_MLP_SIZE,
    VT_MLP_EPOCHS,
    VT_MLP_BATCH,
    VT_MLP_RATE,
    VT_MLP_WEIGHT_DECAY,
    VT_MLP_DROPOUT,
    VT_MLP_ID_DROPOUT,
    VT_MLP_PATIENCE,
    VT_MLP_WITHOUT,
    VT_MLP_PARAMS
};

/* The features of a moment: place between the first and the last rating, hour, weekday, day of the year. */
enum { VT_MLP_TIMES = 7 };

typedef struct vt_mlp {
    int32_t n_users, n_items;
    size_t d;
    vt_nn_params params;
    vt_rating_head head;
    size_t user, item, user_bias, item_bias, time_weight, time_bias; /* places in the slab */
    size_t served; /* floats of the slab that answers need: what projects texts and photos stands behind them */
    size_t text_weight, image_weight;
    double scale[3];     /* mean, lowest, highest rating */
    int64_t span[2];     /* first and last second of the ratings */
    int32_t *user_count; /* (U) ratings */
    int32_t *item_count; /* (I) */
    uint8_t *has;        /* (2, I) a text, a photo */
    float *content;      /* (2, I, D) their projections */
} vt_mlp;

/** One prediction to make; user -1 and item's id masked where they are not to be used. */
typedef struct vt_mlp_row {
    int32_t user; /* -1: nobody known */
    int32_t id;   /* item whose vector is used; -1: none */
    int32_t item; /* whose text and photo are used */
    int64_t time;
} vt_mlp_row;

/** Tables and arrays; text_d and image_d are 0 but for a fit. Freed by vt_mlp_free(). */
int vt_mlp_create(vt_mlp **out, const vt_params *params, int32_t n_users, int32_t n_items, size_t text_d,
                  size_t image_d, vt_error *err);
void vt_mlp_free(void *model);

/** The features of a moment (VT_MLP_TIMES); false and zeros where it is unknown. */
bool vt_mlp_times(float *out, const vt_mlp *model, int64_t time);

/**
 * Puts the inputs of `n` rows side by side into x (n, VT_FUSION_INPUTS, D) and present (n, VT_FUSION_INPUTS). `part`
 * gives the (n, D) vectors of texts, photos and moments; texts and photos are those of the model where it is NULL.
 */
void vt_mlp_inputs(float *x, uint8_t *present, const vt_mlp *model, const vt_mlp_row *rows, size_t n, const float *text,
                   const float *image, const float *time);

int vt_mlp_fit(vt_mlp *model, const vt_fit *fit, const vt_pair_set *set, vt_error *err);

#endif
