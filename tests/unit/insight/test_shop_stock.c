/*
 * Stock of a shop worked by hand where demand is constant; products without known stock are left out; what lies is
 * listed; made demand is served as often as the service level says.
 */
#include "fault.h"
#include "shop_days.h"

#include "base/rng.h"

/* tea: 4 a day, 20 there; cup: 1 a day, 1,000 there; pot: 3 there and never sold; tin: sold, stock not known. */
static void by_hand(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_insight_options o;
    live_shop s;
    live_shop_init(&s);
    vt_store *store = live_begin(&s);
    live_put_item(store, "tea", "Drinks", 1000, 20);
    live_put_item(store, "cup", "Kitchen", 1000, 1000);
    live_put_item(store, "pot", "Kitchen", 2000, 3);
    live_put_item(store, "tin", "Kitchen", 1000, VT_NONE);
    for (int day = 0; day < 70; day++) {
        days_sell(store, "tea", day, 4);
        days_sell(store, "cup", day, 1);
        days_sell(store, "tin", day, 1);
    }
    live_commit(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    vt_insight_options_init(&o);
    vt_insight *i = days_ask(&s, "stock", &o, 70);
    const vt_insight_table *t = answer_table(i, "stock"), *dead = answer_table(i, "dead");
    assert_int_equal(t->n_rows, 3);
    assert_string_equal(answer_cell(t, 0, "item")->text, "tea"); /* most money at stake */
    assert_true(fabs(answer_number(t, 0, "lead_demand") - 56) < 2);
    assert_true(answer_number(t, 0, "lead_demand_low") <= 56 && answer_number(t, 0, "lead_demand_high") >= 56);
    assert_true(fabs(answer_number(t, 0, "days_of_stock") - 5) < .01);
    assert_true(answer_number(t, 0, "days_of_stock_low") >= 4 && answer_number(t, 0, "days_of_stock_low") <= 5);
    assert_true(answer_number(t, 0, "days_of_stock_high") >= 5 && answer_number(t, 0, "days_of_stock_high") <= 7);
    assert_true(isnan(answer_number(t, 1, "days_of_stock_low"))); /* lasts for years */
    assert_true(fabs(answer_number(t, 0, "missed_revenue") - 36000) < 2000);
    assert_true(fabs(answer_number(t, 0, "kept_revenue") - 28000) < 2000);
    assert_true(fabs(answer_number(t, 0, "shortage") - 1) < 1e-9);
    assert_true(answer_number(t, 0, "reorder_point") >= 56);
    assert_true(answer_number(t, 0, "reorder_point") >=
                answer_number(t, 0, "lead_demand") + answer_number(t, 0, "safety_stock"));
    assert_true(answer_number(t, 0, "order_quantity") >= 64 && answer_number(t, 0, "order_quantity") < 110);
    assert_true(floor(answer_number(t, 0, "order_quantity")) == answer_number(t, 0, "order_quantity"));
    assert_true(answer_number(t, 1, "order_quantity") == 0 && answer_number(t, 2, "order_quantity") == 0);
    assert_int_equal(dead->n_rows, 1);
    assert_string_equal(answer_cell(dead, 0, "item")->text, "pot");
    assert_true(isnan(answer_number(dead, 0, "last_sale")));
    assert_true(answer_figure(i, "run_out")->value == 1);
    assert_true(answer_figure(i, "dead_value")->value == 6000);
    assert_true(answer_figure(i, "stock_value")->value == 20 * 1000 + 1000 * 1000 + 3 * 2000);
    assert_non_null(strstr(i->lead, "1 of 3 products runs out within 14 days; ordering now keeps about"));
    vt_insight_free(i);
    live_shop_done(&s);
}

/*
 * 60 products that sell on one day in 2 to 9, one to three pieces: in the 14 days after the answer the demand is within
 * the reorder point for about the share that the service level says; more, as pieces are whole.
 */
static void serves_what_it_says(void **state)
{
    (void)state;
    enum { PRODUCTS = 60, DAYS = 210, LEAD = 14 };
    vt_error err = VT_ERROR_INIT;
    static double later[PRODUCTS];
    live_shop s;
    live_shop_init(&s);
    vt_store *store = live_begin(&s);
    for (int k = 0; k < PRODUCTS; k++) {
        char name[8];
        snprintf(name, sizeof name, "p%02d", k);
        live_put_item(store, name, "All", 1000, 5);
        later[k] = 0;
        for (int day = 0; day < DAYS + LEAD; day++) {
            vt_rng rng = vt_rng_at(11, name, (uint64_t)day, 0);
            bool sells = vt_rng_below(&rng, (uint64_t)(2 + k % 8)) == 0;
            int64_t pieces = sells ? 1 + (int64_t)vt_rng_below(&rng, 3) : 0;
            later[k] += day >= DAYS ? (double)pieces : 0;
            days_sell(store, name, day, pieces);
        }
    }
    live_commit(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    static const double services[] = {.6, .95};
    for (size_t c = 0; c < 2; c++) {
        vt_insight_options o;
        vt_insight_options_init(&o);
        o.period = "2026-06-30..2026-07-29"; /* ends on day 209 */
        o.n = PRODUCTS;
        o.service = services[c];
        o.lead_days = LEAD;
        vt_insight *i = days_ask(&s, "stock", &o, DAYS + LEAD);
        const vt_insight_table *t = answer_table(i, "stock");
        double served = 0, expected = 0, sold = 0;
        assert_int_equal(t->n_rows, PRODUCTS);
        for (size_t r = 0; r < t->n_rows; r++) {
            const char *digits = answer_cell(t, r, "item")->text + 1;
            int k = (digits[0] - '0') * 10 + digits[1] - '0';
            served += later[k] <= answer_number(t, r, "reorder_point") ? 1.0 / PRODUCTS : 0;
            expected += answer_number(t, r, "lead_demand");
            sold += later[k];
        }
        assert_true(served > services[c] - .12 && served < services[c] + .25);
        assert_true(fabs(expected - sold) < .15 * sold);
        vt_insight_free(i);
    }
    live_shop_done(&s);
}

static void what_is_missing(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_insight_options o;
    live_shop s;
    live_shop_init(&s);
    vt_store *store = live_begin(&s);
    live_put_item(store, "tea", "Drinks", 1000, VT_NONE);
    live_put_item(store, "pot", "Kitchen", 1000, 4);
    for (int day = 0; day < 20; day++) {
        days_sell(store, "tea", day, 1);
    }
    live_commit(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    vt_insight_options_init(&o);
    o.category = "Drinks";
    vt_insight *i = days_ask(&s, "stock", &o, 20);
    assert_string_equal(i->lead, "The stock of no product that passes the filters is known.");
    vt_insight_free(i);
    o.category = "Kitchen";
    i = days_ask(&s, "stock", &o, 20);
    assert_non_null(strstr(i->lead, "Nothing that passes the filters was sold in a whole day"));
    vt_insight_free(i);
    o.category = NULL;
    i = days_ask(&s, "stock", &o, 20); /* what has stock did not sell */
    assert_non_null(strstr(i->lead, "None of 1 products runs out"));
    assert_int_equal(answer_table(i, "dead")->n_rows, 1);
    vt_insight_free(i);
    live_shop_done(&s);
}

static int ask_once(void *context, vt_error *err)
{
    live_shop *s = context;
    vt_insight *i = NULL;
    vt_insight_options o;
    vt_insight_options_init(&o);
    o.now = START + 12 * DAY - 1;
    int status = vt_insight_ask(&i, s->live, "stock", &o, err);
    vt_insight_free(i);
    return status;
}

static void no_memory(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    live_shop_init(&s);
    vt_store *store = live_begin(&s);
    live_put_item(store, "tea", "Drinks", 1000, 3);
    live_put_item(store, "pot", "Kitchen", 1000, 4);
    for (int day = 0; day < 12; day++) {
        days_sell(store, "tea", day, 1 + day % 2);
    }
    live_commit(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    assert_true(fault_allocations(ask_once, &s) > 15);
    live_shop_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(serves_what_it_says),
        cmocka_unit_test(what_is_missing),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
