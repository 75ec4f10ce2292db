/*
 * Views are never freed while the shop is open: whoever loads the pointer to the newest one may be late, and then finds
 * a view that nobody holds, or one that is newer. Both are told apart by the count alone.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "live/live.h"
#include "live/memo.h"

vt_view *vt_live_view(vt_live *live)
{
    for (;;) {
        vt_view *view = atomic_load_explicit(&live->current, memory_order_acquire);
        int refs = atomic_load_explicit(&view->refs, memory_order_relaxed);
        while (refs > 0) {
            if (atomic_compare_exchange_weak_explicit(&view->refs, &refs, refs + 1, memory_order_acquire,
                                                      memory_order_relaxed)) {
                return view;
            }
        }
    }
}

static void release_parts(const vt_view_parts *parts)
{
    vt_block_table_release(parts->items);
    vt_block_table_release(parts->users);
    vt_sorted_release(parts->new_users);
    vt_sorted_release(parts->new_items);
    vt_generation_release(parts->generation);
}

void vt_view_release(vt_view *view)
{
    if (view == NULL) {
        return;
    }
    /* What the view holds is read before the count says that it may be used again. */
    const vt_view_parts parts = {.generation = view->generation,
                                 .items = view->items,
                                 .users = view->users,
                                 .new_users = view->new_users,
                                 .new_items = view->new_items};
    vt_memos *memos = view->memos;
    if (atomic_fetch_sub_explicit(&view->refs, 1, memory_order_acq_rel) == 1) {
        release_parts(&parts);
        vt_memos_free(memos);
    }
}

static vt_view *idle_view(vt_live *live, vt_error *err)
{
    for (vt_view *v = live->views; v != NULL; v = v->next) {
        if (atomic_load_explicit(&v->refs, memory_order_acquire) == 0) {
            return v;
        }
    }
    vt_view *view = vt_alloc_zero(1, sizeof *view, err);
    if (view != NULL) {
        view->next = live->views;
        live->views = view;
    }
    return view;
}

/* Everything of a view but its place among others. */
static void fill(vt_view *view, const vt_view_parts *parts, vt_memos *memos)
{
    vt_generation *g = parts->generation;
    view->generation = g;
    view->snapshot = g->snapshot;
    view->items = parts->items;
    view->users = parts->users;
    view->new_users = parts->new_users;
    view->new_items = parts->new_items;
    view->memos = memos;
    view->n_users = g->snapshot->n_users + parts->new_users->n;
    view->n_items = g->snapshot->n_items + parts->new_items->n;
    view->n_orders = vt_names_count(&g->orders);
    view->n_sessions = vt_names_count(&g->sessions);
    view->n_placements = vt_names_count(&g->placements);
    view->n_models = vt_names_count(&g->models);
    view->n_requests = vt_names_count(&g->requests);
    view->n_categories = vt_names_count(&g->categories);
    view->n_brands = vt_names_count(&g->brands);
    view->n_user_attributes = vt_names_count(&g->user_attributes);
    view->n_item_attributes = vt_names_count(&g->item_attributes);
    view->n_frozen = g->snapshot->n_all;
    view->n_events = view->n_frozen + g->tail.n;
    view->n_stocks = g->stocks.n;
    view->stamp = parts->stamp;
    view->mark = parts->mark;
    memcpy(view->currency, parts->currency, sizeof view->currency);
    memcpy(view->time_zone, parts->time_zone, sizeof view->time_zone);
    atomic_store_explicit(&view->refs, 1, memory_order_release); /* the shop's own hold */
}

int vt_live_publish(vt_live *live, const vt_view_parts *parts, vt_error *err)
{
    vt_memos *memos = NULL;
    vt_view *view = idle_view(live, err);
    if (view == NULL || vt_memos_create(&memos, err) != VT_OK) {
        release_parts(parts);
        return VT_ERR_NO_MEMORY;
    }
    fill(view, parts, memos);
    vt_view_release(atomic_exchange_explicit(&live->current, view, memory_order_acq_rel));
    return VT_OK;
}

