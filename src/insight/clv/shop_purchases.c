/* Lists grow as lines come; a line that came back in part or whole is worth the rest. */
#include "insight/clv/shop_purchases.h"

#include <math.h>

#include "base/alloc.h"
#include "insight/sums.h"

void vt_shop_purchases_done(vt_shop_purchases *p)
{
    vt_free(p->customer);
    vt_free(p->day);
    vt_free(p->amount);
    *p = (vt_shop_purchases){0};
}

static int add_line(vt_shop_purchases *p, const vt_scope *scope, const vt_line_span *span, int64_t i, vt_error *err)
{
    vt_sums sums = {0};
    size_t n = p->purchases.n;
    int status = vt_alloc_next(&p->customer, &p->capacity[0], n, sizeof *p->customer, err);
    status = status != VT_OK ? status : vt_alloc_next(&p->day, &p->capacity[1], n, sizeof *p->day, err);
    status = status != VT_OK ? status : vt_alloc_next(&p->amount, &p->capacity[2], n, sizeof *p->amount, err);
    if (status != VT_OK) {
        return status;
    }
    vt_sums_add(&sums, span, i);
    p->customer[n] = span->user[i];
    p->day[n] = vt_zone_day(scope->zone, span->time[i]);
    p->amount[n] = fmax(vt_sums_revenue(&sums), 0.0);
    p->unpriced += span->unit_price[i] == VT_NONE;
    p->purchases.n++;
    return VT_OK;
}

int vt_shop_purchases_find(vt_shop_purchases *out, const vt_scope *scope, vt_error *err)
{
    vt_shop_purchases p = {.purchases.n_customers = (size_t)scope->view->n_users};
    vt_period always = vt_scope_always(scope);
    vt_lines lines;
    vt_line_span span;
    int status = VT_OK;
    vt_lines_begin(&lines, scope->view, always.from, always.until);
    while (status == VT_OK && vt_lines_next(&lines, &span)) {
        for (int64_t i = 0; i < span.n && status == VT_OK; i++) {
            if (vt_lines_counts(&lines, &span, i) && span.kind[i] == VT_EVENT_PURCHASE && span.user[i] >= 0 &&
                span.state[i] != VT_LINE_CANCELLED &&
                vt_scope_sells(scope, &always, span.item[i], span.user[i], span.unit_price[i])) {
                status = add_line(&p, scope, &span, i, err);
            }
        }
    }
    if (status != VT_OK) {
        vt_shop_purchases_done(&p);
        return status;
    }
    p.purchases.customer = p.customer;
    p.purchases.day = p.day;
    p.purchases.amount = p.amount;
    *out = p;
    return VT_OK;
}
