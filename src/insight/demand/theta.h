/*
 * The Theta method (Assimakopoulos and Nikolopoulos 2000) as the state space models of Fiorucci, Pellegrini, Louzada,
 * Petropoulos, Koehler 2016: standard (theta = 2) or optimised, with the line of the whole series or a line that is
 * made anew at each value (dynamic). A season is taken off first when the series has one. Legend: n values, m values
 * in a season, H steps ahead.
 */
#ifndef VT_INSIGHT_DEMAND_THETA_H
#define VT_INSIGHT_DEMAND_THETA_H

#include <stddef.h>

#include "insight/demand/season.h"
#include "vitrine/error.h"

typedef enum vt_theta_kind {
    VT_THETA_STANDARD,          /* STM */
    VT_THETA_OPTIMISED,         /* OTM */
    VT_THETA_DYNAMIC_STANDARD,  /* DSTM */
    VT_THETA_DYNAMIC_OPTIMISED, /* DOTM */
    VT_THETA_BEST               /* that of the four with the smallest mean squared error */
} vt_theta_kind;

typedef struct vt_theta {
    vt_theta_kind kind; /* of the four */
    double alpha;       /* in [0.1, 0.99] */
    double weight;      /* of the line: 1 - 1 / theta, in [0, 1] */
    double level;       /* after the last value, without season */
    double intercept, slope, mean;
    double mean_square; /* of the errors one step ahead, without the first three */
    double variance;
    vt_season_kind season;
    size_t n;
} vt_theta;

/**
 * Fits to `y` (n); `season` (m, or 1 when m is 0 or 1) becomes the season by place (i % m), none: 1 or 0. Given alpha,
 * errors are linear in the first level and the weight of the line, so these are solved for and only alpha is searched.
 * Series of fewer than 5 values and constant ones get the last value as level and no line.
 */
int vt_theta_fit(vt_theta *out, double *season, const double *y, size_t n, size_t m, vt_theta_kind kind, vt_error *err);

/** Forecasts into `mean` (H) and their variances into `variance` (H; may be NULL), both with the season. */
void vt_theta_forecast(double *mean, double *variance, const vt_theta *theta, const double *season, size_t m,
                       size_t horizon);

#endif
