/* Special functions: the values of tests/golden/special.py (mpmath), and what holds between them. */
#include "check.h"

#include <math.h>

#include "math/special.h"

typedef struct named {
    const char *name;
    int arguments;
    double (*one)(double);
    double (*two)(double, double);
    double (*three)(double, double, double);
    double (*four)(double, double, double, double);
    double tolerance; /* relative; for logarithms below 1 and at a root of the function absolute */
} named;

static const named functions[] = {
    {"normal_cdf", 1, vt_normal_cdf, NULL, NULL, NULL, 1e-12},
    {"normal_quantile", 1, vt_normal_quantile, NULL, NULL, NULL, 1e-12},
    {"digamma", 1, vt_digamma, NULL, NULL, NULL, 1e-12},
    {"trigamma", 1, vt_trigamma, NULL, NULL, NULL, 1e-12},
    {"log_beta", 2, NULL, vt_log_beta, NULL, NULL, 1e-12},
    {"gamma_p", 2, NULL, vt_gamma_p, NULL, NULL, 1e-11},
    {"gamma_q", 2, NULL, vt_gamma_q, NULL, NULL, 1e-11},
    {"beta_inc", 3, NULL, NULL, vt_beta_inc, NULL, 1e-10},
    {"log_2f1", 4, NULL, NULL, NULL, vt_log_2f1, 1e-12},
};

static double call(const named *f, const double *x)
{
    return f->arguments == 1   ? f->one(x[0])
           : f->arguments == 2 ? f->two(x[0], x[1])
           : f->arguments == 3 ? f->three(x[0], x[1], x[2])
                               : f->four(x[0], x[1], x[2], x[3]);
}

static void check_line(const char *line, size_t *seen)
{
    for (size_t k = 0; k < sizeof functions / sizeof *functions; k++) {
        const named *f = &functions[k];
        size_t length = strlen(f->name);
        if (strncmp(line, f->name, length) != 0 || line[length] != ' ') {
            continue;
        }
        double x[5] = {0.0};
        char *at = (char *)(uintptr_t)line + length;
        for (int i = 0; i <= f->arguments; i++) {
            x[i] = strtod(at, &at);
        }
        double wanted = x[f->arguments], got = call(f, x);
        double scale = k == 8 || (k <= 2 && k > 0 && fabs(wanted) < 1e-12) ? fmax(1.0, fabs(wanted)) : fabs(wanted);
        if (!(fabs(got - wanted) <= f->tolerance * scale)) {
            fail_msg("%.60s: got %.17g", line, got);
        }
        seen[k]++;
        return;
    }
    fail_msg("no function for %.60s", line);
}

static void values_are_those_of_mpmath(void **state)
{
    (void)state;
    char path[4096], line[256];
    const char *source = getenv("VITRINE_SOURCE");
    size_t seen[sizeof functions / sizeof *functions] = {0};
    snprintf(path, sizeof path, "%s/tests/golden/special.txt", source == NULL ? "." : source);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        check_line(line, seen);
    }
    fclose(file);
    for (size_t k = 0; k < sizeof functions / sizeof *functions; k++) {
        assert_true(seen[k] >= 8);
    }
}

static void sums_of_logarithms(void **state)
{
    (void)state;
    const double x[] = {-1000.0, -1000.0 + log(2.0), -1000.0 + log(3.0)};
    assert_true(fabs(vt_log_sum_of(x, 3) - (-1000.0 + log(6.0))) < 1e-12);
    assert_true(fabs(vt_log_sum(800.0, 801.0) - (800.0 + log(1.0 + exp(1.0)))) < 1e-12);
    assert_true(fabs(vt_log_difference(log(5.0), log(3.0)) - log(2.0)) < 1e-14);
    assert_true(vt_log_sum(-INFINITY, 2.0) == 2.0 && vt_log_sum(-INFINITY, -INFINITY) == -INFINITY);
    assert_true(vt_log_difference(2.0, -INFINITY) == 2.0 && vt_log_difference(2.0, 2.0) == -INFINITY);
    assert_true(vt_log_sum_of(x, 0) == -INFINITY);
}

static void ends_and_inverses(void **state)
{
    (void)state;
    for (int i = 1; i < 1000; i++) {
        double p = i / 1000.0;
        assert_true(fabs(vt_normal_cdf(vt_normal_quantile(p)) - p) < 1e-15);
        assert_true(fabs(vt_gamma_p(i * 0.1, 30.0) + vt_gamma_q(i * 0.1, 30.0) - 1.0) < 1e-14);
        assert_true(fabs(vt_beta_inc(i * 0.1, 7.0, p) + vt_beta_inc(7.0, i * 0.1, 1.0 - p) - 1.0) < 1e-11);
    }
    assert_true(vt_normal_quantile(0.0) == -INFINITY && vt_normal_quantile(1.0) == INFINITY);
    assert_true(vt_gamma_p(2.0, 0.0) == 0.0 && vt_gamma_q(2.0, 0.0) == 1.0 && vt_gamma_p(2.0, 1e9) == 1.0);
    assert_true(vt_beta_inc(2.0, 3.0, 0.0) == 0.0 && vt_beta_inc(2.0, 3.0, 1.0) == 1.0);
}

/* 2F1(a, b; b; z) = (1 - z)^-a from 0.5 up to the brink of 1, where the ways to the value change. */
static void hypergeometric_near_one(void **state)
{
    (void)state;
    for (int digits = 0; digits <= 12; digits++) {
        double gap = 0.5 * pow(10.0, -digits), z = 1.0 - gap;
        for (double a = 0.1; a < 40.0; a *= 2.5) {
            double wanted = -a * log1p(-z), got = vt_log_2f1(a, 0.7, 0.7, z);
            assert_true(fabs(got - wanted) < 1e-10 * fmax(1.0, wanted));
        }
    }
    assert_true(isnan(vt_log_2f1(1.0, 1.0, 1.0, 1.0)) && isnan(vt_log_2f1(-1.0, 1.0, 1.0, 0.5)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_those_of_mpmath),
        cmocka_unit_test(sums_of_logarithms),
        cmocka_unit_test(ends_and_inverses),
        cmocka_unit_test(hypergeometric_near_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
