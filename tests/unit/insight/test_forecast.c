/* Forecast methods: golden values, known answers, series of every odd kind, quantiles, seeds. */
#include "check.h"
#include "fault.h"
#include "numbers.h"

#include <math.h>

#include "base/rng.h"
#include "insight/demand/backtest.h"
#include "insight/demand/combine.h"
#include "insight/demand/croston.h"
#include "insight/demand/demand_bootstrap.h"
#include "insight/demand/series.h"
#include "insight/demand/theta.h"

enum { LONGEST = 200, H = 12 };

static const double levels[] = {0.05, 0.5, 0.95};
static double y[LONGEST];

static vt_forecast_options options_of(size_t period)
{
    vt_forecast_options o;
    vt_forecast_options_init(&o);
    o.period = period;
    o.horizon = H;
    o.levels = levels;
    o.n_levels = 3;
    o.paths = 200;
    return o;
}

static void as_statsforecast(void **state)
{
    (void)state;
    FILE *file = open_golden("demand.txt");
    char word[32];
    int n = 0, thetas = 0, crostons = 0;
    double season[12], mean[H], told[H], square = 0.0;
    vt_error err = VT_ERROR_INIT;
    while (next_record(file, word, &n)) {
        if (strcmp(word, "theta") == 0) {
            int m = 0, kind = 0;
            assert_int_equal(fscanf(file, "%d %d", &m, &kind), 2);
            read_numbers(file, y, (size_t)n);
            read_numbers(file, &square, 1);
            read_numbers(file, told, H);
            vt_theta theta;
            check_ok(vt_theta_fit(&theta, season, y, (size_t)n, (size_t)m, (vt_theta_kind)kind, &err));
            assert_true(m > 1 || theta.mean_square < square * (1.0 + 1e-6));
            assert_int_equal(theta.season.seasonal, m > 1);
            vt_theta_forecast(mean, NULL, &theta, season, (size_t)m, H);
            for (size_t h = 0; h < H; h++) {
                assert_true(fabs(mean[h] / told[h] - 1.0) < 0.01);
            }
            thetas++;
        } else if (strcmp(word, "croston") == 0) {
            read_numbers(file, y, (size_t)n);
            read_numbers(file, told, 1);
            vt_croston croston, sba;
            check_ok(vt_croston_fit(&croston, NULL, y, (size_t)n, VT_CROSTON, &err));
            assert_true(fabs(croston.rate - told[0]) < 1e-4 * told[0]);
            check_ok(vt_croston_fit(&sba, NULL, y, (size_t)n, VT_CROSTON_SBA, &err));
            assert_true(fabs(sba.rate - croston.rate * (1.0 - 0.5 * croston.gap_alpha)) < 1e-12);
            crostons++;
        }
    }
    fclose(file);
    assert_int_equal(thetas, 8);
    assert_int_equal(crostons, 2);
}

