/* Demand of a category: golden regressions of statsmodels and numpy, rows that tell nothing. */
#include "check.h"
#include "fault.h"
#include "numbers.h"

#include <math.h>

#include "insight/price/controls.h"
#include "insight/price/demand.h"
#include "insight/price/pool.h"

enum { ROWS = 200, PRODUCTS = 8 };

static double price[ROWS], units[ROWS], promotion[ROWS], year[ROWS], z[ROWS], x[ROWS], offset[ROWS], w[ROWS], r[ROWS];
static uint8_t used[ROWS];
static int32_t period[ROWS], product[PRODUCTS] = {0, 1, 2, 3, 4, 5, 6, 7};
static int64_t ptr[PRODUCTS + 1];

static void near(const char *what, double got, double wanted, double within)
{
    if (!(fabs(got - wanted) <= within * (1.0 + fabs(wanted)))) {
        fail_msg("%s: %.12g instead of %.12g", what, got, wanted);
    }
}

/* A panel and a demand of the rows that were read. */
static vt_demand demand_of(vt_price_panel *panel, size_t n, size_t n_products, bool log_log)
{
    panel->n = n;
    panel->n_products = n_products;
    panel->n_categories = 1;
    panel->ptr = ptr;
    panel->units = units;
    panel->price = price;
    return (vt_demand){.panel = panel,
                       .product = product,
                       .n_products = n_products,
                       .log_log = log_log,
                       .z = z,
                       .x = x,
                       .offset = offset,
                       .used = used,
                       .w = w,
                       .r = r};
}

static void check_single(FILE *file, int n)
{
    double wanted[2];
    vt_price_panel panel = {0};
    read_numbers(file, price, (size_t)n);
    read_numbers(file, units, (size_t)n);
    read_numbers(file, wanted, 2);
    ptr[1] = n;
    vt_demand demand = demand_of(&panel, (size_t)n, 1, true);
    vt_demand_moments m;
    vt_demand_prepare(&demand);
    vt_demand_moments_of(&m, NULL, &demand, 0, -1.0);
    double slope = -1.0 + m.score / m.information;
    vt_demand_moments_of(&m, NULL, &demand, 0, slope);
    near("slope", slope, wanted[0], 1e-9);
    near("HC3", sqrt(m.middle) / m.information, wanted[1], 1e-9);
    assert_true(fabs(m.score) < 1e-9);
}

/* Products with a level each, promotion, and a trend. */
static void check_fixed(FILE *file, int n, bool log_log)
{
    int n_products = 0;
    double read[2][ROWS], wanted[12], beta[3], covariance[9], left = 0.0;
    vt_error err = VT_ERROR_INIT;
    assert_int_equal(fscanf(file, "%d", &n_products), 1);
    read_numbers(file, price, (size_t)n);
    read_numbers(file, units, (size_t)n);
    read_numbers(file, read[0], (size_t)n);
    read_numbers(file, read[1], (size_t)n);
    read_numbers(file, promotion, (size_t)n);
    read_numbers(file, wanted, 12);
    int n_periods = n / n_products;
    for (int i = 0; i < n; i++) {
        period[i] = (int32_t)read[1][i];
        year[period[i]] = (period[i] + 0.5) / 52.0;
        ptr[(int)read[0][i] + 1] = i + 1;
    }
    vt_price_panel panel = {.n_periods = (size_t)n_periods, .period = period, .year = year, .promotion = promotion};
    vt_demand demand = demand_of(&panel, (size_t)n, (size_t)n_products, log_log);
    demand.promotion = true;
    demand.k = vt_controls_count(VT_SEASON_TREND, panel.n_periods);
    assert_int_equal(demand.k, 1);
    vt_controls_fill(z, VT_SEASON_TREND, year, panel.n_periods);
    vt_demand_prepare(&demand);
    check_ok(vt_demand_fit(beta, covariance, &left, &demand, &err));
    for (int a = 0; a < 3; a++) {
        near("coefficient", beta[a], wanted[a], 1e-7);
        for (int b = 0; b < 3; b++) {
            near("covariance", covariance[a * 3 + b], wanted[3 + a * 3 + b], 1e-6);
        }
    }
}

static void check_pool(FILE *file, int n)
{
    double y[16], v[16], wanted[3], theta[2][16], got[2][16], share[16];
    vt_pooled pooled;
    read_numbers(file, y, (size_t)n);
    read_numbers(file, v, (size_t)n);
    read_numbers(file, wanted, 3);
    read_numbers(file, theta[0], (size_t)n);
    read_numbers(file, theta[1], (size_t)n);
    vt_pool(&pooled, got[0], got[1], share, y, v, (size_t)n, 1.0);
    near("tau^2", pooled.tau2, wanted[0], 1e-5);
    near("mean", pooled.mean, wanted[1], 1e-3);
    near("deviation of the mean", sqrt(pooled.variance), wanted[2], 1e-3);
    for (int i = 0; i < n; i++) {
        near("theta", got[0][i], theta[0][i], 1e-3);
        near("deviation", sqrt(got[1][i]), theta[1][i], 1e-3);
        assert_true(share[i] > 0.0 && share[i] < 1.0);
    }
}

