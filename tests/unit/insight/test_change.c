/* Change points beside the full search, trend tests by hand, the false discovery rate by hand. */
#include "check.h"
#include "fault.h"

#include <math.h>

#include "base/rng.h"
#include "insight/demand/change.h"

enum { LONGEST = 80 };

static double y[LONGEST];

static double segment(size_t a, size_t b, bool trend)
{
    double n = (double)(b - a), mean = 0.0, t = 0.0, ty = 0.0, tt = 0.0, sum = 0.0;
    for (size_t i = a; i < b; i++) {
        mean += y[i] / n;
        t += (double)i / n;
    }
    for (size_t i = a; i < b; i++) {
        ty += ((double)i - t) * (y[i] - mean);
        tt += ((double)i - t) * ((double)i - t);
    }
    double slope = trend && tt > 0.0 ? ty / tt : 0.0;
    for (size_t i = a; i < b; i++) {
        double e = y[i] - mean - slope * ((double)i - t);
        sum += e * e;
    }
    return sum;
}

/* The least cost by trying every last segment. */
static double full_search(size_t n, size_t shortest, double penalty, bool trend)
{
    double best[LONGEST + 1];
    best[0] = -penalty;
    for (size_t t = 1; t <= n; t++) {
        best[t] = INFINITY;
        for (size_t a = 0; a + shortest <= t; a++) {
            if (isfinite(best[a])) {
                best[t] = fmin(best[t], best[a] + segment(a, t, trend) + penalty);
            }
        }
    }
    return best[n];
}

static void pruning_loses_nothing(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    size_t at[LONGEST], changed = 0;
    for (uint64_t seed = 0; seed < 120; seed++) {
        vt_rng rng = vt_rng_at(seed, "change-test", 0, 0);
        size_t n = 8 + (size_t)vt_rng_below(&rng, LONGEST - 8), count = 0;
        double level = 0.0;
        for (size_t i = 0; i < n; i++) {
            level = vt_rng_unit(&rng) < 0.1 ? 6.0 * vt_rng_normal(&rng) : level;
            y[i] = level + vt_rng_normal(&rng);
        }
        vt_changepoint_options o;
        vt_changepoint_options_init(&o);
        o.kind = seed % 2 == 0 ? VT_CHANGEPOINT_LEVEL : VT_CHANGEPOINT_TREND;
        o.shortest = 1 + seed % 5 + (seed % 2);
        o.variance = 1.0;
        o.penalty = 5.0;
        check_ok(vt_changepoint_find(at, &count, y, n, &o, &err));
        double total = -o.penalty;
        for (size_t k = 0; k <= count; k++) {
            size_t a = k == 0 ? 0 : at[k - 1], b = k == count ? n : at[k];
            assert_true(b >= a + o.shortest);
            total += segment(a, b, o.kind == VT_CHANGEPOINT_TREND) + o.penalty;
        }
        double wanted = full_search(n, o.shortest, o.penalty, o.kind == VT_CHANGEPOINT_TREND);
        if (n >= 2 * o.shortest && !(fabs(total - wanted) < 1e-7 * fmax(1.0, fabs(wanted)))) {
            fail_msg("seed %llu: cost %g instead of %g", (unsigned long long)seed, total, wanted);
        }
        changed += count;
    }
    assert_true(changed > 200);
}

