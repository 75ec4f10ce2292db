/*
 * The likelihood of Fader and Hardie 2013, equation (1a), over the logarithms of p, q and v, amounts divided by their
 * mean: ln likelihood of a mean m of x amounts = -ln B(p x, q) + q ln v + (p x - 1) ln m + p x ln x - (p x + q) ln(v +
 * x m).
 */
#include "insight/clv/gamma_gamma.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "math/minimize.h"
#include "math/special.h"

#define BOUND 13.8 /* of a logarithm: parameters from 1e-6 to 1e6 */
#define EQUAL 1e-9
#define MEAN_FROM 1.05
#define NORMAL_95 1.959963984540054
enum { K = VT_GAMMA_GAMMA_PARAMETERS };

typedef struct spender {
    double x, log_x, money, log_money;
} spender;

typedef struct problem {
    const spender *list;
    size_t n;
} problem;

static double loss(double *gradient, const double *at, size_t n, void *context)
{
    const problem *of = context;
    double p = exp(at[0]), q = exp(at[1]), v = exp(at[2]), total = 0.0, slope[K] = {0.0};
    (void)n;
    double known_x = -1.0, level = 0.0, by_p = 0.0, by_q = 0.0;
    for (size_t i = 0; i < of->n; i++) {
        const spender *s = &of->list[i];
        if (s->x != known_x) {
            known_x = s->x;
            level = q * at[2] - vt_log_beta(p * s->x, q);
            if (gradient != NULL) {
                double both = vt_digamma(p * s->x + q);
                by_p = both - vt_digamma(p * s->x);
                by_q = both - vt_digamma(q) + at[2];
            }
        }
        double rest = v + s->x * s->money, log_rest = log(rest), weight = p * s->x + q;
        total += level + (p * s->x - 1.0) * s->log_money + p * s->x * s->log_x - weight * log_rest;
        slope[0] += s->x * (by_p + s->log_money + s->log_x - log_rest);
        slope[1] += by_q - log_rest;
        slope[2] += q / v - weight / rest;
    }
    const double by[K] = {p, q, v};
    for (int k = 0; gradient != NULL && k < K; k++) {
        gradient[k] = -slope[k] * by[k] / (double)of->n;
    }
    return -total / (double)of->n;
}

static int by_frequency(const void *a, const void *b)
{
    const spender *s = a, *t = b;
    return s->x != t->x ? (s->x > t->x) - (s->x < t->x) : (s->money > t->money) - (s->money < t->money);
}

/*
 * The customers that count, sorted by frequency (what depends on it is computed once), amounts divided by their mean;
 * sets mean, constant, without, correlation.
 */
static int gather(spender *list, vt_gamma_gamma *model, const double *x, const double *money, size_t n, vt_error *err)
{
    double low = INFINITY, high = 0.0, sum_x = 0.0, sum = 0.0, xx = 0.0, mm = 0.0, xm = 0.0;
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        if (!(x[i] >= 0.0 && x[i] <= 1e9) || !(fabs(money[i]) <= 1e15)) {
            return vt_fail(err, VT_ERR_FAILED, "customer %zu cannot be: %g repeat purchases of %g in the mean", i, x[i],
                           money[i]);
        }
        if (x[i] > 0.0 && money[i] > 0.0) {
            list[k++] = (spender){x[i], log(x[i]), money[i], log(money[i])};
            low = fmin(low, money[i]);
            high = fmax(high, money[i]);
            sum += money[i];
            sum_x += x[i];
        } else {
            model->without += x[i] > 0.0;
        }
    }
    if (k < VT_GAMMA_GAMMA_CUSTOMERS_MIN) {
        return vt_fail(
            err, VT_ERR_UNSUPPORTED,
            "%zu customers have repeat purchases with an amount above 0, and at least %d must have, to tell how "
            "much customers spend: are amounts missing?",
            k, VT_GAMMA_GAMMA_CUSTOMERS_MIN);
    }
    model->customers = k;
    model->mean = sum / (double)k;
    model->constant = high - low <= EQUAL * high;
    double mean_x = sum_x / (double)k;
    qsort(list, k, sizeof *list, by_frequency);
    for (size_t i = 0; i < k; i++) {
        double off_x = list[i].x - mean_x, off = list[i].money - model->mean;
        xx += off_x * off_x;
        mm += off * off;
        xm += off_x * off;
        list[i].money /= model->mean;
        list[i].log_money = log(list[i].money);
    }
    model->correlation = xx > 0.0 && mm > 0.0 ? xm / sqrt(xx * mm) : 0.0;
    return VT_OK;
}

