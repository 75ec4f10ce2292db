/** A shop: one folder with the store, snapshots, embeddings, models and settings. */
#ifndef VITRINE_SHOP_H
#define VITRINE_SHOP_H

#include <stdbool.h>

#include "vitrine/record.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct vt_shop vt_shop;

/** How a shop is opened. */
typedef enum vt_shop_mode {
    VT_SHOP_READ,  /**< never waits and never blocks anyone; must exist */
    VT_SHOP_WRITE, /**< the only writer: VT_ERR_BUSY while another process writes; must exist. A server of the shop ends
                        what it is writing and waits as long as it is open */
    VT_SHOP_CREATE, /**< as WRITE; made when the folder is missing or empty, VT_ERR_EXISTS over foreign files */
    VT_SHOP_SERVE   /**< as CREATE, for whoever keeps it open: never borrowed from a server */
} vt_shop_mode;

/** What `shop info` shows. Counts are of rows. */
typedef struct vt_shop_info {
    int64_t users;
    int64_t items;
    int64_t events;
    int64_t events_by_kind[VT_EVENT_KINDS];
    int64_t reviews; /**< events with a title or a text */
    int64_t user_links;
    int64_t item_links;
    int64_t imports;
    int64_t revision; /**< grows with every committed change */
    int64_t schema;   /**< number of the last migration */
    int64_t time_min; /**< of events; VT_NONE when none has a time */
    int64_t time_max;
    int64_t bytes;      /**< of the whole folder on disk */
    char currency[4];   /**< ISO 4217, "" when none is set */
    char time_zone[64]; /**< IANA name, "UTC" by default */
    char id[33];        /**< made at creation, hexadecimal */
} vt_shop_info;

/** One import, as `shop info` lists them. */
typedef struct vt_shop_import {
    int64_t id;
    int64_t time;       /**< UTC seconds */
    const char *kind;   /**< "amazon", "csv", ... */
    const char *source; /**< the files' names */
    int64_t added;      /**< rows of any table */
    int64_t rejected;
} vt_shop_import;

/**
 * Opens the shop in folder `path`. On failure `*out` is untouched.
 * VT_ERR_NOT_FOUND: no shop there; VT_ERR_VERSION: written by a newer Vitrine; VT_ERR_CORRUPT; VT_ERR_BUSY.
 * The caller closes it. One thread at a time.
 */
VT_API int vt_shop_open(vt_shop **out, const char *path, vt_shop_mode mode, vt_error *err);

/** Closes; NULL is allowed. */
VT_API void vt_shop_close(vt_shop *shop);

/** The folder, as given; borrowed. */
VT_API const char *vt_shop_path(const vt_shop *shop);

/** Counts and settings, at one moment. O(events) for the counts. */
VT_API int vt_shop_describe(vt_shop *shop, vt_shop_info *info, vt_error *err);

/** Calls `each` for every import, oldest first, until it returns non-zero. Strings are valid during the call. */
VT_API int vt_shop_imports(vt_shop *shop, int (*each)(void *context, const vt_shop_import *row), void *context,
                           vt_error *err);

/** True when `path` is a folder that holds a shop. */
VT_API bool vt_shop_exists(const char *path);

/**
 * Deletes the shop in `path` with all that it holds, and nothing else: files that are not a shop's stay, and the folder
 * with them. VT_ERR_NOT_FOUND when there is no shop, VT_ERR_BUSY while a writer has it open.
 */
VT_API int vt_shop_delete(const char *path, vt_error *err);

/**
 * Sets a setting of the shop: "currency" (ISO 4217, three capitals; VT_ERR_USAGE over a different one) or "time_zone"
 * (an IANA name, in which days begin and end). Rules of recommending,
 * "recommend.NAME", are kept as they are: vt_rules_save() (rules.h) checks them. VT_ERR_USAGE for other names.
 */
VT_API int vt_shop_set(vt_shop *shop, const char *name, const char *value, vt_error *err);

/**
 * Checks the store's integrity (page checksums as far as SQLite has them, references, prices against their history,
 * keys of order lines). VT_ERR_CORRUPT names the first damage.
 */
VT_API int vt_shop_check(vt_shop *shop, vt_error *err);

#ifdef __cplusplus
}
#endif

#endif
