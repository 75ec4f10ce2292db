/* The grid of prices and the posterior of suggest.c, for each product with enough evidence. */
#include "insight/price/shop_prices.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"

enum { DAY = 86400, GRID = 41, UNSURE = VT_PRICE_FEW_PRICES | VT_PRICE_HARDLY_MOVED | VT_PRICE_FEW_SALES };

#define SAME 0.005 /* a price that differs by less is the one that there is */

static int by_effect(const void *a, const void *b)
{
    const vt_price_try *x = a, *y = b;
    if (vt_price_is_sure(x) != vt_price_is_sure(y)) {
        return vt_price_is_sure(x) ? -1 : 1;
    }
    if (x->price.effect != y->price.effect) {
        return x->price.effect > y->price.effect ? -1 : 1;
    }
    return (x->product > y->product) - (x->product < y->product);
}

/* Whether the price now is one that has stood for the last weeks: in a promotion there is nothing to suggest. */
static bool is_settled(const vt_price_panel *panel, size_t i, double now)
{
    int64_t end = panel->ptr[i + 1],
            begin = end - VT_SETTLED_WEEKS > panel->ptr[i] ? end - VT_SETTLED_WEEKS : panel->ptr[i];
    for (int64_t r = begin; r < end; r++) {
        if (fabs(panel->price[r] / now - 1.0) > 2 * SAME) {
            return false;
        }
    }
    return true;
}

/* The question of product `i`; false where there is too little evidence, or no price that it has now. */
static bool question_of(vt_price_question *q, const vt_shop_prices *p, size_t i, uint64_t seed)
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

/* A price is for all customers. */
static int find_elasticities(vt_shop_prices *p, const vt_scope *scope, vt_error *err)
{
    vt_scope all = *scope;
    all.user_passes = NULL;
    all.customers = -1;
    return vt_shop_elasticity_find(&p->e, &all, err);
}

static int fill(vt_shop_prices *p, const vt_scope *scope, uint64_t seed, vt_error *err)
{
    int status = find_elasticities(p, scope, err);
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
            vt_price_try *t = &p->row[p->n];
            *t = (vt_price_try){.product = i, .now = q.now, .cost = q.cost};
            status = vt_price_suggest(&t->price, NULL, VT_PRICE_GRID, &q, err);
            p->n += status == VT_OK && t->price.effect > 0.0 && fabs(t->price.price / q.now - 1.0) >= SAME;
        }
    }
    if (status == VT_OK && p->n == 0) {
        return vt_fail(
            err, VT_ERR_UNSUPPORTED,
            "no product has a price worth trying: that takes three prices or more that varied by 3 %%, ten weeks "
            "with sales, a price that has stood for %d weeks, and a gain to expect",
            VT_SETTLED_WEEKS);
    }
    if (status == VT_OK) {
        qsort(p->row, p->n, sizeof *p->row, by_effect);
        while (p->n_sure < p->n && vt_price_is_sure(&p->row[p->n_sure])) {
            p->n_sure++;
        }
    }
    return status;
}

void vt_shop_prices_done(vt_shop_prices *prices)
{
    vt_free(prices->row);
    vt_shop_elasticity_done(&prices->e);
    *prices = (vt_shop_prices){0};
}

int vt_shop_prices_find(vt_shop_prices *out, const vt_scope *scope, uint64_t seed, vt_error *err)
{
    vt_shop_prices p = {.view = scope->view, .now = scope->period.until + DAY >= scope->now};
    int status = fill(&p, scope, seed, err);
    if (status != VT_OK) {
        vt_shop_prices_done(&p);
        return status;
    }
    *out = p;
    return VT_OK;
}

int vt_shop_prices_curve(vt_price_point *curve, const vt_shop_prices *prices, size_t row, uint64_t seed, vt_error *err)
{
    vt_price_question q;
    vt_price_suggestion same;
    (void)question_of(&q, prices, prices->row[row].product, seed); /* it was asked when the row was found */
    return vt_price_suggest(&same, curve, VT_PRICE_GRID, &q, err);
}

static int fill_one(vt_shop_prices *p, vt_price_point *curve, const vt_scope *scope, vt_str item, uint64_t seed,
                    vt_error *err)
{
    int32_t wanted = vt_view_find_item(p->view, item);
    vt_price_question q;
    int status = find_elasticities(p, scope, err);
    p->row = status == VT_OK ? vt_alloc(1, sizeof *p->row, err) : NULL;
    if (p->row == NULL) {
        return status == VT_OK ? VT_ERR_NO_MEMORY : status;
    }
    size_t i = 0, n = p->e.panel->panel.n_products;
    while (i < n && p->e.panel->item[i] != wanted) {
        i++;
    }
    if (wanted < 0 || i == n) {
        return vt_fail(err, VT_ERR_NOT_FOUND, wanted < 0 ? "the shop has no item \"%.*s\"" : "\"%.*s\" did not sell",
                       (int)(item.len < 80 ? item.len : 80), item.ptr);
    }
    if (!question_of(&q, p, i, seed)) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "what other prices of \"%.*s\" would bring is not known: that takes three prices or more that "
                       "varied by 3 %%, and ten weeks with sales",
                       (int)(item.len < 80 ? item.len : 80), item.ptr);
    }
    p->row[0] = (vt_price_try){.product = i, .now = q.now, .cost = q.cost};
    p->n = 1;
    status = vt_price_suggest(&p->row[0].price, curve, VT_PRICE_GRID, &q, err);
    p->n_sure = status == VT_OK && vt_price_is_sure(&p->row[0]);
    return status;
}

int vt_shop_price_curve(vt_shop_prices *out, vt_price_point *curve, const vt_scope *scope, vt_str item, uint64_t seed,
                        vt_error *err)
{
    vt_shop_prices p = {.view = scope->view, .now = scope->period.until + DAY >= scope->now};
    int status = fill_one(&p, curve, scope, item, seed, err);
    if (status != VT_OK) {
        vt_shop_prices_done(&p);
        return status;
    }
    *out = p;
    return VT_OK;
}
