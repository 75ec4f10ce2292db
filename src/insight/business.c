/* One pass over each period fills every grouping; what is shown is read from the sums. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/format.h"
#include "insight/business.h"

enum { HOURS_OF_WEEK = 7 * 24 };

void vt_business_done(vt_business *b)
{
    for (int k = 0; k < VT_GROUPS_KINDS; k++) {
        vt_groups_done(&b->groups[k]);
    }
    vt_free(b->day_now.sums);
    vt_free(b->day_before.sums);
    vt_free(b->hour_now.sums);
    vt_free(b->hour_before.sums);
    vt_courses_done(&b->courses);
    *b = (vt_business){0};
}

static int make_grouping(vt_grouping *g, vt_group_by by, int64_t n, vt_error *err)
{
    *g = (vt_grouping){.by = by, .n = (int32_t)n};
    g->sums = vt_alloc_zero((size_t)n, sizeof *g->sums, err);
    return g->sums == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

static int64_t days_of(const vt_period *period)
{
    return period->last - period->first + 1;
}

static int sum_period(vt_sums *total, vt_business *b, const vt_scope *scope, const vt_period *period, bool now,
                      vt_error *err)
{
    vt_grouping all[VT_GROUPS_KINDS + 3];
    for (int k = 0; k < VT_GROUPS_KINDS; k++) {
        all[k] = now ? b->groups[k].now : b->groups[k].before;
    }
    all[VT_GROUPS_KINDS] = now ? b->day_now : b->day_before;
    all[VT_GROUPS_KINDS + 1] = now ? b->hour_now : b->hour_before;
    all[VT_GROUPS_KINDS + 2] = now ? b->courses.now.sums : b->courses.before.sums;
    return vt_sales_sum(total, scope, period, all, sizeof all / sizeof all[0], err);
}

/* Daily revenue as numbers; the caller frees it. */
static double *daily(const vt_grouping *days, vt_error *err)
{
    double *revenue = vt_alloc((size_t)days->n, sizeof *revenue, err);
    for (int32_t d = 0; revenue != NULL && d < days->n; d++) {
        revenue[d] = vt_sums_revenue(&days->sums[d]);
    }
    return revenue;
}

static int find_change(vt_business *b, const vt_scope *scope, vt_error *err)
{
    double *now = daily(&b->day_now, err), *before = daily(&b->day_before, err);
    int status = now == NULL || before == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    if (status == VT_OK) {
        b->revenue = vt_change_of_days(now, (size_t)b->day_now.n, scope->period.first, before, (size_t)b->day_before.n,
                                       scope->before.first, (double)b->now.orders, (double)b->before.orders);
    }
    vt_free(now);
    vt_free(before);
    return status;
}

int vt_business_find(vt_business *out, vt_scope *scope, const vt_insight_options *options, vt_error *err)
{
    vt_business b = {0};
    bool compares = vt_scope_compares(scope);
    int status = vt_scope_find_premium(scope, err);
    for (int k = 0; k < VT_GROUPS_KINDS && status == VT_OK; k++) {
        status = vt_groups_make(&b.groups[k], (vt_groups_kind)k, scope, options->category, err);
    }
    status = status != VT_OK ? status : make_grouping(&b.day_now, VT_BY_DAY, days_of(&scope->period), err);
    status =
        status != VT_OK ? status : make_grouping(&b.day_before, VT_BY_DAY, compares ? days_of(&scope->before) : 0, err);
    status = status != VT_OK ? status : make_grouping(&b.hour_now, VT_BY_HOUR, HOURS_OF_WEEK, err);
    status = status != VT_OK ? status : make_grouping(&b.hour_before, VT_BY_HOUR, HOURS_OF_WEEK, err);
    status = status != VT_OK ? status : vt_courses_make(&b.courses, scope, err);
    status = status != VT_OK ? status : sum_period(&b.now, &b, scope, &scope->period, true, err);
    if (status == VT_OK && compares) {
        status = sum_period(&b.before, &b, scope, &scope->before, false, err);
    }
    status = status != VT_OK || !compares ? status : find_change(&b, scope, err);
    if (status != VT_OK) {
        vt_business_done(&b);
        return status;
    }
    *out = b;
    return VT_OK;
}

