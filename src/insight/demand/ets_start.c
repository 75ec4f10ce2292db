/* Starts from a line and a classical season. */
#include "insight/demand/ets_start.h"

#include <math.h>
#include <string.h>

#include "insight/demand/classical.h"

/* The line a + b t (t from 1) through n values; a plain mean with one. */
static void line_through(double *a, double *b, const double *y, size_t n)
{
    double middle = 0.5 * (double)(n + 1), mean = 0.0, xy = 0.0, xx = 0.0;
    for (size_t i = 0; i < n; i++) {
        mean += y[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        double d = (double)(i + 1) - middle;
        xy += d * (y[i] - mean);
        xx += d * d;
    }
    *b = xx > 0.0 ? xy / xx : 0.0;
    *a = mean - *b * middle;
}

void vt_ets_start(vt_ets_parameters *out, const vt_ets_trace *t)
{
    bool season = t->form.season != 'N', times = t->form.season == 'M';
    size_t m = t->period, first = 2 * m > 10 ? 2 * m : 10;
    double *adjusted = t->error, a = 0.0, b = 0.0;
    first = first < t->n ? first : t->n;
    *out = (vt_ets_parameters){.alpha = 0.2 / (double)m + 1e-4, .beta = 0.1, .gamma = 0.05, .phi = 0.978};
    if (season) {
        vt_classical_season(out->season, t->y, t->n, m, times);
        for (size_t j = 0; times && j < m; j++) {
            out->season[j] = fmax(out->season[j], 0.01);
        }
    }
    for (size_t i = 0; i < first; i++) {
        double s = season ? out->season[i % m] : 0.0;
        adjusted[i] = times ? t->y[i] / s : t->y[i] - s;
    }
    line_through(&a, &b, adjusted, first);
    if (t->form.trend == 'N') {
        out->level = a + b * 0.5 * (double)(first + 1);
    } else if (t->form.trend == 'A') {
        out->level = a;
        out->growth = b;
    } else {
        bool fits = a > 1e-3 && a + b > 1e-3;
        out->level = fits ? a : fmax(adjusted[0], 1e-3);
        out->growth = fits ? fmin(fmax((a + b) / a, 0.5), 2.0) : 1.0;
    }
    if ((t->form.error == 'M' || times) && !(out->level > 1e-3)) {
        out->level = fmax(adjusted[0], 1e-2);
        out->growth = t->form.trend == 'A' ? 0.0 : out->growth;
    }
}
