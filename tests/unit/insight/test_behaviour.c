/* Features of a history: worked by hand, as of a moment, an empty history. */
#include "check.h"

#include <math.h>

#include "insight/churn/behaviour.h"

#define DAY 86400

static const vt_customer_event events[] = {
    {0, VT_CUSTOMER_VIEW, -1, 7, 0, 0},
    {10 * DAY, VT_CUSTOMER_PURCHASE, 1, 7, 30, 10},
    {10 * DAY, VT_CUSTOMER_PURCHASE, 1, 8, 20, 0},
    {15 * DAY, VT_CUSTOMER_RATING, -1, 7, 5, 0},
    {30 * DAY, VT_CUSTOMER_PURCHASE, 2, 7, 40, 0},
    {32 * DAY, VT_CUSTOMER_RETURN, 2, 7, 40, 0},
    {33 * DAY, VT_CUSTOMER_RATING, -1, 7, 2, 0},
    {150 * DAY, VT_CUSTOMER_PURCHASE, -1, -1, 60, 0},
    {190 * DAY, VT_CUSTOMER_CART, -1, 9, 0, 0},
    {195 * DAY, VT_CUSTOMER_VIEW, -1, 9, 0, 0},
    {200 * DAY, VT_CUSTOMER_PURCHASE, 4, 9, 1000, 0},
};

enum { E = sizeof events / sizeof events[0] };

static void near(const char *what, double got, double wanted)
{
    if (!(fabs(got - wanted) < 1e-9)) {
        fail_msg("%s: %g instead of %g", what, got, wanted);
    }
}

static void by_hand(void **state)
{
    (void)state;
    double x[VT_BEHAVIOUR_FEATURES];
    int32_t scratch[E];
    vt_behaviour_of(x, events, E, 200 * DAY, scratch); /* what happens at that moment does not count */
    const struct {
        vt_behaviour_feature feature;
        double value;
    } wanted[] = {
        {VT_BEHAVIOUR_TENURE, 200},
        {VT_BEHAVIOUR_RECENCY, 50},
        {VT_BEHAVIOUR_LAST_SEEN, 5},
        {VT_BEHAVIOUR_ORDERS, 3},
        {VT_BEHAVIOUR_ORDERS_90, 1},
        {VT_BEHAVIOUR_ORDERS_CHANGE, 0}, /* one in the last 90 days, one of day 30 in the 90 before */
        {VT_BEHAVIOUR_GAP, 70},
        {VT_BEHAVIOUR_GAP_DEVIATION, 50},
        {VT_BEHAVIOUR_OVERDUE, 50.0 / 70.0},
        {VT_BEHAVIOUR_SPENT, 150},
        {VT_BEHAVIOUR_SPENT_90, 60},
        {VT_BEHAVIOUR_ORDER_VALUE, 50},
        {VT_BEHAVIOUR_DISCOUNT_SHARE, 10.0 / 160.0},
        {VT_BEHAVIOUR_ITEMS, 2},
        {VT_BEHAVIOUR_VIEWS_30, 1},
        {VT_BEHAVIOUR_VIEWS_90, 1},
        {VT_BEHAVIOUR_CARTS_90, 1},
        {VT_BEHAVIOUR_RETURN_SHARE, 0.25},
        {VT_BEHAVIOUR_RATINGS, 2},
        {VT_BEHAVIOUR_RATING, 3.5},
        {VT_BEHAVIOUR_LAST_RATING, 2},
    };
    assert_int_equal(sizeof wanted / sizeof wanted[0], VT_BEHAVIOUR_FEATURES);
    for (int f = 0; f < VT_BEHAVIOUR_FEATURES; f++) {
        near(vt_behaviour_names[wanted[f].feature], x[wanted[f].feature], wanted[f].value);
    }
}

static void what_comes_later_changes_nothing(void **state)
{
    (void)state;
    double early[VT_BEHAVIOUR_FEATURES], again[VT_BEHAVIOUR_FEATURES];
    int32_t scratch[E];
    vt_behaviour_of(early, events, 4, 20 * DAY, scratch);
    vt_behaviour_of(again, events, E, 20 * DAY, scratch);
    for (int f = 0; f < VT_BEHAVIOUR_FEATURES; f++) {
        assert_true(early[f] == again[f] || (isnan(early[f]) && isnan(again[f])));
    }
    near("orders", early[VT_BEHAVIOUR_ORDERS], 1);
    assert_true(isnan(early[VT_BEHAVIOUR_GAP]) && isnan(early[VT_BEHAVIOUR_OVERDUE]));
    near("recency", early[VT_BEHAVIOUR_RECENCY], 10);
}

static void nothing_is_known_of_nobody(void **state)
{
    (void)state;
    double x[VT_BEHAVIOUR_FEATURES];
    vt_behaviour_of(x, events, 0, 100 * DAY, NULL);
    near("orders", x[VT_BEHAVIOUR_ORDERS], 0);
    assert_true(isnan(x[VT_BEHAVIOUR_TENURE]) && isnan(x[VT_BEHAVIOUR_RATING]) && isnan(x[VT_BEHAVIOUR_ORDER_VALUE]));
}

static void lost_within_days(void **state)
{
    (void)state;
    assert_int_equal(vt_behaviour_lost(events, E, 31 * DAY, 119), 1);
    assert_int_equal(vt_behaviour_lost(events, E, 31 * DAY, 120), 0);
    assert_int_equal(vt_behaviour_lost(events, E, 150 * DAY, 1), 0); /* on the first moment */
    assert_int_equal(vt_behaviour_lost(events, E, 201 * DAY, 1000), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(what_comes_later_changes_nothing),
        cmocka_unit_test(nothing_is_known_of_nobody),
        cmocka_unit_test(lost_within_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
