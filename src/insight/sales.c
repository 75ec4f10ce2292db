/*
 * Lines come in order of time, so the day of a line is found by moving on; the few of the tail go back and forth. An
 * order, and a customer, counts where it is met first.
 */
#include "insight/sales.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum { HOUR = 3600, DAY = 86400 };

/* A purchase without an order number: who bought, on which day of the period. */
typedef struct unnumbered {
    int64_t actor; /* the user, or behind all users the session */
    int32_t day;
} unnumbered;

typedef struct pass {
    const vt_scope *scope;
    const vt_period *period;
    vt_sums *total;
    vt_grouping *groupings;
    size_t n_groupings;
    int64_t *day_begin; /* (days + 1) */
    int32_t days;
    int32_t day;          /* of the line at work */
    int64_t hour_number;  /* of the line before, since 1970 */
    int64_t zone_offset;  /* at that hour */
    uint64_t *orders;     /* one bit each: met */
    int32_t *first_order; /* (U) order + 1 that the customer was met with; 0: not met; -1: met with a second one */
    int32_t *slot_met;    /* (U) slot + 1 that the customer was met in last; NULL: no grouping has slots */
    unnumbered *loose;
    size_t n_loose, loose_capacity;
} pass;

static void pass_done(pass *p)
{
    vt_free(p->day_begin);
    vt_free(p->orders);
    vt_free(p->first_order);
    vt_free(p->slot_met);
    vt_free(p->loose);
}

static int pass_init(pass *p, vt_error *err)
{
    const vt_view *view = p->scope->view;
    p->days = (int32_t)(p->period->last - p->period->first + 1);
    p->hour_number = INT64_MIN;
    p->day_begin = vt_alloc((size_t)p->days + 1, sizeof *p->day_begin, err);
    p->orders = vt_alloc_zero(((size_t)view->n_orders + 63) / 64, sizeof *p->orders, err);
    p->first_order = vt_alloc_zero((size_t)view->n_users, sizeof *p->first_order, err);
    if (p->day_begin == NULL || p->orders == NULL || p->first_order == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t k = 0; k < p->n_groupings; k++) {
        if (p->groupings[k].by == VT_BY_SLOT && p->slot_met == NULL) {
            p->slot_met = vt_alloc_zero((size_t)view->n_users, sizeof *p->slot_met, err);
            if (p->slot_met == NULL) {
                return VT_ERR_NO_MEMORY;
            }
        }
    }
    for (int32_t d = 0; d <= p->days; d++) {
        p->day_begin[d] = vt_day_begin(p->scope->zone, p->period->first + d);
    }
    return VT_OK;
}

static void find_day(pass *p, int64_t time)
{
    while (p->day > 0 && time < p->day_begin[p->day]) {
        p->day--;
    }
    while (p->day + 1 < p->days && time >= p->day_begin[p->day + 1]) {
        p->day++;
    }
}

static int32_t hour_of_week(pass *p, int64_t time)
{
    if (time / HOUR != p->hour_number) {
        p->hour_number = time / HOUR;
        p->zone_offset = vt_zone_offset(p->scope->zone, time);
    }
    int64_t of_day = (time + p->zone_offset) % DAY;
    return vt_weekday(p->period->first + p->day) * 24 + (int32_t)(of_day / HOUR);
}

