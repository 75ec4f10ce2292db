/*
 * Sets of items that many baskets hold, by FP-growth (Han, Pei, Yin 2000: the tree of section 2.1, the growth of
 * section 3). Legend: B baskets, I items, N items in all baskets together, S itemsets.
 */
#ifndef VT_INSIGHT_BASKETS_ITEMSETS_H
#define VT_INSIGHT_BASKETS_ITEMSETS_H

#include <stddef.h>
#include <stdint.h>

#include "vitrine/error.h"

/** Baskets of dense item numbers, borrowed. */
typedef struct vt_baskets {
    size_t n_baskets;       /* B, below 2^31; those without items count */
    int32_t n_items;        /* I */
    const int64_t *offsets; /* (B + 1) basket b holds items[offsets[b]] to items[offsets[b + 1] - 1] */
    const int32_t *items;   /* (N) 0 to I - 1 in any order; what a basket holds twice counts once */
} vt_baskets;

typedef struct vt_itemset_options {
    double min_support;   /* share of baskets, 0 to 1; default .01; 0: one basket is enough */
    int64_t min_count;    /* baskets; default 1; the stricter of the two holds */
    int32_t max_length;   /* items of a set, from 1; default 10 */
    int64_t max_itemsets; /* more than this are refused; from 1, below 2^31; default 1,000,000 */
} vt_itemset_options;

void vt_itemset_options_init(vt_itemset_options *options);

/** Names the first option that cannot be as a sentence (VT_ERR_USAGE). */
int vt_itemset_options_check(const vt_itemset_options *options, vt_error *err);

/** Shorter sets first, then by their items' numbers, which ascend. */
typedef struct vt_itemsets {
    size_t n;          /* S */
    int64_t *offsets;  /* (S + 1) */
    int32_t *items;    /* (offsets[S]) */
    int64_t *count;    /* (S) baskets that hold all items of the set */
    size_t n_baskets;  /* B */
    int64_t min_count; /* what the options came to, from 1 */
    int32_t *slots;    /* (n_slots) private: a hash table of sets, number + 1, 0 where free */
    size_t n_slots;
} vt_itemsets;

/** The smallest count whose share of `n_baskets` reaches both limits of the options; at least 1. */
int64_t vt_itemset_min_count(const vt_itemset_options *options, size_t n_baskets);

/**
 * All sets of up to `max_length` items that at least the smallest count of baskets hold; the caller frees them.
 * VT_ERR_USAGE for wrong options, VT_ERR_FORMAT for an item number that is not below I, VT_ERR_LIMIT when there are
 * more sets than `max_itemsets` (found before memory is used for them) or 2^31 items or baskets.
 */
int vt_itemsets_find(vt_itemsets **out, const vt_baskets *baskets, const vt_itemset_options *options, vt_error *err);
void vt_itemsets_free(vt_itemsets *itemsets);

/** The count of a set of `n` ascending items; 0 when it is not among the found ones. Expected O(n). */
int64_t vt_itemsets_count(const vt_itemsets *itemsets, const int32_t *items, size_t n);

#endif
