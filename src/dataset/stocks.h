/*
 * The history of stocks in a snapshot: how many pieces of an item were there from a time on. Rows of an item stand side
 * by side, by time, then in the order of storing. Legend: I items, S rows.
 */
#ifndef VT_DATASET_STOCKS_H
#define VT_DATASET_STOCKS_H

#include "dataset/plan.h"

/** Rows of items that a snapshot keeps. */
uint64_t vt_stocks_count(const vt_builder *builder, const vt_ranking *items);

/** Fills the sections of stocks, whose columns are freed. */
int vt_stocks_fill(vt_snapshot *snapshot, const vt_ranking *items, vt_builder *builder, vt_error *err);

/**
 * Puts the rows `time` and `pieces` of each item by time; rows of one time stay as they stand. Rows of item i are
 * ptr[i] to ptr[i + 1]. Nothing is allocated for items whose rows are in order.
 */
int vt_stocks_sort(int64_t *time, int64_t *pieces, const int64_t *ptr, int32_t n_items, vt_error *err);

/** Whether the rows of a file are what a reader may go by. */
bool vt_stocks_hold(const vt_snapshot *snapshot);

#endif
