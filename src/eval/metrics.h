/*
 * The formulas of ranking metrics, each written once: those of one list, and those of all lists together. Definitions
 * stand in docs/metrics.md.
 */
#ifndef VT_EVAL_METRICS_H
#define VT_EVAL_METRICS_H

#include "vitrine/evaluation.h"

#define VT_LIST_METRICS 6 /* the first of vt_metric are those of one list */

/** Discounts by position, so that a list costs no logarithms. Init and done by the caller. */
typedef struct vt_discounts {
    size_t n;
    double *gain;  /* (n) 1 / log2(position + 1), position from 1 */
    double *ideal; /* (n + 1) sum of the first gains */
} vt_discounts;

int vt_discounts_init(vt_discounts *discounts, size_t n, vt_error *err);
void vt_discounts_done(vt_discounts *discounts);

/**
 * Precision, Recall, HR, NDCG, MAP and MRR at `k` (at most discounts->n) of one list into `value`. `hit` (n) marks the
 * relevant ones of the n listed items, best first; a list may be shorter than k. `n_relevant` is at least 1.
 */
void vt_list_metrics(double value[VT_LIST_METRICS], const vt_discounts *discounts, const uint8_t *hit, size_t n,
                     size_t n_relevant, size_t k);

/**
 * Marks in `head` (I) the most bought fifth (rounded up) of the candidates with training events; ties go to the smaller
 * id. O(I log I).
 */
int vt_head_items(uint8_t *head, int32_t n_items, const uint8_t *allowed, const int64_t *train_events, vt_error *err);

/** What is known of items beside how often they were recommended. Arrays are (I), borrowed. */
typedef struct vt_exposure {
    int32_t n_items;
    const uint8_t *allowed;      /* 1 where an item is a candidate */
    const int64_t *train_events; /* training events on it */
    const int64_t *train_users;  /* distinct users with one */
    int64_t n_train_users;       /* users with any training event */
} vt_exposure;

/**
 * Coverage, novelty, Gini and popularity share into value[VT_METRIC_COVERAGE...]; `count` (I) says how often each item
 * was listed. NaN for those that are means over no listed item. O(I log I).
 */
int vt_exposure_metrics(double value[VT_METRICS], const vt_exposure *exposure, const int64_t *count, vt_error *err);

#endif
