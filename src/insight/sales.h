/*
 * One pass over the order lines of a period: sums of all of them, and of the same lines grouped in several ways.
 * O(lines of the period), and memory of one bit an order and a byte a customer of the shop.
 */
#ifndef VT_INSIGHT_SALES_H
#define VT_INSIGHT_SALES_H

#include "insight/scope.h"
#include "insight/sums.h"

/** What lines are grouped by. */
typedef enum vt_group_by {
    VT_BY_DAY,      /**< day of the period, from 0 */
    VT_BY_HOUR,     /**< weekday x 24 + hour of the day in the shop's time zone, Monday first */
    VT_BY_CUSTOMER, /**< vt_customer_kind */
    VT_BY_ITEM,     /**< the group of the item: `of_item` */
    VT_BY_PRICE,    /**< the band of the unit price: `bounds`; lines without a price are in none */
    VT_BY_USER,     /**< the customer; guests are in none */
    VT_BY_SLOT      /**< days put together: `of_day`. Different customers, and those whose first order is inside, count
                         once in each slot */
} vt_group_by;

/** One grouping. The caller owns the arrays. */
typedef struct vt_grouping {
    vt_group_by by;
    int32_t n;              /**< groups */
    const int32_t *of_item; /**< (I) group of an item, -1: none; NULL: the item's number is its group */
    const int32_t *of_day;  /**< (days) slot of a day of the period, ascending, -1: none */
    const int64_t *bounds;  /**< (n - 1) ascending; band b holds prices from bounds[b - 1] up to below bounds[b] */
    vt_sums *sums;          /**< (n) zeroed by the caller; orders are counted by all but VT_BY_PRICE */
} vt_grouping;

/** Sums of the period's lines that pass the filters of the scope. `groupings` may be NULL. */
int vt_sales_sum(vt_sums *total, const vt_scope *scope, const vt_period *period, vt_grouping *groupings,
                 size_t n_groupings, vt_error *err);

#endif
