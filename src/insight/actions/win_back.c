/* Customers who ordered often and have been silent for long. */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "insight/actions/actions.h"
#include "insight/offers.h"
#include "insight/segments.h"

#define BACK .10 /* of customers who are written to and order again: assumed, with 5 to 15 % as interval */
#define BACK_LOW .05
#define BACK_HIGH .15

static int by_revenue(const void *a, const void *b)
{
    const vt_write_to *x = a, *y = b;
    if (x->revenue != y->revenue) {
        return x->revenue > y->revenue ? -1 : 1;
    }
    return (x->user > y->user) - (x->user < y->user);
}

/* Those at risk, and what they ordered and brought together. */
static int list_customers(vt_actions *a, double *orders, double *revenue, vt_error *err)
{
    vt_segments segments = {0};
    int32_t n_users = a->scope->view->n_users;
    int status = vt_segments_find(&segments, a->scope, err);
    a->write_to = status == VT_OK ? vt_alloc((size_t)n_users, sizeof *a->write_to, err) : NULL;
    status = status == VT_OK && a->write_to == NULL ? VT_ERR_NO_MEMORY : status;
    for (int32_t u = 0; status == VT_OK && u < n_users; u++) {
        const vt_sums *s = &segments.sums[u];
        if (segments.of_user[u] == (int8_t)VT_SEGMENT_AT_RISK) {
            a->write_to[a->n_write_to++] = (vt_write_to){vt_sums_revenue(s), s->orders, s->last, u};
            *revenue += vt_sums_revenue(s);
            *orders += (double)s->orders;
        }
    }
    vt_segments_done(&segments);
    if (status == VT_OK && a->n_write_to > 0) {
        qsort(a->write_to, a->n_write_to, sizeof *a->write_to, by_revenue);
    }
    return status;
}

int vt_actions_find_win_back(vt_actions *a, vt_error *err)
{
    double revenue = 0, orders = 0;
    int status = list_customers(a, &orders, &revenue, err);
    if (status != VT_OK || !(orders > 0) || !(revenue > 0)) {
        return status;
    }
    double n = (double)a->n_write_to, once = n * revenue / orders;
    vt_action *row = vt_actions_add(a, VT_ACTION_WIN_BACK, -1, err);
    if (row == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    snprintf(row->what, sizeof row->what, "Write to %zu customer%s who used to buy often", a->n_write_to,
             a->n_write_to == 1 ? "" : "s");
    snprintf(row->reason, sizeof row->reason,
             "They had %.1f orders each and are among the two fifths who have been silent longest. Assumed: 5 to 15 %% "
             "of them order once more.",
             orders / n);
    row->money = BACK * once;
    row->low = BACK_LOW * once;
    row->high = BACK_HIGH * once;
    row->evidence = n;
    return VT_OK;
}

int vt_actions_show_write_to(vt_document *d, const vt_actions *a, size_t rows, vt_error *err)
{
    vt_offers offers = {0};
    if (a->n_write_to == 0) {
        return VT_OK;
    }
    int status = vt_offers_read(&offers, a->scope, NULL, err);
    if (status != VT_OK) {
        return status;
    }
    vt_document_table(d, "write_to", "Whom to write to, and what to offer");
    vt_document_column(d, "customer", "Customer", VT_UNIT_TEXT);
    vt_document_metric(d, "revenue");
    vt_document_metric(d, "orders");
    vt_document_column(d, "last", "Last order", VT_UNIT_DATE);
    vt_document_column(d, "next_items", "May buy next", VT_UNIT_TEXT);
    for (size_t i = 0; i < a->n_write_to && i < rows; i++) {
        const vt_write_to *w = &a->write_to[i];
        vt_document_text(d, vt_scope_user(d, a->scope->view, w->user));
        vt_document_number(d, w->revenue);
        vt_document_number(d, (double)w->orders);
        vt_document_number(d, (double)vt_zone_day(a->scope->zone, w->last));
        vt_offers_show(d, &offers, a->scope->view, w->user);
    }
    vt_offers_note(d, &offers);
    vt_offers_done(&offers);
    return VT_OK;
}
