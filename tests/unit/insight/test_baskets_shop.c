/* Baskets of a shop: orders with and without a number, what does not count, and dearer goods that customers took. */
#include "answers.h"
#include "fault.h"
#include "live_shop.h"

#include <math.h>

#include "insight/kind.h"

enum { DAY = 86400, ORDERS = 10, LOOKERS = 40 };

/* Noon of 2026-10-05. */
static const int64_t noon = 1791201600;

static vt_event purchase(const char *user, const char *item, const char *order, int64_t time, int64_t price)
{
    vt_event event = live_event(user, item, VT_EVENT_PURCHASE, time);
    event.order_id = vt_str_of(order);
    event.unit_price = price;
    event.quantity = 1;
    return event;
}

/*
 * Ten look at the cheap kettle, then buy the better one with tea in one order. Ten look at it, then buy tea and, an
 * hour later, cake, without order numbers. Forty look at the better kettle; twenty of them buy milk. A cancelled line
 * of cake stands in an order of milk, and there is an order outside the period.
 */
static void fill(vt_store *store)
{
    live_put_item(store, "cheap", "kettles", 2000, 9);
    live_put_item(store, "better", "kettles", 2500, 9);
    live_put_item(store, "tea", "food", 300, 9);
    live_put_item(store, "cake", "food", 400, 9);
    live_put_item(store, "milk", "food", 100, 9);
    char user[16], order[16];
    for (int i = 0; i < 2 * ORDERS + LOOKERS; i++) {
        snprintf(user, sizeof user, "u%d", i);
        snprintf(order, sizeof order, "o%d", i);
        int64_t time = noon + (i % 7) * DAY;
        vt_event events[3] = {live_event(user, i < 2 * ORDERS ? "cheap" : "better", VT_EVENT_VIEW, time)};
        int n = 1;
        if (i < ORDERS) {
            events[n++] = purchase(user, "better", order, time + 60, 2500);
            events[n++] = purchase(user, "tea", order, time + 60, 300);
        } else if (i < 2 * ORDERS) {
            events[n++] = purchase(user, "tea", NULL, time + 60, 300);
            events[n++] = purchase(user, "cake", NULL, time + 3600, 400);
        } else if (i < 4 * ORDERS) {
            events[n++] = purchase(user, "milk", order, time + 60, 100);
        }
        for (int e = 0; e < n; e++) {
            live_put(store, &events[e]);
        }
    }
    vt_event cancelled = purchase("u20", "cake", "o20", noon + 6 * DAY + 60, 400);
    cancelled.state = VT_LINE_CANCELLED;
    live_put(store, &cancelled);
    vt_event early = purchase("u1", "cake", "before", noon - 30 * DAY, 400);
    live_put(store, &early);
}

static vt_insight_options october(void)
{
    vt_insight_options options;
    vt_insight_options_init(&options);
    options.period = "2026-10-01..2026-10-31";
    options.now = noon + 60 * DAY;
    return options;
}

static void answers_by_hand(void **state)
{
    live_shop *s = *state;
    vt_error err = VT_ERROR_INIT;
    vt_insight_options options = october();
    vt_insight *insight = NULL;
    check_ok(vt_insight_ask(&insight, s->live, "baskets", &options, &err));
    assert_string_equal(
        insight->lead, "Of 40 orders, 4 rules hold in at least 1 with a confidence of 50 % or more. The strongest: who "
                       "buys The better also buys The tea, 2.0 times as often as all buyers do.");
    assert_true(insight->figures[0].value == 40.0 && insight->figures[1].value == 4.0);
    const vt_insight_table *rules = answer_table(insight, "rules");
    assert_int_equal(rules->n_rows, 4);
    assert_true(answer_cell(rules, 0, "rule_baskets")->number == 10.0);
    assert_true(answer_cell(rules, 0, "lift")->number == 2.0);
    const vt_insight_table *dearer = answer_table(insight, "dearer");
    assert_int_equal(dearer->n_rows, 2);
    assert_string_equal(answer_cell(dearer, 0, "item")->text, "The cheap");
    assert_string_equal(answer_cell(dearer, 0, "dearer")->text, "The better");
    assert_true(answer_cell(dearer, 0, "price_rise")->number == 500.0);
    assert_true(answer_cell(dearer, 0, "met")->number == 20.0);
    assert_true(answer_cell(dearer, 0, "instead")->number == 10.0);
    assert_true(answer_cell(dearer, 0, "later")->number == 0.0);
    assert_true(answer_cell(dearer, 0, "accepted")->number == 0.5);
    assert_true(fabs(answer_cell(dearer, 0, "accepted_usual")->number - 10.0 / 60.0) < 1e-15);
    assert_string_equal(answer_cell(dearer, 1, "item")->text,
                        "The tea"); /* cake at 4 after tea at 3, of 40 who met food */
    assert_string_equal(answer_cell(dearer, 1, "dearer")->text, "The cake");
    assert_true(answer_cell(dearer, 1, "later")->number == 10.0 && answer_cell(dearer, 1, "instead")->number == 0.0);
    assert_true(answer_cell(dearer, 1, "accepted_usual")->number == 0.25);
    vt_insight_free(insight);
}

static void answers_on_an_empty_period(void **state)
{
    live_shop *s = *state;
    vt_error err = VT_ERROR_INIT;
    vt_insight_options options = october();
    options.period = "2026-11-01..2026-11-02";
    vt_insight *insight = NULL;
    check_ok(vt_insight_ask(&insight, s->live, "baskets", &options, &err));
    assert_string_equal(insight->lead, "There are no orders.");
    assert_int_equal(answer_table(insight, "dearer")->n_rows, 0);
    vt_insight_free(insight);
}

static int ask_again(void *context, vt_error *err)
{
    vt_insight_options options = october();
    vt_insight *insight = NULL;
    int status = vt_insight_ask(&insight, ((live_shop *)context)->live, "baskets", &options, err);
    assert_true((status == VT_OK) == (insight != NULL));
    vt_insight_free(insight);
    return status;
}

static void fails_whole(void **state)
{
    assert_true(fault_allocations(ask_again, *state) > 60);
}

static int set_up(void **state)
{
    static live_shop s;
    vt_error err = VT_ERROR_INIT;
    live_shop_init(&s);
    fill(live_begin(&s));
    live_commit(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    *state = &s;
    return 0;
}

static int tear_down(void **state)
{
    live_shop_done(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_by_hand),
        cmocka_unit_test(answers_on_an_empty_period),
        cmocka_unit_test(fails_whole),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
