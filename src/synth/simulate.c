/*
 * Two years, day by day: the orders of a day are simulated in parallel from the state of that morning, then
 * remembered in order. One thread meanwhile stores those of the day before: writing takes as long as all the rest.
 * Order lines are kept (24 bytes each) so that in the end exactly the wanted number of them is reviewed.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/pool.h"
#include "store/store.h"
#include "synth/reviews.h"
#include "synth/session.h"
#include "synth/stock.h"

/* Of more orders than that only a share has its views, carts and impressions recorded: they are most of the events. */
enum { BLOCK = 16, LOGGED_ORDERS = 60000 };

typedef struct line {
    int64_t time;
    int32_t customer;
    int32_t item;
    float match;
} line;

/* The orders of one day and what they left behind. */
typedef struct day_orders {
    const synth_order *order; /* (n) */
    synth_session *session;   /* (n) */
    size_t n;
    size_t capacity; /* of `session` */
} day_orders;

typedef struct simulation {
    const synth_world *world;
    vt_store *store;
    vt_generate_report *report;
    synth_day day;
    int workers;
    synth_visit *visits; /* (workers) */
    day_orders today, yesterday;
    double logged;
    line *lines;
    size_t n_lines, lines_capacity;
} simulation;

static int remember_line(simulation *s, line fresh, vt_error *err)
{
    if (s->n_lines == s->lines_capacity) {
        size_t capacity = s->lines_capacity + s->lines_capacity / 2 + 1024;
        line *grown = vt_realloc(s->lines, capacity, sizeof *grown, err);
        if (grown == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        s->lines = grown;
        s->lines_capacity = capacity;
    }
    s->lines[s->n_lines++] = fresh;
    return VT_OK;
}

/* Texts of one event; the vt_event points into it. */
typedef struct texts {
    char id[48], user[16], item[16], session[32], order[32], request[32], placement[24];
} texts;

static void dress(vt_event *event, texts *t, const simulation *s, const synth_order *order, const synth_event *raw,
                  size_t number)
{
    vt_event_init(event);
    bool guest = s->world->customers[order->customer].guest;
    synth_customer_id(t->user, order->customer);
    synth_item_id(t->item, raw->item);
    snprintf(t->id, sizeof t->id, "%s-%d-%zu", t->user, order->number, number);
    event->id = vt_str_of(t->id);
    event->item = vt_str_of(t->item);
    /* Guests are known by their session only; on their first visit with an account both are given, which links them. */
    if (guest && order->number <= 1) {
        snprintf(t->session, sizeof t->session, "guest-%s", t->user + 1);
        event->session = vt_str_of(t->session);
    }
    if (!guest || order->number > 0) {
        event->user = vt_str_of(t->user);
    }
    event->time = raw->time;
    event->kind = (vt_event_kind)raw->kind;
    event->unit_price = raw->unit_price;
    event->discount = raw->discount;
    if (raw->kind == VT_EVENT_PURCHASE || raw->kind == VT_EVENT_RETURN) {
        snprintf(t->order, sizeof t->order, "O-%s-%d", t->user + 1, order->number + 1);
        event->order_id = vt_str_of(t->order);
        event->quantity = raw->quantity;
    }
    if (raw->slot > 0) {
        snprintf(t->placement, sizeof t->placement, "bestsellers:%d", raw->slot);
        snprintf(t->request, sizeof t->request, "R-%s-%d-%d", t->user + 1, order->number, raw->browsing);
        event->placement = vt_str_of(t->placement);
        event->request = vt_str_of(t->request);
        event->model = vt_str_of("old-bestsellers");
    }
}

static int store_order(simulation *s, const synth_order *order, const synth_session *session, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; i < session->n && status == VT_OK; i++) {
        vt_event event;
        texts t;
        vt_put done;
        dress(&event, &t, s, order, &session->event[i], i);
        status = vt_store_put_event(s->store, &event, &done, err);
        s->report->events++;
    }
    return status;
}

static int store_day(simulation *s, const day_orders *day, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; i < day->n && status == VT_OK; i++) {
        status = store_order(s, &day->order[i], &day->session[i], err);
    }
    return status;
}

