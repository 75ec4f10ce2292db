/* After how long a product is usually bought again, from the purchases of a shop. Legend: I items of a model. */
#ifndef VT_RECOMMEND_REPLENISH_H
#define VT_RECOMMEND_REPLENISH_H

#include "recommend/catalogue.h"

/**
 * Seconds until an item is bought again into `interval` (I), VT_NONE where nothing says so: the median of the gaps
 * between purchases of one item by one user that are a day apart or more. An item speaks for itself with 5 gaps, when
 * one of five of its buyers bought it again; else its category does with 20 gaps of its items, when one of five did.
 * O(P log P) for P purchases; reads all events. `items` are the ids of the catalogue's items.
 */
int vt_replenish_load(int64_t *interval, vt_store *store, const vt_catalogue *catalogue, const vt_ids *items,
                      vt_error *err);

#endif
