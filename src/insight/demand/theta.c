/*
 * A forecast one step ahead is what simple smoothing of the past gives, plus (1 - alpha)^(t - 1) of the first level,
 * plus the weighted line: all of it linear but alpha.
 */
#include "insight/demand/theta.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "insight/demand/series.h"

#define ALPHA_LOWEST 0.1
#define ALPHA_HIGHEST 0.99
#define GOLDEN 0.6180339887498949
enum { FIRST = 3 /* errors that do not count */, GRID = 10, GOLDEN_STEPS = 22, SHORTEST = 5 };

/* The line through the values so far, as of each step. */
typedef struct line {
    double intercept, slope, mean;
} line;

typedef struct problem {
    const double *y; /* (n) without season */
    size_t n;
    bool dynamic;
    bool free_weight; /* theta is searched */
    const line *at;   /* (n + 1) the line before each value; static: the same everywhere */
} problem;

typedef struct solution {
    double alpha, weight, first, sum;
} solution;

static line next_line(line before, double y, double t)
{
    line next = {.mean = ((t - 1.0) * before.mean + y) / t};
    next.slope = t < 2.0 ? 0.0 : ((t - 2.0) * before.slope + 6.0 * (y - before.mean) / t) / (t + 1.0);
    next.intercept = next.mean - next.slope * (t + 1.0) / 2.0;
    return next;
}

static double line_part(const line *at, double power, double alpha)
{
    return power * at->intercept + (1.0 - power * (1.0 - alpha)) / alpha * at->slope;
}

/* Least squares over the first level and the weight, given alpha; the weight stays in [0, 1]. */
static solution solve(const problem *p, double alpha)
{
    double level = 0.0, power = 1.0, keep = 1.0 - alpha;
    double aa = 0.0, ab = 0.0, bb = 0.0, ay = 0.0, by = 0.0, yy = 0.0;
    for (size_t i = 0; i < p->n; i++) {
        if (i >= FIRST) {
            double rest = p->y[i] - level, l = line_part(&p->at[i], power, alpha);
            aa += power * power;
            ab += power * l;
            bb += l * l;
            ay += power * rest;
            by += l * rest;
            yy += rest * rest;
        }
        level = alpha * p->y[i] + keep * level;
        power *= keep;
    }
    double weight = 0.5, determinant = aa * bb - ab * ab;
    if (p->free_weight) {
        weight = determinant > 1e-12 * aa * bb ? (aa * by - ab * ay) / determinant : 0.5;
        weight = weight > 0.0 ? weight < 1.0 ? weight : 1.0 : 0.0;
    }
    double first = aa > 0.0 ? (ay - weight * ab) / aa : 0.0;
    double sum =
        yy - 2.0 * (first * ay + weight * by) + first * first * aa + 2.0 * first * weight * ab + weight * weight * bb;
    return (solution){alpha, weight, first, sum > 0.0 ? sum : 0.0};
}

/* The best of a grid over alpha, then the golden section around it. */
static solution search(const problem *p)
{
    solution best = solve(p, ALPHA_LOWEST);
    double step = (ALPHA_HIGHEST - ALPHA_LOWEST) / GRID;
    for (int g = 1; g <= GRID; g++) {
        solution s = solve(p, ALPHA_LOWEST + step * g);
        best = s.sum < best.sum ? s : best;
    }
    double low = fmax(ALPHA_LOWEST, best.alpha - step), high = fmin(ALPHA_HIGHEST, best.alpha + step);
    solution a = solve(p, high - GOLDEN * (high - low)), b = solve(p, low + GOLDEN * (high - low));
    for (int k = 0; k < GOLDEN_STEPS; k++) {
        if (a.sum < b.sum) {
            high = b.alpha;
            b = a;
            a = solve(p, high - GOLDEN * (high - low));
        } else {
            low = a.alpha;
            a = b;
            b = solve(p, low + GOLDEN * (high - low));
        }
    }
    a = a.sum < b.sum ? a : b;
    return a.sum < best.sum ? a : best;
}

