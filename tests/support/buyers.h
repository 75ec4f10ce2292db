/* Customers by chance whose truth is known: they buy and stay away as BG/NBD, Pareto/NBD and Gamma-Gamma have it. */
#ifndef VT_TEST_BUYERS_H
#define VT_TEST_BUYERS_H

#include "check.h"

#include <math.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "insight/clv/repeat.h"

/** Gamma of a shape and rate 1 (Marsaglia and Tsang 2000). */
static inline double draw_gamma(vt_rng *rng, double shape)
{
    if (shape < 1.0) {
        return draw_gamma(rng, shape + 1.0) * pow(1.0 - vt_rng_unit(rng), 1.0 / shape);
    }
    double d = shape - 1.0 / 3.0, c = 1.0 / sqrt(9.0 * d);
    for (;;) {
        double z = vt_rng_normal(rng), v = 1.0 + c * z;
        v = v * v * v;
        if (v > 0.0 && log(1.0 - vt_rng_unit(rng)) < 0.5 * z * z + d - d * v + d * log(v)) {
            return d * v;
        }
    }
}

static inline double draw_wait(vt_rng *rng, double rate)
{
    return -log(1.0 - vt_rng_unit(rng)) / rate;
}

/** Arrays (N) of the customers until the end, and what they buy in the time ahead. */
typedef struct buyers {
    size_t n;
    double *x, *last, *age, *money, *later;
} buyers;

static inline void buyers_free(buyers *b)
{
    vt_free(b->x);
    vt_free(b->last);
    vt_free(b->age);
    vt_free(b->money);
    vt_free(b->later);
}

/**
 * `n` customers of `kind` with parameters `p` and spending `spend` (p, q, v), first seen 20 to 52 weeks before the end.
 */
static inline buyers make_buyers(const vt_repeat_kind *kind, const double *p, const double *spend, size_t n,
                                 double ahead, uint64_t seed)
{
    vt_error err = VT_ERROR_INIT;
    vt_rng rng = vt_rng_at(seed, "buyers", 0, 0);
    buyers b = {n, NULL, NULL, NULL, NULL, NULL};
    double **columns[] = {&b.x, &b.last, &b.age, &b.money, &b.later};
    for (int k = 0; k < 5; k++) {
        *columns[k] = vt_alloc_zero(n, sizeof(double), &err);
        assert_non_null(*columns[k]);
    }
    for (size_t i = 0; i < n; i++) {
        double rate = draw_gamma(&rng, p[0]) / p[1], spend_rate = draw_gamma(&rng, spend[1]) / spend[2];
        double leave = 0.0, life = INFINITY;
        b.age[i] = 20.0 + (double)vt_rng_below(&rng, 225) / 7.0;
        if (kind == &vt_bg_nbd) {
            double stay = draw_gamma(&rng, p[3]), go = draw_gamma(&rng, p[2]);
            leave = go / (go + stay);
        } else {
            life = draw_wait(&rng, draw_gamma(&rng, p[2]) / p[3]);
        }
        double sum = 0.0;
        for (double t = draw_wait(&rng, rate); t < fmin(life, b.age[i] + ahead); t += draw_wait(&rng, rate)) {
            if (t <= b.age[i]) {
                b.x[i] += 1.0;
                b.last[i] = t;
                sum += draw_gamma(&rng, spend[0]) / spend_rate;
            } else {
                b.later[i] += 1.0;
            }
            if (vt_rng_unit(&rng) < leave) {
                break;
            }
        }
        b.money[i] = b.x[i] > 0.0 ? sum / b.x[i] : 0.0;
    }
    return b;
}

#endif
