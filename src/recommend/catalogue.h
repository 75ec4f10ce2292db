/*
 * What filters ask of items, read from the store once and laid out by a model's dense ids. Legend: I items of the
 * model.
 */
#ifndef VT_RECOMMEND_CATALOGUE_H
#define VT_RECOMMEND_CATALOGUE_H

#include "base/map.h"
#include "store/store.h"
#include "vitrine/snapshot.h"

/** Owned by vt_catalogue_load / vt_catalogue_free. */
typedef struct vt_catalogue {
    int32_t n_items;
    int32_t n_stored;         /* items of the model that the shop (still) has */
    uint8_t *stored;          /* (I) */
    int64_t *price;           /* (I) minor units, VT_NONE without */
    int64_t *stock;           /* (I) VT_NONE when not tracked */
    int64_t *available_from;  /* (I) VT_NONE: always */
    int64_t *available_until; /* (I) VT_NONE: for ever */
    int32_t *category;        /* (I) number of the entry in `categories`, -1 without */
    int32_t *brand;           /* (I) likewise in `brands` */
    vt_map *categories;       /* distinct paths as stored */
    vt_map *brands;
} vt_catalogue;

/** Reads the items of the store that are among `items` (sorted, a model's). O(rows log I). */
int vt_catalogue_load(vt_catalogue **out, vt_store *store, const vt_ids *items, vt_error *err);

/** Frees; NULL is allowed. */
void vt_catalogue_free(vt_catalogue *catalogue);

#endif
