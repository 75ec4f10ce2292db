/* Who is premium: by the tier that the shop tells, else by the revenue of a year. */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "insight/scope.h"
#include "insight/sums.h"
#include "live/attributes.h"

enum { YEAR = 365 };

static int compare_down(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x < y) - (x > y);
}

/* Revenue of each customer in a span of time; `revenue` (U) is zeroed. */
static void sum_revenue(int64_t *revenue, const vt_scope *scope, int64_t from, int64_t until)
{
    vt_lines lines;
    vt_line_span span;
    vt_scope_lines_begin(&lines, scope, from, until);
    while (vt_lines_next(&lines, &span)) {
        for (int64_t i = 0; i < span.n; i++) {
            if (span.user[i] >= 0 && vt_lines_counts(&lines, &span, i)) {
                revenue[span.user[i]] += vt_line_revenue(&span, i);
            }
        }
    }
}

/* The tenth of the customers who brought most in a span of time. */
static int find_top_tenth(uint8_t *premium, const vt_scope *scope, int64_t from, int64_t until, vt_error *err)
{
    size_t n_users = (size_t)scope->view->n_users, n = 0;
    int64_t *revenue = vt_alloc_zero(n_users, sizeof *revenue, err);
    int64_t *ordered = vt_alloc(n_users, sizeof *ordered, err);
    int status = revenue == NULL || ordered == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    if (status == VT_OK) {
        sum_revenue(revenue, scope, from, until);
        for (size_t u = 0; u < n_users; u++) {
            if (revenue[u] > 0) {
                ordered[n++] = revenue[u];
            }
        }
        qsort(ordered, n, sizeof *ordered, compare_down);
        int64_t least = n / 10 == 0 ? INT64_MAX : ordered[n / 10 - 1];
        for (size_t u = 0; u < n_users; u++) {
            premium[u] = revenue[u] >= least;
        }
    }
    vt_free(ordered);
    vt_free(revenue);
    return status;
}

int vt_scope_find_premium(vt_scope *scope, vt_error *err)
{
    const vt_view *view = scope->view;
    if (scope->premium != NULL) {
        return VT_OK;
    }
    /* A day that is not over ends with its newest event, so that questions of one day and one view share the answer. */
    int64_t last = vt_view_last_time(view);
    const vt_memo_key key = {VT_MEMO_PREMIUM, vt_day_begin(scope->zone, scope->period.last - YEAR + 1),
                             last < scope->period.until ? last + 1 : scope->period.until};
    scope->premium = vt_view_recall(view, key);
    if (scope->premium != NULL) {
        return VT_OK;
    }
    vt_memo *premium = NULL;
    vt_attribute_column tier = {0};
    int status = vt_memo_create(&premium, key, (size_t)view->n_users, err);
    status = status != VT_OK ? status : vt_view_user_column(&tier, view, vt_str_of("tier"), err);
    if (status == VT_OK && tier.n_values > 0) {
        vt_view_users_with(premium->bytes, view, vt_str_of("tier=premium"));
    } else if (status == VT_OK) {
        status = find_top_tenth(premium->bytes, scope, key.first, key.second, err);
    }
    vt_attribute_column_done(&tier);
    if (status != VT_OK) {
        vt_memo_release(premium);
        return status;
    }
    vt_view_remember(view, premium);
    scope->premium = premium;
    return VT_OK;
}
