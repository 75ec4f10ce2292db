/* Poisson by EM, the negative binomial by NLopt from there; conditional means in closed form. */
#include "insight/demand/censored.h"

#include <math.h>

#include "base/alloc.h"
#include "insight/demand/series.h"
#include "math/minimize.h"
#include "math/special.h"

#define TINY 1e-300
enum { STEPS = 500 };

typedef struct sales {
    const double *sold;
    const bool *cut;
    const double *profile;
    size_t n;
} sales;

/* P(D >= c) for c >= 0. */
static double poisson_tail(double c, double mu)
{
    return c <= 0.0 ? 1.0 : vt_gamma_p(c, mu);
}

static double binomial_tail(double c, double mu, double k)
{
    return c <= 0.0 ? 1.0 : vt_beta_inc(c, k, mu / (mu + k));
}

/* E(D | D >= c): mu P(D' >= c - 1) / P(D >= c), where D' has one more shape; not under c. */
static double expected_demand(double c, double mu, double k)
{
    double above = k > 0.0 ? binomial_tail(c - 1.0, mu * (k + 1.0) / k, k + 1.0) : poisson_tail(c - 1.0, mu);
    double tail = k > 0.0 ? binomial_tail(c, mu, k) : poisson_tail(c, mu);
    double value = tail > TINY ? mu * above / tail : c;
    return value > c ? value : c;
}

static double share(const sales *s, size_t i)
{
    return s->profile == NULL ? 1.0 : s->profile[i];
}

static double log_likelihood(const sales *s, double rate, double k)
{
    double sum = 0.0;
    for (size_t i = 0; i < s->n; i++) {
        double x = s->sold[i], mu = rate * share(s, i);
        if (s->cut[i]) {
            double tail = k > 0.0 ? binomial_tail(x, mu, k) : poisson_tail(x, mu);
            sum += log(fmax(tail, TINY));
        } else if (k > 0.0) {
            sum += vt_log_gamma(x + k) - vt_log_gamma(k) - vt_log_gamma(x + 1.0) + k * log(k / (k + mu));
            sum += x > 0.0 ? x * log(mu / (k + mu)) : 0.0;
        } else {
            sum += (x > 0.0 ? x * log(mu) : 0.0) - mu - vt_log_gamma(x + 1.0);
        }
    }
    return sum;
}

/* The Poisson rate: demand of periods that were cut short is replaced by its expectation until nothing moves. */
static double poisson_rate(const sales *s, double start)
{
    double rate = start, shares = 0.0;
    for (size_t i = 0; i < s->n; i++) {
        shares += share(s, i);
    }
    for (int step = 0; step < STEPS; step++) {
        double sum = 0.0;
        for (size_t i = 0; i < s->n; i++) {
            sum += s->cut[i] ? expected_demand(s->sold[i], rate * share(s, i), 0.0) : s->sold[i];
        }
        double next = sum / shares;
        bool still = fabs(next - rate) <= 1e-12 * next;
        rate = next;
        if (still) {
            break;
        }
    }
    return rate;
}

static double deviance(double *gradient, const double *x, size_t n, void *context)
{
    (void)gradient;
    (void)n;
    return -log_likelihood(context, exp(x[0]), exp(x[1]));
}

static int check(const sales *s, size_t *cut, vt_error *err)
{
    int status = vt_series_check(s->sold, s->n, err);
    *cut = 0;
    for (size_t i = 0; status == VT_OK && i < s->n; i++) {
        double p = share(s, i);
        *cut += s->cut[i] ? 1U : 0U;
        if (s->sold[i] < 0.0 || !(p > 0.0) || !isfinite(p)) {
            status = vt_fail_at(err, VT_ERR_FAILED, (int64_t)i,
                                "period %zu has sales of %g and a share of %g; sales are "
                                "0 or more and shares over 0",
                                i + 1, s->sold[i], p);
        }
    }
    if (status == VT_OK && *cut == s->n) {
        status = vt_fail(err, VT_ERR_UNSUPPORTED, "every period ran out of stock: nothing tells the demand");
    }
    return status;
}

int vt_censored_fit(vt_censored_demand *out, double *demand, const double *sold, const bool *out_of_stock,
                    const double *profile, size_t n, vt_error *err)
{
    sales s = {sold, out_of_stock, profile, n};
    vt_censored_demand found = {0};
    int status = check(&s, &found.cut_short, err);
    if (status != VT_OK) {
        return status;
    }
    double sum = 0.0, shares = 0.0, most = log((double)n);
    for (size_t i = 0; i < n; i++) {
        sum += sold[i];
        shares += share(&s, i);
    }
    found.sold_rate = sum / shares;
    if (sum > 0.0) {
        found.rate = poisson_rate(&s, found.sold_rate);
        found.log_likelihood = log_likelihood(&s, found.rate, 0.0);
        double x[2] = {log(found.rate), 1.0}, lower[2] = {x[0] - 5.0, -7.0}, upper[2] = {x[0] + 5.0, 9.0};
        vt_objective objective = {.value = deviance, .context = &s};
        vt_minimize_options options;
        vt_minimum minimum = {0};
        vt_minimize_options_init(&options);
        options.lower = lower;
        options.upper = upper;
        options.tolerance = 1e-10;
        status = n > 2 ? vt_minimize(x, &minimum, &objective, 2, &options, err) : VT_OK;
        if (status == VT_OK && n > 2 && -minimum.value > found.log_likelihood + 0.5 * most) {
            found.rate = exp(x[0]);
            found.dispersion = exp(x[1]);
            found.log_likelihood = -minimum.value;
        }
    }
    if (status == VT_OK) {
        for (size_t i = 0; demand != NULL && i < n; i++) {
            demand[i] =
                out_of_stock[i] ? expected_demand(sold[i], found.rate * share(&s, i), found.dispersion) : sold[i];
        }
        *out = found;
    }
    return status;
}
