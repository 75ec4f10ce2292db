/* Minima of known functions with and without gradient, bounds, what is not finite, second derivatives, covariance. */
#include "check.h"

#include <math.h>

#include "base/alloc.h"
#include "math/minimize.h"

static size_t calls;

/* Rosenbrock's valley in two variables, or a sum of such in more: its minimum is 0 at 1. */
static double valley(double *gradient, const double *x, size_t n, void *context)
{
    (void)context;
    double value = 0.0;
    calls++;
    for (size_t i = 0; gradient != NULL && i < n; i++) {
        gradient[i] = 0.0;
    }
    for (size_t i = 0; i + 1 < n; i++) {
        double across = x[i + 1] - x[i] * x[i], along = 1.0 - x[i];
        value += 100.0 * across * across + along * along;
        if (gradient != NULL) {
            gradient[i] += -400.0 * across * x[i] - 2.0 * along;
            gradient[i + 1] += 200.0 * across;
        }
    }
    return value;
}

/* Minus the log-likelihood of a normal sample in (mean, ln deviation): its curvature is known. */
static double normal(double *gradient, const double *x, size_t n, void *context)
{
    (void)n;
    const double *sample = context;
    double value = 0.0, by_mean = 0.0, by_scale = 0.0, precision = exp(-2.0 * x[1]);
    for (int i = 0; i < 4; i++) {
        double off = sample[i] - x[0];
        value += x[1] + 0.5 * off * off * precision;
        by_mean -= off * precision;
        by_scale += 1.0 - off * off * precision;
    }
    if (gradient != NULL) {
        gradient[0] = by_mean;
        gradient[1] = by_scale;
    }
    return value;
}

static double only_above_two(double *gradient, const double *x, size_t n, void *context)
{
    (void)n;
    (void)context;
    if (gradient != NULL) {
        gradient[0] = 1.0 - 1.0 / (x[0] - 2.0);
    }
    return x[0] - log(x[0] - 2.0); /* NaN below 2, minimum at 3 */
}

static void finds_the_bottom_of_a_valley(void **state)
{
    (void)state;
    for (int with = 0; with < 2; with++) {
        for (size_t n = 2; n <= 4; n++) {
            vt_error err = VT_ERROR_INIT;
            vt_objective f = {valley, NULL, with == 1};
            vt_minimum found, again;
            double x[4] = {-1.2, 1.0, -0.5, 0.8}, y[4] = {-1.2, 1.0, -0.5, 0.8};
            calls = 0;
            check_ok(vt_minimize(x, &found, &f, n, NULL, &err));
            assert_true(found.converged && found.value < 1e-9);
            assert_true(with == 0 || calls < 400);
            for (size_t i = 0; i < n; i++) {
                assert_true(fabs(x[i] - 1.0) < 1e-4);
            }
            check_ok(vt_minimize(y, &again, &f, n, NULL, &err));
            assert_memory_equal(x, y, sizeof x);
        }
    }
}

static void stays_within_bounds(void **state)
{
    (void)state;
    const double lower[] = {-2.0, -2.0}, upper[] = {0.5, 2.0};
    for (int with = 0; with < 2; with++) {
        vt_error err = VT_ERROR_INIT;
        vt_minimize_options options;
        vt_objective f = {valley, NULL, with == 1};
        vt_minimum found;
        double x[2] = {-1.0, 1.0};
        vt_minimize_options_init(&options);
        options.lower = lower;
        options.upper = upper;
        check_ok(vt_minimize(x, &found, &f, 2, &options, &err));
        assert_true(found.converged && x[0] <= 0.5 && fabs(x[0] - 0.5) < 1e-6 && fabs(x[1] - 0.25) < 1e-5);
        x[0] = 0.6;
        assert_int_equal(vt_minimize(x, &found, &f, 2, &options, &err), VT_ERR_USAGE);
        assert_true(x[0] == 0.6);
    }
}

static void what_is_not_finite(void **state)
{
    (void)state;
    for (int with = 0; with < 2; with++) {
        vt_error err = VT_ERROR_INIT;
        vt_objective f = {only_above_two, NULL, with == 1};
        vt_minimum found = {7.0, 7, true};
        double x = 2.001, h = 7.0;
        check_ok(vt_minimize(&x, &found, &f, 1, NULL, &err));
        assert_true(fabs(x - 3.0) < 1e-4);
        found.value = 7.0;
        x = 1.0;
        assert_int_equal(vt_minimize(&x, &found, &f, 1, NULL, &err), VT_ERR_FAILED);
        assert_true(found.value == 7.0 && x == 1.0);
        assert_int_equal(vt_hessian(&h, &f, &x, 1, &err), with ? VT_OK : VT_ERR_FAILED);
    }
}

static void curvature_gives_the_covariance(void **state)
{
    (void)state;
    double sample[] = {1.0, 3.0, 4.0, 8.0}; /* mean 4, variance 26 / 4 */
    for (int with = 0; with < 2; with++) {
        vt_error err = VT_ERROR_INIT;
        vt_objective f = {normal, sample, with == 1};
        vt_minimum found;
        double x[2] = {0.0, 0.0}, h[4], c[4] = {7.0, 7.0, 7.0, 7.0};
        check_ok(vt_minimize(x, &found, &f, 2, NULL, &err));
        assert_true(fabs(x[0] - 4.0) < 1e-5 && fabs(x[1] - 0.5 * log(6.5)) < 1e-5);
        check_ok(vt_hessian(h, &f, x, 2, &err));
        check_ok(vt_covariance(c, h, 2, &err));
        assert_true(fabs(c[0] - 6.5 / 4.0) < 1e-4 && fabs(c[3] - 1.0 / 8.0) < 1e-4 && fabs(c[1]) < 1e-4 &&
                    c[1] == c[2]);
        h[0] = -1.0;
        c[0] = 7.0;
        assert_int_equal(vt_covariance(c, h, 2, &err), VT_ERR_FAILED);
        assert_true(c[0] == 7.0);
    }
}

static void memory_may_fail(void **state)
{
    (void)state;
    double sample[] = {1.0, 3.0, 4.0, 8.0}, x[2] = {4.0, 1.0}, h[4] = {2.0, 0.0, 0.0, 2.0};
    vt_objective f = {normal, sample, true};
    vt_error err = VT_ERROR_INIT;
    vt_alloc_fail_after(0);
    int first = vt_hessian(h, &f, x, 2, &err), second = vt_covariance(h, h, 2, &err);
    vt_alloc_fail_after(-1);
    assert_int_equal(first, VT_ERR_NO_MEMORY);
    assert_int_equal(second, VT_ERR_NO_MEMORY);
    assert_true(h[0] == 2.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_bottom_of_a_valley),
        cmocka_unit_test(stays_within_bounds),
        cmocka_unit_test(what_is_not_finite),
        cmocka_unit_test(curvature_gives_the_covariance),
        cmocka_unit_test(memory_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
