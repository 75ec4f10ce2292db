/*
 * Orders one by one: what cohorts, the second order and the size of orders are made from. Lines of one order, or
 * without a number of one customer (a guest: of one visit) and day, are one order. Legend: U users.
 */
#ifndef VT_INSIGHT_ORDERS_H
#define VT_INSIGHT_ORDERS_H

#include "insight/scope.h"

/** One order. */
typedef struct vt_order_row {
    int64_t time;
    int64_t paid;    /**< minor units: gross sales less discounts */
    int64_t revenue; /**< minor units: what was paid less what was given back for its lines */
} vt_order_row;

/** Orders by customer, each customer's in order of time, guests behind all. Done with vt_orders_done(). */
typedef struct vt_orders {
    int64_t *ptr;      /**< (U + 2) those of user u are ptr[u] to ptr[u + 1]; of guests u = U */
    vt_order_row *row; /**< (ptr[U + 1]) */
    int32_t n_users;
} vt_orders;

/**
 * All orders of the lines from `from` on (INT64_MIN: of all times) up to `until`, of goods and customers that pass the
 * scope's filters. O(lines log lines).
 */
int vt_orders_find(vt_orders *out, const vt_scope *scope, int64_t from, int64_t until, vt_error *err);
void vt_orders_done(vt_orders *orders);

/**
 * What was paid for each of these orders, minor units, in no order: `*out` (n) is the caller's. All lines of a number
 * are one order, whosever they are. O(lines + orders of all times).
 */
int vt_orders_paid(double **out, size_t *n, const vt_scope *scope, int64_t from, int64_t until, vt_error *err);

#endif
