/*
 * Turns labels into queries. Two passes over the events, user by user: the first counts, the second fills, so that all
 * memory is asked for once. Frozen: one query a user, whose history holds nothing that is evaluated. Live: one query a
 * held-out event, whose history is a prefix of all the user's events; the queries of a user share one array of events.
 */
#include "eval/queries.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "dataset/visit.h"
#include "eval/tie.h"

#define BIT(part) (1u << (part))

typedef struct scope {
    const vt_snapshot *snapshot;
    const vt_split *split;
    const vt_protocol *protocol;
    unsigned history; /* labels that stand in histories */
    unsigned part;    /* the label that is evaluated */
    bool live;
    bool visits; /* live, and one list a visit */
    bool stored; /* users by the vectors that were fitted */
} scope;

static bool in(const scope *s, int64_t event, unsigned parts)
{
    return (BIT(s->split->label[event]) & parts) != 0;
}

/* Whether an event is a signal that histories may hold once `parts` are known. */
static bool is_signal(const scope *s, int64_t event, unsigned parts)
{
    const uint8_t *part = s->split->signal;
    return part != NULL && part[event] != VT_PART_NONE && (BIT(part[event]) & parts) != 0;
}

static int by_id(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a;
    int32_t y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

size_t vt_ids_distinct(int32_t *id, size_t n)
{
    size_t kept = 0;
    if (n > 1) {
        qsort(id, n, sizeof *id, by_id);
    }
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || id[kept - 1] != id[i]) {
            id[kept++] = id[i];
        }
    }
    return kept;
}

bool vt_ids_hold(const int32_t *ids, size_t n, int32_t id)
{
    size_t low = 0;
    size_t high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ids[middle] < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < n && ids[low] == id;
}

/* Training events and distinct training users of each item. */
static int count_training(vt_plan *plan, const scope *s, vt_error *err)
{
    const vt_snapshot *snapshot = s->snapshot;
    size_t n_items = (size_t)snapshot->n_items;
    int32_t *last = vt_alloc(n_items, sizeof *last, err); /* user who was counted last */
    plan->train_events = vt_alloc_zero(n_items, sizeof *plan->train_events, err);
    plan->train_users = vt_alloc_zero(n_items, sizeof *plan->train_users, err);
    if (last == NULL || plan->train_events == NULL || plan->train_users == NULL) {
        vt_free(last);
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n_items; i++) {
        last[i] = -1;
    }
    for (int32_t u = 0; u < snapshot->n_users; u++) {
        bool any = false;
        for (int64_t e = snapshot->user_ptr[u]; e < snapshot->user_ptr[u + 1]; e++) {
            if (in(s, e, BIT(VT_PART_TRAIN))) {
                int32_t item = snapshot->item[e];
                any = true;
                plan->train_events[item]++;
                plan->train_users[item] += last[item] != u;
                last[item] = u;
            }
        }
        plan->n_train_users += any;
    }
    vt_free(last);
    return VT_OK;
}

