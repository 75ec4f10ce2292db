/* STL and MSTL: golden values of statsmodels, sums that must hold, series that cannot be taken apart. */
#include "check.h"
#include "fault.h"
#include "numbers.h"

#include <math.h>

#include "base/rng.h"
#include "insight/demand/stl.h"

enum { LONGEST = 400 };

static double y[LONGEST], seasonal[4 * LONGEST], trend[LONGEST], rest[LONGEST], wanted[LONGEST];

/* The largest difference from the next line of golden numbers. */
static double distance(FILE *file, const double *x, size_t n)
{
    double far = 0.0;
    read_numbers(file, wanted, n);
    for (size_t i = 0; i < n; i++) {
        far = fmax(far, fabs(wanted[i] - x[i]));
    }
    return far;
}

static void as_statsmodels(void **state)
{
    (void)state;
    FILE *file = open_golden("demand.txt");
    char word[32];
    int n = 0, stl = 0, mstl = 0;
    vt_error err = VT_ERROR_INIT;
    while (next_record(file, word, &n)) {
        int more[3];
        if (strcmp(word, "stl") == 0) {
            assert_int_equal(fscanf(file, "%d %d %d", &more[0], &more[1], &more[2]), 3);
            read_numbers(file, y, (size_t)n);
            vt_stl_options options;
            vt_stl_options_init(&options, (size_t)more[0], more[2] == 1);
            options.seasonal = (size_t)more[1];
            check_ok(vt_stl(seasonal, trend, rest, y, (size_t)n, &options, &err));
            assert_true(distance(file, seasonal, (size_t)n) < 1e-6);
            assert_true(distance(file, trend, (size_t)n) < 1e-6);
            stl++;
        } else if (strcmp(word, "mstl") == 0) {
            assert_int_equal(fscanf(file, "%d %d", &more[0], &more[1]), 2);
            size_t periods[2] = {(size_t)more[0], (size_t)more[1]};
            read_numbers(file, y, (size_t)n);
            check_ok(vt_mstl(seasonal, trend, rest, y, (size_t)n, periods, 2, &err));
            assert_true(distance(file, seasonal, (size_t)n) < 1e-6);
            assert_true(distance(file, seasonal + n, (size_t)n) < 1e-6);
            assert_true(distance(file, trend, (size_t)n) < 1e-6);
            mstl++;
        }
    }
    fclose(file);
    assert_int_equal(stl, 6);
    assert_int_equal(mstl, 1);
}

static void make(size_t n, size_t period, double noise)
{
    vt_rng rng = vt_rng_at(5, "stl-test", 0, 0);
    for (size_t i = 0; i < n; i++) {
        y[i] = 20.0 + 0.1 * (double)i + 5.0 * sin(6.283185307179586 * (double)(i % period) / (double)period) +
               noise * vt_rng_normal(&rng);
    }
}

static void parts_add_up_and_are_found(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_stl_options options;
    make(120, 12, 0.0);
    vt_stl_options_init(&options, 12, false);
    check_ok(vt_stl(seasonal, trend, rest, y, 120, &options, &err));
    for (size_t i = 0; i < 120; i++) {
        assert_true(fabs(seasonal[i] + trend[i] + rest[i] - y[i]) < 1e-10);
        assert_true(fabs(trend[i] - 20.0 - 0.1 * (double)i) < 1e-6); /* a line and a fixed season are exact */
    }
    assert_true(vt_component_strength(seasonal, rest, 120) > 0.999);
    make(120, 12, 8.0);
    check_ok(vt_stl(seasonal, trend, rest, y, 120, &options, &err));
    double weak = vt_component_strength(trend, rest, 120);
    assert_true(weak > 0.0 && weak < 0.9);
    static const double nothing[5] = {0};
    assert_true(vt_component_strength(nothing, nothing, 5) == 0.0);
}

static void one_outlier_does_not_move_a_robust_trend(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_stl_options options;
    make(120, 12, 0.1);
    y[60] += 500.0;
    vt_stl_options_init(&options, 12, true);
    check_ok(vt_stl(seasonal, trend, rest, y, 120, &options, &err));
    assert_true(fabs(trend[60] - 26.0) < 0.3);
    vt_stl_options_init(&options, 12, false);
    check_ok(vt_stl(seasonal, trend, rest, y, 120, &options, &err));
    assert_true(fabs(trend[60] - 26.0) > 3.0);
}

static void what_cannot_be_taken_apart(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_stl_options options;
    make(30, 12, 1.0);
    vt_stl_options_init(&options, 16, false);
    trend[0] = -7.0;
    assert_int_equal(vt_stl(seasonal, trend, rest, y, 30, &options, &err), VT_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "two seasons of 16"));
    options.period = 12;
    y[4] = NAN;
    assert_int_equal(vt_stl(seasonal, trend, rest, y, 30, &options, &err), VT_ERR_FAILED);
    y[4] = INFINITY;
    assert_int_equal(vt_stl(seasonal, trend, rest, y, 30, &options, &err), VT_ERR_FAILED);
    assert_non_null(strstr(err.message, "value 5"));
    assert_true(trend[0] == -7.0);
    options.seasonal = 8;
    assert_int_equal(vt_stl(seasonal, trend, rest, y, 30, &options, &err), VT_ERR_USAGE);
    size_t wrong[2] = {12, 7};
    assert_int_equal(vt_mstl(seasonal, trend, rest, y, 30, wrong, 2, &err), VT_ERR_USAGE);
}

static void short_constant_and_zero_series(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    size_t periods[2] = {12, 200};
    for (size_t n = 1; n < 60; n++) {
        for (int kind = 0; kind < 3; kind++) {
            for (size_t i = 0; i < n; i++) {
                y[i] = kind == 0 ? 0.0 : kind == 1 ? 5.0 : (double)(i % 5) - 2.0;
            }
            check_ok(vt_mstl(seasonal, trend, rest, y, n, periods, 2, &err));
            for (size_t i = 0; i < n; i++) {
                assert_true(isfinite(trend[i]) && isfinite(rest[i]));
                assert_true(fabs(seasonal[i] + seasonal[n + i] + trend[i] + rest[i] - y[i]) < 1e-9);
                assert_true(seasonal[n + i] == 0.0);
            }
        }
    }
    vt_stl_options options;
    vt_stl_options_init(&options, 6, true);
    for (size_t i = 0; i < 40; i++) {
        y[i] = 3.0;
    }
    check_ok(vt_stl(seasonal, trend, rest, y, 40, &options, &err));
    assert_true(fabs(trend[20] - 3.0) < 1e-9);
}

static int run(void *context, vt_error *err)
{
    (void)context;
    size_t periods[2] = {4, 7};
    return vt_mstl(seasonal, trend, rest, y, 30, periods, 2, err);
}

static void memory_runs_out(void **state)
{
    (void)state;
    make(30, 7, 1.0);
    assert_true(fault_allocations(run, NULL) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_statsmodels),
        cmocka_unit_test(parts_add_up_and_are_found),
        cmocka_unit_test(one_outlier_does_not_move_a_robust_trend),
        cmocka_unit_test(what_cannot_be_taken_apart),
        cmocka_unit_test(short_constant_and_zero_series),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
