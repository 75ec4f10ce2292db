/* Exponential smoothing: the likelihood and the fit beside statsforecast, the gradient, variances beside paths. */
#include "check.h"
#include "fault.h"
#include "numbers.h"

#include <math.h>

#include "base/rng.h"
#include "insight/demand/ets_recursion.h"

enum { LONGEST = 200, LAGS = 24 };

static double y[LONGEST], level[LONGEST + 1], growth[LONGEST + 1], season[LONGEST + LAGS], error[LONGEST],
    fitted[LONGEST], adjoint[LONGEST + LAGS];

static vt_ets_trace trace_of(size_t n, vt_ets_form form, size_t period)
{
    return (vt_ets_trace){y, n, form, period, level, growth, season, error, fitted, adjoint};
}

static void as_statsforecast(void **state)
{
    (void)state;
    FILE *file = open_golden("demand.txt");
    char word[32];
    int n = 0, count = 0;
    double nearest = INFINITY;
    vt_error err = VT_ERROR_INIT;
    while (next_record(file, word, &n)) {
        if (strcmp(word, "ets") != 0) {
            continue;
        }
        int m = 0, e = 0, t = 0, s = 0, damped = 0;
        double told[3], p[6];
        assert_int_equal(fscanf(file, "%d %d %d %d %d", &m, &e, &t, &s, &damped), 5);
        read_numbers(file, y, (size_t)n);
        read_numbers(file, told, 3);
        read_numbers(file, p, 6);
        vt_ets_form form = {(char)e, (char)t, (char)s, damped == 1};
        vt_ets_parameters at = {p[0], p[1], p[2], p[3], p[4], p[5], {0}};
        read_numbers(file, at.season, form.season == 'N' ? 0 : (size_t)m);
        vt_ets_trace trace = trace_of((size_t)n, form, (size_t)m);
        double squares = 0.0;
        assert_true(fabs(vt_ets_deviance(NULL, &squares, &at, &trace) - told[1]) < 1e-5 * fabs(told[1]));
        vt_ets ets;
        check_ok(vt_ets_fit(&ets, y, (size_t)n, &form, (size_t)m, &err));
        /* The peer's variance divides by one less; its search ends earlier, so its AICc may be the higher one. */
        assert_true(fabs(squares / (double)((size_t)n - ets.n_parameters - 1) / told[2] - 1.0) < 1e-5);
        if (p[1] <= p[0]) { /* else the peer went beyond beta <= alpha */
            assert_true(ets.aicc < told[0] + 0.01);
        }
        nearest = fmin(nearest, told[0] - ets.aicc);
        count++;
    }
    fclose(file);
    assert_int_equal(count, 8);
    assert_true(nearest < 0.01); /* the same AICc where the peer's search did end */
}

static void make(size_t n, size_t m)
{
    vt_rng rng = vt_rng_at(3, "ets-test", 0, 0);
    for (size_t i = 0; i < n; i++) {
        double wave = 1.0 + 0.2 * sin(6.283185307179586 * (double)(i % m) / (double)m);
        y[i] = (1.0 + 0.004 * (double)i) * wave * exp(0.05 * vt_rng_normal(&rng));
    }
}

/* One parameter after the other by its place: alpha, beta, gamma, phi, level, growth, season. */
static double *parameter(vt_ets_parameters *p, size_t i)
{
    double *first[] = {&p->alpha, &p->beta, &p->gamma, &p->phi, &p->level, &p->growth};
    return i < 6 ? first[i] : &p->season[i - 6];
}

static void gradient_is_that_of_differences(void **state)
{
    (void)state;
    static const char parts[] = "NAM";
    make(40, 5);
    for (int number = 0; number < 36; number++) {
        vt_ets_form form = {number < 18 ? 'A' : 'M', parts[number / 6 % 3], parts[number / 2 % 3], number % 2 == 1};
        if (form.damped && form.trend == 'N') {
            continue;
        }
        vt_ets_trace trace = trace_of(40, form, 5);
        vt_ets_parameters at = {0.3, 0.1, 0.2, form.damped ? 0.9 : 1.0, 0.95, form.trend == 'M' ? 1.01 : 0.005, {0}};
        for (size_t j = 0; j < 5; j++) {
            at.season[j] = (form.season == 'M' ? 1.0 : 0.0) + 0.1 * ((double)j - 2.0);
        }
        vt_ets_parameters g;
        assert_true(isfinite(vt_ets_deviance(&g, NULL, &at, &trace)));
        for (size_t i = 0; i < (form.season == 'N' ? 6U : 11U); i++) {
            bool there = i == 0 || i == 4 || i >= 6 || (form.trend != 'N' && (i == 1 || i == 5)) ||
                         (i == 2 && form.season != 'N') || (i == 3 && form.damped);
            if (!there) {
                continue;
            }
            vt_ets_parameters moved = at;
            double step = 1e-6;
            *parameter(&moved, i) += step;
            double above = vt_ets_deviance(NULL, NULL, &moved, &trace);
            *parameter(&moved, i) -= 2.0 * step;
            double below = vt_ets_deviance(NULL, NULL, &moved, &trace);
            double wanted = (above - below) / (2.0 * step), got = *parameter(&g, i);
            if (!(fabs(got - wanted) < 1e-4 * fmax(1.0, fabs(wanted)))) {
                fail_msg("form %d, parameter %zu: %g instead of %g", number, i, got, wanted);
            }
        }
    }
}

