/*
 * Everything that depends on (x, t_x, T) is computed once a group, at the parameters and a little beside each of them;
 * customers then only multiply by money. Derivatives are central differences over the logarithms of the parameters.
 */
#include "insight/clv/forecast.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "math/special.h"

#define STEP 1e-4
enum { K = VT_REPEAT_PARAMETERS, M = VT_GAMMA_GAMMA_PARAMETERS, PARTS_MAX = 1200 };

/* Of one group. */
typedef struct ahead {
    double alive, mean, square, discounted;           /* purchases; `discounted` counts later ones less */
    double by_alive[K], by_mean[K], by_discounted[K]; /* derivatives */
    double low, high;                                 /* of the count */
} ahead;

typedef struct sums {
    double alive, purchases, value, by_alive[K], by_purchases[K], by_value[K], by_spend[M];
    double alive_variance, variance, value_variance;
} sums;

void vt_clv_forecast_options_init(vt_clv_forecast_options *options)
{
    *options = (vt_clv_forecast_options){52.0, 0.0, 12, 0.95};
}

static void expect(ahead *out, const vt_repeat_kind *kind, const double *p, const vt_repeat_customer *c,
                   const vt_clv_forecast_options *o)
{
    out->alive = kind->alive(p, c);
    kind->moments(&out->mean, &out->square, p, c, o->ahead);
    out->mean *= out->alive;
    out->square *= out->alive;
    out->discounted = out->mean;
    if (o->discount > 0.0) {
        double before = 0.0, factor = 1.0, mean, square;
        out->discounted = 0.0;
        for (int part = 1; part <= o->parts; part++) {
            kind->moments(&mean, &square, p, c, o->ahead * part / o->parts);
            factor /= 1.0 + o->discount;
            out->discounted += out->alive * fmax(mean - before, 0.0) * factor;
            before = mean;
        }
    }
}

/* The least count that is not passed with probability `q`. */
static double quantile(const ahead *a, const vt_repeat_kind *kind, const double *p, const vt_repeat_customer *c,
                       double t, double q)
{
    double low = -1.0, high = 0.0; /* passed at low, not at high */
    while (a->alive * kind->beyond(p, c, t, high) > 1.0 - q && high < 1e9) {
        low = high;
        high = 2.0 * high + 1.0;
    }
    while (high - low > 1.0) {
        double middle = floor(0.5 * (low + high));
        if (a->alive * kind->beyond(p, c, t, middle) > 1.0 - q) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return high;
}

static void look_ahead(ahead *out, const vt_repeat_model *m, const vt_repeat_customer *c,
                       const vt_clv_forecast_options *o)
{
    expect(out, m->kind, m->parameter, c, o);
    for (int k = 0; k < K && m->certain; k++) {
        ahead above, below;
        double p[K];
        memcpy(p, m->parameter, sizeof p);
        p[k] = m->parameter[k] * exp(STEP);
        expect(&above, m->kind, p, c, o);
        p[k] = m->parameter[k] * exp(-STEP);
        expect(&below, m->kind, p, c, o);
        out->by_alive[k] = (above.alive - below.alive) / (2.0 * STEP);
        out->by_mean[k] = (above.mean - below.mean) / (2.0 * STEP);
        out->by_discounted[k] = (above.discounted - below.discounted) / (2.0 * STEP);
    }
    double side = 0.5 * (1.0 - o->level);
    out->low = quantile(out, m->kind, m->parameter, c, o->ahead, side);
    out->high = quantile(out, m->kind, m->parameter, c, o->ahead, 1.0 - side);
}

/* gradient' covariance gradient */
static double spread(const double *gradient, const double *covariance, int n)
{
    double sum = 0.0;
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
            sum += gradient[i] * covariance[i * n + j] * gradient[j];
        }
    }
    return fmax(sum, 0.0);
}

