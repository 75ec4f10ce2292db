/*
 * Forecasts: sums, money and discounts by hand, intervals of customers and totals on shops by chance, hold-outs of
 * those, and models that the data do not tell.
 */
#include "buyers.h"

#include "insight/clv/forecast.h"
#include "insight/clv/holdout.h"
#include "insight/clv/mix.h"
#include "vitrine/record.h"

static const double bg[] = {0.9, 6.0, 0.8, 2.4}, pareto[] = {0.9, 6.0, 0.9, 14.0}, spend[] = {6.25, 3.74, 15.44};

typedef struct fitted {
    buyers b;
    vt_clv_groups groups;
    vt_repeat_model model;
    vt_gamma_gamma money;
    vt_clv_forecast forecast;
    vt_clv_forecast_options options;
} fitted;

static void fit(fitted *f, const vt_repeat_kind *kind, size_t n, uint64_t seed)
{
    vt_error err = VT_ERROR_INIT;
    f->b = make_buyers(kind, kind == &vt_bg_nbd ? bg : pareto, spend, n, 26.0, seed);
    check_ok(vt_clv_groups_make(&f->groups, f->b.x, f->b.last, f->b.age, n, &err));
    check_ok(vt_repeat_fit(&f->model, kind, &f->groups, &err));
    check_ok(vt_gamma_gamma_fit(&f->money, f->b.x, f->b.money, n, &err));
    vt_clv_forecast_options_init(&f->options);
    f->options.ahead = 26.0;
    check_ok(vt_clv_forecast_make(&f->forecast, &f->model, &f->money, &f->groups, n, f->b.money, &f->options, &err));
}

static void done(fitted *f)
{
    vt_clv_forecast_done(&f->forecast);
    vt_clv_groups_done(&f->groups);
    buyers_free(&f->b);
}

static void sums_and_money(void **state)
{
    (void)state;
    fitted f;
    vt_error err = VT_ERROR_INIT;
    double purchases = 0.0, value = 0.0, alive = 0.0;
    fit(&f, &vt_bg_nbd, 800, 4);
    const vt_clv_forecast *c = &f.forecast;
    for (size_t i = 0; i < c->n; i++) {
        vt_repeat_customer of = {f.b.x[i], f.b.last[i], f.b.age[i]};
        assert_true(fabs(c->purchases[i] - vt_repeat_expected_of(&f.model, &of, 26.0)) < 1e-12);
        assert_true(c->money[i] == vt_gamma_gamma_expected(&f.money, f.b.x[i], f.b.money[i]));
        assert_true(fabs(c->value[i] - c->purchases[i] * c->money[i]) < 1e-9);
        assert_true(c->alive[i] > 0.0 && c->alive[i] <= 1.0);
        assert_true(0.0 <= c->alive_low[i] && c->alive_low[i] <= c->alive[i]);
        assert_true(c->alive[i] <= c->alive_high[i] && c->alive_high[i] <= 1.0);
        assert_true(f.b.x[i] == 0.0 || c->alive_low[i] < c->alive_high[i]);
        alive += c->alive[i];
        assert_true(c->purchases_low[i] <= c->purchases[i] && c->purchases[i] <= c->purchases_high[i]);
        assert_true(c->value_low[i] <= c->value[i] && c->value[i] <= c->value_high[i]);
        assert_true(c->count_low[i] <= c->count_high[i] && c->count_low[i] >= 0.0);
        purchases += c->purchases[i];
        value += c->value[i];
    }
    assert_true(fabs(c->total_alive.value - alive) < 1e-6 && c->total_alive.low < alive && alive < c->total_alive.high);
    assert_true(fabs(c->total_purchases.value - purchases) < 1e-6 && fabs(c->total_value.value - value) < 1e-6);
    assert_true(c->total_value.low < value && value < c->total_value.high);
    /* money that comes later counts less: all of it at the first or at the last part are the bounds */
    vt_clv_forecast less;
    vt_clv_forecast_options options = f.options;
    options.discount = 0.01;
    check_ok(vt_clv_forecast_make(&less, &f.model, &f.money, &f.groups, c->n, f.b.money, &options, &err));
    for (size_t i = 0; i < c->n; i++) {
        assert_true(less.value[i] <= c->value[i] / 1.01 * (1.0 + 1e-9) && less.value[i] >= c->value[i] / pow(1.01, 12));
    }
    vt_clv_forecast_done(&less);
    /* without money */
    check_ok(vt_clv_forecast_make(&less, &f.model, NULL, &f.groups, c->n, NULL, &f.options, &err));
    assert_true(!less.money_known && isnan(less.total_value.value) && isnan(less.value[0]));
    assert_memory_equal(less.purchases, c->purchases, c->n * sizeof *c->purchases);
    vt_clv_forecast_done(&less);
    done(&f);
}

