/*
 * EASE: the model and its fit. Private to model. Legend: U users, I items of the shop, K items that the model knows
 * something of, S of them with events that pair them with others.
 */
#ifndef VT_MODEL_EASE_H
#define VT_MODEL_EASE_H

#include "model/kind.h"

enum {
    VT_EASE_REGULARIZATION,
    VT_EASE_NU,
    VT_EASE_DROPOUT,
    VT_EASE_USER_POWER,
    VT_EASE_EVENT_HALF_LIFE,
    VT_EASE_ITEM_POWER,
    VT_EASE_HALF_LIFE,
    VT_EASE_TEXT,
    VT_EASE_SHARPNESS,
    VT_EASE_BRAND,
    VT_EASE_CATEGORY,
    VT_EASE_PARAMS
};

/** K above which the dense matrix is refused: 1.6 GB. */
enum { VT_EASE_ITEMS_MAX = 20000 };

/** Weights between items: row is what the user had, column is what is scored. */
typedef struct vt_ease_weights {
    int32_t n;     /* K */
    int32_t *item; /* (K) dense ids of the shop, ascending */
    float *weight; /* (K, K) row-major, 0 on the diagonal */
} vt_ease_weights;

void vt_ease_weights_done(vt_ease_weights *weights);

/** Weights from events and, where settings ask for it, from texts, brands and categories. */
int vt_ease_fit(vt_ease_weights *out, const vt_fit *fit, vt_error *err);

/** VT_ERR_UNSUPPORTED when the prior of the settings compares texts and the items have no vectors of them. */
int vt_ease_prior_check(const vt_fit *fit, vt_error *err);

/** Marks in `known` (I) the items that the prior of the settings knows. */
void vt_ease_prior_mark(uint8_t *known, const vt_fit *fit);

/** Adds the prior to the weights: the sharpened cosine of texts, and an amount for the same brand or category. */
int vt_ease_prior_add(vt_ease_weights *weights, const vt_fit *fit, vt_error *err);

#endif