static void simple_methods_by_hand(void **state)
{
    (void)state;
    static const double four[] = {1.0, 3.0, 2.0, 6.0};
    vt_error err = VT_ERROR_INIT;
    vt_forecast_options o = options_of(2);
    double mean[H], quantile[3 * H];
    check_ok(vt_forecast(mean, quantile, four, 4, VT_FORECAST_NAIVE, &o, &err));
    assert_true(mean[0] == 6.0 && mean[11] == 6.0);
    /* steps 2, -1, 4: mean square 7 */
    assert_true(fabs(quantile[2 * H + 3] - (6.0 + 1.6448536269514722 * sqrt(7.0 * 4.0))) < 1e-9);
    assert_true(fabs(quantile[H] - 6.0) < 1e-12);
    check_ok(vt_forecast(mean, NULL, four, 4, VT_FORECAST_SEASONAL_NAIVE, &o, &err));
    assert_true(mean[0] == 2.0 && mean[1] == 6.0 && mean[2] == 2.0);
    check_ok(vt_forecast(mean, NULL, four, 4, VT_FORECAST_MEAN, &o, &err));
    assert_true(mean[5] == 3.0);
    check_ok(vt_forecast(mean, NULL, four, 4, VT_FORECAST_DRIFT, &o, &err));
    assert_true(fabs(mean[2] - (6.0 + 3.0 * 5.0 / 3.0)) < 1e-12);
    /* Without any gap, Croston of a constant is that constant; TSB falls while nothing sells. */
    static const double sold[] = {4.0, 4.0, 4.0, 4.0}, ended[] = {4.0, 4.0, 4.0, 4.0, 0.0, 0.0, 0.0, 0.0};
    check_ok(vt_forecast(mean, NULL, sold, 4, VT_FORECAST_SBA, &o, &err));
    assert_true(fabs(mean[0] - 4.0) < 1e-12);
    check_ok(vt_forecast(mean, NULL, ended, 8, VT_FORECAST_TSB, &o, &err));
    assert_true(mean[0] < 4.0 * 0.9 * 0.9 * 0.9 * 0.9 + 1e-9);
    check_ok(vt_forecast(mean, NULL, ended, 8, VT_FORECAST_CROSTON, &o, &err));
    assert_true(fabs(mean[0] - 4.0) < 1e-12);
}

/* Kinds of series that break careless code. */
enum { KINDS = 9 };

static void make(int kind, size_t n)
{
    vt_rng rng = vt_rng_at(6, "forecast-test", (uint64_t)kind, n);
    for (size_t i = 0; i < n; i++) {
        double z = vt_rng_normal(&rng), t = (double)i;
        double made[KINDS] = {0.0,
                              5.0,
                              t,
                              z < 1.0 ? 0.0 : floor(3.0 * z),
                              100.0 + 10.0 * sin(t) + z,
                              -50.0 + z,
                              exp(10.0 * z),
                              i + 1 == n ? 1e9 : 0.0,
                              1e90 * (2.0 + fabs(z))};
        y[i] = made[kind];
    }
}

static void every_method_answers_every_series(void **state)
{
    (void)state;
    static const size_t lengths[] = {1, 2, 3, 4, 5, 7, 13, 24, 30, 60}, periods[] = {0, 1, 2, 7, 12, 30, 365};
    vt_error err = VT_ERROR_INIT;
    double mean[H], quantile[3 * H];
    for (int kind = 0; kind < KINDS; kind++) {
        for (size_t l = 0; l < sizeof lengths / sizeof lengths[0]; l++) {
            make(kind, lengths[l]);
            for (size_t k = 0; k < 7 * VT_FORECAST_METHODS; k++) {
                vt_forecast_method method = (vt_forecast_method)(k / 7);
                vt_forecast_options o = options_of(periods[k % 7]);
                o.non_negative = k % 2 == 1;
                int status = vt_forecast(mean, quantile, y, lengths[l], method, &o, &err);
                bool demand = method >= VT_FORECAST_CROSTON && method <= VT_FORECAST_BOOTSTRAP;
                if (status == VT_ERR_UNSUPPORTED && demand && kind == 5) {
                    continue;
                }
                if (status != VT_OK) {
                    fail_msg("%s, kind %d, %zu values: %s", vt_forecast_method_info(method)->name, kind, lengths[l],
                             err.message);
                }
                for (size_t h = 0; h < H; h++) {
                    assert_true(isfinite(mean[h]) && isfinite(quantile[h]) && isfinite(quantile[2 * H + h]));
                    double slack = 1e-9 * fabs(quantile[H + h]);
                    assert_true(quantile[h] <= quantile[H + h] + slack);
                    assert_true(quantile[H + h] <= quantile[2 * H + h] + slack);
                    assert_true(!o.non_negative || (mean[h] >= 0.0 && quantile[h] >= 0.0));
                }
            }
        }
    }
}

