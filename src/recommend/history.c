/* Reads a user's events as they are now: what came after the model was fitted counts at once. */
#include "recommend/history.h"

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
    int32_t *item = vt_realloc(h->item, capacity, sizeof *item, err);
    h->item = item == NULL ? h->item : item;
    int64_t *time = item == NULL ? NULL : vt_realloc(h->time, capacity, sizeof *time, err);
    h->time = time == NULL ? h->time : time;
    float *value = time == NULL ? NULL : vt_realloc(h->value, capacity, sizeof *value, err);
    h->value = value == NULL ? h->value : value;
    uint8_t *kind = value == NULL ? NULL : vt_realloc(h->kind, capacity, sizeof *kind, err);
    h->kind = kind == NULL ? h->kind : kind;
    if (kind == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    h->capacity = capacity;
    return VT_OK;
}

int vt_history_add(vt_history *h, const vt_positive *positive, const vt_event_row *event, int32_t at, vt_error *err)
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
    if (!vt_positive_holds(positive, event->kind, event->value)) {
        return VT_OK;
    }
    int status = h->n == h->capacity ? grow(h, err) : VT_OK;
    if (status == VT_OK) {
        h->item[h->n] = at;
        h->time[h->n] = event->time;
        h->value[h->n] = (float)event->value;
        h->kind[h->n] = event->kind;
        h->timed = h->timed && event->time != VT_NONE;
        h->n++;
    }
    return status;
}

static int take_event(void *context, const vt_event_row *event, vt_str item)
{
    load *l = context;
    int32_t at = vt_ids_find(l->items, item);
    return at < 0 ? VT_OK : vt_history_add(l->history, &l->positive, event, at, l->err);
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
    };
}
