/*
 * A snapshot with the tail behind it: everything that grows until the next snapshot begins a new generation. One
 * writer; readers come through views. Legend: U users, I items, A events of the snapshot.
 */
#ifndef VT_LIVE_GENERATION_H
#define VT_LIVE_GENERATION_H

#include "dataset/positive.h"
#include "live/attribute_reader.h"
#include "live/stocks.h"
#include "live/tail.h"

/** From row ids of the store to dense numbers. */
typedef struct vt_rows_map {
    int32_t *dense; /* (n) -1: none */
    size_t n;
} vt_rows_map;

typedef struct vt_generation {
    atomic_int refs;
    int64_t number; /* of the process: no two generations have the same */
    vt_snapshot *snapshot;
    bool borrowed;    /* the snapshot is somebody else's */
    vt_positive rule; /* of the snapshot */
    vt_arena *arena;  /* texts of the tail */
    vt_tail tail;
    vt_stock_tail stocks;
    vt_marks marks;        /* of all events, tail behind the snapshot */
    vt_texts users, items; /* ids that came after it */
    vt_names categories, brands, orders, sessions, placements, models, requests;
    vt_names user_attributes, item_attributes; /* "name=value" */
    vt_attribute_reader reader;
    vt_rows_map user_rows, item_rows;
    vt_block_table *item_table; /* the catalogue of the snapshot */
    vt_block_table *user_table;
} vt_generation;

/** Takes the snapshot over in any case, unless it is `borrowed`, which nothing is changed in. O(U + I + A). */
int vt_generation_create(vt_generation **out, vt_snapshot *snapshot, bool borrowed, vt_error *err);
vt_generation *vt_generation_hold(vt_generation *g);
void vt_generation_release(vt_generation *g);

/** The dense number of a store's row, -1: none. */
int32_t vt_rows_map_find(const vt_rows_map *map, int64_t row);
int vt_rows_map_set(vt_rows_map *map, int64_t row, int32_t dense, vt_error *err);

/** Fills the columns of item or user `at` of a block from a record. `count` stays. */
int vt_generation_fill_item(vt_generation *g, vt_item_block *block, int32_t at, const vt_item *item, vt_error *err);
int vt_generation_fill_user(vt_generation *g, vt_user_block *block, int32_t at, const vt_user *user, vt_error *err);

/** The position of the event with row `id` among the first `n_tail` of the tail and the snapshot; -1: none. */
int64_t vt_generation_find_event(const vt_generation *g, int64_t id, int32_t user, vt_str session, int64_t n_tail);

#endif
