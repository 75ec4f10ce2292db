/* Suggested prices of a shop: what each should bring a month, surely or not, and that it is to be tried. */
#include <stdlib.h>

#include "base/alloc.h"
#include "insight/price/elasticity_shop.h"
#include "insight/price/price_show.h"
#include "insight/price/suggest.h"

enum {
    DAY = 86400,
    GRID = 41,
    TRIAL_DAYS = 14,
    UNSURE = VT_PRICE_FEW_PRICES | VT_PRICE_HARDLY_MOVED | VT_PRICE_FEW_SALES
};

#define WEEKS_OF_MONTH (365.25 / 12 / 7)
#define SETTLED_WEEKS 5
#define SAME 0.005 /* a price that differs by less is the one that there is */

/* A product with its suggested price; money in minor units, a week. */
typedef struct tried {
    size_t product;
    double now, cost; /* cost 0: not known */
    vt_price_suggestion price;
} tried;

typedef struct prices {
    const vt_view *view;
    bool now; /* the period ends now, and not in the past */
    vt_shop_elasticity e;
    tried *row; /* (n) sure gains first, largest effect first */
    size_t n, n_sure;
    size_t n_moving; /* left out: the price has just changed */
} prices;

static bool is_sure(const tried *t)
{
    return t->price.effect_low > 0.0;
}

static int by_effect(const void *a, const void *b)
{
    const tried *x = a, *y = b;
    if (is_sure(x) != is_sure(y)) {
        return is_sure(x) ? -1 : 1;
    }
    if (x->price.effect != y->price.effect) {
        return x->price.effect > y->price.effect ? -1 : 1;
    }
    return (x->product > y->product) - (x->product < y->product);
}

/* Whether the price now is one that has stood for the last weeks: in a promotion there is nothing to suggest. */
static bool is_settled(const vt_price_panel *panel, size_t i, double now)
{
    int64_t end = panel->ptr[i + 1], begin = end - SETTLED_WEEKS > panel->ptr[i] ? end - SETTLED_WEEKS : panel->ptr[i];
    for (int64_t r = begin; r < end; r++) {
        if (fabs(panel->price[r] / now - 1.0) > 2 * SAME) {
            return false;
        }
    }
    return true;
}

/* The question of product `i`; false where there is too little evidence, or no price that it has now. */
static bool question_of(vt_price_question *q, const prices *p, size_t i, uint64_t seed)
{
    const vt_elasticity *e = &p->e.product[i];
    int32_t item = p->e.panel->item[i];
    int64_t price = vt_view_item_price(p->view, item);
    int64_t cost = vt_view_block(p->view, item)->cost[item & VT_BLOCK_MASK];
    if (!e->known || !e->own_known || (e->history.warnings & UNSURE) != 0) {
        return false;
    }
    *q = (vt_price_question){.now = p->now && price != VT_NONE ? (double)price : e->history.last,
                             .cost = cost == VT_NONE || cost < 0 ? 0.0 : (double)cost,
                             .elasticity = e->value,
                             .deviation = e->deviation,
                             .centre = e->centre,
                             .units = e->units,
                             .units_deviation = e->units_deviation,
                             .seed = seed,
                             .key = (uint64_t)item};
    vt_price_bounds(&q->low, &q->high, &e->history);
    q->low = q->cost > q->low ? q->cost : q->low;
    return q->now > 0.0 && q->low < q->high;
}

static int find(prices *p, const vt_scope *scope, uint64_t seed, vt_error *err)
{
    vt_scope all = *scope;
    all.user_passes = NULL; /* a price is for all customers */
    all.customers = -1;
    int status = vt_shop_elasticity_find(&p->e, &all, err);
    size_t n = status == VT_OK ? p->e.panel->panel.n_products : 0;
    p->row = status == VT_OK ? vt_alloc(n, sizeof *p->row, err) : NULL;
    if (p->row == NULL) {
        return status == VT_OK ? VT_ERR_NO_MEMORY : status;
    }
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        vt_price_question q;
        bool asked = question_of(&q, p, i, seed), settled = asked && is_settled(&p->e.panel->panel, i, q.now);
        p->n_moving += asked && !settled;
        if (settled) {
            tried *t = &p->row[p->n];
            *t = (tried){.product = i, .now = q.now, .cost = q.cost};
            status = vt_price_suggest(&t->price, NULL, GRID, &q, err);
            p->n += status == VT_OK && t->price.effect > 0.0 && fabs(t->price.price / q.now - 1.0) >= SAME;
        }
    }
    if (status == VT_OK && p->n == 0) {
        return vt_fail(
            err, VT_ERR_UNSUPPORTED,
            "no product has a price worth trying: that takes three prices or more that varied by 3 %%, ten weeks "
            "with sales, a price that has stood for %d weeks, and a gain to expect",
            SETTLED_WEEKS);
    }
    if (status == VT_OK) {
        qsort(p->row, p->n, sizeof *p->row, by_effect);
        while (p->n_sure < p->n && is_sure(&p->row[p->n_sure])) {
            p->n_sure++;
        }
    }
    return status;
}

static void say(vt_document *d, const prices *p, const char *currency)
{
    const tried *t = &p->row[0];
    int32_t item = p->e.panel->item[t->product];
    vt_str name = vt_view_item_title(p->view, item);
    char now[64], price[64], effect[64], low[64], high[64];
    name = name.len > 0 ? name : vt_view_item_id(p->view, item);
    vt_insight_format(now, t->now, VT_UNIT_MONEY, currency);
    vt_insight_format(price, t->price.price, VT_UNIT_MONEY, currency);
    vt_insight_format(effect, t->price.effect * WEEKS_OF_MONTH, VT_UNIT_MONEY, currency);
    vt_insight_format(low, t->price.effect_low * WEEKS_OF_MONTH, VT_UNIT_MONEY, currency);
    vt_insight_format(high, t->price.effect_high * WEEKS_OF_MONTH, VT_UNIT_MONEY, currency);
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

static void add_prices(vt_document *d, const prices *p, size_t rows)
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
        const tried *t = &p->row[k];
        const vt_elasticity *e = &p->e.product[t->product];
        int32_t item = p->e.panel->item[t->product];
        const double cells[] = {t->price.effect * WEEKS_OF_MONTH,
                                t->price.effect_low * WEEKS_OF_MONTH,
                                t->price.effect_high * WEEKS_OF_MONTH,
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
    prices p = {.view = scope->view, .now = scope->period.until + DAY >= scope->now};
    int status = find(&p, scope, options->seed, err);
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
                             p.n_moving, SETTLED_WEEKS);
        }
        vt_document_figure(d, "prices_sure", (double)p.n_sure);
        vt_document_figure(d, "prices_promising", (double)(p.n - p.n_sure));
        add_prices(d, &p, (size_t)options->n);
    }
    vt_free(p.row);
    vt_shop_elasticity_done(&p.e);
    return status;
}
