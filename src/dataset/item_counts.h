/*
 * How often each item was bought before any moment. Events stand in order of time, in blocks of about as many events
 * as an eighth of the items; with each block stand the counts of all items before it. So a moment costs one row of
 * counts and a part of one block, and an event that is added touches its block and a number in each later one.
 * Private to dataset: item_clock.h makes statistics of it. Legend: I items, N events.
 */
#ifndef VT_DATASET_ITEM_COUNTS_H
#define VT_DATASET_ITEM_COUNTS_H

#include "dataset/item_clock.h"

typedef struct vt_count_block vt_count_block;

/** Starts zeroed. */
typedef struct vt_item_counts {
    int32_t n_items;
    size_t n; /* N */
    size_t n_blocks, capacity;
    vt_count_block **block; /* by time */
} vt_item_counts;

void vt_item_counts_done(vt_item_counts *counts);

/**
 * Adds an event of an item below `n_items`. In order of time O(1), amortised: a new block costs a row of I counts. An
 * event that is late costs O(I / 8) within its block and O(1) for each block behind it. Nothing changes on failure.
 */
int vt_item_counts_add(vt_item_counts *counts, int64_t time, int32_t item, vt_error *err);

/** Adds `sign` times the events before `moment` to `count`, (I) of the first `n_items` items or (n) of a subset. */
void vt_item_counts_before(float *count, const vt_item_counts *counts, size_t n_items, const vt_item_subset *of,
                           int64_t moment, float sign);

/** What is called for an event. */
typedef void (*vt_count_each)(void *context, int64_t time, int32_t item);

/** Calls `each` for the events after `moment`, the newest block first. O(events after it and a block). */
void vt_item_counts_after(const vt_item_counts *counts, int64_t moment, vt_count_each each, void *context);

/** Events of one item before `moment`. O(I / 16). */
int64_t vt_item_counts_of(const vt_item_counts *counts, int32_t item, int64_t moment);

/** All events by time, those of one time by item, into `time` and `item` (N). */
void vt_item_counts_copy(const vt_item_counts *counts, int64_t *time, int32_t *item);

/** Of the last event; VT_NONE without events. */
int64_t vt_item_counts_last(const vt_item_counts *counts);

#endif
