/*
 * One consistent state of the shop in memory. Taking and releasing one never waits and allocates nothing; what a view
 * shows does not change while it is held. Legend: U users, I items, E events, all with those of the tail.
 */
#ifndef VT_LIVE_VIEW_H
#define VT_LIVE_VIEW_H

#include "live/generation.h"
#include "vitrine/live.h"

/** Numbers of the tail's users or items in the order of their ids' bytes, so that readers find them. */
typedef struct vt_sorted {
    atomic_int refs;
    int32_t n;
    int32_t at[]; /* (n) place in the texts of the generation */
} vt_sorted;

/** What was worked out from a view: live/memo.h. */
typedef struct vt_memos vt_memos;

typedef struct vt_view {
    atomic_int refs; /* 0: nobody's, may be used again */
    vt_generation *generation;
    const vt_snapshot *snapshot;
    vt_block_table *items, *users;
    vt_sorted *new_users, *new_items;
    vt_memos *memos;
    int32_t n_users; /* U */
    int32_t n_items; /* I */
    int32_t n_orders, n_sessions, n_categories, n_brands, n_placements, n_models, n_requests;
    int32_t n_user_attributes, n_item_attributes; /* numbers of "name=value": live/attributes.h */
    int64_t n_frozen;                             /* events of the snapshot, guests among them */
    int64_t n_events;                             /* E */
    int64_t n_stocks;                             /* changes of stock behind the snapshot: live/stocks.h */
    unsigned stamp;                               /* grows with each view of a generation */
    vt_store_mark mark;
    char currency[4];
    char time_zone[64];
    struct vt_view *next; /* all views of a live shop, for its end */
} vt_view;

/** The newest view; released by vt_view_release(). Lock-free. */
vt_view *vt_live_view(vt_live *live);

void vt_view_release(vt_view *view);

/**
 * A view of a snapshot alone, with no shop behind it: for evaluation. Freed by vt_view_of_snapshot_free(); the snapshot
 * outlives it.
 */
int vt_view_of_snapshot(vt_view **out, const vt_snapshot *snapshot, vt_error *err);
void vt_view_of_snapshot_free(vt_view *view);

/* ---- users and items --------------------------------------------------------------------------------------------- */

/** Ids by number, borrowed as long as the view is held. */
vt_str vt_view_user_id(const vt_view *view, int32_t user);
vt_str vt_view_item_id(const vt_view *view, int32_t item);

/** Numbers by id, -1: none. O(log). */
int32_t vt_view_find_user(const vt_view *view, vt_str id);
int32_t vt_view_find_item(const vt_view *view, vt_str id);

/** The block with the columns of `item`; its place in them is `item & VT_BLOCK_MASK`. */
static inline const vt_item_block *vt_view_block(const vt_view *view, int32_t item)
{
    return view->items->block[item >> VT_BLOCK_BITS];
}

/** Single columns of an item. */
static inline int32_t vt_view_item_category(const vt_view *view, int32_t item)
{
    return vt_view_block(view, item)->category[item & VT_BLOCK_MASK];
}
static inline int32_t vt_view_item_brand(const vt_view *view, int32_t item)
{
    return vt_view_block(view, item)->brand[item & VT_BLOCK_MASK];
}
static inline int64_t vt_view_item_price(const vt_view *view, int32_t item)
{
    return vt_view_block(view, item)->price[item & VT_BLOCK_MASK];
}
static inline int64_t vt_view_item_count(const vt_view *view, int32_t item)
{
    return vt_view_block(view, item)->count[item & VT_BLOCK_MASK];
}
static inline vt_str vt_view_item_title(const vt_view *view, int32_t item)
{
    return vt_view_block(view, item)->title[item & VT_BLOCK_MASK];
}

/** Path or URL of the item's first image, "" without; borrowed as long as the view is held. */
static inline vt_str vt_view_item_image(const vt_view *view, int32_t item)
{
    return vt_view_block(view, item)->image[item & VT_BLOCK_MASK];
}

/** Texts by number; borrowed, "" for -1. */
vt_str vt_view_category(const vt_view *view, int32_t category);
vt_str vt_view_brand(const vt_view *view, int32_t brand);
vt_str vt_view_order(const vt_view *view, int32_t order);
vt_str vt_view_session(const vt_view *view, int32_t session);
vt_str vt_view_placement(const vt_view *view, int32_t placement);
vt_str vt_view_model(const vt_view *view, int32_t model);
vt_str vt_view_request(const vt_view *view, int32_t request);

/* ---- events ------------------------------------------------------------------------------------------------------ */

/** Whether event `at` counts as of this view: neither replaced nor erased. */
static inline bool vt_view_shows(const vt_view *view, int64_t at)
{
    return vt_marks_shows(&view->generation->marks, at, view->stamp);
}

/** Events that stand side by side as columns: the whole snapshot, or one chunk of the tail. */
typedef struct vt_span {
    int64_t begin; /* position of the first */
    int64_t n;
    const int64_t *id, *time, *unit_price, *discount, *cost, *refunded; /* (n) */
    const int32_t *user; /* (n) NULL for the snapshot, whose events stand by user: see user_ptr */
    const int32_t *item, *order, *session;
    const int32_t *placement, *model, *request; /* (n) what was shown by whom, -1 without */
    const float *value, *quantity;
    const uint8_t *kind, *part, *state, *positive;
    const uint8_t *has_text; /* (n) 1 for a review with a title or body */
} vt_span;

/** The span that begins at `from`; false at the end. Go on at begin + n. */
bool vt_view_span(vt_span *out, const vt_view *view, int64_t from);

/** Event `at` as a span of one. */
void vt_view_event(vt_span *out, const vt_view *view, int64_t at);

/** The user of event `at`, -1: a guest. O(log U) in the snapshot. */
int32_t vt_view_user_of(const vt_view *view, int64_t at);

/** All events that count, one after the other, with their users. Begun by vt_view_events_begin(). */
typedef struct vt_view_events {
    const vt_view *view;
    vt_span span;
    int64_t k;    /* of the event in the span */
    int32_t user; /* -1: a guest */
} vt_view_events;

void vt_view_events_begin(vt_view_events *events, const vt_view *view);

/** Moves to the next event; false behind the last. O(1), and O(U) for all. */
bool vt_view_events_next(vt_view_events *events);

/** Some events by position. Init with zeroes, grows, done with vt_positions_done(). */
typedef struct vt_positions {
    int64_t *at;
    size_t n, capacity;
} vt_positions;

/**
 * The events of `user` that count, those of the snapshot in time order, behind them those of the tail in the order of
 * storing. O(events of the user).
 */
int vt_view_user_events(vt_positions *out, const vt_view *view, int32_t user, vt_error *err);
void vt_positions_done(vt_positions *positions);

#endif
