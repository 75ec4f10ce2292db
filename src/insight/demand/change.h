/*
 * When a series changed, and whether it rises or falls. Change points of the level or of a line by exact minimisation
 * with pruning: PELT, Killick, Fearnhead, Eckley 2012. Rising and falling by Mann and Kendall's test over the places
 * of a season (Hirsch, Slack, Smith 1982), its slope by Sen 1968.
 * Legend: n values.
 */
#ifndef VT_INSIGHT_DEMAND_CHANGE_H
#define VT_INSIGHT_DEMAND_CHANGE_H

#include <stddef.h>

#include "vitrine/error.h"

typedef enum vt_changepoint_kind {
    VT_CHANGEPOINT_LEVEL, /* segments with a mean each */
    VT_CHANGEPOINT_TREND  /* segments with a straight line each */
} vt_changepoint_kind;

typedef struct vt_changepoint_options {
    vt_changepoint_kind kind; /* default VT_CHANGEPOINT_LEVEL */
    size_t shortest;          /* values in a segment, at least; 0: 2 for a level, 4 for a line */
    double penalty;           /* what a change must gain, in variances; 0: BIC, (parameters + 1) ln n */
    double variance;          /* of the values about their segments; 0: from neighbouring differences (robust) */
} vt_changepoint_options;

void vt_changepoint_options_init(vt_changepoint_options *options);

/**
 * The first values of new segments into `at` (n), ascending; `*n_changes` of them. Least sum over segments of squared
 * errors / variance + penalty. O(n) to O(n^2). VT_ERR_FAILED for values that are not finite.
 */
int vt_changepoint_find(size_t *at, size_t *n_changes, const double *y, size_t n, const vt_changepoint_options *options,
                        vt_error *err);

typedef struct vt_trend_test {
    double z;     /* over 0: rising */
    double p;     /* two-sided */
    double slope; /* a period, the median over pairs of the same place */
    size_t pairs;
} vt_trend_test;

/**
 * Tests for a monotonic trend: pairs of values of one place of the season (`period` 0 or 1: all pairs), ties corrected,
 * with continuity correction. Fewer than 4 pairs, or nothing but ties: p 1. O(n^2 / period).
 */
int vt_trend_test_run(vt_trend_test *out, const double *y, size_t n, size_t period, vt_error *err);

#endif
