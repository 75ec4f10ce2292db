/*
 * What a kind of model implements. One file or small folder a kind; a row in registry.c makes it known everywhere: fit,
 * evaluate, help, model files, the contract suite.
 */
#ifndef VT_MODEL_KIND_H
#define VT_MODEL_KIND_H

#include "math/safetensors.h"
#include "vitrine/explanation.h"
#include "vitrine/model.h"

/** Values of a kind's parameters, by index into its table. */
typedef struct vt_params {
    const vt_model_kind *kind;
    double *value; /* (n_params) integers and choices too */
    char **text;   /* (n_params) of those that are texts, NULL for the others */
} vt_params;

/** Everything a fit may read. */
typedef struct vt_fit {
    const vt_interactions *train;
    const struct vt_item_vectors *text;  /* of the shop's items; NULL: none */
    const struct vt_item_vectors *image; /* likewise */
    const vt_params *params;
    uint64_t seed;
    int threads;                   /* at least 1 */
    const vt_fit_options *options; /* validation, checkpoint and report, which trainer.h sees to */
    vt_model *model;               /* that is being fitted: all of it but its state is there */
    const vt_progress *progress;
} vt_fit;

/** Tensors of a model on their way to a file. Starts zeroed, done by vt_tensor_list_done(). */
typedef struct vt_tensor_list {
    vt_tensor *tensor; /* their names are the list's own */
    size_t n;
    size_t capacity;
    const char *prefix; /* put before the names that are added: parts of a model that are models; NULL: nothing */
    void **owned;       /* what was handed over */
    size_t n_owned;
} vt_tensor_list;

int vt_tensor_list_add(vt_tensor_list *list, const char *name, vt_dtype dtype, int64_t rows, int64_t columns,
                       const void *data, vt_error *err); /* columns 0: rank 1; `data` is borrowed until it is done */

/** The same for data that the list shall free with vt_free(), also after a failure. */
int vt_tensor_list_take(vt_tensor_list *list, const char *name, vt_dtype dtype, int64_t rows, int64_t columns,
                        void *data, vt_error *err);
void vt_tensor_list_done(vt_tensor_list *list);

/** Items that come to a fitted model: the numbers of those it has change too, since ids stay in order. */
typedef struct vt_growth {
    const int32_t *moved;  /* (I of before) new number of each item */
    size_t n;              /* N items that come */
    const int32_t *number; /* (N) their numbers */
    const int32_t *of;     /* (N) their numbers in the snapshot */
    const vt_snapshot *items;
    const struct vt_item_vectors *text, *image; /* NULL: none */
    int threads;
} vt_growth;

/**
 * The functions of a kind. `state` is the kind's own struct. fit() and load() set `*state` as soon as it is made and
 * before anything is trained, since validation asks the model; on failure the caller frees what is there.
 */
typedef struct vt_model_ops {
    vt_model_kind kind;
    const char *timed; /* "window|half_life": parameters that are 0 where data have no times; NULL: none */
    int (*check)(const vt_fit *fit,
                 vt_error *err); /* what of settings, vectors and links a fit refuses; NULL: nothing */
    int (*fit)(void **state, const vt_fit *fit, vt_error *err);
    void (*free)(void *state);
    int (*save)(const void *state, vt_tensor_list *list, vt_error *err);
    int (*load)(void **state, const vt_safetensors *file, const vt_params *params, int32_t n_users, int32_t n_items,
                vt_error *err);
    int (*score)(const void *state, const vt_user_state *states, size_t n, float *scores /* (S, I) */, vt_error *err);
    int (*similar)(const void *state, int32_t item, float *scores /* (I) */, vt_error *err); /* NULL: cannot */
    int (*user_vector)(float **vector, size_t *n, const void *state, const vt_user_state *user,
                       vt_error *err); /* NULL: cannot */
    int (*predict)(const void *state, const vt_user_state *user, const int32_t *items, size_t n,
                   float *ratings /* (n) */, vt_error *err);        /* NULL: cannot */
    bool (*term)(vt_model_term *out, const void *state, size_t at); /* false past the last; NULL: has none */
    /* Scores of n items taken apart; what is made before a failure is the caller's to end. NULL: cannot. */
    int (*explain)(vt_explanation *out /* (n) zeroed */, const void *state, const vt_user_state *user,
                   const int32_t *items, size_t n, vt_error *err);
    unsigned (*signals)(const void *state); /* kinds that it hears, bits 1 << vt_event_kind; NULL: none */
    int (*grow)(void *state, const vt_growth *growth, vt_error *err);                     /* NULL: cannot */
    int (*weights)(const void *state, vt_weight_each each, void *context, vt_error *err); /* NULL: none */
} vt_model_ops;

extern const vt_model_ops vt_model_popularity;
extern const vt_model_ops vt_model_itemknn;
extern const vt_model_ops vt_model_ials;
extern const vt_model_ops vt_model_content;
extern const vt_model_ops vt_model_hybrid;
extern const vt_model_ops vt_model_fusion;
extern const vt_model_ops vt_model_ranker;
extern const vt_model_ops vt_model_ease;
extern const vt_model_ops vt_model_slim;
extern const vt_model_ops vt_model_mf;
extern const vt_model_ops vt_model_sasrec;
extern const vt_model_ops vt_model_bpr;
extern const vt_model_ops vt_model_vbpr;
extern const vt_model_ops vt_model_lightgcn;
extern const vt_model_ops vt_model_svdpp;
extern const vt_model_ops vt_model_mlp_fusion;

#endif
