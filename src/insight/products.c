/* Products: what sells, what moved, what brings most of the revenue, what lies, what comes back. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "insight/business.h"
#include "insight/comebacks.h"
#include "insight/demand/sold_out.h"
#include "insight/kind.h"
#include "insight/life_cycle.h"
#include "insight/ratings.h"
#include "insight/seen.h"
#include "insight/weeks.h"
#include "live/stocks.h"

#define CLASS_A .80 /* share of revenue that the A goods bring; B up to: */
#define CLASS_B .95

enum { STEPS = 20 /* of the curve of concentration */ };

/* All of one product. */
typedef struct product {
    int32_t item;
    char class; /* 'A', 'B', 'C'; 0 without revenue */
    double revenue, moved;
} product;

/* What all together lacked in a period; NAN where the stock is not known. */
typedef struct out_sums {
    double products; /* sold out at some time */
    vt_estimate lost;
} out_sums;

typedef struct products {
    const vt_scope *scope;
    vt_grouping now, before; /* by item */
    vt_sums total_now, total_before;
    vt_ratings *ratings; /* (I) */
    int32_t *views;      /* (I) */
    uint8_t *stage;      /* (I) vt_life_stage */
    double *days_out;    /* (I) NAN: stock not known */
    double *lost;        /* (I) revenue, the same */
    out_sums out_now, out_before;
    product *row; /* (n) sold in either period, or in stock */
    int32_t n;
    double days;
    vt_weeks weeks; /* by item */
    vt_courses courses;
} products;

static void products_done(products *p)
{
    vt_free(p->now.sums);
    vt_free(p->before.sums);
    vt_free(p->ratings);
    vt_free(p->views);
    vt_free(p->stage);
    vt_free(p->days_out);
    vt_free(p->row);
    vt_weeks_done(&p->weeks);
    vt_courses_done(&p->courses);
}

static void count_views(int32_t *views, const vt_scope *scope)
{
    vt_visits visits;
    vt_visit_span span;
    vt_visits_begin(&visits, scope->view, scope->period.from, scope->period.until);
    while (vt_visits_next(&visits, &span)) {
        for (int64_t i = 0; i < span.n; i++) {
            views[span.item[i]] += span.kind[i] == VT_EVENT_VIEW && vt_visits_counts(&visits, &span, i) &&
                                   vt_scope_passes(scope, &scope->period, span.item[i], span.user[i]);
        }
    }
}

static int64_t stock_of(const vt_scope *scope, int32_t item)
{
    return vt_view_block(scope->view, item)->stock[item & VT_BLOCK_MASK];
}

