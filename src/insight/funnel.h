/*
 * From looking to buying: how many visits have a view, a cart, an order. A visit is a session where the shop tells
 * sessions, else a customer's day. One pass over the visits and the order lines of a period; a byte a session and some
 * bytes a customer of the shop.
 */
#ifndef VT_INSIGHT_FUNNEL_H
#define VT_INSIGHT_FUNNEL_H

#include "insight/scope.h"

typedef struct vt_funnel {
    int64_t seen;         /**< visits with a view */
    int64_t carted;       /**< with a cart */
    int64_t seen_carted;  /**< with a view and a cart */
    int64_t cart_bought;  /**< with a cart and a sold line */
    int64_t bought;       /**< with a view and a sold line */
    int64_t active;       /**< customers with any of these events */
    int64_t views, carts; /**< events */
} vt_funnel;

/**
 * Of the period's events that pass the filters of the scope; a price filter goes by the item's price. `slots` gets the
 * same visits by when they began: `of_day` (days of the period) has the slot of a day, -1 for none. Both NULL: the sum
 * alone.
 */
int vt_funnel_count(vt_funnel *out, vt_funnel *slots, const int32_t *of_day, const vt_scope *scope,
                    const vt_period *period, vt_error *err);

#endif
