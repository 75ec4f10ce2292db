/*
 * When the products of a shop were without stock, and what that lost: the days of its sales, the sales in them, and the
 * losses, which every answer that speaks of them opens together.
 */
#ifndef VT_INSIGHT_DEMAND_SOLD_OUT_H
#define VT_INSIGHT_DEMAND_SOLD_OUT_H

#include "insight/demand/lost_sales.h"

/** Done with vt_sold_out_done(). Stays where it is: its parts borrow from each other. */
typedef struct vt_sold_out {
    vt_shop_periods days;
    vt_shop_sales sales;
    vt_lost_sales lost;
} vt_sold_out;

/**
 * Sales and losses of the products and customers that pass the scope's filters. VT_ERR_UNSUPPORTED as
 * vt_shop_sales_check() has it. Uses seed. After a failure `*out` is empty.
 */
int vt_sold_out_find(vt_sold_out *out, const vt_scope *scope, const vt_insight_options *options, vt_error *err);
void vt_sold_out_done(vt_sold_out *out);

/**
 * By item (I): days without stock in the scope's period, and the revenue lost in minor units; 0 where a product was
 * never out, NAN where its stock in the period is not known.
 */
void vt_sold_out_by_item(double *days, double *revenue, const vt_sold_out *of, const vt_scope *scope);

/**
 * By slot of the scope's period, added: products that were out of stock at some time of it, and the revenue that is
 * expected to be lost in it, minor units. `of_day` (days of the period) has the slot of a day, -1: none; slots ascend.
 */
int vt_sold_out_by_slot(double *products, double *revenue, const int32_t *of_day, const vt_sold_out *of,
                        const vt_scope *scope, vt_error *err);

#endif
