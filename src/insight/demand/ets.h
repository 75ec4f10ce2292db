/*
 * Exponential smoothing in state space form: error, trend (damped or not) and season, each additive or multiplicative.
 * Hyndman, Koehler, Snyder, Grose 2002; Hyndman, Koehler, Ord, Snyder, Forecasting with Exponential Smoothing (2008),
 * tables 2.2 and 2.3 and chapter 6; the automatic choice is that of Hyndman and Khandakar 2008. Parameters are within
 * the usual region: 0.0001 <= alpha <= 0.9999, beta <= alpha, gamma <= 1 - alpha, 0.8 <= phi <= 0.98. The likelihood
 * is maximised with its gradient. Legend: n values, m values in a season, H steps ahead.
 */
#ifndef VT_INSIGHT_DEMAND_ETS_H
#define VT_INSIGHT_DEMAND_ETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vitrine/error.h"

enum { VT_ETS_PERIOD_MAX = 24, VT_ETS_HORIZON_MAX = 1000 };

/** 'N' none, 'A' additive, 'M' multiplicative; the error is 'A' or 'M'. */
typedef struct vt_ets_form {
    char error;
    char trend;
    char season;
    bool damped; /* the trend; not with trend 'N' */
} vt_ets_form;

typedef struct vt_ets {
    vt_ets_form form;
    size_t period; /* m; 1 without season */
    double alpha, beta, gamma, phi;
    double level, growth;             /* after the last value */
    double season[VT_ETS_PERIOD_MAX]; /* the coming season, its first value first */
    double variance;                  /* of the errors, relative ones when multiplicative */
    double log_likelihood;            /* less a constant of n */
    double aicc;
    size_t n;
    size_t n_parameters; /* smoothing parameters, initial states, the variance */
} vt_ets;

/** "ETS(M,Ad,N)" */
void vt_ets_name(char out[16], const vt_ets_form *form);

/**
 * Fits one form to `y` (n). VT_ERR_UNSUPPORTED for a form that the series does not allow: too few values for its
 * parameters, multiplicative parts with values that are not positive, a season longer than VT_ETS_PERIOD_MAX, damping
 * without a trend.
 */
int vt_ets_fit(vt_ets *out, const double *y, size_t n, const vt_ets_form *form, size_t period, vt_error *err);

/**
 * Fits the forms that can be had and keeps that of the lowest AICc. Additive errors with multiplicative parts are left
 * out, and a multiplicative trend unless `multiplicative_trend`. Series that are too short for any, or constant, get
 * ETS(A,N,N) with alpha 0.9999: the last value goes on. A season over VT_ETS_PERIOD_MAX is left out.
 */
int vt_ets_select(vt_ets *out, const double *y, size_t n, size_t period, bool multiplicative_trend, vt_error *err);

/** Point forecasts into `mean` (H): those without errors, as usual. */
void vt_ets_mean(double *mean, const vt_ets *ets, size_t horizon);

/**
 * Variances into `variance` (H, at most VT_ETS_HORIZON_MAX): exact for additive forms and for multiplicative errors
 * with additive parts (classes 1 and 2 of chapter 6); for multiplicative seasons with multiplicative errors (class 3)
 * exact within a season and to first order after it. False for the other forms, which are simulated.
 */
bool vt_ets_variance(double *variance, const vt_ets *ets, size_t horizon);

/**
 * One future of the form with normal errors into `path` (H), by the random stream (seed, "ets-path", path number).
 * Levels, seasons and multiplicative values are kept from falling under zero.
 */
void vt_ets_path(double *path, const vt_ets *ets, size_t horizon, uint64_t seed, uint64_t number);

#endif
