/*
 * Forecasts that add up: of a tree of series (total, categories, products) each was forecast by itself; reconciliation
 * moves them so that every parent is the sum of its children. Least squares with weights on a tree are solved exactly
 * in one pass up and one down. Athanasopoulos, Ahmed, Hyndman 2009 (bottom-up, top-down by forecast proportions);
 * Wickramasuriya, Athanasopoulos, Hyndman 2019, section 2.4 (MinT with a diagonal W: structural or variance scaling).
 * Legend: N nodes, H steps.
 */
#ifndef VT_INSIGHT_DEMAND_RECONCILE_H
#define VT_INSIGHT_DEMAND_RECONCILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vitrine/error.h"

typedef enum vt_reconcile_method {
    VT_RECONCILE_BOTTOM_UP,
    VT_RECONCILE_TOP_DOWN,
    VT_RECONCILE_STRUCTURE, /* each forecast weighed by 1 / leaves below it */
    VT_RECONCILE_VARIANCE   /* by 1 / variance of its errors one step ahead */
} vt_reconcile_method;

typedef struct vt_reconcile_options {
    vt_reconcile_method method; /* default VT_RECONCILE_STRUCTURE */
    const double *variance;     /* (N) over 0; for VT_RECONCILE_VARIANCE */
    bool non_negative;          /* leaves under 0 become 0 before the sums; default false */
} vt_reconcile_options;

void vt_reconcile_options_init(vt_reconcile_options *options);

/**
 * Reconciles `base` (N, H) into `out` (N, H; may be base). `parent` (N) is the index of each node's parent, -1 of a
 * root; there may be several roots. Every parent is the sum of its children as they stand, added in the order of their
 * indices: sums are equal to the last bit. VT_ERR_USAGE for a parent that does not exist, a circle, a variance that is
 * not over 0 or numbers that are not finite.
 */
int vt_reconcile(double *out, const double *base, const int32_t *parent, size_t n, size_t horizon,
                 const vt_reconcile_options *options, vt_error *err);

#endif
