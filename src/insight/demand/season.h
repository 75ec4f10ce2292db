/*
 * A season that is taken off before a method without season, and put back on its forecasts. Legend: n values, m values
 * in a season.
 */
#ifndef VT_INSIGHT_DEMAND_SEASON_H
#define VT_INSIGHT_DEMAND_SEASON_H

#include <stdbool.h>
#include <stddef.h>

typedef struct vt_season_kind {
    bool seasonal;
    bool multiplicative;
} vt_season_kind;

/**
 * True when the series has a season of m: the autocorrelation at lag m is beyond what chance gives in a tenth of series
 * without (Bartlett's limits; Fiorucci 2016, section 3). False for m under 4 or fewer than two seasons.
 */
bool vt_has_season(const double *y, size_t n, size_t m);

/**
 * Takes the classical season off `y` (n) into `out` (n) and gives it by place in `season` (m, places are i % m), when
 * the series has one: multiplicative where all values and all places are over 0, else additive. Without: zeros, and a
 * copy.
 */
vt_season_kind vt_season_take(double *out, double *season, const double *y, size_t n, size_t m);

/**
 * What taking the season off left uncertain, for values of equal variance around it (the error of a mean, as in a
 * regression on places; Brockwell and Davis, Introduction to Time Series and Forecasting, section 1.5). A place is the
 * mean of K of its N values: these agree with it too well, by 1 - 1/K of the variance, the others by 1 + 1/K.
 * vt_season_fitted(): the mean of those, by which a variance of what is left is to be divided; 1 without a season.
 */
double vt_season_fitted(vt_season_kind kind, size_t n, size_t m);

/** 1/K of the place `h` steps (from 0) after n values: the variance of its season beside that of a value; 0 without. */
double vt_season_error(vt_season_kind kind, size_t n, size_t m, size_t h);

/** Puts it back on `rows` rows of forecasts (rows, H) of a series of n values. */
void vt_season_put(double *forecast, size_t rows, size_t horizon, const double *season, vt_season_kind kind, size_t n,
                   size_t m);

#endif
