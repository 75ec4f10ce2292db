/*
 * What was bought, or looked at, together: orders and visits as sets of items, indexed both ways, so that a question
 * looks only at the baskets of its own item. Legend: I items of the view, B baskets, L lines, C categories.
 */
#ifndef VT_RECOMMEND_BASKETS_H
#define VT_RECOMMEND_BASKETS_H

#include "live/view.h"

/** Baskets of two different items or more; each item once in a basket. */
typedef struct vt_baskets {
    int64_t n;         /* B */
    int64_t *ptr;      /* (B + 1) */
    int32_t *item;     /* (L) ascending in a basket */
    int64_t *item_ptr; /* (I + 1) */
    int32_t *basket;   /* (L) baskets of an item, ascending */
} vt_baskets;

/** Both kinds of a shop. Shared by requests; free with vt_together_release(). */
typedef struct vt_together {
    atomic_int refs;
    int64_t generation, n_events; /* of the view that it was made from */
    int32_t n_items, n_categories, days;
    vt_baskets bought;                 /* orders; what one user bought within the days, where there is no order id */
    vt_baskets viewed;                 /* sessions, else what one user looked at within a day */
    int32_t *category;                 /* (I) */
    int64_t *of_category;              /* (C) baskets of `bought` that hold the category */
    _Atomic(int64_t *) *with_category; /* (C) rows (C) of those that hold both; NULL: nobody has asked */
} vt_together;

/**
 * Reads all events of the view. Where the shop has no purchases, ratings stand for them. O(E log E), 40 bytes a line.
 * Cancelled lines are none.
 */
int vt_together_create(vt_together **out, const vt_view *view, int32_t days, vt_error *err);
vt_together *vt_together_hold(vt_together *together);
void vt_together_release(vt_together *together);

/** How often one thing is in baskets, alone and with another. */
typedef struct vt_pair_counts {
    int64_t baskets;         /* B */
    int64_t with_item;       /* that hold the one asked about */
    const int64_t *together; /* (I or C) that hold both */
} vt_pair_counts;

/** Counts beside `item`; `together` (I) comes as zeroes. O(lines of the baskets that hold it). */
void vt_baskets_count(vt_pair_counts *counts, int64_t *together, const vt_baskets *baskets, int32_t item);

/** Baskets that hold item i. */
static inline int64_t vt_baskets_of(const vt_baskets *b, int32_t item)
{
    return b->item_ptr[item + 1] - b->item_ptr[item];
}

/** Counts of orders beside a category. The first question about it costs O(L), others nothing. Any thread. */
int vt_together_categories(vt_pair_counts *counts, vt_together *together, int32_t category, vt_error *err);

#endif
