/*
 * What was wanted while goods were out of stock. The history tells when that was: sales are a Poisson process seen in
 * the hours with stock alone: what a product sells in such an hour, times the course of its category and the weekdays,
 * is what it would have sold in the others (Anupindi, Dada, Gupta 1998; lost sales of Nahmias 1994). Demand comes in
 * blocks of a fortnight that are higher or lower together (a gamma factor each), and products share what is known of
 * them (a gamma distribution of their rates), so that intervals hold for products that sell seldom. Legend: I items, G
 * groups, B blocks, K products that were out of stock.
 */
#ifndef VT_INSIGHT_DEMAND_LOST_SALES_H
#define VT_INSIGHT_DEMAND_LOST_SALES_H

#include "insight/demand/stock_spells.h"

/** A number with its interval of 95 %. */
typedef struct vt_estimate {
    double mean, low, high;
} vt_estimate;

/** One product that was out of stock in the scope's period. */
typedef struct vt_lost_product {
    int32_t item;
    double days;                 /* without stock */
    bool still;                  /* without stock at the end */
    vt_estimate pieces, revenue; /* lost; money in minor units */
} vt_lost_product;

/** What a product sells where it is in stock. */
typedef struct vt_lost_rate {
    double shape, rate; /* of the gamma distribution of order lines a usual day */
    double spread;      /* variance of the factor of a block */
    double lasting;     /* the same of a level that lasts for months */
} vt_lost_rate;

/** Done with vt_lost_sales_done(). Borrows the sales. */
typedef struct vt_lost_sales {
    const vt_shop_sales *sales;
    vt_stock_spells spells;
    size_t n_blocks;          /* B, counted back from the end */
    double *passed;           /* (days + 1) usual days passed until a day, by the weekdays */
    double hours[25];         /* share of a day's sales by each hour */
    double *course;           /* (G, B) of demand, around 1 */
    double *strength;         /* (G, B) order lines that the course was found from */
    int32_t *group;           /* (I) */
    vt_lost_rate *known;      /* (I) */
    double per_line;          /* pieces of an order line, of all */
    vt_lost_product *product; /* (K) in the order of items */
    size_t n_products;
    double out_share;            /* of the days of all products with known stock */
    vt_estimate pieces, revenue; /* of all */
} vt_lost_sales;

/**
 * `sales` are of days. `*out` has no products, and nothing else, where nothing was out of stock in the days. Uses seed.
 * The same numbers for any number of threads.
 */
int vt_lost_sales_find(vt_lost_sales *out, const vt_shop_sales *sales, const vt_scope *scope,
                       const vt_insight_options *options, vt_error *err);
void vt_lost_sales_done(vt_lost_sales *lost);

/**
 * Adds the pieces that `item` is expected to have lost on each day to `y` (days); false: it was never out of stock.
 * `scratch` has vt_lost_sales_scratch() numbers. Any thread.
 */
bool vt_lost_sales_add(double *y, double *scratch, const vt_lost_sales *lost, int32_t item);
size_t vt_lost_sales_scratch(const vt_lost_sales *lost);

#endif
