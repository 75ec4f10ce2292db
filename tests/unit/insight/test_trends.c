/*
 * Trends by hand: the index of months with the lines behind it, and products and styles whose share of the pieces
 * changed beyond chance.
 */
#include "answers.h"
#include "live_shop.h"

#include <math.h>

#include "base/clock.h"

enum { DAY = 86400 };

static int64_t day_of(int year, int month, int day)
{
    return vt_days_from_civil(year, month, day) * (int64_t)DAY;
}

static void sell(vt_store *store, const char *item, int64_t time, int64_t quantity, int64_t price)
{
    static int number;
    char order[24];
    snprintf(order, sizeof order, "o%d", ++number);
    vt_event e = live_event("ann", item, VT_EVENT_PURCHASE, time + 43200);
    e.order_id = vt_str_of(order);
    e.quantity = quantity;
    e.unit_price = price;
    live_put(store, &e);
}

static vt_insight *ask_trends(live_shop *s, int64_t now)
{
    vt_error err = VT_ERROR_INIT;
    vt_insight *i = NULL;
    vt_insight_options o;
    vt_insight_options_init(&o);
    o.now = now;
    check_ok(vt_insight_ask(&i, s->live, "trends", &o, &err));
    return i;
}

/* Revenue of 1.00 a day in each month of two years, in December of 2.00; the first month of the shop is left out. */
static void index_of_months(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    live_shop_init(&s);
    vt_store *store = live_begin(&s);
    live_put_item(store, "tea", "Tea", 100, VT_NONE);
    for (int m = 0; m < 24; m++) {
        int year = 2024 + m / 12, month = m % 12 + 1, next = m + 1;
        int64_t days = (day_of(2024 + next / 12, next % 12 + 1, 1) - day_of(year, month, 1)) / DAY;
        sell(store, "tea", day_of(year, month, 10), days, month == 12 ? 200 : 100);
    }
    live_commit(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    vt_insight *i = ask_trends(&s, day_of(2026, 1, 1) - 1);
    const vt_insight_table *t = answer_table(i, "seasons"), *lines = answer_table(i, "season_lines");
    double mean = (11 * 100 + 200) / 12.0;
    assert_int_equal(t->n_rows, 1);
    assert_true(fabs(answer_number(t, 0, "Dec") - 200 / mean) < 1e-9);
    assert_true(fabs(answer_number(t, 0, "Feb") - 100 / mean) < 1e-9); /* 29 days and 28 */
    assert_true(answer_number(lines, 0, "Jan") == 1 && answer_number(lines, 0, "Dec") == 2);
    vt_insight_free(i);
    live_shop_done(&s);
}

/* Tea brings 3.00 a week and cups 1.00, until tea is not sold for the last four of 20 weeks. */
static void shares_of_weeks(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    live_shop_init(&s);
    vt_store *store = live_begin(&s);
    live_put_item(store, "tea", "Tea", 100, VT_NONE);
    live_put_item(store, "cup", "Cups", 100, VT_NONE);
    for (int week = 0; week < 20; week++) {
        sell(store, "cup", day_of(2026, 1, 1) + week * 7 * (int64_t)DAY, 1, 100);
        if (week < 16) {
            sell(store, "tea", day_of(2026, 1, 1) + week * 7 * (int64_t)DAY, 3, 100);
        }
    }
    live_commit(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    vt_insight *i = ask_trends(&s, day_of(2026, 1, 1) + 140 * (int64_t)DAY - 1);
    const vt_insight_table *t = answer_table(i, "category_shares");
    assert_int_equal(t->n_rows, 13 * 2); /* eight weeks, then each week one more */
    double first = 0, last = 0;
    for (size_t r = 0; r < t->n_rows; r++) {
        bool tea = strcmp(answer_cell(t, r, "category")->text, "Tea") == 0;
        first = tea && r < 2 ? answer_number(t, r, "share") : first;
        last = tea ? answer_number(t, r, "share") : last;
    }
    assert_true(fabs(first - .75) < 1e-12 && fabs(last - 12. / 20) < 1e-12);
    vt_insight_free(i);
    live_shop_done(&s);
}

/* Red pieces go from 10 of 60 to 40 of 90, blue ones stay at 50. */
static void styles_that_rise(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    live_shop_init(&s);
    vt_store *store = live_begin(&s);
    live_put_item(store, "cap", "Clothing", 100, VT_NONE);
    live_put_item(store, "hat", "Clothing", 100, VT_NONE);
    live_put_attributes(store, "cap", "{\"color\":\"red\"}");
    live_put_attributes(store, "hat", "{\"color\":\"blue\"}");
    sell(store, "cap", day_of(2026, 1, 10), 10, 100);
    sell(store, "hat", day_of(2026, 1, 11), 50, 100);
    sell(store, "cap", day_of(2026, 2, 10), 40, 100);
    sell(store, "hat", day_of(2026, 2, 11), 50, 100);
    live_commit(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    vt_insight *i = ask_trends(&s, day_of(2026, 2, 28) - 1);
    const vt_insight_table *t = answer_table(i, "styles");
    size_t red = strcmp(answer_cell(t, 0, "name")->text, "color=red") == 0 ? 0 : 1;
    assert_int_equal(t->n_rows, 2);
    assert_string_equal(answer_cell(t, red, "name")->text, "color=red");
    assert_string_equal(answer_cell(t, red, "course")->text, "rising");
    assert_string_equal(answer_cell(t, 1 - red, "course")->text, "falling");
    assert_true(fabs(answer_number(t, red, "share_before") - 10 / 60.) < 1e-12);
    assert_true(fabs(answer_number(t, red, "share") - 40 / 90.) < 1e-12);
    assert_non_null(strstr(i->lead, "Of styles, color="));
    vt_insight_free(i);
    live_shop_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(index_of_months), cmocka_unit_test(shares_of_weeks),
                                       cmocka_unit_test(styles_that_rise)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
