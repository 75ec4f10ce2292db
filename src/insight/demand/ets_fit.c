/*
 * Fits by L-BFGS over smoothing parameters and initial states together. Values are divided by their mean size, so that
 * levels are about 1. beta and gamma are fitted as shares of what alpha leaves them, which makes the region a box; the
 * last place of the initial season is what the others leave.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "insight/demand/ets_recursion.h"
#include "insight/demand/ets_start.h"
#include "insight/demand/series.h"
#include "math/minimize.h"

#define LOWEST 1e-4
#define HIGHEST 0.9999
#define PHI_LOWEST 0.8
#define PHI_HIGHEST 0.98
#define TOLERANCE 1e-8
enum { VARIABLES_MAX = 6 + VT_ETS_PERIOD_MAX, EVALUATIONS_MAX = 400 };

typedef struct fitter {
    vt_ets_trace trace;
    double scale;
    double *slab;
    double *y; /* (n) divided by scale */
    bool positive;
} fitter;

void vt_ets_name(char out[16], const vt_ets_form *form)
{
    snprintf(out, 16, "ETS(%c,%c%s,%c)", form->error, form->trend, form->damped ? "d" : "", form->season);
}

static int fitter_init(fitter *f, const double *y, size_t n, size_t period, vt_error *err)
{
    *f = (fitter){.positive = true};
    f->slab = vt_alloc_zero(7 * n + 2 + 2 * period, sizeof *f->slab, err);
    if (f->slab == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n; i++) {
        f->scale += fabs(y[i]) / (double)n;
        f->positive = f->positive && y[i] > 0.0;
    }
    f->scale = f->scale > 1e-100 ? f->scale : 1.0;
    f->y = f->slab;
    for (size_t i = 0; i < n; i++) {
        f->y[i] = y[i] / f->scale;
    }
    f->trace = (vt_ets_trace){.y = f->y, .n = n};
    f->trace.error = f->y + n;
    f->trace.fitted = f->trace.error + n;
    f->trace.level = f->trace.fitted + n;
    f->trace.growth = f->trace.level + n + 1;
    f->trace.season = f->trace.growth + n + 1;
    f->trace.adjoint = f->trace.season + n + period;
    return VT_OK;
}

static size_t count_variables(const vt_ets_form *form, size_t period)
{
    return 2 + (form->trend != 'N' ? 2U : 0U) + (form->damped ? 1U : 0U) + (form->season != 'N' ? period : 0U);
}

/*
 * Variables to parameters: alpha, shares of beta and gamma, phi, level, growth, all places of the season but the last.
 */
static vt_ets_parameters unpack(const double *x, const vt_ets_trace *t)
{
    vt_ets_parameters p = {.alpha = *x++, .phi = 1.0};
    p.beta = t->form.trend != 'N' ? p.alpha * *x++ : 0.0;
    p.gamma = t->form.season != 'N' ? (1.0 - p.alpha) * *x++ : 0.0;
    p.phi = t->form.damped ? *x++ : 1.0;
    p.level = *x++;
    p.growth = t->form.trend != 'N' ? *x++ : 0.0;
    if (t->form.season != 'N') {
        double left = t->form.season == 'M' ? (double)t->period : 0.0;
        for (size_t j = 0; j + 1 < t->period; j++) {
            p.season[j] = x[j];
            left -= x[j];
        }
        p.season[t->period - 1] = left;
    }
    return p;
}

/* The gradient by variables from that by parameters. */
static void pack_gradient(double *out, const double *x, const vt_ets_parameters *g, const vt_ets_trace *t)
{
    double alpha = *x++, *by_alpha = out++;
    *by_alpha = g->alpha;
    if (t->form.trend != 'N') {
        *by_alpha += *x++ * g->beta;
        *out++ = alpha * g->beta;
    }
    if (t->form.season != 'N') {
        *by_alpha -= *x++ * g->gamma;
        *out++ = (1.0 - alpha) * g->gamma;
    }
    if (t->form.damped) {
        *out++ = g->phi;
    }
    *out++ = g->level;
    if (t->form.trend != 'N') {
        *out++ = g->growth;
    }
    for (size_t j = 0; t->form.season != 'N' && j + 1 < t->period; j++) {
        *out++ = g->season[j] - g->season[t->period - 1];
    }
}

