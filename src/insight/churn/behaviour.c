/* One pass over a history; orders are told apart as they come. */
#include "insight/churn/behaviour.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define DAY 86400.0

const char *const vt_behaviour_names[VT_BEHAVIOUR_FEATURES] = {
    [VT_BEHAVIOUR_TENURE] = "days as a customer",
    [VT_BEHAVIOUR_RECENCY] = "days since the last order",
    [VT_BEHAVIOUR_LAST_SEEN] = "days since the last visit",
    [VT_BEHAVIOUR_ORDERS] = "orders",
    [VT_BEHAVIOUR_ORDERS_90] = "orders in 90 days",
    [VT_BEHAVIOUR_ORDERS_CHANGE] = "change of orders in 90 days",
    [VT_BEHAVIOUR_GAP] = "days between orders",
    [VT_BEHAVIOUR_GAP_DEVIATION] = "irregularity of orders",
    [VT_BEHAVIOUR_OVERDUE] = "time since the last order / usual gap",
    [VT_BEHAVIOUR_SPENT] = "money spent",
    [VT_BEHAVIOUR_SPENT_90] = "money spent in 90 days",
    [VT_BEHAVIOUR_ORDER_VALUE] = "money an order",
    [VT_BEHAVIOUR_DISCOUNT_SHARE] = "share of discounts",
    [VT_BEHAVIOUR_ITEMS] = "different products bought",
    [VT_BEHAVIOUR_VIEWS_30] = "views in 30 days",
    [VT_BEHAVIOUR_VIEWS_90] = "views in 90 days",
    [VT_BEHAVIOUR_CARTS_90] = "carts in 90 days",
    [VT_BEHAVIOUR_RETURN_SHARE] = "share sent back",
    [VT_BEHAVIOUR_RATINGS] = "ratings given",
    [VT_BEHAVIOUR_RATING] = "mean rating",
    [VT_BEHAVIOUR_LAST_RATING] = "last rating",
};

/* What a pass collects. */
typedef struct sums {
    double orders, gaps, gap_squares, lines, returns, paid, discount, ratings, stars;
    int64_t last_order;
    int32_t order; /* number of the order that lines are being read of */
    bool in_order;
} sums;

static void add_purchase(sums *s, double *x, const vt_customer_event *e, double age, int32_t *goods, size_t *n_goods)
{
    bool same = s->in_order && e->order >= 0 && e->order == s->order;
    s->lines += 1.0;
    s->paid += e->amount;
    s->discount += e->discount;
    x[VT_BEHAVIOUR_SPENT_90] += age <= 90.0 ? e->amount : 0.0;
    if (e->item >= 0) {
        goods[(*n_goods)++] = e->item;
    }
    if (!same) {
        if (s->orders > 0.0) {
            double gap = (double)(e->time - s->last_order) / DAY;
            s->gaps += gap;
            s->gap_squares += gap * gap;
        }
        s->orders += 1.0;
        x[VT_BEHAVIOUR_ORDERS_90] += age <= 90.0 ? 1.0 : 0.0;
        x[VT_BEHAVIOUR_ORDERS_CHANGE] += age <= 90.0 ? 1.0 : age <= 180.0 ? -1.0 : 0.0;
        s->last_order = e->time;
    }
    s->in_order = true;
    s->order = e->order;
}

static int ascending(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return x < y ? -1 : x > y;
}

static double count_different(int32_t *goods, size_t n)
{
    double count = 0.0;
    if (n > 1) {
        qsort(goods, n, sizeof *goods, ascending);
    }
    for (size_t i = 0; i < n; i++) {
        count += i == 0 || goods[i] != goods[i - 1] ? 1.0 : 0.0;
    }
    return count;
}

