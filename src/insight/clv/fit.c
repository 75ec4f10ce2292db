/*
 * The likelihood is maximised over the logarithms of the parameters, which may then be any numbers, in a unit of time
 * in which the longest history is 10: so that one start serves days and years. Data that do not tell a parameter
 * (all stay away at one rate, say) drive it to a bound; the covariance of the others then takes it as known.
 */
#include "insight/clv/fit.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "math/minimize.h"

#define LONGEST 10.0
#define BOUND 11.5 /* of a logarithm: parameters from 1e-5 to 1e5 */
#define NORMAL_95 1.959963984540054
enum { K = VT_REPEAT_PARAMETERS };

typedef struct problem {
    const vt_repeat_kind *kind;
    const vt_clv_groups *groups;
    double customers;
} problem;

/* Minus the mean of ln likelihood over customers, at the logarithms of the parameters. */
static double loss(double *gradient, const double *x, size_t n, void *context)
{
    const problem *of = context;
    double p[K] = {0.0};
    for (size_t k = 0; k < n; k++) {
        p[k] = exp(x[k]);
    }
    double value = of->kind->log_likelihood(gradient, p, of->groups);
    for (size_t k = 0; gradient != NULL && k < n; k++) {
        gradient[k] /= -of->customers;
    }
    return -value / of->customers;
}

static int check(const vt_clv_groups *g, vt_repeat_model *model, double *longest, double *sum_x, double *sum_t,
                 vt_error *err)
{
    double customers = 0.0, repeaters = 0.0;
    *longest = *sum_x = *sum_t = 0.0;
    for (size_t i = 0; i < g->n; i++) {
        customers += g->count[i];
        repeaters += g->x[i] > 0.0 ? g->count[i] : 0.0;
        *sum_x += g->count[i] * g->x[i];
        *sum_t += g->count[i] * g->age[i];
        *longest = fmax(*longest, g->age[i]);
    }
    model->customers = (size_t)customers;
    model->repeaters = (size_t)repeaters;
    model->groups = g->n;
    if (model->customers < VT_REPEAT_CUSTOMERS_MIN) {
        return vt_fail(
            err, VT_ERR_UNSUPPORTED,
            "the value of customers is told from at least %d of them, and there are %zu: use a longer period",
            VT_REPEAT_CUSTOMERS_MIN, model->customers);
    }
    if (model->repeaters < VT_REPEAT_REPEATERS_MIN) {
        return vt_fail(
            err, VT_ERR_UNSUPPORTED,
            "%zu of %zu customers bought on a second day, and at least %d must have, to tell who comes back: "
            "use a longer period",
            model->repeaters, model->customers, VT_REPEAT_REPEATERS_MIN);
    }
    return *longest > 0.0 ? VT_OK
                          : vt_fail(err, VT_ERR_UNSUPPORTED,
                                    "all customers bought first on the last day that counts: "
                                    "no time has passed in which they could come back");
}

