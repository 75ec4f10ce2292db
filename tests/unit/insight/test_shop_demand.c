/*
 * What a shop will sell: forecasts of constant demand are that demand, products add up to categories and to the total,
 * periods are whole and lie where they should, a rise is stated where it is one, and what is missing is named.
 */
#include "fault.h"
#include "shop_days.h"

#include "base/rng.h"

static bool near(double a, double b)
{
    return fabs(a - b) <= 1e-9 * (1 + fabs(b));
}

/* 4 teas and 2 cups a day for 40 days. */
static void constant_demand(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_insight_options o;
    live_shop s;
    live_shop_init(&s);
    vt_store *store = live_begin(&s);
    live_put_item(store, "tea", "Drinks", 1000, VT_NONE);
    live_put_item(store, "cup", "Kitchen", 1000, VT_NONE);
    for (int day = 0; day < 40; day++) {
        days_sell(store, "tea", day, 4);
        days_sell(store, "cup", day, 2);
    }
    live_commit(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    vt_insight_options_init(&o);
    o.unit = "day";
    o.horizon = 7;
    vt_insight *i = days_ask(&s, "demand", &o, 40);
    const vt_insight_figure *sum = answer_figure(i, "forecast");
    assert_true(fabs(sum->value - 42) < 1e-6 && near(sum->before, 42));
    assert_true(sum->low <= sum->value && sum->high >= sum->value);
    assert_true(fabs(answer_figure(i, "forecast_revenue")->value - 42000) < 1e-3);
    assert_non_null(strstr(i->lead, "In the next 7 days about 42 items (42 to 42) will sell, about as many as in the 7 "
                                    "days before."));
    const vt_insight_table *t = answer_table(i, "forecast");
    assert_int_equal(t->n_rows, 7);
    assert_true(near(answer_cell(t, 0, "from")->number, START / DAY + 40));
    t = answer_table(i, "categories");
    assert_string_equal(answer_cell(t, 0, "category")->text, "Drinks");
    assert_true(fabs(answer_cell(t, 0, "forecast")->number - 28) < 1e-6);
    vt_insight_free(i);
    live_shop_done(&s);
}

/* Six products of three categories with random demand, of which two are forecast by themselves. */
static void fill_random(live_shop *s, int days)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f"};
    static const char *const categories[] = {"One", "One > X", "Two", "Two", "Three", "One"};
    vt_store *store = live_begin(s);
    for (size_t k = 0; k < 6; k++) {
        live_put_item(store, names[k], categories[k], 1000, VT_NONE);
        for (int day = 0; day < days; day++) {
            vt_rng rng = vt_rng_at(7, names[k], (uint64_t)day, 0);
            int64_t pieces = (int64_t)vt_rng_below(&rng, 3 * (k + 1)) - 1;
            days_sell(store, names[k], day, pieces);
        }
    }
    live_commit(s);
}

static void adds_up(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    live_shop_init(&s);
    fill_random(&s, 150);
    check_ok(live_open(&s.live, &s, 0, &err));
    static const struct {
        const char *unit;
        int32_t horizon, n;
    } cases[] = {{"day", 10, 2}, {"week", 4, 2}, {"week", 4, 6}, {"week", 4, 1}, {"week", 30, 200}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        vt_insight_options o;
        vt_insight_options_init(&o);
        o.unit = cases[c].unit;
        o.horizon = cases[c].horizon;
        o.n = cases[c].n;
        o.backtest = true;
        vt_insight *i = days_ask(&s, "demand", &o, 150);
        double total = answer_figure(i, "forecast")->value;
        const vt_insight_table *periods = answer_table(i, "forecast"), *products = answer_table(i, "products");
        assert_true(total > 0 && near(answer_sum(periods, "forecast"), total));
        assert_true(near(answer_sum(answer_table(i, "categories"), "forecast"), total));
        assert_true(near(answer_sum(products, "forecast"), total));
        assert_int_equal(products->n_rows, (cases[c].n < 6 ? cases[c].n : 6) + 1);
        assert_string_equal(answer_cell(products, 0, "item")->text, "f"); /* sells most */
        for (size_t r = 0; r < periods->n_rows; r++) {
            static const char *const bounds[] = {
                "forecast_revenue_low_95",  "forecast_revenue_low",  "forecast_revenue_low_50", "forecast_revenue",
                "forecast_revenue_high_50", "forecast_revenue_high", "forecast_revenue_high_95"};
            for (size_t b = 1; b < sizeof bounds / sizeof bounds[0]; b++) {
                assert_true(answer_number(periods, r, bounds[b - 1]) <= answer_number(periods, r, bounds[b]));
            }
        }
        const vt_insight_table *series = answer_table(i, "series");
        for (size_t r = 0; r < series->n_rows; r++) {
            double x = answer_cell(series, r, "forecast")->number;
            assert_true(answer_cell(series, r, "forecast_low")->number <= x && x >= 0);
            assert_true(answer_cell(series, r, "forecast_high")->number >= x);
        }
        const vt_insight_table *history = answer_table(i, "history");
        if (cases[c].horizon < 30) { /* as many periods before, counted by hand from the history */
            double before = 0;
            for (size_t r = history->n_rows - (size_t)cases[c].horizon; r < history->n_rows; r++) {
                before += answer_cell(history, r, "units")->number;
            }
            assert_true(near(answer_figure(i, "forecast")->before, before));
            assert_true(answer_figure(i, "mase")->value > 0);
            assert_true(answer_figure(i, "covered")->value >= 0 && answer_figure(i, "covered")->value <= 1);
        } else {
            assert_true(isnan(answer_figure(i, "forecast")->before)); /* there are 21 weeks */
        }
        vt_insight_free(i);
    }
    live_shop_done(&s);
}

