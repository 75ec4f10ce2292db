/*
 * Columns in blocks of 256 rows that are shared between views: a change of one row copies one block and the list of
 * blocks, so a view that is held never changes and a change costs the same in a table of any size that people have (8
 * bytes for each 256 rows).
 */
#ifndef VT_LIVE_BLOCK_TABLE_H
#define VT_LIVE_BLOCK_TABLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vitrine/error.h"

enum { VT_BLOCK_BITS = 8, VT_BLOCK = 1 << VT_BLOCK_BITS, VT_BLOCK_MASK = VT_BLOCK - 1 };

/** What the blocks of a table are. A block begins with an atomic_int, the number of tables that hold it. */
typedef struct vt_block_kind {
    size_t bytes;                          /* of a block */
    void (*clear)(void *block, size_t at); /* sets place `at` to nothing given */
} vt_block_kind;

/** A table as of a moment. Immutable once a view shows it. */
typedef struct vt_block_table {
    const vt_block_kind *kind;
    atomic_int refs;
    int32_t n_rows;
    size_t n_blocks;
    void *block[]; /**< (n_blocks) NULL in a table that was not `filled`: nothing is given in these rows */
} vt_block_table;

/** A table of `n_rows` rows in which nothing is given; `filled` with all its blocks. The caller releases it. */
int vt_block_table_create(vt_block_table **out, const vt_block_kind *kind, int32_t n_rows, bool filled, vt_error *err);

/** One more who holds it. */
vt_block_table *vt_block_table_hold(vt_block_table *table);
void vt_block_table_release(vt_block_table *table);

/** A table being made from another one. Init by vt_block_edit_begin(); ended by take or drop. One thread. */
typedef struct vt_block_edit {
    vt_block_table *from; /* held */
    vt_block_table *to;   /* NULL while nothing has changed */
} vt_block_edit;

void vt_block_edit_begin(vt_block_edit *edit, vt_block_table *from);

/** The block of row `at`, to be written; copied at first. NULL without memory. */
void *vt_block_edit_row(vt_block_edit *edit, int32_t at, vt_error *err);

/** Adds a row in which nothing is given. */
int vt_block_edit_add(vt_block_edit *edit, vt_error *err);

/** The result; the caller releases it. */
vt_block_table *vt_block_edit_take(vt_block_edit *edit);
void vt_block_edit_drop(vt_block_edit *edit);

#endif
