/* Columns for season and trend. Trends are in years from the first period, so that their sizes are near 1. */
#include "insight/price/controls.h"

#include <math.h>
#include <string.h>

enum { HARMONICS = 2, MONTHS = 12 };

size_t vt_controls_count(vt_price_season season, size_t n_periods)
{
    switch (season) {
    case VT_SEASON_TREND:
        return 1;
    case VT_SEASON_FOURIER:
        return 1 + 2 * HARMONICS;
    case VT_SEASON_MONTH:
        return MONTHS;
    case VT_SEASON_PERIOD:
        return n_periods - 1;
    case VT_SEASON_AUTO:
    case VT_SEASON_NONE:
        break;
    }
    return 0;
}

void vt_controls_fill(double *z, vt_price_season season, const double *year, size_t n_periods)
{
    size_t k = vt_controls_count(season, n_periods);
    memset(z, 0, n_periods * k * sizeof *z);
    for (size_t t = 0; t < n_periods && k > 0; t++) {
        double *row = z + t * k, within = year[t] - floor(year[t]);
        if (season == VT_SEASON_PERIOD) {
            if (t > 0) {
                row[t - 1] = 1.0;
            }
            continue;
        }
        row[0] = year[t] - year[0];
        if (season == VT_SEASON_FOURIER) {
            for (int h = 1; h <= HARMONICS; h++) {
                row[2 * h - 1] = cos(2.0 * M_PI * h * within);
                row[2 * h] = sin(2.0 * M_PI * h * within);
            }
        } else if (season == VT_SEASON_MONTH) {
            size_t month = (size_t)(within * MONTHS);
            if (month > 0) {
                row[month < MONTHS ? month : MONTHS - 1] = 1.0;
            }
        }
    }
}

vt_price_season vt_controls_choose(vt_price_season season, size_t products, size_t n_periods, double first, double last)
{
    if (season == VT_SEASON_AUTO) {
        if (products >= 8 && n_periods >= 4 && n_periods <= VT_CONTROLS_MAX) {
            season = VT_SEASON_PERIOD;
        } else if (n_periods >= 12 && last - first >= 0.9) {
            season = VT_SEASON_FOURIER;
        } else {
            season = n_periods >= 6 ? VT_SEASON_TREND : VT_SEASON_NONE;
        }
    }
    if (n_periods < 2 || (season == VT_SEASON_PERIOD && n_periods > VT_CONTROLS_MAX)) {
        return n_periods < 2 ? VT_SEASON_NONE : VT_SEASON_MONTH;
    }
    return season;
}
