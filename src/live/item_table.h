/*
 * The catalogue as columns, in blocks of items that are shared between views: a change of one item copies one block and
 * the list of blocks, so a view that is held never changes and a change costs the same in a catalogue of any size that
 * people have (8 bytes for each 256 items).
 */
#ifndef VT_LIVE_ITEM_TABLE_H
#define VT_LIVE_ITEM_TABLE_H

#include <stdatomic.h>

#include "vitrine/snapshot.h"

enum { VT_BLOCK_BITS = 8, VT_BLOCK = 1 << VT_BLOCK_BITS, VT_BLOCK_MASK = VT_BLOCK - 1 };

/** The columns of 256 items. Money in minor units, times in UTC seconds; VT_NONE without. */
typedef struct vt_item_block {
    atomic_int refs;
    int64_t price[VT_BLOCK];
    int64_t cost[VT_BLOCK];
    int64_t stock[VT_BLOCK];           /**< VT_NONE: not tracked */
    int64_t available_from[VT_BLOCK];  /**< VT_NONE: always */
    int64_t available_until[VT_BLOCK]; /**< VT_NONE: for ever */
    int64_t count[VT_BLOCK];           /**< positive events, by the rule of the snapshot, those of guests too */
    int32_t category[VT_BLOCK];        /**< number of the text, -1 without */
    int32_t brand[VT_BLOCK];           /**< likewise */
    vt_str title[VT_BLOCK];            /**< "" without; as long as the generation lives */
} vt_item_block;

/** A catalogue as of a moment. Immutable once a view shows it. */
typedef struct vt_item_table {
    atomic_int refs;
    int32_t n_items;
    size_t n_blocks;
    vt_item_block *block[]; /**< (n_blocks) */
} vt_item_table;

/** A table of `n_items` items in which nothing is given. The caller releases it. */
int vt_item_table_create(vt_item_table **out, int32_t n_items, vt_error *err);

/** One more who holds it. */
vt_item_table *vt_item_table_hold(vt_item_table *table);
void vt_item_table_release(vt_item_table *table);

/** A table being made from another one. Init by vt_item_edit_begin(); ended by take or drop. One thread. */
typedef struct vt_item_edit {
    vt_item_table *from; /* held */
    vt_item_table *to;   /* NULL while nothing has changed */
} vt_item_edit;

void vt_item_edit_begin(vt_item_edit *edit, vt_item_table *from);

/** The block of item `at`, to be written; copied at first. */
int vt_item_edit_block(vt_item_block **out, vt_item_edit *edit, int32_t at, vt_error *err);

/** Adds an item in which nothing is given. */
int vt_item_edit_add(vt_item_edit *edit, vt_error *err);

/** The result; the caller releases it. */
vt_item_table *vt_item_edit_take(vt_item_edit *edit);
void vt_item_edit_drop(vt_item_edit *edit);

#endif