/* The first piece of work is to store yesterday, each other one to simulate some orders of today. */
static int work_on_day(void *context, int worker, size_t begin, size_t end, vt_error *err)
{
    simulation *s = context;
    int status = VT_OK;
    for (size_t piece = begin; piece < end && status == VT_OK; piece++) {
        if (piece == 0) {
            status = store_day(s, &s->yesterday, err);
            continue;
        }
        size_t last = piece * BLOCK < s->today.n ? piece * BLOCK : s->today.n;
        for (size_t i = (piece - 1) * BLOCK; i < last && status == VT_OK; i++) {
            synth_session *session = &s->today.session[i];
            session->n = 0;
            status = synth_simulate_order(session, &s->visits[worker], &s->day, &s->today.order[i], s->logged, err);
        }
    }
    return status;
}

/* Whether the purchase that a return belongs to was made: it stands right before it. */
static bool was_bought(const synth_session *session, size_t kept, const synth_event *back)
{
    const synth_event *last = kept > 0 ? &session->event[kept - 1] : NULL;
    return last != NULL && last->kind == VT_EVENT_PURCHASE && last->item == back->item;
}

/* What one purchase changes for the days after it; `*sold` false: there was none in stock. */
static int remember_purchase(simulation *s, bool *sold, const synth_order *order, const synth_event *raw, vt_error *err)
{
    bool guest = s->world->customers[order->customer].guest && order->number == 0;
    int status = VT_OK;
    if (s->world->stock != NULL) {
        status = synth_stock_take(sold, s->world->stock, raw->item, raw->time, raw->unit_price - raw->discount,
                                  s->store, err);
    }
    synth_day_bought(&s->day, order->customer, raw->item, *sold);
    s->report->lines += *sold;
    if (status == VT_OK && *sold && !guest) { /* a review needs an account */
        status = remember_line(s, (line){raw->time, order->customer, raw->item, raw->match}, err);
    }
    return status;
}

/* What an order changes; purchases that found nothing in stock, and their returns, leave the session. */
static int remember_order(simulation *s, const synth_order *order, synth_session *session, vt_error *err)
{
    int status = VT_OK;
    bool bought = false;
    size_t kept = 0;
    for (size_t i = 0; i < session->n && status == VT_OK; i++) {
        synth_event raw = session->event[i];
        bool sold = true;
        if (raw.kind == VT_EVENT_PURCHASE) {
            status = remember_purchase(s, &sold, order, &raw, err);
            bought = bought || sold;
        } else if (raw.kind == VT_EVENT_RETURN) {
            sold = was_bought(session, kept, &raw);
        }
        if (sold) {
            session->event[kept++] = raw;
        }
    }
    session->n = kept;
    s->report->orders += bought;
    return status;
}

