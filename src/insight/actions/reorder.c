/* Goods that run out before an order of today arrives, as `insight stock` has them. */
#include <stdio.h>

#include "base/alloc.h"
#include "insight/actions/actions.h"
#include "insight/demand/sold_out.h"
#include "insight/demand/stock_products.h"

enum { WEEK = 7 };

/* What ordering one product now keeps; as `insight stock` has it, in margin and for a month without ordering. */
static int add_reorder(vt_actions *a, const vt_product_stock *stock, vt_error *err)
{
    const vt_sums *s = &a->sold[stock->item];
    double paid = vt_ratio((double)(s->gross - s->discounts), s->units);
    double month = stock->kept * VT_ACTION_MONTH / WEEK * vt_ratio(vt_actions_worth(s), paid);
    if (!(stock->quantity > 0) || !(month > 0)) {
        return VT_OK;
    }
    vt_action *row = vt_actions_add(a, VT_ACTION_REORDER, stock->item, err);
    if (row == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    char name[VT_ACTION_NAME];
    vt_actions_name(name, a, stock->item);
    snprintf(row->what, sizeof row->what, "Order %.0f of %s", stock->quantity, name);
    snprintf(
        row->reason, sizeof row->reason,
        "%.0f in stock; customers want %.1f a week and delivery takes %d days. The effect is what a month without an "
        "order would miss.",
        stock->on_hand, stock->rate * WEEK, (int)a->options->lead_days);
    row->money = month;
    row->low = month * vt_ratio(stock->plan.low, stock->plan.expected);
    row->high = month * vt_ratio(stock->plan.high, stock->plan.expected);
    row->evidence = s->units;
    row->quantity = stock->quantity;
    return VT_OK;
}

/* Goods that will run out; a shop without known stock, or with too few sales, has none to order. */
int vt_actions_find_reorder(vt_actions *a, vt_error *err)
{
    vt_sold_out out = {0};
    vt_product_stock *stocks = NULL;
    size_t n = 0;
    vt_error why = VT_ERROR_INIT;
    int status = vt_sold_out_find(&out, a->scope, a->options, &why);
    status = status == VT_OK ? vt_product_stocks_find(&stocks, &n, &out.sales, &out.lost, a->scope, a->options, &why)
                             : status;
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        status = add_reorder(a, &stocks[i], &why);
    }
    vt_free(stocks);
    vt_sold_out_done(&out);
    return status == VT_OK || status == VT_ERR_UNSUPPORTED ? VT_OK : vt_fail(err, status, "%s", why.message);
}
