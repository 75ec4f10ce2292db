/*
 * What is bought together, two by two, and what to offer beside an item. A pair is kept when it is together more often
 * than chance explains; the surest come first. Legend: B baskets, N items in all of them together.
 */
#ifndef VT_INSIGHT_BASKETS_PAIRS_H
#define VT_INSIGHT_BASKETS_PAIRS_H

#include "insight/baskets/association.h"
#include "insight/baskets/itemsets.h"

typedef struct vt_pair_options {
    double min_support;  /* share of baskets with both, 0 to 1; default 0 */
    int64_t min_count;   /* baskets with both; default 3; the stricter of the two holds */
    double max_adjusted; /* highest adjusted p-value, 0 to 1; default VT_CHANCE_LEVEL; 1: chance does not matter */
    int64_t max_pairs;   /* more are refused; default 5,000,000 */
} vt_pair_options;

typedef struct vt_pair {
    int32_t item;     /* who buys this one */
    int32_t other;    /* also buys that one */
    vt_association a; /* of item -> other */
} vt_pair;

void vt_pair_options_init(vt_pair_options *options);

/** Names the first option that cannot be as a sentence (VT_ERR_USAGE). */
int vt_pair_options_check(const vt_pair_options *options, vt_error *err);

/**
 * All pairs with a lift over 1 that pass the options, the highest `lift_low` first, then by count and item numbers.
 * `item` is the one with fewer baskets, so that `confidence` is the higher of the two ways; of equal ones the lower
 * number. P-values are adjusted for all pairs of the smallest count. `*out` (n) is the caller's, freed with vt_free().
 * Errors as vt_itemsets_find().
 */
int vt_pairs_find(vt_pair **out, size_t *n, const vt_baskets *baskets, const vt_pair_options *options, vt_error *err);

/**
 * The same of one item: what else is in its baskets, each pair seen from it. P-values are adjusted for the items that
 * are tested here. O(N). VT_ERR_USAGE for an item that is not there.
 */
int vt_cross_sell_find(vt_pair **out, size_t *n, const vt_baskets *baskets, int32_t item,
                       const vt_pair_options *options, vt_error *err);

#endif
