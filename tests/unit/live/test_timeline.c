/*
 * Order lines and visits of periods through a view, beside a plain pass through all its events: while a shop grows,
 * lines are replaced and orders cancelled, users are erased, and after a new snapshot. Seeds are printed.
 */
#include "live_shop.h"

#include "base/rng.h"
#include "live/timeline.h"

enum { MOST = 8000 };

typedef struct found {
    int64_t at[MOST];
    int64_t n;
} found;

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void add(found *f, int64_t at)
{
    assert_true(f->n < MOST);
    f->at[f->n++] = at;
}

/* Every column of line `i` is that of its event. */
static void check_line(const vt_view *v, const vt_line_span *span, int64_t i)
{
    vt_span e;
    int64_t at = vt_line_span_at(span, i);
    vt_view_event(&e, v, at);
    assert_int_equal(span->time[i], e.time[0]);
    assert_int_equal(span->user[i], vt_view_user_of(v, at));
    assert_int_equal(span->item[i], e.item[0]);
    assert_int_equal(span->order[i], e.order[0]);
    assert_int_equal(span->session[i], e.session[0]);
    assert_true(span->quantity[i] == e.quantity[0]);
    assert_int_equal(span->unit_price[i], e.unit_price[0]);
    assert_int_equal(span->discount[i], e.discount[0]);
    assert_int_equal(span->cost[i], e.cost[0]);
    assert_int_equal(span->refunded[i], e.refunded[0]);
    assert_int_equal(span->kind[i], e.kind[0]);
    assert_int_equal(span->state[i], e.state[0]);
}

/* Times of a piece of the snapshot ascend; `*hidden` counts what is marked in it. */
static void find_lines(found *f, int64_t *hidden, const vt_view *v, int64_t from, int64_t until)
{
    vt_lines lines;
    vt_line_span span;
    int64_t last = VT_NONE;
    f->n = 0;
    vt_lines_begin(&lines, v, from, until);
    while (vt_lines_next(&lines, &span)) {
        assert_true(span.n > 0 && span.n <= VT_TIMELINE_PIECE);
        for (int64_t i = 0; i < span.n; i++) {
            if (span.at != NULL) {
                assert_true(span.time[i] >= last && span.time[i] >= from && span.time[i] < until);
                last = span.time[i];
                *hidden += !vt_lines_counts(&lines, &span, i);
            }
            if (vt_lines_counts(&lines, &span, i)) {
                check_line(v, &span, i);
                add(f, vt_line_span_at(&span, i));
            }
        }
    }
    assert_false(vt_lines_next(&lines, &span));
}

static void find_visits(found *f, const vt_view *v, int64_t from, int64_t until)
{
    vt_visits visits;
    vt_visit_span span;
    f->n = 0;
    vt_visits_begin(&visits, v, from, until);
    while (vt_visits_next(&visits, &span)) {
        for (int64_t i = 0; i < span.n; i++) {
            vt_span e;
            int64_t at = vt_visit_span_at(&span, i);
            if (!vt_visits_counts(&visits, &span, i)) {
                continue;
            }
            vt_view_event(&e, v, at);
            assert_int_equal(span.time[i], e.time[0]);
            assert_int_equal(span.user[i], vt_view_user_of(v, at));
            assert_int_equal(span.item[i], e.item[0]);
            assert_int_equal(span.session[i], e.session[0]);
            assert_int_equal(span.kind[i], e.kind[0]);
            add(f, at);
        }
    }
}

/* The plain pass. */
static void find_plainly(found *f, const vt_view *v, unsigned kinds, int64_t from, int64_t until)
{
    vt_view_events e;
    f->n = 0;
    vt_view_events_begin(&e, v);
    while (vt_view_events_next(&e)) {
        int64_t time = e.span.time[e.k];
        if (time != VT_NONE && time >= from && time < until && (kinds >> e.span.kind[e.k] & 1U) != 0) {
            add(f, e.span.begin + e.k);
        }
    }
}

static void same(found *a, found *b)
{
    assert_int_equal(a->n, b->n);
    if (a->n > 0) {
        qsort(a->at, (size_t)a->n, sizeof *a->at, by_number);
        qsort(b->at, (size_t)b->n, sizeof *b->at, by_number);
        assert_memory_equal(a->at, b->at, (size_t)a->n * sizeof *a->at);
    }
}

