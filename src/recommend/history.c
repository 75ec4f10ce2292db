/* Reads a user's events as they are now: what came after the model was fitted counts at once. */
#include "recommend/history.h"

#include <string.h>

#include "base/alloc.h"

typedef struct load {
    vt_history *history;
    const vt_ids *items;
    vt_positive positive;
    vt_error *err;
} load;

static int grow(vt_history *h, vt_error *err)
{
    size_t capacity = h->capacity == 0 ? 32 : h->capacity * 2;
    struct {
        void *array;
        size_t size;
    } wanted[] = {
        {&h->item, sizeof *h->item}, {&h->time, sizeof *h->time},         {&h->value, sizeof *h->value},
        {&h->kind, sizeof *h->kind}, {&h->positive, sizeof *h->positive},
    };
    for (size_t k = 0; k < sizeof wanted / sizeof *wanted; k++) {
        void **at = wanted[k].array, *wide = vt_realloc(*at, capacity, wanted[k].size, err);
        if (wide == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        *at = wide;
    }
    h->capacity = capacity;
    return VT_OK;
}

static void swap(vt_history *h, size_t a, size_t b)
{
    int32_t item = h->item[a];
    int64_t time = h->time[a];
    float value = h->value[a];
    uint8_t kind = h->kind[a], positive = h->positive[a];
    h->item[a] = h->item[b];
    h->time[a] = h->time[b];
    h->value[a] = h->value[b];
    h->kind[a] = h->kind[b];
    h->positive[a] = h->positive[b];
    h->item[b] = item;
    h->time[b] = time;
    h->value[b] = value;
    h->kind[b] = kind;
    h->positive[b] = positive;
}

int vt_history_add(bool *counts, vt_history *h, const vt_positive *positive, const vt_event_row *event, int32_t at,
                   vt_error *err)
{
    if (event->kind == VT_EVENT_PURCHASE || event->kind == VT_EVENT_RATING) {
        h->seen[at] = 1;
    }
    if (event->kind == VT_EVENT_PURCHASE) {
        h->bought[at] = event->time;
    }
    if (event->kind == VT_EVENT_DISLIKE || event->kind == VT_EVENT_PURCHASE || event->kind == VT_EVENT_LIKE) {
        h->disliked[at] = event->kind == VT_EVENT_DISLIKE;
    }
    bool holds = vt_positive_holds(positive, event->kind, event->value);
    *counts = holds || ((h->hears >> event->kind & 1U) != 0 && event->time != VT_NONE);
    if (!*counts) {
        return VT_OK;
    }
    int status = h->n_all == h->capacity ? grow(h, err) : VT_OK;
    if (status != VT_OK) {
        return status;
    }
    size_t last = h->n_all++;
    h->item[last] = at;
    h->time[last] = event->time;
    h->value[last] = (float)event->value;
    h->kind[last] = event->kind;
    h->positive[last] = holds;
    h->n += holds;
    h->timed = h->timed && event->time != VT_NONE;
    for (; h->timed && last > 0 && h->time[last - 1] > h->time[last]; last--) {
        swap(h, last - 1, last);
    }
    return VT_OK;
}

/* Entries of a column that are positive, then the others. */
static void part(void *column, size_t size, const vt_history *h, char *scratch)
{
    char *at = column;
    size_t to = 0, behind = 0;
    for (size_t e = 0; e < h->n_all; e++) {
        if (h->positive[e]) {
            memmove(at + to++ * size, at + e * size, size);
        } else {
            memcpy(scratch + behind++ * size, at + e * size, size);
        }
    }
    memcpy(at + to * size, scratch, behind * size);
}

int vt_history_close(vt_history *h, vt_error *err)
{
    size_t signals = h->n_all - h->n;
    if (signals == 0) {
        return VT_OK;
    }
    char *scratch = vt_alloc(signals, sizeof *h->time, err);
    if (scratch == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    part(h->item, sizeof *h->item, h, scratch);
    part(h->time, sizeof *h->time, h, scratch);
    part(h->value, sizeof *h->value, h, scratch);
    part(h->kind, sizeof *h->kind, h, scratch);
    vt_free(scratch);
    h->signals = (vt_user_state){
        .user = -1,
        .n = signals,
        .item = h->item + h->n,
        .time = h->time + h->n,
        .value = h->value + h->n,
        .kind = h->kind + h->n,
    };
    return VT_OK;
}

static int take_event(void *context, const vt_event_row *event, vt_str item)
{
    load *l = context;
    bool counts = false;
    int32_t at = vt_ids_find(l->items, item);
    return at < 0 ? VT_OK : vt_history_add(&counts, l->history, &l->positive, event, at, l->err);
}

int vt_history_load(vt_history **out, vt_store *store, vt_str user, const vt_model_info *model, vt_error *err)
{
    load l = {.items = &model->items, .err = err};
    int status = vt_positive_parse(&l.positive, model->positive, err);
    if (status != VT_OK) {
        return status;
    }
    vt_history *h = vt_alloc_zero(1, sizeof *h, err);
    if (h == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    h->timed = true;
    h->hears = model->signals;
    l.history = h;
    size_t n_items = (size_t)model->items.n;
    h->seen = vt_alloc_zero(n_items, sizeof *h->seen, err);
    h->disliked = vt_alloc_zero(n_items, sizeof *h->disliked, err);
    h->bought = vt_alloc(n_items, sizeof *h->bought, err);
    bool room = h->seen != NULL && h->disliked != NULL && h->bought != NULL;
    for (size_t i = 0; room && i < n_items; i++) {
        h->bought[i] = VT_NONE;
    }
    status = room ? VT_OK : VT_ERR_NO_MEMORY;
    if (status == VT_OK && user.ptr != NULL) {
        status = vt_store_history(store, user, take_event, &l, err);
    }
    if (status != VT_OK) {
        vt_history_free(h);
        return status;
    }
    *out = h;
    return VT_OK;
}

void vt_history_free(vt_history *h)
{
    if (h != NULL) {
        vt_free(h->item);
        vt_free(h->time);
        vt_free(h->value);
        vt_free(h->kind);
        vt_free(h->positive);
        vt_free(h->seen);
        vt_free(h->disliked);
        vt_free(h->bought);
        vt_free(h);
    }
}

vt_user_state vt_history_state(const vt_history *h, int32_t user, int64_t now)
{
    return (vt_user_state){
        .user = user,
        .n = h->n,
        .item = h->item,
        .time = h->timed ? h->time : NULL,
        .value = h->value,
        .kind = h->kind,
        .now = now,
        .signals = h->signals.n > 0 ? &h->signals : NULL,
    };
}
