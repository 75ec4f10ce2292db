/* Weeks are summed one by one; a share is of the sums of eight, so that a quiet week does not make a leader. */
#include "insight/shares.h"

#include <string.h>

#include "base/alloc.h"
#include "insight/groups.h"

enum { DAYS = 7, WEEKS = 52, MEAN = 8 };

/* Revenue by week (n) and group (G) of the weeks that end with the day `last`. */
static int sum_weeks(double *revenue, size_t n, vt_groups *groups, const vt_scope *scope, int64_t last, vt_error *err)
{
    size_t n_groups = (size_t)groups->now.n;
    int status = VT_OK;
    for (size_t k = 0; k < n && status == VT_OK; k++) {
        vt_sums total;
        vt_period week = {.last = last - (int64_t)(n - 1 - k) * DAYS};
        week.first = week.last - DAYS + 1;
        week.from = vt_day_begin(scope->zone, week.first);
        week.until = vt_day_begin(scope->zone, week.last + 1);
        memset(groups->now.sums, 0, n_groups * sizeof *groups->now.sums);
        status = vt_sales_sum(&total, scope, &week, &groups->now, 1, err);
        for (size_t g = 0; g < n_groups; g++) {
            revenue[k * n_groups + g] = vt_sums_revenue(&groups->now.sums[g]);
        }
    }
    return status;
}

static double total_of(const double *revenue, size_t n, size_t n_groups, size_t group)
{
    double sum = 0;
    for (size_t k = 0; k < n; k++) {
        sum += fabs(revenue[k * n_groups + group]);
    }
    return sum;
}

static void add_rows(vt_document *d, const double *revenue, size_t n, const vt_groups *groups, int64_t last)
{
    size_t n_groups = (size_t)groups->now.n;
    vt_document_table(d, "category_shares", "Who takes share from whom");
    vt_document_column(d, "week", "Week from", VT_UNIT_DATE);
    vt_document_column(d, "category", "Category", VT_UNIT_TEXT);
    vt_document_metric(d, "share");
    for (size_t k = MEAN - 1; k < n; k++) {
        double all = 0;
        for (size_t i = (k + 1 - MEAN) * n_groups; i < (k + 1) * n_groups; i++) {
            all += revenue[i];
        }
        for (size_t g = 0; g < n_groups; g++) {
            double own = 0;
            if (!(total_of(revenue, n, n_groups, g) > 0)) {
                continue; /* nothing was sold of it in all the weeks */
            }
            for (size_t w = k + 1 - MEAN; w <= k; w++) {
                own += revenue[w * n_groups + g];
            }
            vt_document_number(d, (double)(last - (int64_t)(n - 1 - k) * DAYS - DAYS + 1));
            vt_document_text(d, vt_str_of(groups->name[g]));
            vt_document_number(d, vt_ratio(own, all));
        }
    }
}

int vt_shares_add(vt_document *d, const vt_scope *scope, const char *category, vt_error *err)
{
    vt_period always = vt_scope_always(scope);
    int64_t last = scope->period.unfinished ? scope->period.last - 1 : scope->period.last;
    size_t n = last >= always.first ? (size_t)(last - always.first + 1) / DAYS : 0;
    n = n > WEEKS + MEAN - 1 ? WEEKS + MEAN - 1 : n;
    if (n < MEAN) {
        return VT_OK;
    }
    vt_groups groups = {0};
    int status = vt_groups_make(&groups, VT_GROUPS_CATEGORY, scope, category, err);
    double *revenue = status == VT_OK ? vt_alloc((size_t)groups.now.n, n * sizeof *revenue, err) : NULL;
    status = status == VT_OK && revenue == NULL ? VT_ERR_NO_MEMORY : status;
    status = status == VT_OK ? sum_weeks(revenue, n, &groups, scope, last, err) : status;
    if (status == VT_OK) {
        add_rows(d, revenue, n, &groups, last);
    }
    vt_free(revenue);
    vt_groups_done(&groups);
    return status;
}
