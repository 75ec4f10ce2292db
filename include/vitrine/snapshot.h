/**
 * A snapshot: a shop's events, ids and features frozen at one revision, in one file that is mapped, not read.
 * Legend of shapes: U users, I items, E events of users, A all events, L order lines, V visits.
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
 * The frozen data. Users and items are sorted by id (bytes), so a dense id is the rank of the shop's id. Events of
 * users stand user by user, in time order; equal or missing times keep the order in which the events were stored.
 * Behind them stand the events of guests (who have no user): first those without a session, then session by session,
 * ordered in the same way. Models, splits and statistics read the first `n_events` alone. Columns of events have
 * `n_all` elements.
 *
 * What figures of a period read stands once more by time, then by row of the store, so that a period is one piece of
 * each column: order lines (purchases and returns that have a time) and visits (views, carts, impressions and clicks
 * that have one), those of guests among them. `line_at` and `visit_at` are the numbers of the events, for the other
 * columns.
 */
typedef struct vt_snapshot {
    int32_t n_users;  /**< U */
    int32_t n_items;  /**< I: the whole catalogue, also what was never bought */
    int64_t n_events; /**< E: of users, of all kinds */
    int64_t n_all;    /**< A: with those of guests */
    int64_t n_lines;  /**< L */
    int64_t n_visits; /**< V */
    vt_ids users;
    vt_ids items;
    const int64_t *user_row;         /**< (U) row of the store, VT_NONE without */
    const int64_t *item_row;         /**< (I) */
    const int64_t *user_ptr;         /**< (U + 1): events of user u are user_ptr[u] to user_ptr[u + 1] */
    const int64_t *user_first_order; /**< (U) time of the first purchase that is not cancelled, VT_NONE without */

    const int64_t *id;         /**< (A) row of the store, ascending in the order of storing */
    const int32_t *item;       /**< (A) */
    const int64_t *time;       /**< (A) UTC seconds, VT_NONE without */
    const float *value;        /**< (A) rating, NaN without */
    const float *quantity;     /**< (A) pieces, 1 when not given */
    const uint8_t *kind;       /**< (A) vt_event_kind */
    const uint8_t *part;       /**< (A) vt_part, as imported */
    const uint8_t *state;      /**< (A) vt_line_state; a cancelled line is neither positive nor a signal */
    const uint8_t *positive;   /**< (A) 1 where the positive rule holds */
    const int64_t *unit_price; /**< (A) minor units, VT_NONE without */
    const int64_t *discount;   /**< (A) of the whole line, VT_NONE without */
    const int64_t *cost;       /**< (A) of one piece as of the sale, VT_NONE where it is not known */
    const int64_t *refunded;   /**< (A) given back for the line, VT_NONE or 0 where nothing was */
    const int32_t *order;      /**< (A) index into orders, -1 without */
    const int32_t *session;    /**< (A) index into sessions, -1 without */
    const int32_t *placement;  /**< (A) where it was shown: index into placements, -1 without */
    const int32_t *model;      /**< (A) by which model: index into models, -1 without */
    const int32_t *request;    /**< (A) in answer to which request: index into requests, -1 without */
    const uint8_t *has_text;   /**< (A) 1 for a review with a title or body */
    const uint32_t *by_time;   /**< (A) events by time (without one first), then by row of the store */
    vt_ids orders;             /**< sorted */
    vt_ids sessions;           /**< sorted */
    vt_ids placements;         /**< sorted */
    vt_ids models;             /**< sorted */
    vt_ids requests;           /**< sorted */

    const int64_t *line_time;       /**< (L) UTC seconds, ascending */
    const int32_t *line_user;       /**< (L) -1: a guest */
    const int32_t *line_item;       /**< (L) */
    const int32_t *line_order;      /**< (L) -1 without */
    const int32_t *line_session;    /**< (L) -1 without */
    const float *line_quantity;     /**< (L) */
    const int64_t *line_unit_price; /**< (L) money as of events */
    const int64_t *line_discount;   /**< (L) */
    const int64_t *line_cost;       /**< (L) */
    const int64_t *line_refunded;   /**< (L) */
    const uint8_t *line_kind;       /**< (L) VT_EVENT_PURCHASE or VT_EVENT_RETURN */
    const uint8_t *line_state;      /**< (L) vt_line_state: cancelled lines are among them */
    const uint32_t *line_at;        /**< (L) number of the event */

    const int64_t *visit_time;    /**< (V) UTC seconds, ascending */
    const int32_t *visit_user;    /**< (V) -1: a guest */
    const int32_t *visit_item;    /**< (V) */
    const int32_t *visit_session; /**< (V) -1 without */
    const uint8_t *visit_kind;    /**< (V) vt_event_kind */
    const uint32_t *visit_at;     /**< (V) number of the event */

    vt_ids titles; /**< (I) title of item i, "" without; not sorted */
    vt_ids images; /**< (I) path or URL of the first image of item i, "" without; not sorted */
    vt_ids categories;
    const int32_t *item_category; /**< (I) index into categories, -1 without */
    vt_ids brands;
    const int32_t *item_brand;           /**< (I) index into brands, -1 without */
    const int64_t *item_price;           /**< (I) minor units, VT_NONE without */
    const int64_t *item_cost;            /**< (I) minor units, VT_NONE without */
    const int64_t *item_stock;           /**< (I) pieces, VT_NONE when not tracked */
    const int64_t *item_available_from;  /**< (I) first second on sale, VT_NONE: always */
    const int64_t *item_available_until; /**< (I) first second no longer on sale, VT_NONE: for ever */
    vt_ids item_attributes;              /**< "name=value" */
    const int64_t *item_attribute_ptr;   /**< (I + 1) */
    const int32_t *item_attribute;       /**< indices into item_attributes, ascending per item */
    vt_ids user_attributes;              /**< "name=value": age band, region, tier, segment and free ones */
    const int64_t *user_attribute_ptr;   /**< (U + 1) */
    const int32_t *user_attribute;
    const int64_t *stock_ptr;    /**< (I + 1) the history of item i's stock is stock_ptr[i] to stock_ptr[i + 1] */
    const int64_t *stock_time;   /**< from this time on, UTC seconds; ascending per item */
    const int64_t *stock_pieces; /**< so many were there */

    int64_t time_min; /**< of positive events of users; VT_NONE when one of them has no time */
    int64_t time_max;
    int64_t revision;   /**< of the store, as what follows: what came later is above these numbers */
    int64_t catalogue;  /**< revision of the catalogue alone */
    int64_t epoch;      /**< another one of the store: rows went, and what was read earlier cannot be continued */
    int64_t last_event; /**< highest rows */
    int64_t last_user;
    int64_t last_item;
    int64_t last_stock;
    int64_t last_change;     /**< last change to events that had been stored before */
    double rating_low;       /**< the scale of ratings that the shop keeps, where it is wider than the usual one; */
    double rating_high;      /**< equal where it keeps none */
    char currency[4];        /**< of all money, ISO 4217; "" when the shop has none yet */
    char time_zone[64];      /**< of the shop's days, an IANA name */
    char positive_rule[256]; /**< as given */
    int32_t min_user;        /**< core that was cut, 0 for none */
    int32_t min_item;
    char hash[65];                       /**< of the content, hexadecimal: the snapshot's name */
    struct vt_snapshot_storage *storage; /**< private */
} vt_snapshot;

