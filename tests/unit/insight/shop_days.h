/* A shop that sells so many pieces of a product a day, for the answers about demand and stock. */
#ifndef VT_TEST_SHOP_DAYS_H
#define VT_TEST_SHOP_DAYS_H

#include "live_shop.h"

#include <math.h>

#include "vitrine/insight.h"

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

static inline const vt_insight_figure *days_figure(const vt_insight *insight, const char *id)
{
    for (size_t i = 0; i < insight->n_figures; i++) {
        if (strcmp(insight->figures[i].metric->id, id) == 0) {
            return &insight->figures[i];
        }
    }
    fail_msg("there is no figure %s", id);
    return NULL;
}

static inline const vt_insight_table *days_table(const vt_insight *insight, const char *id)
{
    for (size_t t = 0; t < insight->n_tables; t++) {
        if (strcmp(insight->tables[t].id, id) == 0) {
            return &insight->tables[t];
        }
    }
    fail_msg("there is no table %s", id);
    return NULL;
}

static inline const vt_insight_cell *days_cell(const vt_insight_table *t, size_t row, const char *column)
{
    for (size_t c = 0; c < t->n_columns && row < t->n_rows; c++) {
        if (strcmp(t->columns[c].id, column) == 0) {
            return &t->cells[row * t->n_columns + c];
        }
    }
    fail_msg("there is no row %zu with a column %s", row, column);
    return NULL;
}

static inline double days_sum(const vt_insight_table *t, const char *column)
{
    double sum = 0;
    for (size_t r = 0; r < t->n_rows; r++) {
        sum += days_cell(t, r, column)->number;
    }
    return sum;
}

#endif