static void finds_what_changed(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    size_t at[LONGEST], count = 9;
    vt_changepoint_options o;
    vt_changepoint_options_init(&o);
    vt_rng rng = vt_rng_at(3, "change-test", 0, 0);
    for (size_t i = 0; i < 60; i++) {
        y[i] = (i < 20 ? 10.0 : i < 45 ? 18.0 : 12.0) + vt_rng_normal(&rng);
    }
    check_ok(vt_changepoint_find(at, &count, y, 60, &o, &err));
    assert_int_equal(count, 2);
    assert_int_equal(at[0], 20);
    assert_int_equal(at[1], 45);
    for (size_t i = 0; i < 60; i++) {
        y[i] = (i < 30 ? (double)i : 60.0 - (double)i) + 0.2 * vt_rng_normal(&rng);
    }
    o.kind = VT_CHANGEPOINT_TREND;
    check_ok(vt_changepoint_find(at, &count, y, 60, &o, &err));
    assert_int_equal(count, 1);
    assert_true(at[0] >= 29 && at[0] <= 31);
    for (size_t n = 1; n < 20; n++) {
        for (size_t i = 0; i < n; i++) {
            y[i] = 4.0;
        }
        check_ok(vt_changepoint_find(at, &count, y, n, &o, &err));
        assert_int_equal(count, 0);
    }
    y[2] = NAN;
    assert_int_equal(vt_changepoint_find(at, &count, y, 10, &o, &err), VT_ERR_FAILED);
    assert_int_equal(count, 0);
}

static void noise_has_no_changes(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    size_t at[LONGEST], count = 0, false_ones = 0;
    vt_changepoint_options o;
    vt_changepoint_options_init(&o);
    for (uint64_t seed = 0; seed < 100; seed++) {
        vt_rng rng = vt_rng_at(seed, "change-noise", 0, 0);
        for (size_t i = 0; i < LONGEST; i++) {
            y[i] = 100.0 + vt_rng_normal(&rng);
        }
        check_ok(vt_changepoint_find(at, &count, y, LONGEST, &o, &err));
        false_ones += count > 0 ? 1U : 0U;
    }
    assert_true(false_ones < 35);
}

static void trends_by_hand(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_trend_test t;
    static const double rising[] = {1, 2, 3, 4, 5, 6, 7, 8}, tied[] = {1, 1, 2, 2, 3};
    check_ok(vt_trend_test_run(&t, rising, 8, 1, &err));
    /* S = 28, variance 8 x 7 x 21 / 18 */
    assert_true(fabs(t.z - 27.0 / sqrt(8.0 * 7.0 * 21.0 / 18.0)) < 1e-12);
    assert_true(t.slope == 1.0 && t.pairs == 28);
    assert_true(fabs(t.p - 0.000843) < 2e-5);
    check_ok(vt_trend_test_run(&t, tied, 5, 1, &err));
    /* S = 8, variance (5 x 4 x 15 - 2 x 2 x 1 x 9) / 18 */
    assert_true(fabs(t.z - 7.0 / sqrt((300.0 - 36.0) / 18.0)) < 1e-12);
    assert_true(fabs(t.slope - 0.5) < 1e-12);
    for (size_t i = 0; i < 48; i++) {
        y[i] = 20.0 * sin(0.5235987755982988 * (double)i) - 0.1 * (double)i;
    }
    check_ok(vt_trend_test_run(&t, y, 48, 12, &err)); /* every place falls */
    assert_true(t.p < 1e-6 && fabs(t.slope + 0.1) < 1e-9);
    static const double same[] = {3, 3, 3, 3, 3, 3};
    check_ok(vt_trend_test_run(&t, same, 6, 1, &err));
    assert_true(t.p == 1.0 && t.z == 0.0 && t.slope == 0.0);
    check_ok(vt_trend_test_run(&t, same, 1, 0, &err));
    assert_true(t.p == 1.0 && t.pairs == 0);
}

static int run(void *context, vt_error *err)
{
    size_t at[LONGEST], count = 0;
    vt_trend_test t;
    vt_changepoint_options o;
    (void)context;
    vt_changepoint_options_init(&o);
    int status = vt_changepoint_find(at, &count, y, 20, &o, err);
    return status == VT_OK ? vt_trend_test_run(&t, y, 20, 4, err) : status;
}

static void memory_runs_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < 20; i++) {
        y[i] = (double)(i % 7);
    }
    assert_int_equal(fault_allocations(run, NULL), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pruning_loses_nothing), cmocka_unit_test(finds_what_changed),
        cmocka_unit_test(noise_has_no_changes),  cmocka_unit_test(trends_by_hand),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
