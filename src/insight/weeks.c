/* Week after week, so that a line's week is known. */
#include "insight/weeks.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/clock.h"

enum { DAYS = 7, DAY = 86400 };

void vt_weeks_done(vt_weeks *weeks)
{
    vt_free(weeks->revenue);
    *weeks = (vt_weeks){0};
}

static void sum_week(double *revenue, const vt_scope *scope, const vt_period *week, vt_group_by by,
                     const int32_t *of_item)
{
    vt_lines lines;
    vt_line_span span;
    vt_scope_lines_begin(&lines, scope, week->from, week->until);
    while (vt_lines_next(&lines, &span)) {
        for (int64_t i = 0; i < span.n; i++) {
            if (!vt_lines_counts(&lines, &span, i) ||
                !vt_scope_sells(scope, week, span.item[i], span.user[i], span.unit_price[i])) {
                continue;
            }
            int32_t group = by == VT_BY_CUSTOMER ? (int32_t)vt_scope_customer(scope, week, span.user[i])
                            : of_item == NULL    ? span.item[i]
                                                 : of_item[span.item[i]];
            if (group >= 0) {
                revenue[group] += (double)vt_line_revenue(&span, i);
            }
        }
    }
}

/* Weeks up to the day `last` that the shop has sales for, between VT_WEEKS and `most`. */
static int weeks_with_sales(const vt_scope *scope, int64_t last, int most)
{
    int64_t first = vt_scope_first_time(scope->view);
    int64_t weeks = first == VT_NONE ? 0 : (last + 1 - vt_zone_day(scope->zone, first)) / DAYS;
    return weeks < VT_WEEKS ? VT_WEEKS : weeks < most ? (int)weeks : most;
}

int vt_weeks_find(vt_weeks *out, int n_weeks, const vt_scope *scope, vt_group_by by, const int32_t *of_item, int32_t n,
                  vt_error *err)
{
    vt_weeks w = {.n = n};
    int64_t last = scope->period.unfinished ? scope->period.last - 1 : scope->period.last;
    w.n_weeks = weeks_with_sales(scope, last, n_weeks);
    w.revenue = vt_alloc_zero((size_t)n * (size_t)w.n_weeks, sizeof *w.revenue, err);
    if (w.revenue == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int k = 0; k < w.n_weeks; k++) {
        vt_period *week = &w.week[k];
        week->first = last - (int64_t)(w.n_weeks - k) * DAYS + 1;
        week->last = week->first + DAYS - 1;
        week->from = vt_day_begin(scope->zone, week->first);
        week->until = vt_day_begin(scope->zone, week->last + 1);
        sum_week(w.revenue + (size_t)k * (size_t)n, scope, week, by, of_item);
    }
    *out = w;
    return VT_OK;
}

double vt_weeks_total(const vt_weeks *w, int32_t group)
{
    double sum = 0;
    for (int k = 0; k < w->n_weeks; k++) {
        sum += w->revenue[(size_t)k * (size_t)w->n + (size_t)group];
    }
    return sum;
}

void vt_weeks_table(vt_document *d, const vt_weeks *w, const char *id, const char *title, const char *what)
{
    vt_document_table(d, id, title);
    vt_document_column(d, "name", what, VT_UNIT_TEXT);
    for (int k = 0; k < w->n_weeks; k++) {
        char week[8], date[16];
        snprintf(week, sizeof week, "w%02d", k + 1);
        vt_format_date(date, w->week[k].first * DAY);
        vt_document_column(d, week, date, VT_UNIT_MONEY);
    }
}

void vt_weeks_row(vt_document *d, const vt_weeks *w, vt_str name, int32_t group)
{
    vt_document_text(d, name);
    for (int k = 0; k < w->n_weeks; k++) {
        vt_document_number(d, w->revenue[(size_t)k * (size_t)w->n + (size_t)group]);
    }
}
