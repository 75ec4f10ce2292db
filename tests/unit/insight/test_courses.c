/*
 * The courses of a strip against the figures themselves: each row is what the same question says of that day or week
 * alone, in all answers that have the table, and parts add up to the whole.
 */
#include "answers.h"
#include "fault.h"
#include "live_shop.h"

#include <math.h>

#include "base/clock.h"
#include "base/hash.h"

enum { DAY = 86400, START = 1767225600 /* 2026-01-01, a Thursday */, DAYS = 420 };

/* Two orders a day and some looking, with discounts, returns, ratings, guests and orders without a number. */
static void fill(live_shop *s)
{
    vt_store *store = live_begin(s);
    live_put_item(store, "tea", "Drinks > Tea", 1000, 50);
    live_put_item(store, "pot", "Kitchen", 3000, 50);
    for (uint64_t i = 0; i < 2 * DAYS; i++) {
        char user[8], order[8], session[8];
        const char *item = vt_hash_mix(i, 1) % 3 == 0 ? "pot" : "tea";
        int64_t time = START + (int64_t)(i / 2) * DAY + (int64_t)(vt_hash_mix(i, 2) % (DAY - 3600));
        snprintf(user, sizeof user, "u%d", (int)(vt_hash_mix(i, 3) % (10 + i / 6)));
        snprintf(order, sizeof order, "o%d", (int)i);
        snprintf(session, sizeof session, "s%d", (int)i);
        vt_event e = live_event(user, item, VT_EVENT_VIEW, time);
        e.session = vt_str_of(session);
        live_put(store, &e);
        if (i % 3 == 0) {
            continue;
        }
        e.kind = VT_EVENT_PURCHASE;
        e.time = time + 60;
        e.order_id = vt_str_of(i % 7 == 0 ? NULL : order);
        e.quantity = 1 + (int64_t)(i % 2);
        e.unit_price = item[0] == 'p' ? 3000 : 1000;
        e.discount = i % 5 == 0 ? 100 : VT_NONE;
        live_put(store, &e);
        if (i % 11 == 0) {
            e.kind = VT_EVENT_RETURN;
            e.time += 1800;
            live_put(store, &e);
        }
        if (i % 4 == 0) {
            vt_event rating = live_event(user, item, VT_EVENT_RATING, time + 120);
            rating.value = (double)(1 + i % 5);
            live_put(store, &rating);
        }
    }
    live_commit(s);
}

static vt_insight *ask(live_shop *s, const char *kind, const char *period, const char *compare)
{
    vt_insight_options o;
    vt_error err = VT_ERROR_INIT;
    vt_insight *insight = NULL;
    vt_insight_options_init(&o);
    o.now = START + (int64_t)DAYS * DAY - 1;
    o.period = period;
    o.compare = compare;
    check_ok(vt_insight_ask(&insight, s->live, kind, &o, &err));
    return insight;
}

static void check_row(live_shop *s, const char *kind, const vt_insight_table *t, size_t row, const char *day_column,
                      const char *suffix, int step)
{
    char from[16], until[16], period[40], column[64];
    double day = answer_number(t, row, day_column);
    vt_format_date(from, (int64_t)day * DAY);
    vt_format_date(until, ((int64_t)day + step - 1) * DAY);
    snprintf(period, sizeof period, "%s..%s", from, until);
    vt_insight *alone = ask(s, kind, period, "none");
    size_t compared = 0;
    for (size_t f = 0; f < alone->n_figures; f++) {
        const char *id = alone->figures[f].metric->id;
        snprintf(column, sizeof column, "%s%s", id, suffix);
        for (size_t c = 0; c < t->n_columns; c++) {
            if (strcmp(t->columns[c].id, column) == 0) {
                double got = t->cells[row * t->n_columns + c].number, wanted = alone->figures[f].value;
                if (!(fabs(got - wanted) < 1e-9) && !(isnan(got) && isnan(wanted))) {
                    fail_msg("%s: %s of %s is %g, alone %g", kind, column, period, got, wanted);
                }
                assert_int_equal(t->columns[c].unit, alone->figures[f].metric->unit);
                compared++;
            }
        }
    }
    assert_true(compared >= 2);
    vt_insight_free(alone);
}

