/*
 * Gradient-boosted trees for a yes or no (Friedman 2001; LightGBM, Ke and others 2017), with exact contributions of
 * features to each score (TreeSHAP, Lundberg and others 2020). LightGBM is looked for and loaded at the first use.
 * Legend: N rows, F features, T trees.
 */
#ifndef VT_MATH_TREES_H
#define VT_MATH_TREES_H

#include <stddef.h>
#include <stdint.h>

#include "vitrine/error.h"

/** Rows of features. Borrowed. */
typedef struct vt_tree_rows {
    const double *x;       /* (N, F) row-major; NaN says "missing" */
    const float *label;    /* (N) 0 or 1; NULL where no label is needed */
    const int32_t *levels; /* (F) number of levels of a category coded 0, 1, ...; 0: a number */
    size_t n, f;
} vt_tree_rows;

typedef struct vt_tree_options {
    size_t size;          /* set by vt_tree_options_init() */
    int trees;            /* T, 1 to 10,000; default 300 */
    int patience;         /* with held rows: stop after so many trees without a lower loss; 0: never; default 50 */
    int leaves;           /* of a tree, 2 to 1,024; default 15 */
    int leaf_rows;        /* rows of a leaf at least; default 20 */
    double rate;          /* learning rate, above 0, at most 1; default 0.05 */
    double feature_share; /* of the features that each tree looks at, above 0; default 0.8 */
    double l2;            /* of leaf values, 0 or more; default 1 */
    uint64_t seed;        /* default 42 */
} vt_tree_options;

void vt_tree_options_init(vt_tree_options *options);

typedef struct vt_trees vt_trees;

/** VT_OK where LightGBM can be used; VT_ERR_UNSUPPORTED says what to install. */
int vt_trees_available(vt_error *err);

/**
 * Fits trees to `rows`, on one thread and deterministically: same input, same bytes. With `held` (or NULL) and `loss`
 * (T): the mean logarithmic loss of the held rows after each tree, and after the last that was grown its loss. The
 * caller frees the result. VT_ERR_UNSUPPORTED without LightGBM, VT_ERR_USAGE for options, VT_ERR_FAILED with
 * LightGBM's own words.
 */
int vt_trees_fit(vt_trees **out, double *loss, const vt_tree_rows *rows, const vt_tree_rows *held,
                 const vt_tree_options *options, vt_error *err);

/** Frees; NULL is allowed. */
void vt_trees_free(vt_trees *trees);

/** Log odds of the rows by the first `count` trees (0: all) into `score` (N). */
int vt_trees_score(double *score, const vt_trees *trees, const vt_tree_rows *rows, int count, vt_error *err);

/** TreeSHAP: `contribution` (N, F + 1) row-major; the last column is the mean score; rows sum to the score. */
int vt_trees_explain(double *contribution, const vt_trees *trees, const vt_tree_rows *rows, int count, vt_error *err);

#endif