/* What is sold as far as queries may know; live the times say when. */
static int count_sold(vt_plan *plan, const scope *s, vt_error *err)
{
    unsigned parts = s->history | (s->live ? s->part : 0);
    plan->sold = vt_alloc_zero((size_t)s->snapshot->n_items, sizeof *plan->sold, err);
    for (int64_t e = 0; plan->sold != NULL && e < s->snapshot->n_events; e++) {
        plan->sold[s->snapshot->item[e]] += in(s, e, parts);
    }
    return plan->sold == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

/* From when on items can be had: as the shop says, else from the second after their first known event of any kind. */
static int find_births(vt_plan *plan, const scope *s, vt_error *err)
{
    const vt_snapshot *snapshot = s->snapshot;
    size_t n = (size_t)snapshot->n_items;
    plan->alive_from = vt_alloc(n, sizeof *plan->alive_from, err);
    if (plan->alive_from == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n; i++) {
        int64_t from = snapshot->item_available_from[i];
        plan->alive_from[i] = from != VT_NONE ? from : INT64_MAX;
    }
    for (int64_t e = 0; e < snapshot->n_events; e++) {
        int64_t *from = &plan->alive_from[snapshot->item[e]];
        bool known = s->live || in(s, e, s->history) || is_signal(s, e, s->history);
        if (known && snapshot->time[e] != VT_NONE && snapshot->time[e] < *from &&
            snapshot->item_available_from[snapshot->item[e]] == VT_NONE) {
            *from = snapshot->time[e] + 1;
        }
    }
    return VT_OK;
}

static bool is_candidate(const vt_plan *plan, const scope *s, int32_t item)
{
    switch (s->protocol->candidates) {
    case VT_CANDIDATES_TRAIN:
        return plan->train_events[item] > 0;
    case VT_CANDIDATES_COLD:
        return plan->train_events[item] == 0;
    case VT_CANDIDATES_ALIVE:
        return plan->alive_from[item] != INT64_MAX;
    default:
        return true;
    }
}

static int choose_candidates(vt_plan *plan, const scope *s, vt_error *err)
{
    plan->allowed = vt_alloc((size_t)s->snapshot->n_items, sizeof *plan->allowed, err);
    int status = plan->allowed == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    if (status == VT_OK && s->protocol->candidates == VT_CANDIDATES_ALIVE) {
        status = find_births(plan, s, err);
    }
    for (int32_t i = 0; status == VT_OK && i < s->snapshot->n_items; i++) {
        plan->allowed[i] = is_candidate(plan, s, i);
        plan->n_candidates += plan->allowed[i];
    }
    return status;
}

void vt_plan_alive(uint8_t *allowed, const vt_plan *plan, int64_t now)
{
    const int64_t *until = plan->snapshot->item_available_until;
    for (int32_t i = 0; i < plan->snapshot->n_items; i++) {
        allowed[i] = plan->alive_from[i] <= now && (until[i] == VT_NONE || until[i] > now);
    }
}

/* True when the event is evaluated, and not left out for its item. */
static bool counts(const vt_plan *plan, const scope *s, int64_t event)
{
    return in(s, event, s->part) &&
           (s->protocol->test_items == VT_TEST_ITEMS_ALL || plan->train_events[s->snapshot->item[event]] > 0);
}

static int64_t held_out_of(const vt_plan *plan, const scope *s, int32_t user)
{
    int64_t n = 0;
    for (int64_t e = s->snapshot->user_ptr[user]; e < s->snapshot->user_ptr[user + 1]; e++) {
        n += counts(plan, s, e);
    }
    return n;
}

typedef struct sizes {
    size_t users;
    size_t history;
    size_t signals;
    size_t queries;
} sizes;

static sizes count(vt_plan *plan, const scope *s)
{
    sizes size = {0};
    unsigned kept = s->history | (s->live ? s->part : 0);
    for (int32_t u = 0; u < s->snapshot->n_users; u++) {
        int64_t held_out = held_out_of(plan, s, u);
        plan->positives += held_out;
        for (int64_t e = s->snapshot->user_ptr[u]; e < s->snapshot->user_ptr[u + 1]; e++) {
            size.history += held_out > 0 && in(s, e, kept);
            size.signals += held_out > 0 && is_signal(s, e, kept);
            plan->skipped += in(s, e, s->part);
        }
        size.users += held_out > 0;
        size.queries += s->live ? (size_t)held_out : held_out > 0;
    }
    plan->skipped -= plan->positives;
    return size;
}

static int make_events(vt_plan_events *events, size_t users, size_t n, vt_error *err)
{
    events->ptr = vt_alloc_zero(users + 1, sizeof *events->ptr, err);
    events->item = vt_alloc(n, sizeof *events->item, err);
    events->time = vt_alloc(n, sizeof *events->time, err);
    events->value = vt_alloc(n, sizeof *events->value, err);
    events->kind = vt_alloc(n, sizeof *events->kind, err);
    bool all = events->ptr != NULL && events->item != NULL && events->time != NULL && events->value != NULL &&
               events->kind != NULL;
    return all ? VT_OK : VT_ERR_NO_MEMORY;
}

static void free_events(vt_plan_events *events)
{
    vt_free(events->ptr);
    vt_free(events->item);
    vt_free(events->time);
    vt_free(events->value);
    vt_free(events->kind);
}

static int allocate(vt_plan *plan, const sizes *size, vt_error *err)
{
    plan->user = vt_alloc(size->users, sizeof *plan->user, err);
    plan->fitted = vt_alloc_zero(size->users, sizeof *plan->fitted, err);
    plan->query_ptr = vt_alloc_zero(size->users + 1, sizeof *plan->query_ptr, err);
    plan->query = vt_alloc(size->queries, sizeof *plan->query, err);
    plan->relevant = vt_alloc((size_t)plan->positives, sizeof *plan->relevant, err);
    bool all = plan->user != NULL && plan->fitted != NULL && plan->query_ptr != NULL && plan->query != NULL &&
               plan->relevant != NULL;
    int status = all ? make_events(&plan->events, size->users, size->history, err) : VT_ERR_NO_MEMORY;
    return status == VT_OK ? make_events(&plan->signals, size->users, size->signals, err) : status;
}

static void add_event(vt_plan_events *events, const vt_snapshot *snapshot, int64_t at, int64_t event)
{
    events->item[at] = snapshot->item[event];
    events->time[at] = snapshot->time[event];
    events->value[at] = snapshot->value[event];
    events->kind[at] = snapshot->kind[event];
}

/* How far a user's events have been gone through. */
typedef struct passage {
    int64_t end;      /* of the history in plan->events */
    int64_t signals;  /* likewise in plan->signals */
    int64_t training; /* events of the user */
    int64_t foreign;  /* events so far that are not training */
    int64_t last;     /* time of the event before; VT_NONE: none yet */
} passage;

/* The query that would be asked now. */
static vt_plan_query ask(const vt_plan *plan, const scope *s, size_t at, const passage *p, int64_t now,
                         int64_t relevant)
{
    int64_t known = p->end - plan->events.ptr[at];
    return (vt_plan_query){
        .now = now,
        .history = (size_t)known,
        .signals = (size_t)(p->signals - plan->signals.ptr[at]),
        .relevant = relevant,
        .as_fitted = s->stored && p->training > 0 && p->foreign == 0 && known == p->training,
    };
}

/* Takes the relevant items up to `*relevant` for the query, each once. */
static void close_query(vt_plan *plan, vt_plan_query *query, int64_t *relevant)
{
    query->n_relevant = vt_ids_distinct(plan->relevant + query->relevant, (size_t)(*relevant - query->relevant));
    *relevant = query->relevant + (int64_t)query->n_relevant;
}

/* Fills user number `at`; `*relevant` is the first free place of plan->relevant. */
static void fill_user(vt_plan *plan, const scope *s, size_t at, int32_t user, int64_t *relevant)
{
    const vt_snapshot *snapshot = s->snapshot;
    unsigned kept = s->history | (s->live ? s->part : 0);
    passage p = {.end = plan->events.ptr[at], .signals = plan->signals.ptr[at], .last = VT_NONE};
    int64_t query = plan->query_ptr[at], first = *relevant, now = VT_NONE;
    vt_plan_query visit = {0};
    bool asked = false; /* a list of this visit */
    for (int64_t e = snapshot->user_ptr[user]; e < snapshot->user_ptr[user + 1]; e++) {
        p.training += in(s, e, BIT(VT_PART_TRAIN));
    }
    for (int64_t e = snapshot->user_ptr[user]; e < snapshot->user_ptr[user + 1]; e++) {
        if (s->live && (!s->visits || p.last == VT_NONE || snapshot->time[e] - p.last > VT_VISIT_GAP)) {
            visit = ask(plan, s, at, &p, snapshot->time[e], *relevant);
            asked = false;
        }
        p.last = snapshot->time[e];
        if (counts(plan, s, e)) {
            now = *relevant == first ? snapshot->time[e] : now;
            plan->relevant[(*relevant)++] = snapshot->item[e];
        }
        if (s->live && counts(plan, s, e)) {
            query += !asked;
            plan->query[query - 1] = visit;
            close_query(plan, &plan->query[query - 1], relevant);
            asked = true;
        }
        if (in(s, e, kept)) {
            p.foreign += !in(s, e, BIT(VT_PART_TRAIN));
            add_event(&plan->events, snapshot, p.end++, e);
        } else if (is_signal(s, e, kept)) {
            add_event(&plan->signals, snapshot, p.signals++, e);
        }
    }
    if (!s->live) {
        plan->query[query] = ask(plan, s, at, &p, plan->timed ? now : VT_NONE, first);
        close_query(plan, &plan->query[query++], relevant);
    }
    plan->user[at] = user;
    plan->fitted[at] = p.training > 0;
    plan->events.ptr[at + 1] = p.end;
    plan->signals.ptr[at + 1] = p.signals;
    plan->query_ptr[at + 1] = query;
}

static int by_time(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Times of all positive events by item. While settings are chosen, those of the test part stay unknown. */
static int collect_known(vt_plan *plan, const scope *s, vt_error *err)
{
    const vt_snapshot *snapshot = s->snapshot;
    size_t n_items = (size_t)snapshot->n_items;
    unsigned parts = s->history | s->part;
    int64_t *ptr = vt_alloc_zero(n_items + 2, sizeof *ptr, err);
    plan->known_ptr = ptr;
    if (ptr == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int64_t e = 0; e < snapshot->n_events; e++) {
        if (in(s, e, parts)) {
            ptr[snapshot->item[e] + 2]++;
        }
    }
    for (size_t i = 0; i <= n_items; i++) {
        ptr[i + 1] += ptr[i];
    }
    plan->known_time = vt_alloc((size_t)ptr[n_items + 1], sizeof *plan->known_time, err);
    if (plan->known_time == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int64_t e = 0; e < snapshot->n_events; e++) {
        if (in(s, e, parts)) {
            plan->known_time[ptr[snapshot->item[e] + 1]++] = snapshot->time[e];
        }
    }
    for (size_t i = 0; i < n_items; i++) {
        qsort(plan->known_time + ptr[i], (size_t)(ptr[i + 1] - ptr[i]), sizeof *plan->known_time, by_time);
    }
    plan->known = (vt_item_times){snapshot->n_items, ptr, plan->known_time};
    return VT_OK;
}

static int nothing_held_out(const vt_plan *plan, const scope *s, vt_error *err)
{
    const char *part = s->protocol->part == VT_PART_TEST ? "test" : "validation";
    if (plan->skipped > 0) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "none of the %" PRId64
                       " %s events of split %s is on an item with training events; evaluate all test "
                       "items, or split so that training covers more",
                       plan->skipped, part, s->split->name);
    }
    return vt_fail(err, VT_ERR_UNSUPPORTED,
                   "split %s leaves no %s events in this data (%" PRId32 " users, %" PRId32
                   " items), so there is nothing to evaluate; choose another split, or import more events",
                   s->split->name, part, s->snapshot->n_users, s->snapshot->n_items);
}

