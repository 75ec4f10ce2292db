/* Lines are sorted by customer and order, and each run of one order becomes a row. */
#include "insight/orders.h"

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

static int collect(lines *out, const vt_scope *scope, int64_t from, int64_t until, vt_error *err)
{
    vt_lines it;
    vt_line_span span;
    int status = VT_OK;
    vt_lines_begin(&it, scope->view, from, until);
    while (status == VT_OK && vt_lines_next(&it, &span)) {
        for (int64_t i = 0; i < span.n && status == VT_OK; i++) {
            if (!vt_lines_counts(&it, &span, i) || span.kind[i] != VT_EVENT_PURCHASE ||
                span.state[i] == VT_LINE_CANCELLED ||
                !vt_scope_sells(scope, &scope->period, span.item[i], span.user[i], span.unit_price[i])) {
                continue;
            }
            status = vt_alloc_next(&out->row, &out->capacity, out->n, sizeof *out->row, err);
            if (status == VT_OK) {
                vt_sums sums = {0};
                vt_sums_add(&sums, &span, i);
                bool numbered = span.order[i] >= 0, guest = span.user[i] < 0;
                int64_t order =
                    numbered ? span.order[i] : (int64_t)scope->view->n_orders + vt_zone_day(scope->zone, span.time[i]);
                int64_t paid = sums.gross - sums.discounts;
                out->row[out->n++] = (sold){span.time[i],
                                            paid,
                                            paid - sums.returns,
                                            order,
                                            guest ? scope->view->n_users : span.user[i],
                                            guest && !numbered ? span.session[i] : -1};
            }
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
        if (found.n > 0) {
            qsort(found.row, found.n, sizeof *found.row, by_order);
        }
        int64_t n = 0;
        for (size_t i = 0; i < found.n; i++) {
            const sold *s = &found.row[i];
            bool same = i > 0 && s[-1].user == s->user && s[-1].visit == s->visit && s[-1].order == s->order;
            if (same) {
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
