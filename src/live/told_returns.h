/*
 * Returns that events of their own tell, by order and item. Such a return may be told a second time by the state of the
 * line or by money given back for it; who sums returns counts the event and leaves the line's word out. Legend: R
 * return events with an order.
 */
#ifndef VT_LIVE_TOLD_RETURNS_H
#define VT_LIVE_TOLD_RETURNS_H

#include "live/memo.h"

/**
 * The set of a view, of all times; held, the caller releases it with vt_memo_release(). O(order lines + R log R) once
 * for a view, O(1) after that.
 */
int vt_told_returns_find(vt_memo **out, const vt_view *view, vt_error *err);

/** Whether an event tells a return of this item of this order (-1: none); NULL is an empty set. O(log R). */
bool vt_told_returns_has(const vt_memo *told, int32_t order, int32_t item);

#endif
