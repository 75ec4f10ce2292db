/* The order lines of a shop as purchases of customers. Legend: P lines, U users. */
#ifndef VT_INSIGHT_CLV_SHOP_PURCHASES_H
#define VT_INSIGHT_CLV_SHOP_PURCHASES_H

#include "insight/clv/summary.h"
#include "insight/scope.h"

/** Init with zeroes, done with vt_shop_purchases_done(). */
typedef struct vt_shop_purchases {
    vt_clv_purchases purchases; /* customers are users of the view, days those of the shop, amounts minor units */
    int32_t *customer;
    int64_t *day;
    double *amount; /* what was paid less what was given back for it, 0 or more */
    uint8_t *shown; /* (U) who passes the filters of customers; NULL without one */
    size_t capacity[3];
    size_t unpriced; /* lines without a price: purchases of 0 */
} vt_shop_purchases;

/**
 * Sold lines of known customers up to the end of the scope's period that pass its filters of goods. Those of customers
 * choose who is shown alone: a model of a segment alone would take how its customers were chosen for how they buy.
 * O(lines + U).
 */
int vt_shop_purchases_find(vt_shop_purchases *out, const vt_scope *scope, vt_error *err);
void vt_shop_purchases_done(vt_shop_purchases *purchases);

#endif
