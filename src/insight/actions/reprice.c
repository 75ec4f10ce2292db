/* Prices that should surely bring more, as `insight prices` has them: those with an interval above 0. */
#include <stdio.h>

#include "insight/actions/actions.h"
#include "insight/price/shop_prices.h"

static int add_price(vt_actions *a, const vt_shop_prices *prices, const vt_price_try *t, vt_error *err)
{
    const char *currency = a->scope->view->currency;
    const vt_elasticity *e = &prices->e.product[t->product];
    int32_t item = prices->e.panel->item[t->product];
    char now[64], price[64], name[VT_ACTION_NAME];
    vt_action *row = vt_actions_add(a, VT_ACTION_REPRICE, item, err);
    if (row == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_insight_format(now, t->now, VT_UNIT_MONEY, currency);
    vt_insight_format(price, t->price.price, VT_UNIT_MONEY, currency);
    vt_actions_name(name, a, item);
    snprintf(row->what, sizeof row->what, "Try %s for %s", price, name);
    snprintf(row->reason, sizeof row->reason,
             "It costs %s now; its price elasticity is about %.1f (%.1f to %.1f), so the %s should rise. Try it for 14 "
             "days and look at what it sold.",
             now, e->value, e->low, e->high, t->cost > 0 ? "margin" : "revenue");
    double month = VT_ACTION_MONTH / 7.0;
    row->money = t->price.effect * month;
    row->low = t->price.effect_low * month;
    row->high = t->price.effect_high * month;
    row->evidence = e->history.units;
    row->price = t->price.price;
    return VT_OK;
}

int vt_actions_find_reprice(vt_actions *a, vt_error *err)
{
    vt_shop_prices prices = {0};
    vt_error why = VT_ERROR_INIT;
    int status = vt_shop_prices_find(&prices, a->scope, a->options->seed, &why);
    for (size_t i = 0; status == VT_OK && i < prices.n_sure; i++) {
        status = add_price(a, &prices, &prices.row[i], &why);
    }
    vt_shop_prices_done(&prices);
    return status == VT_OK || status == VT_ERR_UNSUPPORTED ? VT_OK : vt_fail(err, (vt_code)status, "%s", why.message);
}