/*
 * What was bought later lies within 95 % intervals: of customers' counts in at least 95 % (a count is whole, so an
 * interval holds more), of totals in most of twenty shops.
 */
static void intervals_hold_what_comes(void **state)
{
    (void)state;
    const vt_repeat_kind *const kinds[] = {&vt_bg_nbd, &vt_pareto_nbd};
    for (int kind = 0; kind < 2; kind++) {
        int customers = 0, held = 0, totals = 0;
        for (uint64_t seed = 1; seed <= 20; seed++) {
            fitted f;
            double later = 0.0;
            fit(&f, kinds[kind], 500, 100 + seed);
            for (size_t i = 0; i < f.b.n; i++) {
                customers++;
                held += f.forecast.count_low[i] <= f.b.later[i] && f.b.later[i] <= f.forecast.count_high[i];
                later += f.b.later[i];
            }
            totals += f.forecast.total_purchases.low <= later && later <= f.forecast.total_purchases.high;
            done(&f);
        }
        print_message("%s: counts of %d of %d customers held, totals of %d of 20 shops\n", kinds[kind]->title, held,
                      customers, totals);
        double share = (double)held / customers;
        assert_true(share >= 0.945 && share <= 0.995 && totals >= 17);
    }
}

/* The interval of an expectation is about what expectations of other shops of the same truth scatter. */
static void intervals_of_expectations(void **state)
{
    (void)state;
    vt_repeat_customer of = {3.0, 20.0, 30.0};
    double truth, square, sum = 0.0, sum_square = 0.0, width = 0.0, alive = vt_pareto_nbd.alive(pareto, &of);
    vt_pareto_nbd.moments(&truth, &square, pareto, &of, 26.0);
    truth *= alive;
    int held = 0, held_alive = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        fitted f;
        vt_error err = VT_ERROR_INIT;
        fit(&f, &vt_pareto_nbd, 1000, 300 + seed);
        vt_clv_groups one;
        vt_clv_forecast c;
        check_ok(vt_clv_groups_make(&one, &of.x, &of.last, &of.age, 1, &err));
        check_ok(vt_clv_forecast_make(&c, &f.model, NULL, &one, 1, NULL, &f.options, &err));
        held += c.purchases_low[0] <= truth && truth <= c.purchases_high[0];
        held_alive += c.alive_low[0] <= alive && alive <= c.alive_high[0];
        width += log(c.purchases_high[0] / c.purchases_low[0]) / 3.92 / 20.0;
        sum += log(c.purchases[0]) / 20.0;
        sum_square += log(c.purchases[0]) * log(c.purchases[0]) / 20.0;
        vt_clv_forecast_done(&c);
        vt_clv_groups_done(&one);
        done(&f);
    }
    double scatter = sqrt((sum_square - sum * sum) * 20.0 / 19.0);
    print_message("held %d of 20 (chance to still buy: %d), errors of %.4f for a scatter of %.4f\n", held, held_alive,
                  width, scatter);
    assert_true(held >= 17 && held_alive >= 17 && width > 0.6 * scatter && width < 1.7 * scatter);
}