static void what_is_refused(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_forecast_options o = options_of(4);
    vt_forecast_method method;
    double mean[H] = {-7.0};
    make(4, 30);
    y[10] = INFINITY;
    assert_int_equal(vt_forecast(mean, NULL, y, 30, VT_FORECAST_ETS, &o, &err), VT_ERR_FAILED);
    y[10] = NAN;
    assert_int_equal(vt_forecast(mean, NULL, y, 30, VT_FORECAST_ETS, &o, &err), VT_ERR_FAILED);
    assert_non_null(strstr(err.message, "value 11 of the series is missing"));
    assert_int_equal(vt_forecast(mean, NULL, y, 0, VT_FORECAST_ETS, &o, &err), VT_ERR_UNSUPPORTED);
    o.horizon = 0;
    assert_int_equal(vt_forecast(mean, NULL, y, 5, VT_FORECAST_ETS, &o, &err), VT_ERR_USAGE);
    static const double wrong[] = {1.0};
    o = options_of(4);
    o.levels = wrong;
    o.n_levels = 1;
    assert_int_equal(vt_forecast(mean, NULL, y, 5, VT_FORECAST_ETS, &o, &err), VT_ERR_USAGE);
    assert_int_equal(vt_forecast_method_find(&method, "arima", &err), VT_ERR_USAGE);
    assert_non_null(strstr(err.message, "theta-dynamic"));
    check_ok(vt_forecast_method_find(&method, "tsb", &err));
    assert_int_equal(method, VT_FORECAST_TSB);
    assert_true(mean[0] == -7.0);
}

static void gaps_are_filled_by_lines_and_seasons(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    size_t filled = 0;
    double x[] = {NAN, 2.0, NAN, NAN, 8.0, NAN};
    check_ok(vt_series_fill(&filled, x, 6, 1, &err));
    assert_int_equal(filled, 4);
    assert_true(x[0] == 2.0 && fabs(x[2] - 4.0) < 1e-12 && fabs(x[3] - 6.0) < 1e-12 && x[5] == 8.0);
    for (size_t i = 0; i < 40; i++) {
        y[i] = i % 4 == 0 ? 100.0 : 10.0;
    }
    y[8] = y[17] = NAN;
    check_ok(vt_series_fill(&filled, y, 40, 4, &err));
    assert_true(fabs(y[8] - 100.0) < 1e-9 && fabs(y[17] - 10.0) < 1e-9 && y[12] == 100.0);
    double none[2] = {NAN, NAN};
    assert_int_equal(vt_series_fill(&filled, none, 2, 1, &err), VT_ERR_UNSUPPORTED);
}

static void classes_of_demand(void **state)
{
    (void)state;
    static const double smooth[] = {5, 6, 5, 6}, lumpy[] = {0, 1, 0, 0, 30, 0, 0, 1, 0}, nothing[] = {0, 0};
    assert_string_equal(vt_demand_classify(smooth, 4).name, "smooth");
    assert_string_equal(vt_demand_classify(lumpy, 9).name, "lumpy");
    assert_true(vt_demand_classify(lumpy, 9).interval == 3.0);
    assert_string_equal(vt_demand_classify(nothing, 2).name, "none");
}

static void bootstrap_keeps_the_chain(void **state)
{
    (void)state;
    enum { PATHS = 4000, STEPS = 6 };
    static double paths[PATHS * STEPS];
    double mean[STEPS], total = 0.0, demands = 0.0;
    vt_error err = VT_ERROR_INIT;
    for (size_t i = 0; i < 100; i++) {
        y[i] = i % 10 < 3 ? 2.5 : 0.0; /* runs of three, not whole numbers: no jitter */
    }
    check_ok(vt_demand_paths(paths, y, 100, PATHS, STEPS, 1, &err));
    vt_demand_mean(mean, y, 100, STEPS);
    for (size_t p = 0; p < PATHS; p++) {
        total += paths[p * STEPS + 5];
        demands += paths[p * STEPS] > 0.0 ? 1.0 : 0.0;
        assert_true(paths[p * STEPS] == 0.0 || paths[p * STEPS] == 2.5);
    }
    assert_true(fabs(total / PATHS - mean[5]) < 0.08);
    assert_true(fabs(demands / PATHS - mean[0] / 2.5) < 0.03); /* after a period without: 9.5 of 70 */
    assert_true(fabs(mean[0] / 2.5 - 9.5 / 70.0) < 1e-12);
}

