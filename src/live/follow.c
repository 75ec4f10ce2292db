/*
 * Reading what came: the journal says which rows changed or are gone, row ids above the last ones which are new. All of
 * it stands behind what the views show, so a failure in the middle only takes the end of the tail back.
 */
#include <string.h>

#include "base/alloc.h"
#include "live/live.h"

typedef struct following {
    vt_store *store;
    const vt_view *from;
    vt_generation *g;
    vt_block_edit items, users;
    unsigned stamp;
    int64_t added, changed;
    bool anew; /* the store says something that only a new snapshot can show */
    vt_error *err;
} following;

static int32_t event_user(const following *f, int64_t row)
{
    return row == 0 ? -1 : vt_rows_map_find(&f->g->user_rows, row);
}

/* ---- users and items --------------------------------------------------------------------------------------------- */

static int fill_user(following *f, int32_t at, const vt_user *user)
{
    vt_user_block *block = vt_block_edit_row(&f->users, at, f->err);
    return block == NULL ? VT_ERR_NO_MEMORY : vt_generation_fill_user(f->g, block, at, user, f->err);
}

static int take_user(void *context, int64_t row, const vt_user *user)
{
    following *f = context;
    vt_generation *g = f->g;
    int32_t at = g->snapshot->n_users + g->users.n;
    int status = vt_texts_add(&g->users, g->arena, user->id, f->err);
    status = status != VT_OK ? status : vt_rows_map_set(&g->user_rows, row, at, f->err);
    status = status != VT_OK ? status : vt_block_edit_add(&f->users, f->err);
    return status != VT_OK ? status : fill_user(f, at, user);
}

static int change_user(void *context, int64_t row, const vt_user *user)
{
    following *f = context;
    f->changed++;
    return fill_user(f, vt_rows_map_find(&f->g->user_rows, row), user);
}

static int fill_item(following *f, int32_t at, const vt_item *item)
{
    vt_item_block *block = vt_block_edit_row(&f->items, at, f->err);
    return block == NULL ? VT_ERR_NO_MEMORY : vt_generation_fill_item(f->g, block, at, item, f->err);
}

static int take_item(void *context, int64_t row, const vt_item *item)
{
    following *f = context;
    vt_generation *g = f->g;
    int32_t at = g->snapshot->n_items + g->items.n;
    int status = vt_texts_add(&g->items, g->arena, item->id, f->err);
    status = status != VT_OK ? status : vt_rows_map_set(&g->item_rows, row, at, f->err);
    status = status != VT_OK ? status : vt_block_edit_add(&f->items, f->err);
    return status != VT_OK ? status : fill_item(f, at, item);
}

static int change_item(void *context, int64_t row, const vt_item *item)
{
    following *f = context;
    f->changed++;
    return fill_item(f, vt_rows_map_find(&f->g->item_rows, row), item);
}

static int take_stock(void *context, int64_t row, int64_t time, int64_t stock)
{
    following *f = context;
    int32_t item = vt_rows_map_find(&f->g->item_rows, row);
    if (item < 0) {
        f->anew = true;
        return VT_ERR_CANCELLED;
    }
    return vt_stock_tail_add(&f->g->stocks, item, time, stock, f->err);
}

/* ---- events ------------------------------------------------------------------------------------------------------ */

