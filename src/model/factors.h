/*
 * Models that are vectors of users and items and score by their products: bpr, vbpr, ials, lightgcn, mf, svdpp. The
 * state of such a kind begins with a vt_factors. Scores, user vectors and files are written here once; a kind says how
 * the vector of a history is found against the items as they stand (folding in), and what its scores add to the
 * products. Private to model. Legend: U users, I items, D numbers of a vector, L floats from one row to the next.
 */
#ifndef VT_MODEL_FACTORS_H
#define VT_MODEL_FACTORS_H

#include "model/kind.h"

/** What a kind does with its vectors. `state` is the kind's own struct. */
typedef struct vt_factors_ops {
    /** fold_in() makes the vectors of known users too, from what is stored; else theirs are stored whole. */
    bool folds_known;

    /** The vector (L) of a history; `vector` comes zeroed. */
    int (*fold_in)(float *vector, const void *state, const vt_user_state *user, vt_error *err);

    /** Scores (I) out of the products of a user's vector with the items, in place. */
    void (*finish)(float *scores, const void *state, const float *vector, const vt_user_state *user);
} vt_factors_ops;

typedef struct vt_factors {
    const vt_factors_ops *ops;
    int32_t n_users;
    int32_t n_items;
    size_t d;     /* D */
    size_t ld;    /* L, at least D */
    float *users; /* (U, L) as of the fit */
    float *items; /* (I, L), in one slab behind the users */
} vt_factors;

/** Vectors of zeros; freed by vt_factors_done(). */
int vt_factors_init(vt_factors *f, const vt_factors_ops *ops, int32_t n_users, int32_t n_items, size_t d, size_t ld,
                    vt_error *err);
void vt_factors_done(vt_factors *f);

/** The vectors as the tensors "users.NAME" and "items.NAME" of a model file. */
int vt_factors_save(vt_tensor_list *list, const vt_factors *f, const char *name, vt_error *err);
int vt_factors_read(vt_factors *f, const vt_safetensors *file, const char *name, vt_error *err);

/** The vector (L) of a user: the stored one where the history is that of the fit, else it is folded in. */
int vt_factors_vector(float *vector, const void *state, const vt_user_state *user, vt_error *err);

/** Whether any of the `n` numbers is not 0: a row of zeros is one that nothing is known of. */
bool vt_factors_known(const float *row, size_t n);

/* Functions of vt_model_ops for these kinds. */
int vt_factors_score(const void *state, const vt_user_state *states, size_t n, float *scores, vt_error *err);
int vt_factors_user_vector(float **vector, size_t *n, const void *state, const vt_user_state *user, vt_error *err);
int vt_factors_similar(const void *state, int32_t item, float *scores, vt_error *err); /* by cosine */

#endif
