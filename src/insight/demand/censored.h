/*
 * Demand behind sales that a stock-out cut short: what was sold in such a period is the least that was wanted ("at
 * least"), not the demand. The rate is found by maximum likelihood under Poisson or negative binomial demand, by
 * expectation and maximisation (Dempster, Laird, Rubin 1977; for lost sales Nahmias 1994 and Anupindi, Dada, Gupta
 * 1998). Legend: n periods.
 */
#ifndef VT_INSIGHT_DEMAND_CENSORED_H
#define VT_INSIGHT_DEMAND_CENSORED_H

#include <stdbool.h>
#include <stddef.h>

#include "vitrine/error.h"

typedef struct vt_censored_demand {
    double rate;       /* demand of a period whose profile is 1 */
    double dispersion; /* k of the negative binomial, variance mu + mu^2 / k; 0: Poisson */
    double sold_rate;  /* the same if sales were demand */
    double log_likelihood;
    size_t cut_short; /* periods */
} vt_censored_demand;

/**
 * Estimates demand from `sold` (n, none under 0), of which the periods with `out[i]` were cut short. `profile` (n,
 * over 0; NULL: all 1) is how much of the rate belongs to each period, such as a season. `demand` (n; may be NULL)
 * gets sales, and in periods that were cut short the expected demand given that it was at least the sales. The
 * negative binomial is taken where it raises the log-likelihood by more than ln(n) / 2. VT_ERR_UNSUPPORTED when every
 * period was cut short, VT_ERR_FAILED for values that are under 0 or not finite.
 */
int vt_censored_fit(vt_censored_demand *out, double *demand, const double *sold, const bool *out_of_stock,
                    const double *profile, size_t n, vt_error *err);

#endif
