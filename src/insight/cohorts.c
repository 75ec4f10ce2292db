/*
 * Cohorts: customers by the month of their first order, and how many of them order again in the months after. A month
 * that is not over is left out.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "insight/kaplan.h"
#include "insight/kind.h"
#include "insight/orders.h"

enum { MONTHS = 13, DAYS_SHOWN = 13 }; /* of the first order and twelve after it; days of the curve */

typedef struct cohort {
    int64_t size;
    int64_t came[MONTHS];
    int64_t revenue[MONTHS];
} cohort;

/* Months since the year 0. */
static int64_t month_of(const vt_scope *scope, int64_t time)
{
    int64_t year;
    int month, day;
    vt_civil_from_days(vt_zone_day(scope->zone, time), &year, &month, &day);
    return year * 12 + month - 1;
}

static void add_customer(cohort *c, const vt_scope *scope, const vt_order_row *row, int64_t n, int64_t first)
{
    int64_t last = -1;
    c->size++;
    for (int64_t i = 0; i < n; i++) {
        int64_t after = month_of(scope, row[i].time) - first;
        if (after < MONTHS) {
            c->came[after] += after != last;
            c->revenue[after] += row[i].revenue;
        }
        last = after;
    }
}

static void add_table(vt_document *d, const char *id, const char *title, vt_unit unit, const cohort *cohorts, int64_t n,
                      int64_t first, int64_t complete)
{
    vt_document_table(d, id, title);
    vt_document_column(d, "cohort", "First order in", VT_UNIT_TEXT);
    vt_document_column(d, "size", "Customers", VT_UNIT_COUNT);
    for (int m = 0; m < MONTHS; m++) {
        char column[16], name[16];
        snprintf(column, sizeof column, "m%d", m);
        snprintf(name, sizeof name, m == 0 ? "that month" : "+%d", m);
        vt_document_column(d, column, name, unit);
    }
    for (int64_t k = 0; k < n; k++) {
        const cohort *c = &cohorts[k];
        char month[16];
        if (c->size == 0) {
            continue;
        }
        snprintf(month, sizeof month, "%04d-%02d", (int)((first + k) / 12), (int)((first + k) % 12) + 1);
        vt_document_text(d, vt_str_of(month));
        vt_document_number(d, (double)c->size);
        for (int m = 0; m < MONTHS; m++) {
            double value = unit == VT_UNIT_SHARE ? (double)c->came[m] : (double)c->revenue[m];
            vt_document_number(d, first + k + m <= complete ? value / (double)c->size : NAN);
        }
    }
}

/* ---- the second order -------------------------------------------------------------------------------------------- */

static int add_second_order(vt_document *d, const vt_orders *orders, const vt_scope *scope, vt_error *err)
{
    static const double days[DAYS_SHOWN] = {0, 7, 14, 30, 45, 60, 90, 120, 150, 180, 240, 300, 365};
    vt_happened share[DAYS_SHOWN];
    vt_watched *watched = vt_alloc((size_t)orders->n_users, sizeof *watched, err);
    size_t n = 0;
    if (watched == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t u = 0; u < orders->n_users; u++) {
        int64_t count = orders->ptr[u + 1] - orders->ptr[u];
        const vt_order_row *row = orders->row + orders->ptr[u];
        if (count > 0) {
            int64_t end = count > 1 ? row[1].time : scope->period.until;
            watched[n++] = (vt_watched){(double)(end - row[0].time) / 86400, count > 1};
        }
    }
    vt_kaplan_meier(share, days, DAYS_SHOWN, watched, n);
    vt_free(watched);
    vt_document_figure(d, "second_order", share[5].share);
    vt_document_interval(d, share[5].low, share[5].high);
    vt_document_table(d, "second_order", "When does the second order come");
    vt_document_column(d, "days", "Days after the first", VT_UNIT_COUNT);
    vt_document_column(d, "share", "Have ordered again", VT_UNIT_SHARE);
    vt_document_column(d, "share_low", "At least", VT_UNIT_SHARE);
    vt_document_column(d, "share_high", "At most", VT_UNIT_SHARE);
    vt_document_column(d, "at_risk", "Still without, and watched", VT_UNIT_COUNT);
    for (int i = 0; i < DAYS_SHOWN; i++) {
        vt_document_number(d, days[i]);
        vt_document_number(d, share[i].share);
        vt_document_number(d, share[i].low);
        vt_document_number(d, share[i].high);
        vt_document_number(d, (double)share[i].at_risk);
    }
    return VT_OK;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

/* How many of all cohorts came back in the third month, those alone whose third month is over. */
static void say_cohorts(vt_document *d, const cohort *cohorts, int64_t n, int64_t first, int64_t complete)
{
    enum { MONTH = 3 };
    int64_t size = 0, came = 0;
    for (int64_t k = 0; k < n && first + k + MONTH <= complete; k++) {
        size += cohorts[k].size;
        came += cohorts[k].came[MONTH];
    }
    if (size == 0) {
        vt_document_lead(d, "No month of first orders is three months old yet, so it cannot be said who comes back.");
    } else {
        vt_document_lead(d, "Of 100 new customers %.0f order again in the third month after their first order.",
                         100 * (double)came / (double)size);
    }
}

int vt_cohorts_of_shop(vt_document *d, vt_scope *scope, const vt_insight_options *options, vt_error *err)
{
    (void)options;
    vt_orders orders = {0};
    int status = vt_orders_find(&orders, scope, INT64_MIN, scope->period.until, err);
    if (status != VT_OK) {
        return status;
    }
    if (orders.ptr[orders.n_users] == 0) {
        vt_document_lead(d, "No customer has an order up to the end of the period, so there are no cohorts.");
        vt_orders_done(&orders);
        return VT_OK;
    }
    int64_t first = INT64_MAX, last = month_of(scope, scope->period.until - 1);
    for (int32_t u = 0; u < orders.n_users; u++) {
        if (orders.ptr[u + 1] > orders.ptr[u]) {
            int64_t month = month_of(scope, orders.row[orders.ptr[u]].time);
            first = month < first ? month : first;
        }
    }
    int64_t n = last - first + 1;
    /* The month of the period's end counts when nothing of it is left. */
    int64_t complete = month_of(scope, scope->period.until) > last ? last : last - 1;
    cohort *cohorts = vt_alloc_zero((size_t)n, sizeof *cohorts, err);
    status = cohorts == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (int32_t u = 0; status == VT_OK && u < orders.n_users; u++) {
        int64_t count = orders.ptr[u + 1] - orders.ptr[u];
        const vt_order_row *row = orders.row + orders.ptr[u];
        if (count > 0) {
            int64_t month = month_of(scope, row[0].time);
            add_customer(&cohorts[month - first], scope, row, count, month);
        }
    }
    if (status == VT_OK) {
        say_cohorts(d, cohorts, n, first, complete);
        status = add_second_order(d, &orders, scope, err);
        add_table(d, "retention", "Share of a month's new customers who order", VT_UNIT_SHARE, cohorts, n, first,
                  complete);
        add_table(d, "revenue", "Revenue of one customer", VT_UNIT_MONEY, cohorts, n, first, complete);
    }
    vt_free(cohorts);
    vt_orders_done(&orders);
    return status;
}
