/*
 * The season of months: how far each lies from a usual month, growth taken out, with intervals. Legend: M months, one
 * after the other; 12 of them are a year.
 */
#ifndef VT_INSIGHT_SEASON_INDEX_H
#define VT_INSIGHT_SEASON_INDEX_H

#include <stddef.h>

enum {
    VT_YEAR_MONTHS = 12,
    VT_SEASON_MONTHS_MIN = 18 /* from so many on growth is told from season, and chance from both */
};

/** By month of the year, January first: 1 is a usual month. */
typedef struct vt_season_index {
    double index[VT_YEAR_MONTHS];                     /* their mean is 1; all NaN where nothing was sold */
    double low[VT_YEAR_MONTHS], high[VT_YEAR_MONTHS]; /* of 95 %; NaN where they are not told */
    double growth;                                    /* log units a year; 0 below VT_SEASON_MONTHS_MIN months */
} vt_season_index;

/**
 * Fits level(month of the year) x exp(growth x time) to `sum` (M), which may be of any unit, by quasi-Poisson
 * likelihood with log link (McCullagh and Nelder, Generalized Linear Models, 1989, chapter 9): the variance is
 * proportional to the mean by a factor that is estimated from what the model leaves. Intervals are symmetric on the
 * logarithm of the index, by the t distribution. `days` (M) are those of each month; `first` is the month of the year
 * of the first one, from 0. M is at least 12. Months whose sums are 0 or less in all years have an index of 0 and no
 * interval. O(M).
 */
void vt_season_index_fit(vt_season_index *out, const double *sum, const double *days, size_t n, size_t first);

#endif