/* What follows from the sums. */
static void finish(double *x, const sums *s, int64_t now)
{
    double gaps = s->orders - 1.0;
    x[VT_BEHAVIOUR_ORDERS] = s->orders;
    x[VT_BEHAVIOUR_SPENT] = s->paid;
    x[VT_BEHAVIOUR_RATINGS] = s->ratings;
    if (s->orders > 0.0) {
        x[VT_BEHAVIOUR_RECENCY] = (double)(now - s->last_order) / DAY;
        x[VT_BEHAVIOUR_ORDER_VALUE] = s->paid / s->orders;
        x[VT_BEHAVIOUR_DISCOUNT_SHARE] = s->paid + s->discount > 0.0 ? s->discount / (s->paid + s->discount) : 0.0;
        x[VT_BEHAVIOUR_RETURN_SHARE] = s->returns / s->lines;
    }
    if (gaps >= 1.0) {
        double mean = s->gaps / gaps;
        x[VT_BEHAVIOUR_GAP] = mean;
        x[VT_BEHAVIOUR_OVERDUE] = x[VT_BEHAVIOUR_RECENCY] / fmax(mean, 1.0 / 24.0); /* gaps of minutes count an hour */
        if (gaps >= 2.0) {
            x[VT_BEHAVIOUR_GAP_DEVIATION] = sqrt(fmax(s->gap_squares / gaps - mean * mean, 0.0));
        }
    }
    if (s->ratings > 0.0) {
        x[VT_BEHAVIOUR_RATING] = s->stars / s->ratings;
    }
}

void vt_behaviour_of(double *x, const vt_customer_event *events, size_t n, int64_t now, int32_t *scratch)
{
    static const vt_behaviour_feature missing[] = {
        VT_BEHAVIOUR_TENURE,        VT_BEHAVIOUR_RECENCY, VT_BEHAVIOUR_LAST_SEEN,   VT_BEHAVIOUR_GAP,
        VT_BEHAVIOUR_GAP_DEVIATION, VT_BEHAVIOUR_OVERDUE, VT_BEHAVIOUR_ORDER_VALUE, VT_BEHAVIOUR_DISCOUNT_SHARE,
        VT_BEHAVIOUR_RETURN_SHARE,  VT_BEHAVIOUR_RATING,  VT_BEHAVIOUR_LAST_RATING};
    sums s = {0};
    size_t n_goods = 0;
    for (int f = 0; f < VT_BEHAVIOUR_FEATURES; f++) {
        x[f] = 0.0;
    }
    for (size_t i = 0; i < sizeof missing / sizeof missing[0]; i++) {
        x[missing[i]] = NAN;
    }
    for (size_t i = 0; i < n && events[i].time < now; i++) {
        const vt_customer_event *e = &events[i];
        double age = (double)(now - e->time) / DAY;
        if (i == 0) {
            x[VT_BEHAVIOUR_TENURE] = age;
        }
        x[VT_BEHAVIOUR_LAST_SEEN] = age;
        switch (e->kind) {
        case VT_CUSTOMER_VIEW:
            x[VT_BEHAVIOUR_VIEWS_30] += age <= 30.0 ? 1.0 : 0.0;
            x[VT_BEHAVIOUR_VIEWS_90] += age <= 90.0 ? 1.0 : 0.0;
            break;
        case VT_CUSTOMER_CART:
            x[VT_BEHAVIOUR_CARTS_90] += age <= 90.0 ? 1.0 : 0.0;
            break;
        case VT_CUSTOMER_PURCHASE:
            add_purchase(&s, x, e, age, scratch, &n_goods);
            break;
        case VT_CUSTOMER_RETURN:
            s.returns += 1.0;
            break;
        case VT_CUSTOMER_RATING:
            s.ratings += 1.0;
            s.stars += e->amount;
            x[VT_BEHAVIOUR_LAST_RATING] = e->amount;
            break;
        }
    }
    x[VT_BEHAVIOUR_ITEMS] = count_different(scratch, n_goods);
    finish(x, &s, now);
}

uint8_t vt_behaviour_lost(const vt_customer_event *events, size_t n, int64_t now, double days)
{
    for (size_t i = 0; i < n; i++) {
        double after = (double)(events[i].time - now) / DAY;
        if (events[i].kind == VT_CUSTOMER_PURCHASE && after >= 0.0 && after < days) {
            return 0;
        }
    }
    return 1;
}
