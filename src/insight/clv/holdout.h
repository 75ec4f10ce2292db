/*
 * How well a model of repeat purchases foretells what was held out: by frequency in the calibration (Fader, Hardie and
 * Lee 2005, figure 3), and week by week (figure 2).
 */
#ifndef VT_INSIGHT_CLV_HOLDOUT_H
#define VT_INSIGHT_CLV_HOLDOUT_H

#include "insight/clv/fit.h"
#include "insight/clv/summary.h"

enum { VT_HOLDOUT_ROWS = 8 /* frequencies 0 to 6, and 7 or more */ };

/** Customers with one frequency in the calibration: purchases while held out, in the mean. */
typedef struct vt_holdout_row {
    size_t customers;
    double actual, predicted; /* 0 where there are no customers */
} vt_holdout_row;

typedef struct vt_holdout {
    vt_holdout_row row[VT_HOLDOUT_ROWS], all;
    double absolute_error; /* mean over customers of |actual - predicted| */
    double rows_error;     /* mean of |actual - predicted| over rows, by customers */
    size_t weeks;          /* whole weeks from the first purchase of all to the end */
    size_t weeks_fitted;   /* of these, up to the last day that counts */
    double *actual;        /* (weeks) repeat purchases of these customers up to the end of each week */
    double *predicted;     /* (weeks) */
    double tracking_error; /* mean of |predicted - actual| / actual over the weeks held out; 0 without any */
} vt_holdout;

/**
 * Compares. `groups` are those of the summary. The caller ends `out` with vt_holdout_done(). VT_ERR_UNSUPPORTED when
 * nothing was held out. O(N + days weeks).
 */
int vt_holdout_compare(vt_holdout *out, const vt_repeat_model *model, const vt_clv_summary *summary,
                       const vt_clv_groups *groups, vt_error *err);

void vt_holdout_done(vt_holdout *holdout);

#endif
