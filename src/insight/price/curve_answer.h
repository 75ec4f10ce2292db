/* The kind "prices" of one product. */
#ifndef VT_INSIGHT_PRICE_CURVE_ANSWER_H
#define VT_INSIGHT_PRICE_CURVE_ANSWER_H

#include "insight/price/shop_prices.h"
#include "insight/scope.h"

/** What the product `options->item` brings at each price. Errors of vt_shop_price_curve(). */
int vt_price_curve_of_shop(vt_document *document, const vt_scope *scope, const vt_insight_options *options,
                           vt_error *err);

/** The tables "curve" (VT_PRICE_GRID) and "tried" of the first row of `prices`, and what is to know of them. */
void vt_price_curve_add(vt_document *document, const vt_shop_prices *prices, const vt_price_point *curve);

#endif
