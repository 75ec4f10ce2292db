/*
 * Customers of a shop as rows for a model of churn: what was known of each at a moment, and whether an order followed.
 * Legend: N rows, F = VT_BEHAVIOUR_FEATURES, U users.
 */
#ifndef VT_INSIGHT_CHURN_HISTORY_H
#define VT_INSIGHT_CHURN_HISTORY_H

#include "insight/churn/behaviour.h"
#include "insight/orders.h"

/** Rows that grow. Init with zeroes, done with vt_churn_history_done(). */
typedef struct vt_churn_history {
    int32_t *user;    /**< (N) */
    double *x;        /**< (N, F) row-major */
    uint8_t *outcome; /**< (N) vt_outcome */
    size_t n;
} vt_churn_history;

void vt_churn_history_done(vt_churn_history *history);

/**
 * Adds the customers who ordered in the `days` before `moment`, in order of their numbers: features from events before
 * it alone (visits of the last 90 days), and whether they were lost, which is to place no order in the `days` from it
 * on. Where `known` is false the outcome is VT_OUTCOME_UNKNOWN. `orders` are those of the same scope. O(E).
 */
int vt_churn_history_add(vt_churn_history *history, const vt_scope *scope, const vt_orders *orders, int64_t moment,
                         double days, bool known, vt_error *err);

/**
 * The days within which the share `share` of all reorders came, and how many of them there are. NaN without any. O(N
 * log N) for N orders.
 */
int vt_reorder_days(double *days, size_t *n, const vt_orders *orders, double share, vt_error *err);

#endif
