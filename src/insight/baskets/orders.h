/*
 * The orders of a period as baskets, and what customers viewed and bought in it as paths, from the columns of a shop in
 * memory. Legend: B orders, U users, I items, N lines or events.
 */
#ifndef VT_INSIGHT_BASKETS_ORDERS_H
#define VT_INSIGHT_BASKETS_ORDERS_H

#include "insight/baskets/itemsets.h"
#include "insight/baskets/upsell.h"
#include "insight/scope.h"

/** Owned by the caller; ended by vt_order_baskets_done(). */
typedef struct vt_order_baskets {
    vt_baskets baskets; /* by customer and order; items are those of the view */
    int64_t *offsets;
    int32_t *items;
} vt_order_baskets;

/**
 * Sold lines of the scope's period that pass its filters. Lines without an order number are one order for each customer
 * (for a guest: each visit) and day; without any of these each is an order of its own. O(N log N).
 */
int vt_order_baskets_find(vt_order_baskets *out, const vt_scope *scope, vt_error *err);
void vt_order_baskets_done(vt_order_baskets *orders);

/** Owned by the caller; ended by vt_scope_paths_done(). */
typedef struct vt_scope_paths {
    vt_purchase_paths paths; /* of the customers; guests are left out */
    int64_t *offsets, *price;
    int32_t *items, *category;
    uint8_t *bought;
} vt_scope_paths;

/** Views, clicks, carts and sold lines of the scope's period that pass its filters, by customer in order of time. */
int vt_scope_paths_find(vt_scope_paths *out, const vt_scope *scope, vt_error *err);
void vt_scope_paths_done(vt_scope_paths *paths);

#endif
