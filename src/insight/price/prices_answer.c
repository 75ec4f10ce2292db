/* Suggested prices of a shop: what each should bring a month, surely or not, and that it is to be tried. */
#include <math.h>

#include "insight/price/curve_answer.h"
#include "insight/price/price_show.h"
#include "insight/price/shop_prices.h"

enum { TRIAL_DAYS = 14 };

static void say(vt_document *d, const vt_shop_prices *p, const char *currency)
{
    const vt_price_try *t = &p->row[0];
    int32_t item = p->e.panel->item[t->product];
    vt_str name = vt_view_item_title(p->view, item);
    char now[64], price[64], effect[64], low[64], high[64];
    name = name.len > 0 ? name : vt_view_item_id(p->view, item);
    vt_insight_format(now, t->now, VT_UNIT_MONEY, currency);
    vt_insight_format(price, t->price.price, VT_UNIT_MONEY, currency);
    vt_insight_format(effect, t->price.effect * VT_WEEKS_OF_MONTH, VT_UNIT_MONEY, currency);
    vt_insight_format(low, t->price.effect_low * VT_WEEKS_OF_MONTH, VT_UNIT_MONEY, currency);
    vt_insight_format(high, t->price.effect_high * VT_WEEKS_OF_MONTH, VT_UNIT_MONEY, currency);
    if (p->n_sure > 0) {
        vt_document_lead(d, "For %zu product%s another price should bring more, beyond what chance explains.",
                         p->n_sure, p->n_sure == 1 ? "" : "s");
    } else {
        vt_document_lead(d, "No other price is sure to bring more; for %zu product%s one is promising.", p->n,
                         p->n == 1 ? "" : "s");
    }
    vt_document_lead(d, "First comes %.*s at %s instead of %s: %s more %s a month (%s to %s).",
                     (int)(name.len < 120 ? name.len : 120), name.ptr, price, now, effect,
                     t->cost > 0.0 ? "margin" : "revenue", low, high);
    vt_document_lead(d, "These are suggestions: try one for %d days and look at what it sold before you keep it.",
                     (int)TRIAL_DAYS);
}

static void add_prices(vt_document *d, const vt_shop_prices *p, size_t rows)
{
    vt_document_table(d, "prices", "Prices to try, sure gains first");
    vt_document_column(d, "item", "Product", VT_UNIT_TEXT);
    vt_document_column(d, "title", "Title", VT_UNIT_TEXT);
    vt_document_column(d, "price_now", "Price now", VT_UNIT_MONEY);
    vt_document_metric(d, "price_suggested");
    vt_document_column(d, "of", "Effect on", VT_UNIT_TEXT);
    vt_document_metric(d, "price_effect_month");
    vt_document_metric_interval(d, "price_effect_month");
    vt_document_column(d, "chance", "Chance of a gain", VT_UNIT_SHARE);
    vt_document_metric(d, "elasticity");
    vt_document_metric_interval(d, "elasticity");
    vt_document_column(d, "lowest", "Lowest price tried", VT_UNIT_MONEY);
    vt_document_column(d, "highest", "Highest price tried", VT_UNIT_MONEY);
    vt_document_column(d, "warning", "Doubtful because of", VT_UNIT_TEXT);
    for (size_t k = 0; k < p->n && k < rows; k++) {
        const vt_price_try *t = &p->row[k];
        const vt_elasticity *e = &p->e.product[t->product];
        int32_t item = p->e.panel->item[t->product];
        const double cells[] = {t->price.effect * VT_WEEKS_OF_MONTH,
                                t->price.effect_low * VT_WEEKS_OF_MONTH,
                                t->price.effect_high * VT_WEEKS_OF_MONTH,
                                t->price.chance,
                                e->value,
                                e->low,
                                e->high,
                                e->history.lowest,
                                e->history.highest};
        vt_document_text(d, vt_view_item_id(p->view, item));
        vt_document_text(d, vt_view_item_title(p->view, item));
        vt_document_number(d, t->now);
        vt_document_number(d, round(t->price.price));
        vt_document_text(d, vt_str_of(t->cost > 0.0 ? "margin" : "revenue"));
        for (size_t c = 0; c < sizeof cells / sizeof cells[0]; c++) {
            vt_document_number(d, cells[c]);
        }
        vt_price_show_warning(d, e->history.warnings);
    }
}

int vt_prices_of_shop(vt_document *d, vt_scope *scope, const vt_insight_options *options, vt_error *err)
{
    if (options->item != NULL) {
        return vt_price_curve_of_shop(d, scope, options, err);
    }
    vt_shop_prices p = {0};
    vt_price_point curve[VT_PRICE_GRID];
    int status = vt_shop_prices_find(&p, scope, options->seed, err);
    status = status == VT_OK ? vt_shop_prices_curve(curve, &p, 0, options->seed, err) : status;
    if (status == VT_OK) {
        say(d, &p, scope->view->currency);
        vt_shop_elasticity_note(d, &p.e);
        vt_document_note(
            d, "Suggested prices stay within the prices tried, 10 %% wider on both sides, and above the cost. "
               "Margin is taken where the cost of a piece is known.");
        if (scope->user_passes != NULL || scope->customers >= 0) {
            vt_document_note(d, "A price is for all customers, so filters of customers are left out.");
        }
        if (p.n_moving > 0) {
            vt_document_note(d,
                             "%zu products whose price changed in the last %d weeks are left out until it is seen what "
                             "the new one does.",
                             p.n_moving, VT_SETTLED_WEEKS);
        }
        vt_document_figure(d, "prices_sure", (double)p.n_sure);
        vt_document_figure(d, "prices_promising", (double)(p.n - p.n_sure));
        add_prices(d, &p, (size_t)options->n);
        vt_price_curve_add(d, &p, curve); /* of the product that comes first */
    }
    vt_shop_prices_done(&p);
    return status;
}