static int count_item(following *f, int32_t item, int64_t by)
{
    vt_item_block *block = vt_block_edit_row(&f->items, item, f->err);
    if (block == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    block->count[item & VT_BLOCK_MASK] += by;
    return VT_OK;
}

static int take_event(void *context, const vt_event_row *row)
{
    following *f = context;
    vt_generation *g = f->g;
    vt_tail_event event = {.row = row,
                           .user = event_user(f, row->user),
                           .item = vt_rows_map_find(&g->item_rows, row->item),
                           .positive =
                               row->state != VT_LINE_CANCELLED && vt_positive_holds(&g->rule, row->kind, row->value)};
    if (event.item < 0 || (row->user != 0 && event.user < 0)) {
        f->anew = true;
        return VT_ERR_CANCELLED;
    }
    int status = vt_names_intern(&event.order, &g->orders, g->arena, row->order, f->err);
    status = status != VT_OK ? status : vt_names_intern(&event.session, &g->sessions, g->arena, row->session, f->err);
    status =
        status != VT_OK ? status : vt_names_intern(&event.placement, &g->placements, g->arena, row->placement, f->err);
    status = status != VT_OK ? status : vt_names_intern(&event.model, &g->models, g->arena, row->model, f->err);
    status = status != VT_OK ? status : vt_names_intern(&event.request, &g->requests, g->arena, row->request, f->err);
    status = status != VT_OK ? status : vt_tail_add(&g->tail, &event, f->err);
    if (status == VT_OK && event.positive) {
        status = count_item(f, event.item, 1);
    }
    f->added += status == VT_OK;
    return status;
}

static int drop_event(following *f, const vt_store_change *change)
{
    vt_span event;
    int64_t at = vt_generation_find_event(f->g, change->row, event_user(f, change->user), change->session,
                                          f->from->n_events - f->from->n_frozen);
    if (at < 0 || !vt_marks_shows(&f->g->marks, at, f->stamp)) {
        return VT_OK; /* came and went since the last look, or was cut from the snapshot */
    }
    vt_view_event(&event, f->from, at);
    int status = vt_marks_set(&f->g->marks, at, f->stamp, f->err);
    f->changed += status == VT_OK;
    return status == VT_OK && event.positive[0] ? count_item(f, event.item[0], -1) : status;
}

/* A row that changed, read as it is now. One that is new is read with the others. */
static int read_again(following *f, const vt_store_change *change)
{
    bool item = change->kind == VT_CHANGE_ITEM;
    int32_t at = vt_rows_map_find(item ? &f->g->item_rows : &f->g->user_rows, change->row);
    if (at < 0 || at >= (item ? f->from->n_items : f->from->n_users)) {
        return VT_OK;
    }
    int status = item ? vt_store_item_row(f->store, change->row, change_item, f, f->err)
                      : vt_store_user_row(f->store, change->row, change_user, f, f->err);
    if (status == VT_ERR_NOT_FOUND) { /* erased since */
        vt_error_reset(f->err);
        f->anew = true;
        status = VT_ERR_CANCELLED;
    }
    return status;
}

static int take_change(void *context, const vt_store_change *change)
{
    following *f = context;
    switch (change->kind) {
    case VT_CHANGE_ITEM:
    case VT_CHANGE_USER:
        return read_again(f, change);
    case VT_CHANGE_EVENT_GONE:
        return drop_event(f, change);
    case VT_CHANGE_USER_GONE: /* the id itself has to go, from the file too */
        f->anew = true;
        return VT_ERR_CANCELLED;
    }
    return VT_OK;
}

static int read_all(following *f)
{
    const vt_store_mark *mark = &f->from->mark;
    int status = vt_store_each_change(f->store, mark->change, take_change, f, f->err);
    status = status != VT_OK ? status : vt_store_each_user_after(f->store, mark->user, take_user, f, f->err);
    status = status != VT_OK ? status : vt_store_each_item_after(f->store, mark->item, take_item, f, f->err);
    status = status != VT_OK ? status : vt_store_each_stock_after(f->store, mark->stock, take_stock, f, f->err);
    return status != VT_OK ? status : vt_store_each_event_after(f->store, mark->event, take_event, f, f->err);
}

/* ---- the new view ------------------------------------------------------------------------------------------------ */

static int names_of(vt_sorted **out, vt_sorted *old, const vt_texts *texts, vt_error *err)
{
    if (old->n == texts->n) {
        *out = vt_sorted_hold(old);
        return VT_OK;
    }
    return vt_sorted_grow(out, old, texts, err);
}

static int publish(vt_live *live, following *f, const vt_store_mark *mark)
{
    vt_view_parts parts = {.stamp = f->stamp, .mark = *mark};
    int status = vt_store_get(f->store, "currency", parts.currency, sizeof parts.currency, f->err);
    status =
        status != VT_OK ? status : vt_store_get(f->store, "time_zone", parts.time_zone, sizeof parts.time_zone, f->err);
    status = status != VT_OK ? status : names_of(&parts.new_users, f->from->new_users, &f->g->users, f->err);
    if (status == VT_OK) {
        status = names_of(&parts.new_items, f->from->new_items, &f->g->items, f->err);
    }
    if (status != VT_OK) {
        vt_sorted_release(parts.new_users);
        return status;
    }
    parts.items = vt_block_edit_take(&f->items);
    parts.users = vt_block_edit_take(&f->users);
    parts.generation = vt_generation_hold(f->g);
    return vt_live_publish(live, &parts, f->err);
}

int vt_live_follow(vt_live *live, vt_view *from, const vt_store_mark *mark, bool *anew, vt_error *err)
{
    vt_generation *g = from->generation;
    int32_t users = g->users.n, items = g->items.n;
    int64_t events = g->tail.n, stocks = g->stocks.n;
    *anew = mark->epoch != from->mark.epoch || mark->change_first > from->mark.change;
    if (*anew) {
        return VT_OK;
    }
    following f = {.store = vt_shop_store(live->shop), .from = from, .g = g, .stamp = from->stamp + 1, .err = err};
    vt_block_edit_begin(&f.items, from->items);
    vt_block_edit_begin(&f.users, from->users);
    int status = read_all(&f);
    if (status == VT_OK) {
        status = publish(live, &f, mark);
    }
    vt_block_edit_drop(&f.items);
    vt_block_edit_drop(&f.users);
    if (status != VT_OK) {
        vt_tail_cut(&g->tail, events);
        g->stocks.n = stocks;
        g->users.n = users;
        g->items.n = items;
    }
    if (f.anew) {
        *anew = true;
        return VT_OK;
    }
    if (status == VT_OK) {
        live->state.added = f.added;
        live->state.changed = f.changed;
    }
    return status;
}
