/*
 * All that a shop tells of its data, as sorted lines without row ids and import numbers: two shops with the same data
 * give the same text however they came to it. And small makers of records.
 */
#ifndef VT_TEST_DUMP_H
#define VT_TEST_DUMP_H

#include "check.h"

#include "base/alloc.h"
#include "store/store.h"

typedef struct dump {
    char **lines;
    size_t n, capacity;
    vt_store *store;
} dump;

static inline void dump_line(dump *d, const char *line)
{
    if (d->n == d->capacity) {
        d->capacity = d->capacity * 2 + 64;
        d->lines = realloc(d->lines, d->capacity * sizeof *d->lines);
        assert_non_null(d->lines);
    }
    d->lines[d->n] = strdup(line);
    assert_non_null(d->lines[d->n++]);
}

/* "-" for what is not given. */
static inline const char *dump_number(char out[24], int64_t number)
{
    snprintf(out, 24, number == VT_NONE ? "-" : "%lld", (long long)number);
    return out;
}

static inline int dump_price(void *context, int64_t time, int64_t price, int64_t cost)
{
    char line[128];
    char a[24];
    char b[24];
    snprintf(line, sizeof line, "%lld:%s/%s ", (long long)time, dump_number(a, price), dump_number(b, cost));
    strncat(context, line, 4000 - strlen(context));
    return 0;
}

static inline int dump_item(void *context, int64_t row, const vt_item *item)
{
    dump *d = context;
    char line[8192];
    char numbers[5][24];
    char prices[4096] = "";
    vt_error err = VT_ERROR_INIT;
    (void)row;
    check_ok(vt_store_prices(d->store, item->id, dump_price, prices, &err));
    int n = snprintf(
        line, sizeof line, "item %.*s|%.*s|%.*s|%.*s|%.*s|%.*s|%.*s|%s|%s|%s|%s|%s|%s|", VT_STR_ARGS(item->id),
        VT_STR_ARGS(item->title), VT_STR_ARGS(item->description), VT_STR_ARGS(item->brand), VT_STR_ARGS(item->category),
        VT_STR_ARGS(item->attributes), VT_STR_ARGS(item->currency), dump_number(numbers[0], item->price),
        dump_number(numbers[1], item->cost), dump_number(numbers[2], item->stock),
        dump_number(numbers[3], item->available_from), dump_number(numbers[4], item->available_until), prices);
    for (size_t i = 0; i < item->n_images; i++) {
        n += snprintf(line + n, sizeof line - (size_t)n, " %.*s", VT_STR_ARGS(item->images[i]));
    }
    dump_line(d, line);
    return 0;
}

static inline int dump_user(void *context, int64_t row, const vt_user *user)
{
    char line[4096];
    (void)row;
    snprintf(line, sizeof line, "user %.*s|%.*s|%.*s|%.*s|%.*s|%.*s", VT_STR_ARGS(user->id),
             VT_STR_ARGS(user->age_band), VT_STR_ARGS(user->segment), VT_STR_ARGS(user->region),
             VT_STR_ARGS(user->tier), VT_STR_ARGS(user->attributes));
    dump_line(context, line);
    return 0;
}

static inline int dump_event(void *context, const vt_event *e)
{
    char line[4096];
    char numbers[4][24];
    snprintf(line, sizeof line, "event %.*s|%.*s|%.*s|%d|%d|%s|%g|%s|%s|%s|%.*s|%.*s|%.*s|%.*s|%.*s|%.*s|%.*s",
             VT_STR_ARGS(e->user), VT_STR_ARGS(e->session), VT_STR_ARGS(e->item), (int)e->kind, (int)e->part,
             dump_number(numbers[0], e->time), e->value == e->value ? e->value : -1,
             dump_number(numbers[1], e->quantity), dump_number(numbers[2], e->unit_price),
             dump_number(numbers[3], e->discount), VT_STR_ARGS(e->currency), VT_STR_ARGS(e->order_id),
             VT_STR_ARGS(e->title), VT_STR_ARGS(e->body), VT_STR_ARGS(e->placement), VT_STR_ARGS(e->model),
             VT_STR_ARGS(e->request));
    if (e->line.ptr != NULL || e->state != VT_LINE_SOLD || e->refunded != VT_NONE) {
        size_t n = strlen(line);
        snprintf(line + n, sizeof line - n, "|line %.*s state %d refunded %s", VT_STR_ARGS(e->line), (int)e->state,
                 dump_number(numbers[0], e->refunded));
    }
    dump_line(context, line);
    return 0;
}

static inline int dump_link(void *context, const vt_link *link)
{
    char line[2048];
    snprintf(line, sizeof line, "link %.*s>%.*s %.*s %g", VT_STR_ARGS(link->from), VT_STR_ARGS(link->to),
             VT_STR_ARGS(link->kind), link->weight);
    dump_line(context, line);
    return 0;
}

static inline int dump_result(void *context, const vt_result *row)
{
    dump *d = context;
    char line[2048];
    char count[24];
    snprintf(line, sizeof line, "result %.*s %lld %.*s %g %g %g %s", VT_STR_ARGS(row->subject), (long long)row->rank,
             VT_STR_ARGS(row->object), row->value, row->low, row->high, dump_number(count, row->count));
    dump_line(d, line);
    return 0;
}

static inline int dump_order(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/** The text, to be freed with free(). Callable while the shop is not being read. */
static inline char *dump_store(vt_store *store)
{
    dump d = {.store = store};
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_store_read_begin(store, &err));
    check_ok(vt_store_each_item_after(store, 0, dump_item, &d, &err));
    check_ok(vt_store_each_user_after(store, 0, dump_user, &d, &err));
    check_ok(vt_store_each_full_event(store, dump_event, &d, &err));
    check_ok(vt_store_each_user_link(store, dump_link, &d, &err));
    check_ok(vt_store_each_item_link(store, dump_link, &d, &err));
    const vt_result_kind *kind = NULL;
    for (size_t i = 0; (kind = vt_result_kind_at(i)) != NULL; i++) {
        check_ok(vt_store_each_result(store, kind->name, NULL, dump_result, &d, &err));
    }
    vt_store_read_end(store);
    if (d.n > 0) {
        qsort(d.lines, d.n, sizeof *d.lines, dump_order);
    }
    size_t size = 1;
    for (size_t i = 0; i < d.n; i++) {
        size += strlen(d.lines[i]) + 1;
    }
    char *text = malloc(size);
    assert_non_null(text);
    char *p = text;
    for (size_t i = 0; i < d.n; i++) {
        size_t len = strlen(d.lines[i]);
        memcpy(p, d.lines[i], len);
        p[len] = '\n';
        p += len + 1;
        free(d.lines[i]);
    }
    *p = '\0';
    free(d.lines);
    return text;
}

static inline vt_event event_of(const char *user, const char *item, vt_event_kind kind, int64_t time)
{
    vt_event event;
    vt_event_init(&event);
    event.user = vt_str_of(user);
    event.item = vt_str_of(item);
    event.kind = kind;
    event.time = time;
    event.value = kind == VT_EVENT_RATING ? 4 : event.value;
    return event;
}

static inline vt_item item_of(const char *id)
{
    vt_item item;
    vt_item_init(&item);
    item.id = vt_str_of(id);
    return item;
}

static inline vt_user user_of(const char *id)
{
    vt_user user;
    vt_user_init(&user);
    user.id = vt_str_of(id);
    return user;
}

static inline vt_link link_of(const char *from, const char *to, const char *kind, double weight)
{
    return (vt_link){vt_str_of(from), vt_str_of(to), vt_str_of(kind), weight};
}

#endif
