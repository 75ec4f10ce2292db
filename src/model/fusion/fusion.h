/*
 * The fusion model: text, photos, attributes, identity and sales of an item, and the history of a user with its
 * times, in one score that is an exact sum of named parts:
 *
 *     score_i = sum over modalities m of alpha_im u.p_im  +  sum over terms k of w_k f_ki
 *
 * p_im is modality m of item i projected to D dimensions and alpha_im its share (an attention gate over what the item
 * has); u is the user as of the query; f_ki are what is known without a network: how item i goes with past events
 * (bought together, alike in words or looks, of one brand or category), how it sells as of the moment, the season of
 * its category.
 *
 * Nothing is learned of a single item but its identity vector, which is hidden for a share of items in each step
 * together with all sales: so an item that nobody bought yet is ranked on the same scale (DropoutNet, Volkovs 2017).
 *
 * Private to model. Legend: I items, D dimensions, L history that is read, M modalities, K terms, S statistics, T
 * tokens of a batch, C categories.
 */
#ifndef VT_MODEL_FUSION_FUSION_H
#define VT_MODEL_FUSION_FUSION_H

#include "math/nn/encoder.h"
#include "math/nn/params.h"
#include "model/fusion/items.h"
#include "model/fusion/terms.h"
#include "model/rating_head.h"

enum {
    VT_FUSION_DIMENSIONS,
    VT_FUSION_LAYERS,
    VT_FUSION_HEADS,
    VT_FUSION_LENGTH,
    VT_FUSION_CLASSES,
    VT_FUSION_DROPOUT,
    VT_FUSION_COLD,
    VT_FUSION_LAG,
    VT_FUSION_STALE,
    VT_FUSION_HALF_LIFE,
    VT_FUSION_INTENT,
    VT_FUSION_NEIGHBOURS,
    VT_FUSION_FLOOR,
    VT_FUSION_EASE,
    VT_FUSION_EPOCHS,
    VT_FUSION_PATIENCE,
    VT_FUSION_BATCH,
    VT_FUSION_SAMPLED,
    VT_FUSION_RATE,
    VT_FUSION_WARMUP,
    VT_FUSION_DECAY,
    VT_FUSION_RATING_EPOCHS,
    VT_FUSION_USE,
    VT_FUSION_PARAMS
};

/** What is used of the data; ablations leave some out. */
enum {
    VT_USE_TIME = 1 << 0,
    VT_USE_TEXT = 1 << 1,
    VT_USE_IMAGE = 1 << 2,
    VT_USE_ID = 1 << 3,
    VT_USE_ATTENTION = 1 << 4,
    VT_USE_ATTRIBUTES = 1 << 5,
    VT_USE_SIGNALS = 1 << 6,
    VT_USE_ALL = (1 << 7) - 1
};

#define VT_FUSION_SMALL 0.02 /* size of vectors at the start */

enum { VT_FUSION_DIMENSIONS_MAX = 1024 };

/** Offsets of tensors in the slab. */
typedef struct vt_fusion_places {
    size_t id;         /* (n_known, D) */
    size_t text;       /* (D, d_text) */
    size_t image;      /* (D, d_image) */
    size_t token;      /* (n_tokens, D) */
    size_t sales;      /* (S, D) */
    size_t gate;       /* (M, D) v_m */
    size_t gate_bias;  /* (M) */
    size_t gate_count; /* (M) times ln(1 + count) */
    size_t kind;       /* (event kinds, D) */
    size_t rating;     /* (VT_RATING_STEPS, D) */
    size_t time;       /* (D, VT_EVENT_NUMBERS) of an event */
    size_t query_time; /* (D, VT_EVENT_NUMBERS) of the query */
    size_t position;   /* (L + 1, D) counted back from the last */
    size_t nobody;     /* (D) the state of a user without any event */
    size_t longterm;   /* (D, D) */
    size_t user_token; /* (n_user_tokens, D) */
    size_t side;       /* (VT_USER_SIDES, D) */
    size_t side_bias;  /* (VT_USER_SIDES) */
    size_t term;       /* (K) */
    size_t season;     /* (C, VT_SEASON_WAVES) */
} vt_fusion_places;

