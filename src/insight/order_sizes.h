/* How big orders are: their middle, and how many lie in each band of money. */
#ifndef VT_INSIGHT_ORDER_SIZES_H
#define VT_INSIGHT_ORDER_SIZES_H

#include "insight/scope.h"

/** The figure "median_order" and the table "order_sizes" of the scope's period. O(lines log lines). */
int vt_order_sizes_add(vt_document *document, const vt_scope *scope, vt_error *err);

#endif
