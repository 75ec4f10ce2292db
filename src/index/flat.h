/*
 * Nearest neighbours by dot product over vectors, in one block or each in a place of its own: exactly, and through a
 * first pass over bytes. Legend: N vectors, D dimensions. Best first, ties to the smaller index; the first 5 of 50 are
 * the 5; NaN never gets in. Searching allocates nothing and may be done by many threads at once.
 */
#ifndef VT_INDEX_FLAT_H
#define VT_INDEX_FLAT_H

#include <stddef.h>
#include <stdint.h>

#include "vitrine/error.h"

/** The most neighbours that vt_nearest() and vt_flat_search() give. */
#define VT_NEAREST_MAX ((size_t)1000)
#define VT_FLAT_NEAREST_MAX ((size_t)200)

#define VT_FLAT_DIMENSIONS_MAX ((size_t)4096)

/** Vectors to search: one behind the other, or each where `row` says. */
typedef struct vt_rows {
    size_t n, d;
    const float *block; /* (N, D), or NULL */
    /* Vector i (D), in `room` (D; NULL past VT_FLAT_DIMENSIONS_MAX) or elsewhere; by any thread. Without a block. */
    const float *(*row)(const void *from, size_t i, float *room);
    const void *from; /* for `row` */
} vt_rows;

/**
 * The `k` (at most VT_NEAREST_MAX) of the rows (N, D) nearest to `query` (D) among those that `allowed` (N, or NULL for
 * all) has 1 for, into `index` and `score` (k); gives how many. O(N D).
 */
size_t vt_nearest(int32_t *index, float *score, const vt_rows *rows, const float *query, const uint8_t *allowed,
                  size_t k);

/** A first pass over rows, which it borrows: D bytes for each, and up to 256 more. */
typedef struct vt_flat vt_flat;

/** VT_ERR_LIMIT past VT_FLAT_DIMENSIONS_MAX. The same for any `threads`. O(N D), for many dimensions more by 256. */
int vt_flat_create(vt_flat **out, const vt_rows *rows, int threads, vt_error *err);
void vt_flat_free(vt_flat *flat);

/** As vt_nearest(), of the 200 that the first pass finds best; `k` at most VT_FLAT_NEAREST_MAX. Scores are exact. */
size_t vt_flat_search(const vt_flat *flat, int32_t *index, float *score, const float *query, const uint8_t *allowed,
                      size_t k);

#endif