static double deviance(double *gradient, const double *x, size_t n, void *context)
{
    (void)n;
    vt_ets_trace *t = context;
    vt_ets_parameters p = unpack(x, t), g;
    double value = vt_ets_deviance(gradient == NULL ? NULL : &g, NULL, &p, t);
    if (gradient != NULL && isfinite(value)) {
        pack_gradient(gradient, x, &g, t);
    }
    return value;
}

/* Where the search begins, and its box. */
static void set_variables(double *x, double *lower, double *upper, const vt_ets_parameters *start,
                          const vt_ets_trace *t)
{
    size_t k = 0, n = count_variables(&t->form, t->period);
    for (size_t i = 0; i < n; i++) {
        lower[i] = -1e30;
        upper[i] = 1e30;
    }
    x[k++] = start->alpha;
    if (t->form.trend != 'N') {
        x[k++] = start->beta;
    }
    if (t->form.season != 'N') {
        x[k++] = start->gamma;
    }
    for (size_t i = 0; i < k; i++) {
        lower[i] = LOWEST;
        upper[i] = HIGHEST;
    }
    if (t->form.damped) {
        lower[k] = PHI_LOWEST;
        upper[k] = PHI_HIGHEST;
        x[k++] = start->phi;
    }
    x[k++] = start->level;
    if (t->form.trend != 'N') {
        x[k++] = start->growth;
    }
    for (size_t j = 0; t->form.season != 'N' && j + 1 < t->period; j++) {
        x[k++] = start->season[j];
    }
}

/* What a fit found, in the units of the series. */
static void fill_result(vt_ets *out, const fitter *f, const vt_ets_parameters *p, double value, double squares)
{
    const vt_ets_trace *t = &f->trace;
    size_t n = t->n, k = count_variables(&t->form, t->period) + 1;
    double size = (double)n, rest = size - (double)k;
    bool relative = t->form.error == 'M';
    *out = (vt_ets){.form = t->form,
                    .period = t->period,
                    .alpha = p->alpha,
                    .beta = p->beta,
                    .gamma = p->gamma,
                    .phi = p->phi,
                    .level = t->level[n] * f->scale,
                    .n = n,
                    .n_parameters = k};
    out->growth = t->form.trend == 'M' ? t->growth[n] : t->growth[n] * f->scale;
    for (size_t j = 0; t->form.season != 'N' && j < t->period; j++) {
        out->season[j] = t->season[n + j] * (t->form.season == 'A' ? f->scale : 1.0);
    }
    out->variance = squares / (rest > 1.0 ? rest : 1.0) * (relative ? 1.0 : f->scale * f->scale);
    double deviance_of_y = value + 2.0 * size * log(f->scale);
    out->log_likelihood = -0.5 * deviance_of_y;
    out->aicc = deviance_of_y + 2.0 * (double)k + 2.0 * (double)k * (double)(k + 1) / (rest > 1.0 ? rest - 1.0 : 1e-9);
}

static int check_form(const fitter *f, const vt_ets_form *form, size_t period, vt_error *err)
{
    char name[16];
    vt_ets_name(name, form);
    bool multiplies = form->error == 'M' || form->trend == 'M' || form->season == 'M';
    if ((form->error != 'A' && form->error != 'M') || strchr("NAM", form->trend) == NULL || form->trend == '\0' ||
        strchr("NAM", form->season) == NULL || form->season == '\0' || (form->damped && form->trend == 'N')) {
        return vt_fail(err, VT_ERR_UNSUPPORTED, "%s is no form of exponential smoothing", name);
    }
    if (form->season != 'N' && (period < 2 || period > VT_ETS_PERIOD_MAX)) {
        return vt_fail(err, VT_ERR_UNSUPPORTED, "%s cannot have a season of %zu values; 2 to %d are possible", name,
                       period, VT_ETS_PERIOD_MAX);
    }
    if (multiplies && !f->positive) {
        return vt_fail(err, VT_ERR_UNSUPPORTED, "%s multiplies, but not all values of the series are over 0", name);
    }
    if (f->trace.n < count_variables(form, period) + 3 || (form->season != 'N' && f->trace.n <= period)) {
        return vt_fail(err, VT_ERR_UNSUPPORTED, "%s has too many parameters for a series of %zu values", name,
                       f->trace.n);
    }
    return VT_OK;
}

