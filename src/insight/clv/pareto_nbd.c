/*
 * Pareto/NBD (Schmittlein, Morrison and Colombo 1987, "Counting your customers", Management Science 33(1)). The papers
 * give the likelihood by Gauss's hypergeometric function. Before that step it is
 *     gamma(r + x) / gamma(r) alpha^r beta^s [(alpha + T)^-(r + x) (beta + T)^-s
 *         + s integral from t_x to T of (alpha + y)^-(r + x) (beta + y)^-(s + 1) dy]
 * (Fader and Hardie 2005, "A note on deriving the Pareto/NBD model", equation 14), a smooth positive integral whose
 * derivatives by all four parameters are integrals over the same points. It is taken over u = ln(min(alpha, beta) + y),
 * where the nearest pole is pi away, by Gauss and Legendre's rule.
 */
#include <math.h>
#include <stdbool.h>

#include "insight/clv/repeat.h"
#include "math/quadrature.h"
#include "math/special.h"

#define REACH 42.0 /* logarithms below which the rest of the integral does not count */
/*
 * Twelve points are then exact to 1e-13: the pole is far, and what is integrated falls by less than so many logarithms.
 */
#define SMOOTH_LENGTH 3.0
#define SMOOTH_FALL 8.0

/*
 * ln of s times the integral, and the means over it of the derivatives of ln of what is integrated, by r, alpha, s,
 * beta.
 */
typedef struct left {
    double log_value, by[4];
} left;

static left left_before(const double *p, const vt_repeat_customer *c)
{
    double r = p[0], alpha = p[1], s = p[2], beta = p[3], low = fmin(alpha, beta), m = r + c->x;
    double from = log(low + c->last), length = log1p((c->age - c->last) / (low + c->last));
    left out = {-INFINITY, {0.0}};
    if (!(length > 0.0)) {
        return out;
    }
    /* The logarithm of what is integrated is concave in u: with a slope below 0 at the start, it ends early. */
    double slope = 1.0 - (low + c->last) * (m / (alpha + c->last) + (s + 1.0) / (beta + c->last));
    length = slope < 0.0 ? fmin(length, -REACH / slope) : length;
    bool smooth = length <= SMOOTH_LENGTH && (m + s + 1.0) * length <= SMOOTH_FALL;
    const vt_quadrature *rule = smooth ? &vt_quadrature_12 : &vt_quadrature_32;
    double term[VT_QUADRATURE_POINTS_MAX], log_a[VT_QUADRATURE_POINTS_MAX], log_b[VT_QUADRATURE_POINTS_MAX];
    double y[VT_QUADRATURE_POINTS_MAX], high = -INFINITY, sum = 0.0;
    for (int k = 0; k < rule->n; k++) {
        double along = length * rule->point[k], log_low = from + along;
        y[k] = c->last + (low + c->last) * expm1(along);
        double log_high = log(fmax(alpha, beta) + y[k]);
        log_a[k] = alpha < beta ? log_low : log_high;
        log_b[k] = alpha < beta ? log_high : log_low;
        term[k] = log_low - m * log_a[k] - (s + 1.0) * log_b[k];
        high = fmax(high, term[k]);
    }
    for (int k = 0; k < rule->n; k++) {
        double weight = rule->weight[k] * exp(term[k] - high);
        sum += weight;
        out.by[0] -= weight * log_a[k];
        out.by[1] -= weight * m / (alpha + y[k]);
        out.by[2] -= weight * log_b[k];
        out.by[3] -= weight * (s + 1.0) / (beta + y[k]);
    }
    for (int k = 0; k < 4; k++) {
        out.by[k] /= sum;
    }
    out.by[2] += 1.0 / s;
    out.log_value = high + log(sum * length * s);
    return out;
}

static double log_likelihood(double *gradient, const double *p, const vt_clv_groups *g)
{
    double r = p[0], alpha = p[1], s = p[2], beta = p[3], total = 0.0, slope[4] = {0.0};
    double known_x = -1.0, level = 0.0, by_r = 0.0;
    for (size_t i = 0; i < g->n; i++) {
        vt_repeat_customer c = {g->x[i], g->last[i], g->age[i]};
        if (c.x != known_x) {
            known_x = c.x;
            level = vt_log_gamma(r + c.x) - vt_log_gamma(r) + r * log(alpha) + s * log(beta);
            by_r = vt_digamma(r + c.x) - vt_digamma(r) + log(alpha);
        }
        double to_a = log(alpha + c.age), to_b = log(beta + c.age);
        double here = -(r + c.x) * to_a - s * to_b;
        left gone = left_before(p, &c);
        double both = vt_log_sum(here, gone.log_value), gone_weight = exp(gone.log_value - both);
        double stays = 1.0 - gone_weight;
        total += g->count[i] * (level + both);
        slope[0] += g->count[i] * (by_r - stays * to_a + gone_weight * gone.by[0]);
        slope[1] += g->count[i] * (r / alpha - stays * (r + c.x) / (alpha + c.age) + gone_weight * gone.by[1]);
        slope[2] += g->count[i] * (log(beta) - stays * to_b + gone_weight * gone.by[2]);
        slope[3] += g->count[i] * (s / beta - stays * s / (beta + c.age) + gone_weight * gone.by[3]);
    }
    for (int k = 0; gradient != NULL && k < VT_REPEAT_PARAMETERS; k++) {
        gradient[k] = slope[k] * p[k];
    }
    return total;
}

static double alive(const double *p, const vt_repeat_customer *c)
{
    double here = -(p[0] + c->x) * log(p[1] + c->age) - p[2] * log(p[3] + c->age);
    return 1.0 / (1.0 + exp(left_before(p, c).log_value - here));
}

/* (exp(c length) - 1) / c, also where c is 0. */
static double growth(double c, double length)
{
    return fabs(c * length) < 1e-12 ? length : expm1(c * length) / c;
}

/* Rates and lifetimes are independent given alive: the count is Poisson with mean rate x min(lifetime, t). */
static void moments(double *mean, double *square, const double *p, const vt_repeat_customer *c, double t)
{
    double shape = p[0] + c->x, rate = p[1] + c->age, s = p[2], scale = p[3] + c->age, length = log1p(t / scale);
    double time = scale * growth(1.0 - s, length);
    double time_square = 2.0 * scale * scale * (growth(2.0 - s, length) - growth(1.0 - s, length));
    time_square = fmin(fmax(time_square, time * time), time * t);
    *mean = shape / rate * time;
    *square = *mean + shape * (shape + 1.0) / (rate * rate) * time_square;
}

/* More than j within the lifetime or `t`, whichever ends first. */
static double beyond(const double *p, const vt_repeat_customer *c, double t, double j)
{
    double shape = p[0] + c->x, rate = p[1] + c->age, s = p[2], scale = p[3] + c->age, length = log1p(t / scale);
    const vt_quadrature *rule = &vt_quadrature_32;
    double sum = exp(-s * length) * vt_beta_inc(j + 1.0, shape, t / (rate + t));
    for (int k = 0; k < rule->n; k++) {
        double along = length * rule->point[k], life = scale * expm1(along);
        sum += rule->weight[k] * length * s * exp(-s * along) * vt_beta_inc(j + 1.0, shape, life / (rate + life));
    }
    return fmin(sum, 1.0);
}

const vt_repeat_kind vt_pareto_nbd = {
    "pareto-nbd", "Pareto/NBD", {"r", "alpha", "s", "beta"}, 1U << 1 | 1U << 3, log_likelihood, alive, moments, beyond};