/* Whole periods alone, up to the end of the period that is asked for. */
static void periods_are_whole(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    live_shop_init(&s);
    fill_random(&s, 320);
    check_ok(live_open(&s.live, &s, 0, &err));
    static const struct {
        const char *unit, *period;
        int day; /* first of what is foreseen, from the first of January on */
    } cases[] = {
        {"month", "2026-10", 304},
        {"month", "2026-10-01..2026-10-30", 273},
        {"week", "2026-10", 304},
        {"day", "1d", 320},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        vt_insight_options o;
        vt_insight_options_init(&o);
        o.unit = cases[c].unit;
        o.period = cases[c].period;
        o.horizon = 3;
        vt_insight *i = days_ask(&s, "demand", &o, 320);
        double from = answer_cell(answer_table(i, "forecast"), 0, "from")->number - START / DAY;
        if (!near(from, cases[c].day)) {
            fail_msg("%s up to %s begin on day %g", cases[c].unit, cases[c].period, from);
        }
        vt_insight_free(i);
    }
    live_shop_done(&s);
}

/* A straight line with a little noise goes on, and that it rises is said. */
static void a_rise_is_stated(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_insight_options o;
    live_shop s;
    live_shop_init(&s);
    vt_store *store = live_begin(&s);
    live_put_item(store, "tea", "Drinks", 1000, VT_NONE);
    for (int day = 0; day < 140; day++) { /* four more pieces a week, every week */
        days_sell(store, "tea", day, 20 + 4 * (day / 7) + day % 3);
    }
    live_commit(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    vt_insight_options_init(&o);
    o.horizon = 6;
    vt_insight *i = days_ask(&s, "demand", &o, 140);
    const vt_insight_figure *sum = answer_figure(i, "forecast");
    /* six weeks more of the line: 7 x (20 + 4 k + 1) for k 20 to 25 */
    assert_true(sum->value > .9 * 4662 && sum->value < 1.1 * 4662);
    assert_true(strstr(i->lead, "% more than in the 6 weeks before") != NULL);
    assert_string_equal(answer_cell(answer_table(i, "products"), 0, "direction")->text, "more");
    vt_insight_free(i);
    live_shop_done(&s);
}

static void what_is_missing(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    live_shop_init(&s);
    vt_store *store = live_begin(&s);
    live_put_item(store, "tea", "Drinks", 1000, VT_NONE);
    live_put_item(store, "pot", "Kitchen", 1000, VT_NONE);
    for (int day = 106; day < 126; day++) {
        days_sell(store, "tea", day, 1);
    }
    days_sell(store, "tea", 0, 1);
    live_commit(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    static const struct {
        const char *unit, *period, *category, *says;
    } cases[] = {
        {"week", "30d", "Kitchen", "Nothing that passes the filters was sold"},
        {"week", "30d", NULL, "Only 4 of the 18 weeks since the first sale have sales; a forecast needs 5."},
        {"week", "2026-01-01..2026-01-21", NULL, "A forecast needs 8 whole weeks since the first sale"},
        {"month", "30d", NULL, "A forecast needs 8 whole months"},
        {"month", "2025", NULL, "There is no whole month with sales"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        vt_insight_options o;
        vt_insight_options_init(&o);
        o.unit = cases[c].unit;
        o.period = cases[c].period;
        o.category = cases[c].category;
        vt_insight *i = days_ask(&s, "demand", &o, 126);
        if (strstr(i->lead, cases[c].says) != i->lead || i->n_tables != 0) {
            fail_msg("%s", i->lead);
        }
        vt_insight_free(i);
    }
    vt_insight_options o;
    vt_insight *none = NULL;
    vt_insight_options_init(&o);
    o.unit = "fortnight";
    assert_int_equal(vt_insight_ask(&none, s.live, "demand", &o, &err), VT_ERR_USAGE);
    vt_error_reset(&err);
    live_shop_done(&s);
}

static int ask_once(void *context, vt_error *err)
{
    live_shop *s = context;
    vt_insight *i = NULL;
    vt_insight_options o;
    vt_insight_options_init(&o);
    o.unit = "day";
    o.horizon = 1;
    o.n = 1;
    o.now = START + 12 * DAY - 1;
    int status = vt_insight_ask(&i, s->live, "demand", &o, err);
    vt_insight_free(i);
    return status;
}

static void no_memory(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    live_shop_init(&s);
    fill_random(&s, 12);
    check_ok(live_open(&s.live, &s, 0, &err));
    assert_true(fault_allocations(ask_once, &s) > 50);
    live_shop_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constant_demand),  cmocka_unit_test(adds_up),         cmocka_unit_test(periods_are_whole),
        cmocka_unit_test(a_rise_is_stated), cmocka_unit_test(what_is_missing), cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
