/* Sessions: what one visit leaves behind. */
#ifndef VT_SYNTH_SESSION_H
#define VT_SYNTH_SESSION_H

#include "synth/choice.h"

/* One event of a session, before it gets its texts. */
typedef struct synth_event {
    int64_t time;
    int64_t unit_price, discount;
    int32_t item;
    int32_t quantity;
    float match; /* of taste, for ratings */
    uint8_t kind;
    uint8_t slot;     /* 1 to SYNTH_SLOTS for impressions and clicks, else 0 */
    uint8_t browsing; /* 1 for the visit before an order */
} synth_event;

/* The events of one order, in order of time. */
typedef struct synth_session {
    synth_event *event;
    size_t n;
    size_t capacity;
} synth_session;

/**
 * Simulates the visits that lead to `order`: perhaps one to browse, then the one that ends in the order, then returns.
 * `visit` is scratch of the calling thread. Impressions and browsing are recorded for a share `logged` of orders.
 */
int synth_simulate_order(synth_session *out, synth_visit *visit, const synth_day *state, const synth_order *order,
                         double logged, vt_error *err);

#endif
