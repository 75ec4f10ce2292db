/*
 * All that a view shows, as sorted lines: two views of one state of the shop give the same text, whether it came to
 * them as a snapshot or piece by piece.
 */
#ifndef VT_TEST_VIEW_DUMP_H
#define VT_TEST_VIEW_DUMP_H

#include "check.h"

#include <math.h>

#include "live/attributes.h"
#include "live/stocks.h"

typedef struct view_lines {
    char **line;
    size_t n, capacity;
} view_lines;

static inline void view_add_line(view_lines *l, const char *text)
{
    if (l->n == l->capacity) {
        l->capacity = l->capacity * 2 + 64;
        l->line = realloc(l->line, l->capacity * sizeof *l->line);
        assert_non_null(l->line);
    }
    l->line[l->n] = strdup(text);
    assert_non_null(l->line[l->n++]);
}

static inline void view_event_line(view_lines *l, const vt_view *v, int64_t at)
{
    char text[1024];
    vt_span e;
    vt_view_event(&e, v, at);
    int32_t user = vt_view_user_of(v, at);
    vt_str who = user < 0 ? vt_str_of("-") : vt_view_user_id(v, user);
    vt_str order = vt_view_order(v, e.order[0]), session = vt_view_session(v, e.session[0]);
    snprintf(text, sizeof text,
             "event %.*s %.*s kind %d at %lld value %g pieces %g price %lld -%lld cost %lld back %lld "
             "order %.*s session %.*s state %d positive %d row %lld at %.*s by %.*s for %.*s text %d",
             VT_STR_ARGS(who), VT_STR_ARGS(vt_view_item_id(v, e.item[0])), e.kind[0], (long long)e.time[0],
             isnan(e.value[0]) ? -1.0 : (double)e.value[0], (double)e.quantity[0], (long long)e.unit_price[0],
             (long long)e.discount[0], (long long)e.cost[0], (long long)e.refunded[0], VT_STR_ARGS(order),
             VT_STR_ARGS(session), e.state[0], e.positive[0], (long long)e.id[0],
             VT_STR_ARGS(vt_view_placement(v, e.placement[0])), VT_STR_ARGS(vt_view_model(v, e.model[0])),
             VT_STR_ARGS(vt_view_request(v, e.request[0])), e.has_text[0]);
    view_add_line(l, text);
}

/* The attributes of a row, each by its number and by its name, and its codes in the columns "tier" and "colour". */
static inline void view_attribute_line(view_lines *l, const vt_view *v, int32_t row, bool item,
                                       const vt_attribute_column *column)
{
    char text[1024];
    vt_str id = item ? vt_view_item_id(v, row) : vt_view_user_id(v, row);
    vt_attributes a = item ? vt_view_item_attributes(v, row) : vt_view_user_attributes(v, row);
    vt_str name = vt_str_of(item ? "colour" : "tier");
    vt_str first = item ? vt_view_item_attribute(v, row, name) : vt_view_user_attribute(v, row, name);
    int32_t code = column->code[row];
    int used = snprintf(text, sizeof text, "%s %.*s is", item ? "item" : "user", VT_STR_ARGS(id));
    for (int32_t k = 0; k < a.n; k++) {
        assert_in_range(a.number[k], 0, (item ? v->n_item_attributes : v->n_user_attributes) - 1);
        vt_str one = item ? vt_view_item_attribute_text(v, a.number[k]) : vt_view_user_attribute_text(v, a.number[k]);
        used += snprintf(text + used, sizeof text - (size_t)used, " %.*s", VT_STR_ARGS(one));
    }
    snprintf(text + used, sizeof text - (size_t)used, ", code %d", code);
    view_add_line(l, text);
    assert_int_equal(code >= 0, first.ptr != NULL);
    assert_true(code < 0 || vt_str_equal(column->value[code], first));
}

static inline void view_attribute_lines(view_lines *l, const vt_view *v)
{
    vt_error err = VT_ERROR_INIT;
    for (int item = 0; item < 2; item++) {
        char text[1024];
        vt_attribute_column column;
        check_ok(item ? vt_view_item_column(&column, v, vt_str_of("colour"), &err)
                      : vt_view_user_column(&column, v, vt_str_of("tier"), &err));
        assert_int_equal(column.n, item ? v->n_items : v->n_users);
        for (int32_t row = 0; row < column.n; row++) {
            view_attribute_line(l, v, row, item != 0, &column);
        }
        for (int32_t k = 0; k < column.n_values; k++) {
            snprintf(text, sizeof text, "%s %d %.*s %d rows", item ? "colour" : "tier", k, VT_STR_ARGS(column.value[k]),
                     column.rows[k]);
            view_add_line(l, text);
        }
        vt_attribute_column_done(&column);
    }
}