static void set_interval(double *low, double *high, double value, double variance, double z)
{
    double by = value > 0.0 ? exp(z * sqrt(variance) / value) : 1.0;
    *low = value / by;
    *high = value * by;
}

/* Of a chance; one that is 0 or 1 by the model's form stays it. */
static void set_chance_interval(double *low, double *high, double p, double variance, double z)
{
    double odds = p / (1.0 - p), by = p > 0.0 && p < 1.0 ? exp(z * sqrt(variance) / (p * (1.0 - p))) : 1.0;
    *low = p < 1.0 ? odds / by / (1.0 + odds / by) : 1.0;
    *high = p < 1.0 ? 1.0 - 1.0 / (1.0 + odds * by) : 1.0;
}

static void spend_slopes(double *slope, const vt_gamma_gamma *spend, double x, double money)
{
    vt_gamma_gamma moved = *spend;
    for (int k = 0; k < M; k++) {
        moved.parameter[k] = spend->parameter[k] * exp(STEP);
        double above = vt_gamma_gamma_expected(&moved, x, money);
        moved.parameter[k] = spend->parameter[k] * exp(-STEP);
        slope[k] = (above - vt_gamma_gamma_expected(&moved, x, money)) / (2.0 * STEP);
        moved.parameter[k] = spend->parameter[k];
    }
}

/* Money of customer i, whose purchases are `a`. */
static void add_money(vt_clv_forecast *f, sums *total, size_t i, const ahead *a, const vt_repeat_model *m,
                      const vt_gamma_gamma *spend, double x, double money, double z)
{
    double slope[M], by[K], within, between;
    f->money[i] = vt_gamma_gamma_expected(spend, x, money);
    f->value[i] = a->discounted * f->money[i];
    spend_slopes(slope, spend, x, money);
    for (int k = 0; k < K; k++) {
        by[k] = a->by_discounted[k] * f->money[i];
        total->by_value[k] += by[k];
    }
    for (int k = 0; k < M; k++) {
        slope[k] *= a->discounted;
        total->by_spend[k] += slope[k];
    }
    if (m->certain && (spend->certain || spend->constant)) {
        double variance = spread(by, m->covariance, K) + spread(slope, spend->covariance, M);
        set_interval(&f->value_low[i], &f->value_high[i], f->value[i], variance, z);
    }
    vt_gamma_gamma_variances(&within, &between, spend, x, money);
    double kept = a->mean > 0.0 ? a->discounted / a->mean : 1.0, count = fmax(a->square - a->mean * a->mean, 0.0);
    total->value += f->value[i];
    total->value_variance += kept * kept * (a->mean * within + a->square * between + count * f->money[i] * f->money[i]);
}

static int make_arrays(vt_clv_forecast *f, size_t n, vt_error *err)
{
    double **columns[] = {&f->alive,         &f->alive_low,      &f->alive_high, &f->purchases,
                          &f->purchases_low, &f->purchases_high, &f->count_low,  &f->count_high,
                          &f->money,         &f->value,          &f->value_low,  &f->value_high};
    f->n = n;
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        double *column = vt_alloc(n, sizeof(double), err);
        if (column == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        for (size_t k = 0; k < n; k++) {
            column[k] = NAN;
        }
        *columns[i] = column;
    }
    return VT_OK;
}

static vt_clv_total total_of(double value, double variance, bool known, double z)
{
    double by = known ? z * sqrt(variance) : NAN;
    return (vt_clv_total){value, known ? fmax(value - by, 0.0) : NAN, value + by};
}

static int check(const vt_clv_forecast_options *o, vt_error *err)
{
    if (!(o->ahead > 0.0 && o->ahead <= 1e12)) {
        return vt_fail(err, VT_ERR_USAGE, "the time ahead is %g: a number above 0 is expected", o->ahead);
    }
    if (!(o->discount >= 0.0 && o->discount <= 1.0) || o->parts < 1 || o->parts > PARTS_MAX) {
        return vt_fail(err, VT_ERR_USAGE, "a discount of %g in each of %d parts cannot be: 0 to 1, in 1 to %d parts",
                       o->discount, o->parts, PARTS_MAX);
    }
    return o->level > 0.0 && o->level < 1.0
               ? VT_OK
               : vt_fail(err, VT_ERR_USAGE, "an interval of level %g cannot be: above 0 and below 1", o->level);
}

