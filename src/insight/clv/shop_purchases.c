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
    vt_free(p->shown);
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

static int choose_shown(vt_shop_purchases *p, const vt_scope *scope, vt_error *err)
{
    if (scope->user_passes == NULL && scope->customers < 0) {
        return VT_OK;
    }
    p->shown = vt_alloc(p->purchases.n_customers, sizeof *p->shown, err);
    for (int32_t u = 0; p->shown != NULL && u < scope->view->n_users; u++) {
        p->shown[u] = (scope->user_passes == NULL || scope->user_passes[u] != 0) &&
                      (scope->customers < 0 || (int)vt_scope_customer(scope, &scope->period, u) == scope->customers);
    }
    p->purchases.shown = p->shown;
    return p->shown == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

int vt_shop_purchases_find(vt_shop_purchases *out, const vt_scope *scope, vt_error *err)
{
    vt_shop_purchases p = {.purchases.n_customers = (size_t)scope->view->n_users};
    vt_scope goods = *scope;
    goods.user_passes = NULL;
    goods.customers = -1;
    vt_period always = vt_scope_always(scope);
    vt_lines lines;
    vt_line_span span;
    int status = choose_shown(&p, scope, err);
    vt_lines_begin(&lines, scope->view, always.from, always.until);
    while (status == VT_OK && vt_lines_next(&lines, &span)) {
        for (int64_t i = 0; i < span.n && status == VT_OK; i++) {
            if (vt_lines_counts(&lines, &span, i) && span.kind[i] == VT_EVENT_PURCHASE && span.user[i] >= 0 &&
                span.state[i] != VT_LINE_CANCELLED &&
                vt_scope_sells(&goods, &always, span.item[i], span.user[i], span.unit_price[i])) {
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
