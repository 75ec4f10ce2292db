/*
 * Visits and order lines come in order of time, each in a stream of its own; merged, a customer's day is over when an
 * event of a later day comes, so that a few bytes a customer do. A late event of the tail, behind events of later days,
 * counts as a day of its own.
 */
#include "insight/funnel.h"

#include "base/alloc.h"
#include "live/timeline.h"

enum { SEEN = 1, CARTED = 2, BOUGHT = 4 };

typedef struct count {
    vt_funnel funnel;
    const vt_scope *scope;
    const vt_period *period;
    vt_funnel *slots;
    const int32_t *of_day; /* (days) slot of a day, -1: none */
    uint8_t *session;      /* (sessions) flags */
    int32_t *begun;        /* (sessions) the slot of the day + 1; NULL: there are no slots */
    uint8_t *flags;        /* (U) of the day at work */
    int32_t *day;          /* (U) number of that day in the period + 1; 0: none yet */
    int64_t day_begin, day_end;
    int32_t today;
} count;

static void add_to(vt_funnel *f, uint8_t flags)
{
    bool seen = (flags & SEEN) != 0, carted = (flags & CARTED) != 0, bought = (flags & BOUGHT) != 0;
    f->seen += seen;
    f->carted += carted;
    f->seen_carted += seen && carted;
    f->cart_bought += carted && bought;
    f->bought += seen && bought;
}

/* A visit that is over, to the whole and to its slot (-1: none). */
static void add(count *c, uint8_t flags, int32_t slot)
{
    add_to(&c->funnel, flags);
    if (c->slots != NULL && slot >= 0) {
        add_to(&c->slots[slot], flags);
    }
}

/* The slot of a day from 1. */
static int32_t slot_of(const count *c, int32_t day)
{
    return c->slots == NULL || day < 1 ? -1 : c->of_day[day - 1];
}

/* The day of a moment, from 1. */
static int32_t day_of(count *c, int64_t time)
{
    if (time < c->day_begin || time >= c->day_end) {
        int64_t day = vt_zone_day(c->scope->zone, time);
        c->day_begin = vt_day_begin(c->scope->zone, day);
        c->day_end = vt_day_begin(c->scope->zone, day + 1);
        c->today = (int32_t)(day - c->period->first) + 1;
    }
    return c->today;
}

static void meet(count *c, int64_t time, int32_t session, int32_t user, uint8_t flag)
{
    int32_t day = session < 0 && user >= 0 ? day_of(c, time) : 0;
    if (user >= 0 && c->day[user] == 0) {
        c->funnel.active++;
        c->day[user] = day > 0 ? day : 1;
    }
    if (session >= 0) {
        if (c->begun != NULL && c->session[session] == 0 && flag != 0) {
            c->begun[session] = slot_of(c, day_of(c, time)) + 1;
        }
        c->session[session] |= flag;
    } else if (user >= 0 && day >= c->day[user]) {
        if (day > c->day[user]) {
            add(c, c->flags[user], slot_of(c, c->day[user]));
            c->flags[user] = 0;
            c->day[user] = day;
        }
        c->flags[user] |= flag;
    } else if (user >= 0) {
        add(c, flag, slot_of(c, day));
    }
}

static bool item_price_passes(const vt_scope *scope, int32_t item)
{
    if (scope->price_low == INT64_MIN && scope->price_high == INT64_MAX) {
        return true;
    }
    int64_t price = vt_view_item_price(scope->view, item);
    return price != VT_NONE && price >= scope->price_low && price <= scope->price_high;
}

static void meet_visit(count *c, const vt_visits *visits, const vt_visit_span *span, int64_t i)
{
    static const uint8_t flag_of[VT_EVENT_KINDS] = {[VT_EVENT_VIEW] = SEEN, [VT_EVENT_CART] = CARTED};
    uint8_t kind = span->kind[i];
    if (vt_visits_counts(visits, span, i) && kind != VT_EVENT_IMPRESSION &&
        vt_scope_passes(c->scope, c->period, span->item[i], span->user[i]) &&
        item_price_passes(c->scope, span->item[i])) {
        c->funnel.views += kind == VT_EVENT_VIEW;
        c->funnel.carts += kind == VT_EVENT_CART;
        meet(c, span->time[i], span->session[i], span->user[i], flag_of[kind]);
    }
}

static void meet_line(count *c, const vt_lines *lines, const vt_line_span *span, int64_t i)
{
    if (vt_lines_counts(lines, span, i) && span->kind[i] == VT_EVENT_PURCHASE && span->state[i] != VT_LINE_CANCELLED &&
        vt_scope_sells(c->scope, c->period, span->item[i], span->user[i], span->unit_price[i])) {
        meet(c, span->time[i], span->session[i], span->user[i], BOUGHT);
    }
}

/* Both streams, whichever has the earlier event. */
static void merge(count *c)
{
    vt_visits visits;
    vt_lines lines;
    vt_visit_span visit = {0};
    vt_line_span line = {0};
    vt_visits_begin(&visits, c->scope->view, c->period->from, c->period->until);
    vt_lines_begin(&lines, c->scope->view, c->period->from, c->period->until);
    bool more_visits = vt_visits_next(&visits, &visit), more_lines = vt_lines_next(&lines, &line);
    int64_t v = 0, l = 0;
    while (more_visits || more_lines) {
        if (more_visits && (!more_lines || visit.time[v] <= line.time[l])) {
            meet_visit(c, &visits, &visit, v);
            if (++v == visit.n) {
                v = 0;
                more_visits = vt_visits_next(&visits, &visit);
            }
        } else {
            meet_line(c, &lines, &line, l);
            if (++l == line.n) {
                l = 0;
                more_lines = vt_lines_next(&lines, &line);
            }
        }
    }
}

int vt_funnel_count(vt_funnel *out, vt_funnel *slots, const int32_t *of_day, const vt_scope *scope,
                    const vt_period *period, vt_error *err)
{
    size_t sessions = (size_t)scope->view->n_sessions, users = (size_t)scope->view->n_users;
    count c = {.scope = scope, .period = period, .slots = slots, .of_day = of_day};
    c.session = vt_alloc_zero(sessions, sizeof *c.session, err);
    c.flags = vt_alloc_zero(users, sizeof *c.flags, err);
    c.day = vt_alloc_zero(users, sizeof *c.day, err);
    c.begun = slots == NULL ? NULL : vt_alloc_zero(sessions, sizeof *c.begun, err);
    int status = (slots != NULL && c.begun == NULL) || c.session == NULL || c.flags == NULL || c.day == NULL
                     ? VT_ERR_NO_MEMORY
                     : VT_OK;
    if (status == VT_OK) {
        merge(&c);
        for (size_t s = 0; s < sessions; s++) {
            add(&c, c.session[s], c.begun == NULL ? -1 : c.begun[s] - 1);
        }
        for (size_t u = 0; u < users; u++) {
            add(&c, c.flags[u], c.day[u] > 0 ? slot_of(&c, c.day[u]) : -1);
        }
        *out = c.funnel;
    }
    vt_free(c.session);
    vt_free(c.begun);
    vt_free(c.flags);
    vt_free(c.day);
    return status;
}