/** What is frozen. Init with vt_snapshot_options_init(). */
typedef struct vt_snapshot_options {
    size_t size;          /**< set by vt_snapshot_options_init() */
    const char *positive; /**< rule, default "purchase|like|rating"; see vt_positive_check() */
    int32_t min_user;     /**< keep users with at least so many positive distinct items, 0 keeps all */
    int32_t min_item;     /**< keep items with at least so many distinct users; both repeated to a fixed point */
    const vt_progress *progress;
} vt_snapshot_options;

VT_SIZED_INIT(vt_snapshot_options)

/**
 * Checks a positive rule: alternatives joined by "|", each an event kind or `rating` with a comparison
 * (`rating>=4`, also > <= < ==). VT_ERR_USAGE names the first problem.
 */
VT_API int vt_positive_check(const char *rule, vt_error *err);

/**
 * The snapshot of the shop as it stands: the file of this revision and these options when there is one, else made anew
 * (and kept under snapshots/; older files of the same options are removed, and whoever has one mapped keeps it). A core
 * that is cut leaves guests out. O(A log A) time; memory less than twice the file while it is made. That the file
 * cannot be written (read-only, full) is no failure. A file that was found whole within a week and has not changed
 * since is not read to be checked again. The caller frees it.
 */
VT_API int vt_snapshot_take(vt_snapshot **out, vt_shop *shop, const vt_snapshot_options *options, vt_error *err);

/**
 * The newest file of these options from which a reader can come to where the store stands by reading what was added and
 * changed since: of the store's revision or an older one, of its epoch, and not so old that the store has forgotten
 * changes. NULL in `*out` when there is none. The caller frees it.
 */
VT_API int vt_snapshot_newest(vt_snapshot **out, vt_shop *shop, const vt_snapshot_options *options, vt_error *err);

/**
 * Maps a snapshot file, checking its header, checksum and every index. VT_ERR_CORRUPT for a damaged one,
 * VT_ERR_UNSUPPORTED for one of an older format, which a shop makes anew, VT_ERR_VERSION for one of a newer Vitrine.
 */
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
