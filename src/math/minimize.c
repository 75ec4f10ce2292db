/*
 * NLopt keeps no state between calls and its L-BFGS and simplex use no random numbers. It gives up with a failure when
 * rounding stops a line search, which is most often a minimum: so its own status counts little here, the best point
 * that was seen is kept and its gradient tells whether it is a minimum.
 */
#include "math/minimize.h"

#include <cblas.h>
#include <float.h>
#include <lapack.h>
#include <math.h>
#include <nlopt.h>
#include <string.h>

#include "base/alloc.h"
#include "math/blas.h"

#define VERY_LARGE 1e150 /* in place of what is not finite: a line search may still compare and divide it */
#define GRADIENT_ENOUGH 1e-6
enum { RESTARTS = 8, ARMS = 4 };

/* The objective with a count, the best point and what to do when there is no gradient. */
typedef struct watched {
    const vt_objective *objective;
    double *best; /* (n) */
    double best_value;
    size_t evaluations;
    size_t n;
} watched;

void vt_minimize_options_init(vt_minimize_options *options)
{
    *options = (vt_minimize_options){.tolerance = 1e-12, .step = 0.5, .evaluations_max = 20000};
}

static double value_at(watched *w, double *gradient, const double *x)
{
    double value = w->objective->value(gradient, x, w->n, w->objective->context);
    w->evaluations++;
    for (size_t i = 0; gradient != NULL && i < w->n; i++) {
        value = isfinite(gradient[i]) ? value : INFINITY;
    }
    if (!isfinite(value) || value > VERY_LARGE) {
        if (gradient != NULL) {
            memset(gradient, 0, w->n * sizeof *gradient);
        }
        return VERY_LARGE;
    }
    if (value < w->best_value) {
        w->best_value = value;
        memcpy(w->best, x, w->n * sizeof *x);
    }
    return value;
}

/* Central differences; n is small. */
static void differences(watched *w, double *gradient, const double *x)
{
    double moved[VT_MINIMIZE_VARIABLES_MAX];
    memcpy(moved, x, w->n * sizeof *x);
    for (size_t i = 0; i < w->n; i++) {
        double step = cbrt(DBL_EPSILON) * fmax(1.0, fabs(x[i]));
        moved[i] = x[i] + step;
        double above = w->objective->value(NULL, moved, w->n, w->objective->context);
        moved[i] = x[i] - step;
        double below = w->objective->value(NULL, moved, w->n, w->objective->context);
        moved[i] = x[i];
        w->evaluations += 2;
        gradient[i] = isfinite(above - below) ? (above - below) / (2.0 * step) : 0.0;
    }
}

static void gradient_at(watched *w, double *gradient, const double *x)
{
    if (w->objective->has_gradient) {
        (void)value_at(w, gradient, x);
    } else {
        differences(w, gradient, x);
    }
}

static double called_by_nlopt(unsigned n, const double *x, double *gradient, void *data)
{
    (void)n;
    watched *w = data;
    if (gradient != NULL && !w->objective->has_gradient) {
        differences(w, gradient, x);
        return value_at(w, NULL, x);
    }
    return value_at(w, gradient, x);
}

/* One run from w->best, which it moves. */
static int run(watched *w, nlopt_algorithm algorithm, const vt_minimize_options *o, vt_error *err)
{
    double x[VT_MINIMIZE_VARIABLES_MAX], value = 0.0;
    nlopt_opt opt = nlopt_create(algorithm, (unsigned)w->n);
    if (opt == NULL) {
        return vt_fail(err, VT_ERR_NO_MEMORY, "no memory to minimise a function of %zu variables", w->n);
    }
    memcpy(x, w->best, w->n * sizeof *x);
    nlopt_result result = nlopt_set_min_objective(opt, called_by_nlopt, w);
    if (result > 0 && o->lower != NULL) {
        result = nlopt_set_lower_bounds(opt, o->lower);
    }
    if (result > 0 && o->upper != NULL) {
        result = nlopt_set_upper_bounds(opt, o->upper);
    }
    if (result > 0) {
        size_t left = o->evaluations_max > w->evaluations ? o->evaluations_max - w->evaluations : 1;
        nlopt_set_ftol_rel(opt, o->tolerance);
        nlopt_set_xtol_rel(opt, algorithm == NLOPT_LD_LBFGS ? 1e-13 : 1e-9);
        nlopt_set_maxeval(opt, (int)(left < 1000000 ? left : 1000000));
        nlopt_set_initial_step1(opt, o->step);
        result = nlopt_optimize(opt, x, &value);
    }
    nlopt_destroy(opt);
    if (result == NLOPT_OUT_OF_MEMORY) {
        return vt_fail(err, VT_ERR_NO_MEMORY, "no memory to minimise a function of %zu variables", w->n);
    }
    return VT_OK;
}

