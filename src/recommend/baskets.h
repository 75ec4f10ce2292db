/*
 * What was bought, or looked at, together: orders and visits as sets of items. Legend: I items of the shop, L lines.
 */
#ifndef VT_RECOMMEND_BASKETS_H
#define VT_RECOMMEND_BASKETS_H

#include "base/map.h"
#include "store/store.h"
#include "vitrine/snapshot.h"

/** An item in a basket. */
typedef struct vt_basket_line {
    int64_t basket; /* number of the order or visit; those without one get theirs at the end */
    int64_t time;
    int64_t actor; /* user or session */
    int32_t item;
} vt_basket_line;

/** Lines sorted by basket and item, each once. Init with zeroes, done with vt_baskets_done(). */
typedef struct vt_baskets {
    vt_basket_line *lines;
    size_t n, capacity;
} vt_baskets;

/** Both kinds of a shop. */
typedef struct vt_shop_baskets {
    vt_baskets bought; /* orders; what one user bought within the days, where there is no order id */
    vt_baskets viewed; /* sessions, else what one user looked at within a day */
} vt_shop_baskets;

/**
 * Reads all events. Where the shop has no purchases, ratings stand for them. `items` are the shop's. O(E log E).
 * Done with vt_shop_baskets_done().
 */
int vt_shop_baskets_load(vt_shop_baskets *out, vt_store *store, const vt_ids *items, int32_t days, vt_error *err);
void vt_shop_baskets_done(vt_shop_baskets *baskets);

/** How often one item is in baskets of two or more, alone and with another. Arrays are the caller's, zero at first. */
typedef struct vt_pair_counts {
    int64_t baskets;   /* of two different items or more */
    int64_t with_item; /* that hold the item asked about */
    int64_t *alone;    /* (I) that hold item i */
    int64_t *together; /* (I) that hold both */
} vt_pair_counts;

/**
 * Counts items: `group` NULL. Or groups of them: `group` (I) is the number of each item's, -1 without, and `asked` is a
 * group; a basket counts when it holds two different items.
 */
int vt_baskets_count(vt_pair_counts *counts, const vt_baskets *baskets, const int32_t *group, size_t n_groups,
                     int32_t asked, vt_error *err);

#endif
