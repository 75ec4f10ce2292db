/*
 * Rating models by factors: what mf and svdpp share beside vt_factors. A row of a user is (factors, bias, 1, ...), one
 * of an item (factors, 1, bias, ...), so their product is what factors and biases say of a rating; offsets come beside
 * it. The state of such a kind begins with a vt_rating_factors. Private to model. Legend: U users, I items, D factors,
 * L = D and the lanes behind, padded.
 */
#ifndef VT_MODEL_RATING_FACTORS_H
#define VT_MODEL_RATING_FACTORS_H

#include "model/factors.h"
#include "model/pairs.h"

/** What a prediction has beside the product. */
typedef struct vt_rating_ops {
    /** What depends on the user and the moment, the mean included, in the user's `row` (L). */
    double (*offset)(const void *state, const float *row, const vt_user_state *user);

    /** What depends on the item and the moment. */
    double (*item_offset)(const void *state, int32_t item, int64_t now);
} vt_rating_ops;

typedef struct vt_rating_factors {
    vt_factors f;
    const vt_rating_ops *ops;
    double scale[3]; /* mean, lowest, highest rating */
    int32_t *count;  /* (I) ratings */
    float *length;   /* (I) of the factors */
} vt_rating_factors;

/** `lanes` are those behind the factors, at least 2. Freed by vt_rating_factors_done(). */
int vt_rating_factors_init(vt_rating_factors *r, const vt_factors_ops *factors, const vt_rating_ops *ops,
                           int32_t n_users, int32_t n_items, size_t d, size_t lanes, vt_error *err);
void vt_rating_factors_done(vt_rating_factors *r);

/** Takes scale and counts from the pairs of a fit. */
void vt_rating_factors_count(vt_rating_factors *r, const vt_pair_set *set);

/**
 * Starting rows (n, L): factors by chance, of standard deviation `stdev`, where `count` (n; NULL: everywhere) is above
 * 0, and 1 in lane `one`. Rows without ratings predict the mean and the other side's bias.
 */
void vt_rating_factors_start(float *rows, const vt_rating_factors *r, size_t n, const int32_t *count, size_t one,
                             double stdev, uint64_t seed, const char *purpose);

/** After a fit or a load: lengths of the items. */
void vt_rating_factors_measure(vt_rating_factors *r);

/** Counts and scale as tensors of a model file; rows are vt_factors_save(list, &r->f, "rows"). */
int vt_rating_factors_save_counts(vt_tensor_list *list, const vt_rating_factors *r, vt_error *err);
int vt_rating_factors_save_scale(vt_tensor_list *list, const vt_rating_factors *r, vt_error *err);

/** Rows, counts and scale, and the lengths. */
int vt_rating_factors_read(vt_rating_factors *r, const vt_safetensors *file, vt_error *err);

/* Functions of vt_model_ops for these kinds. */
int vt_rating_factors_predict(const void *state, const vt_user_state *user, const int32_t *items, size_t n,
                              float *ratings, vt_error *err);
int vt_rating_factors_similar(const void *state, int32_t item, float *scores, vt_error *err);

#endif
