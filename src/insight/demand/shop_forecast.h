/*
 * Forecasts of what a shop will sell: the total, its categories and the best-selling products, which add up. Products
 * that are not forecast by themselves are the rest of their category, one series each. Legend: N nodes, n periods, H
 * periods ahead.
 */
#ifndef VT_INSIGHT_DEMAND_SHOP_FORECAST_H
#define VT_INSIGHT_DEMAND_SHOP_FORECAST_H

#include "insight/demand/backtest.h"
#include "insight/demand/known_days.h"
#include "insight/demand/lost_sales.h"
#include "insight/groups.h"

typedef enum vt_shop_level {
    VT_SHOP_TOTAL,
    VT_SHOP_CATEGORY,
    VT_SHOP_PRODUCT,
    VT_SHOP_REST,   /* other products of a category */
    VT_SHOP_REVENUE /* of the total; stands outside the tree */
} vt_shop_level;

/** One series with its forecast. Arrays belong to the forecast. */
typedef struct vt_shop_node {
    vt_shop_level level;
    int32_t parent;     /* -1: the total, and revenue */
    int32_t item;       /* of a product, else -1 */
    const char *name;   /* of a category, borrowed from the groups; "all others" for those behind the largest */
    double *y;          /* (n) sold, and what was probably lost while sold out */
    size_t begin;       /* values from here on are forecast: those before the first sale tell nothing */
    double *mean;       /* (H) */
    double *low, *high; /* (H) interval of 80 % */
    double sum, sum_low, sum_high; /* of all H, with its interval of 95 % */
    double smoothed;               /* the sum by exponential smoothing alone */
    double moves;  /* mean square by which sums of H periods differ from those before; infinite: too few */
    double before; /* sold in as many periods before; NaN when there are fewer */
    vt_backtest test;
    bool tested;
} vt_shop_node;

typedef struct vt_shop_forecast {
    vt_shop_node *node;                    /* (N + 1) parents before children, the total first, revenue last */
    size_t n_nodes;                        /* N */
    size_t horizon;                        /* H */
    size_t season;                         /* periods of the season that was found; 1: none */
    vt_known_effects known, known_revenue; /* of days known beforehand; `known` NULL in them: none were given */
    const char *method;                    /* title of the method of products; all else is by the combination */
    int32_t *of_group;                     /* private */
    double *slab;                          /* private */
} vt_shop_forecast;

/**
 * Forecasts the `options->n` best-selling products of the last year (1,000 at most) and as many categories of `groups`
 * over `options->horizon` periods. Products are forecast by the combination up to 100 of them, by exponential smoothing
 * beyond. Effects of `known` days (NULL: none) are those of the total, and of revenue for revenue. What was probably
 * `lost` while sold out counts as demand. Forecasts are reconciled by the variances of their intervals. The same
 * numbers for any number of threads.
 */
int vt_shop_forecast_make(vt_shop_forecast *out, const vt_shop_sales *sales, const vt_lost_sales *lost,
                          const vt_known_days *known, const vt_scope *scope, const vt_groups *groups,
                          const vt_insight_options *options, vt_error *err);
void vt_shop_forecast_done(vt_shop_forecast *forecast);

#endif
