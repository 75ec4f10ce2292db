/* Lines and visits are gathered into one array and sorted, by order or by customer and time; columns follow. */
#include "insight/baskets/orders.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "live/timeline.h"

enum { DAY = 86400 };

/* A sold line: who bought (-1: told by the order number) and the order number, or the day. */
typedef struct sold {
    int64_t actor, number;
    int32_t item;
} sold;

typedef struct event {
    int64_t time, at;
    int32_t user, item;
    uint8_t bought;
} event;

/* What a pass over a period has gathered: an array of sold lines, or of events. */
typedef struct gathered {
    void *rows;
    size_t n, capacity;
} gathered;

static int by_order(const void *a, const void *b)
{
    const sold *x = a, *y = b;
    if (x->actor != y->actor) {
        return x->actor < y->actor ? -1 : 1;
    }
    if (x->number != y->number) {
        return x->number < y->number ? -1 : 1;
    }
    return (x->item > y->item) - (x->item < y->item);
}

static bool is_sold(const vt_scope *scope, const vt_lines *lines, const vt_line_span *span, int64_t i)
{
    return vt_lines_counts(lines, span, i) && span->kind[i] == VT_EVENT_PURCHASE &&
           span->state[i] != VT_LINE_CANCELLED &&
           vt_scope_sells(scope, &scope->period, span->item[i], span->user[i], span->unit_price[i]);
}

static sold sold_line(const vt_scope *scope, const vt_line_span *span, int64_t i)
{
    sold line = {-1, span->order[i], span->item[i]};
    if (line.number < 0) {
        int64_t local = span->time[i] + vt_zone_offset(scope->zone, span->time[i]);
        line.number = local / DAY - (local % DAY < 0);
        if (span->user[i] >= 0) {
            line.actor = span->user[i];
        } else if (span->session[i] >= 0) {
            line.actor = (int64_t)scope->view->n_users + span->session[i];
        } else {
            line.actor = INT64_MAX;
            line.number = vt_line_span_at(span, i);
        }
    }
    return line;
}

static int gather_sold(gathered *g, const vt_scope *scope, vt_error *err)
{
    vt_lines lines;
    vt_line_span span;
    vt_lines_begin(&lines, scope->view, scope->period.from, scope->period.until);
    while (vt_lines_next(&lines, &span)) {
        for (int64_t i = 0; i < span.n; i++) {
            if (!is_sold(scope, &lines, &span, i)) {
                continue;
            }
            if (vt_alloc_next(&g->rows, &g->capacity, g->n, sizeof(sold), err) != VT_OK) {
                return VT_ERR_NO_MEMORY;
            }
            ((sold *)g->rows)[g->n++] = sold_line(scope, &span, i);
        }
    }
    return VT_OK;
}

