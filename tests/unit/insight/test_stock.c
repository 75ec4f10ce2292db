/* Stock plans by hand and by what they promise; demand behind stock-outs beside the demand that was made. */
#include "check.h"
#include "fault.h"

#include <math.h>

#include "base/rng.h"
#include "insight/demand/censored.h"
#include "insight/demand/stock.h"

enum { PATHS = 4000, H = 6, LONGEST = 400 };

static double paths[PATHS * H], y[LONGEST], demand[LONGEST], made[LONGEST];
static bool out_of_stock[LONGEST];

static void plan_by_hand(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_stock_request r;
    vt_stock_plan plan;
    /* Future p sells p pieces in each of 4 steps, for p from 0 to 100. */
    static double few[101 * 4];
    for (size_t i = 0; i < 101 * 4; i++) {
        few[i] = (double)(i / 4);
    }
    vt_stock_request_init(&r);
    r.on_hand = 120.0;
    r.on_order = 30.0;
    r.lead_time = 2;
    r.service = 0.9;
    r.pack = 12.0;
    check_ok(vt_stock_plan_make(&plan, few, 101, 4, &r, &err));
    assert_true(fabs(plan.expected - 100.0) < 1e-9);
    assert_true(fabs(plan.reorder_point - 180.0) < 1e-9); /* 2 x the 90th */
    assert_true(fabs(plan.safety_stock - 80.0) < 1e-9);
    assert_true(fabs(plan.order_up_to - 270.0) < 1e-9);
    assert_true(fabs(plan.quantity - 120.0) < 1e-9);        /* 120 are missing: ten packs */
    assert_true(fabs(plan.shortage - 25.0 / 101.0) < 1e-9); /* from future 76 on */
    assert_true(fabs(plan.cover - 2.4) < 1e-9);
    r.on_hand = 200.0;
    check_ok(vt_stock_plan_make(&plan, few, 101, 4, &r, &err));
    assert_true(plan.quantity == 0.0 && fabs(plan.cover - 4.0) < 1e-9);
    r.service = 1.0;
    plan.expected = -7.0;
    assert_int_equal(vt_stock_plan_make(&plan, few, 101, 4, &r, &err), VT_ERR_USAGE);
    r.service = 0.9;
    r.review = 3;
    assert_int_equal(vt_stock_plan_make(&plan, few, 101, 4, &r, &err), VT_ERR_USAGE);
    assert_non_null(strstr(err.message, "8 are needed"));
    r.review = 0;
    r.on_hand = NAN;
    assert_int_equal(vt_stock_plan_make(&plan, few, 101, 4, &r, &err), VT_ERR_USAGE);
    assert_true(plan.expected == -7.0);
}

static double poisson(vt_rng *rng, double mean)
{
    double product = vt_rng_unit(rng), k = 0.0;
    for (double least = exp(-mean); product > least; k += 1.0) {
        product *= vt_rng_unit(rng);
    }
    return k;
}

/* A reorder point for 90 % must have lasted in about 90 of 100 futures of the process itself. */
static void service_is_kept(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    static const double chances[] = {1.0, 0.3};
    for (size_t c = 0; c < 2; c++) {
        double lasted = 0.0, tried = 0.0;
        for (uint64_t series = 0; series < 40; series++) {
            vt_rng rng = vt_rng_at(series, "stock-test", c, 0);
            for (size_t i = 0; i < 150; i++) {
                y[i] = vt_rng_unit(&rng) < chances[c] ? 1.0 + poisson(&rng, 6.0) : 0.0;
            }
            vt_stock_request r;
            vt_stock_plan plan;
            vt_stock_request_init(&r);
            r.lead_time = 4;
            r.service = 0.9;
            check_ok(vt_demand_futures(paths, y, 144, 1, 1000, H, 1, &err));
            check_ok(vt_stock_plan_make(&plan, paths, 1000, H, &r, &err));
            for (int k = 0; k < 50; k++) {
                double sum = 0.0;
                for (size_t h = 0; h < 4; h++) {
                    sum += vt_rng_unit(&rng) < chances[c] ? 1.0 + poisson(&rng, 6.0) : 0.0;
                }
                lasted += sum <= plan.reorder_point ? 1.0 : 0.0;
                tried += 1.0;
            }
        }
        if (!(lasted / tried > 0.84 && lasted / tried < 0.97)) {
            fail_msg("a chance of demand of %g: %g of the lead times lasted instead of .9", chances[c], lasted / tried);
        }
    }
}

