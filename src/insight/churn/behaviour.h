/*
 * What a customer's history says, as of a moment: recency, frequency, gaps, money, interest, goods sent back, ratings.
 * Only events before the moment count, so the same function makes the rows to fit and the rows to foretell. Legend: E
 * events.
 */
#ifndef VT_INSIGHT_CHURN_BEHAVIOUR_H
#define VT_INSIGHT_CHURN_BEHAVIOUR_H

#include <stddef.h>
#include <stdint.h>

/** What a customer did, as far as it is used here. */
typedef enum vt_customer_act {
    VT_CUSTOMER_VIEW,
    VT_CUSTOMER_CART,
    VT_CUSTOMER_PURCHASE, /* a line of an order: lines of one order have one number */
    VT_CUSTOMER_RETURN,
    VT_CUSTOMER_RATING
} vt_customer_act;

/** One event. */
typedef struct vt_customer_event {
    int64_t time; /* UTC seconds */
    vt_customer_act kind;
    int32_t order;   /* of a purchase: equal numbers, side by side, are one order; -1: an order of its own */
    int32_t item;    /* -1: not known */
    double amount;   /* purchase: money paid; return: money given back; rating: the stars */
    double discount; /* purchase: money taken off */
} vt_customer_event;

/** The columns, in this order. */
typedef enum vt_behaviour_feature {
    VT_BEHAVIOUR_TENURE,         /* days since the first event */
    VT_BEHAVIOUR_RECENCY,        /* days since the last order; missing without one */
    VT_BEHAVIOUR_LAST_SEEN,      /* days since the last event of any kind */
    VT_BEHAVIOUR_ORDERS,         /* orders */
    VT_BEHAVIOUR_ORDERS_90,      /* orders in the last 90 days */
    VT_BEHAVIOUR_ORDERS_CHANGE,  /* the same less those of the 90 days before */
    VT_BEHAVIOUR_GAP,            /* mean days between orders; missing below two */
    VT_BEHAVIOUR_GAP_DEVIATION,  /* standard deviation of them; missing below three orders */
    VT_BEHAVIOUR_OVERDUE,        /* recency / mean gap; missing below two orders */
    VT_BEHAVIOUR_SPENT,          /* money paid */
    VT_BEHAVIOUR_SPENT_90,       /* in the last 90 days */
    VT_BEHAVIOUR_ORDER_VALUE,    /* money paid / orders; missing without orders */
    VT_BEHAVIOUR_DISCOUNT_SHARE, /* money taken off / (paid + taken off); missing without orders */
    VT_BEHAVIOUR_ITEMS,          /* different goods bought */
    VT_BEHAVIOUR_VIEWS_30,       /* views in the last 30 days */
    VT_BEHAVIOUR_VIEWS_90,       /* in the last 90 days */
    VT_BEHAVIOUR_CARTS_90,       /* goods put into the cart in the last 90 days */
    VT_BEHAVIOUR_RETURN_SHARE,   /* goods sent back / goods bought; missing without orders */
    VT_BEHAVIOUR_RATINGS,        /* ratings given */
    VT_BEHAVIOUR_RATING,         /* mean of them; missing without */
    VT_BEHAVIOUR_LAST_RATING,    /* the last one; missing without */
    VT_BEHAVIOUR_FEATURES
} vt_behaviour_feature;

/** The names of the columns as a person reads them. Static storage. */
extern const char *const vt_behaviour_names[VT_BEHAVIOUR_FEATURES];

/**
 * The features of one customer as of `now` into `x` (VT_BEHAVIOUR_FEATURES), from events (E) in order of time; NaN
 * stands for "missing". Events at or after `now` do not count. `scratch` (E) is for counting goods. O(E log E).
 */
void vt_behaviour_of(double *x, const vt_customer_event *events, size_t n, int64_t now, int32_t *scratch);

/** 1 when no purchase falls on [now, now + days), else 0: what is to be foretold. */
uint8_t vt_behaviour_lost(const vt_customer_event *events, size_t n, int64_t now, double days);

#endif
