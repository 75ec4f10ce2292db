/*
 * Series and continued fractions that are right in double precision where customer models use them: small and large
 * shapes, both tails. Factors are kept as logarithms and large shapes go through Stirling's correction, since the
 * difference of two large ln gamma has few digits left.
 */
#include "math/special.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

#define HALF_LN_2PI 0.91893853320467274178
#define TINY 1e-300
enum { STEPS = 100000, STIRLING_FROM = 16 };

double vt_log_sum(double a, double b)
{
    double high = fmax(a, b);
    return isinf(high) ? high : high + log1p(exp(fmin(a, b) - high));
}

double vt_log_difference(double a, double b)
{
    double gap = b - a;
    if (isinf(b) && b < 0.0) {
        return a;
    }
    return a + (gap > -0.69 ? log(-expm1(gap)) : log1p(-exp(gap)));
}

double vt_log_sum_of(const double *x, size_t n)
{
    double high = -INFINITY, sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        high = fmax(high, x[i]);
    }
    if (isinf(high)) {
        return high;
    }
    for (size_t i = 0; i < n; i++) {
        sum += exp(x[i] - high);
    }
    return high + log(sum);
}

double vt_normal_cdf(double z)
{
    return 0.5 * erfc(-z * 0.70710678118654752440);
}

double vt_normal_quantile(double p)
{
    if (!(p > 0.0 && p < 1.0)) {
        return p >= 1.0 ? INFINITY : -INFINITY;
    }
    /* A start good to 4e-4 (Abramowitz and Stegun 26.2.23), then Halley's steps on the lower tail. */
    double tail = fmin(p, 1.0 - p);
    double t = sqrt(-2.0 * log(tail));
    double z = (2.515517 + t * (0.802853 + t * 0.010328)) / (1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
    for (int step = 0; step < 3; step++) {
        double miss = (vt_normal_cdf(z) - tail) * exp(0.5 * z * z + HALF_LN_2PI);
        z -= miss / (1.0 + 0.5 * z * miss);
    }
    return p > 0.5 ? -z : z;
}

double vt_log_gamma(double x)
{
    int sign;
    return lgamma_r(x, &sign);
}

double vt_digamma(double x)
{
    double below = 0.0;
    for (; x < 12.0; x += 1.0) {
        below -= 1.0 / x;
    }
    double s = 1.0 / (x * x);
    return below + log(x) - 0.5 / x -
           s * (1.0 / 12 - s * (1.0 / 120 - s * (1.0 / 252 - s * (1.0 / 240 - s * (1.0 / 132 - s * 691.0 / 32760)))));
}

double vt_trigamma(double x)
{
    double below = 0.0;
    for (; x < 12.0; x += 1.0) {
        below += 1.0 / (x * x);
    }
    double s = 1.0 / (x * x);
    return below +
           (1.0 + 0.5 / x +
            s * (1.0 / 6 - s * (1.0 / 30 - s * (1.0 / 42 - s * (1.0 / 30 - s * (5.0 / 66 - s * 691.0 / 2730)))))) /
               x;
}

/* What ln gamma(x) has beyond (x - 1/2) ln x - x + ln(2 pi) / 2; x >= STIRLING_FROM. */
static double stirling(double x)
{
    double s = 1.0 / (x * x);
    return (1.0 / 12 - s * (1.0 / 360 - s * (1.0 / 1260 - s * (1.0 / 1680 - s / 1188.0)))) / x;
}

double vt_log_beta(double a, double b)
{
    double low = fmin(a, b), high = fmax(a, b), sum = a + b;
    if (high < STIRLING_FROM) {
        return vt_log_gamma(a) + vt_log_gamma(b) - vt_log_gamma(sum);
    }
    double shift = stirling(high) - stirling(sum);
    if (low < STIRLING_FROM) {
        return vt_log_gamma(low) - (high - 0.5) * log1p(low / high) - low * log(sum) + low + shift;
    }
    return HALF_LN_2PI - 0.5 * log(low) + low * log(low / sum) - (high - 0.5) * log1p(low / high) + stirling(low) +
           shift;
}

/* ln(x^a exp(-x) / gamma(a)). */
static double log_gamma_factor(double a, double x)
{
    if (a < STIRLING_FROM) {
        return a * log(x) - x - vt_log_gamma(a);
    }
    double off = (x - a) / a;
    double gap = fabs(off) < 0.5 ? a * (log1p(off) - off) : a * log(x / a) - (x - a);
    return gap + 0.5 * log(a) - HALF_LN_2PI - stirling(a);
}

static double gamma_series(double a, double x)
{
    double term = 1.0 / a, sum = term;
    for (int n = 1; n < STEPS && term > sum * DBL_EPSILON * 0.1; n++) {
        term *= x / (a + n);
        sum += term;
    }
    return sum * exp(log_gamma_factor(a, x));
}

/* Lentz's way through the continued fraction, as for the incomplete beta function below. */
static double gamma_fraction(double a, double x)
{
    double b = x + 1.0 - a, c = 1.0 / TINY, d = 1.0 / b, h = d;
    for (int n = 1; n < STEPS; n++) {
        double by = -n * (n - a);
        b += 2.0;
        d = by * d + b;
        d = 1.0 / (fabs(d) < TINY ? TINY : d);
        c = b + by / c;
        c = fabs(c) < TINY ? TINY : c;
        h *= d * c;
        if (fabs(d * c - 1.0) < DBL_EPSILON) {
            break;
        }
    }
    return h * exp(log_gamma_factor(a, x));
}

double vt_gamma_p(double a, double x)
{
    if (x <= 0.0) {
        return 0.0;
    }
    return x < a + 1.0 ? fmin(gamma_series(a, x), 1.0) : 1.0 - fmin(gamma_fraction(a, x), 1.0);
}

double vt_gamma_q(double a, double x)
{
    if (x <= 0.0) {
        return 1.0;
    }
    return x < a + 1.0 ? 1.0 - fmin(gamma_series(a, x), 1.0) : fmin(gamma_fraction(a, x), 1.0);
}

/* I_x(a, b) by the continued fraction, for x below about the mean. */
static double beta_fraction(double a, double b, double x)
{
    double c = 1.0, d = 1.0 - (a + b) * x / (a + 1.0);
    d = 1.0 / (fabs(d) < TINY ? TINY : d);
    double h = d;
    for (int m = 1; m < STEPS; m++) {
        for (int odd = 0; odd < 2; odd++) {
            double by = odd ? -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0))
                            : m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
            d = 1.0 + by * d;
            d = 1.0 / (fabs(d) < TINY ? TINY : d);
            c = 1.0 + by / c;
            c = fabs(c) < TINY ? TINY : c;
            h *= d * c;
        }
        if (fabs(d * c - 1.0) < DBL_EPSILON) {
            break;
        }
    }
    return h * exp(a * log(x) + b * log1p(-x) - vt_log_beta(a, b)) / a;
}

double vt_beta_inc(double a, double b, double x)
{
    if (x <= 0.0 || x >= 1.0) {
        return x <= 0.0 ? 0.0 : 1.0;
    }
    bool low = x < (a + 1.0) / (a + b + 2.0);
    return low ? fmin(beta_fraction(a, b, x), 1.0) : 1.0 - fmin(beta_fraction(b, a, 1.0 - x), 1.0);
}
