/* All items of a shop under dense ids, in the order of their ids' bytes. */
#ifndef VT_RECOMMEND_SHOP_ITEMS_H
#define VT_RECOMMEND_SHOP_ITEMS_H

#include "store/store.h"
#include "vitrine/snapshot.h"

/** Freed with vt_shop_items_done(); init with zeroes. */
typedef struct vt_shop_items {
    vt_ids ids;
    int64_t *offset;
    char *text;
} vt_shop_items;

/** Reads the ids of the store, inside a reading. */
int vt_shop_items_load(vt_shop_items *out, vt_store *store, vt_error *err);
/** VT_ERR_NOT_FOUND says that the shop at `path` has no item of that id. */
int vt_find_item(vt_store *store, const char *id, const char *path, vt_error *err);

void vt_shop_items_done(vt_shop_items *items);

#endif
