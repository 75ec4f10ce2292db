/*
 * Lines are sorted by customer and order, and each run of one order becomes a row. Where money alone is wanted,
 * numbered orders are summed in place instead, which takes no memory for lines.
 */
#include "insight/orders.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "insight/sums.h"

/* A sold line. */
typedef struct sold {
    int64_t time, paid, revenue;
    int64_t order; /* behind all numbers the day, where there is none */
    int32_t user;  /* U: a guest */
    int32_t visit; /* of a guest's line without a number; else -1 */
} sold;

typedef struct lines {
    sold *row;
    size_t n, capacity;
} lines;

void vt_orders_done(vt_orders *orders)
{
    vt_free(orders->ptr);
    vt_free(orders->row);
    *orders = (vt_orders){0};
}

static int by_order(const void *a, const void *b)
{
    const sold *x = a, *y = b;
    if (x->user != y->user) {
        return x->user < y->user ? -1 : 1;
    }
    if (x->visit != y->visit) {
        return x->visit < y->visit ? -1 : 1;
    }
    return x->order != y->order ? (x->order < y->order ? -1 : 1) : (x->time > y->time) - (x->time < y->time);
}

static int by_time(const void *a, const void *b)
{
    const vt_order_row *x = a, *y = b;
    return (x->time > y->time) - (x->time < y->time);
}

/* What line `i` adds to an order; false: to none. */
static bool read_line(sold *out, const vt_scope *scope, const vt_lines *it, const vt_line_span *span, int64_t i)
{
    if (!vt_lines_counts(it, span, i) || span->kind[i] != VT_EVENT_PURCHASE || span->state[i] == VT_LINE_CANCELLED ||
        !vt_scope_sells(scope, &scope->period, span->item[i], span->user[i], span->unit_price[i])) {
        return false;
    }
    vt_line_money m = vt_line_money_of(span, i);
    bool numbered = span->order[i] >= 0, guest = span->user[i] < 0;
    int64_t paid = m.gross - m.discount;
    *out = (sold){.time = span->time[i],
                  .paid = paid,
                  .revenue = paid - m.refunded,
                  .order = numbered ? span->order[i]
                                    : (int64_t)scope->view->n_orders + vt_zone_day(scope->zone, span->time[i]),
                  .user = guest ? scope->view->n_users : span->user[i],
                  .visit = guest && !numbered ? span->session[i] : -1};
    return true;
}

static int add_line(lines *out, const sold *line, vt_error *err)
{
    int status = vt_alloc_next(&out->row, &out->capacity, out->n, sizeof *out->row, err);
    if (status == VT_OK) {
        out->row[out->n++] = *line;
    }
    return status;
}

static void sort_lines(lines *found)
{
    if (found->n > 0) {
        qsort(found->row, found->n, sizeof *found->row, by_order);
    }
}

/* Whether sorted line `i` goes on with the order of the one before. */
static bool goes_on(const lines *found, size_t i)
{
    const sold *s = &found->row[i];
    return i > 0 && s[-1].user == s->user && s[-1].visit == s->visit && s[-1].order == s->order;
}

static int collect(lines *out, const vt_scope *scope, int64_t from, int64_t until, vt_error *err)
{
    vt_lines it;
    vt_line_span span;
    sold line;
    int status = VT_OK;
    vt_scope_lines_begin(&it, scope, from, until);
    while (status == VT_OK && vt_lines_next(&it, &span)) {
        for (int64_t i = 0; i < span.n && status == VT_OK; i++) {
            status = read_line(&line, scope, &it, &span, i) ? add_line(out, &line, err) : VT_OK;
        }
    }
    return status;
}

int vt_orders_find(vt_orders *out, const vt_scope *scope, int64_t from, int64_t until, vt_error *err)
{
    int32_t n_users = scope->view->n_users;
    lines found = {0};
    vt_orders orders = {.n_users = n_users};
    int status = collect(&found, scope, from, until, err);
    orders.ptr = vt_alloc_zero((size_t)n_users + 2, sizeof *orders.ptr, err);
    orders.row = vt_alloc(found.n, sizeof *orders.row, err);
    if (status == VT_OK && (orders.ptr == NULL || orders.row == NULL)) {
        status = VT_ERR_NO_MEMORY;
    }
    if (status == VT_OK) {
        sort_lines(&found);
        int64_t n = 0;
        for (size_t i = 0; i < found.n; i++) {
            const sold *s = &found.row[i];
            if (goes_on(&found, i)) {
                orders.row[n - 1].paid += s->paid;
                orders.row[n - 1].revenue += s->revenue;
            } else {
                orders.row[n++] = (vt_order_row){s->time, s->paid, s->revenue};
                orders.ptr[s->user + 1]++;
            }
        }
        for (int32_t u = 0; u <= n_users; u++) {
            orders.ptr[u + 1] += orders.ptr[u];
            qsort(orders.row + orders.ptr[u], (size_t)(orders.ptr[u + 1] - orders.ptr[u]), sizeof *orders.row, by_time);
        }
        *out = orders;
    } else {
        vt_orders_done(&orders);
    }
    vt_free(found.row);
    return status;
}

/* Sums of numbered orders by number, NaN for those without a line, into `paid` (orders); other lines into `loose`. */
static int sum_orders(double *paid, lines *loose, const vt_scope *scope, int64_t from, int64_t until, vt_error *err)
{
    vt_lines it;
    vt_line_span span;
    sold line;
    int status = VT_OK;
    for (int32_t o = 0; o < scope->view->n_orders; o++) {
        paid[o] = NAN;
    }
    vt_scope_lines_begin(&it, scope, from, until);
    while (status == VT_OK && vt_lines_next(&it, &span)) {
        for (int64_t i = 0; i < span.n && status == VT_OK; i++) {
            if (!read_line(&line, scope, &it, &span, i)) {
                continue;
            }
            if (line.order >= scope->view->n_orders) {
                status = add_line(loose, &line, err);
            } else {
                paid[line.order] = (isnan(paid[line.order]) ? 0.0 : paid[line.order]) + (double)line.paid;
            }
        }
    }
    return status;
}

int vt_orders_paid(double **out, size_t *n, const vt_scope *scope, int64_t from, int64_t until, vt_error *err)
{
    size_t n_orders = (size_t)scope->view->n_orders, count = 0, k = 0;
    lines loose = {0};
    double *paid = NULL, *sums = vt_alloc(n_orders, sizeof *sums, err);
    int status = sums == NULL ? VT_ERR_NO_MEMORY : sum_orders(sums, &loose, scope, from, until, err);
    if (status == VT_OK) {
        sort_lines(&loose);
        for (size_t o = 0; o < n_orders; o++) {
            count += isnan(sums[o]) ? 0U : 1U;
        }
        for (size_t i = 0; i < loose.n; i++) {
            count += goes_on(&loose, i) ? 0U : 1U;
        }
        paid = vt_alloc_zero(count, sizeof *paid, err);
        status = paid == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    for (size_t o = 0; status == VT_OK && o < n_orders; o++) {
        if (!isnan(sums[o])) {
            paid[k++] = sums[o];
        }
    }
    for (size_t i = 0; status == VT_OK && i < loose.n; i++) {
        k += goes_on(&loose, i) ? 0U : 1U;
        paid[k - 1] += (double)loose.row[i].paid;
    }
    vt_free(sums);
    vt_free(loose.row);
    if (status == VT_OK) {
        *out = paid;
        *n = count;
    }
    return status;
}
