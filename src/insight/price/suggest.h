/*
 * A price worth trying: the one within bounds at which expected revenue or margin is highest, with what it would change
 * and how sure that is. Level and elasticity are drawn from their posterior, so that every number has an interval.
 * Legend: G prices of the curve.
 */
#ifndef VT_INSIGHT_PRICE_SUGGEST_H
#define VT_INSIGHT_PRICE_SUGGEST_H

#include "insight/price/elasticity.h"

/** A product to be priced. Money in any unit, the same in all fields. */
typedef struct vt_price_question {
    double now;        /* the price now, above 0 */
    double cost;       /* of a piece, 0 or more; 0 asks for the highest revenue, else for the highest margin */
    double low, high;  /* bounds of the price, 0 < low <= high */
    double elasticity; /* and its standard deviation */
    double deviation;
    double centre, units; /* expected pieces at price `centre`, and the deviation of the logarithm */
    double units_deviation;
    uint64_t seed, key; /* of the draws: the shop's seed, and the product's number */
} vt_price_question;

/** One price of the curve: expected value (revenue or margin) of a mean row, and its 95 % band. */
typedef struct vt_price_point {
    double price, units, value, low, high;
} vt_price_point;

typedef struct vt_price_suggestion {
    double price;            /* of the highest expected value */
    double value_now, value; /* expected, at the price now and at that price */
    double effect;           /* value - value_now, expected */
    double effect_low;       /* 95 % interval */
    double effect_high;
    double units_now, units; /* expected pieces */
    double chance;           /* that the value is higher than now, 0 to 1 */
    bool at_bound;           /* the best may lie outside the bounds */
} vt_price_suggestion;

enum { VT_PRICE_DRAWS = 1000 };

/** Bounds by default: the prices tried, 10 % wider on both sides. */
void vt_price_bounds(double *low, double *high, const vt_price_history *history);

/**
 * Finds the price, on a grid of G prices (2 to 1,000) with equal ratios from low to high, and fills `curve` (G), or
 * NULL. VT_ERR_USAGE names what is wrong with the question. Same seed and key, same bytes.
 */
int vt_price_suggest(vt_price_suggestion *out, vt_price_point *curve, size_t n, const vt_price_question *question,
                     vt_error *err);

#endif