void vt_business_customers(vt_document *d, const vt_business *b, const vt_scope *scope)
{
    const vt_sums *n = &b->now, *p = &b->before;
    const struct {
        const char *metric;
        double now, before;
    } rows[] = {
        {"customers", (double)n->customers, (double)p->customers},
        {"new_customers", (double)n->new_customers, (double)p->new_customers},
        {"returning_customers", (double)(n->customers - n->new_customers), (double)(p->customers - p->new_customers)},
        {"repeat_rate", vt_ratio((double)n->again, (double)n->customers),
         vt_ratio((double)p->again, (double)p->customers)},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        vt_document_compared(d, rows[i].metric, rows[i].now, vt_scope_compares(scope) ? rows[i].before : NAN);
    }
}

void vt_business_figures(vt_document *d, const vt_business *b, const vt_scope *scope)
{
    const vt_sums *n = &b->now, *p = &b->before;
    bool compares = vt_scope_compares(scope);
    double returned_now = vt_ratio((double)n->returns, (double)(n->gross - n->discounts));
    double returned_before = vt_ratio((double)p->returns, (double)(p->gross - p->discounts));
    const struct {
        const char *metric;
        double now, before;
    } rows[] = {
        {"revenue", vt_sums_revenue(n), vt_sums_revenue(p)},
        {"gross", (double)n->gross, (double)p->gross},
        {"discounts", (double)n->discounts, (double)p->discounts},
        {"returns", (double)n->returns, (double)p->returns},
        {"orders", (double)n->orders, (double)p->orders},
        {"average_order", vt_sums_average_order(n), vt_sums_average_order(p)},
        {"units", n->units, p->units},
        {"items_per_order", vt_ratio(n->units, (double)n->orders), vt_ratio(p->units, (double)p->orders)},
        {"price_paid", vt_ratio((double)(n->gross - n->discounts), n->units),
         vt_ratio((double)(p->gross - p->discounts), p->units)},
        {"discount_rate", vt_ratio((double)n->discounts, (double)n->gross),
         vt_ratio((double)p->discounts, (double)p->gross)},
        {"return_rate", returned_now, returned_before},
        {"cost", n->costed > 0 ? (double)n->cost : NAN, p->costed > 0 ? (double)p->cost : NAN},
        {"profit", vt_sums_profit(n), vt_sums_profit(p)},
        {"margin", vt_sums_margin(n), vt_sums_margin(p)},
        {"cost_known", vt_ratio((double)n->known_revenue, vt_sums_revenue(n)),
         vt_ratio((double)p->known_revenue, vt_sums_revenue(p))},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        vt_document_compared(d, rows[i].metric, rows[i].now, compares ? rows[i].before : NAN);
        if (i == 0 && compares) {
            vt_document_interval(d, b->revenue.before + b->revenue.low, b->revenue.before + b->revenue.high);
            vt_document_remark(d, "the interval is that of the change, as far as days vary by chance");
        }
    }
    if (n->costed == 0 && n->lines > 0) {
        vt_document_note(d, "No cost of the goods is known, so there is no profit and no margin.");
    }
    vt_business_customers(d, b, scope);
    if (n->unpriced > 0) {
        vt_document_note(d, "%lld of %lld sold lines have no price: they count as items, not as money.",
                         (long long)n->unpriced, (long long)n->lines);
    }
}

/* ---- the lead ---------------------------------------------------------------------------------------------------- */

static void say_nothing_sold(vt_document *d, const vt_business *b, const vt_scope *scope)
{
    char days[32];
    vt_period_text(days, &scope->period);
    int64_t first = vt_scope_first_time(scope->view), last = vt_view_last_time(scope->view);
    if (first == VT_NONE) {
        vt_document_lead(d, "The shop has no orders yet: import orders.");
    } else if (vt_scope_filters(scope)) {
        vt_document_lead(d, "Nothing that passes the filters was sold in %s.", days);
    } else if (b->before.orders > 0) {
        vt_document_lead(d, "Nothing was sold in %s; in the period before there were %lld orders.", days,
                         (long long)b->before.orders);
    } else if (first < scope->period.from || last >= scope->period.until) {
        vt_document_lead(d, "There are no orders in %s: import orders, or ask for a longer period.", days);
    } else {
        vt_document_lead(d, "Nothing was sold in %s, which is all there is: orders were cancelled, or goods came back.",
                         days);
    }
}

