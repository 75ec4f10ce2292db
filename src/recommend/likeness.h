/*
 * How alike two items are, from 0 to 1: by the vectors of their texts and photos, else by category and brand.
 * Legend: I items of the view, N with a vector.
 */
#ifndef VT_RECOMMEND_LIKENESS_H
#define VT_RECOMMEND_LIKENESS_H

#include "live/view.h"
#include "vitrine/encoder.h"

/** Where the items of a view stand among vectors of one kind. Shared by servings. */
typedef struct vt_like_rows {
    atomic_int refs;
    const vt_item_vectors *vectors; /* borrowed */
    int32_t n_items;
    int32_t row[]; /* (I) -1 without a vector */
} vt_like_rows;

/** O(I log N). The caller releases it. */
int vt_like_rows_create(vt_like_rows **out, const vt_view *view, const vt_item_vectors *vectors, vt_error *err);
vt_like_rows *vt_like_rows_hold(vt_like_rows *rows);
void vt_like_rows_release(vt_like_rows *rows);

/**
 * Vectors that were read for comparing, of one recommender: where they are left in their files, a list reads each once.
 * For one thread at a time; some 7 MiB at most with 384 and 1,280 dimensions.
 */
typedef struct vt_like_cache vt_like_cache;

int vt_like_cache_create(vt_like_cache **out, vt_error *err);
void vt_like_cache_free(vt_like_cache *cache);

/** What comparing needs; all borrowed, any thread without a cache. */
typedef struct vt_likeness {
    const vt_view *view;
    const vt_like_rows *text, *image; /* NULL: there are none */
    vt_like_cache *cache;             /* NULL: vectors in files are compared where they stand */
} vt_likeness;

/**
 * The mean of the cosines, at least 0, over the kinds of vectors that both items have. Where there is none,
 * vt_like_attributes(). O(D).
 */
float vt_like(const vt_likeness *likeness, int32_t a, int32_t b);

/**
 * 3/4 of the shared levels of the two category paths, over the levels of the longer one, and 1/4 for one brand; what
 * one of the items does not have is not shared.
 */
float vt_like_attributes(const vt_view *view, int32_t a, int32_t b);

#endif
