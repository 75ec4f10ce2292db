/*
 * What requests work with at a moment: a view of the shop, the model with the numbers of its items, rules, vectors.
 * Made at a refresh from the one before, so that what did not change is shared. Legend: I items of the view, M items of
 * the model.
 */
#ifndef VT_RECOMMEND_SERVING_H
#define VT_RECOMMEND_SERVING_H

#include "dataset/item_clock.h"
#include "live/view.h"
#include "recommend/fitted.h"
#include "recommend/likeness.h"
#include "vitrine/model.h"
#include "vitrine/rules.h"

/** A model with what goes with it. Shared. */
typedef struct vt_bound {
    atomic_int refs;
    const vt_model *model; /* NULL: only what is popular is known */
    vt_model *owned;       /* the same, where the recommender loaded it */
    int64_t added;         /* items that it was given after its fit */
    vt_model_info info;    /* without a model as far as lists need it */
    vt_positive positive;  /* rule of the model */
    vt_item_clock *clock;  /* statistics as of now in the model's numbers; NULL: it reads none */
    int64_t clock_event;   /* row of the newest event in the clock; of the one who refreshes */
} vt_bound;

/** Numbers of one space in the other; NULL: both are the same. Shared. */
typedef struct vt_numbers {
    atomic_int refs;
    int32_t n_view, n_model;
    int32_t *to_model; /* (I) -1 where the model does not know the item */
    int32_t *to_view;  /* (M) -1 where the shop has it no more */
} vt_numbers;

/** What is on sale, for the moments from `from` to before `until`. Shared. */
typedef struct vt_on_sale {
    atomic_int refs;
    int64_t from, until;
    uint8_t allowed[]; /* (I) */
} vt_on_sale;

/** The shop's rules. Shared. */
typedef struct vt_shop_rules {
    atomic_int refs;
    vt_rules rules;
} vt_shop_rules;

typedef struct vt_serving {
    atomic_int refs;
    vt_view *view;
    vt_bound *bound;
    vt_numbers *numbers;
    vt_shop_rules *rules;
    _Atomic(vt_on_sale *) on_sale;   /* NULL: no request has asked */
    _Atomic(vt_fitted *) fitted;     /* the rules, likewise */
    _Atomic(vt_like_rows *) rows[2]; /* of the vectors of a kind, likewise */
} vt_serving;

/** A model and its numbers over a view. */
int vt_bound_create(vt_bound **out, const vt_model *model, vt_model *owned, vt_error *err);
vt_bound *vt_bound_hold(vt_bound *bound);
void vt_bound_release(vt_bound *bound);

/**
 * The serving of `view` (taken over in any case) with `bound` (held besides). What is as it was in `before` (NULL:
 * none) is shared. `rules` (taken over in any case) NULL: those of `before`.
 */
int vt_serving_create(vt_serving **out, vt_view *view, vt_bound *bound, vt_shop_rules *rules, const vt_serving *before,
                      vt_error *err);
vt_serving *vt_serving_hold(vt_serving *serving);
void vt_serving_release(vt_serving *serving);

/** What is on sale at `now`, made at first use; held, released by vt_on_sale_release(). */
int vt_serving_on_sale(vt_on_sale **out, vt_serving *serving, int64_t now, vt_error *err);
void vt_on_sale_release(vt_on_sale *on_sale);

/** The shop's rules as they fit the view, made at first use; held, released by vt_fitted_release(). */
int vt_serving_fitted(vt_fitted **out, vt_serving *serving, vt_error *err);

/** The item of the view that the model calls `item`, and the other way round; -1: none. */
static inline int32_t vt_numbers_view(const vt_numbers *n, int32_t item)
{
    return n->to_view == NULL ? item : n->to_view[item];
}
static inline int32_t vt_numbers_model(const vt_numbers *n, int32_t item)
{
    return n->to_model == NULL ? item : n->to_model[item];
}

#endif