void vt_business_lead(vt_document *d, const vt_business *b, const vt_scope *scope)
{
    if (b->now.orders == 0) {
        say_nothing_sold(d, b, scope);
        return;
    }
    char now[64], before[64], compared[64];
    const vt_groups *categories = &b->groups[VT_GROUPS_CATEGORY];
    double revenue = vt_sums_revenue(&b->now);
    vt_insight_format(now, revenue, VT_UNIT_MONEY, scope->view->currency);
    if (!vt_scope_compares(scope)) {
        vt_document_lead(d, "Revenue is %s from %lld orders.", now, (long long)b->now.orders);
        vt_say_greatest(d, categories, revenue);
        return;
    }
    vt_say_compared(compared, scope);
    vt_insight_format(before, b->revenue.before, VT_UNIT_MONEY, scope->view->currency);
    if (b->before.orders < VT_ORDERS_LEAST || b->now.orders < VT_ORDERS_LEAST) {
        vt_document_lead(d, "Revenue is %s from %lld orders; %s had %lld, too few to call it up or down.", now,
                         (long long)b->now.orders, compared, (long long)b->before.orders);
        vt_say_greatest(d, categories, revenue);
        return;
    }
    if (!(b->revenue.before > 0)) {
        vt_document_lead(d, "Revenue is %s from %lld orders; %s brought no money.", now, (long long)b->now.orders,
                         compared);
        return;
    }
    double change = b->revenue.now - b->revenue.before;
    double percent = 100 * fabs(change) / fabs(b->revenue.before);
    int direction = vt_change_direction(&b->revenue);
    if (direction == 0) {
        vt_document_lead(d, "Revenue is about the same as in %s: %s, %.0f %% %s, which days vary by anyhow.", compared,
                         now, percent, change < 0 ? "less" : "more");
        vt_say_greatest(d, categories, revenue);
        return;
    }
    vt_document_lead(d, "Revenue is %s %.0f %% on %s: %s after %s.", direction > 0 ? "up" : "down", percent, compared,
                     now, before);
    vt_say_causes(d, categories, change);
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

void vt_business_days(vt_document *d, const vt_business *b, const vt_scope *scope)
{
    bool compares = vt_scope_compares(scope);
    vt_document_table(d, "days", "Revenue a day");
    vt_document_column(d, "day", "Day", VT_UNIT_DATE);
    vt_document_metric(d, "revenue");
    vt_document_metric(d, "orders");
    vt_document_metric(d, "units");
    vt_document_metric(d, "profit");
    vt_document_column(d, "day_before", "Compared with", VT_UNIT_DATE);
    vt_document_column(d, "revenue_before", "Revenue before", VT_UNIT_MONEY);
    vt_document_column(d, "orders_before", "Orders before", VT_UNIT_COUNT);
    vt_document_column(d, "known_revenue", "Revenue with known cost", VT_UNIT_MONEY);
    vt_document_column(d, "profit_before", "Profit before", VT_UNIT_MONEY);
    vt_document_column(d, "known_revenue_before", "With known cost before", VT_UNIT_MONEY);
    for (int32_t i = 0; i < b->day_now.n; i++) {
        const vt_sums *now = &b->day_now.sums[i];
        const vt_sums *before = compares && i < b->day_before.n ? &b->day_before.sums[i] : NULL;
        vt_document_number(d, (double)(scope->period.first + i));
        vt_document_number(d, vt_sums_revenue(now));
        vt_document_number(d, (double)now->orders);
        vt_document_number(d, now->units);
        vt_document_number(d, vt_sums_profit(now));
        vt_document_number(d, before != NULL ? (double)(scope->before.first + i) : NAN);
        vt_document_number(d, before != NULL ? vt_sums_revenue(before) : NAN);
        vt_document_number(d, before != NULL ? (double)before->orders : NAN);
        vt_document_number(d, (double)now->known_revenue);
        vt_document_number(d, before != NULL ? vt_sums_profit(before) : NAN);
        vt_document_number(d, before != NULL ? (double)before->known_revenue : NAN);
    }
}

typedef struct moved {
    double size;
    int32_t group;
} moved;

static int compare_moved(const void *a, const void *b)
{
    const moved *x = a, *y = b;
    int by_size = (x->size < y->size) - (x->size > y->size);
    return by_size != 0 ? by_size : (x->group > y->group) - (x->group < y->group);
}

static void add_group(vt_document *d, const char *name, const vt_sums *now, const vt_sums *before, bool compares,
                      double total, double total_before)
{
    double revenue = vt_sums_revenue(now);
    vt_document_text(d, vt_str_of(name));
    vt_document_number(d, revenue);
    vt_document_number(d, compares ? vt_sums_revenue(before) : NAN);
    vt_document_number(d, compares ? revenue - vt_sums_revenue(before) : NAN);
    vt_document_number(d, vt_ratio(revenue, total));
    vt_document_number(d, compares ? vt_ratio(vt_sums_revenue(before), total_before) : NAN);
    vt_document_number(d, now->units);
    vt_document_number(d, vt_sums_margin(now));
    vt_document_number(d, vt_ratio((double)now->returns, (double)(now->gross - now->discounts)));
    vt_document_number(d, (double)now->lines);
    vt_document_number(d, vt_ratio((double)(now->gross - now->discounts), now->units));
    vt_document_number(d, vt_ratio((double)now->discounts, (double)now->gross));
}

/* All that is not shown, as one row, so that contributions add up. */
static void add_rest(vt_document *d, const vt_groups *g, const moved *rows, int32_t from, int32_t n, bool compares,
                     double total, double total_before)
{
    vt_sums now = {0}, before = {0};
    for (int32_t i = from; i < n; i++) {
        vt_sums_join(&now, &g->now.sums[rows[i].group]);
        vt_sums_join(&before, &g->before.sums[rows[i].group]);
    }
    if (from < n) {
        add_group(d, "all others", &now, &before, compares, total, total_before);
    }
}

int vt_business_groups(vt_document *d, const vt_business *b, vt_groups_kind kind, const vt_scope *scope, int32_t n,
                       vt_error *err)
{
    static const struct {
        const char *id, *title, *column;
    } tables[VT_GROUPS_KINDS] = {
        [VT_GROUPS_CATEGORY] = {"categories", "By category", "Category"},
        [VT_GROUPS_BRAND] = {"brands", "By brand", "Brand"},
        [VT_GROUPS_PRICE] = {"prices", "By price of a piece", "Price"},
        [VT_GROUPS_CUSTOMER] = {"customers", "By kind of customer", "Customers"},
    };
    const vt_groups *g = &b->groups[kind];
    bool compares = vt_scope_compares(scope);
    moved *rows = vt_alloc((size_t)g->now.n, sizeof *rows, err);
    if (rows == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int32_t found = 0;
    for (int32_t k = 0; k < g->now.n; k++) {
        const vt_sums *now = &g->now.sums[k], *before = &g->before.sums[k];
        if (now->lines > 0 || before->lines > 0 || now->returns != 0 || before->returns != 0) {
            double revenue = vt_sums_revenue(now);
            rows[found++] = (moved){compares ? fabs(revenue - vt_sums_revenue(before)) : revenue, k};
        }
    }
    if (kind != VT_GROUPS_PRICE && kind != VT_GROUPS_CUSTOMER) { /* those keep their own order */
        qsort(rows, (size_t)found, sizeof *rows, compare_moved);
    }
    vt_document_table(d, tables[kind].id, tables[kind].title);
    vt_document_column(d, vt_groups_kind_name(kind), tables[kind].column, VT_UNIT_TEXT);
    vt_document_metric(d, "revenue");
    vt_document_column(d, "revenue_before", "Revenue before", VT_UNIT_MONEY);
    vt_document_metric(d, "contribution");
    vt_document_metric(d, "share");
    vt_document_column(d, "share_before", "Share before", VT_UNIT_SHARE);
    vt_document_metric(d, "units");
    vt_document_metric(d, "margin");
    vt_document_metric(d, "return_rate");
    vt_document_column(d, "lines", "Order lines", VT_UNIT_COUNT);
    vt_document_metric(d, "price_paid");
    vt_document_metric(d, "discount_rate");
    double total = vt_sums_revenue(&b->now), total_before = vt_sums_revenue(&b->before);
    int32_t shown = found <= n ? found : n - 1;
    for (int32_t i = 0; i < shown; i++) {
        int32_t k = rows[i].group;
        add_group(d, g->name[k], &g->now.sums[k], &g->before.sums[k], compares, total, total_before);
    }
    add_rest(d, g, rows, shown, found, compares, total, total_before);
    vt_free(rows);
    return VT_OK;
}
