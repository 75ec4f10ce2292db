/* The test for a season, and the classical season off and on again. */
#include "insight/demand/season.h"

#include <math.h>
#include <string.h>

#include "insight/demand/classical.h"
#include "insight/demand/series.h"

#define LEAST_PLACE 0.01 /* of a multiplicative season: values are divided by it */

bool vt_has_season(const double *y, size_t n, size_t m)
{
    if (m < 4 || n < 2 * m) {
        return false;
    }
    double mean = vt_series_mean(y, n), square = 0.0, squares = 0.0, last = 0.0;
    for (size_t i = 0; i < n; i++) {
        square += (y[i] - mean) * (y[i] - mean);
    }
    if (!(square > 0.0)) {
        return false;
    }
    for (size_t lag = 1; lag <= m; lag++) {
        double sum = 0.0;
        for (size_t i = lag; i < n; i++) {
            sum += (y[i] - mean) * (y[i - lag] - mean);
        }
        squares += lag < m ? sum / square * (sum / square) : 0.0;
        last = sum / square;
    }
    return fabs(last) > 1.6448536269514722 * sqrt((1.0 + 2.0 * squares) / (double)n);
}

vt_season_kind vt_season_take(double *out, double *season, const double *y, size_t n, size_t m)
{
    vt_season_kind kind = {vt_has_season(y, n, m), true};
    memset(season, 0, m * sizeof *season);
    for (size_t i = 0; i < n; i++) {
        kind.multiplicative = kind.multiplicative && y[i] > 0.0;
    }
    kind.multiplicative = kind.seasonal && kind.multiplicative;
    if (kind.multiplicative) {
        vt_classical_season(season, y, n, m, true);
        for (size_t j = 0; j < m; j++) {
            kind.multiplicative = kind.multiplicative && season[j] >= LEAST_PLACE;
        }
    }
    if (kind.seasonal && !kind.multiplicative) {
        vt_classical_season(season, y, n, m, false);
    }
    for (size_t i = 0; i < n; i++) {
        out[i] = kind.multiplicative ? y[i] / season[i % m] : y[i] - season[i % m];
    }
    return kind;
}

/* Values of a place that the classical season is a mean of: those with a whole season around them. */
static double values_of(size_t n, size_t m, size_t place)
{
    double count = 0.0;
    for (size_t i = place; i < n; i += m) {
        count += i >= m / 2 && i + m / 2 < n ? 1.0 : 0.0;
    }
    return fmax(count, 1.0);
}

double vt_season_fitted(vt_season_kind kind, size_t n, size_t m)
{
    double sum = 0.0;
    for (size_t place = 0; kind.seasonal && place < m; place++) {
        double all = (double)((n - place + m - 1) / m);
        sum += all / values_of(n, m, place) - 2.0;
    }
    return 1.0 + sum / (double)n;
}

double vt_season_error(vt_season_kind kind, size_t n, size_t m, size_t h)
{
    return kind.seasonal ? 1.0 / values_of(n, m, (n + h) % m) : 0.0;
}

void vt_season_put(double *forecast, size_t rows, size_t horizon, const double *season, vt_season_kind kind, size_t n,
                   size_t m)
{
    for (size_t r = 0; r < rows; r++) {
        for (size_t h = 0; h < horizon; h++) {
            double s = season[(n + h) % m], *x = &forecast[r * horizon + h];
            *x = kind.multiplicative ? *x * s : *x + s;
        }
    }
}
