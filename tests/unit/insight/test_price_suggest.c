/* Suggested prices: known best prices, intervals, bounds, questions that cannot be answered. */
#include "check.h"
#include "fault.h"

#include <math.h>

#include "insight/price/suggest.h"

enum { G = 41 };

static vt_price_question question(void)
{
    return (vt_price_question){.now = 10.0,
                               .cost = 6.0,
                               .low = 6.5,
                               .high = 20.0,
                               .elasticity = -2.5,
                               .deviation = 0.0,
                               .centre = 10.0,
                               .units = 100.0,
                               .seed = 42};
}

/* With a constant elasticity e the margin is highest at cost e / (1 + e): here 6 * 2.5 / 1.5 = 10. */
static void best_margin_is_the_known_one(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_price_question q = question();
    vt_price_suggestion s;
    vt_price_point curve[1000];
    q.now = 8.0;
    check_ok(vt_price_suggest(&s, curve, 1000, &q, &err));
    assert_true(fabs(s.price - 10.0) < 0.02);
    assert_true(!s.at_bound);
    assert_true(fabs(s.units - 100.0 * pow(s.price / 10.0, -2.5)) < 1e-9);
    assert_true(fabs(s.value_now - 2.0 * 100.0 * pow(0.8, -2.5)) < 1e-9);
    assert_true(fabs(s.effect - (s.value - s.value_now)) < 1e-9);
    assert_true(fabs(s.effect_low - s.effect) < 1e-9 && fabs(s.effect_high - s.effect) < 1e-9); /* all is known */
    assert_true(s.chance == 1.0);
    for (int g = 1; g < 1000; g++) {
        assert_true(curve[g].price > curve[g - 1].price && curve[g].value <= s.value + 1e-12);
    }
    assert_true(curve[0].price == 6.5 && curve[999].price == 20.0);
}

static void revenue_goes_to_a_bound(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_price_question q = question();
    vt_price_suggestion s;
    q.cost = 0.0;
    check_ok(vt_price_suggest(&s, NULL, G, &q, &err));
    assert_true(s.at_bound && s.price == 6.5);
    q.elasticity = -0.5;
    check_ok(vt_price_suggest(&s, NULL, G, &q, &err));
    assert_true(s.at_bound && s.price == 20.0);
}

/* The band is that of a log-normal number; more doubt widens it, and the seed decides all. */
static void doubt_widens_the_interval(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_price_question q = question();
    vt_price_suggestion s, again, other, wider;
    vt_price_point curve[G];
    q.now = 8.0;
    q.deviation = 0.4;
    q.units_deviation = 0.1;
    check_ok(vt_price_suggest(&s, curve, G, &q, &err));
    check_ok(vt_price_suggest(&again, NULL, G, &q, &err));
    assert_true(s.price == again.price && s.effect == again.effect && s.effect_low == again.effect_low &&
                s.effect_high == again.effect_high && s.chance == again.chance);
    q.seed = 43;
    check_ok(vt_price_suggest(&other, NULL, G, &q, &err));
    assert_true(other.effect_low != s.effect_low && fabs(other.effect_low - s.effect_low) < 0.2 * fabs(s.effect_low));
    q.seed = 42;
    q.deviation = 0.8;
    check_ok(vt_price_suggest(&wider, NULL, G, &q, &err));
    assert_true(s.effect_low < s.effect && s.effect < s.effect_high && s.chance > 0.05 && s.chance < 1.0);
    assert_true(wider.effect_high - wider.effect_low > 1.5 * (s.effect_high - s.effect_low));
    for (int g = 0; g < G; g++) {
        double ratio = log(curve[g].price / q.centre);
        double deviation = sqrt(0.1 * 0.1 + 0.4 * 0.4 * ratio * ratio), margin = curve[g].price - q.cost;
        double log_mean = -2.5 * ratio - 0.5 * 0.1 * 0.1, high = margin * 100.0 * exp(log_mean + 1.96 * deviation);
        double mean = margin * 100.0 * exp(-2.5 * ratio + 0.5 * 0.16 * ratio * ratio);
        assert_true(fabs(curve[g].high / high - 1.0) < 0.12);
        assert_true(fabs(curve[g].value / mean - 1.0) < 0.02);
        assert_true(curve[g].low <= curve[g].value && curve[g].value <= curve[g].high);
    }
}

static void bounds_are_those_tried(void **state)
{
    (void)state;
    vt_price_history history = {.lowest = 10.0, .highest = 20.0};
    double low = 0.0, high = 0.0;
    vt_price_bounds(&low, &high, &history);
    assert_true(fabs(low - 9.0) < 1e-12 && fabs(high - 22.0) < 1e-12);
}

static void says_what_is_wrong(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_price_suggestion s;
    const struct {
        size_t n;
        double now, cost, low, high, deviation;
    } wrong[] = {{1, 10, 0, 5, 20, 0},   {2000, 10, 0, 5, 20, 0},   {G, 0, 0, 5, 20, 0},   {G, 10, -1, 5, 20, 0},
                 {G, 10, 0, 0, 20, 0},   {G, 10, 0, 20, 5, 0},      {G, 10, 0, 5, 20, -1}, {G, NAN, 0, 5, 20, 0},
                 {G, 10, NAN, 5, 20, 0}, {G, 10, 0, 5, INFINITY, 0}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        vt_price_question q = question();
        q.now = wrong[i].now;
        q.cost = wrong[i].cost;
        q.low = wrong[i].low;
        q.high = wrong[i].high;
        q.deviation = wrong[i].deviation;
        assert_int_equal(vt_price_suggest(&s, NULL, wrong[i].n, &q, &err), VT_ERR_USAGE);
        assert_true(err.message[0] != '\0');
    }
    vt_price_question extreme = question(); /* no answer but a finite one */
    extreme.elasticity = -1e6;
    extreme.deviation = 1e6;
    check_ok(vt_price_suggest(&s, NULL, G, &extreme, &err));
    assert_true(isfinite(s.effect) && isfinite(s.effect_low) && isfinite(s.effect_high) && isfinite(s.units));
}

static int suggest_once(void *context, vt_error *err)
{
    vt_price_suggestion s;
    return vt_price_suggest(&s, NULL, G, context, err);
}

static void memory_runs_out(void **state)
{
    (void)state;
    vt_price_question q = question();
    assert_int_equal(fault_allocations(suggest_once, &q), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(best_margin_is_the_known_one), cmocka_unit_test(revenue_goes_to_a_bound),
        cmocka_unit_test(doubt_widens_the_interval),    cmocka_unit_test(bounds_are_those_tried),
        cmocka_unit_test(says_what_is_wrong),           cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