/* BG/NBD and Pareto/NBD of the same customers: the mean is that of both, and the interval holds what they differ by. */
static void two_models_as_one(void **state)
{
    (void)state;
    fitted f;
    vt_error err = VT_ERROR_INIT;
    vt_repeat_model other;
    vt_clv_forecast one, two;
    fit(&f, &vt_bg_nbd, 500, 11);
    check_ok(vt_repeat_fit(&other, &vt_pareto_nbd, &f.groups, &err));
    check_ok(vt_clv_forecast_make(&one, &f.model, &f.money, &f.groups, f.b.n, f.b.money, &f.options, &err));
    check_ok(vt_clv_forecast_make(&two, &other, &f.money, &f.groups, f.b.n, f.b.money, &f.options, &err));
    vt_clv_forecast_mix(&one, &two, 0.25, f.options.level);
    const vt_clv_forecast *c = &f.forecast;
    for (size_t i = 0; i < c->n; i++) {
        assert_true(fabs(one.alive[i] - 0.25 * c->alive[i] - 0.75 * two.alive[i]) < 1e-12);
        assert_true(fabs(one.purchases[i] - 0.25 * c->purchases[i] - 0.75 * two.purchases[i]) < 1e-12);
        assert_true(one.alive_low[i] >= 0.0 && one.alive_high[i] <= 1.0 && one.value_low[i] <= one.value[i]);
        assert_true(one.count_low[i] <= c->count_low[i] && one.count_high[i] >= two.count_high[i]);
    }
    double apart = fabs(c->total_alive.value - two.total_alive.value), z = 1.959964;
    double between = 0.25 * 0.75 * apart * apart,
           of_bg = (c->total_purchases.high - c->total_purchases.low) / (2.0 * z);
    double half = (one.total_alive.high - one.total_alive.low) / (2.0 * z);
    assert_true(apart > 1.0 && half * half > between);
    double of_pareto = (two.total_purchases.high - two.total_purchases.low) / (2.0 * z);
    double differ = c->total_purchases.value - two.total_purchases.value;
    double wanted = 0.25 * of_bg * of_bg + 0.75 * of_pareto * of_pareto + 0.25 * 0.75 * differ * differ;
    half = (one.total_purchases.high - one.total_purchases.low) / (2.0 * z);
    assert_true(fabs(half * half - wanted) < 1e-6 * wanted);
    assert_true(fabs(vt_clv_weight(-100.0, -100.0 - log(3.0)) - 0.75) < 1e-12 && vt_clv_weight(-1.0, -900.0) == 1.0);
    vt_clv_forecast_done(&one);
    vt_clv_forecast_done(&two);
    done(&f);
}

static void models_that_data_do_not_tell(void **state)
{
    (void)state;
    enum { N = 40 };
    double x[N], last[N], age[N], money[N];
    vt_error err = VT_ERROR_INIT;
    vt_clv_groups groups;
    vt_repeat_model model;
    vt_gamma_gamma constant;
    vt_clv_forecast c;
    vt_clv_forecast_options options;
    vt_clv_forecast_options_init(&options);
    for (int i = 0; i < N; i++) { /* everybody alike, to the end, always for 25 */
        x[i] = 4.0;
        last[i] = age[i] = 10.0;
        money[i] = 25.0;
    }
    check_ok(vt_clv_groups_make(&groups, x, last, age, N, &err));
    check_ok(vt_repeat_fit(&model, &vt_bg_nbd, &groups, &err));
    check_ok(vt_gamma_gamma_fit(&constant, x, money, N, &err));
    check_ok(vt_clv_forecast_make(&c, &model, &constant, &groups, N, money, &options, &err));
    assert_false(model.certain);
    assert_true(isnan(c.purchases_low[0]) && isfinite(c.purchases[0]) && c.money[0] == 25.0);
    assert_true(fabs(c.purchases[0] - 0.4 * 52.0) < 0.5 &&
                fabs(c.total_value.value - 25.0 * N * c.purchases[0]) < 1e-6);
    vt_clv_forecast_done(&c);
    const vt_clv_forecast_options wrong[] = {
        {0.0, 0.0, 12, 0.95}, {52.0, -0.1, 12, 0.95}, {52.0, 0.0, 0, 0.95}, {52.0, 0.0, 12, 1.0}, {NAN, 0.0, 12, 0.95}};
    c.n = 7;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(vt_clv_forecast_make(&c, &model, NULL, &groups, N, NULL, &wrong[i], &err), VT_ERR_USAGE);
        assert_int_equal(c.n, 7);
    }
    vt_clv_groups_done(&groups);
}

