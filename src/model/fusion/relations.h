/*
 * How items go with each other: bought together (together.c), near in words and looks (near.c), of one brand or
 * category. Private to model. Legend: I items, U users, N events.
 */
#ifndef VT_MODEL_FUSION_RELATIONS_H
#define VT_MODEL_FUSION_RELATIONS_H

#include "math/csr.h"
#include "model/kind.h"

typedef struct vt_fusion vt_fusion;

/** How an item goes with a past event. */
enum {
    VT_RELATION_TOGETHER, /* bought together */
    VT_RELATION_WORDS,    /* alike in words */
    VT_RELATION_LOOKS,
    VT_RELATION_BRAND,
    VT_RELATION_CATEGORY,
    VT_RELATION_ITEM, /* it is that item; of signals only, what was taken is no candidate */
    VT_RELATIONS
};

/* ---- relations.c ---- */

/** Whether the data give a relation with a group of events anything to say. */
bool vt_fusion_has_relation(const vt_fusion *m, int group, int relation);

/** Whether a relation is that of being of one brand or category. */
static inline bool vt_fusion_is_same(int relation)
{
    return relation == VT_RELATION_BRAND || relation == VT_RELATION_CATEGORY;
}

/** Brands or categories of the items, (I). */
const int32_t *vt_fusion_same(const vt_fusion *m, int relation);

/** Nearest items in words or in looks; NULL: the data have none. */
const vt_csr *vt_fusion_near(const vt_fusion *m, int relation);

/* ---- together.c ---- */

/** The rows of the user-item matrix: each item of a user once, by its first event. Starts zeroed. */
typedef struct vt_fusion_rows {
    int32_t n_users;
    int64_t *ptr;   /* (U + 1) */
    int32_t *item;  /* in the order of the events */
    uint8_t *fresh; /* (N) of the events: 1 for the first on its item */
} vt_fusion_rows;

/** Rows of interactions whose items are numbered as the model does. O(N). */
int vt_fusion_rows_init(vt_fusion_rows *rows, const vt_interactions *train, vt_error *err);
void vt_fusion_rows_done(vt_fusion_rows *rows);

/** How many items by chance a step of the fit looks at; 0: at all items. */
size_t vt_fusion_sampled(const vt_fusion *m, const vt_params *settings);

/** P of EASE out of the rows of the training part, unless there are too many items or steps look at some only. */
int vt_fusion_take_together(vt_fusion *m, const vt_fusion_rows *rows, const vt_fit *fit, vt_error *err);

/** The diagonal of P, once P is there. */
int vt_fusion_take_diagonal(vt_fusion *m, vt_error *err);

/* ---- near.c ---- */

/** Neighbours in words and looks among the active items, in place of those there are. */
int vt_fusion_take_near(vt_fusion *m, int threads, vt_error *err);

/** Neighbours for both active sets, the known items first. */
int vt_fusion_take_both_near(vt_fusion *m, int threads, vt_error *err);

/** Makes all items active, or the known ones only. */
void vt_fusion_activate(vt_fusion *m, bool all);

#endif
