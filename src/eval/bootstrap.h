/* Bootstrap intervals: how far a figure over users would move, had other users been asked. */
#ifndef VT_EVAL_BOOTSTRAP_H
#define VT_EVAL_BOOTSTRAP_H

#include "vitrine/evaluation.h"

/** Figures from the sums of columns over `n_rows` drawn users; NaN where there is none. Called on several threads. */
typedef struct vt_statistic {
    size_t n_figures;
    void (*compute)(const void *context, const double *sum /* (n_columns) */, size_t n_rows,
                    double *figure /* (n_figures) */);
    const void *context;
} vt_statistic;

/** How often and from which seed users are drawn. */
typedef struct vt_resampling {
    int32_t resamples;
    uint64_t seed;
    int threads;
} vt_resampling;

/**
 * Percentile 95 % intervals of the means of `n_columns` columns over `n_rows` users (Efron 1979): each of `resamples`
 * resamples draws n_rows rows with replacement from a stream of its own, so that the result is the same on 1 and N
 * threads. Bounds by linear interpolation between order statistics.
 */
int vt_bootstrap(double *low /* (n_columns) */, double *high /* (n_columns) */,
                 const double *rows /* (n_rows, n_columns) */, size_t n_rows, size_t n_columns, int32_t resamples,
                 uint64_t seed, int threads, vt_error *err);

/** A 95 % interval, and how often a figure so far from 0 comes about where the truth is 0. NaN without resamples. */
typedef struct vt_bounds {
    double low;
    double high;
    double p;
} vt_bounds;

/**
 * The same for any figures of sums, such as a root of a mean; resamples without a figure are left out. `value` (may be
 * NULL: no p) holds the figures of all users: p = (1 + resamples b with |figure(b) - value| >= |value|) / (1 +
 * resamples), two-sided (Davison and Hinkley 1997, eq. 4.11, on the bootstrap moved to 0).
 */
int vt_bootstrap_statistic(vt_bounds *bounds /* (n_figures) */, const double *value /* (n_figures) */,
                           const double *rows, size_t n_rows, size_t n_columns, const vt_statistic *statistic,
                           const vt_resampling *resampling, vt_error *err);

#endif
