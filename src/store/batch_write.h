/* A batch of records of one kind, put into a write that has begun. */
#ifndef VT_STORE_BATCH_WRITE_H
#define VT_STORE_BATCH_WRITE_H

#include "store/store.h"

typedef enum vt_write_kind {
    VT_WRITE_EVENTS,
    VT_WRITE_ITEMS,
    VT_WRITE_USERS,
    VT_WRITE_USER_LINKS,
    VT_WRITE_ITEM_LINKS,
    VT_WRITE_ORDERS,
    VT_WRITE_OFFERS,
    VT_WRITE_ERASURES,
    VT_WRITE_MERGES,
    VT_WRITE_REMOVALS,
    VT_WRITE_KINDS
} vt_write_kind;

typedef struct vt_batch_write {
    vt_write_kind kind;
    const void *records; /* (n) of the kind's struct */
    size_t n;
    vt_put_result *results; /* (n), or NULL */
} vt_batch_write;

/** Puts all records; a refused one is told in the results. Any other failure ends the write. */
int vt_batch_write_apply(vt_store *store, const vt_batch_write *batch, vt_error *err);

#endif
