/* The answer about a shop's stock: what runs out first by the money that hangs on it, what to order, what lies. */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "insight/demand/demand_answer.h"
#include "insight/demand/sold_out.h"
#include "insight/demand/stock_products.h"
#include "insight/sums.h"

/* All of one answer. */
typedef struct answer {
    const vt_scope *scope;
    const vt_insight_options *o;
    vt_sold_out out_of;
    vt_product_stock *row; /* (n) */
    size_t n;
    int days; /* of the lead time, at least 1 */
    size_t run_out, out, idle, unsold;
    double missed, kept, value, dead, order_value;
} answer;

static bool runs_out(const vt_product_stock *r)
{
    return r->rate > 0 && r->plan.expected >= r->on_hand;
}

static void sum_up(answer *a)
{
    for (size_t i = 0; i < a->n; i++) {
        const vt_product_stock *r = &a->row[i];
        a->run_out += runs_out(r);
        a->out += r->rate > 0 && r->on_hand == 0;
        a->unsold += !(r->rate > 0);
        a->idle += r->idle;
        a->missed += r->missed;
        a->kept += r->kept;
        a->value += r->on_hand * r->each;
        a->dead += r->idle ? r->on_hand * r->each : 0;
        a->order_value += r->quantity * r->each;
    }
}

static int by_stake(const void *a, const void *b)
{
    const vt_product_stock *x = a, *y = b;
    double p = x->missed + x->kept, q = y->missed + y->kept;
    return p != q ? (p < q ? 1 : -1) : (x->item > y->item) - (x->item < y->item);
}

static int by_worth(const void *a, const void *b)
{
    const vt_product_stock *x = a, *y = b;
    double p = x->idle ? x->on_hand * x->each : -1, q = y->idle ? y->on_hand * y->each : -1;
    return p != q ? (p < q ? 1 : -1) : (x->item > y->item) - (x->item < y->item);
}

static int by_loss(const void *a, const void *b)
{
    const vt_lost_product *x = a, *y = b;
    double p = x->revenue.mean, q = y->revenue.mean;
    return p != q ? (p < q ? 1 : -1) : (x->item > y->item) - (x->item < y->item);
}

/* ---- sentences --------------------------------------------------------------------------------------------------- */

static void say_stock(vt_document *d, const answer *a)
{
    char kept[64], missed[64], dead[64];
    const char *currency = a->scope->view->currency;
    vt_insight_format(kept, a->kept, VT_UNIT_MONEY, currency);
    vt_insight_format(missed, a->missed, VT_UNIT_MONEY, currency);
    vt_insight_format(dead, a->dead, VT_UNIT_MONEY, currency);
    if (a->run_out == 0) {
        vt_document_lead(d, "None of %zu products runs out within %d day%s, as far as demand is foreseen.", a->n,
                         a->days, a->days == 1 ? "" : "s");
    } else {
        char out[64] = "";
        if (a->out > 0) {
            snprintf(out, sizeof out, ", %zu of them %s out of stock now", a->out, a->out == 1 ? "is" : "are");
        }
        vt_document_lead(d, "%zu of %zu products %s out within %d day%s%s; ordering now keeps about %s of revenue.",
                         a->run_out, a->n, a->run_out == 1 ? "runs" : "run", a->days, a->days == 1 ? "" : "s", out,
                         kept);
        vt_document_lead(d, "About %s will be missed before goods arrive.", missed);
    }
    if (a->idle > 0) {
        vt_document_lead(d, "%zu product%s in stock, worth %s, had no sale in the period.", a->idle,
                         a->idle == 1 ? "" : "s", dead);
    }
}

/* What being sold out has cost. */
static void say_lost(vt_document *d, const answer *a)
{
    const vt_lost_sales *lost = &a->out_of.lost;
    char mean[64], low[64], high[64];
    const char *currency = a->scope->view->currency;
    if (lost->n_products == 0) {
        return;
    }
    vt_insight_format(mean, lost->revenue.mean, VT_UNIT_MONEY, currency);
    vt_insight_format(low, lost->revenue.low, VT_UNIT_MONEY, currency);
    vt_insight_format(high, lost->revenue.high, VT_UNIT_MONEY, currency);
    vt_document_lead(d, "%zu product%s sold out in the period, which lost about %s (%s to %s) of revenue.",
                     lost->n_products, lost->n_products == 1 ? " was" : "s were", mean, low, high);
}

