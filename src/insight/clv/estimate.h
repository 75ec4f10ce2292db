/* All that is said of the value of a shop's customers, computed at once. Legend: N customers. */
#ifndef VT_INSIGHT_CLV_ESTIMATE_H
#define VT_INSIGHT_CLV_ESTIMATE_H

#include "insight/clv/forecast.h"
#include "insight/clv/holdout.h"
#include "vitrine/insight.h"

enum { VT_CLV_MODELS = 2 };

typedef struct vt_clv_estimate {
    vt_clv_summary summary; /* of the customers who are shown */
    vt_clv_groups groups;
    size_t fitted;                        /* customers behind the models */
    vt_repeat_model model[VT_CLV_MODELS]; /* BG/NBD, Pareto/NBD */
    int chosen;                           /* the likelier one: both have four parameters */
    double weight;                        /* of it in the forecast; 1 where the other one is left out */
    vt_gamma_gamma spend;                 /* holds when money_known */
    bool money_known;
    char money_missing[256]; /* why it is not known: a sentence without its end; "" */
    vt_clv_forecast forecast;
    vt_holdout holdout; /* holds when held_out */
    bool held_out;
    int months; /* ahead */
} vt_clv_estimate;

/**
 * Fits to all customers, and forecasts for those shown, as the options say (until, unit, horizon in months). `end` is
 * the last day that is over; VT_NONE: that of the last purchase. The caller ends `out` with vt_clv_estimate_done().
 * Errors of the parts; VT_ERR_USAGE for a unit or a day that cannot be read.
 */
int vt_clv_estimate_make(vt_clv_estimate *out, const vt_clv_purchases *purchases, int64_t end,
                         const vt_insight_options *options, vt_error *err);

void vt_clv_estimate_done(vt_clv_estimate *estimate);

#endif
