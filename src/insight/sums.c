/* A line's share in each sum. A line that came back whole takes its cost along; money given back alone does not. */
#include "insight/sums.h"

/* What was sold in line `i`, and what of it is known by now to have come back. */
static void add_sale(vt_sums *s, const vt_line_span *span, int64_t i)
{
    double quantity = span->quantity[i];
    bool back = span->state[i] == VT_LINE_RETURNED && !vt_line_told(span, i);
    bool priced = span->unit_price[i] != VT_NONE;
    vt_line_money m = vt_line_money_of(span, i);
    s->gross += m.gross;
    s->discounts += m.discount;
    s->returns += m.refunded;
    s->units += quantity;
    s->units_back += back ? quantity : 0;
    s->lines++;
    s->last = span->time[i] > s->last ? span->time[i] : s->last;
    s->unpriced += !priced;
    if (priced && span->cost[i] != VT_NONE) {
        s->costed++;
        s->known_revenue += m.gross - m.discount - m.refunded;
        s->cost += back ? 0 : vt_line_times(quantity, span->cost[i]);
    }
}

/* A return told apart from its sale, on a day of its own. */
static void add_return(vt_sums *s, const vt_line_span *span, int64_t i)
{
    double quantity = span->quantity[i];
    int64_t refunded = vt_line_money_of(span, i).refunded;
    s->returns += refunded;
    s->units_back += quantity;
    if (span->cost[i] != VT_NONE) {
        s->known_revenue -= refunded;
        s->cost -= vt_line_times(quantity, span->cost[i]);
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
