/* Lines come nearly in order of time, so the period of a line is found by moving on from that of the line before. */
#include "insight/demand/shop_sales.h"

#include <string.h>

#include "base/alloc.h"
#include "insight/sums.h"

enum { PERIODS_LEAST = 8, SOLD_LEAST = 5 };

void vt_shop_sales_done(vt_shop_sales *s)
{
    vt_free(s->start);
    vt_free(s->period);
    vt_free(s->pieces);
    vt_free(s->units);
    vt_free(s->paid);
    vt_free(s->last);
    *s = (vt_shop_sales){0};
}

/* Counts the lines of each item into start[item + 1], or with `fill` lays them out from start[item] on. */
static void pass(vt_shop_sales *s, const vt_scope *scope, bool fill)
{
    const vt_shop_periods *p = s->periods;
    size_t k = 0;
    vt_lines lines;
    vt_line_span span;
    vt_scope_lines_begin(&lines, scope, p->begin[0], p->begin[p->n]);
    while (vt_lines_next(&lines, &span)) {
        for (int64_t i = 0; i < span.n; i++) {
            int32_t item = span.item[i];
            if (!vt_lines_counts(&lines, &span, i) || span.state[i] == VT_LINE_CANCELLED ||
                !vt_scope_sells(scope, &scope->period, item, span.user[i], span.unit_price[i])) {
                continue;
            }
            vt_sums one = {0};
            vt_sums_add(&one, &span, i);
            if (!fill) {
                s->start[item + 1] += one.units > 0;
                continue;
            }
            while (k > 0 && span.time[i] < p->begin[k]) {
                k--;
            }
            while (k + 1 < p->n && span.time[i] >= p->begin[k + 1]) {
                k++;
            }
            s->revenue[k] += vt_sums_revenue(&one);
            if (one.units > 0) {
                size_t at = s->start[item]++;
                s->period[at] = (int32_t)k;
                s->pieces[at] = one.units;
                s->units[k] += one.units;
                s->reduced[k] += one.discounts > 0 ? one.units : 0;
                int64_t hour = (span.time[i] - p->begin[k]) / 3600;
                s->hour[hour < 23 ? hour : 23] += one.units;
                s->paid[item] += (double)(one.gross - one.discounts);
                s->sold[item] += one.unpriced > 0 ? 0 : one.units;
                s->last[item] = one.last > s->last[item] ? one.last : s->last[item];
            }
        }
    }
}

int vt_shop_sales_find(vt_shop_sales *out, const vt_scope *scope, const vt_shop_periods *periods, vt_error *err)
{
    size_t n_items = (size_t)scope->view->n_items;
    vt_shop_sales s = {.periods = periods, .n_items = n_items};
    s.start = vt_alloc_zero(n_items + 1, sizeof *s.start, err);
    s.units = vt_alloc_zero(3 * periods->n, sizeof *s.units, err);
    s.paid = vt_alloc_zero(2 * n_items, sizeof *s.paid, err);
    s.last = vt_alloc(n_items, sizeof *s.last, err);
    if (s.start == NULL || s.units == NULL || s.paid == NULL || s.last == NULL) {
        vt_shop_sales_done(&s);
        return VT_ERR_NO_MEMORY;
    }
    s.revenue = s.units + periods->n;
    s.reduced = s.revenue + periods->n;
    s.sold = s.paid + n_items;
    pass(&s, scope, false);
    for (size_t i = 0; i < n_items; i++) {
        s.start[i + 1] += s.start[i];
        s.last[i] = VT_NONE;
    }
    s.period = vt_alloc(s.start[n_items], sizeof *s.period, err);
    s.pieces = vt_alloc(s.start[n_items], sizeof *s.pieces, err);
    if (s.period == NULL || s.pieces == NULL) {
        vt_shop_sales_done(&s);
        return VT_ERR_NO_MEMORY;
    }
    pass(&s, scope, true);
    for (size_t i = n_items; i > 0; i--) { /* filling moved each start to the next one */
        s.start[i] = s.start[i - 1];
    }
    s.start[0] = 0;
    *out = s;
    return VT_OK;
}

void vt_shop_sales_add(double *y, const vt_shop_sales *s, int32_t item)
{
    for (size_t k = s->start[item]; k < s->start[item + 1]; k++) {
        y[s->period[k]] += s->pieces[k];
    }
}

double vt_shop_sales_since(const vt_shop_sales *s, int32_t item, size_t from)
{
    double sum = 0;
    for (size_t k = s->start[item]; k < s->start[item + 1]; k++) {
        sum += (size_t)s->period[k] >= from ? s->pieces[k] : 0;
    }
    return sum;
}

double vt_shop_sales_price(const vt_shop_sales *s, const vt_view *view, int32_t item)
{
    int64_t price = vt_view_item_price(view, item);
    return s->sold[item] > 0 ? s->paid[item] / s->sold[item] : price == VT_NONE ? 0 : (double)price;
}

int vt_shop_sales_check(const vt_shop_sales *s, const vt_scope *scope, vt_error *err)
{
    const vt_shop_periods *p = s->periods;
    size_t first = 0, sold = 0;
    while (first < p->n && !(s->units[first] > 0)) {
        first++;
    }
    for (size_t k = first; k < p->n; k++) {
        sold += s->units[k] > 0;
    }
    if (sold == 0) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       vt_scope_filters(scope)
                           ? "nothing that passes the filters was sold in a whole %s, so no demand can be foreseen"
                           : "there is no whole %s with sales up to the end of the period, so no demand can be "
                             "foreseen; import orders, or ask for a period that ends later",
                       p->unit);
    }
    if (p->n - first < PERIODS_LEAST) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "a forecast needs %d whole %ss since the first sale, and there %s %zu%s", PERIODS_LEAST, p->unit,
                       p->n - first == 1 ? "is" : "are", p->n - first,
                       p->season == 7 ? "" : "; shorter periods may do (unit day)");
    }
    if (sold < SOLD_LEAST) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "only %zu of the %zu %ss since the first sale have sales; a forecast needs %d", sold,
                       p->n - first, p->unit, SOLD_LEAST);
    }
    return VT_OK;
}
