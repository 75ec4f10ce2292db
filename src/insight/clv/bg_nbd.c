/*
 * BG/NBD (Fader, Hardie and Lee 2005, "Counting your customers the easy way", Marketing Science 24(2)): likelihood of
 * equation (6), in the form of their note on numerical stability. Forecasts do not use their equation (10), which has a
 * difference of large terms and poles at a = 1 and a + b + x = 1: given alive, the purchases ahead are min(K, G) with K
 * negative binomial (shape r + x, rate alpha + T) and G the purchases until one stays away, independent, so that
 * P(Y > j) = P(K > j) B(a, b + x + j) / B(a, b + x) and the mean is the sum of these, all positive.
 */
#include <math.h>

#include "insight/clv/repeat.h"
#include "math/quadrature.h"
#include "math/special.h"

#define ENOUGH 1e-15
enum { TERMS = 4096, FIRST = 64 };

/* What depends on x alone; groups are sorted by it. */
typedef struct of_frequency {
    double x, level, log_odds, by_r, by_a, by_b;
} of_frequency;

static of_frequency of_x(const double *p, double x)
{
    double r = p[0], a = p[2], b = p[3];
    double sum = vt_digamma(a + b) - vt_digamma(a + b + x);
    return (of_frequency){x,
                          vt_log_gamma(r + x) - vt_log_gamma(r) + r * log(p[1]) + vt_log_beta(a, b + x) -
                              vt_log_beta(a, b),
                          x > 0.0 ? log(a / (b + x - 1.0)) : 0.0,
                          vt_digamma(r + x) - vt_digamma(r) + log(p[1]),
                          sum,
                          sum + vt_digamma(b + x) - vt_digamma(b)};
}

static double log_likelihood(double *gradient, const double *p, const vt_clv_groups *g)
{
    double r = p[0], alpha = p[1], a = p[2], b = p[3], total = 0.0, slope[4] = {0.0};
    of_frequency f = {.x = -1.0};
    for (size_t i = 0; i < g->n; i++) {
        double x = g->x[i], to_end = log(alpha + g->age[i]), to_last = log(alpha + g->last[i]);
        f = f.x == x ? f : of_x(p, x);
        double here = -(r + x) * to_end, gone_weight = 0.0, both = here;
        if (x > 0.0) {
            double gone = f.log_odds - (r + x) * to_last;
            both = vt_log_sum(here, gone);
            gone_weight = exp(gone - both);
        }
        double stays = 1.0 - gone_weight;
        total += g->count[i] * (f.level + both);
        slope[0] += g->count[i] * (f.by_r - stays * to_end - gone_weight * to_last);
        slope[1] +=
            g->count[i] * (r / alpha - (r + x) * (stays / (alpha + g->age[i]) + gone_weight / (alpha + g->last[i])));
        slope[2] += g->count[i] * (f.by_a + gone_weight / a);
        slope[3] += g->count[i] * (f.by_b - (x > 0.0 ? gone_weight / (b + x - 1.0) : 0.0));
    }
    for (int k = 0; gradient != NULL && k < VT_REPEAT_PARAMETERS; k++) {
        gradient[k] = slope[k] * p[k];
    }
    return total;
}

static double alive(const double *p, const vt_repeat_customer *c)
{
    if (c->x <= 0.0) {
        return 1.0; /* nobody stays away before a repeat purchase */
    }
    double odds = log(p[2] / (p[3] + c->x - 1.0)) + (p[0] + c->x) * log((p[1] + c->age) / (p[1] + c->last));
    return 1.0 / (1.0 + exp(odds));
}

static double beyond(const double *p, const vt_repeat_customer *c, double t, double j)
{
    double z = t / (p[1] + c->age + t), b = p[3] + c->x;
    return vt_beta_inc(j + 1.0, p[0] + c->x, z) * exp(vt_log_beta(p[2], b + j) - vt_log_beta(p[2], b));
}

/* Sums over j from `from` on where terms are many: by integrals over spans that grow, since the terms change slowly. */
static void far_moments(double *mean, double *square, const double *p, const vt_repeat_customer *c, double t,
                        double from)
{
    const vt_quadrature *rule = &vt_quadrature_32;
    double width = fmax(8.0, from / 8.0);
    for (double at = from - 0.5;; at += width, width = fmax(8.0, at / 8.0)) {
        double part = 0.0;
        for (int k = 0; k < rule->n; k++) {
            double j = at + width * rule->point[k];
            double term = width * rule->weight[k] * beyond(p, c, t, j);
            part += term;
            *mean += term;
            *square += term * (2.0 * j + 1.0);
        }
        if (part <= *mean * 1e-12 || at > 1e12) {
            return;
        }
    }
}

static void moments(double *mean, double *square, const double *p, const vt_repeat_customer *c, double t)
{
    double shape = p[0] + c->x, rate = p[1] + c->age, z = t / (rate + t), b = p[3] + c->x;
    double none = -shape * log1p(t / rate), mass = exp(none), more = -expm1(none), survive = 1.0;
    *mean = *square = 0.0;
    if (!(t > 0.0)) {
        return;
    }
    if (none < -600.0) {
        for (int j = 0; j < FIRST; j++) {
            double term = beyond(p, c, t, j);
            *mean += term;
            *square += term * (2.0 * j + 1.0);
        }
        far_moments(mean, square, p, c, t, FIRST);
        return;
    }
    for (int j = 0; j < TERMS; j++) {
        double term = more * survive;
        *mean += term;
        *square += term * (2.0 * j + 1.0);
        if (more <= ENOUGH || term * (2.0 * j + 1.0) <= ENOUGH * *square * (1.0 - z)) {
            return;
        }
        mass *= z * (shape + j) / (j + 1.0);
        more -= mass;
        survive *= (b + j) / (p[2] + b + j);
    }
    far_moments(mean, square, p, c, t, TERMS);
}

const vt_repeat_kind vt_bg_nbd = {"bg-nbd", "BG/NBD", {"r", "alpha", "a", "b"}, 1U << 1, log_likelihood, alive,
                                  moments,  beyond};
