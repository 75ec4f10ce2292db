/*
 * Statistics of items as of a moment: how often each was bought in the days before it. Always from events strictly
 * before the moment, so that what is fitted and what is held out never knows its own answer. Legend: I items, N events.
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
 * From the events of `train` that have a time. Memory: at most 60 bytes an event, and some blocks of a row of I counts
 * each. O(N log N).
 */
int vt_item_clock_create(vt_item_clock **out, const vt_interactions *train, vt_error *err);

/** From times that are known per item. */
int vt_item_clock_of_times(vt_item_clock **out, const vt_item_times *times, vt_error *err);

/** From events in order of time. VT_ERR_CORRUPT when they are not, or an item is none of `n_items`. O(N). */
int vt_item_clock_of_events(vt_item_clock **out, int32_t n_items, const int64_t *time, const int32_t *item, size_t n,
                            vt_error *err);

void vt_item_clock_free(vt_item_clock *clock);

/**
 * Adds an event; afterwards the clock is the one that would be made of all events. One that is not older than the last
 * costs O(1), amortised; an older one O(I / 8 + 8 N / I), and the order in which they come does not matter. One thread
 * at a time may call this and vt_item_clock_grow(), while others read. VT_ERR_USAGE for an item that there is not; on
 * failure nothing has changed.
 */
int vt_item_clock_append(vt_item_clock *clock, int64_t time, int32_t item, vt_error *err);

/** Lets there be `n_items` items; never less than before. O(1) an item, amortised. */
int vt_item_clock_grow(vt_item_clock *clock, int32_t n_items, vt_error *err);

/** A number that no other clock has, nor this one once something was added: what was made from it is made anew then. */
uint64_t vt_item_clock_stamp(const vt_item_clock *clock);

/** Of the last event; VT_NONE without events. */
int64_t vt_item_clock_last(const vt_item_clock *clock);

/** Events of each of the first `n_items` items, of all time, into `count`. O(I), and a look at up to I / 8 events. */
void vt_item_clock_count(float *count, const vt_item_clock *clock, size_t n_items);

/** Calls `each` for the events after `moment`, in no order; it must not use the clock. O(events after it and I / 8). */
void vt_item_clock_after(const vt_item_clock *clock, int64_t moment,
                         void (*each)(void *context, int64_t time, int32_t item), void *context);

/** All events by time, as `*n` times and items; for keeping a clock in a file. The caller frees both with vt_free(). */
int vt_item_clock_events(int64_t **time, int32_t **item, size_t *n, const vt_item_clock *clock, vt_error *err);

/** Some of the items. */
typedef struct vt_item_subset {
    size_t n;
    const int32_t *item;  /**< (n) */
    size_t n_items;       /**< I */
    const int32_t *place; /**< (I) where an item stands among them, -1: it does not */
} vt_item_subset;

/**
 * Statistics as of `moment` into `planes`: (VT_STATS, `n_items`) of the first items, or (VT_STATS, n) of a subset.
 * Items that the clock does not have count as never sold. O(I) or O(n), and a look at up to I / 16 events for each of
 * 13 moments. Thread-safe, also beside one who adds.
 */
void vt_item_clock_at(const vt_item_clock *clock, size_t n_items, const vt_item_subset *of, int64_t moment,
                      float *planes);

/**
 * ln(1 + events of each of a subset in the last days[w] days before `moment`), 0 for all time, into `planes`
 * (n_days, n). Costs as above for each moment.
 */
void vt_item_clock_recent(float *planes, const vt_item_clock *clock, const vt_item_subset *of, int64_t moment,
                          const int *days, size_t n_days);

/** Only the first of them, ln(1 + events of all time), into `log_count` (`n_items`) or (n). Otherwise the same. */
void vt_item_clock_log_counts(const vt_item_clock *clock, size_t n_items, const vt_item_subset *of, int64_t moment,
                              float *log_count);

/** Events of one item before `moment`; 0 of an item that there is not. O(I / 16). Thread-safe as above. */
int64_t vt_item_clock_before(const vt_item_clock *clock, int32_t item, int64_t moment);

/** The same for item times of whoever asks, into `planes` (VT_STATS, I). O(I log N). */
void vt_item_times_at(const vt_item_times *times, int64_t moment, float *planes);

/** The same as vt_item_clock_recent() for item times of whoever asks. O(n_days n log N). */
void vt_item_times_recent(float *planes, const vt_item_times *times, const vt_item_subset *of, int64_t moment,
                          const int *days, size_t n_days);

/** Time of the first event of one item; INT64_MAX without. */
int64_t vt_item_clock_first(const vt_item_clock *clock, int32_t item);

/** Events of one item before `moment`. O(log N). */
int64_t vt_item_times_before(const vt_item_times *times, int32_t item, int64_t moment);

#endif
