/*
 * What customers will buy and bring: the probability that they still buy, expected purchases and money within a time
 * ahead, with intervals. Legend: N customers, as the groups have them.
 */
#ifndef VT_INSIGHT_CLV_FORECAST_H
#define VT_INSIGHT_CLV_FORECAST_H

#include "insight/clv/fit.h"
#include "insight/clv/gamma_gamma.h"

typedef struct vt_clv_forecast_options {
    double ahead;    /* the time ahead, in the model's unit: 52 (weeks); above 0 */
    double discount; /* of money, for each of the equal parts of the time ahead: 0 */
    int parts;       /* 12: so many */
    double level;    /* of intervals: 0.95; above 0, below 1 */
} vt_clv_forecast_options;

/** A sum over all customers. */
typedef struct vt_clv_total {
    double value, low, high;
} vt_clv_total;

/**
 * Of each customer (N). What is not known is NaN: intervals of expectations of a model that is not `certain`, money
 * without a model of it. Expectations have intervals by the delta method on their logarithm, the chance to still buy
 * on its log odds: the uncertainty of the parameters alone. `count_low` and `count_high` are what the customer will
 * buy with the level's probability, by the exact distribution of the count at the parameters. Totals have both kinds
 * of uncertainty, as a normal distribution.
 */
typedef struct vt_clv_forecast {
    size_t n;
    double *alive, *alive_low, *alive_high;
    double *purchases, *purchases_low, *purchases_high;
    double *count_low, *count_high;
    double *money; /* expected amount of a purchase */
    double *value, *value_low, *value_high;
    vt_clv_total total_alive, total_purchases, total_value;
    bool money_known;
} vt_clv_forecast;

void vt_clv_forecast_options_init(vt_clv_forecast_options *options);

/**
 * Forecasts for the customers of `groups`; `spend` and their mean amounts `money` (N) may be NULL together. The caller
 * ends `out` with vt_clv_forecast_done(). VT_ERR_USAGE for options that cannot be. O(G parts + N).
 */
int vt_clv_forecast_make(vt_clv_forecast *out, const vt_repeat_model *model, const vt_gamma_gamma *spend,
                         const vt_clv_groups *groups, size_t n, const double *money,
                         const vt_clv_forecast_options *options, vt_error *err);

void vt_clv_forecast_done(vt_clv_forecast *forecast);

#endif
