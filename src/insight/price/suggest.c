/*
 * The best price on a grid of equal ratios. Expected values are means over draws, bands are quantiles of them; all
 * prices use the same draws, so that differences between prices are not those of chance.
 */
#include "insight/price/suggest.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/rng.h"

enum { GRID_MAX = 1000, DRAWS = VT_PRICE_DRAWS };

#define WIDER 0.10
#define LOG_MAX 60.0 /* of sales against those at the centre: beyond it numbers mean nothing */

void vt_price_bounds(double *low, double *high, const vt_price_history *history)
{
    *low = history->lowest * (1.0 - WIDER);
    *high = history->highest * (1.0 + WIDER);
}

static int check(size_t n, const vt_price_question *q, vt_error *err)
{
    if (n < 2 || n > GRID_MAX) {
        return vt_fail(err, VT_ERR_USAGE, "a curve has 2 to %d prices, not %zu", GRID_MAX, n);
    }
    if (!(q->now > 0.0) || !(q->centre > 0.0) || !isfinite(q->now) || !isfinite(q->centre)) {
        return vt_fail(err, VT_ERR_USAGE, "the price now must be a number above 0");
    }
    if (!(q->low > 0.0) || !(q->high >= q->low) || !isfinite(q->high)) {
        return vt_fail(err, VT_ERR_USAGE, "the bounds of the price must be numbers above 0, the lower one first");
    }
    if (!(q->cost >= 0.0) || !isfinite(q->cost) || !(q->units >= 0.0) || !isfinite(q->units)) {
        return vt_fail(err, VT_ERR_USAGE, "the cost and the expected quantity must be numbers of 0 or more");
    }
    if (!isfinite(q->elasticity) || !(q->deviation >= 0.0) || !isfinite(q->deviation) || !(q->units_deviation >= 0.0) ||
        !isfinite(q->units_deviation)) {
        return vt_fail(err, VT_ERR_USAGE, "the elasticity and its deviation must be numbers");
    }
    return VT_OK;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* The quantile of sorted draws, by linear interpolation. */
static double quantile(const double *sorted, double q)
{
    double at = q * (DRAWS - 1);
    size_t below = (size_t)at;
    double rest = at - (double)below;
    return below + 1 < DRAWS ? sorted[below] * (1.0 - rest) + sorted[below + 1] * rest : sorted[DRAWS - 1];
}

/* Draws of elasticities and of log pieces at the centre, in pairs of opposite signs, so that means come out even. */
static void draw(double *slope, double *level, const vt_price_question *q)
{
    vt_rng rng = vt_rng_at(q->seed, "price", q->key, 0);
    for (size_t s = 0; s < DRAWS; s += 2) {
        double a = vt_rng_normal(&rng), b = vt_rng_normal(&rng);
        slope[s] = q->elasticity + q->deviation * a;
        slope[s + 1] = q->elasticity - q->deviation * a;
        level[s] = q->units_deviation * b - 0.5 * q->units_deviation * q->units_deviation;
        level[s + 1] = -q->units_deviation * b - 0.5 * q->units_deviation * q->units_deviation;
    }
}

/* Pieces of each draw at `price`; gives their mean. */
static double units_at(double *units, const double *slope, const double *level, double price,
                       const vt_price_question *q)
{
    double ratio = log(price / q->centre), sum = 0.0;
    for (size_t s = 0; s < DRAWS; s++) {
        units[s] = q->units * exp(fmax(-LOG_MAX, fmin(LOG_MAX, level[s] + slope[s] * ratio)));
        sum += units[s];
    }
    return sum / DRAWS;
}

static double grid_price(const vt_price_question *q, size_t g, size_t n)
{
    return g + 1 == n ? q->high : q->low * exp(log(q->high / q->low) * (double)g / (double)(n - 1));
}

/* What changing from the price now to out->price does, over the draws. */
static void find_effect(vt_price_suggestion *out, double *at, double *now, const double *slope, const double *level,
                        const vt_price_question *q)
{
    double better = 0.0;
    out->units = units_at(at, slope, level, out->price, q);
    out->units_now = units_at(now, slope, level, q->now, q);
    for (size_t s = 0; s < DRAWS; s++) {
        at[s] = at[s] * (out->price - q->cost) - now[s] * (q->now - q->cost);
        better += at[s] > 0.0 ? 1.0 : 0.0;
    }
    qsort(at, DRAWS, sizeof *at, ascending);
    out->value = out->units * (out->price - q->cost);
    out->value_now = out->units_now * (q->now - q->cost);
    out->effect = out->value - out->value_now;
    out->effect_low = quantile(at, 0.025);
    out->effect_high = quantile(at, 0.975);
    out->chance = better / DRAWS;
}

int vt_price_suggest(vt_price_suggestion *out, vt_price_point *curve, size_t n, const vt_price_question *question,
                     vt_error *err)
{
    int status = check(n, question, err);
    double *slab = status == VT_OK ? vt_alloc(4 * DRAWS, sizeof *slab, err) : NULL;
    if (slab == NULL) {
        return status == VT_OK ? VT_ERR_NO_MEMORY : status;
    }
    double *slope = slab, *level = slab + DRAWS, *at = level + DRAWS, *now = at + DRAWS;
    vt_price_suggestion s = {0};
    double highest = -INFINITY;
    size_t best = 0;
    draw(slope, level, question);
    for (size_t g = 0; g < n; g++) {
        double price = grid_price(question, g, n), units = units_at(at, slope, level, price, question);
        double value = units * (price - question->cost);
        if (value > highest) {
            highest = value;
            best = g;
        }
        if (curve != NULL) {
            for (size_t d = 0; d < DRAWS; d++) {
                at[d] *= price - question->cost;
            }
            qsort(at, DRAWS, sizeof *at, ascending);
            curve[g] = (vt_price_point){price, units, value, quantile(at, 0.025), quantile(at, 0.975)};
        }
    }
    s.price = grid_price(question, best, n);
    s.at_bound = best == 0 || best + 1 == n;
    find_effect(&s, at, now, slope, level, question);
    vt_free(slab);
    *out = s;
    return VT_OK;
}
