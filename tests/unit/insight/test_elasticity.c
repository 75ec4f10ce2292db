/* Elasticities of products and categories: intervals that hold the truth, data that tell little, faults. */
#include "check.h"
#include "fault.h"

#include <math.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "insight/price/elasticity.h"

enum { CATEGORIES = 2, IN_CATEGORY = 14, PRODUCTS = CATEGORIES * IN_CATEGORY, WEEKS = 60, ROWS = PRODUCTS * WEEKS };

/* A market whose truth is known. */
typedef struct market {
    double units[ROWS], price[ROWS], promotion[ROWS], year[WEEKS], truth[PRODUCTS];
    int64_t ptr[PRODUCTS + 1];
    int32_t category[PRODUCTS], period[ROWS];
    vt_price_panel panel;
} market;

static const double category_truth[CATEGORIES] = {-1.2, -2.4};

/* By Knuth's method in pieces of 20, since exp(-mean) must not vanish. */
static double poisson(vt_rng *rng, double mean)
{
    double count = 0.0;
    for (; mean > 0.0; mean -= 20.0) {
        double limit = exp(-fmin(mean, 20.0)), product = vt_rng_unit(rng);
        for (; product > limit; product *= vt_rng_unit(rng)) {
            count += 1.0;
        }
    }
    return count;
}

/* Prices that change now and then, promotions, a season, a trend, sales that scatter beyond Poisson's law. */
static void make(market *m, uint64_t seed, double between)
{
    vt_rng rng = vt_rng_at(seed, "market", 0, 0);
    for (int t = 0; t < WEEKS; t++) {
        m->year[t] = 2024.0 + (t + 0.5) / 52.0;
    }
    for (int i = 0; i < PRODUCTS; i++) {
        int c = i / IN_CATEGORY;
        double level = -0.3 + 1.1 * vt_rng_normal(&rng), regular = 20.0 * exp(0.4 * vt_rng_normal(&rng));
        double launch = regular;
        m->category[i] = c;
        m->truth[i] = category_truth[c] + between * vt_rng_normal(&rng);
        m->ptr[i + 1] = (i + 1) * WEEKS;
        for (int t = 0; t < WEEKS; t++) {
            int r = i * WEEKS + t;
            regular *= vt_rng_unit(&rng) < 0.05 ? exp(0.12 * vt_rng_normal(&rng)) : 1.0;
            m->promotion[r] = vt_rng_unit(&rng) < 0.08 ? 1.0 : 0.0;
            m->price[r] = regular * (1.0 - m->promotion[r] * (0.1 + 0.2 * vt_rng_unit(&rng)));
            m->period[r] = t;
            double season = 0.4 * cos(2.0 * M_PI * (m->year[t] - 0.3 * c)) + 0.3 * (m->year[t] - 2024.0);
            double scatter = 0.0;
            for (int k = 0; k < 4; k++) {
                scatter -= 0.25 * log(1.0 - vt_rng_unit(&rng)); /* gamma of shape 4 and mean 1 */
            }
            double mean = level + season + m->truth[i] * log(m->price[r] / launch) + 0.25 * m->promotion[r];
            m->units[r] = poisson(&rng, exp(mean) * scatter);
        }
    }
    m->panel = (vt_price_panel){.n = ROWS,
                                .n_products = PRODUCTS,
                                .n_categories = CATEGORIES,
                                .n_periods = WEEKS,
                                .ptr = m->ptr,
                                .category = m->category,
                                .units = m->units,
                                .price = m->price,
                                .promotion = m->promotion,
                                .period = m->period,
                                .year = m->year};
}

static bool holds(double low, double high, double truth)
{
    return low <= truth && truth <= high;
}

