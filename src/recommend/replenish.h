/* After how long a product is usually bought again, from the purchases of a shop. Legend: I items of the view. */
#ifndef VT_RECOMMEND_REPLENISH_H
#define VT_RECOMMEND_REPLENISH_H

#include "recommend/context.h"

/** Intervals as of a view. Shared by requests. */
typedef struct vt_again {
    atomic_int refs;
    int64_t generation, n_events; /* of the view that it was made from */
    int32_t n_items;
    int64_t interval[]; /* (I) */
} vt_again;

void vt_again_release(vt_again *again);

/**
 * Seconds until an item is bought again into `interval` (I), VT_NONE where nothing says so: the median of the gaps
 * between purchases of one item by one user that are a day apart or more. An item speaks for itself with 5 gaps, when
 * one of five of its buyers bought it again; else its category does with 20 gaps of its items, when one of five did.
 * O(P log P) for P purchases; looks at all events.
 */
int vt_again_create(vt_again **out, const vt_view *view, vt_error *err);

/**
 * The intervals for a request, counted anew when a hundredth part of the events has come since; as long as its scratch.
 */
int vt_replenish_intervals(const int64_t **interval, vt_context *c, vt_error *err);

#endif
