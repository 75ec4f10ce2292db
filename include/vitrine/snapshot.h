/**
 * A snapshot: a shop's interactions, ids and features frozen at one revision, in one file that is mapped, not read.
 * Legend of shapes: U users, I items, E events, C categories, B brands, A attributes.
 */
#ifndef VITRINE_SNAPSHOT_H
#define VITRINE_SNAPSHOT_H

#include "vitrine/progress.h"
#include "vitrine/shop.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A table of texts: text i is bytes offset[i] to offset[i + 1] of `text`. */
typedef struct vt_ids {
    int32_t n;
    const int64_t *offset; /**< (n + 1) */
    const char *text;
} vt_ids;

/**
 * The frozen data. Users and items are sorted by id (bytes), so a dense id is the rank of the shop's id. Events stand
 * user by user, in time order; equal or missing times keep the order in which the events were stored.
 */
typedef struct vt_snapshot {
    int32_t n_users;  /**< U */
    int32_t n_items;  /**< I: the whole catalogue, also what was never bought */
    int64_t n_events; /**< E: of all kinds */
    vt_ids users;
    vt_ids items;
    const int64_t *user_ptr; /**< (U + 1): events of user u are user_ptr[u] to user_ptr[u + 1] */
    const int32_t *item;     /**< (E) */
    const int64_t *time;     /**< (E) UTC seconds, VT_NONE without */
    const float *value;      /**< (E) rating, NaN without */
    const float *quantity;   /**< (E) pieces, 1 when not given */
    const uint8_t *kind;     /**< (E) vt_event_kind */
    const uint8_t *part;     /**< (E) vt_part, as imported */
    const uint8_t *positive; /**< (E) 1 where the positive rule holds */
    vt_ids categories;
    const int32_t *item_category; /**< (I) index into categories, -1 without */
    vt_ids brands;
    const int32_t *item_brand;         /**< (I) index into brands, -1 without */
    const int64_t *item_price;         /**< (I) minor units, VT_NONE without */
    vt_ids item_attributes;            /**< "name=value" */
    const int64_t *item_attribute_ptr; /**< (I + 1) */
    const int32_t *item_attribute;     /**< indices into item_attributes, ascending per item */
    vt_ids user_attributes;            /**< "name=value": age band, region, tier, segment and free ones */
    const int64_t *user_attribute_ptr; /**< (U + 1) */
    const int32_t *user_attribute;
    int64_t time_min; /**< of positive events; VT_NONE when one of them has no time */
    int64_t time_max;
    int64_t revision;        /**< of the store */
    char positive_rule[256]; /**< as given */
    int32_t min_user;        /**< core that was cut, 0 for none */
    int32_t min_item;
    char hash[65];                       /**< of the content, hexadecimal: the snapshot's name */
    struct vt_snapshot_storage *storage; /**< private */
} vt_snapshot;

/** What is frozen. Init with vt_snapshot_options_init(). */
typedef struct vt_snapshot_options {
    const char *positive; /**< rule, default "purchase|like|rating"; see vt_positive_check() */
    int32_t min_user;     /**< keep users with at least so many positive distinct items, 0 keeps all */
    int32_t min_item;     /**< keep items with at least so many distinct users; both repeated to a fixed point */
    const vt_progress *progress;
} vt_snapshot_options;

VT_API void vt_snapshot_options_init(vt_snapshot_options *options);

/**
 * Checks a positive rule: alternatives joined by "|", each an event kind or `rating` with a comparison
 * (`rating>=4`, also > <= < ==). VT_ERR_USAGE names the first problem.
 */
VT_API int vt_positive_check(const char *rule, vt_error *err);

/**
 * The snapshot of the shop as it stands: the file of this revision and these options when there is one, else made anew
 * (and kept under snapshots/, older ones of the same options are removed). O(E log E) time; memory 33 bytes an event
 * while it is made, 23 after. Events of a session without a user are left out. That the file cannot be written
 * (read-only, full) is no failure. The caller frees it.
 */
VT_API int vt_snapshot_take(vt_snapshot **out, vt_shop *shop, const vt_snapshot_options *options, vt_error *err);

/** Maps a snapshot file, checking its header, checksum and every index. VT_ERR_CORRUPT, VT_ERR_VERSION. */
VT_API int vt_snapshot_open(vt_snapshot **out, const char *path, vt_error *err);

/** Frees; NULL is allowed. */
VT_API void vt_snapshot_free(vt_snapshot *snapshot);

/** Text `index` of a table, borrowed. */
VT_API vt_str vt_ids_get(const vt_ids *ids, int32_t index);

/** The index of `text` in a table sorted by bytes, -1 when it is not there. O(log n). */
VT_API int32_t vt_ids_find(const vt_ids *ids, vt_str text);

#ifdef __cplusplus
}
#endif

#endif
