/*
 * One step of every form, in terms of the additive error e = y - f (Hyndman 2008, tables 2.2 and 2.3; the updates are
 * the same for both kinds of errors). Forms are constants where the loops are made, so that each becomes a loop of its
 * own.
 */
#include "insight/demand/ets_recursion.h"

#include <math.h>
#include <string.h>

/* Multiplicative parts may not come nearer to zero than this; values are about 1. */
#define SMALLEST 1e-8
/* What a series without any error counts as, for each value. */
#define LEAST_SQUARE 1e-14

#define FORM_LOOPS static inline __attribute__((always_inline))

FORM_LOOPS bool forward(vt_ets_trace *t, const vt_ets_parameters *p, char trend, char season)
{
    double level = p->level, growth = trend == 'N' ? 0.0 : p->growth;
    memcpy(t->season, p->season, (season == 'N' ? 0 : t->period) * sizeof *t->season);
    for (size_t i = 0; i < t->n; i++) {
        double s = season == 'N' ? 0.0 : t->season[i];
        double damped = trend == 'A' ? p->phi * growth : trend == 'M' ? pow(growth, p->phi) : 0.0;
        double q = trend == 'A' ? level + damped : trend == 'M' ? level * damped : level;
        double f = season == 'A' ? q + s : season == 'M' ? q * s : q;
        double e = t->y[i] - f, w = season == 'M' ? e / s : e;
        t->level[i] = level;
        t->growth[i] = growth;
        t->error[i] = e;
        t->fitted[i] = f;
        if ((season == 'M' && !(s > SMALLEST && q > SMALLEST)) ||
            (trend == 'M' && !(level > SMALLEST && growth > SMALLEST))) {
            return false;
        }
        if (trend != 'N') {
            growth = damped + (trend == 'M' ? p->beta * w / level : p->beta * w);
        }
        level = q + p->alpha * w;
        if (season != 'N') {
            t->season[i + t->period] = s + (season == 'M' ? p->gamma * e / q : p->gamma * e);
        }
    }
    t->level[t->n] = level;
    t->growth[t->n] = growth;
    return true;
}

/*
 * Derivatives by each parameter, given those by the fitted values (in `error`'s place: t->adjoint holds the season's).
 */
FORM_LOOPS void backward(vt_ets_parameters *g, const vt_ets_trace *t, const vt_ets_parameters *p, const double *by_fit,
                         char trend, char season)
{
    double *by_season = t->adjoint, by_level = 0.0, by_growth = 0.0, alpha = 0.0, beta = 0.0, gamma = 0.0, phi = 0.0;
    if (season != 'N') {
        memset(by_season + t->n, 0, t->period * sizeof *by_season);
    }
    for (size_t i = t->n; i-- > 0;) {
        double l = t->level[i], b = t->growth[i], s = season == 'N' ? 0.0 : t->season[i], e = t->error[i];
        double damped = trend == 'A' ? p->phi * b : trend == 'M' ? pow(b, p->phi) : 0.0;
        double q = trend == 'A' ? l + damped : trend == 'M' ? l * damped : l, w = season == 'M' ? e / s : e;
        double by_q = by_level, by_w = p->alpha * by_level, by_damped = by_growth, by_l = 0.0, by_s = 0.0, by_e = 0.0;
        alpha += w * by_level;
        if (trend == 'A') {
            by_w += p->beta * by_growth;
            beta += w * by_growth;
        } else if (trend == 'M') {
            by_w += p->beta * by_growth / l;
            beta += w / l * by_growth;
            by_l -= p->beta * w / (l * l) * by_growth;
        }
        if (season != 'N') {
            double next = by_season[i + t->period], share = season == 'M' ? 1.0 / q : 1.0;
            by_s += next;
            by_e += p->gamma * share * next;
            gamma += e * share * next;
            by_q -= season == 'M' ? p->gamma * e * share * share * next : 0.0;
        }
        by_e += season == 'M' ? by_w / s : by_w;
        by_s -= season == 'M' ? by_w * e / (s * s) : 0.0;
        double by_f = by_fit[i] - by_e;
        by_q += season == 'M' ? by_f * s : by_f;
        by_s += season == 'M' ? by_f * q : by_f;
        by_l += trend == 'M' ? by_q * damped : by_q;
        by_damped += trend == 'M' ? by_q * l : by_q;
        if (season != 'N') {
            by_season[i] = by_s;
        }
        by_level = by_l;
        by_growth = trend == 'A' ? p->phi * by_damped : trend == 'M' ? p->phi * damped / b * by_damped : 0.0;
        phi += trend == 'A' ? b * by_damped : trend == 'M' ? damped * log(b) * by_damped : 0.0;
    }
    *g = (vt_ets_parameters){
        .alpha = alpha, .beta = beta, .gamma = gamma, .phi = phi, .level = by_level, .growth = by_growth};
    memcpy(g->season, by_season, (season == 'N' ? 0 : t->period) * sizeof *g->season);
}

