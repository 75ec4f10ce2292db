/* Events are counted by customer, put side by side and brought in order, once for each moment. */
#include "insight/churn/history.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "insight/churn/churn.h"
#include "math/quantile.h"

enum { DAY = 86400, VISIT_DAYS = 90, F = VT_BEHAVIOUR_FEATURES };

/* Customers at a moment. */
typedef struct moment {
    const vt_scope *scope;
    int64_t time;
    int32_t *user;            /* (n) */
    int32_t *place;           /* (U) row of a user, -1: none */
    int64_t *ptr;             /* (n + 1) events of a row */
    vt_customer_event *event; /* (ptr[n]) */
    int32_t *scratch;         /* (the most events of a row) */
    size_t n;
} moment;

static void moment_done(moment *m)
{
    vt_free(m->user);
    vt_free(m->place);
    vt_free(m->ptr);
    vt_free(m->event);
    vt_free(m->scratch);
}

void vt_churn_history_done(vt_churn_history *history)
{
    vt_free(history->user);
    vt_free(history->x);
    vt_free(history->outcome);
    *history = (vt_churn_history){0};
}

/* The time of the last order before `time`, VT_NONE without; whether one follows in [time, time + days). */
static int64_t last_order(bool *follows, const vt_orders *orders, int32_t user, int64_t time, double days)
{
    int64_t last = VT_NONE;
    *follows = false;
    for (int64_t i = orders->ptr[user]; i < orders->ptr[user + 1]; i++) {
        int64_t at = orders->row[i].time;
        last = at < time ? at : last;
        *follows |= at >= time && (double)(at - time) < days * DAY;
    }
    return last;
}

static int find_customers(moment *m, const vt_orders *orders, double days, vt_error *err)
{
    size_t n_users = (size_t)orders->n_users;
    m->user = vt_alloc(n_users, sizeof *m->user, err);
    m->place = vt_alloc(n_users, sizeof *m->place, err);
    if (m->user == NULL || m->place == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t u = 0; u < orders->n_users; u++) {
        bool follows;
        int64_t last = last_order(&follows, orders, u, m->time, days);
        bool taken = last != VT_NONE && (double)(m->time - last) <= days * DAY;
        m->place[u] = taken ? (int32_t)m->n : -1;
        m->user[m->n] = taken ? u : 0;
        m->n += taken;
    }
    return VT_OK;
}

/* ---- events ------------------------------------------------------------------------------------------------------ */

static double money(int64_t amount)
{
    return amount == VT_NONE ? 0.0 : (double)amount;
}

static bool bought(vt_customer_event *out, const vt_scope *scope, const vt_span *s, int64_t k, int32_t user)
{
    if (s->state[k] == VT_LINE_CANCELLED ||
        !vt_scope_sells(scope, &scope->period, s->item[k], user, s->unit_price[k])) {
        return false;
    }
    int64_t order =
        s->order[k] >= 0 ? s->order[k] : (int64_t)scope->view->n_orders + vt_zone_day(scope->zone, s->time[k]);
    out->order = order <= INT32_MAX ? (int32_t)order : -1;
    out->discount = money(s->discount[k]);
    out->amount = (double)s->quantity[k] * money(s->unit_price[k]) - out->discount;
    return true;
}

/* What a customer did, as far as it is known at the moment and counts. */
static bool event_of(vt_customer_event *out, const moment *m, const vt_view_events *it)
{
    const vt_span *s = &it->span;
    int64_t k = it->k, time = s->time[k];
    if (it->user < 0 || m->place[it->user] < 0 || time == VT_NONE || time >= m->time) {
        return false;
    }
    bool recent = m->time - time <= (int64_t)VISIT_DAYS * DAY;
    bool passes = vt_scope_passes(m->scope, &m->scope->period, s->item[k], it->user);
    *out = (vt_customer_event){.time = time, .order = -1, .item = s->item[k]};
    switch ((vt_event_kind)s->kind[k]) {
    case VT_EVENT_PURCHASE:
        out->kind = VT_CUSTOMER_PURCHASE;
        return bought(out, m->scope, s, k, it->user);
    case VT_EVENT_RETURN:
        out->kind = VT_CUSTOMER_RETURN;
        out->amount = money(s->refunded[k]);
        return passes;
    case VT_EVENT_VIEW:
        out->kind = VT_CUSTOMER_VIEW;
        return passes && recent;
    case VT_EVENT_CART:
        out->kind = VT_CUSTOMER_CART;
        return passes && recent;
    case VT_EVENT_RATING:
        out->kind = VT_CUSTOMER_RATING;
        out->amount = (double)s->value[k];
        return passes && isfinite(out->amount);
    default:
        return false;
    }
}

