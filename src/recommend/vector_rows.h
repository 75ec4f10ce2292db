/* The vectors of items as the index searches them. */
#ifndef VT_RECOMMEND_VECTOR_ROWS_H
#define VT_RECOMMEND_VECTOR_ROWS_H

#include "index/flat.h"
#include "vitrine/encoder.h"

static inline const float *vt_vector_row(const void *vectors, size_t i, float *room)
{
    return vt_item_vector(vectors, (int32_t)i, room);
}

/** Borrows the vectors. */
static inline vt_rows vt_vector_rows(const vt_item_vectors *vectors)
{
    return (vt_rows){(size_t)vectors->n, vectors->d, vectors->data, vt_vector_row, vectors};
}

#endif