static bool run_forward(vt_ets_trace *t, const vt_ets_parameters *p)
{
    switch (t->form.trend * 256 + t->form.season) {
    case 'N' * 256 + 'N':
        return forward(t, p, 'N', 'N');
    case 'N' * 256 + 'A':
        return forward(t, p, 'N', 'A');
    case 'N' * 256 + 'M':
        return forward(t, p, 'N', 'M');
    case 'A' * 256 + 'N':
        return forward(t, p, 'A', 'N');
    case 'A' * 256 + 'A':
        return forward(t, p, 'A', 'A');
    case 'A' * 256 + 'M':
        return forward(t, p, 'A', 'M');
    case 'M' * 256 + 'N':
        return forward(t, p, 'M', 'N');
    case 'M' * 256 + 'A':
        return forward(t, p, 'M', 'A');
    default:
        return forward(t, p, 'M', 'M');
    }
}

static void run_backward(vt_ets_parameters *g, const vt_ets_trace *t, const vt_ets_parameters *p, const double *by_fit)
{
    switch (t->form.trend * 256 + t->form.season) {
    case 'N' * 256 + 'N':
        backward(g, t, p, by_fit, 'N', 'N');
        break;
    case 'N' * 256 + 'A':
        backward(g, t, p, by_fit, 'N', 'A');
        break;
    case 'N' * 256 + 'M':
        backward(g, t, p, by_fit, 'N', 'M');
        break;
    case 'A' * 256 + 'N':
        backward(g, t, p, by_fit, 'A', 'N');
        break;
    case 'A' * 256 + 'A':
        backward(g, t, p, by_fit, 'A', 'A');
        break;
    case 'A' * 256 + 'M':
        backward(g, t, p, by_fit, 'A', 'M');
        break;
    case 'M' * 256 + 'N':
        backward(g, t, p, by_fit, 'M', 'N');
        break;
    case 'M' * 256 + 'A':
        backward(g, t, p, by_fit, 'M', 'A');
        break;
    default:
        backward(g, t, p, by_fit, 'M', 'M');
        break;
    }
}

double vt_ets_deviance(vt_ets_parameters *gradient, double *squares, const vt_ets_parameters *at, vt_ets_trace *t)
{
    bool relative = t->form.error == 'M';
    double sum = 0.0, product = 1.0, logs = 0.0, n = (double)t->n;
    if (!run_forward(t, at)) {
        return INFINITY;
    }
    for (size_t i = 0; i < t->n; i++) {
        double f = t->fitted[i], e = relative ? t->error[i] / f : t->error[i];
        if (relative && !(f > SMALLEST)) {
            return INFINITY;
        }
        sum += e * e;
        if (relative) {
            product *= f;
            if (product > 1e100 || product < 1e-100) {
                logs += log(product);
                product = 1.0;
            }
        }
    }
    logs += log(product);
    if (squares != NULL) {
        *squares = sum;
    }
    double floored = sum + n * LEAST_SQUARE;
    if (gradient != NULL) {
        double *by_fit = t->fitted; /* each fitted value is used once more, where its derivative then stands */
        for (size_t i = 0; i < t->n; i++) {
            double f = t->fitted[i], e = t->error[i];
            by_fit[i] =
                relative ? -2.0 * n / floored * (e / f) * (t->y[i] / (f * f)) + 2.0 / f : -2.0 * n / floored * e;
        }
        run_backward(gradient, t, at, by_fit);
    }
    return n * log(floored) + 2.0 * logs;
}
