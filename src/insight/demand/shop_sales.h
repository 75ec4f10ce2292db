/*
 * What each product of a shop sold in each period, sparse: a list of (period, pieces) for each product. Two passes over
 * the order lines; memory grows with the lines. Legend: I items, L sold lines, n periods.
 */
#ifndef VT_INSIGHT_DEMAND_SHOP_SALES_H
#define VT_INSIGHT_DEMAND_SHOP_SALES_H

#include "insight/demand/shop_periods.h"

/** Done with vt_shop_sales_done(). Borrows the periods. */
typedef struct vt_shop_sales {
    const vt_shop_periods *periods;
    size_t n_items;
    size_t *start;   /* (I + 1) where the lines of an item begin */
    int32_t *period; /* (L) */
    double *pieces;  /* (L) */
    double *units;   /* (n) of all items */
    double *reduced; /* (n) pieces of lines with a discount */
    double *revenue; /* (n) of all items, returns taken off where they came; minor units */
    double *paid;    /* (I) gross sales less discounts of all periods */
    double *sold;    /* (I) pieces with a price of all periods */
    int64_t *last;   /* (I) time of the last sale in the periods; VT_NONE without */
    double hour[24]; /* pieces by hour since the begin of the period; of periods of a day alone */
} vt_shop_sales;

/** Lines of the periods that pass the scope's filters, counted as vt_sums_add() does. */
int vt_shop_sales_find(vt_shop_sales *out, const vt_scope *scope, const vt_shop_periods *periods, vt_error *err);
void vt_shop_sales_done(vt_shop_sales *sales);

/** Adds what `item` sold to `y` (n). */
void vt_shop_sales_add(double *y, const vt_shop_sales *sales, int32_t item);

/** What `item` sold from period `from` on. */
double vt_shop_sales_since(const vt_shop_sales *sales, int32_t item, size_t from);

/** What a customer paid for a piece of `item`, its price where nothing was paid; minor units, 0 when not known. */
double vt_shop_sales_price(const vt_shop_sales *sales, const vt_view *view, int32_t item);

/**
 * VT_ERR_UNSUPPORTED, with what is missing as a sentence, for a shop whose sales cannot be foreseen: none, too few
 * periods since the first one, or sales in too few of them.
 */
int vt_shop_sales_check(const vt_shop_sales *sales, const vt_scope *scope, vt_error *err);

#endif
