/* What a fitted form says of the future: points, variances, paths (Hyndman 2008, chapter 6). */
#include "insight/demand/ets.h"

#include <math.h>
#include <string.h>

#include "base/rng.h"

void vt_ets_mean(double *mean, const vt_ets *ets, size_t horizon)
{
    double level = ets->level, growth = ets->growth;
    for (size_t h = 0; h < horizon; h++) {
        if (ets->form.trend == 'A') {
            growth *= ets->phi;
            level += growth;
        } else if (ets->form.trend == 'M') {
            growth = pow(growth, ets->phi);
            level *= growth;
        }
        double s = ets->season[h % ets->period];
        mean[h] = ets->form.season == 'A' ? level + s : ets->form.season == 'M' ? level * s : level;
    }
}

/* What an error of size 1 does to the value j steps later (table 6.2). */
static double effect(const vt_ets *ets, size_t j)
{
    double damped = 0.0;
    if (ets->form.trend == 'A') {
        damped = ets->form.damped ? ets->phi * (1.0 - pow(ets->phi, (double)j)) / (1.0 - ets->phi) : (double)j;
    }
    return ets->alpha + ets->beta * damped + (ets->form.season == 'A' && j % ets->period == 0 ? ets->gamma : 0.0);
}

/*
 * Mean squares of the values without a multiplicative season (eq. 6.2): theta_h = mu_h^2 + v sum of c_j^2 theta_(h-j).
 * An error of one season ago also moved the season, by gamma: to first order gamma mu_h / mu_(h-j) joins c_j then.
 */
static void mean_squares(double *theta, double *mu, const vt_ets *ets, size_t horizon)
{
    vt_ets plain = *ets;
    plain.form.season = ets->form.season == 'M' ? 'N' : ets->form.season;
    vt_ets_mean(mu, &plain, horizon);
    for (size_t h = 0; h < horizon; h++) {
        theta[h] = mu[h] * mu[h];
        for (size_t j = 1; j <= h; j++) {
            bool moved = ets->form.season == 'M' && j % ets->period == 0 && mu[h - j] > 0.0;
            double c = effect(ets, j) + (moved ? ets->gamma * mu[h] / mu[h - j] : 0.0);
            theta[h] += ets->variance * c * c * theta[h - j];
        }
    }
}

bool vt_ets_variance(double *variance, const vt_ets *ets, size_t horizon)
{
    bool relative = ets->form.error == 'M';
    double v = ets->variance, sum = 1.0;
    if (ets->form.trend == 'M' || (ets->form.season == 'M' && !relative)) {
        return false;
    }
    if (!relative) {
        for (size_t h = 0; h < horizon; h++) {
            variance[h] = v * sum;
            double c = effect(ets, h + 1);
            sum += c * c;
        }
        return true;
    }
    double mu[VT_ETS_HORIZON_MAX];
    mean_squares(variance, mu, ets, horizon);
    for (size_t h = 0; h < horizon; h++) {
        double s = ets->form.season == 'M' ? ets->season[h % ets->period] : 1.0;
        variance[h] = fmax(0.0, (1.0 + v) * variance[h] - mu[h] * mu[h]) * s * s;
    }
    return true;
}

/* Multiplicative parts stay over this share of where they were. */
static double above(double x, double share_of)
{
    double least = 1e-6 * fabs(share_of);
    return x > least ? x : least;
}

void vt_ets_path(double *path, const vt_ets *ets, size_t horizon, uint64_t seed, uint64_t number)
{
    vt_rng rng = vt_rng_at(seed, "ets-path", number, 0);
    double season[VT_ETS_PERIOD_MAX], level = ets->level, growth = ets->growth, size = sqrt(ets->variance);
    bool times = ets->form.season == 'M', grows = ets->form.trend == 'M', relative = ets->form.error == 'M';
    memcpy(season, ets->season, sizeof season);
    for (size_t h = 0; h < horizon; h++) {
        double damped = grows ? pow(growth, ets->phi) : ets->phi * growth, s = season[h % ets->period];
        double q = grows ? level * damped : ets->form.trend == 'A' ? level + damped : level;
        double f = times ? q * s : ets->form.season == 'A' ? q + s : q;
        double z = size * vt_rng_normal(&rng), e = relative ? f * z : z, w = times ? e / s : e;
        path[h] = f + e;
        if (ets->form.trend != 'N') {
            growth = damped + ets->beta * (grows ? w / level : w);
            growth = grows ? above(growth, 1.0) : growth;
        }
        level = q + ets->alpha * w;
        level = grows || times || relative ? above(level, ets->level) : level;
        if (ets->form.season != 'N') {
            s += ets->gamma * (times ? e / q : e);
            season[h % ets->period] = times ? above(s, 1.0) : s;
        }
    }
}
