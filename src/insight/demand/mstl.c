/* Several seasons: each is taken out by STL of what the others leave, in two passes. */
#include <string.h>

#include "base/alloc.h"
#include "insight/demand/loess.h"
#include "insight/demand/series.h"
#include "insight/demand/stl.h"

enum { PASSES = 2, FIRST_WINDOW = 11, WINDOW_STEP = 4 };

static int check_periods(const size_t *periods, size_t n_periods, vt_error *err)
{
    if (n_periods > VT_SEASONS_MAX) {
        return vt_fail(err, VT_ERR_USAGE, "%zu seasons are given; at most %d are possible", n_periods, VT_SEASONS_MAX);
    }
    for (size_t s = 0; s < n_periods; s++) {
        if (periods[s] < 2 || (s > 0 && periods[s] <= periods[s - 1])) {
            return vt_fail(err, VT_ERR_USAGE, "seasons are expected in ascending order, of at least 2 values each");
        }
    }
    return VT_OK;
}

/* A local line over the series, when there is no season: a trend of two thirds of the values. */
static int line_only(double *trend, const double *y, size_t n, vt_error *err)
{
    vt_loess *loess = NULL;
    int status = vt_loess_create(&loess, n, (2 * n / 3) | 1U, 1, err);
    if (status == VT_OK) {
        vt_loess_smooth(trend, y, NULL, false, loess);
    }
    vt_loess_free(loess);
    return status;
}

int vt_mstl(double *seasonal, double *trend, double *remainder, const double *y, size_t n, const size_t *periods,
            size_t n_periods, vt_error *err)
{
    size_t used = 0;
    int status = check_periods(periods, n_periods, err);
    if (status == VT_OK) {
        status = vt_series_check(y, n, err);
    }
    if (status != VT_OK) {
        return status;
    }
    while (used < n_periods && 2 * periods[used] <= n) {
        used++;
    }
    double *slab = vt_alloc_zero((n_periods + 3) * n, sizeof *slab, err);
    if (slab == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    double *found = slab, *level = slab + n_periods * n, *left = level + n, *rest = left + n;
    memcpy(left, y, n * sizeof *left);
    if (used == 0) {
        status = line_only(level, y, n, err);
    }
    for (int pass = 0; pass < (used > 1 ? PASSES : 1); pass++) {
        for (size_t s = 0; status == VT_OK && s < used; s++) {
            vt_stl_options options;
            vt_stl_options_init(&options, periods[s], false);
            options.seasonal = FIRST_WINDOW + WINDOW_STEP * s;
            double *season = found + s * n;
            for (size_t i = 0; i < n; i++) {
                left[i] += season[i];
            }
            status = vt_stl(season, level, rest, left, n, &options, err);
            for (size_t i = 0; status == VT_OK && i < n; i++) {
                left[i] -= season[i];
            }
        }
    }
    if (status == VT_OK) {
        memcpy(seasonal, found, n_periods * n * sizeof *seasonal);
        memcpy(trend, level, n * sizeof *trend);
        for (size_t i = 0; i < n; i++) {
            remainder[i] = left[i] - level[i];
        }
    }
    vt_free(slab);
    return status;
}