static void variances_are_those_of_paths(void **state)
{
    (void)state;
    enum { H = 8, PATHS = 40000 };
    static const vt_ets_form forms[] = {{'A', 'N', 'N', false}, {'A', 'A', 'N', true},  {'A', 'A', 'A', false},
                                        {'M', 'A', 'N', false}, {'M', 'N', 'A', false}, {'M', 'A', 'M', true}};
    for (size_t f = 0; f < sizeof forms / sizeof forms[0]; f++) {
        bool relative = forms[f].error == 'M', times = forms[f].season == 'M';
        vt_ets ets = {.form = forms[f],
                      .period = forms[f].season == 'N' ? 1 : 4,
                      .alpha = 0.4,
                      .beta = 0.1,
                      .gamma = 0.2,
                      .phi = forms[f].damped ? 0.9 : 1.0,
                      .level = 100.0,
                      .growth = 1.0,
                      .variance = relative ? 0.01 : 25.0};
        for (size_t j = 0; j < ets.period; j++) {
            ets.season[j] = times ? 0.8 + 0.1 * (double)j : 5.0 * (double)j;
        }
        double variance[H], mean[H], sum[H] = {0}, square[H] = {0}, path[H];
        assert_true(vt_ets_variance(variance, &ets, H));
        vt_ets_mean(mean, &ets, H);
        for (size_t p = 0; p < PATHS; p++) {
            vt_ets_path(path, &ets, H, 1, p);
            for (size_t h = 0; h < H; h++) {
                sum[h] += path[h] - mean[h];
                square[h] += (path[h] - mean[h]) * (path[h] - mean[h]);
            }
        }
        for (size_t h = 0; h < H; h++) {
            double ratio = square[h] / PATHS / variance[h];
            if (!(fabs(ratio - 1.0) < 0.05)) {
                fail_msg("form %zu, step %zu: the variance of paths is %g times the formula's", f, h, ratio);
            }
            assert_true(fabs(sum[h] / PATHS) < 0.02 * mean[h]);
        }
    }
    vt_ets grows = {.form = {'M', 'M', 'N', false}, .period = 1};
    double nothing[1];
    assert_false(vt_ets_variance(nothing, &grows, 1));
}

static void chooses_what_made_the_series(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_ets ets;
    vt_rng rng = vt_rng_at(4, "ets-test", 0, 0);
    for (size_t i = 0; i < 120; i++) {
        y[i] = 50.0 + 2.0 * (double)i + 20.0 * sin(0.5235987755982988 * (double)i) + vt_rng_normal(&rng);
    }
    check_ok(vt_ets_select(&ets, y, 120, 12, false, &err));
    assert_true(ets.form.trend == 'A' && ets.form.season == 'A');
    double mean[12];
    vt_ets_mean(mean, &ets, 12);
    for (size_t h = 0; h < 12; h++) {
        double t = (double)(120 + h);
        assert_true(fabs(mean[h] - 50.0 - 2.0 * t - 20.0 * sin(0.5235987755982988 * t)) < 3.0);
    }
    for (size_t i = 0; i < 60; i++) {
        y[i] = 10.0 + vt_rng_normal(&rng);
    }
    check_ok(vt_ets_select(&ets, y, 60, 1, true, &err));
    char name[16];
    vt_ets_name(name, &ets.form);
    assert_true(ets.form.trend == 'N' && ets.form.season == 'N');
    assert_true(strcmp(name, "ETS(A,N,N)") == 0 || strcmp(name, "ETS(M,N,N)") == 0);
    vt_ets_form form = {'M', 'A', 'N', true};
    vt_ets_name(name, &form);
    assert_string_equal(name, "ETS(M,Ad,N)");
}

static void forms_that_cannot_be(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_ets ets = {.level = -7.0};
    make(40, 4);
    vt_ets_form form = {'M', 'N', 'M', false};
    y[3] = 0.0;
    assert_int_equal(vt_ets_fit(&ets, y, 40, &form, 4, &err), VT_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "ETS(M,N,M) multiplies"));
    form = (vt_ets_form){'A', 'N', 'A', false};
    assert_int_equal(vt_ets_fit(&ets, y, 40, &form, 25, &err), VT_ERR_UNSUPPORTED);
    assert_int_equal(vt_ets_fit(&ets, y, 8, &form, 7, &err), VT_ERR_UNSUPPORTED);
    form = (vt_ets_form){'A', 'N', 'N', true};
    assert_int_equal(vt_ets_fit(&ets, y, 40, &form, 1, &err), VT_ERR_UNSUPPORTED);
    form = (vt_ets_form){'X', 'N', 'N', false};
    assert_int_equal(vt_ets_fit(&ets, y, 40, &form, 1, &err), VT_ERR_UNSUPPORTED);
    assert_true(ets.level == -7.0);
    for (size_t n = 1; n < 12; n++) {
        check_ok(vt_ets_select(&ets, y, n, 4, true, &err));
        assert_true(isfinite(ets.level) && isfinite(ets.variance));
    }
}

static int run(void *context, vt_error *err)
{
    vt_ets ets;
    (void)context;
    return vt_ets_select(&ets, y, 20, 4, false, err);
}

static void memory_runs_out(void **state)
{
    (void)state;
    make(20, 4);
    assert_true(fault_allocations(run, NULL) >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_statsforecast),
        cmocka_unit_test(gradient_is_that_of_differences),
        cmocka_unit_test(variances_are_those_of_paths),
        cmocka_unit_test(chooses_what_made_the_series),
        cmocka_unit_test(forms_that_cannot_be),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