static void add_notes(vt_document *d, const answer *a)
{
    if (a->out_of.lost.known != NULL) {
        vt_document_note(d, "Sales of hours without stock are the least that was wanted, not the demand: what was "
                            "probably lost in them is added before demand is foreseen.");
    }
    if (a->out_of.lost.spells.contradicted > 0) {
        vt_document_note(d,
                         "%zu time%s without stock %s left out, as the product sold on a whole day of it: the shop "
                         "sells what it has not, or its stock is not told in time.",
                         a->out_of.lost.spells.contradicted, a->out_of.lost.spells.contradicted == 1 ? "" : "s",
                         a->out_of.lost.spells.contradicted == 1 ? "is" : "are");
    }
    if (a->scope->user_passes != NULL || a->scope->customers >= 0 || a->scope->price_low != INT64_MIN ||
        a->scope->price_high != INT64_MAX) {
        vt_document_note(d, "Demand is that of the customers and prices asked for alone; the stock is there for all.");
    }
    vt_document_note(d,
                     "Ordering now serves the week after goods arrive; what is short before that cannot be helped by "
                     "it. Goods on order are not known.");
    vt_document_note(d,
                     "Demand is foreseen from %zu days of sales: the rate by Teunter-Syntetos-Babai on weeks, its "
                     "distribution by a bootstrap on days, without a season.",
                     a->out_of.sales.periods->n);
    if (a->unsold > 0) {
        vt_document_note(d, "%zu product%s with known stock had no sale at all; nothing is foreseen for %s.", a->unsold,
                         a->unsold == 1 ? "" : "s", a->unsold == 1 ? "it" : "them");
    }
    if (a->o->lead_days == 0) {
        vt_document_note(d, "A lead time of 0 days is taken as one day.");
    }
}

/* ---- figures and tables ------------------------------------------------------------------------------------------ */

static void add_figures(vt_document *d, const answer *a)
{
    vt_document_figure(d, "run_out", (double)a->run_out);
    vt_document_remark(d, "of %zu, within %d day%s", a->n, a->days, a->days == 1 ? "" : "s");
    vt_document_figure(d, "kept_revenue", a->kept);
    vt_document_figure(d, "missed_revenue", a->missed);
    vt_document_figure(d, "order_value", a->order_value);
    if (a->out_of.lost.spells.start != NULL) {
        vt_document_figure(d, "out_share", a->out_of.lost.out_share);
        vt_document_remark(d, "%zu products", a->out_of.lost.n_products);
        vt_document_figure(d, "lost_units", a->out_of.lost.pieces.mean);
        vt_document_interval(d, a->out_of.lost.pieces.low, a->out_of.lost.pieces.high);
        vt_document_figure(d, "lost_revenue", a->out_of.lost.revenue.mean);
        vt_document_interval(d, a->out_of.lost.revenue.low, a->out_of.lost.revenue.high);
    }
    vt_document_figure(d, "stock_value", a->value);
    vt_document_figure(d, "dead_value", a->dead);
    vt_document_remark(d, "%zu products", a->idle);
}

static void add_product(vt_document *d, const vt_view *view, const vt_product_stock *r)
{
    vt_document_text(d, vt_view_item_id(view, r->item));
    vt_document_text(d, vt_view_item_title(view, r->item));
    vt_document_number(d, r->on_hand);
}

static void add_estimate(vt_document *d, const vt_estimate *e)
{
    vt_document_number(d, e->mean);
    vt_document_number(d, e->low);
    vt_document_number(d, e->high);
}

static void add_lost(vt_document *d, const answer *a)
{
    vt_document_table(d, "sold_out", "Sold out in the period, by the revenue lost");
    vt_document_column(d, "item", "Product", VT_UNIT_TEXT);
    vt_document_column(d, "title", "Title", VT_UNIT_TEXT);
    vt_document_metric(d, "days_out");
    vt_document_column(d, "now", "Sold out now", VT_UNIT_TEXT);
    vt_document_metric(d, "lost_units");
    vt_document_metric_interval(d, "lost_units");
    vt_document_metric(d, "lost_revenue");
    vt_document_metric_interval(d, "lost_revenue");
    for (size_t i = 0; i < a->out_of.lost.n_products && i < (size_t)a->o->n; i++) {
        const vt_lost_product *p = &a->out_of.lost.product[i];
        vt_document_text(d, vt_view_item_id(a->scope->view, p->item));
        vt_document_text(d, vt_view_item_title(a->scope->view, p->item));
        vt_document_number(d, p->days);
        vt_document_text(d, p->still ? vt_str_of("yes") : (vt_str){NULL, 0});
        add_estimate(d, &p->pieces);
        add_estimate(d, &p->revenue);
    }
}