static int find(double *at, vt_gamma_gamma *model, const problem *of, vt_error *err)
{
    static const double starts[][K] = {{1.0, 1.0, 1.0}, {-0.5, 2.5, 2.5}, {3.0, 0.5, -1.0}};
    double lower[K] = {-BOUND, -BOUND, -BOUND}, upper[K] = {BOUND, BOUND, BOUND}, best = INFINITY;
    vt_minimize_options options;
    vt_minimize_options_init(&options);
    options.lower = lower;
    options.upper = upper;
    vt_objective f = {loss, (void *)(uintptr_t)of, true};
    for (size_t s = 0; s < sizeof starts / sizeof *starts; s++) {
        double from[K] = {starts[s][0], starts[s][1], starts[s][2]};
        vt_minimum found;
        int status = vt_minimize(from, &found, &f, K, &options, err);
        if (status != VT_OK) {
            return status;
        }
        model->evaluations += found.evaluations;
        for (int k = 0; k < K && found.value < best; k++) {
            at[k] = from[k];
        }
        best = fmin(best, found.value);
        if (found.converged) {
            break;
        }
    }
    return VT_OK;
}

static int add_covariance(vt_gamma_gamma *model, const double *at, const problem *of, vt_error *err)
{
    double m[K * K];
    vt_objective f = {loss, (void *)(uintptr_t)of, true};
    for (int k = 0; k < K; k++) {
        if (fabs(at[k]) > BOUND - 0.01) {
            return VT_OK;
        }
    }
    int status = vt_hessian(m, &f, at, K, err);
    status = status != VT_OK ? status : vt_covariance(m, m, K, err);
    if (status == VT_ERR_FAILED) {
        vt_error_reset(err);
        return VT_OK;
    }
    model->certain = status == VT_OK;
    for (int k = 0; k < K * K && status == VT_OK; k++) {
        model->covariance[k] = m[k] / (double)of->n;
    }
    return status;
}

int vt_gamma_gamma_fit(vt_gamma_gamma *out, const double *x, const double *money, size_t n, vt_error *err)
{
    vt_gamma_gamma model = {0};
    double at[K] = {0.0};
    spender *list = vt_alloc(n, sizeof *list, err);
    int status = list == NULL ? VT_ERR_NO_MEMORY : gather(list, &model, x, money, n, err);
    if (status == VT_OK && !model.constant) {
        problem of = {list, model.customers};
        status = find(at, &model, &of, err);
        status = status != VT_OK ? status : add_covariance(&model, at, &of, err);
        model.parameter[0] = exp(at[0]);
        model.parameter[1] = exp(at[1]);
        model.parameter[2] = exp(at[2]) * model.mean;
        /* back to the unit of the amounts: a density of means */
        model.log_likelihood = -(loss(NULL, at, K, &of) + log(model.mean)) * (double)of.n;
    }
    vt_free(list);
    if (status == VT_OK) {
        *out = model;
    }
    return status;
}

double vt_gamma_gamma_expected(const vt_gamma_gamma *model, double x, double money)
{
    double p = model->parameter[0], q = model->parameter[1], v = model->parameter[2];
    if (model->constant || p * x + q <= MEAN_FROM) {
        return model->mean;
    }
    return p * (v + x * money) / (p * x + q - 1.0);
}

double vt_gamma_gamma_interval(double *low, double *high, const vt_gamma_gamma *model, int k)
{
    double error = model->certain ? sqrt(model->covariance[k * K + k]) : NAN, value = model->parameter[k];
    *low = value * exp(-NORMAL_95 * error);
    *high = value * exp(NORMAL_95 * error);
    return value * error;
}

void vt_gamma_gamma_variances(double *within, double *between, const vt_gamma_gamma *model, double x, double money)
{
    double p = model->parameter[0], shape = p * x + model->parameter[1], rate = model->parameter[2] + x * money;
    if (model->constant) {
        *within = *between = 0.0;
        return;
    }
    if (shape <= 2.0 + 1e-6) {
        *within = *between = NAN;
        return;
    }
    /* of 1 / rate, whose distribution is inverse gamma */
    double mean = rate / (shape - 1.0), square = rate * rate / ((shape - 1.0) * (shape - 2.0));
    *within = p * square;
    *between = p * p * (square - mean * mean);
}