/* Lines before each value, dynamic or that of the whole series; gives the last. */
static line fill_lines(line *at, const double *y, size_t n, bool dynamic)
{
    line now = {0};
    for (size_t i = 0; i < n; i++) {
        at[i] = now;
        now = next_line(now, y[i], (double)(i + 1));
    }
    for (size_t i = 0; i < n && !dynamic; i++) {
        at[i] = now;
    }
    return now;
}

static void fit_kind(vt_theta *theta, line *at, const double *y, size_t n, vt_theta_kind kind)
{
    bool dynamic = kind == VT_THETA_DYNAMIC_STANDARD || kind == VT_THETA_DYNAMIC_OPTIMISED;
    problem p = {y, n, dynamic, kind == VT_THETA_OPTIMISED || kind == VT_THETA_DYNAMIC_OPTIMISED, at};
    line last = fill_lines(at, y, n, dynamic);
    solution s = search(&p);
    double level = s.first;
    for (size_t i = 0; i < n; i++) {
        level = s.alpha * y[i] + (1.0 - s.alpha) * level;
    }
    size_t errors = n - FIRST;
    theta->kind = kind;
    theta->alpha = s.alpha;
    theta->weight = s.weight;
    theta->level = level;
    theta->intercept = last.intercept;
    theta->slope = last.slope;
    theta->mean = last.mean;
    theta->mean_square = s.sum / (double)errors;
    theta->variance = s.sum / (double)(errors > 1 ? errors - 1 : 1);
}

int vt_theta_fit(vt_theta *out, double *season, const double *y, size_t n, size_t m, vt_theta_kind kind, vt_error *err)
{
    m = m > 1 ? m : 1;
    int status = vt_series_check(y, n, err);
    double *plain = status == VT_OK ? vt_alloc(n + m, sizeof *plain, err) : NULL;
    line *at = plain == NULL ? NULL : vt_alloc(n, sizeof *at, err);
    if (at == NULL) {
        vt_free(plain);
        return status != VT_OK ? status : VT_ERR_NO_MEMORY;
    }
    vt_theta best = {.alpha = ALPHA_HIGHEST, .level = y[n - 1], .n = n, .mean_square = INFINITY};
    if (n < SHORTEST || vt_series_constant(y, n)) {
        best.mean_square = 0.0;
        for (size_t i = 1; i < n; i++) {
            best.mean_square += (y[i] - y[i - 1]) * (y[i] - y[i - 1]) / (double)(n - 1);
        }
        best.variance = best.mean_square;
        memset(season, 0, m * sizeof *season);
    } else {
        vt_theta theta = best;
        theta.season = vt_season_take(plain, season, y, n, m);
        for (int k = VT_THETA_STANDARD; k <= VT_THETA_DYNAMIC_OPTIMISED; k++) {
            if (kind == VT_THETA_BEST || k == (int)kind) {
                fit_kind(&theta, at, plain, n, (vt_theta_kind)k);
                best = theta.mean_square < best.mean_square ? theta : best;
            }
        }
    }
    *out = best;
    vt_free(at);
    vt_free(plain);
    return VT_OK;
}

void vt_theta_forecast(double *mean, double *variance, const vt_theta *theta, const double *season, size_t m,
                       size_t horizon)
{
    bool dynamic = theta->kind == VT_THETA_DYNAMIC_STANDARD || theta->kind == VT_THETA_DYNAMIC_OPTIMISED;
    line at = {theta->intercept, theta->slope, theta->mean};
    double level = theta->level;
    m = m > 1 ? m : 1;
    double fitted = vt_season_fitted(theta->season, theta->n, m);
    for (size_t h = 0; h < horizon; h++) {
        double t = (double)(theta->n + h + 1), power = pow(1.0 - theta->alpha, t - 1.0);
        double value = level + theta->weight * line_part(&at, power, theta->alpha);
        double s = season[(theta->n + h) % m], one = theta->variance / fitted;
        double v =
            one * (1.0 + (double)h * theta->alpha * theta->alpha + vt_season_error(theta->season, theta->n, m, h));
        mean[h] = theta->season.multiplicative ? value * s : value + s;
        if (variance != NULL) {
            variance[h] = theta->season.multiplicative ? v * s * s : v;
        }
        level = theta->alpha * value + (1.0 - theta->alpha) * level;
        at = dynamic ? next_line(at, value, t) : at;
    }
}
