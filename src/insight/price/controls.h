/*
 * What else moves sales with time: season and trend of a category, as columns over periods. Legend: T periods, K
 * columns.
 */
#ifndef VT_INSIGHT_PRICE_CONTROLS_H
#define VT_INSIGHT_PRICE_CONTROLS_H

#include "insight/price/panel.h"

/** How season and trend are controlled for. */
typedef enum vt_price_season {
    VT_SEASON_AUTO,    /* the richest that the category's data carry */
    VT_SEASON_NONE,    /* neither season nor trend */
    VT_SEASON_TREND,   /* a linear trend */
    VT_SEASON_FOURIER, /* a linear trend, and two sines and cosines a year */
    VT_SEASON_MONTH,   /* a linear trend, and an effect for each month of the year */
    VT_SEASON_PERIOD   /* an effect of each period: whatever all products of the category share */
} vt_price_season;

enum { VT_CONTROLS_MAX = 160 };

/** Columns that `season` (not AUTO) takes for T periods. */
size_t vt_controls_count(vt_price_season season, size_t n_periods);

/** Fills `z` (T, K) row-major, K = vt_controls_count(). */
void vt_controls_fill(double *z, vt_price_season season, const double *year, size_t n_periods);

/**
 * What AUTO stands for in a category of `products` products over T periods from year `first` to `last`: PERIOD from
 * eight products and four periods on, FOURIER from a year and twelve periods on, TREND from six periods on. Gives other
 * seasons as they are, unless they would need more than VT_CONTROLS_MAX columns or there are no periods.
 */
vt_price_season vt_controls_choose(vt_price_season season, size_t products, size_t n_periods, double first,
                                   double last);

#endif
