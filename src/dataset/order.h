/* Which events stand in a snapshot, and in what order. */
#ifndef VT_DATASET_ORDER_H
#define VT_DATASET_ORDER_H

#include "dataset/rows.h"

/**
 * Cuts the core: users with at least `min_user` distinct positive items and items with at least `min_item` distinct
 * users with a positive event, each counted among what is kept, repeated until nothing changes. `keep_user` and
 * `keep_item` come filled with 1 and leave with 0 where something goes. A minimum of 0 keeps all of its side. O(E)
 * time a round, 4 bytes an event.
 */
int vt_core_cut(uint8_t *keep_user, int32_t n_users, uint8_t *keep_item, int32_t n_items,
                const vt_event_columns *events, int32_t min_user, int32_t min_item, vt_error *err);

/**
 * Orders the events of kept users and items by user rank, then time, then id: `*order` holds their numbers, `ptr`
 * (users->n + 1) where each user begins. An event without a time stands behind the one stored before it: its place is
 * that of the last time known by then. The caller frees `*order`.
 */
int vt_order_events(uint32_t **order, int64_t *ptr, const vt_event_columns *events, const vt_ranking *users,
                    const vt_ranking *items, vt_error *err);

#endif
