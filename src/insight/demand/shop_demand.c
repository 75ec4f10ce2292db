/*
 * The answer about a shop's demand. Sentences by rules: a change is stated where the interval of the sum leaves the
 * periods before out; else it is about as many.
 */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "insight/demand/demand_answer.h"
#include "insight/demand/known_show.h"
#include "insight/demand/promotions.h"
#include "insight/demand/shop_forecast.h"
#include "insight/demand/stock_products.h"

enum { HISTORY = 104 /* periods that are shown beside the forecast */ };

/* Half of a central interval of 50, 80, 95 % of a normal distribution, in its deviations. */
#define DEVIATIONS_50 0.67449
#define DEVIATIONS_80 1.28155
#define DEVIATIONS_95 1.95996

/* Three digits that count: "1,720"; more would say more than is known. */
static const char *rounded(char out[64], double x)
{
    double unit = fabs(x) >= 1000 ? pow(10, floor(log10(fabs(x))) - 2) : 1;
    vt_insight_format(out, floor(x / unit + .5) * unit, VT_UNIT_COUNT, "");
    return out;
}

/* +1, -1: beyond the interval of the sum; 0: inside, or nothing before to compare with. */
static int direction(const vt_shop_node *node)
{
    bool compares = isfinite(node->before) && node->before > 0;
    return !compares ? 0 : node->before < node->sum_low ? 1 : node->before > node->sum_high ? -1 : 0;
}

static double change_of(const vt_shop_node *node)
{
    return isfinite(node->before) ? vt_ratio(node->sum - node->before, node->before) : (double)NAN;
}

/* ---- sentences --------------------------------------------------------------------------------------------------- */

static void say_total(vt_document *d, const vt_shop_forecast *f, const char *unit)
{
    const vt_shop_node *total = &f->node[0];
    char sum[64], low[64], high[64], span[32];
    if (f->horizon == 1) {
        snprintf(span, sizeof span, "%s", unit);
    } else {
        snprintf(span, sizeof span, "%zu %ss", f->horizon, unit);
    }
    rounded(sum, total->sum);
    rounded(low, total->sum_low);
    rounded(high, total->sum_high);
    if (!(total->before > 0)) {
        vt_document_lead(d, "In the next %s about %s items (%s to %s) will sell.", span, sum, low, high);
    } else if (direction(total) == 0) {
        vt_document_lead(d, "In the next %s about %s items (%s to %s) will sell, about as many as in the %s before.",
                         span, sum, low, high, span);
    } else {
        vt_document_lead(d, "In the next %s about %s items (%s to %s) will sell, %.0f %% %s than in the %s before.",
                         span, sum, low, high, 100 * fabs(change_of(total)), direction(total) > 0 ? "more" : "fewer",
                         span);
    }
}

/* The category that moves most beyond its interval. */
static void say_category(vt_document *d, const vt_shop_forecast *f)
{
    const vt_shop_node *most = NULL;
    size_t categories = 0;
    for (size_t i = 0; i < f->n_nodes; i++) {
        const vt_shop_node *node = &f->node[i];
        categories += node->level == VT_SHOP_CATEGORY;
        if (node->level == VT_SHOP_CATEGORY && direction(node) != 0 &&
            (most == NULL || fabs(node->sum - node->before) > fabs(most->sum - most->before))) {
            most = node;
        }
    }
    if (most != NULL && categories > 1) {
        char sum[64], before[64];
        vt_document_lead(d, "%s moves most: %s items after %s.", most->name, rounded(sum, most->sum),
                         rounded(before, most->before));
    }
}

