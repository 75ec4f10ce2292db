/** Statistics of a data set: sizes, sparsity, ratings, long tail, time range. */
#ifndef VITRINE_STATISTICS_H
#define VITRINE_STATISTICS_H

#include "vitrine/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VT_RATING_BINS 11

/**
 * Figures over the positive events of a snapshot, unless a field says otherwise. "Per user" and "per item" are counts
 * of positive events, repeats counted, over those with at least one. The median of an even number of counts is the
 * lower of the two in the middle. Formulas: docs/statistics.md.
 */
typedef struct vt_statistics {
    int64_t users;                          /**< with at least one positive event */
    int64_t items;                          /**< with at least one positive event */
    int64_t all_users;                      /**< stored */
    int64_t catalogue;                      /**< items stored */
    int64_t interactions;                   /**< positive events, repeats counted */
    int64_t pairs;                          /**< distinct (user, item) */
    int64_t events_by_kind[VT_EVENT_KINDS]; /**< all events */
    double sparsity;                        /**< 1 - pairs / (users * items); NaN without data */
    double per_user_mean;
    int64_t per_user_median, per_user_max;
    double per_item_mean;
    int64_t per_item_median, per_item_max;
    int64_t users_with_one; /**< users with one positive event */
    int64_t items_with_one;
    double gini_items; /**< of interactions over items with at least one, 0 even to 1 */
    double gini_users;
    double head_share;       /**< share of interactions on the most popular fifth, rounded up, of the items */
    int64_t tail_items;      /**< least popular items that together hold a fifth of the interactions */
    double rating_mean;      /**< NaN without ratings */
    double rating_deviation; /**< of the population: divided by n */
    int64_t ratings;
    int64_t rating_bin[VT_RATING_BINS];  /**< counts of ratings by distinct value while there are at most 11 */
    double rating_value[VT_RATING_BINS]; /**< ascending; unused ones are NaN */
    int64_t time_min, time_max;          /**< VT_NONE without times */
    int64_t with_category, with_brand, with_price, with_attributes; /**< catalogue items */
} vt_statistics;

/** Computes them. O(E log E) time, O(U + I) memory. */
VT_API int vt_statistics_compute(vt_statistics *statistics, const vt_snapshot *snapshot, vt_error *err);

#ifdef __cplusplus
}
#endif

#endif
