/* Customers: who buys, new and returning, which groups, when they come back, and who spends more by what they are. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "insight/business.h"
#include "insight/kind.h"
#include "insight/weeks.h"
#include "live/attributes.h"

/* One row: customers with one value of an attribute. */
typedef struct value_row {
    int64_t customers;
    double revenue, squares, orders;
} value_row;

/* Revenue of a customer by the values of one attribute, with an interval of the mean. */
static int add_attribute(vt_document *d, const vt_scope *scope, const vt_grouping *users, const char *name,
                         const char *title, vt_error *err)
{
    vt_attribute_column column = {0};
    int status = vt_view_user_column(&column, scope->view, vt_str_of(name), err);
    if (status != VT_OK || column.n_values == 0) {
        vt_attribute_column_done(&column);
        return status;
    }
    value_row *rows = vt_alloc_zero((size_t)column.n_values, sizeof *rows, err);
    if (rows == NULL) {
        vt_attribute_column_done(&column);
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t u = 0; u < column.n; u++) {
        const vt_sums *s = &users->sums[u];
        if (column.code[u] >= 0 && s->orders > 0) {
            value_row *row = &rows[column.code[u]];
            double revenue = vt_sums_revenue(s);
            row->customers++;
            row->revenue += revenue;
            row->squares += revenue * revenue;
            row->orders += (double)s->orders;
        }
    }
    vt_document_table(d, name, title);
    vt_document_column(d, name, title, VT_UNIT_TEXT);
    vt_document_metric(d, "customers");
    vt_document_metric(d, "revenue");
    vt_document_metric(d, "revenue_each");
    vt_document_metric_interval(d, "revenue_each");
    vt_document_column(d, "orders_each", "Orders each", VT_UNIT_NUMBER);
    for (int32_t k = 0; k < column.n_values; k++) {
        const value_row *row = &rows[k];
        double n = (double)row->customers, mean = vt_ratio(row->revenue, n);
        double half = n > 1 ? 1.959963984540054 * sqrt((row->squares - n * mean * mean) / (n - 1) / n) : NAN;
        vt_document_text(d, column.value[k]);
        vt_document_number(d, n);
        vt_document_number(d, row->revenue);
        vt_document_number(d, mean);
        vt_document_number(d, mean - half);
        vt_document_number(d, mean + half);
        vt_document_number(d, vt_ratio(row->orders, n));
    }
    vt_free(rows);
    vt_attribute_column_done(&column);
    return VT_OK;
}

typedef struct ranked {
    double revenue;
    int32_t user;
} ranked;

static int by_revenue(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    int order = (x->revenue < y->revenue) - (x->revenue > y->revenue);
    return order != 0 ? order : (x->user > y->user) - (x->user < y->user);
}

/* The customers who brought most. */
static int add_best(vt_document *d, vt_scope *scope, const vt_grouping *users, int32_t n, vt_error *err)
{
    ranked *rows = vt_alloc((size_t)users->n, sizeof *rows, err);
    int32_t found = 0;
    if (rows == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t u = 0; u < users->n; u++) {
        if (users->sums[u].orders > 0) {
            rows[found++] = (ranked){vt_sums_revenue(&users->sums[u]), u};
        }
    }
    qsort(rows, (size_t)found, sizeof *rows, by_revenue);
    vt_document_table(d, "best", "Customers who brought most");
    vt_document_column(d, "user", "Customer", VT_UNIT_TEXT);
    vt_document_column(d, "kind", "Kind", VT_UNIT_TEXT);
    vt_document_metric(d, "revenue");
    vt_document_metric(d, "orders");
    vt_document_metric(d, "units");
    vt_document_column(d, "last", "Last order", VT_UNIT_DATE);
    for (int32_t i = 0; i < found && i < n; i++) {
        const vt_sums *s = &users->sums[rows[i].user];
        vt_document_text(d, vt_scope_user(d, scope->view, rows[i].user));
        vt_document_text(d, vt_str_of(vt_customer_kind_name(vt_scope_customer(scope, &scope->period, rows[i].user))));
        vt_document_number(d, rows[i].revenue);
        vt_document_number(d, (double)s->orders);
        vt_document_number(d, s->units);
        vt_document_number(d, (double)vt_zone_day(scope->zone, s->last));
    }
    vt_free(rows);
    return VT_OK;
}

