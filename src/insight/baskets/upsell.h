/*
 * Dearer goods of the same kind that people took: what to show to somebody who looks at an item. Counted from what each
 * user viewed and bought, in order of time. Of the users who met an item (viewed or bought it), those accept a dearer
 * one who buy it after they first met the item: *instead* when they had not bought the item by then, *later* when they
 * had. What people accept by themselves says what sells, not what showing it would cause; that takes an experiment.
 * Legend: U users, I items, C categories, N events.
 */
#ifndef VT_INSIGHT_BASKETS_UPSELL_H
#define VT_INSIGHT_BASKETS_UPSELL_H

#include <stddef.h>
#include <stdint.h>

#include "vitrine/error.h"

/** What users viewed and bought, and the goods; borrowed. */
typedef struct vt_purchase_paths {
    size_t n_users;          /* U */
    int32_t n_items;         /* I */
    int32_t n_categories;    /* C */
    const int64_t *offsets;  /* (U + 1) user u has the events offsets[u] to offsets[u + 1] - 1 */
    const int32_t *items;    /* (N) 0 to I - 1, in order of time */
    const uint8_t *bought;   /* (N) 1: bought, 0: viewed */
    const int32_t *category; /* (I) 0 to C - 1, -1: none, which is never compared */
    const int64_t *price;    /* (I) minor units; VT_NONE or 0 and below: not known, never compared */
} vt_purchase_paths;

typedef struct vt_upsell_options {
    double min_rise;   /* how much dearer at least, as a share of the item's price, above 0; default .10 */
    double max_rise;   /* at most; default .60 */
    int64_t min_users; /* users who accepted, at least; default 3 */
} vt_upsell_options;

typedef struct vt_upsell {
    int32_t item;           /* who met this one */
    int32_t dearer;         /* bought that one */
    int64_t rise;           /* difference of prices, minor units */
    int64_t users;          /* who met the item */
    int64_t instead, later; /* of these, who accepted in either way */
    double share;           /* (instead + later) / users */
    double low, high;       /* its 95 % interval (Wilson 1927) */
    double usual;           /* share of buyers of `dearer` among all who met any item of the category */
} vt_upsell;

void vt_upsell_options_init(vt_upsell_options *options);

/** Names the first option that cannot be as a sentence (VT_ERR_USAGE). */
int vt_upsell_options_check(const vt_upsell_options *options, vt_error *err);

/**
 * All such pairs of items by item, then the surest share (`low`) first, then the greater rise, then the number of the
 * dearer one. `*out` (n) is the caller's, freed with vt_free(). Costs, for each user and category, items met times
 * items bought. VT_ERR_USAGE for wrong options, VT_ERR_FORMAT for an item or category number out of range.
 */
int vt_upsell_find(vt_upsell **out, size_t *n, const vt_purchase_paths *paths, const vt_upsell_options *options,
                   vt_error *err);

/** The first `vt_upsell` of an item in a result of vt_upsell_find(), and through `*count` how many there are. */
const vt_upsell *vt_upsell_of(const vt_upsell *all, size_t n, int32_t item, size_t *count);

#endif
