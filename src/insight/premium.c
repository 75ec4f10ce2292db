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

/* Revenue of each customer in the 365 days up to the period's end; `revenue` (U) is zeroed. */
static void revenue_of_year(int64_t *revenue, const vt_scope *scope)
{
    int64_t from = vt_day_begin(scope->zone, scope->period.last - YEAR + 1);
    vt_lines lines;
    vt_line_span span;
    vt_lines_begin(&lines, scope->view, from, scope->period.until);
    while (vt_lines_next(&lines, &span)) {
        for (int64_t i = 0; i < span.n; i++) {
            if (span.user[i] >= 0 && vt_lines_counts(&lines, &span, i)) {
                revenue[span.user[i]] += vt_line_revenue(&span, i);
            }
        }
    }
}

/* The tenth of the customers who brought most in a year. */
static int find_top_tenth(uint8_t *premium, const vt_scope *scope, vt_error *err)
{
    size_t n_users = (size_t)scope->view->n_users, n = 0;
    int64_t *revenue = vt_alloc_zero(n_users, sizeof *revenue, err);
    int64_t *ordered = vt_alloc(n_users, sizeof *ordered, err);
    int status = revenue == NULL || ordered == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    if (status == VT_OK) {
        revenue_of_year(revenue, scope);
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
    if (scope->premium != NULL) {
        return VT_OK;
    }
    uint8_t *premium = vt_alloc_zero((size_t)scope->view->n_users, 1, err);
    vt_attribute_column tier = {0};
    int status = premium == NULL ? VT_ERR_NO_MEMORY : vt_view_user_column(&tier, scope->view, vt_str_of("tier"), err);
    if (status == VT_OK && tier.n_values > 0) {
        vt_view_users_with(premium, scope->view, vt_str_of("tier=premium"));
    } else if (status == VT_OK) {
        status = find_top_tenth(premium, scope, err);
    }
    vt_attribute_column_done(&tier);
    if (status != VT_OK) {
        vt_free(premium);
        return status;
    }
    scope->premium = premium;
    return VT_OK;
}