/* The same groups with times divided by `unit`; the rest is shared. */
static int rescale(vt_clv_groups *out, const vt_clv_groups *g, double unit, vt_error *err)
{
    *out = *g;
    out->last = vt_alloc(2 * g->n, sizeof(double), err);
    if (out->last == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    out->age = out->last + g->n;
    for (size_t i = 0; i < g->n; i++) {
        out->last[i] = g->last[i] / unit;
        out->age[i] = g->age[i] / unit;
    }
    return VT_OK;
}

/* From a middling start and, while that gives no minimum, from others; the best one stays. */
static int search(double *x, vt_repeat_model *model, problem *of, double rate, vt_error *err)
{
    static const double starts[][3] = {{0.5, 0.8, 2.0}, {2.0, 0.3, 3.0}, {0.2, 1.5, 8.0}};
    double lower[K], upper[K], best = INFINITY;
    vt_minimize_options options;
    vt_minimize_options_init(&options);
    options.lower = lower;
    options.upper = upper;
    for (int k = 0; k < K; k++) {
        lower[k] = -BOUND;
        upper[k] = BOUND;
    }
    vt_objective f = {loss, of, true};
    for (size_t s = 0; s < sizeof starts / sizeof *starts; s++) {
        double r = starts[s][0], time = fmin(fmax(log(r / rate), -BOUND), BOUND);
        double from[K] = {log(r), time, log(starts[s][1]), log(starts[s][2])};
        vt_minimum found;
        int status = vt_minimize(from, &found, &f, K, &options, err);
        if (status != VT_OK) {
            return status;
        }
        model->evaluations += found.evaluations;
        if (found.value < best) {
            best = found.value;
            memcpy(x, from, sizeof from);
        }
        if (found.converged) {
            break;
        }
    }
    return VT_OK;
}

/*
 * Curvature at x, over the parameters that do not stand at a bound: the others count as known. A model whose parameters
 * the data do not tell even so is none that fails.
 */
static int add_covariance(vt_repeat_model *model, const double *x, problem *of, vt_error *err)
{
    double hessian[K * K], part[K * K];
    int free_at[K], n = 0;
    vt_objective f = {loss, of, true};
    for (int k = 0; k < K; k++) {
        if (fabs(x[k]) > BOUND - 0.01) {
            model->edge |= 1U << k;
        } else {
            free_at[n++] = k;
        }
    }
    int status = vt_hessian(hessian, &f, x, K, err);
    for (int i = 0; status == VT_OK && i < n * n; i++) {
        part[i] = hessian[free_at[i / n] * K + free_at[i % n]];
    }
    status = status != VT_OK || n == 0 ? status : vt_covariance(part, part, (size_t)n, err);
    if (status == VT_ERR_FAILED) {
        vt_error_reset(err);
        return VT_OK;
    }
    model->certain = status == VT_OK && n > 0;
    for (int i = 0; model->certain && i < n * n; i++) {
        model->covariance[free_at[i / n] * K + free_at[i % n]] = part[i] / of->customers;
    }
    return status;
}

int vt_repeat_fit(vt_repeat_model *out, const vt_repeat_kind *kind, const vt_clv_groups *groups, vt_error *err)
{
    vt_repeat_model model = {.kind = kind};
    vt_clv_groups scaled = {0};
    double longest, sum_x, sum_t, x[K];
    int status = check(groups, &model, &longest, &sum_x, &sum_t, err);
    if (status != VT_OK) {
        return status;
    }
    double unit = longest / LONGEST;
    status = rescale(&scaled, groups, unit, err);
    if (status == VT_OK) {
        problem of = {kind, &scaled, (double)model.customers};
        status = search(x, &model, &of, sum_x / (sum_t / unit), err);
        status = status != VT_OK ? status : add_covariance(&model, x, &of, err);
    }
    vt_free(scaled.last);
    if (status != VT_OK) {
        return status;
    }
    for (int k = 0; k < K; k++) {
        model.parameter[k] = exp(x[k]) * ((kind->times >> k & 1U) != 0 ? unit : 1.0);
    }
    model.log_likelihood = kind->log_likelihood(NULL, model.parameter, groups);
    *out = model;
    return VT_OK;
}

double vt_repeat_error(const vt_repeat_model *model, int k)
{
    bool known = model->certain && (model->edge >> k & 1U) == 0;
    return known ? model->parameter[k] * sqrt(model->covariance[k * K + k]) : NAN;
}

void vt_repeat_interval(double *low, double *high, const vt_repeat_model *model, int k)
{
    double by = exp(NORMAL_95 * vt_repeat_error(model, k) / model->parameter[k]);
    *low = model->parameter[k] / by;
    *high = model->parameter[k] * by;
}

double vt_repeat_expected_of(const vt_repeat_model *model, const vt_repeat_customer *c, double t)
{
    double mean, square;
    model->kind->moments(&mean, &square, model->parameter, c, t);
    return model->kind->alive(model->parameter, c) * mean;
}

double vt_repeat_expected(const vt_repeat_model *model, double t)
{
    vt_repeat_customer fresh = {0.0, 0.0, 0.0};
    double mean, square;
    model->kind->moments(&mean, &square, model->parameter, &fresh, t);
    return mean;
}

int vt_repeat_kind_find(const vt_repeat_kind **out, const char *name, vt_error *err)
{
    static const vt_repeat_kind *const kinds[] = {&vt_bg_nbd, &vt_pareto_nbd};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i]->name, name) == 0) {
            *out = kinds[i];
            return VT_OK;
        }
    }
    return vt_fail(err, VT_ERR_USAGE, "there is no model of repeat purchases \"%s\": bg-nbd and pareto-nbd are there",
                   name);
}