static int grow_sessions(day_orders *day, vt_error *err)
{
    if (day->n <= day->capacity) {
        return VT_OK;
    }
    synth_session *grown = vt_realloc(day->session, day->n, sizeof *grown, err);
    if (grown == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    memset(grown + day->capacity, 0, (day->n - day->capacity) * sizeof *grown);
    day->session = grown;
    day->capacity = day->n;
    return VT_OK;
}

static int simulate_day(simulation *s, int day, int64_t *next, vt_error *err)
{
    const synth_world *world = s->world;
    day_orders done = s->yesterday;
    s->yesterday = s->today;
    s->today = done; /* for its memory */
    s->today.order = world->orders + *next;
    s->today.n = 0;
    while (*next < world->n_orders && world->orders[*next].day < day + 1) {
        s->today.n++;
        (*next)++;
    }
    int status = grow_sessions(&s->today, err);
    if (status == VT_OK) {
        status = synth_day_begin(&s->day, day, err);
    }
    if (status == VT_OK && world->stock != NULL) {
        status = synth_stock_day(world->stock, &s->day, s->store, err);
    }
    if (status == VT_OK) {
        size_t pieces = 1 + (s->today.n + BLOCK - 1) / BLOCK;
        status = vt_parallel_for(s->workers, pieces, 1, work_on_day, NULL, s, err);
    }
    for (size_t i = 0; i < s->today.n && status == VT_OK; i++) {
        status = remember_order(s, &s->today.order[i], &s->today.session[i], err);
    }
    return status;
}

/* Exactly options.reviews of the lines, each with the same chance (Knuth's selection sampling). */
static int store_reviews(simulation *s, vt_error *err)
{
    const synth_world *world = s->world;
    int64_t wanted = world->options.reviews > 0 ? world->options.reviews : (int64_t)s->n_lines * 3 / 10;
    if (wanted > (int64_t)s->n_lines) {
        return vt_fail(err, VT_ERR_USAGE,
                       "%lld reviews are more than the %zu products that customers with an account bought; ask for "
                       "fewer reviews or more orders",
                       (long long)wanted, s->n_lines);
    }
    vt_rng chance = vt_rng_at(world->options.seed, "synth-reviewed", 0, 0);
    vt_buf title;
    vt_buf body;
    vt_buf_init(&title, 1 << 16);
    vt_buf_init(&body, 1 << 16);
    int64_t end = SYNTH_FIRST_SECOND + (int64_t)SYNTH_DAYS * 86400 - 1;
    int status = VT_OK;
    for (size_t i = 0; i < s->n_lines && wanted > 0 && status == VT_OK; i++) {
        const line *bought = &s->lines[i];
        if ((int64_t)vt_rng_below(&chance, s->n_lines - i) >= wanted) {
            continue;
        }
        wanted--;
        vt_rng rng = vt_rng_at(world->options.seed, "synth-review", i, 0);
        const synth_item *item = &world->items[bought->item];
        int stars = synth_stars(&world->truth, item, (double)bought->match, &rng);
        vt_event event;
        texts t;
        vt_put done;
        vt_event_init(&event);
        vt_buf_clear(&title);
        vt_buf_clear(&body);
        status = synth_review(&title, &body, item, stars, &rng, err);
        synth_customer_id(t.user, bought->customer);
        synth_item_id(t.item, bought->item);
        snprintf(t.id, sizeof t.id, "V-%zu", i);
        event.id = vt_str_of(t.id);
        event.item = vt_str_of(t.item);
        event.kind = VT_EVENT_RATING;
        event.value = stars;
        event.title = (vt_str){title.data, title.len};
        event.body = (vt_str){body.data, body.len};
        event.user = vt_str_of(t.user);
        event.time = bought->time + (3 + (int64_t)vt_rng_below(&rng, 18)) * 86400 + (int64_t)vt_rng_below(&rng, 7200);
        event.time = event.time > end ? end : event.time;
        if (status == VT_OK) {
            status = vt_store_put_event(s->store, &event, &done, err);
        }
        s->report->reviews++;
        s->report->events++;
    }
    vt_buf_done(&title);
    vt_buf_done(&body);
    return status;
}

static int prepare(simulation *s, vt_error *err)
{
    const synth_world *world = s->world;
    int32_t largest = 0;
    for (int sub = 0; sub < SYNTH_SUBS; sub++) {
        int32_t size = world->sub_first[sub + 1] - world->sub_first[sub];
        largest = size > largest ? size : largest;
    }
    s->workers = vt_threads(world->options.threads);
    s->logged = world->n_orders <= LOGGED_ORDERS ? 1.0 : (double)LOGGED_ORDERS / (double)world->n_orders;
    s->visits = vt_alloc_zero((size_t)s->workers, sizeof *s->visits, err);
    if (s->visits == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int i = 0; i < s->workers; i++) {
        s->visits[i].weight = vt_alloc((size_t)largest, sizeof *s->visits[i].weight, err);
        if (s->visits[i].weight == NULL) {
            return VT_ERR_NO_MEMORY;
        }
    }
    return synth_day_init(&s->day, world, err);
}

static void free_day(day_orders *day)
{
    for (size_t i = 0; i < day->capacity; i++) {
        vt_free(day->session[i].event);
    }
    vt_free(day->session);
}

static void finish(simulation *s)
{
    for (int i = 0; s->visits != NULL && i < s->workers; i++) {
        vt_free(s->visits[i].weight);
    }
    vt_free(s->visits);
    free_day(&s->today);
    free_day(&s->yesterday);
    vt_free(s->lines);
    synth_day_done(&s->day);
}

int synth_simulate(const synth_world *world, vt_store *store, vt_generate_report *report, vt_error *err)
{
    simulation s = {.world = world, .store = store, .report = report};
    int64_t next = 0;
    int status = prepare(&s, err);
    for (int day = 0; day < SYNTH_DAYS && status == VT_OK; day++) {
        status = simulate_day(&s, day, &next, err);
        vt_progress_state state = {"simulating two years", "orders", (double)next, (double)world->n_orders, NULL};
        if (status == VT_OK) {
            status = vt_progress_report(world->options.progress, &state, err);
        }
    }
    if (status == VT_OK) {
        status = store_day(&s, &s.today, err); /* the last day's */
    }
    if (status == VT_OK) {
        status = store_reviews(&s, err);
    }
    finish(&s);
    return status;
}