static int build(vt_plan *plan, const scope *s, vt_error *err)
{
    int status = count_training(plan, s, err);
    if (status == VT_OK) {
        status = count_sold(plan, s, err);
    }
    if (status == VT_OK) {
        status = choose_candidates(plan, s, err);
    }
    if (status == VT_OK) {
        status = vt_tie_order(&plan->tie, &s->snapshot->items, s->snapshot->n_items, err);
    }
    if (status != VT_OK) {
        return status;
    }
    sizes size = count(plan, s);
    if (size.users == 0) {
        return nothing_held_out(plan, s, err);
    }
    status = allocate(plan, &size, err);
    if (status == VT_OK && s->live) {
        status = collect_known(plan, s, err);
    }
    if (status != VT_OK) {
        return status;
    }
    int64_t relevant = 0;
    for (int32_t u = 0; u < s->snapshot->n_users; u++) {
        if (held_out_of(plan, s, u) > 0) {
            fill_user(plan, s, plan->n_users, u, &relevant);
            plan->n_users++;
        }
    }
    return VT_OK;
}

int vt_plan_create(vt_plan **out, const vt_snapshot *snapshot, const vt_split *split, const vt_protocol *protocol,
                   vt_error *err)
{
    scope s = {.snapshot = snapshot, .split = split, .protocol = protocol};
    s.live = protocol->state != VT_STATE_FROZEN;
    s.visits = protocol->state == VT_STATE_VISITS;
    s.stored = protocol->users == VT_USERS_STORED;
    s.part = BIT(protocol->part);
    s.history = BIT(VT_PART_TRAIN) | BIT(VT_PART_HISTORY);
    if (protocol->part == VT_PART_TEST) {
        s.history |= BIT(VT_PART_VALID);
    }
    bool timed = snapshot->time_min != VT_NONE;
    if (split->spec.kind == VT_SPLIT_ROLLING && !s.live) {
        return vt_fail(err, VT_ERR_USAGE, "the split %s follows the clock between its cuts; use state live",
                       split->name);
    }
    if (protocol->candidates == VT_CANDIDATES_ALIVE && !timed) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "candidates alive are those of a moment, and some events of this data have no time; use "
                       "candidates catalogue or train");
    }
    if (s.live && !timed) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "state live follows the clock, and some events of this data have no time; use state frozen, or "
                       "import the events with their times");
    }
    vt_plan *plan = vt_alloc_zero(1, sizeof *plan, err);
    if (plan == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    plan->snapshot = snapshot;
    plan->timed = timed;
    int status = build(plan, &s, err);
    if (status != VT_OK) {
        vt_plan_free(plan);
        return status;
    }
    *out = plan;
    return VT_OK;
}

void vt_plan_free(vt_plan *plan)
{
    if (plan == NULL) {
        return;
    }
    vt_free(plan->user);
    vt_free(plan->fitted);
    free_events(&plan->events);
    free_events(&plan->signals);
    vt_free(plan->query_ptr);
    vt_free(plan->query);
    vt_free(plan->relevant);
    vt_free(plan->allowed);
    vt_free(plan->alive_from);
    vt_free(plan->sold);
    vt_free(plan->tie);
    vt_free(plan->train_events);
    vt_free(plan->train_users);
    vt_free(plan->known_ptr);
    vt_free(plan->known_time);
    vt_free(plan);
}