static void test_rows_are_figures(void **state)
{
    static const char *const kinds[] = {"overview", "sales", "customers", "products"};
    live_shop s;
    vt_error err = VT_ERROR_INIT;
    (void)state;
    live_shop_init(&s);
    fill(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        for (int weeks = 0; weeks < 2; weeks++) {
            vt_insight *insight = ask(&s, kinds[k], weeks ? "103d" : "12d", "previous");
            const vt_insight_table *t = answer_table(insight, "courses");
            assert_int_equal(t->n_rows, weeks ? 14 : 12);
            for (size_t row = 0; row < t->n_rows; row += weeks ? 6 : 3) {
                check_row(&s, kinds[k], t, row, "day", "", weeks ? 7 : 1);
                check_row(&s, kinds[k], t, row, "day_before", "_before", weeks ? 7 : 1);
            }
            if (!weeks && k < 2) {
                assert_float_equal(answer_sum(t, "revenue"), answer_figure(insight, "revenue")->value, 1e-6);
                assert_float_equal(answer_sum(t, "orders_before"), answer_figure(insight, "orders")->before, 1e-6);
            }
            vt_insight_free(insight);
        }
    }
    live_shop_done(&s);
}

/* Nothing compared, nothing sold: rows are there, and say nothing. */
static void test_without(void **state)
{
    live_shop s;
    vt_error err = VT_ERROR_INIT;
    (void)state;
    live_shop_init(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    vt_insight *insight = ask(&s, "overview", "7d", "none");
    const vt_insight_table *t = answer_table(insight, "courses");
    assert_int_equal(t->n_rows, 7);
    assert_true(isnan(answer_number(t, 0, "average_order")) && isnan(answer_number(t, 0, "conversion")));
    assert_true(isnan(answer_number(t, 0, "revenue_before")) && isnan(answer_number(t, 0, "day_before")));
    assert_float_equal(answer_number(t, 6, "revenue"), 0, 0);
    vt_insight_free(insight);
    live_shop_done(&s);
}

/* One thing shown three times a day, clicked every other day and bought every sixth. */
static void fill_shown(live_shop *s)
{
    vt_store *store = live_begin(s);
    live_put_item(store, "tea", "Drinks > Tea", 1000, 50);
    for (int day = 0; day < DAYS; day++) {
        int64_t time = START + (int64_t)day * DAY + 3600;
        for (int k = 0; k < 3; k++) {
            vt_event shown = live_event("u", "tea", VT_EVENT_IMPRESSION, time + k);
            live_put(store, &shown);
        }
        vt_event click = live_event("u", "tea", VT_EVENT_CLICK, time + 60), bought = click;
        bought.kind = VT_EVENT_PURCHASE;
        bought.time = time + 120;
        bought.quantity = 1;
        bought.unit_price = 1000;
        if (day % 2 == 0) {
            live_put(store, &click);
        }
        if (day % 6 == 0) {
            live_put(store, &bought);
        }
    }
    live_commit(s);
}

static void test_recommendations(void **state)
{
    live_shop s;
    vt_error err = VT_ERROR_INIT;
    (void)state;
    live_shop_init(&s);
    fill_shown(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    vt_insight *insight = ask(&s, "recommendations", "12d", "none");
    const vt_insight_table *t = answer_table(insight, "courses");
    assert_int_equal(t->n_rows, 12);
    for (size_t row = 0; row < 12; row++) {
        int64_t day = (int64_t)answer_number(t, row, "day") - START / DAY;
        double rate = answer_number(t, row, "bought_after_click");
        assert_int_equal(day, DAYS - 12 + (int64_t)row);
        bool clicked = day % 2 == 0, bought = day % 6 == 0;
        assert_float_equal(answer_number(t, row, "click_rate"), (clicked ? 1.0 / 3 : 0), 1e-6);
        assert_float_equal(answer_number(t, row, "revenue_after_click"), (bought ? 1000 : 0), 1e-6);
        assert_true(clicked ? rate == bought : isnan(rate));
    }
    vt_insight_free(insight);
    insight = ask(&s, "recommendations", "103d", "none"); /* 14 whole weeks of 103 days */
    t = answer_table(insight, "courses");
    assert_int_equal(t->n_rows, 14);
    assert_float_equal(answer_sum(t, "impressions"), 3.0 * 98, 0);
    assert_float_equal(answer_figure(insight, "impressions")->value, 3.0 * 103, 0);
    vt_insight_free(insight);
    live_shop_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows_are_figures), cmocka_unit_test(test_without),
                                       cmocka_unit_test(test_recommendations)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
