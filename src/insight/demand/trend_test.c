/* Mann and Kendall's test, Sen's slope, and the false discovery rate. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "insight/demand/change.h"
#include "insight/demand/series.h"
#include "math/special.h"

enum { FEWEST_PAIRS = 4, SLOPES_MAX = 4000000 };

/* The variance of the sum of signs over one place's values, with ties (Hirsch 1982, eq. 3); sorts `room`. */
static double sign_variance(double *room, size_t count)
{
    double n = (double)count, variance = n * (n - 1.0) * (2.0 * n + 5.0);
    qsort(room, count, sizeof *room, vt_by_value);
    for (size_t i = 0; i < count;) {
        size_t j = i;
        while (j < count && room[j] == room[i]) {
            j++;
        }
        double ties = (double)(j - i);
        variance -= ties * (ties - 1.0) * (2.0 * ties + 5.0);
        i = j;
    }
    return variance / 18.0;
}

int vt_trend_test_run(vt_trend_test *out, const double *y, size_t n, size_t period, vt_error *err)
{
    int status = vt_series_check(y, n, err);
    if (status != VT_OK) {
        return status;
    }
    size_t m = period > 1 ? period : 1, pairs = 0;
    for (size_t place = 0; place < m && place < n; place++) {
        size_t count = (n - place - 1) / m + 1;
        pairs += count * (count - 1) / 2;
    }
    if (pairs > SLOPES_MAX) {
        return vt_fail(err, VT_ERR_LIMIT, "a trend over %zu pairs of values is too long; at most %d are possible",
                       pairs, SLOPES_MAX);
    }
    double *slope = vt_alloc(pairs + n, sizeof *slope, err);
    if (slope == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    double *room = slope + pairs, signs = 0.0, variance = 0.0;
    size_t k = 0;
    for (size_t place = 0; place < m && place < n; place++) {
        size_t count = 0;
        for (size_t i = place; i < n; i += m) {
            room[count++] = y[i];
            for (size_t j = i + m; j < n; j += m) {
                double d = y[j] - y[i];
                signs += d > 0.0 ? 1.0 : d < 0.0 ? -1.0 : 0.0;
                slope[k++] = d / (double)(j - i);
            }
        }
        variance += sign_variance(room, count);
    }
    vt_trend_test found = {.p = 1.0, .pairs = pairs};
    if (pairs > 0) {
        qsort(slope, pairs, sizeof *slope, vt_by_value);
        found.slope = vt_sorted_quantile(slope, pairs, 0.5);
    }
    if (pairs >= FEWEST_PAIRS && variance > 0.0 && signs != 0.0) {
        found.z = (signs > 0.0 ? signs - 1.0 : signs + 1.0) / sqrt(variance);
        found.p = fmin(1.0, 2.0 * vt_normal_cdf(-fabs(found.z)));
    }
    vt_free(slope);
    *out = found;
    return VT_OK;
}
