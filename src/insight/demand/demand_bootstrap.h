/*
 * Futures of demand that often is nothing, by the bootstrap of Willemain, Smart, Schwarz 2004: whether there is demand
 * follows a Markov chain of two states, sizes are drawn from those that occurred and jittered. It gives the
 * distribution of demand over a lead time, which sums of independent periods do not. Legend: n values, P futures, H
 * steps.
 */
#ifndef VT_INSIGHT_DEMAND_BOOTSTRAP_H
#define VT_INSIGHT_DEMAND_BOOTSTRAP_H

#include <stddef.h>
#include <stdint.h>

#include "vitrine/error.h"

/**
 * Futures of `y` (n, none under 0) into `paths` (P, H), by the random streams (seed, "demand-bootstrap", future).
 * Chances of the chain have half a count added to each cell. A drawn size X becomes 1 + floor(X + Z sqrt(X)) when all
 * values are whole numbers, and stays X where that is not over 0 (step 5 of the paper); other sizes are not jittered.
 * VT_ERR_UNSUPPORTED for a value under 0.
 */
int vt_demand_paths(double *paths, const double *y, size_t n, size_t n_paths, size_t horizon, uint64_t seed,
                    vt_error *err);

/** The expected demand of each step under the same chain and the mean of the sizes, into `mean` (H). */
void vt_demand_mean(double *mean, const double *y, size_t n, size_t horizon);

#endif