static int32_t band_of(const vt_grouping *g, int64_t price)
{
    int32_t low = 0, high = g->n - 1;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (price < g->bounds[middle]) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

/* The group of a line, -1: none. */
static int32_t group_of(pass *p, const vt_grouping *g, const vt_line_span *span, int64_t i)
{
    switch (g->by) {
    case VT_BY_DAY:
        return p->day;
    case VT_BY_HOUR:
        return hour_of_week(p, span->time[i]);
    case VT_BY_CUSTOMER:
        return (int32_t)vt_scope_customer(p->scope, p->period, span->user[i]);
    case VT_BY_ITEM:
        return g->of_item == NULL ? span->item[i] : g->of_item[span->item[i]];
    case VT_BY_PRICE:
        return span->unit_price[i] == VT_NONE ? -1 : band_of(g, span->unit_price[i]);
    case VT_BY_USER:
        return span->user[i];
    case VT_BY_SLOT:
        return g->of_day[p->day];
    }
    return -1;
}

/* Whether the order of this sold line is met for the first time; one without a number is looked at later. */
static int meet_order(bool *first, pass *p, const vt_line_span *span, int64_t i, vt_error *err)
{
    int32_t order = span->order[i];
    *first = false;
    if (order >= 0) {
        uint64_t bit = (uint64_t)1 << (order % 64);
        *first = (p->orders[order / 64] & bit) == 0;
        p->orders[order / 64] |= bit;
        return VT_OK;
    }
    int status = vt_alloc_next(&p->loose, &p->loose_capacity, p->n_loose, sizeof *p->loose, err);
    if (status == VT_OK) {
        int64_t actor = span->user[i] >= 0 ? span->user[i] : (int64_t)p->scope->view->n_users + span->session[i];
        p->loose[p->n_loose++] = (unnumbered){actor, p->day};
    }
    return status;
}

/* Counts the customer of a sold line once, and once more when a second order is met. */
static void meet_customer(pass *p, vt_sums *group, const vt_line_span *span, int64_t i)
{
    int32_t user = span->user[i];
    if (user < 0) {
        return;
    }
    /* Orders without a number are told apart by day. */
    int32_t order = span->order[i] >= 0 ? span->order[i] : INT32_MAX - 1 - p->day;
    int32_t *met = &p->first_order[user];
    vt_sums *const places[] = {p->total, group};
    bool is_new = false, again = false;
    if (*met == 0) {
        *met = order + 1;
        is_new = vt_view_first_order(p->scope->view, user) >= p->period->from;
        again = !is_new;
        for (size_t s = 0; s < 2 && places[s] != NULL; s++) {
            places[s]->customers++;
            places[s]->new_customers += is_new;
        }
        *met = again ? -1 : *met;
    } else if (*met > 0 && *met != order + 1) {
        *met = -1;
        again = true;
    }
    for (size_t s = 0; again && s < 2 && places[s] != NULL; s++) {
        places[s]->again++;
    }
}

/* Counts the customer of a sold line where the slot meets them for the first time. */
static void meet_in_slot(pass *p, const vt_grouping *g, int32_t slot, int32_t user)
{
    if (user < 0 || p->slot_met[user] == slot + 1) {
        return;
    }
    int32_t first_day = p->day;
    while (first_day > 0 && g->of_day[first_day - 1] == slot) {
        first_day--;
    }
    p->slot_met[user] = slot + 1;
    g->sums[slot].customers++;
    g->sums[slot].new_customers += vt_view_first_order(p->scope->view, user) >= p->day_begin[first_day];
}

static int add_line(pass *p, const vt_line_span *span, int64_t i, vt_error *err)
{
    bool sold = span->kind[i] == VT_EVENT_PURCHASE;
    bool first = false;
    find_day(p, span->time[i]);
    int status = sold ? meet_order(&first, p, span, i, err) : VT_OK;
    if (status != VT_OK) {
        return status;
    }
    vt_sums *of_customer = NULL;
    vt_sums line = {0};
    vt_sums_add(&line, span, i); /* worked out once, added to each group */
    line.orders = first;
    vt_sums_join(p->total, &line);
    for (size_t k = 0; k < p->n_groupings; k++) {
        vt_grouping *g = &p->groupings[k];
        int32_t group = group_of(p, g, span, i);
        if (group >= 0) {
            line.orders = first && g->by != VT_BY_ITEM && g->by != VT_BY_PRICE;
            vt_sums_join(&g->sums[group], &line);
            of_customer = g->by == VT_BY_CUSTOMER ? &g->sums[group] : of_customer;
            if (sold && g->by == VT_BY_SLOT) {
                meet_in_slot(p, g, group, span->user[i]);
            }
        }
    }
    if (sold) {
        meet_customer(p, of_customer, span, i);
    }
    return VT_OK;
}

static int compare_unnumbered(const void *a, const void *b)
{
    const unnumbered *x = a, *y = b;
    int by_actor = (x->actor > y->actor) - (x->actor < y->actor);
    return by_actor != 0 ? by_actor : (x->day > y->day) - (x->day < y->day);
}

/* Orders without a number, once for each customer and day. */
static void count_unnumbered(pass *p)
{
    if (p->n_loose == 0) {
        return;
    }
    qsort(p->loose, p->n_loose, sizeof *p->loose, compare_unnumbered);
    for (size_t i = 0; i < p->n_loose; i++) {
        const unnumbered *o = &p->loose[i];
        if (i > 0 && compare_unnumbered(o, o - 1) == 0) {
            continue;
        }
        int32_t user = o->actor < p->scope->view->n_users ? (int32_t)o->actor : -1;
        p->total->orders++;
        for (size_t k = 0; k < p->n_groupings; k++) {
            vt_grouping *g = &p->groupings[k];
            if (g->by == VT_BY_DAY) {
                g->sums[o->day].orders++;
            } else if (g->by == VT_BY_SLOT && g->of_day[o->day] >= 0) {
                g->sums[g->of_day[o->day]].orders++;
            } else if (g->by == VT_BY_CUSTOMER) {
                g->sums[vt_scope_customer(p->scope, p->period, user)].orders++;
            } else if (g->by == VT_BY_USER && user >= 0) {
                g->sums[user].orders++;
            }
        }
    }
}

int vt_sales_sum(vt_sums *total, const vt_scope *scope, const vt_period *period, vt_grouping *groupings,
                 size_t n_groupings, vt_error *err)
{
    vt_sums sums = {0};
    pass p = {.scope = scope, .period = period, .total = &sums, .groupings = groupings, .n_groupings = n_groupings};
    int status = pass_init(&p, err);
    vt_lines lines;
    vt_line_span span;
    vt_scope_lines_begin(&lines, scope, period->from, period->until);
    while (status == VT_OK && vt_lines_next(&lines, &span)) {
        for (int64_t i = 0; i < span.n && status == VT_OK; i++) {
            if (vt_lines_counts(&lines, &span, i) && span.state[i] != VT_LINE_CANCELLED &&
                vt_scope_sells(scope, period, span.item[i], span.user[i], span.unit_price[i])) {
                status = add_line(&p, &span, i, err);
            }
        }
    }
    if (status == VT_OK) {
        count_unnumbered(&p);
        *total = sums;
    }
    pass_done(&p);
    return status;
}
