/* Promotions of the past, told from the discounts of order lines. */
#ifndef VT_INSIGHT_DEMAND_PROMOTIONS_H
#define VT_INSIGHT_DEMAND_PROMOTIONS_H

#include "insight/demand/known_days.h"
#include "insight/demand/shop_sales.h"

/**
 * Where the file names days "promotion", all of them to come, adds those of the past: days of `sales` on which the
 * share of pieces sold with a discount is half at least, and .3 over the median day. `*added` is their number.
 */
int vt_promotions_add(size_t *added, vt_known_days *known, const vt_shop_sales *sales, vt_error *err);

#endif
