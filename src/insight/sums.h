/*
 * Sums of order lines, from which all figures of sales are made: one definition, whatever the lines are grouped by.
 * Money in minor units.
 */
#ifndef VT_INSIGHT_SUMS_H
#define VT_INSIGHT_SUMS_H

#include <math.h>

#include "live/timeline.h"
#include "live/told_returns.h"

typedef struct vt_sums {
    int64_t gross;         /**< quantity x unit price of sold lines */
    int64_t discounts;     /**< of sold lines */
    int64_t returns;       /**< money given back */
    int64_t known_revenue; /**< revenue of lines whose cost is known */
    int64_t cost;          /**< of those, less what came back */
    double units;          /**< pieces sold */
    double units_back;     /**< pieces that came back */
    int64_t lines;         /**< sold */
    int64_t costed;        /**< sold lines whose cost is known */
    int64_t unpriced;      /**< sold lines without a price: they count no money */
    int64_t orders;        /**< different ones; groups of items count an order once each */
    int64_t customers;     /**< different ones, guests left out */
    int64_t new_customers;
    int64_t last;  /**< time of the newest sold line; 0 without */
    int64_t again; /**< customers with a second order by the end of the period */
} vt_sums;

/** Money of one line, whatever became of it. */
typedef struct vt_line_money {
    int64_t gross; /**< 0 without a price */
    int64_t discount;
    int64_t refunded; /**< as told; else all that was paid where the line came back, or is a return; 0 of a line whose
                           return an event tells */
} vt_line_money;

/** quantity x price, rounded. Whole pieces of a usual price need none; what may pass 53 bits goes the slow way. */
static inline int64_t vt_line_times(double quantity, int64_t price)
{
    const int64_t exact = 1 << 26;
    if (quantity > -(double)exact && quantity < (double)exact && price > -exact && price < exact) {
        int64_t pieces = (int64_t)quantity;
        if ((double)pieces == quantity) {
            return pieces * price;
        }
    }
    return llround(quantity * (double)price);
}

/** Whether what the line says of a return is said by an event too, which is the one that counts. */
static inline bool vt_line_told(const vt_line_span *span, int64_t i)
{
    return span->told != NULL && span->kind[i] == VT_EVENT_PURCHASE &&
           (span->state[i] == VT_LINE_RETURNED || span->refunded[i] != VT_NONE) &&
           vt_told_returns_has(span->told, span->order[i], span->item[i]);
}

static inline vt_line_money vt_line_money_of(const vt_line_span *span, int64_t i)
{
    vt_line_money m = {0};
    bool told = vt_line_told(span, i);
    bool back = (span->state[i] == VT_LINE_RETURNED && !told) || span->kind[i] != VT_EVENT_PURCHASE;
    m.gross = span->unit_price[i] != VT_NONE ? vt_line_times(span->quantity[i], span->unit_price[i]) : 0;
    m.discount = span->discount[i] != VT_NONE ? span->discount[i] : 0;
    m.refunded = span->refunded[i] != VT_NONE && !told ? span->refunded[i] : back ? m.gross - m.discount : 0;
    return m;
}

/** What line `i` adds to the revenue; nothing where it was cancelled. */
static inline int64_t vt_line_revenue(const vt_line_span *span, int64_t i)
{
    vt_line_money m = vt_line_money_of(span, i);
    int64_t paid = span->kind[i] == VT_EVENT_PURCHASE ? m.gross - m.discount : 0;
    return span->state[i] == VT_LINE_CANCELLED ? 0 : paid - m.refunded;
}

/** Adds line `i` of a span: money and pieces, not orders and customers. */
void vt_sums_add(vt_sums *sums, const vt_line_span *span, int64_t i);

/** Adds the sums of other lines; customers and orders of both must be different ones. */
static inline void vt_sums_join(vt_sums *s, const vt_sums *o)
{
    s->gross += o->gross;
    s->discounts += o->discounts;
    s->returns += o->returns;
    s->known_revenue += o->known_revenue;
    s->cost += o->cost;
    s->units += o->units;
    s->units_back += o->units_back;
    s->lines += o->lines;
    s->costed += o->costed;
    s->unpriced += o->unpriced;
    s->orders += o->orders;
    s->customers += o->customers;
    s->new_customers += o->new_customers;
    s->again += o->again;
    s->last = o->last > s->last ? o->last : s->last;
}

/** Figures of sums; NaN where there is nothing to divide by. Shares 0 to 1, money in minor units. */
static inline double vt_ratio(double a, double b)
{
    return b > 0 ? a / b : NAN;
}
static inline double vt_sums_revenue(const vt_sums *s)
{
    return (double)(s->gross - s->discounts - s->returns);
}
static inline double vt_sums_profit(const vt_sums *s)
{
    return s->costed > 0 ? (double)(s->known_revenue - s->cost) : NAN;
}
static inline double vt_sums_margin(const vt_sums *s)
{
    return vt_ratio(vt_sums_profit(s), (double)s->known_revenue);
}
static inline double vt_sums_average_order(const vt_sums *s)
{
    return vt_ratio((double)(s->gross - s->discounts), (double)s->orders);
}

#endif
