/* What one product brings at each price, and what it brought at the prices that it had. */
#include "insight/price/curve_answer.h"

#include <math.h>

#include "insight/price/price_show.h"
#include "insight/price/shop_prices.h"

static void say(vt_document *d, const vt_shop_prices *p, const char *currency)
{
    const vt_price_try *t = &p->row[0];
    int32_t item = p->e.panel->item[t->product];
    vt_str name = vt_view_item_title(p->view, item);
    const char *what = t->cost > 0.0 ? "margin" : "revenue";
    char now[64], price[64], effect[64], low[64], high[64];
    name = name.len > 0 ? name : vt_view_item_id(p->view, item);
    vt_insight_format(now, t->now, VT_UNIT_MONEY, currency);
    vt_insight_format(price, t->price.price, VT_UNIT_MONEY, currency);
    vt_insight_format(effect, t->price.effect * VT_WEEKS_OF_MONTH, VT_UNIT_MONEY, currency);
    vt_insight_format(low, t->price.effect_low * VT_WEEKS_OF_MONTH, VT_UNIT_MONEY, currency);
    vt_insight_format(high, t->price.effect_high * VT_WEEKS_OF_MONTH, VT_UNIT_MONEY, currency);
    vt_document_lead(d, "%.*s costs %s; the expected %s is highest at %s: %s a month more (%s to %s).",
                     (int)(name.len < 120 ? name.len : 120), name.ptr, now, what, price, effect, low, high);
    vt_document_lead(d, "%s",
                     vt_price_is_sure(t)   ? "Try it for 14 days and look at what it sold before you keep it."
                     : t->price.effect > 0 ? "That is not beyond what chance explains."
                                           : "The price is right as far as the sales tell.");
}

static void add_curve(vt_document *d, const vt_shop_prices *p, const vt_price_point *curve)
{
    const vt_price_try *t = &p->row[0];
    const vt_elasticity *e = &p->e.product[t->product];
    vt_document_table(d, "curve", t->cost > 0.0 ? "Margin a month by price" : "Revenue a month by price");
    vt_document_column(d, "price", "Price", VT_UNIT_MONEY);
    vt_document_column(d, "units", "Items a month", VT_UNIT_NUMBER);
    vt_document_metric(d, "price_value_month");
    vt_document_metric_interval(d, "price_value_month");
    vt_document_column(d, "tried", "Within prices tried", VT_UNIT_TEXT);
    for (size_t g = 0; g < VT_PRICE_GRID; g++) {
        bool tried = curve[g].price >= e->history.lowest && curve[g].price <= e->history.highest;
        vt_document_number(d, round(curve[g].price));
        vt_document_number(d, curve[g].units * VT_WEEKS_OF_MONTH);
        vt_document_number(d, curve[g].value * VT_WEEKS_OF_MONTH);
        vt_document_number(d, curve[g].low * VT_WEEKS_OF_MONTH);
        vt_document_number(d, curve[g].high * VT_WEEKS_OF_MONTH);
        vt_document_text(d, tried ? vt_str_of("yes") : (vt_str){NULL, 0});
    }
}

/* Weeks with one price, to the minor unit, together; in the order in which prices came. */
static void add_tried(vt_document *d, const vt_shop_prices *p)
{
    const vt_price_try *t = &p->row[0];
    const vt_price_panel *panel = &p->e.panel->panel;
    int64_t begin = panel->ptr[t->product], end = panel->ptr[t->product + 1];
    vt_document_table(d, "tried", "What the prices tried brought");
    vt_document_column(d, "price", "Price", VT_UNIT_MONEY);
    vt_document_column(d, "weeks", "Weeks", VT_UNIT_COUNT);
    vt_document_column(d, "units", "Items a month", VT_UNIT_NUMBER);
    vt_document_metric(d, "price_value_month");
    for (int64_t r = begin; r < end; r++) {
        double price = round(panel->price[r]), weeks = 0, units = 0;
        bool met = false;
        for (int64_t k = begin; k < end && !met; k++) {
            bool same = round(panel->price[k]) == price;
            met = same && k < r;
            weeks += same;
            units += same ? panel->units[k] : 0;
        }
        if (!met) {
            double month = units / weeks * VT_WEEKS_OF_MONTH;
            vt_document_number(d, price);
            vt_document_number(d, weeks);
            vt_document_number(d, month);
            vt_document_number(d, month * (price - t->cost));
        }
    }
}

void vt_price_curve_add(vt_document *d, const vt_shop_prices *p, const vt_price_point *curve)
{
    vt_document_note(d, "The curve is at the mean number of visitors of the weeks looked at; what a price brought "
                        "depends on the season of its weeks too.");
    add_curve(d, p, curve);
    add_tried(d, p);
}

int vt_price_curve_of_shop(vt_document *d, const vt_scope *scope, const vt_insight_options *options, vt_error *err)
{
    vt_shop_prices p = {0};
    vt_price_point curve[VT_PRICE_GRID];
    int status = vt_shop_price_curve(&p, curve, scope, vt_str_of(options->item), options->seed, err);
    if (status == VT_OK) {
        say(d, &p, scope->view->currency);
        vt_shop_elasticity_note(d, &p.e);
        vt_price_curve_add(d, &p, curve);
    }
    vt_shop_prices_done(&p);
    return status;
}