int vt_view_parts_of(vt_view_parts *out, vt_snapshot *snapshot, bool borrowed, vt_error *err)
{
    vt_view_parts parts = {.stamp = 1};
    vt_generation *g = NULL;
    int status = vt_generation_create(&g, snapshot, borrowed, err);
    if (status != VT_OK) {
        return status;
    }
    const vt_snapshot *s = g->snapshot;
    parts.mark = (vt_store_mark){
        .revision = s->revision,
        .catalogue = s->catalogue,
        .epoch = s->epoch,
        .event = s->last_event,
        .user = s->last_user,
        .item = s->last_item,
        .stock = s->last_stock,
        .change = s->last_change,
        .change_first = s->last_change,
    };
    memcpy(parts.currency, s->currency, sizeof parts.currency);
    memcpy(parts.time_zone, s->time_zone, sizeof parts.time_zone);
    status = vt_sorted_grow(&parts.new_users, NULL, &g->users, err);
    status = status != VT_OK ? status : vt_sorted_grow(&parts.new_items, NULL, &g->items, err);
    if (status != VT_OK) {
        vt_sorted_release(parts.new_users);
        vt_generation_release(g);
        return status;
    }
    parts.generation = g;
    parts.items = vt_block_table_hold(g->item_table);
    parts.users = vt_block_table_hold(g->user_table);
    *out = parts;
    return VT_OK;
}

int vt_view_of_snapshot(vt_view **out, const vt_snapshot *snapshot, vt_error *err)
{
    vt_view_parts parts;
    vt_memos *memos = NULL;
    vt_view *view = vt_alloc_zero(1, sizeof *view, err);
    int status = view == NULL ? VT_ERR_NO_MEMORY : vt_memos_create(&memos, err);
    status = status != VT_OK ? status : vt_view_parts_of(&parts, (vt_snapshot *)(uintptr_t)snapshot, true, err);
    if (status != VT_OK) {
        vt_memos_free(memos);
        vt_free(view);
        return status;
    }
    fill(view, &parts, memos);
    *out = view;
    return VT_OK;
}

void vt_view_of_snapshot_free(vt_view *view)
{
    vt_view_release(view);
    vt_free(view);
}

static int by_text(const void *a, const void *b, void *context)
{
    const vt_texts *texts = context;
    return vt_str_compare(vt_texts_at(texts, *(const int32_t *)a), vt_texts_at(texts, *(const int32_t *)b));
}

int vt_sorted_grow(vt_sorted **out, const vt_sorted *old, const vt_texts *texts, vt_error *err)
{
    int32_t before = old == NULL ? 0 : old->n, fresh = texts->n - before;
    vt_sorted *sorted = vt_alloc(1, sizeof *sorted + (size_t)texts->n * sizeof *sorted->at, err);
    int32_t *added = vt_alloc((size_t)fresh, sizeof *added, err);
    if (sorted == NULL || added == NULL) {
        vt_free(sorted);
        vt_free(added);
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t i = 0; i < fresh; i++) {
        added[i] = before + i;
    }
    qsort_r(added, (size_t)fresh, sizeof *added, by_text, (void *)(uintptr_t)texts);
    for (int32_t i = 0, a = 0, b = 0; i < texts->n; i++) {
        bool first = b == fresh ||
                     (a < before && vt_str_compare(vt_texts_at(texts, old->at[a]), vt_texts_at(texts, added[b])) <= 0);
        sorted->at[i] = first ? old->at[a++] : added[b++];
    }
    atomic_init(&sorted->refs, 1);
    sorted->n = texts->n;
    vt_free(added);
    *out = sorted;
    return VT_OK;
}

vt_sorted *vt_sorted_hold(vt_sorted *sorted)
{
    atomic_fetch_add_explicit(&sorted->refs, 1, memory_order_relaxed);
    return sorted;
}

void vt_sorted_release(vt_sorted *sorted)
{
    if (sorted != NULL && atomic_fetch_sub_explicit(&sorted->refs, 1, memory_order_acq_rel) == 1) {
        vt_free(sorted);
    }
}