static void check_period(const vt_view *v, int64_t *hidden, int64_t from, int64_t until)
{
    static found fast, plain;
    find_lines(&fast, hidden, v, from, until);
    find_plainly(&plain, v, 1U << VT_EVENT_PURCHASE | 1U << VT_EVENT_RETURN, from, until);
    same(&fast, &plain);
    find_visits(&fast, v, from, until);
    find_plainly(&plain, v,
                 1U << VT_EVENT_VIEW | 1U << VT_EVENT_CART | 1U << VT_EVENT_IMPRESSION | 1U << VT_EVENT_CLICK, from,
                 until);
    same(&fast, &plain);
}

static void check_moments(const vt_view *v)
{
    int64_t last = VT_NONE, *first = malloc(((size_t)v->n_users + 1) * sizeof *first);
    vt_view_events e;
    assert_non_null(first);
    for (int32_t u = 0; u < v->n_users; u++) {
        first[u] = VT_NONE;
    }
    vt_view_events_begin(&e, v);
    while (vt_view_events_next(&e)) {
        int64_t time = e.span.time[e.k];
        last = time > last ? time : last;
        if (e.user >= 0 && time != VT_NONE && e.span.kind[e.k] == VT_EVENT_PURCHASE &&
            e.span.state[e.k] != VT_LINE_CANCELLED && (first[e.user] == VT_NONE || time < first[e.user])) {
            first[e.user] = time;
        }
    }
    for (int32_t u = 0; u < v->n_users; u++) {
        assert_int_equal(vt_view_first_order(v, u), first[u]);
    }
    assert_int_equal(vt_view_first_order(v, -1), VT_NONE);
    assert_int_equal(vt_view_last_time(v), last);
    free(first);
}

/* All of it for a number of periods; gives how many lines of the snapshot were hidden. */
static int64_t check_view(const live_shop *s)
{
    static const int64_t periods[][2] = {
        {INT64_MIN, INT64_MAX}, {0, 1},       {1000, 1001}, {1000, 1200},      {1100, 1500},     {1499, 1501},
        {1500, 1100},           {1300, 1300}, {5000, 9000}, {INT64_MIN, 1250}, {1250, INT64_MAX}};
    int64_t hidden = 0, some = 0;
    vt_view *v = vt_live_view(s->live);
    check_period(v, &hidden, periods[0][0], periods[0][1]);
    for (size_t i = 1; i < sizeof periods / sizeof periods[0]; i++) {
        check_period(v, &some, periods[i][0], periods[i][1]);
    }
    check_moments(v);
    vt_view_release(v);
    return hidden;
}

static void put_random(vt_store *store, vt_rng *rng)
{
    char user[16], item[16], order[16], line[16], session[16];
    snprintf(user, sizeof user, "u%d", (int)vt_rng_below(rng, 30));
    snprintf(item, sizeof item, "i%d", (int)vt_rng_below(rng, 20));
    snprintf(order, sizeof order, "o%d", (int)vt_rng_below(rng, 60));
    snprintf(line, sizeof line, "%d", (int)vt_rng_below(rng, 3));
    snprintf(session, sizeof session, "s%d", (int)vt_rng_below(rng, 15));
    vt_event event =
        live_event(vt_rng_below(rng, 5) == 0 ? NULL : user, item,
                   vt_rng_below(rng, 2) == 0 ? VT_EVENT_PURCHASE : (vt_event_kind)vt_rng_below(rng, VT_EVENT_KINDS),
                   vt_rng_below(rng, 15) == 0 ? VT_NONE : 1000 + (int64_t)vt_rng_below(rng, 600));
    if (event.user.ptr == NULL || vt_rng_below(rng, 3) == 0) {
        event.session = vt_str_of(session);
    }
    event.value = event.kind == VT_EVENT_RATING ? 3 : event.value;
    if (event.kind == VT_EVENT_PURCHASE || event.kind == VT_EVENT_RETURN) {
        event.quantity = 1 + (int64_t)vt_rng_below(rng, 3);
        event.unit_price = (int64_t)vt_rng_below(rng, 900);
        event.discount = (int64_t)vt_rng_below(rng, 9);
        event.order_id = vt_str_of(vt_rng_below(rng, 4) == 0 ? NULL : order);
        event.line = vt_str_of(event.order_id.ptr == NULL ? NULL : line);
    }
    live_put(store, &event);
}

static void change_random(vt_store *store, vt_rng *rng)
{
    char order[16];
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    snprintf(order, sizeof order, "o%d", (int)vt_rng_below(rng, 60));
    int status =
        vt_store_set_order(store, vt_str_of(order), (vt_str){NULL, 0},
                           vt_rng_below(rng, 3) == 0 ? VT_LINE_RETURNED : VT_LINE_CANCELLED, VT_NONE, &done, &err);
    assert_true(status == VT_OK || status == VT_ERR_NOT_FOUND);
}