/* Has the gradient vanished, but for what presses against a bound? */
static bool at_minimum(watched *w, const vt_minimize_options *o)
{
    double gradient[VT_MINIMIZE_VARIABLES_MAX], x[VT_MINIMIZE_VARIABLES_MAX];
    memcpy(x, w->best, w->n * sizeof *x);
    gradient_at(w, gradient, x);
    double enough = (w->objective->has_gradient ? 1.0 : 100.0) * GRADIENT_ENOUGH * fmax(1.0, fabs(w->best_value));
    for (size_t i = 0; i < w->n; i++) {
        bool pressed = (o->lower != NULL && x[i] <= o->lower[i] && gradient[i] > 0.0) ||
                       (o->upper != NULL && x[i] >= o->upper[i] && gradient[i] < 0.0);
        if (!pressed && fabs(gradient[i]) > enough) {
            return false;
        }
    }
    return true;
}

static int descend(watched *w, const vt_minimize_options *o, vt_error *err)
{
    int status = VT_OK;
    if (!w->objective->has_gradient) {
        for (int start = 0; start < RESTARTS && status == VT_OK && w->evaluations < o->evaluations_max; start++) {
            double before = w->best_value;
            status = run(w, NLOPT_LN_NELDERMEAD, o, err);
            if (before - w->best_value <= o->tolerance * fmax(1.0, fabs(before))) {
                break;
            }
        }
    }
    for (int start = 0; start < RESTARTS && status == VT_OK && w->evaluations < o->evaluations_max; start++) {
        double before = w->best_value;
        status = run(w, NLOPT_LD_LBFGS, o, err);
        if (before - w->best_value <= o->tolerance * fmax(1.0, fabs(before))) {
            break;
        }
    }
    if (status == VT_OK && w->objective->has_gradient && !at_minimum(w, o) && w->evaluations < o->evaluations_max) {
        status = run(w, NLOPT_LN_NELDERMEAD, o, err); /* a step over a kink that stopped the line search */
        status = status == VT_OK ? run(w, NLOPT_LD_LBFGS, o, err) : status;
    }
    return status;
}

int vt_minimize(double *x, vt_minimum *out, const vt_objective *objective, size_t n, const vt_minimize_options *options,
                vt_error *err)
{
    vt_minimize_options defaults;
    double best[VT_MINIMIZE_VARIABLES_MAX];
    vt_minimize_options_init(&defaults);
    const vt_minimize_options *o = options == NULL ? &defaults : options;
    if (n == 0 || n > VT_MINIMIZE_VARIABLES_MAX) {
        return vt_fail(err, VT_ERR_USAGE, "a function of %zu variables cannot be minimised: 1 to %d are possible", n,
                       VT_MINIMIZE_VARIABLES_MAX);
    }
    for (size_t i = 0; i < n; i++) {
        if ((o->lower != NULL && x[i] < o->lower[i]) || (o->upper != NULL && x[i] > o->upper[i]) || !isfinite(x[i])) {
            return vt_fail(err, VT_ERR_USAGE, "variable %zu begins at %g, outside its bounds", i, x[i]);
        }
    }
    watched w = {objective, best, INFINITY, 0, n};
    memcpy(best, x, n * sizeof *x);
    if (value_at(&w, NULL, x) >= VERY_LARGE) {
        return vt_fail(err, VT_ERR_FAILED, "the function to minimise is not finite where the search begins");
    }
    int status = descend(&w, o, err);
    if (status == VT_OK) {
        bool converged = at_minimum(&w, o);
        memcpy(x, w.best, n * sizeof *x);
        *out = (vt_minimum){w.best_value, w.evaluations, converged};
    }
    return status;
}

