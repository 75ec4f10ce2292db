/* A line's share in each sum. A line that came back whole takes its cost along; money given back alone does not. */
#include "insight/sums.h"

enum { EXACT = 1 << 26 };

/* Whole pieces of a usual price need no rounding; what is beyond 53 bits goes the slow way. */
static int64_t money(double quantity, int64_t price)
{
    if (quantity > -EXACT && quantity < EXACT && price > -EXACT && price < EXACT) {
        int64_t pieces = (int64_t)quantity;
        if ((double)pieces == quantity) {
            return pieces * price;
        }
    }
    return llround(quantity * (double)price);
}

/* What was sold in line `i`, and what of it is known by now to have come back. */
static void add_sale(vt_sums *s, const vt_line_span *span, int64_t i)
{
    double quantity = span->quantity[i];
    bool back = span->state[i] == VT_LINE_RETURNED;
    bool priced = span->unit_price[i] != VT_NONE;
    int64_t gross = priced ? money(quantity, span->unit_price[i]) : 0;
    int64_t discount = span->discount[i] != VT_NONE ? span->discount[i] : 0;
    int64_t refunded = span->refunded[i] != VT_NONE ? span->refunded[i] : back ? gross - discount : 0;
    s->gross += gross;
    s->discounts += discount;
    s->returns += refunded;
    s->units += quantity;
    s->units_back += back ? quantity : 0;
    s->lines++;
    s->last = span->time[i] > s->last ? span->time[i] : s->last;
    s->unpriced += !priced;
    if (priced && span->cost[i] != VT_NONE) {
        s->costed++;
        s->known_revenue += gross - discount - refunded;
        s->cost += back ? 0 : money(quantity, span->cost[i]);
    }
}

/* A return told apart from its sale, on a day of its own. */
static void add_return(vt_sums *s, const vt_line_span *span, int64_t i)
{
    double quantity = span->quantity[i];
    int64_t gross = span->unit_price[i] != VT_NONE ? money(quantity, span->unit_price[i]) : 0;
    int64_t discount = span->discount[i] != VT_NONE ? span->discount[i] : 0;
    int64_t refunded = span->refunded[i] != VT_NONE ? span->refunded[i] : gross - discount;
    s->returns += refunded;
    s->units_back += quantity;
    if (span->cost[i] != VT_NONE) {
        s->known_revenue -= refunded;
        s->cost -= money(quantity, span->cost[i]);
    }
}

void vt_sums_add(vt_sums *s, const vt_line_span *span, int64_t i)
{
    if (span->state[i] == VT_LINE_CANCELLED) {
        return;
    }
    if (span->kind[i] == VT_EVENT_PURCHASE) {
        add_sale(s, span, i);
    } else {
        add_return(s, span, i);
    }
}
