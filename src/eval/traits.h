/*
 * What a list is like beside right or wrong: how different its items are from each other, and how far its categories
 * are from those of the history. Definitions stand in docs/metrics.md.
 */
#ifndef VT_EVAL_TRAITS_H
#define VT_EVAL_TRAITS_H

#include "vitrine/evaluation.h"

#define VT_TRAIT_FIRST VT_METRIC_DIVERSITY_CATEGORY
#define VT_TRAITS (VT_METRICS - VT_TRAIT_FIRST)

/** Where the items of a snapshot stand among vectors. */
typedef struct vt_trait_vectors {
    const struct vt_item_vectors *vectors; /* NULL: none */
    int32_t *row;                          /* (I) -1 without; NULL when there are no vectors */
} vt_trait_vectors;

/** What is known of items. Init and done by the caller; the snapshot and the vectors must outlive it. */
typedef struct vt_traits {
    const vt_snapshot *snapshot;
    vt_trait_vectors text;
    vt_trait_vectors image;
} vt_traits;

int vt_traits_init(vt_traits *traits, const vt_snapshot *snapshot, const struct vt_item_vectors *text,
                   const struct vt_item_vectors *image, vt_error *err);
void vt_traits_done(vt_traits *traits);

/** What one thread works with. */
typedef struct vt_trait_scratch {
    double *sum;     /* (D) of the widest vectors */
    int64_t *listed; /* (C) all zero between calls */
    int64_t *had;    /* (C) all zero between calls */
} vt_trait_scratch;

int vt_trait_scratch_init(vt_trait_scratch *scratch, const vt_traits *traits, vt_error *err);
void vt_trait_scratch_done(vt_trait_scratch *scratch);

/** One list, best first, and the history that it was made for. */
typedef struct vt_trait_list {
    const int32_t *items;
    size_t n;
    const int32_t *history;
    size_t n_history;
} vt_trait_list;

/** The traits of the first `cutoff[c]` items of the list into `value` (n_cutoffs); NaN where there are none. */
void vt_traits_of_list(double value[][VT_TRAITS], const vt_traits *traits, vt_trait_scratch *scratch,
                       const vt_trait_list *list, const int32_t *cutoff, size_t n_cutoffs);

#endif
