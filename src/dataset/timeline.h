/*
 * Order lines and visits by time, copied from the columns of events, and each user's first order. Legend: U users, A
 * events, L order lines, V visits.
 */
#ifndef VT_DATASET_TIMELINE_H
#define VT_DATASET_TIMELINE_H

#include "vitrine/snapshot.h"

/** Whether an event is an order line that has its place in time. */
static inline bool vt_timeline_is_line(uint8_t kind, int64_t time)
{
    return time != VT_NONE && (kind == VT_EVENT_PURCHASE || kind == VT_EVENT_RETURN);
}

/** Whether an event is a visit that has its place in time. */
static inline bool vt_timeline_is_visit(uint8_t kind, int64_t time)
{
    return time != VT_NONE &&
           (kind == VT_EVENT_VIEW || kind == VT_EVENT_CART || kind == VT_EVENT_IMPRESSION || kind == VT_EVENT_CLICK);
}

/** Whether an event counts for the first order of its user. */
static inline bool vt_timeline_is_order(uint8_t kind, uint8_t state, int64_t time)
{
    return time != VT_NONE && kind == VT_EVENT_PURCHASE && state != VT_LINE_CANCELLED;
}

/**
 * Fills these sections of a snapshot in the making, whose events are complete and whose sections of lines and visits
 * have room for as many as there are. O(A) time, 4 bytes an event.
 */
int vt_timeline_fill(vt_snapshot *snapshot, vt_error *err);

/**
 * Whether these sections of a snapshot are those of its events, which were checked: every line and visit is there once,
 * in order, with the time and kind of its event; indices are in range; first orders are right. O(A).
 */
bool vt_timeline_holds(const vt_snapshot *snapshot);

#endif
