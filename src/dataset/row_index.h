/* From the row numbers of a store, which may have gaps, to numbers from 0. */
#ifndef VT_DATASET_ROW_INDEX_H
#define VT_DATASET_ROW_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "vitrine/error.h"

/** Rows in ascending order. Init with zeroes; freed with vt_row_index_done(). */
typedef struct vt_row_index {
    int64_t *row;    /* (n) */
    int32_t *number; /* (span) by row - row[0], -1 for gaps; NULL when rows are too sparse for a table */
    int64_t span;
    int32_t n;
    size_t capacity;
} vt_row_index;

/** The next row gets the next number. VT_ERR_CORRUPT when it is not above the one before. */
int vt_row_index_add(vt_row_index *index, int64_t row, vt_error *err);

/** Makes look-ups fast, once all rows are there; 4 bytes a row where rows are dense. */
int vt_row_index_seal(vt_row_index *index, vt_error *err);

/** The number of a row, -1 when there is no such row. */
int32_t vt_row_index_find(const vt_row_index *index, int64_t row);

void vt_row_index_done(vt_row_index *index);

#endif