int vt_order_baskets_find(vt_order_baskets *out, const vt_scope *scope, vt_error *err)
{
    gathered g = {0};
    vt_order_baskets made = {0};
    int status = gather_sold(&g, scope, err);
    if (status == VT_OK) {
        made.offsets = vt_alloc(g.n + 1, sizeof *made.offsets, err);
        made.items = made.offsets == NULL ? NULL : vt_alloc(g.n, sizeof *made.items, err);
        status = made.items == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    if (status == VT_OK) {
        const sold *lines = g.rows;
        size_t n_baskets = 0;
        if (g.n > 0) {
            qsort(g.rows, g.n, sizeof(sold), by_order);
        }
        made.offsets[0] = 0;
        for (size_t e = 0; e < g.n; e++) {
            bool first = e == 0 || lines[e].actor != lines[e - 1].actor || lines[e].number != lines[e - 1].number;
            n_baskets += first;
            made.items[e] = lines[e].item;
            made.offsets[n_baskets] = (int64_t)e + 1;
        }
        made.baskets = (vt_baskets){n_baskets, scope->view->n_items, made.offsets, made.items};
        *out = made;
        made = (vt_order_baskets){0};
    }
    vt_order_baskets_done(&made);
    vt_free(g.rows);
    return status;
}

void vt_order_baskets_done(vt_order_baskets *orders)
{
    vt_free(orders->offsets);
    vt_free(orders->items);
}

/* ---- paths ------------------------------------------------------------------------------------------------------- */

static int by_user(const void *a, const void *b)
{
    const event *x = a, *y = b;
    if (x->user != y->user) {
        return x->user < y->user ? -1 : 1;
    }
    if (x->time != y->time) {
        return x->time < y->time ? -1 : 1;
    }
    if (x->bought != y->bought) { /* what was seen in the second of the order was seen before it */
        return x->bought < y->bought ? -1 : 1;
    }
    return (x->at > y->at) - (x->at < y->at);
}

static int add_event(gathered *g, event row, vt_error *err)
{
    if (vt_alloc_next(&g->rows, &g->capacity, g->n, sizeof(event), err) != VT_OK) {
        return VT_ERR_NO_MEMORY;
    }
    ((event *)g->rows)[g->n++] = row;
    return VT_OK;
}

static int gather_events(gathered *g, const vt_scope *scope, vt_error *err)
{
    int status = VT_OK;
    vt_lines lines;
    vt_line_span sold_span;
    vt_lines_begin(&lines, scope->view, scope->period.from, scope->period.until);
    while (status == VT_OK && vt_lines_next(&lines, &sold_span)) {
        for (int64_t i = 0; i < sold_span.n && status == VT_OK; i++) {
            if (sold_span.user[i] >= 0 && is_sold(scope, &lines, &sold_span, i)) {
                event row = {sold_span.time[i], vt_line_span_at(&sold_span, i), sold_span.user[i], sold_span.item[i],
                             1};
                status = add_event(g, row, err);
            }
        }
    }
    vt_visits visits;
    vt_visit_span span;
    vt_visits_begin(&visits, scope->view, scope->period.from, scope->period.until);
    while (status == VT_OK && vt_visits_next(&visits, &span)) {
        for (int64_t i = 0; i < span.n && status == VT_OK; i++) {
            if (span.user[i] >= 0 && span.kind[i] != VT_EVENT_IMPRESSION && vt_visits_counts(&visits, &span, i) &&
                vt_scope_passes(scope, &scope->period, span.item[i], span.user[i])) {
                event row = {span.time[i], vt_visit_span_at(&span, i), span.user[i], span.item[i], 0};
                status = add_event(g, row, err);
            }
        }
    }
    return status;
}

static int make_paths(vt_scope_paths *p, const vt_view *view, gathered *g, vt_error *err)
{
    size_t users = (size_t)view->n_users, items = (size_t)view->n_items;
    p->offsets = vt_alloc(users + 1, sizeof *p->offsets, err);
    p->items = p->offsets == NULL ? NULL : vt_alloc(g->n, sizeof *p->items, err);
    p->bought = p->items == NULL ? NULL : vt_alloc(g->n, sizeof *p->bought, err);
    p->category = p->bought == NULL ? NULL : vt_alloc(items, sizeof *p->category, err);
    p->price = p->category == NULL ? NULL : vt_alloc(items, sizeof *p->price, err);
    if (p->price == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t i = 0; i < view->n_items; i++) {
        p->category[i] = vt_view_item_category(view, i);
        p->price[i] = vt_view_item_price(view, i);
    }
    const event *events = g->rows;
    if (g->n > 0) {
        qsort(g->rows, g->n, sizeof(event), by_user);
    }
    size_t at = 0;
    for (size_t u = 0; u < users; u++) {
        p->offsets[u] = (int64_t)at;
        for (; at < g->n && events[at].user == (int32_t)u; at++) {
            p->items[at] = events[at].item;
            p->bought[at] = events[at].bought;
        }
    }
    p->offsets[users] = (int64_t)at;
    p->paths = (vt_purchase_paths){users,    view->n_items, view->n_categories, p->offsets,
                                   p->items, p->bought,     p->category,        p->price};
    return VT_OK;
}

int vt_scope_paths_find(vt_scope_paths *out, const vt_scope *scope, vt_error *err)
{
    gathered g = {0};
    vt_scope_paths made = {0};
    int status = gather_events(&g, scope, err);
    status = status != VT_OK ? status : make_paths(&made, scope->view, &g, err);
    if (status == VT_OK) {
        *out = made;
    } else {
        vt_scope_paths_done(&made);
    }
    vt_free(g.rows);
    return status;
}

void vt_scope_paths_done(vt_scope_paths *paths)
{
    vt_free(paths->offsets);
    vt_free(paths->price);
    vt_free(paths->items);
    vt_free(paths->category);
    vt_free(paths->bought);
}