static void intervals_hold_the_truth(void **state)
{
    (void)state;
    static const vt_price_season seasons[] = {VT_SEASON_FOURIER, VT_SEASON_PERIOD};
    market *m = calloc(1, sizeof *m);
    vt_error err = VT_ERROR_INIT;
    for (int s = 0; s < 2; s++) {
        int held = 0, held_category = 0, own_held = 0, own = 0;
        double pooled_error = 0.0, own_error = 0.0;
        for (uint64_t seed = 0; seed < 20; seed++) {
            vt_elasticity product[PRODUCTS];
            vt_category_elasticity category[CATEGORIES];
            vt_elasticity_options options;
            vt_elasticity_options_init(&options);
            options.season = seasons[s];
            make(m, seed, 0.4);
            check_ok(vt_elasticity_fit(product, category, &m->panel, &options, &err));
            for (int i = 0; i < PRODUCTS; i++) {
                assert_true(product[i].known);
                held += holds(product[i].low, product[i].high, m->truth[i]);
                if (product[i].own_known) {
                    own++;
                    double low = product[i].own - 1.96 * product[i].own_deviation;
                    own_held += holds(low, product[i].own + 1.96 * product[i].own_deviation, m->truth[i]);
                    pooled_error += pow(product[i].value - m->truth[i], 2);
                    own_error += pow(product[i].own - m->truth[i], 2);
                }
            }
            for (int c = 0; c < CATEGORIES; c++) {
                assert_int_equal(category[c].season, seasons[s]);
                held_category += holds(category[c].low, category[c].high, category_truth[c]);
                assert_true(category[c].inflation >= 1.0);
            }
        }
        print_message("products %d of %d, their own alone %d of %d, categories %d of %d; error %.3f, alone %.3f\n",
                      held, 20 * PRODUCTS, own_held, own, held_category, 20 * CATEGORIES, sqrt(pooled_error / own),
                      sqrt(own_error / own));
        assert_true(held >= 0.90 * 20 * PRODUCTS && held <= 0.99 * 20 * PRODUCTS);
        assert_true(own_held >= 0.90 * own && own_held <= 0.99 * own);
        assert_true(held_category >= 0.90 * 20 * CATEGORIES);
        assert_true(pooled_error < 0.7 * own_error); /* pooling pays */
    }
    free(m);
}

/* One product or few: what is said, and that nothing is ever no number. */
typedef struct small {
    const char *what;
    size_t n_products;
    int64_t ptr[4];
    double price[12], units[12];
    bool known;
    unsigned warnings; /* of the first product, at least */
} small;

static const small smalls[] = {
    {"one row", 1, {0, 1}, {10}, {5}, false, VT_PRICE_FEW_PRICES | VT_PRICE_HARDLY_MOVED | VT_PRICE_FEW_SALES},
    {"equal prices",
     1,
     {0, 6},
     {10, 10, 10, 10, 10, 10},
     {5, 4, 3, 6, 2, 7},
     false,
     VT_PRICE_FEW_PRICES | VT_PRICE_HARDLY_MOVED},
    {"no sales", 1, {0, 4}, {10, 11, 9, 8}, {0, 0, 0, 0}, false, VT_PRICE_FEW_SALES},
    {"sales at one price alone", 1, {0, 4}, {10, 10, 20, 20}, {5, 6, 0, 0}, false, VT_PRICE_FEW_PRICES},
    {"two rows", 1, {0, 2}, {10, 12}, {30, 20}, true, VT_PRICE_FEW_PRICES},
    {"huge numbers", 1, {0, 4}, {1e15, 1e-9, 5, 1}, {1e15, 1, 1e-9, 5}, false, 0},
    {"a product without rows", 2, {0, 5, 5}, {9, 10, 11, 12, 13}, {12, 11, 9, 8, 7}, true, 0},
    {"a steady one beside others",
     3,
     {0, 4, 8, 12},
     {10, 10, 10, 10, 8, 9, 10, 11, 4, 5, 6, 7},
     {3, 4, 3, 4, 20, 16, 13, 11, 18, 12, 9, 6},
     true,
     VT_PRICE_HARDLY_MOVED},
};

static void all_finite(const char *what, const vt_elasticity *e)
{
    double all[] = {e->value, e->deviation,       e->low,           e->high,
                    e->own,   e->own_deviation,   e->from_category, e->centre,
                    e->units, e->units_deviation, e->history.mean,  e->history.variation};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (!isfinite(all[i])) {
            fail_msg("%s: number %zu is %g", what, i, all[i]);
        }
    }
    assert_true(e->known ? e->low < e->high : e->value == 0.0 && e->low == 0.0);
}

static void little_data_is_answered(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    for (size_t s = 0; s < 2 * sizeof smalls / sizeof smalls[0]; s++) {
        const small *d = &smalls[s / 2];
        vt_price_panel panel = {.n = (size_t)d->ptr[d->n_products],
                                .n_products = d->n_products,
                                .n_categories = 1,
                                .ptr = d->ptr,
                                .units = d->units,
                                .price = d->price};
        vt_elasticity product[3];
        vt_category_elasticity category;
        vt_elasticity_options options;
        vt_elasticity_options_init(&options);
        options.likelihood = s % 2 == 0 ? VT_PRICE_POISSON : VT_PRICE_LOG_LOG;
        check_ok(vt_elasticity_fit(product, &category, &panel, &options, &err));
        for (size_t i = 0; i < d->n_products; i++) {
            all_finite(d->what, &product[i]);
        }
        if (s % 2 == 0 && product[0].known != d->known) {
            fail_msg("%s: known is %d", d->what, product[0].known);
        }
        assert_int_equal(product[0].history.warnings & d->warnings, d->warnings);
        assert_true(isfinite(category.value) && isfinite(category.deviation) && isfinite(category.between) &&
                    isfinite(category.inflation));
    }
}