static void add_plans(vt_document *d, const answer *a)
{
    vt_document_table(d, "stock", "Products by the money that hangs on their stock");
    vt_document_column(d, "item", "Product", VT_UNIT_TEXT);
    vt_document_column(d, "title", "Title", VT_UNIT_TEXT);
    vt_document_metric(d, "stock");
    vt_document_metric(d, "days_of_stock");
    vt_document_metric_interval(d, "days_of_stock");
    vt_document_metric(d, "order_quantity");
    vt_document_metric(d, "kept_revenue");
    vt_document_metric(d, "missed_revenue");
    vt_document_metric(d, "lead_demand");
    vt_document_metric_interval(d, "lead_demand");
    vt_document_metric(d, "safety_stock");
    vt_document_metric(d, "reorder_point");
    vt_document_metric(d, "shortage");
    vt_document_metric(d, "stock_value");
    for (size_t i = 0; i < a->n && i < (size_t)a->o->n; i++) {
        const vt_product_stock *r = &a->row[i];
        add_product(d, a->scope->view, r);
        vt_document_number(d, vt_ratio(r->on_hand, r->rate));
        vt_document_number(d, r->lasts_low);
        vt_document_number(d, r->lasts_high);
        vt_document_number(d, r->quantity);
        vt_document_number(d, r->kept);
        vt_document_number(d, r->missed);
        vt_document_number(d, r->plan.expected);
        vt_document_number(d, r->plan.low);
        vt_document_number(d, r->plan.high);
        vt_document_number(d, r->plan.safety_stock);
        vt_document_number(d, r->plan.reorder_point);
        vt_document_number(d, r->plan.shortage);
        vt_document_number(d, r->each > 0 ? r->on_hand * r->each : (double)NAN);
    }
}

static void add_dead(vt_document *d, const answer *a)
{
    vt_document_table(d, "dead", "In stock, and not sold in the period");
    vt_document_column(d, "item", "Product", VT_UNIT_TEXT);
    vt_document_column(d, "title", "Title", VT_UNIT_TEXT);
    vt_document_metric(d, "stock");
    vt_document_metric(d, "stock_value");
    vt_document_column(d, "last_sale", "Last sale", VT_UNIT_DATE);
    for (size_t i = 0; i < a->n && i < (size_t)a->o->n && a->row[i].idle; i++) {
        const vt_product_stock *r = &a->row[i];
        int64_t last = a->out_of.sales.last[r->item];
        add_product(d, a->scope->view, r);
        vt_document_number(d, r->each > 0 ? r->on_hand * r->each : (double)NAN);
        vt_document_number(d, last == VT_NONE ? (double)NAN : (double)vt_zone_day(a->scope->zone, last));
    }
}

/* ---- the answer -------------------------------------------------------------------------------------------------- */

static int check_stock(const vt_scope *scope, vt_error *err)
{
    for (int32_t i = 0; i < scope->view->n_items; i++) {
        if (vt_view_block(scope->view, i)->stock[i & VT_BLOCK_MASK] != VT_NONE &&
            (scope->item_passes == NULL || scope->item_passes[i])) {
            return VT_OK;
        }
    }
    return vt_fail(err, VT_ERR_UNSUPPORTED,
                   scope->item_passes != NULL ? "the stock of no product that passes the filters is known"
                                              : "the stock of no product is known; import products with their stock");
}

static void fill(vt_document *d, answer *a)
{
    sum_up(a);
    say_stock(d, a);
    say_lost(d, a);
    add_figures(d, a);
    add_notes(d, a);
    qsort(a->row, a->n, sizeof *a->row, by_stake);
    add_plans(d, a);
    if (a->out_of.lost.n_products > 0) {
        qsort(a->out_of.lost.product, a->out_of.lost.n_products, sizeof *a->out_of.lost.product, by_loss);
    }
    add_lost(d, a);
    qsort(a->row, a->n, sizeof *a->row, by_worth);
    add_dead(d, a);
}

int vt_stock_of_shop(vt_document *d, vt_scope *scope, const vt_insight_options *options, vt_error *err)
{
    answer a = {.scope = scope, .o = options};
    a.days = options->lead_days > 0 ? (int)options->lead_days : 1;
    int status = scope->customers >= 0 ? vt_scope_find_premium(scope, err) : VT_OK;
    status = status == VT_OK ? check_stock(scope, err) : status;
    status = status == VT_OK ? vt_sold_out_find(&a.out_of, scope, options, err) : status;
    status = status == VT_OK
                 ? vt_product_stocks_find(&a.row, &a.n, &a.out_of.sales, &a.out_of.lost, scope, options, err)
                 : status;
    if (status == VT_OK) {
        fill(d, &a);
    }
    vt_free(a.row);
    vt_sold_out_done(&a.out_of);
    return status;
}
