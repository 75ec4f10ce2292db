/*
 * The likelihood of exponential smoothing and its gradient: the recursion over a series forward, and backward what each
 * parameter and initial state did to it. Legend as in ets.h.
 */
#ifndef VT_INSIGHT_DEMAND_ETS_RECURSION_H
#define VT_INSIGHT_DEMAND_ETS_RECURSION_H

#include "insight/demand/ets.h"

/** A series and room for its states; made once for all fits of a series. */
typedef struct vt_ets_trace {
    const double *y; /* (n) */
    size_t n;
    vt_ets_form form;
    size_t period;
    double *level;   /* (n + 1) before each value */
    double *growth;  /* (n + 1) */
    double *season;  /* (n + m) */
    double *error;   /* (n) value less its forecast */
    double *fitted;  /* (n) */
    double *adjoint; /* (n + m) */
} vt_ets_trace;

/** Parameters; also what the gradient is made of. */
typedef struct vt_ets_parameters {
    double alpha, beta, gamma, phi;
    double level, growth;
    double season[VT_ETS_PERIOD_MAX];
} vt_ets_parameters;

/**
 * Minus twice the log-likelihood less a constant of n: n ln(sum of squared errors), and 2 sum ln |fitted| more for
 * multiplicative errors (Hyndman 2008, eq. 5.3). Infinite where a multiplicative part is not positive. Fills the trace;
 * `squares` (may be NULL) is the sum. With `gradient` its derivatives.
 */
double vt_ets_deviance(vt_ets_parameters *gradient, double *squares, const vt_ets_parameters *at, vt_ets_trace *trace);

#endif