static void memory_may_fail(void **state)
{
    (void)state;
    fitted f;
    fit(&f, &vt_bg_nbd, 50, 9);
    int status = VT_ERR_NO_MEMORY;
    for (int64_t fail = 0; status != VT_OK; fail++) {
        vt_error err = VT_ERROR_INIT;
        vt_clv_forecast c = {.n = 7};
        vt_alloc_fail_after(fail);
        status = vt_clv_forecast_make(&c, &f.model, &f.money, &f.groups, f.b.n, f.b.money, &f.options, &err);
        vt_alloc_fail_after(-1);
        assert_true(status == VT_OK || (status == VT_ERR_NO_MEMORY && c.n == 7));
        if (status == VT_OK) {
            vt_clv_forecast_done(&c);
        }
        assert_true(fail < 40);
    }
    done(&f);
}

/* Two customers by hand: who bought when, by frequency and by week. */
static void hold_out_by_hand(void **state)
{
    (void)state;
    const int32_t customer[] = {0, 0, 0, 1, 1};
    const int64_t day[] = {0, 3, 15, 2, 20};
    vt_error err = VT_ERROR_INIT;
    vt_clv_purchases p = {customer, day, NULL, 5, 2, NULL};
    vt_clv_summary s;
    vt_clv_groups groups;
    vt_holdout h = {.weeks = 7};
    vt_repeat_model model = {.kind = &vt_bg_nbd, .parameter = {0.9, 6.0, 0.8, 2.4}};
    vt_clv_summary_options options;
    vt_clv_summary_options_init(&options);
    check_ok(vt_clv_summarise(&s, &p, &options, &err));
    check_ok(vt_clv_groups_make(&groups, s.frequency, s.recency, s.age, s.n, &err));
    assert_int_equal(vt_holdout_compare(&h, &model, &s, &groups, &err), VT_ERR_UNSUPPORTED);
    assert_int_equal(h.weeks, 7);
    vt_clv_groups_done(&groups);
    vt_clv_summary_done(&s);
    options.until = 6;
    check_ok(vt_clv_summarise(&s, &p, &options, &err));
    check_ok(vt_clv_groups_make(&groups, s.frequency, s.recency, s.age, s.n, &err));
    check_ok(vt_holdout_compare(&h, &model, &s, &groups, &err));
    assert_true(h.row[0].customers == 1 && h.row[1].customers == 1 && h.all.customers == 2);
    assert_true(h.row[0].actual == 1.0 && h.row[1].actual == 1.0);
    vt_repeat_customer second = {0.0, 0.0, 4.0 / 7.0};
    assert_true(fabs(h.row[0].predicted - vt_repeat_expected_of(&model, &second, 2.0)) < 1e-12);
    assert_true(h.weeks == 3 && h.weeks_fitted == 1);
    assert_true(h.actual[0] == 1.0 && h.actual[1] == 1.0 && h.actual[2] == 3.0);
    double wanted = vt_repeat_expected(&model, 13.0 / 7.0) + vt_repeat_expected(&model, 11.0 / 7.0);
    assert_true(fabs(h.predicted[1] - wanted) < 1e-12);
    vt_holdout_done(&h);
    vt_clv_groups_done(&groups);
    vt_clv_summary_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_and_money),
        cmocka_unit_test(intervals_hold_what_comes),
        cmocka_unit_test(intervals_of_expectations),
        cmocka_unit_test(two_models_as_one),
        cmocka_unit_test(models_that_data_do_not_tell),
        cmocka_unit_test(memory_may_fail),
        cmocka_unit_test(hold_out_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
