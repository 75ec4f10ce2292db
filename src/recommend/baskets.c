/* One walk over the events. Lines are sorted twice: to find where a basket without a number ends, and to count. */
#include "recommend/baskets.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "dataset/texts.h"
#include "recommend/item_rows.h"

enum { DAY = 86400, UNNUMBERED = -1 };

typedef struct load {
    vt_item_rows rows;
    vt_map *orders, *sessions;
    vt_baskets bought, viewed, rated;
    vt_error *err;
} load;

static int add_line(vt_baskets *b, int64_t basket, int64_t time, int64_t actor, int32_t item, vt_error *err)
{
    if (b->n == b->capacity) {
        size_t capacity = b->capacity * 2 + 256;
        vt_basket_line *grown = vt_realloc(b->lines, capacity, sizeof *grown, err);
        if (grown == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        b->lines = grown;
        b->capacity = capacity;
    }
    b->lines[b->n++] = (vt_basket_line){basket, time, actor, item};
    return VT_OK;
}

static int take_line(void *context, const vt_event_line *line)
{
    load *l = context;
    bool views = line->kind == VT_EVENT_VIEW;
    int32_t session = 0, number = UNNUMBERED;
    int32_t item = vt_item_rows_find(&l->rows, line->item);
    vt_str name = views ? line->session : line->order_id;
    int status = VT_OK;
    if (name.len > 0) {
        status = vt_intern(&number, views ? l->sessions : l->orders, name, l->err);
    } else if (line->user == 0) {
        status = vt_intern(&session, l->sessions, line->session, l->err);
    }
    if (status != VT_OK) {
        return status;
    }
    vt_baskets *into = views ? &l->viewed : line->kind == VT_EVENT_PURCHASE ? &l->bought : &l->rated;
    int64_t actor = line->user != 0 ? line->user : -1 - (int64_t)session; /* whoever has no account is the session */
    return add_line(into, number, line->time, actor, item, l->err);
}

static int by_actor_time(const void *a, const void *b)
{
    const vt_basket_line *x = a, *y = b;
    if (x->basket != y->basket) {
        return x->basket < y->basket ? -1 : 1;
    }
    if (x->actor != y->actor) {
        return x->actor < y->actor ? -1 : 1;
    }
    return (x->time > y->time) - (x->time < y->time);
}

static int by_basket_item(const void *a, const void *b)
{
    const vt_basket_line *x = a, *y = b;
    if (x->basket != y->basket) {
        return x->basket < y->basket ? -1 : 1;
    }
    return (x->item > y->item) - (x->item < y->item);
}

/* Numbers what has none, below all numbers that are given; then each item once a basket. */
static void finish(vt_baskets *b, int64_t seconds)
{
    int64_t next = UNNUMBERED;
    int64_t start = VT_NONE;
    if (b->n == 0) {
        return;
    }
    qsort(b->lines, b->n, sizeof *b->lines, by_actor_time);
    for (size_t i = 0; i < b->n && b->lines[i].basket == UNNUMBERED; i++) {
        vt_basket_line *line = &b->lines[i];
        bool same = i > 0 && line->actor == b->lines[i - 1].actor && line->time != VT_NONE && start != VT_NONE &&
                    line->time - start <= seconds;
        next -= !same;
        start = same ? start : line->time;
        line->time = next; /* the number waits there, so that the loop can tell who has none */
    }
    for (size_t i = 0; i < b->n; i++) {
        b->lines[i].basket = b->lines[i].basket == UNNUMBERED ? b->lines[i].time : b->lines[i].basket;
    }
    qsort(b->lines, b->n, sizeof *b->lines, by_basket_item);
    size_t kept = 0;
    for (size_t i = 0; i < b->n; i++) {
        if (kept == 0 || by_basket_item(&b->lines[kept - 1], &b->lines[i]) != 0) {
            b->lines[kept++] = b->lines[i];
        }
    }
    b->n = kept;
}

static void baskets_done(vt_baskets *b)
{
    vt_free(b->lines);
    *b = (vt_baskets){0};
}

int vt_shop_baskets_load(vt_shop_baskets *out, vt_store *store, const vt_ids *items, int32_t days, vt_error *err)
{
    const unsigned kinds = 1U << VT_EVENT_VIEW | 1U << VT_EVENT_PURCHASE | 1U << VT_EVENT_RATING;
    load l = {.err = err};
    int status = vt_item_rows_load(&l.rows, store, items, err);
    if (status == VT_OK) {
        status = vt_map_create(&l.orders, 0, err);
    }
    if (status == VT_OK) {
        status = vt_map_create(&l.sessions, 0, err);
    }
    if (status == VT_OK) {
        status = vt_store_each_line(store, kinds, take_line, &l, err);
    }
    if (status == VT_OK) {
        vt_baskets *bought = l.bought.n > 0 ? &l.bought : &l.rated;
        finish(bought, (int64_t)days * DAY);
        finish(&l.viewed, DAY);
        *out = (vt_shop_baskets){*bought, l.viewed};
        *bought = l.viewed = (vt_baskets){0};
    }
    baskets_done(&l.bought);
    baskets_done(&l.viewed);
    baskets_done(&l.rated);
    vt_item_rows_done(&l.rows);
    vt_map_free(l.orders);
    vt_map_free(l.sessions);
    return status;
}

void vt_shop_baskets_done(vt_shop_baskets *baskets)
{
    baskets_done(&baskets->bought);
    baskets_done(&baskets->viewed);
}

int vt_baskets_count(vt_pair_counts *counts, const vt_baskets *b, const int32_t *group, size_t n_groups, int32_t asked,
                     vt_error *err)
{
    size_t *last = vt_alloc_zero(n_groups, sizeof *last, err); /* basket, from 1, that a group was counted in */
    size_t basket = 0;
    if (last == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t begin = 0, end = 0; begin < b->n; begin = end) {
        bool holds = false;
        while (end < b->n && b->lines[end].basket == b->lines[begin].basket) {
            int32_t item = b->lines[end++].item;
            holds = holds || (group == NULL ? item : group[item]) == asked;
        }
        if (end - begin < 2) {
            continue;
        }
        basket++;
        counts->with_item += holds;
        for (size_t i = begin; i < end; i++) {
            int32_t number = group == NULL ? b->lines[i].item : group[b->lines[i].item];
            if (number >= 0 && last[number] != basket) {
                last[number] = basket;
                counts->alone[number]++;
                counts->together[number] += holds;
            }
        }
    }
    counts->baskets = (int64_t)basket;
    vt_free(last);
    return VT_OK;
}
