/* Purchases sorted by customer and day; each run of one day becomes one entry. */
#include "insight/rhythm/order_days.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "math/quantile.h"

enum { QUARTILES_FROM = 3 };

typedef struct bought {
    int64_t day;
    double amount;
    int32_t customer;
} bought;

void vt_order_days_done(vt_order_days *days)
{
    vt_free(days->ptr);
    vt_free(days->day);
    vt_free(days->amount);
    *days = (vt_order_days){0};
}

static int by_customer_and_day(const void *a, const void *b)
{
    const bought *x = a, *y = b;
    if (x->customer != y->customer) {
        return x->customer < y->customer ? -1 : 1;
    }
    return (x->day > y->day) - (x->day < y->day);
}

int vt_order_days_find(vt_order_days *out, const vt_clv_purchases *p, vt_error *err)
{
    vt_order_days days = {.n_customers = p->n_customers};
    bought *list = vt_alloc(p->n, sizeof *list, err);
    days.ptr = vt_alloc_zero(p->n_customers + 1, sizeof *days.ptr, err);
    days.day = vt_alloc(p->n, sizeof *days.day, err);
    days.amount = vt_alloc(p->n, sizeof *days.amount, err);
    if (list == NULL || days.ptr == NULL || days.day == NULL || days.amount == NULL) {
        vt_free(list);
        vt_order_days_done(&days);
        return VT_ERR_NO_MEMORY;
    }
    size_t n = 0, found = 0;
    for (size_t i = 0; i < p->n; i++) {
        double amount = p->amount == NULL ? 0.0 : p->amount[i];
        if (amount >= 0.0) {
            list[n++] = (bought){p->day[i], amount, p->customer[i]};
        }
    }
    if (n > 0) {
        qsort(list, n, sizeof *list, by_customer_and_day);
    }
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && by_customer_and_day(&list[i - 1], &list[i]) == 0) {
            days.amount[found - 1] += list[i].amount;
        } else {
            days.day[found] = list[i].day;
            days.amount[found++] = list[i].amount;
            days.ptr[list[i].customer + 1]++;
        }
    }
    for (size_t c = 0; c < p->n_customers; c++) {
        days.ptr[c + 1] += days.ptr[c];
    }
    vt_free(list);
    *out = days;
    return VT_OK;
}

size_t vt_order_days_gaps(double *gaps, const vt_order_days *days, size_t c)
{
    size_t n = 0;
    for (size_t i = days->ptr[c] + 1; i < days->ptr[c + 1]; i++) {
        gaps[n++] = (double)(days->day[i] - days->day[i - 1]);
    }
    return n;
}

vt_gap_quartiles vt_gap_quartiles_of(double *gaps, size_t n)
{
    vt_sort_reals(gaps, n);
    vt_gap_quartiles q = {n, NAN, vt_quantile(gaps, n, .5), NAN};
    if (n >= QUARTILES_FROM) {
        q.low = vt_quantile(gaps, n, .25);
        q.high = vt_quantile(gaps, n, .75);
    }
    return q;
}
