/** Events as columns in memory, where there is no shop: a snapshot of them is what models are fitted on. */
#ifndef VITRINE_TABLE_H
#define VITRINE_TABLE_H

#include "vitrine/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Legend: N events. All arrays are borrowed for the call. Init with vt_event_table_init(): nothing is given.
 */
typedef struct vt_event_table {
    size_t size;            /**< set by vt_event_table_init() */
    int64_t n;              /**< N */
    vt_ids user;            /**< (N) the user's id of each event; with `user_of` ids in any order, (n) of any number */
    vt_ids item;            /**< likewise the item's */
    const int32_t *user_of; /**< (N) index into `user`; NULL: event i has id i. Then a repeated id is looked up once */
    const int32_t *item_of; /**< (N) likewise */
    const int64_t *time;    /**< (N) UTC seconds, VT_NONE without; NULL: only the order of events is known */
    const double *value;    /**< (N) ratings, NaN without; NULL: there are none */
    const uint8_t *kind;    /**< (N) vt_event_kind; NULL: a rating where there is a value, else a purchase */
    const uint8_t *part;    /**< (N) vt_part, for the split "given"; NULL: none */
    const vt_user *users;   /**< (n_users) what is known of users; others come into being by their events */
    size_t n_users;
    const vt_item *items; /**< (n_items) the catalogue: candidates without events too */
    size_t n_items;
} vt_event_table;

VT_SIZED_INIT(vt_event_table)

/**
 * A snapshot of the table, in memory, as vt_snapshot_take() makes it of a store with these rows; but equal rows are all
 * kept, and it is in no file. VT_ERR_FORMAT, VT_ERR_LIMIT with the number of the row from 0: an id that is empty, too
 * long or twice in `users` or `items`, a time or kind that cannot be. VT_ERR_USAGE: columns of different lengths, an
 * index that is not there. The caller frees it. O(N log N).
 */
VT_API int vt_snapshot_build(vt_snapshot **out, const vt_event_table *table, const vt_snapshot_options *options,
                             vt_error *err);

#ifdef __cplusplus
}
#endif

#endif