static int products_find(products *p, const vt_scope *scope, vt_error *err)
{
    int32_t n_items = scope->view->n_items;
    size_t n = (size_t)n_items;
    p->scope = scope;
    p->days = (double)(scope->period.until - scope->period.from) / 86400;
    p->now = p->before = (vt_grouping){.by = VT_BY_ITEM, .n = n_items};
    p->now.sums = vt_alloc_zero(n, sizeof *p->now.sums, err);
    p->before.sums = vt_alloc_zero(n, sizeof *p->before.sums, err);
    p->ratings = vt_alloc_zero(n, sizeof *p->ratings, err);
    p->views = vt_alloc_zero(n, sizeof *p->views, err);
    p->stage = vt_alloc_zero(n, sizeof *p->stage, err);
    p->row = vt_alloc(n, sizeof *p->row, err);
    if (p->now.sums == NULL || p->before.sums == NULL || p->ratings == NULL || p->views == NULL || p->stage == NULL ||
        p->row == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int status = vt_courses_make(&p->courses, scope, err);
    if (status == VT_OK) {
        vt_grouping both[] = {p->now, p->courses.now.sums};
        status = vt_sales_sum(&p->total_now, scope, &scope->period, both, 2, err);
    }
    if (status == VT_OK && vt_scope_compares(scope)) {
        vt_grouping both[] = {p->before, p->courses.before.sums};
        status = vt_sales_sum(&p->total_before, scope, &scope->before, both, 2, err);
    }
    status = status == VT_OK ? vt_courses_ratings(&p->courses, scope, err) : status;
    if (status != VT_OK) {
        return status;
    }
    vt_ratings_add(NULL, p->ratings, scope, &scope->period);
    count_views(p->views, scope);
    for (int32_t i = 0; i < n_items; i++) {
        bool passes = scope->item_passes == NULL || scope->item_passes[i];
        if (passes && (p->now.sums[i].lines > 0 || p->before.sums[i].lines > 0 || stock_of(scope, i) > 0)) {
            double revenue = vt_sums_revenue(&p->now.sums[i]);
            p->row[p->n++] = (product){i, 0, revenue, revenue - vt_sums_revenue(&p->before.sums[i])};
        }
    }
    return VT_OK;
}

/* What was sold out in the period of `scope`, and its course; by item too where `days` and `lost` (I) are given. */
static int sum_sold_out(out_sums *sums, vt_course *course, double *days, double *lost, const vt_scope *scope,
                        const vt_insight_options *options, vt_error *err)
{
    vt_sold_out out = {0};
    vt_error why = VT_ERROR_INIT;
    int status = vt_sold_out_find(&out, scope, options, &why);
    if (status == VT_OK) {
        *sums = (out_sums){(double)out.lost.n_products, out.lost.revenue};
        if (days != NULL) {
            vt_sold_out_by_item(days, lost, &out, scope);
        }
        status = vt_course_sold_out(course, &why);
        status = status == VT_OK
                     ? vt_sold_out_by_slot(course->sold_out, course->lost, course->of_day, &out, scope, &why)
                     : status;
    }
    vt_sold_out_done(&out);
    return status == VT_OK || status == VT_ERR_UNSUPPORTED ? VT_OK : vt_fail(err, status, "%s", why.message);
}

/* Days sold out and what they lost, as the stock's answer has them; a shop of too few sales for it has none. */
static int find_sold_out(products *p, const vt_insight_options *options, vt_error *err)
{
    size_t n = (size_t)p->scope->view->n_items;
    const double nan = (double)NAN;
    p->out_now = p->out_before = (out_sums){nan, {nan, nan, nan}};
    p->days_out = vt_alloc(2 * n, sizeof *p->days_out, err);
    if (p->days_out == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    p->lost = p->days_out + n;
    for (size_t i = 0; i < 2 * n; i++) {
        p->days_out[i] = nan;
    }
    if (!vt_view_tells_stocks(p->scope->view)) {
        return VT_OK;
    }
    int status = sum_sold_out(&p->out_now, &p->courses.now, p->days_out, p->lost, p->scope, options, err);
    if (status == VT_OK && vt_scope_compares(p->scope)) {
        vt_scope before = *p->scope;
        before.period = p->scope->before;
        status = sum_sold_out(&p->out_before, &p->courses.before, NULL, NULL, &before, options, err);
    }
    return status;
}

/* ---- orders of the rows ------------------------------------------------------------------------------------------ */

static int by_revenue(const void *a, const void *b)
{
    const product *x = a, *y = b;
    int order = (x->revenue < y->revenue) - (x->revenue > y->revenue);
    return order != 0 ? order : (x->item > y->item) - (x->item < y->item);
}

static int by_move(const void *a, const void *b)
{
    const product *x = a, *y = b;
    double p = fabs(x->moved), q = fabs(y->moved);
    return p != q ? (p < q ? 1 : -1) : (x->item > y->item) - (x->item < y->item);
}

/* A, B and C goods by the share of revenue that is reached with them, best first. */
static void classify(products *p)
{
    double total = 0, reached = 0;
    qsort(p->row, (size_t)p->n, sizeof *p->row, by_revenue);
    for (int32_t i = 0; i < p->n; i++) {
        total += p->row[i].revenue > 0 ? p->row[i].revenue : 0;
    }
    for (int32_t i = 0; i < p->n && p->row[i].revenue > 0; i++) {
        p->row[i].class = reached < CLASS_A * total ? 'A' : reached < CLASS_B * total ? 'B' : 'C';
        reached += p->row[i].revenue;
    }
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

/* How the pieces sold went, as far as a Poisson number can tell. */
static const char *course(double now, double before, bool compares)
{
    double z = now + before > 0 ? (now - before) / sqrt(now + before) : 0;
    return !compares ? NULL : before == 0 && now > 0 ? "new" : z >= 1.96 ? "rising" : z <= -1.96 ? "falling" : "steady";
}

static void begin_rows(vt_document *d, const char *id, const char *title)
{
    vt_document_table(d, id, title);
    vt_document_column(d, "item", "Product", VT_UNIT_TEXT);
    vt_document_column(d, "title", "Title", VT_UNIT_TEXT);
    vt_document_column(d, "category", "Category", VT_UNIT_TEXT);
    vt_document_column(d, "brand", "Brand", VT_UNIT_TEXT);
    vt_document_column(d, "class", "ABC", VT_UNIT_TEXT);
    vt_document_metric(d, "revenue");
    vt_document_column(d, "revenue_before", "Revenue before", VT_UNIT_MONEY);
    vt_document_metric(d, "units");
    vt_document_column(d, "course", "Course", VT_UNIT_TEXT);
    vt_document_column(d, "life_cycle", "Life cycle", VT_UNIT_TEXT);
    vt_document_column(d, "views", "Views", VT_UNIT_COUNT);
    vt_document_metric(d, "views_that_buy");
    vt_document_metric(d, "margin");
    vt_document_metric(d, "return_rate");
    vt_document_metric(d, "rating");
    vt_document_metric(d, "ratings");
    vt_document_metric(d, "stock");
    vt_document_metric(d, "stock_cover");
    vt_document_metric(d, "days_out");
    vt_document_metric(d, "lost_revenue");
}

static vt_str stage_text(uint8_t stage)
{
    return stage == VT_LIFE_UNKNOWN ? (vt_str){NULL, 0} : vt_str_of(vt_life_stage_name((vt_life_stage)stage));
}

static void add_row(vt_document *d, const products *p, const product *row)
{
    const vt_view *view = p->scope->view;
    const vt_sums *now = &p->now.sums[row->item], *before = &p->before.sums[row->item];
    const vt_ratings *ratings = &p->ratings[row->item];
    bool compares = vt_scope_compares(p->scope);
    int64_t stock = stock_of(p->scope, row->item);
    const char *word = course(now->units, before->units, compares);
    char class[2] = {row->class, '\0'};
    vt_document_text(d, vt_view_item_id(view, row->item));
    vt_document_text(d, vt_view_item_title(view, row->item));
    vt_document_text(d, vt_view_category(view, vt_view_item_category(view, row->item)));
    vt_document_text(d, vt_view_brand(view, vt_view_item_brand(view, row->item)));
    vt_document_text(d, row->class == 0 ? (vt_str){NULL, 0} : vt_str_of(class));
    vt_document_number(d, row->revenue);
    vt_document_number(d, compares ? vt_sums_revenue(before) : NAN);
    vt_document_number(d, now->units);
    vt_document_text(d, word == NULL ? (vt_str){NULL, 0} : vt_str_of(word));
    vt_document_text(d, stage_text(p->stage[row->item]));
    vt_document_number(d, p->views[row->item]);
    vt_document_number(d, vt_ratio((double)now->lines, p->views[row->item]));
    vt_document_number(d, vt_sums_margin(now));
    vt_document_number(d, vt_ratio((double)now->returns, (double)(now->gross - now->discounts)));
    vt_document_number(d, vt_ratio(ratings->sum, (double)ratings->n));
    vt_document_number(d, (double)ratings->n);
    vt_document_number(d, stock == VT_NONE ? NAN : (double)stock);
    vt_document_number(d, stock == VT_NONE ? NAN : vt_ratio((double)stock * p->days, now->units));
    vt_document_number(d, p->days_out[row->item]);
    vt_document_number(d, p->lost[row->item]);
}

static void add_rows(vt_document *d, const products *p, int32_t n)
{
    for (int32_t i = 0; i < p->n && i < n; i++) {
        add_row(d, p, &p->row[i]);
    }
}

static void add_classes(vt_document *d, const products *p)
{
    vt_document_table(d, "abc", "How concentrated are sales");
    vt_document_column(d, "class", "Class", VT_UNIT_TEXT);
    vt_document_column(d, "products", "Products", VT_UNIT_COUNT);
    vt_document_metric(d, "revenue");
    vt_document_metric(d, "share");
    for (const char *class = "ABC"; *class != '\0'; class ++) {
        double revenue = 0;
        int64_t n = 0;
        for (int32_t i = 0; i < p->n; i++) {
            revenue += p->row[i].class == *class ? p->row[i].revenue : 0;
            n += p->row[i].class == *class;
        }
        vt_document_text(d, (vt_str){class, 1});
        vt_document_number(d, (double)n);
        vt_document_number(d, revenue);
        vt_document_number(d, vt_ratio(revenue, vt_sums_revenue(&p->total_now)));
    }
}

/* How many products stand where in their lives, of all that are shown. */
static void add_stages(vt_document *d, const products *p)
{
    vt_document_table(d, "life_cycle", "Life cycle of the products");
    vt_document_column(d, "life_cycle", "Life cycle", VT_UNIT_TEXT);
    vt_document_column(d, "products", "Products", VT_UNIT_COUNT);
    vt_document_metric(d, "revenue");
    vt_document_metric(d, "share");
    for (uint8_t stage = VT_LIFE_INTRODUCTION; stage < VT_LIFE_STAGES; stage++) {
        double revenue = 0;
        int64_t n = 0;
        for (int32_t i = 0; i < p->n; i++) {
            revenue += p->stage[p->row[i].item] == stage ? p->row[i].revenue : 0;
            n += p->stage[p->row[i].item] == stage;
        }
        vt_document_text(d, stage_text(stage));
        vt_document_number(d, (double)n);
        vt_document_number(d, revenue);
        vt_document_number(d, vt_ratio(revenue, vt_sums_revenue(&p->total_now)));
    }
}

/* What lies in stock and was not sold in the period though it was on sale all the time, worth most first. */
static int add_unsold(vt_document *d, const products *p, int32_t n, vt_error *err)
{
    const vt_view *view = p->scope->view;
    product *row = vt_alloc((size_t)p->n, sizeof *row, err);
    int32_t found = 0;
    if (row == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t i = 0; i < p->n; i++) {
        int32_t item = p->row[i].item, k = item & VT_BLOCK_MASK;
        const vt_item_block *block = vt_view_block(view, item);
        if (block->stock[k] != VT_NONE && block->stock[k] > 0 && p->now.sums[item].lines == 0 &&
            (block->available_from[k] == VT_NONE || block->available_from[k] <= p->scope->period.from)) {
            int64_t each = block->cost[k] != VT_NONE ? block->cost[k] : block->price[k];
            row[found++] = (product){item, 0, each == VT_NONE ? 0 : (double)each * (double)block->stock[k], 0};
        }
    }
    qsort(row, (size_t)found, sizeof *row, by_revenue);
    vt_document_table(d, "unsold", "In stock, and not sold in the period");
    vt_document_column(d, "item", "Product", VT_UNIT_TEXT);
    vt_document_column(d, "title", "Title", VT_UNIT_TEXT);
    vt_document_metric(d, "stock");
    vt_document_metric(d, "stock_value");
    vt_document_column(d, "views", "Views", VT_UNIT_COUNT);
    for (int32_t i = 0; i < found && i < n; i++) {
        vt_document_text(d, vt_view_item_id(view, row[i].item));
        vt_document_text(d, vt_view_item_title(view, row[i].item));
        vt_document_number(d, (double)stock_of(p->scope, row[i].item));
        vt_document_number(d, row[i].revenue);
        vt_document_number(d, p->views[row[i].item]);
    }
    vt_free(row);
    return VT_OK;
}

/* Twelve weeks of the first products. */
static void add_weeks(vt_document *d, const products *p, const char *id, const char *title, int32_t n)
{
    vt_weeks_table(d, &p->weeks, id, title, "Product");
    for (int32_t i = 0; i < p->n && i < n; i++) {
        vt_weeks_row(d, &p->weeks, vt_view_item_id(p->scope->view, p->row[i].item), p->row[i].item);
    }
}

/* The share of revenue that the best 5, 10, ... 100 % of the products bring; rows are by revenue. */
static void add_concentration(vt_document *d, const products *p)
{
    double total = 0, reached = 0;
    int32_t sold = 0, i = 0;
    while (sold < p->n && p->row[sold].revenue > 0) {
        total += p->row[sold++].revenue;
    }
    vt_document_table(d, "concentration", "Revenue of the best products, best first");
    vt_document_column(d, "products_share", "Of the products", VT_UNIT_SHARE);
    vt_document_column(d, "products", "Products", VT_UNIT_COUNT);
    vt_document_metric(d, "share");
    for (int step = 1; sold > 0 && step <= STEPS; step++) {
        for (int32_t end = (int32_t)ceil((double)sold * step / STEPS); i < end; i++) {
            reached += p->row[i].revenue;
        }
        vt_document_number(d, (double)i / sold);
        vt_document_number(d, i);
        vt_document_number(d, reached / total);
    }
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static void say_products(vt_document *d, const products *p)
{
    int64_t a = 0, sold = 0, before = 0;
    for (int32_t i = 0; i < p->n; i++) {
        a += p->row[i].class == 'A';
        sold += p->row[i].class != 0;
        before += vt_sums_revenue(&p->before.sums[p->row[i].item]) > 0;
    }
    if (sold == 0) {
        vt_document_lead(d, "No product was sold in the period.");
        return;
    }
    const product *best = &p->row[0];
    vt_str title = vt_view_item_title(p->scope->view, best->item);
    title = title.len > 0 ? title : vt_view_item_id(p->scope->view, best->item);
    vt_document_lead(d, "%lld of %lld products that were sold bring 80 %% of the revenue; %.*s is first.", (long long)a,
                     (long long)sold, VT_STR_ARGS(title));
    vt_document_compared(d, "products_sold", (double)sold, vt_scope_compares(p->scope) ? (double)before : NAN);
}

static void add_sold_out(vt_document *d, const products *p)
{
    const out_sums *now = &p->out_now, *before = &p->out_before;
    if (!isnan(now->products)) {
        vt_document_compared(d, "sold_out", now->products, before->products);
        vt_document_compared(d, "lost_revenue", now->lost.mean, before->lost.mean);
        vt_document_interval(d, now->lost.low, now->lost.high);
    }
}

int vt_products_of_shop(vt_document *d, vt_scope *scope, const vt_insight_options *options, vt_error *err)
{
    products p = {0};
    int status = scope->customers >= 0 ? vt_scope_find_premium(scope, err) : VT_OK;
    status = status == VT_OK ? products_find(&p, scope, err) : status;
    status = status == VT_OK ? vt_life_stages_find(p.stage, scope, err) : status;
    status = status == VT_OK ? find_sold_out(&p, options, err) : status;
    if (status == VT_OK) {
        const vt_sums *n = &p.total_now, *b = &p.total_before;
        vt_ratings ratings = {0}, rated = {0};
        bool compares = vt_scope_compares(scope);
        vt_ratings_add(&ratings, NULL, scope, &scope->period);
        if (compares) {
            vt_ratings_add(&rated, NULL, scope, &scope->before);
        }
        classify(&p);
        say_products(d, &p);
        vt_document_compared(d, "revenue", vt_sums_revenue(n), compares ? vt_sums_revenue(b) : NAN);
        vt_document_compared(d, "units", n->units, compares ? b->units : NAN);
        vt_document_compared(d, "margin", vt_sums_margin(n), compares ? vt_sums_margin(b) : NAN);
        vt_document_compared(d, "rating", vt_ratio(ratings.sum, (double)ratings.n),
                             vt_ratio(rated.sum, (double)rated.n));
        vt_document_compared(d, "ratings", (double)ratings.n, compares ? (double)rated.n : NAN);
        add_sold_out(d, &p);
        begin_rows(d, "products", "Products by revenue");
        add_rows(d, &p, options->n);
        add_classes(d, &p);
        add_stages(d, &p);
        status = add_unsold(d, &p, options->n, err);
        status = status == VT_OK ? vt_seen_add(d, scope, p.now.sums, p.views, (size_t)options->n, err) : status;
        status = status == VT_OK ? vt_comebacks_add(d, scope, p.now.sums, (size_t)options->n, err) : status;
        status = status == VT_OK ? vt_weeks_find(&p.weeks, VT_WEEKS, scope, VT_BY_ITEM, NULL, scope->view->n_items, err)
                                 : status;
    }
    if (status == VT_OK) {
        add_concentration(d, &p);
        vt_courses_table(d, &p.courses, scope);
        add_weeks(d, &p, "weeks", "Revenue a week, of the products by revenue", options->n);
    }
    if (status == VT_OK && vt_scope_compares(scope)) {
        qsort(p.row, (size_t)p.n, sizeof *p.row, by_move);
        begin_rows(d, "movers", "Products that moved most");
        add_rows(d, &p, options->n);
        add_weeks(d, &p, "mover_weeks", "Revenue a week, of the products that moved most", options->n);
    }
    products_done(&p);
    return status;
}
