/*
 * Gamma-Gamma: how much a customer spends at a purchase (Fader, Hardie and Lee 2005, "RFM and CLV", Journal of
 * Marketing Research 42(4); Fader and Hardie 2013, "The Gamma-Gamma model of monetary value"). Amounts of a customer
 * are gamma with shape p and a rate of the customer's own; these rates are gamma with shape q and rate v (the notes
 * write gamma). How often and how much are taken to be independent.
 */
#ifndef VT_INSIGHT_CLV_GAMMA_GAMMA_H
#define VT_INSIGHT_CLV_GAMMA_GAMMA_H

#include <stdbool.h>
#include <stddef.h>

#include "vitrine/error.h"

enum { VT_GAMMA_GAMMA_PARAMETERS = 3, VT_GAMMA_GAMMA_CUSTOMERS_MIN = 3 };

/** A fitted model; no memory of its own. */
typedef struct vt_gamma_gamma {
    double parameter[VT_GAMMA_GAMMA_PARAMETERS]; /* p, q, v; v is in the unit of the amounts */
    double covariance[VT_GAMMA_GAMMA_PARAMETERS * VT_GAMMA_GAMMA_PARAMETERS]; /* of their logarithms */
    bool certain; /* the covariance is known; else it is all 0 */
    double log_likelihood;
    double mean;        /* of the customers' mean amounts */
    bool constant;      /* all amounts are equal to `mean`: there is nothing to fit, and parameters are 0 */
    size_t customers;   /* that it was fitted on */
    size_t without;     /* customers with repeat purchases but no amount above 0: left out */
    double correlation; /* of frequency and mean amount over the customers; the model takes it to be 0 */
    size_t evaluations;
} vt_gamma_gamma;

/**
 * Fits on customers with `x` (N) > 0 repeat purchases of mean `money` (N) > 0; others have no part in it.
 * VT_ERR_UNSUPPORTED says what is missing.
 */
int vt_gamma_gamma_fit(vt_gamma_gamma *out, const double *x, const double *money, size_t n, vt_error *err);

/**
 * The expected amount of a further purchase of a customer with `x` of mean `money` (Fader and Hardie 2013, equation 5).
 * Where the spread over customers is too wide for a mean (p x + q <= 1.05), the mean of all.
 */
double vt_gamma_gamma_expected(const vt_gamma_gamma *model, double x, double money);

/**
 * The standard error of parameter `k`, and its 95 % interval on the scale of its logarithm; all NaN when not certain.
 */
double vt_gamma_gamma_interval(double *low, double *high, const vt_gamma_gamma *model, int k);

/** The variance of one amount given the customer's rate, on average, and of the customer's mean; NaN where infinite. */
void vt_gamma_gamma_variances(double *within, double *between, const vt_gamma_gamma *model, double x, double money);

#endif