/* f at x with variables i and j moved. */
static double moved_value(const vt_objective *f, const double *x, size_t n, size_t i, double by_i, size_t j,
                          double by_j)
{
    double moved[VT_MINIMIZE_VARIABLES_MAX];
    memcpy(moved, x, n * sizeof *x);
    moved[i] += by_i;
    moved[j] += by_j;
    return f->value(NULL, moved, n, f->context);
}

static void hessian_of_values(double *h, const vt_objective *f, const double *x, size_t n)
{
    double step[VT_MINIMIZE_VARIABLES_MAX], here = f->value(NULL, x, n, f->context);
    for (size_t i = 0; i < n; i++) {
        step[i] = sqrt(sqrt(DBL_EPSILON)) * fmax(1.0, fabs(x[i]));
    }
    for (size_t i = 0; i < n; i++) {
        double a = step[i];
        h[i * n + i] =
            (moved_value(f, x, n, i, a, i, 0.0) - 2.0 * here + moved_value(f, x, n, i, -a, i, 0.0)) / (a * a);
        for (size_t j = 0; j < i; j++) {
            double b = step[j];
            double same = moved_value(f, x, n, i, a, j, b) + moved_value(f, x, n, i, -a, j, -b);
            double cross = moved_value(f, x, n, i, a, j, -b) + moved_value(f, x, n, i, -a, j, b);
            h[i * n + j] = h[j * n + i] = (same - cross) / (ARMS * a * b);
        }
    }
}

static void hessian_of_gradients(double *h, const vt_objective *f, const double *x, size_t n)
{
    double moved[VT_MINIMIZE_VARIABLES_MAX], above[VT_MINIMIZE_VARIABLES_MAX], below[VT_MINIMIZE_VARIABLES_MAX];
    memcpy(moved, x, n * sizeof *x);
    for (size_t i = 0; i < n; i++) {
        double step = cbrt(DBL_EPSILON) * fmax(1.0, fabs(x[i]));
        moved[i] = x[i] + step;
        (void)f->value(above, moved, n, f->context);
        moved[i] = x[i] - step;
        (void)f->value(below, moved, n, f->context);
        moved[i] = x[i];
        for (size_t j = 0; j < n; j++) {
            h[i * n + j] = (above[j] - below[j]) / (2.0 * step);
        }
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            h[i * n + j] = h[j * n + i] = 0.5 * (h[i * n + j] + h[j * n + i]);
        }
    }
}

int vt_hessian(double *hessian, const vt_objective *objective, const double *x, size_t n, vt_error *err)
{
    if (n == 0 || n > VT_MINIMIZE_VARIABLES_MAX) {
        return vt_fail(err, VT_ERR_USAGE, "a function of %zu variables has no matrix of second derivatives here", n);
    }
    double *h = vt_alloc(n * n, sizeof *h, err);
    if (h == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    (objective->has_gradient ? hessian_of_gradients : hessian_of_values)(h, objective, x, n);
    int status = VT_OK;
    for (size_t i = 0; i < n * n && status == VT_OK; i++) {
        if (!isfinite(h[i])) {
            status = vt_fail(err, VT_ERR_FAILED, "the function has no finite second derivatives at the point");
        }
    }
    if (status == VT_OK) {
        memcpy(hessian, h, n * n * sizeof *h);
    }
    vt_free(h);
    return status;
}

int vt_covariance(double *covariance, const double *hessian, size_t n, vt_error *err)
{
    double *m = vt_alloc(n * n, sizeof *m, err);
    if (m == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    memcpy(m, hessian, n * n * sizeof *m);
    vt_blas_init();
    lapack_int size = (lapack_int)n, info = 0;
    LAPACK_dpotrf("U", &size, m, &size, &info);
    if (info == 0) {
        LAPACK_dpotri("U", &size, m, &size, &info);
    }
    if (info == 0) {
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j <= i; j++) {
                covariance[i * n + j] = covariance[j * n + i] = m[i * n + j];
            }
        }
    }
    vt_free(m);
    return info == 0
               ? VT_OK
               : vt_fail(err, VT_ERR_FAILED,
                         "the second derivatives are not those of a minimum: the data do not tell all parameters");
}