/*
 * Items stand in an order of the model's own: those of the training part first, the rest of the catalogue behind
 * them. In the steps of a fit only the first are active; whenever it answers all are. "Item" below is a number in this
 * order.
 */
typedef struct vt_fusion {
    int32_t n_users, n_items; /* as the shop counts */
    size_t n_known;           /* items with training events */
    size_t n;                 /* I: active items, n_known or n_items */
    int32_t *shop_item;       /* (n_items) the shop's number of an item */
    int32_t *place;           /* (n_items) an item's number by the shop's */
    size_t d, length;
    unsigned use;
    bool timed;                         /* the data have times */
    unsigned groups;                    /* bits 1 << group: which the data have */
    double half_life, intent_half_life; /* days */
    size_t near_k;                      /* neighbours in words and looks that are kept, above a likeness of: */
    float near_floor;
    vt_fusion_items items;
    int32_t n_user_tokens;
    int64_t *user_token_ptr; /* (U + 1) */
    int32_t *user_token;
    vt_item_clock *clock;
    float *together; /* (n_known, n_known) P of EASE, see terms.c; NULL without */
    float *diagonal; /* (n_known) of it, side by side */
    vt_csr *words;   /* (I, I) likeness of the nearest in words, itself left out; NULL without */
    vt_csr *looks;
    vt_csr *other_words, *other_looks; /* while it is fitted: those among the items of the other active set */
    const vt_item_subset *subset;      /* of a step of the fit that looks at some known items only; NULL: at all */
    vt_nn_params params;
    vt_nn_encoder encoder;
    vt_fusion_places at;
    float term_scale[VT_TERMS]; /* what a plane is multiplied by, so that all are of one size */
    /* Ratings, where it was fitted for them too; the slab is NULL without: */
    vt_rating_head head;
    vt_nn_params head_params;
    size_t rated_by;  /* in that slab: weights of what other ratings of the person say, by relation */
    double scale[3];  /* mean, lowest, highest rating */
    float *item_bias; /* (n_items) in the model's order: how much better than the mean an item is rated */
    /* Made from the parameters by vt_fusion_prepare(): */
    float *z;                                /* (I, D) sum of alpha p over what is fixed, as of the end of the fit */
    float *alpha;                            /* (I, M) */
    float *projected_text, *projected_image; /* (I, D) P_m x_im; NULL: there are none */
    struct vt_fusion_spare *spare;           /* what one answer leaves for the next, see score.c */
} vt_fusion;

int vt_fusion_create(vt_fusion **out, const vt_params *settings, int32_t n_users, int32_t n_items, vt_error *err);
void vt_fusion_free(void *model);

/** VT_ERR_USAGE when the heads of attention do not divide its width. */
int vt_fusion_check_heads(const vt_params *settings, vt_error *err);

/** The tensors' table and the slab, once the items and users are known. */
int vt_fusion_add_params(vt_fusion *m, const vt_params *settings, vt_error *err);

/* ---- the kind's operations ---- */

int vt_fusion_fit(vt_fusion *m, const vt_fit *fit, vt_error *err);

/** For tests: the mean loss of the first step and its gradient, in the slab. The first call starts the parameters. */
int vt_fusion_gradient(double *loss, vt_fusion *m, const vt_fit *fit, vt_error *err);

int vt_fusion_save(const void *state, vt_tensor_list *list, vt_error *err);
int vt_fusion_load(void **state, const vt_safetensors *file, const vt_params *settings, int32_t n_users,
                   int32_t n_items, vt_error *err);
int vt_fusion_score(const void *state, const vt_user_state *states, size_t n, float *scores, vt_error *err);
int vt_fusion_predict(const void *state, const vt_user_state *user, const int32_t *items, size_t n, float *ratings,
                      vt_error *err);
int vt_fusion_explain(vt_explanation *out, const void *state, const vt_user_state *user, const int32_t *items, size_t n,
                      vt_error *err);
int vt_fusion_grow(void *state, const vt_growth *growth, vt_error *err);
int vt_fusion_weights(const void *state, vt_weight_each each, void *context, vt_error *err);

#endif