static int fit_form(vt_ets *out, fitter *f, const vt_ets_form *form, size_t period, vt_error *err)
{
    double x[VARIABLES_MAX], lower[VARIABLES_MAX], upper[VARIABLES_MAX], squares = 0.0;
    int status = check_form(f, form, period, err);
    if (status != VT_OK) {
        return status;
    }
    f->trace.form = *form;
    f->trace.period = form->season == 'N' ? 1 : period;
    vt_ets_parameters start;
    vt_minimize_options options;
    vt_minimum minimum = {0};
    vt_objective objective = {.value = deviance, .context = &f->trace, .has_gradient = true};
    vt_ets_start(&start, &f->trace);
    set_variables(x, lower, upper, &start, &f->trace);
    vt_minimize_options_init(&options);
    options.lower = lower;
    options.upper = upper;
    options.tolerance = TOLERANCE;
    options.evaluations_max = EVALUATIONS_MAX;
    status = vt_minimize(x, &minimum, &objective, count_variables(form, f->trace.period), &options, err);
    if (status == VT_ERR_FAILED) {
        char name[16];
        vt_ets_name(name, form);
        return vt_fail(err, VT_ERR_UNSUPPORTED, "%s does not fit the series anywhere near it", name);
    }
    if (status == VT_OK) {
        vt_ets_parameters found = unpack(x, &f->trace);
        double value = vt_ets_deviance(NULL, &squares, &found, &f->trace);
        fill_result(out, f, &found, value, squares);
    }
    return status;
}

int vt_ets_fit(vt_ets *out, const double *y, size_t n, const vt_ets_form *form, size_t period, vt_error *err)
{
    fitter f;
    int status = vt_series_check(y, n, err);
    if (status != VT_OK ||
        (status = fitter_init(&f, y, n, period < VT_ETS_PERIOD_MAX ? period : VT_ETS_PERIOD_MAX, err)) != VT_OK) {
        return status;
    }
    status = fit_form(out, &f, form, period, err);
    vt_free(f.slab);
    return status;
}

/* The last value goes on; its errors are the steps from value to value. */
static void last_value(vt_ets *out, const double *y, size_t n)
{
    *out = (vt_ets){.form = {'A', 'N', 'N', false},
                    .period = 1,
                    .alpha = HIGHEST,
                    .phi = 1.0,
                    .level = y[n - 1],
                    .n = n,
                    .n_parameters = 2};
    for (size_t i = 1; i < n; i++) {
        out->variance += (y[i] - y[i - 1]) * (y[i] - y[i - 1]) / (double)(n - 1);
    }
}

int vt_ets_select(vt_ets *out, const double *y, size_t n, size_t period, bool multiplicative_trend, vt_error *err)
{
    static const char errors[] = "AM", trends[] = "NAM", seasons[] = "NAM";
    fitter f;
    vt_ets best = {.aicc = INFINITY};
    int status = vt_series_check(y, n, err);
    bool season = period > 1 && period <= VT_ETS_PERIOD_MAX;
    if (status != VT_OK || (status = fitter_init(&f, y, n, season ? period : 1, err)) != VT_OK) {
        return status;
    }
    for (int number = 0; status == VT_OK && number < 36 && !vt_series_constant(y, n); number++) {
        vt_ets_form form = {errors[number / 18], trends[number / 6 % 3], seasons[number / 2 % 3], number % 2 == 1};
        bool left_out = (form.error == 'A' && (form.trend == 'M' || form.season == 'M')) ||
                        (form.error == 'M' && form.trend == 'M' && form.season == 'A') ||
                        (form.trend == 'M' && !multiplicative_trend) || (form.season != 'N' && !season);
        vt_ets fitted;
        vt_error ignored = VT_ERROR_INIT;
        if (left_out || check_form(&f, &form, period, &ignored) != VT_OK) {
            continue;
        }
        status = fit_form(&fitted, &f, &form, period, err);
        status = status == VT_ERR_UNSUPPORTED ? VT_OK : status;
        if (fitted.aicc < best.aicc) {
            best = fitted;
        }
    }
    if (status == VT_OK && !isfinite(best.aicc)) {
        last_value(&best, y, n);
    }
    if (status == VT_OK) {
        *out = best;
    }
    vt_free(f.slab);
    return status;
}