/* Twelve weeks of new, returning and premium customers, and guests. */
static int add_weeks(vt_document *d, const vt_scope *scope, vt_error *err)
{
    vt_weeks weeks;
    int status = vt_weeks_find(&weeks, VT_WEEKS, scope, VT_BY_CUSTOMER, NULL, VT_CUSTOMER_KINDS, err);
    if (status != VT_OK) {
        return status;
    }
    vt_weeks_table(d, &weeks, "weeks", "Who brings the revenue, week by week", "Customers");
    for (int k = 0; k < VT_CUSTOMER_KINDS; k++) {
        vt_weeks_row(d, &weeks, vt_str_of(vt_customer_kind_name((vt_customer_kind)k)), k);
    }
    vt_weeks_done(&weeks);
    return VT_OK;
}

static void say_customers(vt_document *d, const vt_business *b, const vt_scope *scope)
{
    const vt_sums *n = &b->now;
    if (n->customers == 0) {
        vt_document_lead(d, "No customer who is known by name bought in the period.");
        return;
    }
    double newcomers = (double)n->new_customers / (double)n->customers;
    vt_document_lead(d, "%lld customer%s bought; %.0f %% of them for the first time.", (long long)n->customers,
                     n->customers == 1 ? "" : "s", 100 * newcomers);
    double of_new = vt_sums_revenue(&b->groups[VT_GROUPS_CUSTOMER].now.sums[VT_CUSTOMER_NEW]);
    double share = vt_ratio(of_new, vt_sums_revenue(n));
    if (share >= 0 && share <= 1) { /* returns can turn a part around */
        vt_document_lead(d, "New customers bring %.0f %% of the revenue.", 100 * share);
    }
    if (vt_scope_compares(scope) && b->before.new_customers >= VT_ORDERS_LEAST && n->new_customers >= VT_ORDERS_LEAST) {
        double z = (double)(n->new_customers - b->before.new_customers) /
                   sqrt((double)(n->new_customers + b->before.new_customers));
        char compared[64];
        vt_say_compared(compared, scope);
        if (fabs(z) >= 1.96) {
            vt_document_lead(d, "New customers are %s than in %s: %lld after %lld.", z > 0 ? "more" : "fewer", compared,
                             (long long)n->new_customers, (long long)b->before.new_customers);
        }
    }
}

int vt_customers_of_shop(vt_document *d, vt_scope *scope, const vt_insight_options *options, vt_error *err)
{
    vt_business business = {0};
    vt_grouping users = {.by = VT_BY_USER, .n = scope->view->n_users};
    vt_sums total;
    users.sums = vt_alloc_zero((size_t)users.n, sizeof *users.sums, err);
    int status = users.sums == NULL ? VT_ERR_NO_MEMORY : vt_business_find(&business, scope, options, err);
    status = status == VT_OK ? vt_sales_sum(&total, scope, &scope->period, &users, 1, err) : status;
    if (status == VT_OK) {
        say_customers(d, &business, scope);
        vt_business_customers(d, &business, scope);
        status = vt_business_groups(d, &business, VT_GROUPS_CUSTOMER, scope, options->n, err);
    }
    status = status == VT_OK ? add_weeks(d, scope, err) : status;
    status = status == VT_OK ? add_attribute(d, scope, &users, "region", "Region", err) : status;
    status = status == VT_OK ? add_attribute(d, scope, &users, "age_band", "Age", err) : status;
    status = status == VT_OK ? add_best(d, scope, &users, options->n, err) : status;
    if (status == VT_OK) {
        vt_courses_table(d, &business.courses, scope);
    }
    vt_business_done(&business);
    vt_free(users.sums);
    return status;
}
