/* Lays values out on a grid of equal steps; the second half of series_file.c. */
#ifndef VT_INSIGHT_DEMAND_SERIES_GRID_H
#define VT_INSIGHT_DEMAND_SERIES_GRID_H

#include "insight/demand/series_file.h"

/** Where periods lie: what a step is, the first and how many. */
typedef struct vt_series_grid {
    vt_series_step step;
    double first, width;
    size_t n;
} vt_series_grid;

/**
 * Finds the grid of `periods` (n, which are sorted and thinned out in place): numbers, or days since 1970-01-01 when
 * `dates`. VT_ERR_FORMAT when they do not lie at equal steps, VT_ERR_LIMIT past VT_SERIES_MAX steps.
 */
int vt_series_grid_find(vt_series_grid *out, double *periods, size_t n, bool dates, vt_error *err);

/** The place of a period that is on the grid. */
size_t vt_series_grid_place(const vt_series_grid *grid, double period);

#endif
