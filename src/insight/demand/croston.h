/*
 * Demand that often is nothing. Croston 1972: sizes and gaps between demands are smoothed apart, the forecast is size
 * over gap. SBA (Syntetos and Boylan 2005): times 1 - alpha / 2, alpha that of the gaps, since the quotient is too
 * high; a series without gaps needs no correction and gets none. TSB (Teunter, Syntetos, Babai 2011): the chance of
 * demand is smoothed in every period, so that it falls while nothing sells. Legend: n values.
 */
#ifndef VT_INSIGHT_DEMAND_CROSTON_H
#define VT_INSIGHT_DEMAND_CROSTON_H

#include <stdbool.h>
#include <stddef.h>

#include "vitrine/error.h"

typedef enum vt_croston_kind { VT_CROSTON, VT_CROSTON_SBA, VT_CROSTON_TSB } vt_croston_kind;

typedef struct vt_croston {
    double size;       /* smoothed size of a demand */
    double gap;        /* Croston, SBA: smoothed periods from demand to demand */
    double chance;     /* TSB: smoothed chance of a demand */
    double size_alpha; /* smoothing of sizes */
    double gap_alpha;  /* of gaps or chances */
    double rate;       /* the forecast of each coming period */
    bool gaps;         /* some period is without demand */
} vt_croston;

/**
 * Fits to `y` (n, none under 0). Smoothing parameters minimise the squared errors one step ahead of sizes and of gaps
 * (chances), each within 0.1 to 0.3; sizes and gaps start at the first. `rates` (n; may be NULL) gets the forecast that
 * stood after each value. VT_ERR_UNSUPPORTED for a value under 0. Without any demand all rates are 0.
 */
int vt_croston_fit(vt_croston *out, double *rates, const double *y, size_t n, vt_croston_kind kind, vt_error *err);

/** Classes of demand (Syntetos, Boylan, Croston 2005): mean periods per demand and squared variation of sizes. */
typedef struct vt_demand_class {
    double interval;  /* periods / demands; 0 without demand */
    double variation; /* squared coefficient of variation of the sizes */
    const char *name; /* "smooth", "erratic", "intermittent", "lumpy", "none"; cuts at 1.32 and 0.49 */
} vt_demand_class;

vt_demand_class vt_demand_classify(const double *y, size_t n);

#endif
