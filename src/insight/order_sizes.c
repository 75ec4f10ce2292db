/* Bands are of one round width, up to the size that one order of twenty passes; the last is open. */
#include "insight/order_sizes.h"

#include "base/alloc.h"
#include "insight/orders.h"
#include "insight/sentence.h"
#include "math/quantile.h"

enum { BANDS = 10 };

#define MOST .95 /* of orders lie in bands that are closed */

/* Sizes in ascending order. */
typedef struct sizes {
    double *paid; /* (n) minor units */
    size_t n;
} sizes;

static int sizes_find(sizes *out, const vt_scope *scope, const vt_period *period, vt_error *err)
{
    int status = vt_orders_paid(&out->paid, &out->n, scope, period->from, period->until, err);
    if (status == VT_OK) {
        vt_sort_reals(out->paid, out->n);
    }
    return status;
}

/* 1, 2 or 5 times a power of ten: the least such width with which the bands reach `most`; minor units. */
static double round_width(double most)
{
    static const double steps[] = {1, 2, 5};
    for (double power = 1;; power *= 10) {
        for (size_t k = 0; k < sizeof steps / sizeof steps[0]; k++) {
            if (steps[k] * power * (BANDS - 1) > most) {
                return steps[k] * power;
            }
        }
    }
}

static void add_bands(vt_document *d, const sizes *s)
{
    double width = round_width(fmax(0, vt_quantile(s->paid, s->n, MOST)));
    double median = vt_quantile(s->paid, s->n, .5), all = 0;
    for (size_t i = 0; i < s->n; i++) {
        all += s->paid[i];
    }
    vt_document_table(d, "order_sizes", "How big is an order");
    vt_document_column(d, "from", "From", VT_UNIT_MONEY);
    vt_document_column(d, "below", "Below", VT_UNIT_MONEY);
    vt_document_metric(d, "orders");
    vt_document_metric(d, "share");
    vt_document_column(d, "money_share", "Share of the money", VT_UNIT_SHARE);
    vt_document_column(d, "median", "Holds the median", VT_UNIT_TEXT);
    size_t i = 0;
    for (int b = 0; b < BANDS; b++) {
        bool open = b == BANDS - 1;
        double from = b * width, below = open ? INFINITY : from + width, money = 0;
        size_t begin = i;
        for (; i < s->n && s->paid[i] < below; i++) {
            money += s->paid[i];
        }
        vt_document_number(d, from);
        vt_document_number(d, open ? NAN : below);
        vt_document_number(d, (double)(i - begin));
        vt_document_number(d, (double)(i - begin) / (double)s->n);
        vt_document_number(d, all > 0 ? money / all : NAN);
        vt_document_text(d, median >= from && median < below ? vt_str_of("yes") : (vt_str){NULL, 0});
    }
}

int vt_order_sizes_add(vt_document *d, const vt_scope *scope, vt_error *err)
{
    sizes now = {0}, before = {0};
    int status = sizes_find(&now, scope, &scope->period, err);
    if (status == VT_OK && vt_scope_compares(scope)) {
        status = sizes_find(&before, scope, &scope->before, err);
    }
    if (status == VT_OK && now.n > 0) {
        char low[64], high[64];
        vt_document_compared(d, "median_order", vt_quantile(now.paid, now.n, .5),
                             vt_quantile(before.paid, before.n, .5));
        vt_insight_format(low, vt_quantile(now.paid, now.n, .25), VT_UNIT_MONEY, scope->view->currency);
        vt_insight_format(high, vt_quantile(now.paid, now.n, .75), VT_UNIT_MONEY, scope->view->currency);
        if (now.n >= VT_ORDERS_LEAST) {
            vt_document_remark(d, "half of the orders are between %s and %s", low, high);
        }
        add_bands(d, &now);
    }
    vt_free(now.paid);
    vt_free(before.paid);
    return status;
}
