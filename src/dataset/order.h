/* Which events stand in a snapshot, and in what order. */
#ifndef VT_DATASET_ORDER_H
#define VT_DATASET_ORDER_H

#include "dataset/columns.h"
#include "dataset/ranking.h"

/**
 * Cuts the core: users with at least `min_user` distinct positive items and items with at least `min_item` distinct
 * users with a positive event, each counted among what is kept, repeated until nothing changes. `keep_user` and
 * `keep_item` come filled with 1 and leave with 0 where something goes. A minimum of 0 keeps all of its side. Guests do
 * not count. O(E) time a round, 4 bytes an event.
 */
int vt_core_cut(uint8_t *keep_user, int32_t n_users, uint8_t *keep_item, int32_t n_items,
                const vt_event_columns *events, int32_t min_user, int32_t min_item, vt_error *err);

/** Whose events stand together: each of the users, then guests without a session, then each of the guests' sessions. */
typedef struct vt_event_groups {
    const vt_ranking *users;
    const vt_ranking *items;
    const vt_ranking *sessions; /* NULL: events of guests are left out */
} vt_event_groups;

/** The number of groups. */
size_t vt_event_groups_count(const vt_event_groups *groups);

/** The group of event `e`, -1 when the event does not stand in the snapshot. */
int64_t vt_event_group(const vt_event_groups *groups, const vt_event_columns *events, int64_t e);

/**
 * Orders the events of kept users and items by group, then time, then id: `*order` holds their numbers, `ptr` (groups +
 * 1) where each group begins. An event without a time stands behind the one of its group stored before it: its place is
 * that of the last time known by then. The caller frees `*order`.
 */
int vt_order_events(uint32_t **order, int64_t *ptr, const vt_event_columns *events, const vt_event_groups *groups,
                    vt_error *err);

/**
 * Orders `n` events by time, those without one first, then by id, then by number, into `out` (n): O(n) time, 4 bytes an
 * event.
 */
int vt_order_by_time(uint32_t *out, const int64_t *time, const int64_t *id, int64_t n, vt_error *err);

#endif
