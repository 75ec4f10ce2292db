/*
 * Partial pooling: estimates of alike things, each with its own error, are drawn towards their common mean, the more so
 * the less is known of each (empirical Bayes; Efron and Morris 1975, Raudenbush and Bryk 1985). The model is
 * y_i ~ N(theta_i, v_i), theta_i ~ N(mean, tau^2). Legend: I estimates.
 */
#ifndef VT_INSIGHT_PRICE_POOL_H
#define VT_INSIGHT_PRICE_POOL_H

#include <stddef.h>

/** Of the common distribution. */
typedef struct vt_pooled {
    double mean;          /* of what the things have in common; 0 when nothing is known */
    double variance;      /* of that mean; INFINITY when nothing is known */
    double tau2;          /* variance between things, by restricted maximum likelihood */
    double tau2_expected; /* its mean under the posterior */
    size_t n;             /* estimates that tell something */
} vt_pooled;

/**
 * Pools `y` with error variances `v` (I), above 0; INFINITY stands for "nothing is known of this one". tau^2 is found
 * by restricted maximum likelihood; means and variances are averaged over the posterior of tau under a half-normal
 * prior of deviation `scale`, so that a tau^2 of few estimates does not pass for known. `theta` and `variance` (I), or
 * NULL: posterior mean and variance of each; where nothing is known of any they are 0 and INFINITY. `towards` (I) or
 * NULL: the share of the common mean in theta. O(I) for each of 200 values of tau.
 */
void vt_pool(vt_pooled *out, double *theta, double *variance, double *towards, const double *y, const double *v,
             size_t n, double scale);

/** The mean and its variance for a known tau^2, and the restricted log likelihood of it up to a constant. */
double vt_pool_at(double *mean, double *variance, const double *y, const double *v, size_t n, double tau2);

#endif
