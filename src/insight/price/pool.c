/* Partial pooling. Everything given tau is of closed form; tau is one number, so a grid over it is exact enough. */
#include "insight/price/pool.h"

#include <math.h>
#include <stdbool.h>

enum { GRID = 200, SECTIONS = 60 };

#define GRID_END 4.0 /* deviations of the prior */

double vt_pool_at(double *mean, double *variance, const double *y, const double *v, size_t n, double tau2)
{
    double sum = 0.0, weighted = 0.0, logs = 0.0, squares = 0.0;
    for (size_t i = 0; i < n; i++) {
        if (isfinite(v[i])) {
            double weight = 1.0 / (v[i] + tau2);
            sum += weight;
            weighted += weight * y[i];
            logs -= log(weight);
        }
    }
    *mean = sum > 0.0 ? weighted / sum : 0.0;
    *variance = sum > 0.0 ? 1.0 / sum : INFINITY;
    for (size_t i = 0; i < n; i++) {
        if (isfinite(v[i])) {
            squares += (y[i] - *mean) * (y[i] - *mean) / (v[i] + tau2);
        }
    }
    return sum > 0.0 ? -0.5 * (logs + log(sum) + squares) : 0.0;
}

/* The highest point near the best one of the grid, by golden sections. */
static double maximize(double low, double high, const double *y, const double *v, size_t n)
{
    const double ratio = 0.5 * (sqrt(5.0) - 1.0);
    double mean = 0.0, variance = 0.0;
    double a = high - ratio * (high - low), b = low + ratio * (high - low);
    double at_a = vt_pool_at(&mean, &variance, y, v, n, a * a), at_b = vt_pool_at(&mean, &variance, y, v, n, b * b);
    for (int s = 0; s < SECTIONS; s++) {
        if (at_a >= at_b) {
            high = b;
            b = a;
            at_b = at_a;
            a = high - ratio * (high - low);
            at_a = vt_pool_at(&mean, &variance, y, v, n, a * a);
        } else {
            low = a;
            a = b;
            at_a = at_b;
            b = low + ratio * (high - low);
            at_b = vt_pool_at(&mean, &variance, y, v, n, b * b);
        }
    }
    double tau = 0.5 * (low + high), zero = vt_pool_at(&mean, &variance, y, v, n, 0.0);
    return zero >= vt_pool_at(&mean, &variance, y, v, n, tau * tau) ? 0.0 : tau * tau;
}

/* Theta of one estimate given tau: mean, variance and the share of the common mean. */
static void shrink(double *theta, double *variance, double *towards, double y, double v, double tau2, double mean,
                   double mean_variance)
{
    double share = isfinite(v) ? v / (v + tau2) : 1.0;
    *theta = isfinite(v) ? share * mean + (1.0 - share) * y : mean;
    *variance = (isfinite(v) ? (1.0 - share) * v : tau2) + share * share * mean_variance;
    *towards = share;
}

/* Moments of theta i over the grid: the mean of variances and the variance of means. */
static void mix(double *theta, double *variance, double *towards, double y, double v, const double *weight,
                const double *mean, const double *mean_variance, double step)
{
    double first = 0.0, second = 0.0, spread = 0.0, share = 0.0;
    for (int g = 0; g < GRID; g++) {
        double tau = step * g, t = 0.0, s = 0.0, b = 0.0;
        shrink(&t, &s, &b, y, v, tau * tau, mean[g], mean_variance[g]);
        first += weight[g] * t;
        second += weight[g] * s;
        share += weight[g] * b;
    }
    for (int g = 0; g < GRID; g++) {
        double tau = step * g, t = 0.0, s = 0.0, b = 0.0;
        shrink(&t, &s, &b, y, v, tau * tau, mean[g], mean_variance[g]);
        spread += weight[g] * (t - first) * (t - first);
    }
    *theta = first;
    *variance = second + spread;
    *towards = share;
}

/* Weights of the grid's values of tau, which sum to 1; gives the place of the highest likelihood. */
static int weigh(double *weight, double *mean, double *variance, const double *y, const double *v, size_t n,
                 double step, double scale)
{
    double likelihood[GRID], highest = -INFINITY, highest_posterior = -INFINITY, sum = 0.0;
    int best = 0;
    for (int g = 0; g < GRID; g++) {
        double tau = step * g;
        likelihood[g] = vt_pool_at(&mean[g], &variance[g], y, v, n, tau * tau);
        best = likelihood[g] > highest ? g : best;
        highest = likelihood[g] > highest ? likelihood[g] : highest;
        likelihood[g] -= 0.5 * tau * tau / (scale * scale);
        highest_posterior = likelihood[g] > highest_posterior ? likelihood[g] : highest_posterior;
    }
    for (int g = 0; g < GRID; g++) {
        weight[g] = (g == 0 ? 0.5 : 1.0) * exp(likelihood[g] - highest_posterior); /* the trapezoid rule */
        sum += weight[g];
    }
    for (int g = 0; g < GRID; g++) {
        weight[g] /= sum;
    }
    return best;
}

void vt_pool(vt_pooled *out, double *theta, double *variance, double *towards, const double *y, const double *v,
             size_t n, double scale)
{
    double weight[GRID], mean[GRID], mean_variance[GRID], step = GRID_END * scale / (GRID - 1);
    vt_pooled p = {.variance = INFINITY};
    for (size_t i = 0; i < n; i++) {
        p.n += isfinite(v[i]);
    }
    int best = weigh(weight, mean, mean_variance, y, v, n, step, scale);
    if (p.n > 1) {
        p.tau2 = maximize(best > 0 ? step * (best - 1) : 0.0, step * (best + 1), y, v, n);
    }
    if (p.n > 0) {
        double unused = 0.0;
        mix(&p.mean, &p.variance, &unused, 0.0, INFINITY, weight, mean, mean_variance, step);
        for (int g = 0; g < GRID; g++) {
            p.tau2_expected += weight[g] * step * g * step * g;
        }
        p.variance -= p.tau2_expected; /* of a further thing: its own deviation is none of the mean's */
    }
    for (size_t i = 0; i < n && theta != NULL; i++) {
        double t = 0.0, s = INFINITY, b = 1.0;
        if (p.n > 0) {
            mix(&t, &s, &b, y[i], v[i], weight, mean, mean_variance, step);
        }
        theta[i] = t;
        variance[i] = s;
        if (towards != NULL) {
            towards[i] = b;
        }
    }
    *out = p;
}