static inline void view_item_line(view_lines *l, const vt_view *v, int32_t i)
{
    char text[1024];
    const vt_item_block *b = vt_view_block(v, i);
    size_t k = (size_t)i & VT_BLOCK_MASK;
    snprintf(text, sizeof text,
             "item %.*s \"%.*s\" %.*s in %.*s by %.*s price %lld cost %lld stock %lld from %lld to %lld n %lld",
             VT_STR_ARGS(vt_view_item_id(v, i)), VT_STR_ARGS(b->title[k]), VT_STR_ARGS(vt_view_item_image(v, i)),
             VT_STR_ARGS(vt_view_category(v, b->category[k])), VT_STR_ARGS(vt_view_brand(v, b->brand[k])),
             (long long)b->price[k], (long long)b->cost[k], (long long)b->stock[k], (long long)b->available_from[k],
             (long long)b->available_until[k], (long long)b->count[k]);
    view_add_line(l, text);
    assert_int_equal(vt_view_find_item(v, vt_view_item_id(v, i)), i);
}

static inline void view_stock_lines(view_lines *l, const vt_view *v)
{
    vt_error err = VT_ERROR_INIT;
    vt_stock_history h;
    check_ok(vt_view_stocks(&h, v, &err));
    for (int32_t i = 0; i < v->n_items; i++) {
        for (int64_t k = h.start[i]; k < h.start[i + 1]; k++) {
            char text[1024];
            snprintf(text, sizeof text, "stock of %.*s, change %lld, at %lld: %lld", VT_STR_ARGS(vt_view_item_id(v, i)),
                     (long long)(k - h.start[i]), (long long)h.time[k], (long long)h.pieces[k]);
            view_add_line(l, text);
        }
    }
    vt_stock_history_done(&h);
}

static inline int view_by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/** The text; the caller frees it. Looks at every way to the events: by span, and by user. */
static inline char *view_dump(const vt_view *v)
{
    view_lines l = {0};
    vt_span span;
    vt_positions own = {0};
    vt_error err = VT_ERROR_INIT;
    int64_t shown = 0, of_users = 0, guests = 0;
    vt_view_events events;
    vt_view_events_begin(&events, v);
    for (int64_t from = 0; vt_view_span(&span, v, from); from = span.begin + span.n) {
        for (int64_t at = span.begin; at < span.begin + span.n; at++) {
            if (vt_view_shows(v, at)) {
                view_event_line(&l, v, at);
                shown++;
                guests += vt_view_user_of(v, at) < 0;
                assert_true(vt_view_events_next(&events));
                assert_int_equal(events.span.begin + events.k, at);
                assert_int_equal(events.user, vt_view_user_of(v, at));
            }
        }
    }
    assert_false(vt_view_events_next(&events));
    for (int32_t u = 0; u < v->n_users; u++) {
        char text[1100];
        check_ok(vt_view_user_events(&own, v, u, &err));
        of_users += (int64_t)own.n;
        for (size_t e = 0; e < own.n; e++) {
            assert_int_equal(vt_view_user_of(v, own.at[e]), u);
        }
        snprintf(text, sizeof text, "user %.*s %zu", VT_STR_ARGS(vt_view_user_id(v, u)), own.n);
        view_add_line(&l, text);
        assert_int_equal(vt_view_find_user(v, vt_view_user_id(v, u)), u);
    }
    assert_int_equal(of_users + guests, shown);
    vt_positions_done(&own);
    for (int32_t i = 0; i < v->n_items; i++) {
        view_item_line(&l, v, i);
    }
    view_attribute_lines(&l, v);
    view_stock_lines(&l, v);
    if (l.n > 0) {
        qsort(l.line, l.n, sizeof *l.line, view_by_text);
    }
    size_t bytes = 128, used = 0;
    for (size_t i = 0; i < l.n; i++) {
        bytes += strlen(l.line[i]) + 1;
    }
    char *all = malloc(bytes);
    assert_non_null(all);
    used +=
        (size_t)snprintf(all, bytes, "revision %lld %s %s\n", (long long)v->mark.revision, v->currency, v->time_zone);
    for (size_t i = 0; i < l.n; i++) {
        used += (size_t)snprintf(all + used, bytes - used, "%s\n", l.line[i]);
        free(l.line[i]);
    }
    free(l.line);
    return all;
}

/** Fails with the first lines that differ. */
static inline void view_same(const char *a, const char *b)
{
    while (*a != '\0' || *b != '\0') {
        int n = (int)strcspn(a, "\n"), m = (int)strcspn(b, "\n");
        if (n != m || strncmp(a, b, (size_t)n) != 0) {
            fail_msg("one view shows:\n%.*s\nthe other:\n%.*s", n, a, m, b);
        }
        a += n + (a[n] == '\n');
        b += m + (b[m] == '\n');
    }
}

#endif
