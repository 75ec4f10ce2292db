/*
 * How much to have in stock: reorder point, safety stock and quantity from the distribution of demand until goods
 * arrive (Silver, Pyke, Thomas, Inventory and Production Management, 4th ed., chapter 6: the (R, s, S) policy with a
 * cycle service level), by simulated futures, so that no normal distribution is assumed. Legend: n values, P futures,
 * H steps.
 */
#ifndef VT_INSIGHT_DEMAND_STOCK_H
#define VT_INSIGHT_DEMAND_STOCK_H

#include <stddef.h>
#include <stdint.h>

#include "vitrine/error.h"

/**
 * Futures of demand of `y` (n) into `paths` (P, H), none under 0: by the bootstrap where demand is intermittent (more
 * than 1.32 periods per demand, none under 0), else by exponential smoothing, with a long season as forecasts have it.
 */
int vt_demand_futures(double *paths, const double *y, size_t n, size_t period, size_t n_paths, size_t horizon,
                      uint64_t seed, vt_error *err);

typedef struct vt_stock_request {
    double on_hand;   /* pieces in stock; default 0 */
    double on_order;  /* pieces ordered that arrive within the lead time; default 0 */
    size_t lead_time; /* periods from order to arrival, at least 1; default 1 */
    size_t review;    /* periods from one chance to order to the next; 0: at any time (default) */
    double service;   /* chance that stock lasts until goods arrive, over 0 and under 1; default 0.95 */
    double pack;      /* pieces come in multiples of this; 0: any number (default) */
} vt_stock_request;

typedef struct vt_stock_plan {
    double expected;      /* demand until an order of today arrives: lead time and review together */
    double low, high;     /* interval of 80 % of that demand */
    double reorder_point; /* the quantile `service` of it: order when stock and orders are at or under this */
    double safety_stock;  /* reorder point less expected demand, not under 0 */
    double order_up_to;   /* what stock and orders should be after ordering: one review (at least a period) more */
    double quantity;      /* to order now; 0 when there is enough */
    double shortage;      /* chance that what is there does not last until an order of today arrives */
    double cover;         /* periods that the stock on hand lasts at the mean of the futures; at most H */
} vt_stock_plan;

void vt_stock_request_init(vt_stock_request *request);

/** Steps of futures that a request needs. */
size_t vt_stock_horizon(const vt_stock_request *request);

/**
 * A plan from futures `paths` (P, H), H at least vt_stock_horizon(). VT_ERR_USAGE names what cannot be in the request.
 */
int vt_stock_plan_make(vt_stock_plan *out, const double *paths, size_t n_paths, size_t horizon,
                       const vt_stock_request *request, vt_error *err);

#endif
