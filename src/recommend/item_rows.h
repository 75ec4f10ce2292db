/* From the store's numbers of items, which events carry, to dense ids. */
#ifndef VT_RECOMMEND_ITEM_ROWS_H
#define VT_RECOMMEND_ITEM_ROWS_H

#include "store/store.h"
#include "vitrine/snapshot.h"

/** Init with zeroes, done with vt_item_rows_done(). */
typedef struct vt_item_rows {
    int32_t *dense; /* (n) by row; -1: not among the items */
    size_t n;
} vt_item_rows;

/** Reads all items of the store; `items` are sorted ids. */
int vt_item_rows_load(vt_item_rows *out, vt_store *store, const vt_ids *items, vt_error *err);
void vt_item_rows_done(vt_item_rows *rows);

/** The dense id of a row, -1 for none. */
static inline int32_t vt_item_rows_find(const vt_item_rows *rows, int64_t row)
{
    return row >= 0 && (size_t)row < rows->n ? rows->dense[row] : -1;
}

/** Interactions of each item, kept for the popularity of a shop without a model: purchases, likes and ratings. */
int vt_item_rows_count(int64_t *count, const vt_item_rows *rows, vt_store *store, size_t n_items, vt_error *err);

#endif
