/*
 * Stock of a shop's products beside the demand foreseen for each. Built for many products that sell seldom: the rate by
 * TSB on weeks, the distribution of the demand of a lead time by the bootstrap on days (demand_bootstrap.h), scaled to
 * that rate. Legend: K products, D days of sales, L days from order to arrival.
 */
#ifndef VT_INSIGHT_DEMAND_STOCK_PRODUCTS_H
#define VT_INSIGHT_DEMAND_STOCK_PRODUCTS_H

#include "insight/demand/lost_sales.h"
#include "insight/demand/stock.h"

/** One product. Money in minor units. */
typedef struct vt_product_stock {
    int32_t item;
    double on_hand; /* pieces now */
    double rate;    /* expected demand a day */
    vt_stock_plan plan;
    double quantity;              /* to order now, whole pieces */
    double missed;                /* expected revenue of the lead time that the stock is short of */
    double kept;                  /* the same of the week after it: what an order of today serves */
    double each;                  /* worth of a piece: its cost, its price where no cost is known; 0 when neither is */
    double lasts_low, lasts_high; /* days, 80 %: by futures of 120 days for what should last 60 at most; else NAN, as
                                     where more than a tenth of the futures leave something */
    bool idle;                    /* in stock, on sale all through the scope's period and not sold in it */
} vt_product_stock;

/**
 * Plans for the products that pass the filter of the scope and whose stock is told, in the order of their numbers; the
 * caller frees `*out`. `sales` are of days. An item without sales has a rate of 0. Uses service, lead_days (0 counts as
 * one day), seed and progress. What was probably `lost` while sold out counts as demand. The same numbers for any
 * number of threads.
 */
int vt_product_stocks_find(vt_product_stock **out, size_t *n_found, const vt_shop_sales *sales,
                           const vt_lost_sales *lost, const vt_scope *scope, const vt_insight_options *options,
                           vt_error *err);

/** The same for `n` products by number, whether their stock is told or not: as with an empty store. */
int vt_product_plans_make(vt_product_stock **out, const int32_t *item, size_t n, const vt_shop_sales *sales,
                          const vt_lost_sales *lost, const vt_scope *scope, const vt_insight_options *options,
                          vt_error *err);

#endif
