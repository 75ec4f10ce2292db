/*
 * Statistics of items as of a moment: how often each was bought in the days before it. Always from events strictly
 * before the moment, so that what is fitted and what is judged never knows its own answer. Legend: I items, N events,
 * C cells.
 */
#ifndef VT_DATASET_ITEM_CLOCK_H
#define VT_DATASET_ITEM_CLOCK_H

#include "vitrine/model.h"

/** The statistics. Counts are as ln(1 + n). */
enum {
    VT_STAT_ALL,       /**< events of all time */
    VT_STAT_7,         /**< of the last 7 days */
    VT_STAT_30,        /**< of the last 30 days */
    VT_STAT_90,        /**< of the last 90 days */
    VT_STAT_180,       /**< of the last 180 days */
    VT_STAT_365,       /**< of the last 365 days */
    VT_STAT_LAST_YEAR, /**< of the 30 days around the same day a year ago */
    VT_STAT_YOUNG,     /**< 1 / (1 + months since its first event), 0 before it */
    VT_STAT_KNOWN,     /**< 1 after its first event, else 0 */
    VT_STATS
};

/** Names for explanations and tables: "sold_7_days", ...; VT_STATS rows. Static storage. */
const char *vt_stat_name(int stat);

typedef struct vt_item_clock vt_item_clock;

/**
 * From the events of `train` that have a time. Memory: 12 bytes an event and at most 128 MiB for counts at the bounds
 * of cells of a day or longer. O(N log N + C I).
 */
int vt_item_clock_create(vt_item_clock **out, const vt_interactions *train, vt_error *err);

/** From times that are known per item. */
int vt_item_clock_of_times(vt_item_clock **out, const vt_item_times *times, vt_error *err);
void vt_item_clock_free(vt_item_clock *clock);

/** Of the last event; VT_NONE without events. */
int64_t vt_item_clock_last(const vt_item_clock *clock);

/** All events, ascending: their number, times and items; for keeping a clock in a file. Borrowed. */
size_t vt_item_clock_events(const vt_item_clock *clock, const int64_t **time, const int32_t **item);

/** A clock from such events again. VT_ERR_CORRUPT when they are not in order or an item is none of `n_items`. */
int vt_item_clock_of_events(vt_item_clock **out, int32_t n_items, const int64_t *time, const int32_t *item, size_t n,
                            vt_error *err);

/** Some of the items. */
typedef struct vt_item_subset {
    size_t n;
    const int32_t *item;  /**< (n) */
    const int32_t *place; /**< (I) where an item stands among them, -1: it does not */
} vt_item_subset;

/**
 * Statistics as of `moment` into `planes` (VT_STATS, n) of a subset, or (VT_STATS, I) of all items where it is NULL.
 * O(n), and the events of some cells.
 */
void vt_item_clock_at(const vt_item_clock *clock, const vt_item_subset *of, int64_t moment, float *planes);

/** The same for item times of whoever asks, into `planes` (VT_STATS, I). O(I log N). */
void vt_item_times_at(const vt_item_times *times, int64_t moment, float *planes);

#endif
