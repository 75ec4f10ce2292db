/*
 * Prices of the past: what an item cost from which time on, as the store has recorded it. Legend: I items, H recorded
 * prices.
 */
#ifndef VT_INSIGHT_PRICE_PRICE_PAST_H
#define VT_INSIGHT_PRICE_PRICE_PAST_H

#include "insight/scope.h"

/** One price, from its time on. */
typedef struct vt_past_price {
    int64_t from, price;
    bool promotion; /**< a lower price of at most 35 days, between two higher ones */
} vt_past_price;

/** Of some items, each one's oldest first. Init with zeroes, done with vt_price_past_done(). */
typedef struct vt_price_past {
    int64_t *ptr;       /**< (I + 1) */
    vt_past_price *row; /**< (H) each differs from the one before */
    size_t n;           /**< H */
} vt_price_past;

/** The prices of `item` (I). Nothing where the scope knows of no store. Opens a reader of its own. */
int vt_price_past_read(vt_price_past *out, const vt_scope *scope, const int32_t *item, size_t n_items, vt_error *err);
void vt_price_past_done(vt_price_past *past);

/** The price of item `i` at `time`; VT_NONE before the first. */
int64_t vt_price_past_at(const vt_price_past *past, size_t i, int64_t time);

/** Mean price of item `i` over [from, until) and the share of the time under promotion; NaN where none is known. */
double vt_price_past_mean(double *promotion, const vt_price_past *past, size_t i, int64_t from, int64_t until);

#endif
