/*
 * Special functions of statistics in double precision, beside those that libm has. All are pure and safe in threads.
 * Values agree with tests/golden/special.py (mpmath, 50 digits) to a relative 1e-12 unless a function says otherwise.
 */
#ifndef VT_MATH_SPECIAL_H
#define VT_MATH_SPECIAL_H

#include <stddef.h>

/** ln(exp(a) + exp(b)) without overflow; minus infinity is the logarithm of 0. */
double vt_log_sum(double a, double b);

/** ln(exp(a) - exp(b)) for a >= b; minus infinity when they are equal. */
double vt_log_difference(double a, double b);

/** ln(sum of exp(x)) over `x` (n); minus infinity for none. */
double vt_log_sum_of(const double *x, size_t n);

/** The standard normal distribution up to z, right in both tails. */
double vt_normal_cdf(double z);

/** z with vt_normal_cdf(z) = p for 0 < p < 1; minus or plus infinity at and beyond the ends. */
double vt_normal_quantile(double p);

/** ln of the gamma function for x > 0; unlike lgamma() it writes no global. */
double vt_log_gamma(double x);

/** The derivative of ln gamma(x), x > 0. */
double vt_digamma(double x);

/** The second derivative of ln gamma(x), x > 0. */
double vt_trigamma(double x);

/** ln B(a, b) for a, b > 0, also where one is far larger than the other. */
double vt_log_beta(double a, double b);

/**
 * The regularised incomplete gamma functions for a > 0, x >= 0: P is the gamma distribution of shape a and rate 1 up to
 * x, Q = 1 - P without cancellation. To a relative 1e-11 for a up to 1e6.
 */
double vt_gamma_p(double a, double x);
double vt_gamma_q(double a, double x);

/**
 * The regularised incomplete beta function I_x(a, b) for a, b > 0 and 0 <= x <= 1: the beta distribution up to x. To a
 * relative 1e-10 for a, b up to 1e5.
 */
double vt_beta_inc(double a, double b, double x);

/**
 * ln of Gauss's hypergeometric function 2F1(a, b; c; z) for a, b, c > 0 and z < 1; for z < 0 also c > a or c > b. The
 * value is positive there. Near z = 1 by Euler's integral, where the series is long: a step up in c (Abramowitz and
 * Stegun 15.3.3, 15.2.12) serves c <= b, as the expected purchases of BG/NBD have it (c = a + b - 1). NaN outside.
 */
double vt_log_2f1(double a, double b, double c, double z);

#endif