static int compare_events(const void *a, const void *b)
{
    const vt_customer_event *x = a, *y = b;
    if (x->time != y->time) {
        return x->time < y->time ? -1 : 1;
    }
    if (x->order != y->order) {
        return x->order < y->order ? -1 : 1;
    }
    if (x->kind != y->kind) {
        return x->kind < y->kind ? -1 : 1;
    }
    if (x->item != y->item) {
        return x->item < y->item ? -1 : 1;
    }
    return (x->amount > y->amount) - (x->amount < y->amount);
}

static int collect(moment *m, vt_error *err)
{
    vt_view_events it;
    vt_customer_event event;
    size_t most = 0;
    m->ptr = vt_alloc_zero(m->n + 2, sizeof *m->ptr, err);
    if (m->ptr == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_view_events_begin(&it, m->scope->view);
    while (vt_view_events_next(&it)) {
        if (event_of(&event, m, &it)) {
            m->ptr[m->place[it.user] + 2]++;
        }
    }
    for (size_t i = 0; i < m->n; i++) {
        size_t own = (size_t)m->ptr[i + 2];
        most = own > most ? own : most;
        m->ptr[i + 2] += m->ptr[i + 1];
    }
    m->event = vt_alloc((size_t)m->ptr[m->n + 1], sizeof *m->event, err);
    m->scratch = vt_alloc(most, sizeof *m->scratch, err);
    if (m->event == NULL || m->scratch == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_view_events_begin(&it, m->scope->view);
    while (vt_view_events_next(&it)) {
        if (event_of(&event, m, &it)) {
            m->event[m->ptr[m->place[it.user] + 1]++] = event; /* ptr[i + 1] moves from the begin to the end of row i */
        }
    }
    for (size_t i = 0; i < m->n; i++) {
        qsort(m->event + m->ptr[i], (size_t)(m->ptr[i + 1] - m->ptr[i]), sizeof *m->event, compare_events);
    }
    return VT_OK;
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

static int grow(vt_churn_history *h, size_t n, vt_error *err)
{
    int32_t *user = vt_realloc(h->user, n, sizeof *user, err);
    h->user = user == NULL ? h->user : user;
    double *x = vt_realloc(h->x, n * F, sizeof *x, err);
    h->x = x == NULL ? h->x : x;
    uint8_t *outcome = vt_realloc(h->outcome, n, sizeof *outcome, err);
    h->outcome = outcome == NULL ? h->outcome : outcome;
    return user == NULL || x == NULL || outcome == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

int vt_churn_history_add(vt_churn_history *history, const vt_scope *scope, const vt_orders *orders, int64_t time,
                         double days, bool known, vt_error *err)
{
    moment m = {.scope = scope, .time = time};
    int status = find_customers(&m, orders, days, err);
    status = status == VT_OK && m.n > 0 ? collect(&m, err) : status;
    status = status == VT_OK && m.n > 0 ? grow(history, history->n + m.n, err) : status;
    for (size_t i = 0; status == VT_OK && i < m.n; i++) {
        size_t row = history->n + i;
        bool follows;
        (void)last_order(&follows, orders, m.user[i], time, days);
        vt_behaviour_of(history->x + row * F, m.event + m.ptr[i], (size_t)(m.ptr[i + 1] - m.ptr[i]), time, m.scratch);
        history->user[row] = m.user[i];
        history->outcome[row] = (uint8_t)(!known ? VT_OUTCOME_UNKNOWN : follows ? VT_OUTCOME_KEPT : VT_OUTCOME_LOST);
    }
    history->n += status == VT_OK ? m.n : 0;
    moment_done(&m);
    return status;
}

int vt_reorder_days(double *days, size_t *n, const vt_orders *orders, double share, vt_error *err)
{
    double *gap = vt_alloc((size_t)orders->ptr[orders->n_users], sizeof *gap, err);
    size_t found = 0;
    if (gap == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t u = 0; u < orders->n_users; u++) {
        for (int64_t i = orders->ptr[u] + 1; i < orders->ptr[u + 1]; i++) {
            gap[found++] = (double)(orders->row[i].time - orders->row[i - 1].time) / DAY;
        }
    }
    vt_sort_reals(gap, found);
    *days = found == 0 ? NAN : gap[(size_t)(share * (double)(found - 1))];
    *n = found;
    vt_free(gap);
    return VT_OK;
}
