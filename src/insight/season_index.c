/*
 * Given the growth, the level of a month of the year has a closed form, so that one number is sought, by Newton's
 * method on the profile likelihood; the covariance of levels and growth is that of the whole model.
 */
#include "insight/season_index.h"

#include <math.h>
#include <stdbool.h>

#define NORMAL_975 1.959963984540054
#define GROWTH_MAX 20.0 /* log units a year: e^20 would be a data error */

enum { Y = VT_YEAR_MONTHS, STEPS = 60 };

/* Sums over the years of each month: of what was sold, and of the model's mean times powers of time. */
typedef struct fitted {
    double sold[Y], mean[Y], by_time[Y];
    double score, information; /* of the growth, levels profiled out */
} fitted;

/* Years from the middle of the months. */
static double time_of(size_t i, size_t n)
{
    return ((double)i - 0.5 * (double)(n - 1)) / Y;
}

static void evaluate(fitted *f, double growth, const double *sum, const double *days, size_t n, size_t first)
{
    double open[Y] = {0}, square = 0.0;
    *f = (fitted){0};
    for (size_t i = 0; i < n; i++) {
        f->sold[(first + i) % Y] += sum[i];
        open[(first + i) % Y] += days[i] * exp(growth * time_of(i, n));
    }
    for (size_t i = 0; i < n; i++) {
        size_t m = (first + i) % Y;
        if (f->sold[m] > 0.0) {
            double t = time_of(i, n), mean = f->sold[m] / open[m] * days[i] * exp(growth * t);
            f->mean[m] += mean;
            f->by_time[m] += mean * t;
            square += mean * t * t;
            f->score += (sum[i] - mean) * t;
        }
    }
    f->information = square;
    for (int m = 0; m < Y; m++) {
        f->information -= f->mean[m] > 0.0 ? f->by_time[m] * f->by_time[m] / f->mean[m] : 0.0;
    }
}

static double find_growth(const double *sum, const double *days, size_t n, size_t first)
{
    double growth = 0.0;
    fitted f;
    for (int step = 0; step < STEPS; step++) {
        evaluate(&f, growth, sum, days, n, first);
        double by = f.information > 0.0 ? fmax(fmin(f.score / f.information, 1.0), -1.0) : 0.0;
        growth = fmax(fmin(growth + by, GROWTH_MAX), -GROWTH_MAX);
        if (fabs(by) < 1e-10) {
            break;
        }
    }
    return growth;
}

/* The 97.5 % point of Student's t, by the expansion of Fisher and Cornish; to .001 from 5 degrees of freedom on. */
static double student(double df)
{
    double z = NORMAL_975, z2 = z * z;
    double first = (z2 + 1.0) / 4.0, second = ((5.0 * z2 + 16.0) * z2 + 3.0) / 96.0;
    double third = (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) / 384.0;
    return z * (1.0 + first / df + second / (df * df) + third / (df * df * df));
}

/* What is left by chance, as a share of the mean; Pearson's estimate. */
static double dispersion_of(const fitted *f, const double *level, double growth, const double *sum, const double *days,
                            size_t n, size_t first, double df)
{
    double left = 0.0;
    for (size_t i = 0; i < n; i++) {
        size_t m = (first + i) % Y;
        double mean = level[m] * days[i] * exp(growth * time_of(i, n));
        left += f->sold[m] > 0.0 ? (sum[i] - mean) * (sum[i] - mean) / mean : 0.0;
    }
    return left / df;
}

void vt_season_index_fit(vt_season_index *out, const double *sum, const double *days, size_t n, size_t first)
{
    double level[Y] = {0}, open[Y] = {0}, all = 0.0, mean_slope = 0.0, mean_error = 0.0, df = -1.0;
    bool tells = n >= VT_SEASON_MONTHS_MIN;
    fitted f;
    out->growth = tells ? find_growth(sum, days, n, first) : 0.0;
    evaluate(&f, out->growth, sum, days, n, first);
    for (size_t i = 0; i < n; i++) {
        open[(first + i) % Y] += days[i] * exp(out->growth * time_of(i, n));
        df += f.sold[(first + i) % Y] > 0.0;
    }
    for (int m = 0; m < Y; m++) {
        level[m] = fmax(f.sold[m], 0.0) / open[m];
        all += level[m];
        df -= level[m] > 0.0;
    }
    for (int m = 0; m < Y && all > 0.0; m++) {
        double weight = level[m] / all;
        mean_slope += level[m] > 0.0 ? weight * f.by_time[m] / f.mean[m] : 0.0;
        mean_error += level[m] > 0.0 ? weight * weight / f.mean[m] : 0.0;
    }
    tells = tells && df >= 3.0 && f.information > 0.0;
    double phi = tells ? dispersion_of(&f, level, out->growth, sum, days, n, first, df) : NAN;
    for (int m = 0; m < Y; m++) {
        out->index[m] = all > 0.0 ? Y * level[m] / all : NAN;
        out->low[m] = out->high[m] = NAN;
        if (tells && level[m] > 0.0) {
            double slope = f.by_time[m] / f.mean[m] - mean_slope;
            double variance = (1.0 - 2.0 * level[m] / all) / f.mean[m] + mean_error + slope * slope / f.information;
            double by = exp(student(df) * sqrt(phi * fmax(variance, 0.0)));
            out->low[m] = out->index[m] / by;
            out->high[m] = out->index[m] * by;
        }
    }
}