static void combination_follows_the_past(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_forecast_options o = options_of(12);
    vt_forecast_method members[VT_COMBINATION_MAX];
    double weight[VT_COMBINATION_MAX], mean[H], again[H];
    vt_rng rng = vt_rng_at(7, "forecast-test", 0, 0);
    for (size_t i = 0; i < 96; i++) {
        y[i] = 200.0 + 80.0 * sin(0.5235987755982988 * (double)i) + 4.0 * vt_rng_normal(&rng);
    }
    size_t k = vt_combination_members(members, y, 96);
    assert_int_equal(k, 4);
    assert_int_equal(members[3], VT_FORECAST_CROSTON);
    check_ok(vt_combination_weights(weight, members, k, y, 96, &o, &err));
    assert_true(weight[3] < 0.01); /* knows no season */
    assert_true(fabs(weight[0] + weight[1] + weight[2] + weight[3] - 1.0) < 1e-12);
    check_ok(vt_combination_weights(weight, members, k, y, 24, &o, &err)); /* no origin with two seasons before it */
    assert_true(weight[0] == 0.25 && weight[3] == 0.25);
    check_ok(vt_forecast(mean, NULL, y, 96, VT_FORECAST_COMBINATION, &o, &err));
    check_ok(vt_forecast(again, NULL, y, 96, VT_FORECAST_COMBINATION, &o, &err));
    assert_memory_equal(mean, again, sizeof mean);
    for (size_t i = 0; i < 96; i++) {
        y[i] = i % 3 == 0 ? 4.0 : 0.0;
    }
    assert_int_equal(vt_combination_members(members, y, 96), 4);
    assert_int_equal(members[3], VT_FORECAST_TSB);
}

static void backtest_by_hand(void **state)
{
    (void)state;
    static const double x[] = {1.0, 2.0, 4.0, 4.0, 5.0, 9.0};
    vt_error err = VT_ERROR_INIT;
    vt_forecast_options o = options_of(1);
    vt_backtest_options b;
    vt_backtest found = {.mae = -7.0};
    vt_backtest_options_init(&b);
    o.horizon = 2;
    b.origins = 5;
    b.step = 1;
    check_ok(vt_backtest_run(&found, x, 6, VT_FORECAST_NAIVE, &o, &b, &err));
    /* origins 4 (4 -> 5, 9) and 3 (4 -> 4, 5): errors 1 5 0 1; scales 1 and 1.5 */
    assert_int_equal(found.origins, 2);
    assert_true(fabs(found.mae - 7.0 / 4.0) < 1e-12);
    assert_true(fabs(found.bias + 7.0 / 4.0) < 1e-12);
    assert_true(fabs(found.rmse - sqrt(27.0 / 4.0)) < 1e-12);
    assert_true(fabs(found.mase - 0.5 * (3.0 / 1.0 + 0.5 / 1.5)) < 1e-12);
    assert_true(fabs(found.smape - 0.25 * 200.0 * (1.0 / 9.0 + 5.0 / 13.0 + 1.0 / 9.0)) < 1e-9);
    found.mae = -7.0;
    assert_int_equal(vt_backtest_run(&found, x, 4, VT_FORECAST_NAIVE, &o, &b, &err), VT_ERR_UNSUPPORTED);
    b.origins = 0;
    assert_int_equal(vt_backtest_run(&found, x, 6, VT_FORECAST_NAIVE, &o, &b, &err), VT_ERR_USAGE);
    assert_true(found.mae == -7.0);
}