static void a_shop_that_changes(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        vt_error err = VT_ERROR_INIT;
        vt_rng rng = vt_rng_at(seed, "live-timeline", 0, 0);
        live_shop s;
        int64_t hidden = 0;
        print_message("seed %d\n", (int)seed);
        live_shop_init(&s);
        check_ok(live_open(&s.live, &s, 0, &err));
        check_view(&s); /* nothing in it */
        for (int round = 0; round < 12; round++) {
            vt_store *store = live_begin(&s);
            for (int i = 0; i < 60; i++) {
                put_random(store, &rng);
            }
            for (int i = 0; i < 3 && round > 1; i++) {
                change_random(store, &rng);
            }
            live_commit(&s);
            live_refresh(&s);
            hidden += check_view(&s);
            if (round % 4 == 2) {
                check_ok(vt_live_freeze(s.live, &err));
                live_refresh(&s);
                assert_int_equal(check_view(&s), 0); /* a new snapshot has nothing that is marked */
            }
            if (round % 5 == 4) { /* makes a snapshot anew */
                char id[16];
                snprintf(id, sizeof id, "u%d", round);
                vt_store *eraser = live_begin(&s);
                int status = vt_store_erase_user(eraser, vt_str_of(id), &err);
                assert_true(status == VT_OK || status == VT_ERR_NOT_FOUND);
                live_commit(&s);
                live_refresh(&s);
                check_view(&s);
            }
        }
        assert_true(hidden > 20);
        live_shop_done(&s);
    }
}

/* The first order is cancelled, the only one is; a held view keeps what it showed. */
static void a_first_order_is_cancelled(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    live_shop s;
    live_shop_init(&s);
    vt_event early = live_event("ann", "cup", VT_EVENT_PURCHASE, 1000);
    vt_event late = live_event("ann", "cup", VT_EVENT_PURCHASE, 2000);
    early.order_id = vt_str_of("first");
    late.order_id = vt_str_of("second");
    early.line = late.line = vt_str_of("1");
    live_put_one(&s, &early);
    live_put_one(&s, &late);
    check_ok(live_open(&s.live, &s, 0, &err));
    vt_view *before = vt_live_view(s.live);
    check_ok(vt_store_set_order(live_begin(&s), vt_str_of("first"), vt_str_of("1"), VT_LINE_CANCELLED, VT_NONE, &done,
                                &err));
    live_commit(&s);
    live_refresh(&s);
    vt_view *after = vt_live_view(s.live);
    assert_int_equal(before->n_frozen, after->n_frozen);
    assert_int_equal(vt_view_first_order(before, 0), 1000);
    assert_int_equal(vt_view_first_order(after, 0), 2000);
    assert_int_equal(vt_view_last_time(after), 2000);
    vt_view_release(after);
    check_ok(vt_store_set_order(live_begin(&s), vt_str_of("second"), vt_str_of("1"), VT_LINE_CANCELLED, VT_NONE, &done,
                                &err));
    live_commit(&s);
    vt_event new = live_event("ann", "pot", VT_EVENT_PURCHASE, 3000);
    live_put_one(&s, &new);
    live_refresh(&s);
    after = vt_live_view(s.live);
    assert_int_equal(vt_view_first_order(after, 0), 3000);
    vt_view_release(after);
    vt_view_release(before);
    live_shop_done(&s);
}

/* More lines than a piece holds come in pieces, each once. */
static void a_long_period_comes_in_pieces(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    vt_lines lines;
    vt_line_span span;
    int64_t n = 0, spans = 0;
    live_shop_init(&s);
    vt_store *store = live_begin(&s);
    for (int i = 0; i < VT_TIMELINE_PIECE + 100; i++) {
        vt_event event = live_event("ann", "cup", VT_EVENT_PURCHASE, 1000 + i);
        live_put(store, &event);
    }
    live_commit(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    vt_view *v = vt_live_view(s.live);
    vt_lines_begin(&lines, v, 1010, INT64_MAX);
    while (vt_lines_next(&lines, &span)) {
        spans++;
        for (int64_t i = 0; i < span.n; i++, n++) {
            assert_int_equal(span.time[i], 1010 + n);
            assert_true(vt_lines_counts(&lines, &span, i));
        }
    }
    assert_int_equal(n, VT_TIMELINE_PIECE + 90);
    assert_int_equal(spans, 2);
    vt_view_release(v);
    check_view(&s);
    live_shop_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_shop_that_changes),
        cmocka_unit_test(a_first_order_is_cancelled),
        cmocka_unit_test(a_long_period_comes_in_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
