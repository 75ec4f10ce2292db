/* One pass over the events. Lines are sorted twice: to find where a basket without a number ends, and to index. */
#include "recommend/baskets.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum { DAY = 86400, UNNUMBERED = -1 };

/* An item in a basket. */
typedef struct line {
    int64_t basket; /* number of the order or visit; those without one get theirs at the end */
    int64_t time;
    int64_t actor; /* user, or below 0 the session of a guest */
    int32_t item;
} line;

typedef struct lines {
    line *line;
    size_t n, capacity;
} lines;

static int add_line(lines *l, line added, vt_error *err)
{
    if (l->n == l->capacity) {
        size_t capacity = l->capacity * 2 + 256;
        line *grown = vt_realloc(l->line, capacity, sizeof *grown, err);
        if (grown == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        l->line = grown;
        l->capacity = capacity;
    }
    l->line[l->n++] = added;
    return VT_OK;
}

/* ---- events to lines --------------------------------------------------------------------------------------------- */

typedef struct gathered {
    lines bought, viewed, rated;
} gathered;

static int take_event(gathered *g, const vt_span *e, int64_t k, int32_t user, vt_error *err)
{
    bool views = e->kind[k] == VT_EVENT_VIEW;
    if (e->state[k] == VT_LINE_CANCELLED ||
        (!views && e->kind[k] != VT_EVENT_PURCHASE && e->kind[k] != VT_EVENT_RATING)) {
        return VT_OK;
    }
    int32_t number = views ? e->session[k] : e->order[k];
    lines *into = views ? &g->viewed : e->kind[k] == VT_EVENT_PURCHASE ? &g->bought : &g->rated;
    int64_t actor = user >= 0 ? user : -2 - (int64_t)e->session[k]; /* whoever has no account is the session */
    return add_line(into, (line){number < 0 ? UNNUMBERED : number, e->time[k], actor, e->item[k]}, err);
}

static int gather(gathered *g, const vt_view *view, vt_error *err)
{
    vt_view_events events;
    int status = VT_OK;
    vt_view_events_begin(&events, view);
    while (status == VT_OK && vt_view_events_next(&events)) {
        status = take_event(g, &events.span, events.k, events.user, err);
    }
    return status;
}

/* ---- lines to baskets -------------------------------------------------------------------------------------------- */

static int by_actor_time(const void *a, const void *b)
{
    const line *x = a, *y = b;
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
    const line *x = a, *y = b;
    if (x->basket != y->basket) {
        return x->basket < y->basket ? -1 : 1;
    }
    return (x->item > y->item) - (x->item < y->item);
}

/* Numbers what has none, below all numbers that are given; then each item once a basket. */
static void number(lines *l, int64_t seconds)
{
    int64_t next = UNNUMBERED;
    int64_t start = VT_NONE;
    if (l->n == 0) {
        return;
    }
    qsort(l->line, l->n, sizeof *l->line, by_actor_time);
    for (size_t i = 0; i < l->n && l->line[i].basket == UNNUMBERED; i++) {
        line *at = &l->line[i];
        bool same = i > 0 && at->actor == l->line[i - 1].actor && at->time != VT_NONE && start != VT_NONE &&
                    at->time - start <= seconds;
        next -= !same;
        start = same ? start : at->time;
        at->time = next; /* the number waits there, so that the loop can tell who has none */
    }
    for (size_t i = 0; i < l->n; i++) {
        l->line[i].basket = l->line[i].basket == UNNUMBERED ? l->line[i].time : l->line[i].basket;
    }
    qsort(l->line, l->n, sizeof *l->line, by_basket_item);
    size_t kept = 0;
    for (size_t i = 0; i < l->n; i++) {
        if (kept == 0 || by_basket_item(&l->line[kept - 1], &l->line[i]) != 0) {
            l->line[kept++] = l->line[i];
        }
    }
    l->n = kept;
}

/* Baskets of one line say nothing of pairs. */
static void keep_pairs(lines *l)
{
    size_t kept = 0;
    for (size_t begin = 0, end = 0; begin < l->n; begin = end) {
        while (end < l->n && l->line[end].basket == l->line[begin].basket) {
            end++;
        }
        for (size_t i = begin; end - begin > 1 && i < end; i++) {
            l->line[kept++] = l->line[i];
        }
    }
    l->n = kept;
}

static int index_lines(vt_baskets *out, lines *l, int32_t n_items, int64_t seconds, vt_error *err)
{
    number(l, seconds);
    keep_pairs(l);
    for (size_t i = 0; i < l->n; i++) {
        out->n += i == 0 || l->line[i].basket != l->line[i - 1].basket;
    }
    out->ptr = vt_alloc((size_t)out->n + 1, sizeof *out->ptr, err);
    out->item = vt_alloc(l->n, sizeof *out->item, err);
    out->item_ptr = vt_alloc_zero((size_t)n_items + 1, sizeof *out->item_ptr, err);
    out->basket = vt_alloc(l->n, sizeof *out->basket, err);
    if (out->ptr == NULL || out->item == NULL || out->item_ptr == NULL || out->basket == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int64_t basket = -1;
    for (size_t i = 0; i < l->n; i++) {
        if (i == 0 || l->line[i].basket != l->line[i - 1].basket) {
            out->ptr[++basket] = (int64_t)i;
        }
        out->item[i] = l->line[i].item;
        out->item_ptr[l->line[i].item + 1]++;
    }
    out->ptr[out->n] = (int64_t)l->n;
    for (int32_t i = 0; i < n_items; i++) {
        out->item_ptr[i + 1] += out->item_ptr[i];
    }
    for (int64_t b = out->n; b-- > 0;) { /* from behind, each item's end moving to its begin */
        for (int64_t k = out->ptr[b]; k < out->ptr[b + 1]; k++) {
            out->basket[--out->item_ptr[out->item[k] + 1]] = (int32_t)b;
        }
    }
    memmove(out->item_ptr, out->item_ptr + 1, (size_t)n_items * sizeof *out->item_ptr);
    out->item_ptr[n_items] = (int64_t)l->n;
    return VT_OK;
}

static void baskets_done(vt_baskets *b)
{
    vt_free(b->ptr);
    vt_free(b->item);
    vt_free(b->item_ptr);
    vt_free(b->basket);
}

/* ---- categories -------------------------------------------------------------------------------------------------- */

/* Calls for each category of a basket once: `last` (C) is the basket, from 1, that a category was met in. */
static bool meets(int64_t *last, int32_t category, int64_t basket)
{
    if (category < 0 || last[category] == basket + 1) {
        return false;
    }
    last[category] = basket + 1;
    return true;
}

static int count_categories(vt_together *t, const vt_view *view, vt_error *err)
{
    size_t n = (size_t)t->n_categories;
    int64_t *last = vt_alloc_zero(n, sizeof *last, err);
    t->category = vt_alloc((size_t)t->n_items, sizeof *t->category, err);
    t->of_category = vt_alloc_zero(n, sizeof *t->of_category, err);
    t->with_category = vt_alloc_zero(n, sizeof *t->with_category, err);
    bool allocated = last != NULL && t->category != NULL && t->of_category != NULL && t->with_category != NULL;
    for (int32_t i = 0; allocated && i < t->n_items; i++) {
        t->category[i] = vt_view_item_category(view, i);
    }
    for (int64_t b = 0; allocated && b < t->bought.n; b++) {
        for (int64_t k = t->bought.ptr[b]; k < t->bought.ptr[b + 1]; k++) {
            int32_t category = t->category[t->bought.item[k]];
            if (meets(last, category, b)) {
                t->of_category[category]++;
            }
        }
    }
    vt_free(last);
    return allocated ? VT_OK : VT_ERR_NO_MEMORY;
}

static bool holds(const vt_together *t, int64_t basket, int32_t category)
{
    for (int64_t k = t->bought.ptr[basket]; k < t->bought.ptr[basket + 1]; k++) {
        if (t->category[t->bought.item[k]] == category) {
            return true;
        }
    }
    return false;
}

int vt_together_categories(vt_pair_counts *counts, vt_together *t, int32_t category, vt_error *err)
{
    int64_t *row = atomic_load_explicit(&t->with_category[category], memory_order_acquire);
    size_t n = (size_t)t->n_categories;
    if (row == NULL) {
        int64_t *last = vt_alloc_zero(n, sizeof *last, err), *none = NULL;
        row = vt_alloc_zero(n, sizeof *row, err);
        if (last == NULL || row == NULL) {
            vt_free(last);
            vt_free(row);
            return VT_ERR_NO_MEMORY;
        }
        for (int64_t b = 0; b < t->bought.n; b++) {
            bool has_category = holds(t, b, category);
            for (int64_t k = t->bought.ptr[b]; has_category && k < t->bought.ptr[b + 1]; k++) {
                int32_t other = t->category[t->bought.item[k]];
                if (meets(last, other, b)) {
                    row[other]++;
                }
            }
        }
        vt_free(last);
        if (!atomic_compare_exchange_strong(&t->with_category[category], &none, row)) {
            vt_free(row); /* another request was faster */
            row = none;
        }
    }
    *counts = (vt_pair_counts){.baskets = t->bought.n, .with_item = t->of_category[category], .together = row};
    return VT_OK;
}

/* ---- all --------------------------------------------------------------------------------------------------------- */

int vt_together_create(vt_together **out, const vt_view *view, int32_t days, vt_error *err)
{
    gathered g = {0};
    vt_together *t = vt_alloc_zero(1, sizeof *t, err);
    if (t == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    atomic_init(&t->refs, 1);
    t->generation = view->generation->number;
    t->n_events = view->n_events;
    t->n_items = view->n_items;
    t->n_categories = view->n_categories;
    t->days = days;
    int status = gather(&g, view, err);
    if (status == VT_OK) {
        lines *bought = g.bought.n > 0 ? &g.bought : &g.rated;
        status = index_lines(&t->bought, bought, t->n_items, (int64_t)days * DAY, err);
    }
    status = status != VT_OK ? status : index_lines(&t->viewed, &g.viewed, t->n_items, DAY, err);
    status = status != VT_OK ? status : count_categories(t, view, err);
    vt_free(g.bought.line);
    vt_free(g.viewed.line);
    vt_free(g.rated.line);
    if (status != VT_OK) {
        vt_together_release(t);
        return status;
    }
    *out = t;
    return VT_OK;
}

vt_together *vt_together_hold(vt_together *together)
{
    atomic_fetch_add_explicit(&together->refs, 1, memory_order_relaxed);
    return together;
}

void vt_together_release(vt_together *t)
{
    if (t == NULL || atomic_fetch_sub_explicit(&t->refs, 1, memory_order_acq_rel) != 1) {
        return;
    }
    for (int32_t c = 0; t->with_category != NULL && c < t->n_categories; c++) {
        vt_free(atomic_load_explicit(&t->with_category[c], memory_order_relaxed));
    }
    vt_free(t->with_category);
    vt_free(t->of_category);
    vt_free(t->category);
    baskets_done(&t->bought);
    baskets_done(&t->viewed);
    vt_free(t);
}

void vt_baskets_count(vt_pair_counts *counts, int64_t *together, const vt_baskets *b, int32_t item)
{
    for (int64_t k = b->item_ptr[item]; k < b->item_ptr[item + 1]; k++) {
        int32_t basket = b->basket[k];
        for (int64_t l = b->ptr[basket]; l < b->ptr[basket + 1]; l++) {
            together[b->item[l]]++;
        }
    }
    *counts = (vt_pair_counts){.baskets = b->n, .with_item = vt_baskets_of(b, item), .together = together};
}