static void intervals_cover_what_they_say(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_forecast_options o = options_of(1);
    vt_backtest_options b;
    vt_backtest_options_init(&b);
    b.origins = 60;
    b.step = 1;
    b.shortest = 60;
    o.horizon = 4;
    static const vt_forecast_method methods[] = {VT_FORECAST_ETS, VT_FORECAST_THETA, VT_FORECAST_CROSTON,
                                                 VT_FORECAST_MEAN, VT_FORECAST_COMBINATION};
    for (size_t m = 0; m < sizeof methods / sizeof methods[0]; m++) {
        double sum = 0.0;
        for (uint64_t series = 0; series < 3; series++) {
            vt_rng rng = vt_rng_at(8, "forecast-test", series, 0);
            for (size_t i = 0; i < 130; i++) {
                y[i] = 50.0 + 5.0 * vt_rng_normal(&rng);
            }
            vt_backtest found;
            check_ok(vt_backtest_run(&found, y, 130, methods[m], &o, &b, &err));
            sum += found.coverage / 3.0;
        }
        if (!(sum > 0.7 && sum < 0.9)) {
            fail_msg("%s covers %g instead of .8", vt_forecast_method_info(methods[m])->name, sum);
        }
    }
}

/* Of a season of 52 little more than two are known: what its places were found from leaves open is in the intervals. */
static void intervals_know_a_long_season_badly(void **state)
{
    (void)state;
    enum { SERIES = 60, SEASON = 52, KNOWN = 112 };
    static const vt_forecast_method methods[] = {VT_FORECAST_ETS, VT_FORECAST_THETA};
    static const double central[] = {.1, .9};
    vt_error err = VT_ERROR_INIT;
    vt_forecast_options o = options_of(SEASON);
    o.levels = central;
    o.n_levels = 2;
    for (size_t m = 0; m < sizeof methods / sizeof methods[0]; m++) {
        double mean[H], quantile[2 * H], covered = 0.0;
        for (uint64_t series = 0; series < SERIES; series++) {
            vt_rng rng = vt_rng_at(12, "long-season", series, 0);
            for (size_t i = 0; i < KNOWN + H; i++) {
                vt_rng place = vt_rng_at(13, "long-season", series, i % SEASON);
                y[i] = 300.0 + 40.0 * vt_rng_normal(&place) + 20.0 * vt_rng_normal(&rng);
            }
            check_ok(vt_forecast(mean, quantile, y, KNOWN, methods[m], &o, &err));
            for (size_t h = 0; h < H; h++) {
                covered += quantile[h] <= y[KNOWN + h] && y[KNOWN + h] <= quantile[H + h] ? 1.0 / (SERIES * H) : 0.0;
            }
        }
        if (!(covered > 0.74 && covered < 0.87)) {
            fail_msg("%s covers %g instead of .8", vt_forecast_method_info(methods[m])->name, covered);
        }
    }
}

static int run(void *context, vt_error *err)
{
    double mean[H], quantile[3 * H];
    vt_forecast_options o = options_of(4);
    o.paths = 10;
    for (size_t k = 0; k < VT_FORECAST_METHODS; k++) {
        int status = vt_forecast(mean, quantile, y, 10, (vt_forecast_method)k, &o, err);
        if (status != VT_OK) {
            return status;
        }
    }
    (void)context;
    return VT_OK;
}

static void memory_runs_out(void **state)
{
    (void)state;
    make(3, 10);
    assert_true(fault_allocations(run, NULL) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_statsforecast),
        cmocka_unit_test(simple_methods_by_hand),
        cmocka_unit_test(every_method_answers_every_series),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(gaps_are_filled_by_lines_and_seasons),
        cmocka_unit_test(classes_of_demand),
        cmocka_unit_test(bootstrap_keeps_the_chain),
        cmocka_unit_test(combination_follows_the_past),
        cmocka_unit_test(backtest_by_hand),
        cmocka_unit_test(intervals_cover_what_they_say),
        cmocka_unit_test(intervals_know_a_long_season_badly),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
