/*
 * How alike two items are, from 0 to 1: by the vectors of their texts and photos, else by category and brand.
 * Legend: I items, N with a vector.
 */
#ifndef VT_RECOMMEND_LIKENESS_H
#define VT_RECOMMEND_LIKENESS_H

#include "recommend/catalogue.h"
#include "vitrine/encoder.h"

/** One kind of vectors under the items' ids. */
typedef struct vt_like_vectors {
    const vt_item_vectors *vectors; /* borrowed; NULL: none */
    int32_t *row;                   /* (I) -1 without; NULL when there are no vectors */
} vt_like_vectors;

/** Init with zeroes or vt_likeness_init(), done with vt_likeness_done(). Only read afterwards: any thread. */
typedef struct vt_likeness {
    const vt_catalogue *catalogue; /* borrowed, like the vectors */
    vt_like_vectors text, image;
} vt_likeness;

/** `items` are the ids of the catalogue's items; `text` and `image` may be NULL. */
int vt_likeness_init(vt_likeness *likeness, const vt_catalogue *catalogue, const vt_ids *items,
                     const vt_item_vectors *text, const vt_item_vectors *image, vt_error *err);
void vt_likeness_done(vt_likeness *likeness);

/**
 * The mean of the cosines, at least 0, over the kinds of vectors that both items have. Where there is none,
 * vt_like_attributes(). O(D).
 */
float vt_like(const vt_likeness *likeness, int32_t a, int32_t b);

/**
 * 3/4 of the shared levels of the two category paths, over the levels of the longer one, and 1/4 for one brand; what
 * one of the items does not have is not shared.
 */
float vt_like_attributes(const vt_catalogue *catalogue, int32_t a, int32_t b);

#endif
