/*
 * Orders of customers one by one: what cohorts, the second order and the rhythm of a customer are made from. Lines of
 * one order, or without a number of one day, are one order. Legend: U users.
 */
#ifndef VT_INSIGHT_ORDERS_H
#define VT_INSIGHT_ORDERS_H

#include "insight/scope.h"

/** One order of a customer. */
typedef struct vt_order_row {
    int64_t time;
    int64_t revenue; /**< minor units: what was paid less what was given back for its lines */
} vt_order_row;

/** Orders by customer, each customer's in order of time. Init with zeroes, done with vt_orders_done(). */
typedef struct vt_orders {
    int64_t *ptr;      /**< (U + 1) those of user u are ptr[u] to ptr[u + 1] */
    vt_order_row *row; /**< (ptr[U]) */
    int32_t n_users;
} vt_orders;

/** All orders up to the end of the scope's period, of goods and customers that pass its filters. O(lines log lines). */
int vt_orders_find(vt_orders *out, const vt_scope *scope, vt_error *err);
void vt_orders_done(vt_orders *orders);

#endif
