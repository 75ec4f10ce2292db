/*
 * A snapshot with the tail behind it: everything that grows until the next snapshot begins a new generation. One
 * writer; readers come through views. Legend: U users, I items, A events of the snapshot.
 */
#ifndef VT_LIVE_GENERATION_H
#define VT_LIVE_GENERATION_H

#include "base/map.h"
#include "dataset/positive.h"
#include "live/item_table.h"
#include "live/tail.h"
#include "live/texts.h"

/** Names beside a sorted table of the snapshot: numbers go on behind it. */
typedef struct vt_names {
    const vt_ids *frozen;
    vt_texts fresh;
    vt_map *numbers; /* of the fresh ones */
} vt_names;

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
    vt_marks marks;        /* of all events, tail behind the snapshot */
    vt_texts users, items; /* ids that came after it */
    vt_names categories, brands, orders, sessions;
    vt_rows_map user_rows, item_rows;
    vt_item_table *table; /* the catalogue of the snapshot */
} vt_generation;

/** Takes the snapshot over in any case, unless it is `borrowed`, which nothing is changed in. O(U + I + A). */
int vt_generation_create(vt_generation **out, vt_snapshot *snapshot, bool borrowed, vt_error *err);
vt_generation *vt_generation_hold(vt_generation *g);
void vt_generation_release(vt_generation *g);

/** The dense number of a store's row, -1: none. */
int32_t vt_rows_map_find(const vt_rows_map *map, int64_t row);
int vt_rows_map_set(vt_rows_map *map, int64_t row, int32_t dense, vt_error *err);

/** The number of a name, given on first sight; -1 for an empty one. */
int vt_names_intern(int32_t *out, vt_names *names, vt_arena *arena, vt_str text, vt_error *err);

/** The text of a number; borrowed. */
vt_str vt_names_at(const vt_names *names, int32_t number);
static inline int32_t vt_names_count(const vt_names *names)
{
    return names->frozen->n + names->fresh.n;
}

/** Fills the columns of item `at` of a block from a record. `count` stays. */
int vt_generation_fill_item(vt_generation *g, vt_item_block *block, int32_t at, const vt_item *item, vt_error *err);

/** The position of the event with row `id` among the first `n_tail` of the tail and the snapshot; -1: none. */
int64_t vt_generation_find_event(const vt_generation *g, int64_t id, int32_t user, vt_str session, int64_t n_tail);

#endif
