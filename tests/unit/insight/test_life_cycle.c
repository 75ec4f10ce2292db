/* Stages of a product's life: the rules worked by hand, and the answer about a shop's products. */
#include "shop_days.h"

#include "insight/life_cycle.h"

enum { QUARTERS = 91 };

static const int64_t end = START + (int64_t)400 * DAY;

static vt_life_stage stage(int days_ago, double sold, double now, double before, bool sold_out, double course)
{
    const vt_life_counts c = {.first = days_ago < 0 ? VT_NONE : end - (int64_t)days_ago * DAY,
                              .sold = sold,
                              .now = now,
                              .before = before,
                              .sold_out = sold_out};
    return vt_life_stage_of(&c, course, end);
}

static void rules(void **state)
{
    (void)state;
    assert_int_equal(stage(-1, 0, 0, 0, false, 1), VT_LIFE_UNKNOWN);
    assert_int_equal(stage(91, 50, 50, 0, false, 1), VT_LIFE_INTRODUCTION);
    assert_int_equal(stage(92, 50, 50, 0, false, 1), VT_LIFE_GROWTH);
    /* 60 after 40: (60 - 50) / 5 = 2 deviations; 59 after 41: 1.8 */
    assert_int_equal(stage(300, 200, 60, 40, false, 1), VT_LIFE_GROWTH);
    assert_int_equal(stage(300, 200, 59, 41, false, 1), VT_LIFE_MATURITY);
    assert_int_equal(stage(300, 200, 41, 59, false, 1), VT_LIFE_MATURITY);
    assert_int_equal(stage(300, 200, 40, 60, false, 1), VT_LIFE_DECLINE);
    /* All products sell 1.5 times as much as before: 60 after 40 is as usual, 40 after 40 is less. */
    assert_int_equal(stage(300, 200, 60, 40, false, 1.5), VT_LIFE_MATURITY);
    assert_int_equal(stage(300, 200, 60, 80, false, 1.5), VT_LIFE_DECLINE);
    /* No sale for a quarter: 273 days before it are three quarters, so 9 pieces are three a quarter. */
    assert_int_equal(stage(364, 9, 0, 2, false, 1), VT_LIFE_DEAD);
    assert_int_equal(stage(364, 8, 0, 2, false, 1), VT_LIFE_DECLINE);
    assert_int_equal(stage(364, 9, 0, 2, true, 1), VT_LIFE_UNKNOWN);
    assert_string_equal(vt_life_stage_name(VT_LIFE_DEAD), "dead");
    assert_string_equal(vt_life_stage_name(VT_LIFE_UNKNOWN), "");
}

/* Over 300 days: tea always 2 a day, new from day 230, up from 1 to 3, down from 3 to 1, gone after day 150. */
static void of_a_shop(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_insight_options o;
    live_shop s;
    live_shop_init(&s);
    vt_store *store = live_begin(&s);
    static const char *const names[] = {"down", "gone", "new", "tea", "up"};
    for (size_t k = 0; k < 5; k++) {
        live_put_item(store, names[k], "All", 1000, 5);
    }
    for (int day = 0; day < 300; day++) {
        bool last = day >= 300 - QUARTERS;
        days_sell(store, "tea", day, 2);
        days_sell(store, "new", day, day >= 230 ? 1 : 0);
        days_sell(store, "up", day, last ? 3 : 1);
        days_sell(store, "down", day, last ? 1 : 3);
        days_sell(store, "gone", day, day < 150 ? 1 : 0);
    }
    live_commit(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    vt_insight_options_init(&o);
    vt_insight *i = days_ask(&s, "products", &o, 300);
    const vt_insight_table *t = answer_table(i, "products"), *stages = answer_table(i, "life_cycle");
    static const char *const expected[] = {"decline", "dead", "introduction", "maturity", "growth"};
    assert_int_equal(t->n_rows, 5);
    for (size_t r = 0; r < 5; r++) {
        for (size_t k = 0; k < 5; k++) {
            if (strcmp(answer_cell(t, r, "item")->text, names[k]) == 0) {
                assert_string_equal(answer_cell(t, r, "life_cycle")->text, expected[k]);
            }
        }
    }
    assert_int_equal(stages->n_rows, 5);
    for (size_t r = 0; r < 5; r++) {
        assert_true(answer_number(stages, r, "products") == 1);
    }
    assert_true(fabs(answer_sum(stages, "share") - 1) < 1e-9);
    vt_insight_free(i);
    live_shop_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rules), cmocka_unit_test(of_a_shop)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