/* After two seasons of 52 and a little, about 80 % of the next values lie between the tenths of the futures. */
static void a_long_season_is_not_sure(void **state)
{
    (void)state;
    enum { SERIES = 60, SEASON = 52, KNOWN = 112, FUTURES = 200 };
    vt_error err = VT_ERROR_INIT;
    double covered = 0.0;
    for (uint64_t series = 0; series < SERIES; series++) {
        vt_rng rng = vt_rng_at(12, "long-season", series, 0);
        for (size_t i = 0; i < KNOWN + H; i++) {
            vt_rng place = vt_rng_at(13, "long-season", series, i % SEASON);
            y[i] = 300.0 + 40.0 * vt_rng_normal(&place) + 20.0 * vt_rng_normal(&rng);
        }
        check_ok(vt_demand_futures(paths, y, KNOWN, SEASON, FUTURES, H, 1, &err));
        for (size_t h = 0; h < H; h++) {
            double under = 0.0;
            for (size_t p = 0; p < FUTURES; p++) {
                under += paths[p * H + h] < y[KNOWN + h] ? 1.0 / FUTURES : 0.0;
            }
            covered += under > 0.1 && under < 0.9 ? 1.0 / (SERIES * H) : 0.0;
        }
    }
    if (!(covered > 0.74 && covered < 0.87)) {
        fail_msg("%g of the values lie between the tenths of the futures instead of .8", covered);
    }
}

static void demand_behind_stock_outs(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_censored_demand found;
    for (int kind = 0; kind < 2; kind++) {
        vt_rng rng = vt_rng_at(5, "censored-test", (uint64_t)kind, 0);
        for (size_t i = 0; i < LONGEST; i++) {
            /* a gamma of shape 2 as the sum of two exponentials makes the Poisson negative binomial with k = 2 */
            double scatter = kind == 0 ? 1.0 : -0.5 * log((1.0 - vt_rng_unit(&rng)) * (1.0 - vt_rng_unit(&rng)));
            made[i] = poisson(&rng, 8.0 * scatter);
            double stock = vt_rng_unit(&rng) < 0.5 ? 6.0 : 1000.0;
            out_of_stock[i] = made[i] >= stock;
            y[i] = fmin(made[i], stock);
        }
        check_ok(vt_censored_fit(&found, demand, y, out_of_stock, NULL, LONGEST, &err));
        assert_true(found.sold_rate < 7.2);
        assert_true(fabs(found.rate - 8.0) < (kind == 0 ? 0.4 : 1.0));
        assert_true((found.dispersion > 0.0) == (kind == 1));
        assert_true(kind == 0 || (found.dispersion > 1.3 && found.dispersion < 3.0));
        double wanted = 0.0, filled = 0.0;
        for (size_t i = 0; i < LONGEST; i++) {
            assert_true(out_of_stock[i] ? demand[i] >= y[i] : demand[i] == y[i]);
            wanted += made[i] / LONGEST;
            filled += demand[i] / LONGEST;
        }
        assert_true(fabs(filled - wanted) < 0.1 * wanted);
    }
}

static void odd_sales(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_censored_demand found = {.rate = -7.0};
    static const double nothing[3] = {0}, some[3] = {2, 4, 6}, negative[2] = {1, -1}, half[3] = {0.5, 1.0, 1.5};
    static const bool all[3] = {true, true, true}, none[3] = {false};
    assert_int_equal(vt_censored_fit(&found, NULL, some, all, NULL, 3, &err), VT_ERR_UNSUPPORTED);
    assert_int_equal(vt_censored_fit(&found, NULL, negative, none, NULL, 2, &err), VT_ERR_FAILED);
    assert_true(found.rate == -7.0);
    check_ok(vt_censored_fit(&found, demand, nothing, none, NULL, 3, &err));
    assert_true(found.rate == 0.0 && demand[1] == 0.0);
    check_ok(vt_censored_fit(&found, demand, some, none, half, 3, &err));
    assert_true(fabs(found.rate - 4.0) < 1e-9); /* 12 pieces over shares of 3 */
    static const bool last[3] = {false, false, true};
    check_ok(vt_censored_fit(&found, demand, nothing, last, NULL, 3, &err));
    assert_true(found.rate == 0.0 && demand[2] == 0.0);
}

static int run(void *context, vt_error *err)
{
    vt_censored_demand found;
    vt_stock_plan plan;
    vt_stock_request r;
    (void)context;
    vt_stock_request_init(&r);
    int status = vt_demand_futures(paths, y, 20, 4, 50, H, 1, err);
    status = status == VT_OK ? vt_stock_plan_make(&plan, paths, 50, H, &r, err) : status;
    return status == VT_OK ? vt_censored_fit(&found, NULL, y, out_of_stock, NULL, 20, err) : status;
}

static void memory_runs_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < 20; i++) {
        y[i] = 3.0 + (double)(i % 4);
        out_of_stock[i] = i % 5 == 0;
    }
    assert_true(fault_allocations(run, NULL) >= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plan_by_hand),
        cmocka_unit_test(service_is_kept),
        cmocka_unit_test(a_long_season_is_not_sure),
        cmocka_unit_test(demand_behind_stock_outs),
        cmocka_unit_test(odd_sales),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
