/* One place of the season after the other: the mean of what its values are beside the trend around them. */
#include "insight/demand/classical.h"

/* The mean of the m values around i; the two at the ends count half when m is even. */
static double moving_mean(const double *y, size_t i, size_t m)
{
    size_t half = m / 2;
    double sum = m % 2 == 1 ? y[i - half] + y[i + half] : 0.5 * (y[i - half] + y[i + half]);
    for (size_t j = i - half + 1; j < i + half; j++) {
        sum += y[j];
    }
    return sum / (double)m;
}

/* The straight line through all values: its slope, and in `mean` its height in the middle. */
static double slope_of(double *mean, const double *y, size_t n)
{
    double middle = 0.5 * (double)(n - 1), xy = 0.0, xx = 0.0;
    *mean = 0.0;
    for (size_t i = 0; i < n; i++) {
        *mean += y[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        xy += ((double)i - middle) * (y[i] - *mean);
        xx += ((double)i - middle) * ((double)i - middle);
    }
    return xx > 0.0 ? xy / xx : 0.0;
}

void vt_classical_season(double *season, const double *y, size_t n, size_t m, bool multiplicative)
{
    bool moving = n >= 2 * m;
    double mean = 0.0, slope = moving ? 0.0 : slope_of(&mean, y, n), total = 0.0, none = multiplicative ? 1.0 : 0.0;
    for (size_t place = 0; place < m; place++) {
        double sum = 0.0, count = 0.0;
        for (size_t i = place; i < n; i += m) {
            if (moving && (i < m / 2 || i + m / 2 >= n)) {
                continue;
            }
            double trend = moving ? moving_mean(y, i, m) : mean + slope * ((double)i - 0.5 * (double)(n - 1));
            if (!multiplicative || trend > 0.0) {
                sum += multiplicative ? y[i] / trend : y[i] - trend;
                count += 1.0;
            }
        }
        season[place] = count > 0.0 ? sum / count : none;
        total += season[place] / (double)m;
    }
    for (size_t place = 0; place < m; place++) {
        season[place] = multiplicative ? (total > 0.0 ? season[place] / total : 1.0) : season[place] - total;
    }
}
