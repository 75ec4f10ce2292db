/*
 * The item tower: what items are made of, each modality projected to D dimensions, and the gate that says how much of
 * an item each is. Private to model. Legend: I items, D dimensions, M modalities, S statistics.
 */
#ifndef VT_MODEL_FUSION_ITEMS_H
#define VT_MODEL_FUSION_ITEMS_H

#include "math/nn/nn.h"
#include "model/kind.h"

typedef struct vt_fusion vt_fusion;

/** Modalities of an item. The vectors of all but the statistics do not change with the moment. */
enum { VT_MODALITY_ID, VT_MODALITY_TEXT, VT_MODALITY_IMAGE, VT_MODALITY_ATTRIBUTES, VT_MODALITY_SALES, VT_MODALITIES };
enum { VT_MODALITY_FIXED = VT_MODALITY_SALES };

extern const char *const vt_fusion_modality_name[VT_MODALITIES];

/** What items are made of, fixed at fitting; in the model's own order, see vt_fusion. */
typedef struct vt_fusion_items {
    size_t d_text, d_image; /* 0 without */
    float *text;            /* (I, d_text) zeros where an item has none */
    float *image;           /* (I, d_image) */
    uint8_t *has;           /* (I, M) 1 where the item has the modality; id: it was in the training part */
    float *log_count;       /* (I) ln(1 + training events), as of the end of the fit */
    int32_t *brand;         /* (I) -1 without */
    int32_t *category;      /* (I) -1 without */
    int32_t n_brands, n_categories;
    int64_t *token_ptr; /* (I + 1) attribute tokens of an item */
    int32_t *token;
    int32_t n_tokens; /* distinct ones */
    /* Names of the tokens, for explanations: a table of texts. NULL in files of an earlier version. */
    int64_t *name_ptr; /* (n_tokens + 1) */
    char *name;
} vt_fusion_items;

/* ---- items.c ---- */

/** Attributes, vectors and counts of the items, from the training part and its snapshot. */
int vt_fusion_take_items(vt_fusion *m, const vt_fit *fit, vt_error *err);

/* ---- tower.c ---- */

/** The tower at work: what the way back needs of the way there. */
typedef struct vt_fusion_tower {
    size_t n;      /* I */
    float *p, *dp; /* (fixed M, I, D) projected modalities */
    float *z, *dz; /* (I, D) of one moment */
    float *dlogit; /* (I, M) of the gates, of all moments */
    float dcount[VT_MODALITIES];
    float *row; /* (rows, M) scratch */
    size_t row_capacity;
} vt_fusion_tower;

/** Items as of some moment: all of them, or those of events. */
typedef struct vt_fusion_rows_at {
    size_t n;
    const int32_t *item;    /* (n) negative: none, all zeros; NULL: row i is item i */
    const float *log_count; /* (n) ln(1 + events) before the moment */
    const uint8_t *cold;    /* (I) marks items whose identity and sales are hidden; NULL: none */
} vt_fusion_rows_at;

int vt_fusion_tower_init(vt_fusion_tower *tower, const vt_fusion *m, vt_error *err);
void vt_fusion_tower_done(vt_fusion_tower *tower);

/** tower->p. O(I D widths of the modalities). */
void vt_fusion_project(const vt_nn *nn, vt_fusion_tower *tower, const vt_fusion *m);

/** Shares of the modalities, alpha (n, M), and what they make of them, z (n, D). O(n M D). */
void vt_fusion_gates(const vt_nn *nn, float *alpha, const vt_fusion_tower *tower, const vt_fusion *m,
                     const vt_fusion_rows_at *rows);
void vt_fusion_blend(const vt_nn *nn, float *z, const float *alpha, const vt_fusion_tower *tower, const vt_fusion *m,
                     const vt_fusion_rows_at *rows);

/** Room for gradients of so many rows. */
int vt_fusion_tower_reserve(vt_fusion_tower *tower, size_t rows, vt_error *err);

/** Zeros where the gradients of the tower are gathered. */
void vt_fusion_tower_clear(vt_fusion_tower *tower, const vt_fusion *m);

/** Gathers gradients of the tower from dz (n, D) and, if not NULL, those of the sales' share, dshare (n). */
void vt_fusion_gates_back(const vt_nn *nn, vt_fusion_tower *tower, const vt_fusion *m, const vt_fusion_rows_at *rows,
                          const float *alpha, const float *dz, const float *dshare);

/** Gradients of the slab from what was gathered. */
void vt_fusion_project_back(const vt_nn *nn, vt_fusion_tower *tower, vt_fusion *m);

/** m->z and m->alpha as of the end of the fit, and the projections that answers need, from the parameters. */
int vt_fusion_prepare(vt_fusion *m, int threads, vt_error *err);

/** z (D) and alpha (M) of one item with another count, once the model is prepared. */
void vt_fusion_item_at(float *z, float *alpha, const vt_fusion *m, int32_t item, float log_count);

/** p_im of one item (D); zeros where it does not have the modality. */
void vt_fusion_modality(float *p, const vt_fusion *m, int32_t item, int modality);

/* ---- tokens.c ---- */

/** Names of the attribute tokens of a snapshot, in the order of take_tokens() in items.c. */
int vt_fusion_take_names(vt_fusion *m, const vt_snapshot *snapshot, vt_error *err);

/** Whether the names that were read are a table of `len` bytes. */
bool vt_fusion_good_names(const vt_fusion *m, size_t len);

/** The name of a token into `out`; "attribute=17" where the model has no names. */
void vt_fusion_token_name(char *out, size_t size, const vt_fusion *m, int32_t token);

/** Bands that prices fall in, each up to twice the price of the one before. */
enum { VT_PRICE_BANDS = 24 };
int32_t vt_fusion_price_band(int64_t price);

#endif