/* The steady product has the category's elasticity, less surely than the category has it. */
static void steady_products_borrow(void **state)
{
    (void)state;
    const small *d = &smalls[sizeof smalls / sizeof smalls[0] - 1];
    vt_price_panel panel = {
        .n = 12, .n_products = 3, .n_categories = 1, .ptr = d->ptr, .units = d->units, .price = d->price};
    vt_elasticity product[3];
    vt_category_elasticity category;
    vt_elasticity_options options;
    vt_error err = VT_ERROR_INIT;
    vt_elasticity_options_init(&options);
    check_ok(vt_elasticity_fit(product, &category, &panel, &options, &err));
    assert_true(!product[0].own_known && product[1].own_known && product[2].own_known);
    assert_true(fabs(product[0].from_category - 1.0) < 1e-9 && fabs(product[0].value - category.value) < 1e-9);
    assert_true(product[0].deviation > category.deviation);
    assert_true(product[1].from_category > 0.0 && product[1].from_category < 1.0);
    assert_int_equal(category.estimated, 2);
    /* Level at the mean price: 14 pieces in 4 rows. */
    assert_true(fabs(product[0].units - 3.5) < 1e-9 && fabs(product[0].centre - 10.0) < 1e-9);
}

/* Three categories that tell something and one that does not: it gets their mean, less surely than any of them. */
static void categories_borrow(void **state)
{
    (void)state;
    static const double prices[] = {8, 9, 10, 11, 4, 5, 6, 7, 20, 22, 25, 30, 10, 10, 10, 10};
    static const double pieces[] = {40, 32, 26, 22, 36, 24, 18, 12, 60, 55, 45, 38, 3, 4, 3, 4};
    static const int64_t ptr[] = {0, 4, 8, 12, 16};
    static const int32_t category_of[] = {0, 1, 2, 3};
    vt_price_panel panel = {.n = 16,
                            .n_products = 4,
                            .n_categories = 4,
                            .ptr = ptr,
                            .units = pieces,
                            .price = prices,
                            .category = category_of};
    vt_elasticity product[4], alone[4];
    vt_category_elasticity category[4];
    vt_elasticity_options options;
    vt_error err = VT_ERROR_INIT;
    vt_elasticity_options_init(&options);
    check_ok(vt_elasticity_fit(product, category, &panel, &options, &err));
    for (int c = 0; c < 3; c++) {
        vt_price_panel one = panel;
        one.ptr = (int64_t[]){0, 4};
        one.units = pieces + 4 * c;
        one.price = prices + 4 * c;
        one.category = NULL;
        one.n = 4;
        one.n_products = one.n_categories = 1;
        vt_category_elasticity of_one;
        check_ok(vt_elasticity_fit(&alone[c], &of_one, &one, &options, &err));
        assert_true(category[c].deviation < of_one.deviation);
        assert_true(product[c].deviation <= alone[c].deviation);
        assert_true(category[3].deviation > category[c].deviation);
    }
    assert_true(product[3].known && !product[3].own_known && product[3].from_category == 1.0);
    assert_true(fabs(product[3].value - category[3].value) < 1e-9);
    double lowest = fmin(fmin(category[0].value, category[1].value), category[2].value);
    double highest = fmax(fmax(category[0].value, category[1].value), category[2].value);
    assert_true(lowest <= category[3].value && category[3].value <= highest);
}