static void as_statsmodels(void **state)
{
    (void)state;
    FILE *file = open_golden("price.txt");
    char word[32];
    int n = 0, records = 0;
    while (next_record(file, word, &n)) {
        records++;
        if (strcmp(word, "log-log") == 0) {
            check_single(file, n);
        } else if (strcmp(word, "log-log-fixed") == 0) {
            check_fixed(file, n, true);
        } else if (strcmp(word, "poisson-fixed") == 0) {
            check_fixed(file, n, false);
        } else {
            assert_string_equal(word, "pool");
            check_pool(file, n);
        }
    }
    fclose(file);
    assert_int_equal(records, 6);
}

/* Two of three pieces at half the price: with equal times the slope is ln 2 / ln .5 = -1. */
static void two_prices_by_hand(void **state)
{
    (void)state;
    static const double prices[] = {10, 5}, pieces[] = {4, 8};
    vt_price_panel panel = {0};
    double beta = 0.0, covariance = 0.0, left = 0.0;
    vt_error err = VT_ERROR_INIT;
    memcpy(price, prices, sizeof prices);
    memcpy(units, pieces, sizeof pieces);
    ptr[1] = 2;
    for (int log_log = 0; log_log < 2; log_log++) {
        vt_demand demand = demand_of(&panel, 2, 1, log_log == 1);
        vt_demand_prepare(&demand);
        check_ok(vt_demand_fit(&beta, &covariance, &left, &demand, &err));
        near("slope", beta, -1.0, 1e-9);
        assert_true(fabs(left - 1.0) < 1e-12);
        assert_true(covariance == 0.0); /* two rows leave nothing to tell the scatter by */
    }
}

/* In a period without any sale nothing is learnt beside effects of periods; the slope is that of the other rows. */
static void period_without_sales(void **state)
{
    (void)state;
    static const double prices[] = {10, 8, 7, 9, 10, 5, 12, 20, 19, 25, 22, 24};
    static const double pieces[] = {3, 5, 0, 4, 2, 9, 8, 4, 0, 3, 5, 2};
    vt_price_panel panel = {.n_periods = 6, .period = period, .year = year};
    double beta[6], covariance[36], without[5], left = 0.0;
    vt_error err = VT_ERROR_INIT;
    memcpy(price, prices, sizeof prices);
    memcpy(units, pieces, sizeof pieces);
    ptr[1] = 6;
    ptr[2] = 12;
    for (int i = 0; i < 12; i++) {
        period[i] = i % 6;
        year[i % 6] = (i % 6) / 12.0;
    }
    vt_demand demand = demand_of(&panel, 12, 2, false);
    demand.k = vt_controls_count(VT_SEASON_PERIOD, 6);
    assert_int_equal(demand.k, 5);
    vt_controls_fill(z, VT_SEASON_PERIOD, year, 6);
    vt_demand_prepare(&demand);
    assert_true(!used[2] && !used[8] && used[1] && used[11]);
    check_ok(vt_demand_fit(beta, covariance, &left, &demand, &err));
    for (int i = 0, to = 0; i < 12; i++) {
        if (i % 6 != 2) {
            price[to] = prices[i];
            units[to] = pieces[i];
            period[to++] = i % 6 > 2 ? i % 6 - 1 : i % 6;
        }
    }
    ptr[1] = 5;
    ptr[2] = 10;
    panel.n_periods = 5;
    demand = demand_of(&panel, 10, 2, false);
    demand.k = 4;
    vt_controls_fill(z, VT_SEASON_PERIOD, year, 5);
    vt_demand_prepare(&demand);
    check_ok(vt_demand_fit(without, covariance, &left, &demand, &err));
    near("slope", beta[0], without[0], 1e-7);
}

static int fit_once(void *context, vt_error *err)
{
    double beta[1], covariance[1], left = 0.0;
    return vt_demand_fit(beta, covariance, &left, context, err);
}

static void memory_runs_out(void **state)
{
    (void)state;
    vt_price_panel panel = {0};
    for (int i = 0; i < 6; i++) {
        price[i] = 5 + i;
        units[i] = 9 - i;
    }
    ptr[1] = 6;
    vt_demand demand = demand_of(&panel, 6, 1, false);
    vt_demand_prepare(&demand);
    assert_true(fault_allocations(fit_once, &demand) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_statsmodels),
        cmocka_unit_test(two_prices_by_hand),
        cmocka_unit_test(period_without_sales),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