int vt_clv_forecast_make(vt_clv_forecast *out, const vt_repeat_model *model, const vt_gamma_gamma *spend,
                         const vt_clv_groups *groups, size_t n, const double *money,
                         const vt_clv_forecast_options *options, vt_error *err)
{
    vt_clv_forecast f = {.money_known = spend != NULL && money != NULL};
    sums total = {0};
    int status = check(options, err);
    if (status != VT_OK) {
        return status;
    }
    double z = vt_normal_quantile(0.5 + 0.5 * options->level);
    ahead *of_group = vt_alloc_zero(groups->n, sizeof *of_group, err);
    status = of_group == NULL ? VT_ERR_NO_MEMORY : make_arrays(&f, n, err);
    for (size_t g = 0; g < groups->n && status == VT_OK; g++) {
        vt_repeat_customer c = {groups->x[g], groups->last[g], groups->age[g]};
        ahead *a = &of_group[g];
        look_ahead(a, model, &c, options);
        total.alive += groups->count[g] * a->alive;
        total.alive_variance += groups->count[g] * a->alive * (1.0 - a->alive);
        total.purchases += groups->count[g] * a->mean;
        total.variance += groups->count[g] * fmax(a->square - a->mean * a->mean, 0.0);
        for (int k = 0; k < K; k++) {
            total.by_alive[k] += groups->count[g] * a->by_alive[k];
            total.by_purchases[k] += groups->count[g] * a->by_mean[k];
        }
    }
    for (size_t i = 0; i < n && status == VT_OK; i++) {
        const ahead *a = &of_group[groups->member[i]];
        f.alive[i] = a->alive;
        f.purchases[i] = a->mean;
        f.count_low[i] = a->low;
        f.count_high[i] = a->high;
        if (model->certain) {
            double variance = spread(a->by_mean, model->covariance, K),
                   of_alive = spread(a->by_alive, model->covariance, K);
            set_interval(&f.purchases_low[i], &f.purchases_high[i], a->mean, variance, z);
            set_chance_interval(&f.alive_low[i], &f.alive_high[i], a->alive, of_alive, z);
        }
        if (f.money_known) {
            add_money(&f, &total, i, a, model, spend, groups->x[groups->member[i]], money[i], z);
        }
    }
    vt_free(of_group);
    if (status != VT_OK) {
        vt_clv_forecast_done(&f);
        return status;
    }
    total.variance += spread(total.by_purchases, model->covariance, K);
    total.alive_variance += spread(total.by_alive, model->covariance, K);
    f.total_alive = total_of(total.alive, total.alive_variance, model->certain, z);
    f.total_alive.high = fmin(f.total_alive.high, (double)n);
    f.total_purchases = total_of(total.purchases, total.variance, model->certain, z);
    f.total_value = (vt_clv_total){NAN, NAN, NAN};
    if (f.money_known) {
        total.value_variance +=
            spread(total.by_value, model->covariance, K) + spread(total.by_spend, spend->covariance, M);
        bool known = model->certain && (spend->certain || spend->constant) && isfinite(total.value_variance);
        f.total_value = total_of(total.value, total.value_variance, known, z);
    }
    *out = f;
    return VT_OK;
}

void vt_clv_forecast_done(vt_clv_forecast *f)
{
    double *columns[] = {f->alive,     f->alive_low,  f->alive_high, f->purchases, f->purchases_low, f->purchases_high,
                         f->count_low, f->count_high, f->money,      f->value,     f->value_low,     f->value_high};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        vt_free(columns[i]);
    }
    *f = (vt_clv_forecast){0};
}