/* When all goods of a category change price together, effects of periods explain the price: plainer controls serve. */
static void prices_that_move_together(void **state)
{
    (void)state;
    enum { GOODS = 9, MONTHS = 12 };
    static double units[GOODS * MONTHS], price[GOODS * MONTHS], year[MONTHS];
    static int64_t ptr[GOODS + 1];
    static int32_t period[GOODS * MONTHS];
    static const double level[MONTHS] = {10, 10, 9, 11, 12, 12, 8, 9, 11, 10, 9, 12};
    for (int i = 0; i < GOODS * MONTHS; i++) {
        int t = i % MONTHS;
        year[t] = 2024.0 + t / 12.0;
        period[i] = t;
        price[i] = level[t] * (1.0 + 0.1 * (i / MONTHS));
        units[i] = floor(5000.0 * pow(level[t], -2.0) + (i * 7) % 5);
        ptr[i / MONTHS + 1] = i + 1;
    }
    vt_price_panel panel = {.n = GOODS * MONTHS,
                            .n_products = GOODS,
                            .n_categories = 1,
                            .n_periods = MONTHS,
                            .ptr = ptr,
                            .units = units,
                            .price = price,
                            .period = period,
                            .year = year};
    vt_elasticity product[GOODS];
    vt_category_elasticity category;
    vt_elasticity_options options;
    vt_error err = VT_ERROR_INIT;
    vt_elasticity_options_init(&options);
    check_ok(vt_elasticity_fit(product, &category, &panel, &options, &err));
    assert_int_equal(category.season, VT_SEASON_FOURIER);
    assert_true(category.known && fabs(category.value + 2.0) < 0.15);
    options.season = VT_SEASON_PERIOD; /* who insists gets no answer rather than a wrong one */
    check_ok(vt_elasticity_fit(product, &category, &panel, &options, &err));
    assert_true(!category.known && !product[0].known && product[0].value == 0.0);
    assert_int_equal(category.products, GOODS);
}

static void promotions_alone_are_flagged(void **state)
{
    (void)state;
    static const double prices[] = {10, 10, 8, 10, 7, 10, 9, 10}, pieces[] = {4, 5, 9, 3, 12, 4, 6, 5};
    static const double promotion[] = {0, 0, 1, 0, 1, 0, 1, 0};
    static const int64_t ptr[] = {0, 8};
    double scratch[8];
    vt_price_panel panel = {.n = 8,
                            .n_products = 1,
                            .n_categories = 1,
                            .ptr = ptr,
                            .units = pieces,
                            .price = prices,
                            .promotion = promotion};
    vt_price_history history;
    vt_price_history_of(&history, &panel, 0, scratch);
    assert_int_equal(history.warnings, VT_PRICE_PROMOTIONS_ONLY | VT_PRICE_FEW_SALES);
    assert_int_equal(history.n_prices, 4);
    assert_true(history.lowest == 7.0 && history.highest == 10.0 && history.last == 10.0 && history.units == 48.0);
    assert_true(fabs(history.mean - 9.25) < 1e-12 && fabs(history.variation - sqrt(9.5 / 7.0) / 9.25) < 1e-12);
    panel.promotion = NULL;
    vt_price_history_of(&history, &panel, 0, scratch);
    assert_int_equal(history.warnings, VT_PRICE_FEW_SALES);
}

static void says_what_is_wrong(void **state)
{
    (void)state;
    static const int64_t ptr[] = {0, 2};
    const double wrong[][4] = {{0, 1, 1, 1},        {5, -1, 1, 1},       {5, 1, NAN, 1},
                               {INFINITY, 1, 1, 1}, {5, 1, 1, INFINITY}, {5, 1, 1, 1e16}};
    vt_elasticity product = {.value = 7.0};
    vt_category_elasticity category;
    vt_elasticity_options options;
    vt_elasticity_options_init(&options);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        vt_error err = VT_ERROR_INIT;
        vt_price_panel panel = {.n = 2,
                                .n_products = 1,
                                .n_categories = 1,
                                .ptr = ptr,
                                .price = (double[]){wrong[i][0], wrong[i][2]},
                                .units = (double[]){wrong[i][1], wrong[i][3]}};
        assert_int_equal(vt_elasticity_fit(&product, &category, &panel, &options, &err), VT_ERR_FORMAT);
        assert_non_null(strstr(err.message, "must be a number"));
        assert_true(product.value == 7.0);
    }
    vt_error err = VT_ERROR_INIT;
    vt_price_panel none = {.n_products = 1, .n_categories = 1, .ptr = ptr};
    assert_int_equal(vt_elasticity_fit(&product, &category, &none, &options, &err), VT_ERR_FORMAT);
}

static int fit_once(void *context, vt_error *err)
{
    vt_elasticity product[PRODUCTS];
    vt_category_elasticity category[CATEGORIES];
    vt_elasticity_options options;
    vt_elasticity_options_init(&options);
    return vt_elasticity_fit(product, category, context, &options, err);
}

static void memory_runs_out(void **state)
{
    (void)state;
    market *m = calloc(1, sizeof *m);
    make(m, 1, 0.4);
    assert_true(fault_allocations(fit_once, &m->panel) > 10);
    free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_hold_the_truth),  cmocka_unit_test(little_data_is_answered),
        cmocka_unit_test(steady_products_borrow),    cmocka_unit_test(categories_borrow),
        cmocka_unit_test(prices_that_move_together), cmocka_unit_test(promotions_alone_are_flagged),
        cmocka_unit_test(says_what_is_wrong),        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
