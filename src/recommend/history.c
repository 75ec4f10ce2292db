/* A user's events as they are now: what came after the model was fitted counts at once. */
#include "recommend/history.h"

#include <string.h>

static int make_room(vt_history *h, size_t n, vt_error *err)
{
    vt_arena *arena = h->scratch->arena;
    h->item = vt_arena_alloc(arena, n, sizeof *h->item, err);
    h->shown = vt_arena_alloc(arena, n, sizeof *h->shown, err);
    h->time = vt_arena_alloc(arena, n, sizeof *h->time, err);
    h->value = vt_arena_alloc(arena, n, sizeof *h->value, err);
    h->kind = vt_arena_alloc(arena, n, sizeof *h->kind, err);
    h->positive = vt_arena_alloc(arena, n, sizeof *h->positive, err);
    h->mark = vt_arena_alloc(arena, n, sizeof *h->mark, err);
    bool all = h->item != NULL && h->shown != NULL && h->time != NULL && h->value != NULL && h->kind != NULL &&
               h->positive != NULL && h->mark != NULL;
    h->capacity = all ? n : 0;
    return all ? VT_OK : VT_ERR_NO_MEMORY;
}

static void swap(vt_history *h, size_t a, size_t b)
{
    int32_t item = h->item[a], shown = h->shown[a];
    int64_t time = h->time[a];
    float value = h->value[a];
    uint8_t kind = h->kind[a], positive = h->positive[a];
    h->item[a] = h->item[b];
    h->shown[a] = h->shown[b];
    h->time[a] = h->time[b];
    h->value[a] = h->value[b];
    h->kind[a] = h->kind[b];
    h->positive[a] = h->positive[b];
    h->item[b] = item;
    h->shown[b] = shown;
    h->time[b] = time;
    h->value[b] = value;
    h->kind[b] = kind;
    h->positive[b] = positive;
}

static void mark(vt_history *h, const vt_past_event *event)
{
    int32_t *slot = &h->scratch->slot[event->item];
    if (*slot == 0) {
        h->mark[h->n_marks++] = (vt_item_mark){.item = event->item, .bought = VT_NONE};
        *slot = (int32_t)h->n_marks;
    }
    vt_item_mark *m = &h->mark[*slot - 1];
    m->seen = m->seen || event->kind == VT_EVENT_PURCHASE || event->kind == VT_EVENT_RATING;
    if (event->kind == VT_EVENT_PURCHASE) {
        m->bought = event->time;
    }
    if (event->kind == VT_EVENT_DISLIKE || event->kind == VT_EVENT_PURCHASE || event->kind == VT_EVENT_LIKE) {
        m->disliked = event->kind == VT_EVENT_DISLIKE;
    }
}

bool vt_history_add(vt_history *h, const vt_past_event *event)
{
    const vt_serving *s = h->serving;
    int32_t item = vt_numbers_model(s->numbers, event->item);
    mark(h, event);
    bool holds = vt_positive_holds(&s->bound->positive, event->kind, (double)event->value);
    if (item < 0 || (!holds && ((h->hears >> event->kind & 1U) == 0 || event->time == VT_NONE))) {
        return false;
    }
    size_t last = h->n_all++;
    h->item[last] = item;
    h->shown[last] = event->item;
    h->time[last] = event->time;
    h->value[last] = event->value;
    h->kind[last] = event->kind;
    h->positive[last] = holds;
    h->n += holds;
    h->timed = h->timed && event->time != VT_NONE;
    for (; h->timed && last > 0 && h->time[last - 1] > h->time[last]; last--) {
        swap(h, last - 1, last);
    }
    return true;
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
    char *scratch = vt_arena_alloc(h->scratch->arena, signals, sizeof *h->time, err);
    if (scratch == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    part(h->item, sizeof *h->item, h, scratch);
    part(h->shown, sizeof *h->shown, h, scratch);
    part(h->time, sizeof *h->time, h, scratch);
    part(h->value, sizeof *h->value, h, scratch);
    part(h->kind, sizeof *h->kind, h, scratch);
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

int vt_history_load(vt_history *h, const vt_serving *serving, vt_scratch *scratch, int32_t user, size_t more,
                    vt_error *err)
{
    const vt_view *view = serving->view;
    vt_positions events = {0};
    vt_span event;
    *h = (vt_history){.timed = true, .hears = serving->bound->info.signals, .scratch = scratch, .serving = serving};
    int status = vt_view_user_events(&events, view, user, err);
    status = status != VT_OK ? status : make_room(h, events.n + more, err);
    for (size_t e = 0; status == VT_OK && e < events.n; e++) {
        vt_view_event(&event, view, events.at[e]);
        if (event.state[0] != VT_LINE_CANCELLED) {
            vt_past_event past = {event.item[0], event.kind[0], event.time[0], event.value[0]};
            vt_history_add(h, &past);
        }
    }
    vt_positions_done(&events);
    return status;
}

void vt_history_done(vt_history *h)
{
    for (size_t m = 0; m < h->n_marks; m++) {
        h->scratch->slot[h->mark[m].item] = 0;
    }
    *h = (vt_history){0};
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
        .clock = h->serving->bound->clock,
        .signals = h->signals.n > 0 ? &h->signals : NULL,
    };
}
