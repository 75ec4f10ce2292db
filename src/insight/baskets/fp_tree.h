/*
 * The FP-tree: baskets as paths from a root, common beginnings shared, frequent items first. Nodes of one item stand
 * side by side and know their parents only; that is all that growth needs, and there are no lists of children.
 * Legend: R ranks (frequent items, the most frequent is rank 0), V nodes. Private to FP-growth.
 */
#ifndef VT_INSIGHT_BASKETS_FP_TREE_H
#define VT_INSIGHT_BASKETS_FP_TREE_H

#include "insight/baskets/itemsets.h"

/* Parents have lower ranks than children, so lower numbers too. */
typedef struct vt_fp_tree {
    int32_t n_ranks;
    int32_t *item;  /* (R) the item of a rank */
    int64_t *total; /* (R) baskets with it */
    int32_t *start; /* (R + 1) the nodes of rank r are start[r] to start[r + 1] - 1 */
    size_t item_capacity, total_capacity, start_capacity;

    int32_t *rank;   /* (V) */
    int32_t *parent; /* (V) -1 below the root */
    int32_t *count;  /* (V) baskets whose path goes through */
    int32_t *child;  /* (V + 1) while nodes are made: the node last made below a node, the root's first */
    size_t rank_capacity, parent_capacity, count_capacity, child_capacity;

    /* Of a projection from this tree; sums are zero between. */
    int32_t *sum;        /* (V) */
    int32_t *copy;       /* (V) the node of the projection that stands for this one or its nearest ancestor there */
    int32_t *seen;       /* (V) nodes on the paths, in the order they were met */
    int32_t *sorted;     /* (V) the same by rank */
    int64_t *rank_total; /* (R) */
    int32_t *rank_nodes; /* (R) */
    int32_t *ranks;      /* (R) ranks on the paths, ascending */
    size_t sum_capacity, copy_capacity, seen_capacity, sorted_capacity;
    size_t rank_total_capacity, rank_nodes_capacity, ranks_capacity;
} vt_fp_tree;

/** The tree of all baskets; `tree` is all zero at first. vt_fp_tree_done() frees it, also after a failure. */
int vt_fp_tree_build(vt_fp_tree *tree, const vt_baskets *baskets, int64_t min_count, vt_error *err);

/**
 * The tree of those baskets that hold the item of `rank`, of their more frequent items that are frequent there too,
 * into `out` (all zero or used before). Costs the length of the paths.
 */
int vt_fp_tree_project(vt_fp_tree *out, vt_fp_tree *tree, int32_t rank, int64_t min_count, vt_error *err);

void vt_fp_tree_done(vt_fp_tree *tree);

#endif