static void add_notes(vt_document *d, const vt_shop_forecast *f, const vt_shop_periods *p, const vt_scope *scope)
{
    size_t n = p->n - f->node[0].begin;
    vt_document_note(d, "Whole %ss alone count: %zu of them up to the end of the period.", p->unit, p->n);
    if (f->season > 1) {
        vt_document_note(d, "A season of %zu %ss was found or asked for.", f->season, p->unit);
    } else if (n < 2 * p->season) {
        vt_document_note(d, "A season of %zu %ss needs twice as many %ss of sales; there are %zu.", p->season, p->unit,
                         p->unit, n);
    } else {
        vt_document_note(d, "No season of %zu %ss goes beyond chance.", p->season, p->unit);
    }
    vt_document_note(d, "Products are forecast by %s; they and all others add up to categories and to the total.",
                     f->method);
    if (f->horizon > n) {
        vt_document_note(d, "The forecast reaches further ahead (%zu %ss) than sales are known back (%zu).", f->horizon,
                         p->unit, n);
    }
    if (scope->period.unfinished) {
        vt_document_note(d, "The last day is not over and is left out.");
    }
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

/* The bounds of a band around the forecast: normal on each side, by the interval of 80 % that is known. */
static void add_band(vt_document *d, const vt_shop_node *node, size_t h, double deviations)
{
    double times = deviations / DEVIATIONS_80;
    vt_document_number(d, node->mean[h] - times * (node->mean[h] - node->low[h]));
    vt_document_number(d, node->mean[h] + times * (node->high[h] - node->mean[h]));
}

static void add_periods(vt_document *d, const vt_shop_forecast *f, const vt_shop_periods *p)
{
    const vt_shop_node *total = &f->node[0], *revenue = &f->node[f->n_nodes];
    vt_document_table(d, "forecast", "Items and revenue ahead");
    vt_document_column(d, "from", "From", VT_UNIT_DATE);
    vt_document_metric(d, "forecast");
    vt_document_metric_interval(d, "forecast");
    vt_document_metric(d, "forecast_revenue");
    vt_document_metric_interval(d, "forecast_revenue");
    vt_document_column(d, "forecast_revenue_low_50", "At least (50 %)", VT_UNIT_MONEY);
    vt_document_column(d, "forecast_revenue_high_50", "At most (50 %)", VT_UNIT_MONEY);
    vt_document_column(d, "forecast_revenue_low_95", "At least (95 %)", VT_UNIT_MONEY);
    vt_document_column(d, "forecast_revenue_high_95", "At most (95 %)", VT_UNIT_MONEY);
    for (size_t h = 0; h < f->horizon; h++) {
        vt_document_number(d, (double)p->day[p->n + h]);
        vt_document_number(d, total->mean[h]);
        vt_document_number(d, total->low[h]);
        vt_document_number(d, total->high[h]);
        vt_document_number(d, revenue->mean[h]);
        vt_document_number(d, revenue->low[h]);
        vt_document_number(d, revenue->high[h]);
        add_band(d, revenue, h, DEVIATIONS_50);
        add_band(d, revenue, h, DEVIATIONS_95);
    }
}

static void add_history(vt_document *d, const vt_shop_sales *sales)
{
    const vt_shop_periods *p = sales->periods;
    vt_document_table(d, "history", "Items and revenue until now");
    vt_document_column(d, "from", "From", VT_UNIT_DATE);
    vt_document_metric(d, "units");
    vt_document_metric(d, "revenue");
    for (size_t k = p->n > HISTORY ? p->n - HISTORY : 0; k < p->n; k++) {
        vt_document_number(d, (double)p->day[k]);
        vt_document_number(d, sales->units[k]);
        vt_document_number(d, sales->revenue[k]);
    }
}

static void add_columns(vt_document *d, bool backtest)
{
    vt_document_metric(d, "forecast");
    vt_document_column(d, "forecast_low", "At least (95 %)", VT_UNIT_NUMBER);
    vt_document_column(d, "forecast_high", "At most (95 %)", VT_UNIT_NUMBER);
    vt_document_column(d, "units_before", "As many before", VT_UNIT_COUNT);
    vt_document_column(d, "change", "Change", VT_UNIT_SHARE);
    vt_document_column(d, "direction", "Beyond chance", VT_UNIT_TEXT);
    if (backtest) {
        vt_document_metric(d, "mase");
        vt_document_metric(d, "smape");
        vt_document_metric(d, "covered");
    }
}

static void add_sum(vt_document *d, const vt_shop_node *node, bool backtest)
{
    int way = direction(node);
    vt_document_number(d, node->sum);
    vt_document_number(d, node->sum_low);
    vt_document_number(d, node->sum_high);
    vt_document_number(d, node->before);
    vt_document_number(d, change_of(node));
    vt_document_text(d, vt_str_of(way > 0 ? "more" : way < 0 ? "fewer" : ""));
    if (backtest) {
        vt_document_number(d, node->tested && node->test.unscaled < node->test.origins ? node->test.mase : (double)NAN);
        vt_document_number(d, node->tested ? node->test.smape / 100 : (double)NAN);
        vt_document_number(d, node->tested ? node->test.coverage : (double)NAN);
    }
}

/* What the rows of products leave of the total, so that rows add up. */
static void add_rest(vt_document *d, const vt_shop_forecast *f, bool backtest)
{
    vt_shop_node rest = {.sum = f->node[0].sum, .before = f->node[0].before, .sum_low = NAN, .sum_high = NAN};
    for (size_t i = 0; i < f->n_nodes; i++) {
        rest.sum -= f->node[i].level == VT_SHOP_PRODUCT ? f->node[i].sum : 0;
        rest.before -= f->node[i].level == VT_SHOP_PRODUCT ? f->node[i].before : 0;
    }
    rest.sum = fmax(0, rest.sum);
    vt_document_text(d, (vt_str){NULL, 0});
    vt_document_text(d, vt_str_of("all others"));
    add_sum(d, &rest, backtest);
}

/* Plans of the products of a forecast, in the order of its nodes; the caller frees them. */
static int plan_products(vt_product_stock **out, const vt_shop_forecast *f, const vt_shop_sales *days,
                         const vt_lost_sales *lost, const vt_scope *scope, const vt_insight_options *options,
                         vt_error *err)
{
    size_t n = 0;
    int32_t *item = vt_alloc(f->n_nodes, sizeof *item, err);
    if (item == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < f->n_nodes; i++) {
        if (f->node[i].level == VT_SHOP_PRODUCT) {
            item[n++] = f->node[i].item;
        }
    }
    int status = vt_product_plans_make(out, item, n, days, lost, scope, options, err);
    vt_free(item);
    return status;
}

static void add_plan(vt_document *d, const vt_product_stock *plan)
{
    vt_document_number(d, plan != NULL ? plan->plan.expected : (double)NAN);
    vt_document_number(d, plan != NULL ? plan->plan.safety_stock : (double)NAN);
    vt_document_number(d, plan != NULL ? plan->plan.reorder_point : (double)NAN);
}

static void add_levels(vt_document *d, const vt_shop_forecast *f, const vt_product_stock *plans, const vt_view *view,
                       bool backtest)
{
    vt_document_table(d, "categories", "By category");
    vt_document_column(d, "category", "Category", VT_UNIT_TEXT);
    add_columns(d, backtest);
    for (size_t i = 0; i < f->n_nodes; i++) {
        if (f->node[i].level == VT_SHOP_CATEGORY) {
            vt_document_text(d, vt_str_of(f->node[i].name));
            add_sum(d, &f->node[i], backtest);
        }
    }
    vt_document_table(d, "products", "Best-selling products");
    vt_document_column(d, "item", "Product", VT_UNIT_TEXT);
    vt_document_column(d, "title", "Title", VT_UNIT_TEXT);
    add_columns(d, backtest);
    vt_document_metric(d, "lead_demand");
    vt_document_metric(d, "safety_stock");
    vt_document_metric(d, "reorder_point");
    for (size_t i = 0; i < f->n_nodes; i++) {
        const vt_shop_node *node = &f->node[i];
        if (node->level == VT_SHOP_PRODUCT) {
            vt_document_text(d, vt_view_item_id(view, node->item));
            vt_document_text(d, vt_view_item_title(view, node->item));
            add_sum(d, node, backtest);
            add_plan(d, plans++);
        }
    }
    add_rest(d, f, backtest);
    add_plan(d, NULL);
}

/* Every category and product in every period ahead. */
static void add_steps(vt_document *d, const vt_shop_forecast *f, const vt_shop_periods *p, const vt_view *view)
{
    vt_document_table(d, "series", "Categories and products by period");
    vt_document_column(d, "series", "Series", VT_UNIT_TEXT);
    vt_document_column(d, "level", "Level", VT_UNIT_TEXT);
    vt_document_column(d, "from", "From", VT_UNIT_DATE);
    vt_document_metric(d, "forecast");
    vt_document_metric_interval(d, "forecast");
    for (size_t i = 0; i < f->n_nodes; i++) {
        const vt_shop_node *node = &f->node[i];
        bool product = node->level == VT_SHOP_PRODUCT;
        for (size_t h = 0; h < f->horizon && (product || node->level == VT_SHOP_CATEGORY); h++) {
            vt_document_text(d, product ? vt_view_item_id(view, node->item) : vt_str_of(node->name));
            vt_document_text(d, vt_str_of(product ? "product" : "category"));
            vt_document_number(d, (double)p->day[p->n + h]);
            vt_document_number(d, node->mean[h]);
            vt_document_number(d, node->low[h]);
            vt_document_number(d, node->high[h]);
        }
    }
}

/* ---- the answer -------------------------------------------------------------------------------------------------- */

static void add_figures(vt_document *d, const vt_shop_forecast *f, const vt_shop_periods *p, bool backtest)
{
    const vt_shop_node *total = &f->node[0], *revenue = &f->node[f->n_nodes];
    vt_document_compared(d, "forecast", total->sum, total->before);
    vt_document_interval(d, total->sum_low, total->sum_high);
    vt_document_remark(d, "items of %zu %s%s, beside as many before", f->horizon, p->unit, f->horizon == 1 ? "" : "s");
    vt_document_compared(d, "forecast_revenue", revenue->sum, revenue->before);
    vt_document_interval(d, revenue->sum_low, revenue->sum_high);
    if (backtest && total->tested) {
        vt_document_figure(d, "mase", total->test.unscaled < total->test.origins ? total->test.mase : (double)NAN);
        vt_document_remark(d, "of the total, from %zu earlier ends of %zu %s%s", total->test.origins, f->horizon,
                           p->unit, f->horizon == 1 ? "" : "s");
        vt_document_figure(d, "smape", total->test.smape / 100);
        vt_document_figure(d, "covered", total->test.coverage);
    } else if (backtest) {
        vt_document_note(d, "Sales are too short for a backtest of %zu %ss; a smaller horizon may do.", f->horizon,
                         p->unit);
    }
}

/* What is known of the days of the file. */
static void add_known(vt_document *d, const vt_known_effects *e)
{
    if (e->known == NULL) {
        return;
    }
    vt_document_note(d, "Effects of the days of the file are found from all sales, taken off before the future is "
                        "foreseen and put on where such days come, alike for all categories and products.");
    vt_known_show(d, e);
}

/* Demand while sold out is not sales: what is done about it. */
static void add_lost_note(vt_document *d, const vt_lost_sales *lost)
{
    char pieces[64];
    if (lost->known == NULL) {
        return;
    }
    vt_document_note(d,
                     "Products were out of stock at times: what was probably lost then (in the period about %s items) "
                     "is added to the sales that the future is foreseen from, as if goods had been there.",
                     rounded(pieces, lost->pieces.mean));
}

static void fill(vt_document *d, const vt_shop_forecast *f, const vt_shop_sales *sales, const vt_lost_sales *lost,
                 const vt_product_stock *plans, const vt_scope *scope, const vt_insight_options *options)
{
    const vt_shop_periods *p = sales->periods;
    say_total(d, f, p->unit);
    say_category(d, f);
    add_figures(d, f, p, options->backtest);
    add_notes(d, f, p, scope);
    add_lost_note(d, lost);
    add_known(d, &f->known);
    vt_document_note(d,
                     "Demand until goods arrive, safety stock and reorder point are of %d day%s of delivery and a "
                     "service level of %.3g %%; insight stock sets them beside the stock.",
                     options->lead_days > 0 ? (int)options->lead_days : 1, options->lead_days > 1 ? "s" : "",
                     100 * options->service);
    add_periods(d, f, p);
    add_levels(d, f, plans, scope->view, options->backtest);
    add_steps(d, f, p, scope->view);
    add_history(d, sales);
}

int vt_demand_of_shop(vt_document *d, vt_scope *scope, const vt_insight_options *options, vt_error *err)
{
    vt_shop_periods periods = {0}, days = {0};
    vt_shop_sales sales = {0}, of_days = {0};
    vt_lost_sales lost = {0};
    vt_known_days known = {0};
    size_t promotions = 0;
    vt_product_stock *plans = NULL;
    vt_groups groups = {0};
    vt_shop_forecast forecast = {0};
    int status = scope->customers >= 0 ? vt_scope_find_premium(scope, err) : VT_OK;
    status =
        status == VT_OK ? vt_shop_periods_init(&periods, scope, options->unit, (size_t)options->horizon, err) : status;
    status = status == VT_OK ? vt_shop_sales_find(&sales, scope, &periods, err) : status;
    status = status == VT_OK ? vt_shop_sales_check(&sales, scope, err) : status;
    status = status == VT_OK ? vt_shop_periods_init(&days, scope, "day", 0, err) : status;
    status = status == VT_OK ? vt_shop_sales_find(&of_days, scope, &days, err) : status;
    status = status == VT_OK ? vt_lost_sales_find(&lost, &of_days, scope, options, err) : status;
    if (status == VT_OK && options->holidays != NULL) {
        status = vt_known_days_read(&known, options->holidays, err);
        status = status == VT_OK ? vt_promotions_add(&promotions, &known, &of_days, err) : status;
    }
    status = status == VT_OK ? vt_groups_make(&groups, VT_GROUPS_CATEGORY, scope, options->category, err) : status;
    status = status == VT_OK ? vt_shop_forecast_make(&forecast, &sales, &lost, known.n_names > 0 ? &known : NULL, scope,
                                                     &groups, options, err)
                             : status;
    if (status == VT_OK) {
        status = plan_products(&plans, &forecast, &of_days, &lost, scope, options, err);
    }
    if (status == VT_OK) {
        fill(d, &forecast, &sales, &lost, plans, scope, options);
        if (promotions > 0) {
            vt_document_note(d,
                             "The file has no promotion of the past: the %zu days on which most pieces were sold with "
                             "a discount are taken for such.",
                             promotions);
        }
    }
    vt_free(plans);
    vt_shop_forecast_done(&forecast);
    vt_known_days_done(&known);
    vt_groups_done(&groups);
    vt_lost_sales_done(&lost);
    vt_shop_sales_done(&of_days);
    vt_shop_periods_done(&days);
    vt_shop_sales_done(&sales);
    vt_shop_periods_done(&periods);
    return status;
}
