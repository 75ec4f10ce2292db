/* Who is premium without tiers: the tenth that brought most in 365 days, found once for a view and a day. */
#include "live_shop.h"

#include "insight/scope.h"

enum { DAY = 86400, TODAY = 20500, BUYERS = 20 };

static int64_t at(int64_t day, int hour)
{
    return day * DAY + hour * 3600;
}

static void sell(vt_store *store, const char *user, int64_t time, int64_t price)
{
    vt_event e = live_event(user, "cup", VT_EVENT_PURCHASE, time);
    char order[64];
    snprintf(order, sizeof order, "%s-%lld", user, (long long)time);
    e.order_id = vt_str_of(order);
    e.quantity = 1;
    e.unit_price = price;
    live_put(store, &e);
}

/* Customer "b01" buys for 1.00, "b02" for 2.00 and so on, within the year; "old" bought most, before it. */
static int set_up(void **state)
{
    static live_shop s;
    vt_error err = VT_ERROR_INIT;
    char user[16];
    live_shop_init(&s);
    vt_store *store = live_begin(&s);
    live_put_item(store, "cup", "Home", 100, 1);
    sell(store, "old", at(TODAY - 365, 23), 100000);
    for (int i = 1; i <= BUYERS; i++) {
        snprintf(user, sizeof user, "b%02d", i);
        sell(store, user, at(i == 1 ? TODAY : TODAY - 364, 8), i * 100);
    }
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

/* Opens a scope of the newest view as of `now`, with who is premium. */
static vt_scope scope_of(const vt_view *view, const char *period, int64_t now)
{
    vt_error err = VT_ERROR_INIT;
    vt_scope scope;
    vt_insight_options options;
    vt_insight_options_init(&options);
    options.period = period;
    options.now = now;
    check_ok(vt_scope_open(&scope, view, &options, &err));
    check_ok(vt_scope_find_premium(&scope, &err));
    return scope;
}

static bool is_premium(const vt_scope *scope, const char *user)
{
    int32_t number = vt_view_find_user(scope->view, vt_str_of(user));
    return vt_scope_customer(scope, &scope->period, number) == VT_CUSTOMER_PREMIUM;
}

static void the_tenth_with_most_revenue_of_a_year(void **state)
{
    live_shop *s = *state;
    vt_view *view = vt_live_view(s->live);
    vt_scope scope = scope_of(view, "30d", at(TODAY, 12));
    assert_true(is_premium(&scope, "b20") && is_premium(&scope, "b19"));
    assert_false(is_premium(&scope, "b18") || is_premium(&scope, "old"));
    vt_scope_close(&scope);
    scope = scope_of(view, "30d", at(TODAY - 1, 12)); /* a day earlier the year has the old one, and 19 others */
    assert_true(is_premium(&scope, "old") && is_premium(&scope, "b20"));
    assert_false(is_premium(&scope, "b19"));
    vt_scope_close(&scope);
    vt_view_release(view);
}

static void questions_of_one_day_share_the_answer(void **state)
{
    live_shop *s = *state;
    vt_view *view = vt_live_view(s->live);
    vt_scope first = scope_of(view, "30d", at(TODAY, 12)), later = scope_of(view, "1y", at(TODAY, 15));
    vt_scope before = scope_of(view, "30d", at(TODAY - 1, 12)), early = scope_of(view, "30d", at(TODAY, 7));
    assert_ptr_equal(first.premium, later.premium);
    assert_ptr_not_equal(first.premium, before.premium);
    assert_ptr_not_equal(first.premium, early.premium); /* before the last order of the day */
    vt_scope_close(&first);
    vt_scope_close(&later);
    vt_scope_close(&before);
    vt_scope_close(&early);
    vt_view_release(view);
}

static void what_came_since_counts(void **state)
{
    live_shop *s = *state;
    vt_view *view = vt_live_view(s->live);
    vt_scope scope = scope_of(view, "30d", at(TODAY, 12));
    sell(live_begin(s), "b03", at(TODAY, 9), 9900);
    live_commit(s);
    live_refresh(s);
    vt_view *fresh = vt_live_view(s->live);
    vt_scope now = scope_of(fresh, "30d", at(TODAY, 12));
    assert_true(is_premium(&now, "b03") && is_premium(&now, "b20"));
    assert_false(is_premium(&now, "b19"));
    assert_false(is_premium(&scope, "b03")); /* who has the earlier view keeps its answer */
    vt_scope_close(&now);
    vt_view_release(fresh);
    live_put_user(live_begin(s), "b01", "premium", NULL); /* from here on the shop tells tiers */
    live_commit(s);
    live_refresh(s);
    fresh = vt_live_view(s->live);
    now = scope_of(fresh, "30d", at(TODAY, 12));
    assert_true(is_premium(&now, "b01"));
    assert_false(is_premium(&now, "b20"));
    vt_scope_close(&now);
    vt_view_release(fresh);
    vt_scope_close(&scope);
    vt_view_release(view);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_tenth_with_most_revenue_of_a_year),
        TEST(questions_of_one_day_share_the_answer),
        TEST(what_came_since_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
