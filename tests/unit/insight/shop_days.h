/* A shop that sells so many pieces of a product a day, for the answers about demand and stock. */
#ifndef VT_TEST_SHOP_DAYS_H
#define VT_TEST_SHOP_DAYS_H

#include "answers.h"
#include "live_shop.h"

#include <math.h>

enum { DAY = 86400, START = 1767225600 /* 2026-01-01 00:00 UTC, a Thursday */ };

/** A sale of `quantity` pieces at 10.00 on a day of the shop, nothing for 0. */
static inline void days_sell(vt_store *store, const char *item, int day, int64_t quantity)
{
    vt_event e = live_event("ann", item, VT_EVENT_PURCHASE, START + (int64_t)day * DAY + 12 * 3600);
    char order[32];
    snprintf(order, sizeof order, "%s-%d", item, day);
    e.order_id = vt_str_of(order);
    e.quantity = quantity;
    e.unit_price = 1000;
    if (quantity > 0) {
        live_put(store, &e);
    }
}

/** Asks as of the end of day `days` - 1. */
static inline vt_insight *days_ask(live_shop *s, const char *kind, vt_insight_options *o, int days)
{
    vt_error err = VT_ERROR_INIT;
    vt_insight *insight = NULL;
    o->now = START + (int64_t)days * DAY - 1;
    check_ok(vt_insight_ask(&insight, s->live, kind, o, &err));
    return insight;
}

#endif
