/*
 * Loess over equally spaced points (Cleveland 1979), as STL uses it: tricube weights over the q nearest points, a local
 * constant or line. Where the points are and how far away they lie is known before, so the weights are made once for
 * each place inside the window; without robustness weights a smoothing is then one product with fixed numbers.
 * Legend: n points, q points in a window.
 */
#ifndef VT_INSIGHT_DEMAND_LOESS_H
#define VT_INSIGHT_DEMAND_LOESS_H

#include <stdbool.h>
#include <stddef.h>

#include "vitrine/error.h"

typedef struct vt_loess vt_loess;

/**
 * A smoother for `n` >= 1 points whose window has `window` >= 1 points (it may be longer than the series: then all
 * points count and the weights widen, as in Cleveland's program). `degree` is 0 or 1. The caller frees it.
 */
int vt_loess_create(vt_loess **out, size_t n, size_t window, int degree, vt_error *err);
void vt_loess_free(vt_loess *loess);

/**
 * Smooths `y` (n) into `out` (n), or into `out` (n + 2) with one point before and one behind the series when `beyond`.
 * `robustness` (n) multiplies the weights; NULL: all are 1. A place all of whose weights are 0 keeps its value.
 */
void vt_loess_smooth(double *out, const double *y, const double *robustness, bool beyond, const vt_loess *loess);

#endif
