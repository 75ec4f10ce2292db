/*
 * Gauss's hypergeometric function as a logarithm. Its series has positive terms alone where a, b, c and z are positive,
 * so that no digit is lost; near z = 1 it is long, and Euler's integral, which is positive too, is taken instead. The
 * integral runs over s with u / (1 - u) = exp(pi sinh(s)), where the trapezoidal rule converges at a double
 * exponential rate whatever the powers at the ends (Takahasi and Mori 1974).
 */
#include <float.h>
#include <math.h>

#include "math/special.h"

#define SERIES_BELOW 0.9
#define NEGLIGIBLE 42.0 /* in logarithms, below the largest term */
#define TOLERANCE 1e-14
enum { SERIES_STEPS = 50000000, HALVINGS = 12, REACH = 9 };

/* Parameters of the integral: c > b > 0. */
typedef struct euler {
    double a, b, c, z;
} euler;

/* A sum of exponentials, kept below its largest term. */
typedef struct log_total {
    double high, sum;
} log_total;

static void add(log_total *total, double term)
{
    if (term > total->high) {
        total->sum = total->sum * exp(total->high - term) + 1.0;
        total->high = term;
    } else {
        total->sum += exp(term - total->high);
    }
}

static double log_integrand(const euler *e, double s)
{
    double v = M_PI * sinh(s);
    /* ln u and ln(1 - u); the larger one through log1p */
    double log_u = v < 0.0 ? v - log1p(exp(v)) : -log1p(exp(-v));
    double log_rest = log_u - v;
    double log_pole = vt_log_sum(log_rest, log1p(-e->z) + log_u);
    return e->b * log_u + (e->c - e->b) * log_rest - e->a * log_pole + log(cosh(s));
}

/* Adds the points from `s` outward until they no longer count; the integrand has one peak. */
static void add_side(log_total *total, const euler *e, double s, double step)
{
    double before = -INFINITY;
    for (; fabs(s) <= REACH; s += step) {
        double term = log_integrand(e, s);
        if (term < before && term < total->high - NEGLIGIBLE) {
            return;
        }
        add(total, term);
        before = term;
    }
}

static double by_integral(double a, double b, double c, double z)
{
    euler e = {a, b, c, z};
    log_total total = {-INFINITY, 0.0};
    double step = 0.25, before = -INFINITY;
    add_side(&total, &e, 0.0, step);
    add_side(&total, &e, -step, -step);
    for (int halving = 0; halving < HALVINGS; halving++) {
        double now = total.high + log(total.sum * step);
        if (fabs(now - before) < TOLERANCE * fmax(1.0, fabs(now))) {
            break;
        }
        before = now;
        add_side(&total, &e, 0.5 * step, step);
        add_side(&total, &e, -0.5 * step, -step);
        step *= 0.5;
    }
    return total.high + log(total.sum * step * M_PI) - vt_log_beta(b, c - b);
}

static double by_series(double a, double b, double c, double z)
{
    double term = 1.0, sum = 1.0, scale = 0.0;
    for (int n = 0; n < SERIES_STEPS; n++) {
        double by = (a + n) * (b + n) / ((c + n) * (1.0 + n)) * z;
        term *= by;
        sum += term;
        if (sum > 1e250) {
            term *= 1e-250;
            sum *= 1e-250;
            scale += 250.0 * M_LN10;
        }
        if (by < 1.0 && term < sum * DBL_EPSILON * 0.1 * (1.0 - by)) {
            break;
        }
    }
    return log(sum) + scale;
}

/* F(c) from F(c + 1) and F(c + 2) where the integral reaches those alone (A&S 15.2.12, solved for the lowest c). */
static double by_step(double a, double b, double c, double z)
{
    double next = vt_log_2f1(a, b, c + 1.0, z), second = vt_log_2f1(a, b, c + 2.0, z);
    double up = c + 1.0;
    double first = up * (c - (2.0 * up - a - b - 1.0) * z);
    double ratio = (first + (up - a) * (up - b) * z * exp(second - next)) / (up * c * (1.0 - z));
    return next + log(ratio);
}

double vt_log_2f1(double a, double b, double c, double z)
{
    if (!(a > 0.0 && b > 0.0 && c > 0.0 && z < 1.0)) {
        return NAN;
    }
    if (b >= c || (a < c && a > b)) { /* the longer of the two that the integral can have as its power of u */
        double other = a;
        a = b;
        b = other;
    }
    if (z < 0.0) { /* Pfaff: the other side of 0 */
        return b > c ? NAN : b == c ? -a * log1p(-z) : vt_log_2f1(a, c - b, c, z / (z - 1.0)) - a * log1p(-z);
    }
    if (z <= SERIES_BELOW) {
        return by_series(a, b, c, z);
    }
    if (b < c) {
        return by_integral(a, b, c, z);
    }
    return fmin(a, b) < c + 1.0 ? by_step(a, b, c, z) : by_series(a, b, c, z);
}
