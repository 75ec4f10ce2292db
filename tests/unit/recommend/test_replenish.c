/* After how long things are bought again: medians by hand, what is not evidence enough. */
#include "tea_shop.h"

#include "engine.h"
#include "fault.h"
#include "recommend/replenish.h"

enum { DAY = 86400 };

typedef struct fixture {
    tea_shop tea;
} fixture;

static int setup(void **state)
{
    static fixture f;
    f = (fixture){0};
    tea_shop_init(&f.tea, NULL);
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    tea_shop_done(&f->tea);
    return 0;
}

/* Days until `item` is bought again, -1 for never. */
static int64_t days_of(fixture *f, const char *item)
{
    vt_error err = VT_ERROR_INIT;
    engine a;
    vt_again *again = NULL;
    check_ok(engine_open(&a, f->tea.shop, NULL, NULL, &err));
    vt_view *view = vt_live_view(a.live);
    check_ok(vt_again_create(&again, view, &err));
    int64_t seconds = again->interval[vt_view_find_item(view, vt_str_of(item))];
    vt_again_release(again);
    vt_view_release(view);
    engine_close(&a);
    return seconds == VT_NONE ? -1 : seconds / DAY;
}

static void buy(fixture *f, const char *user, const char *item, int64_t day)
{
    const event_row row = {user, item, 1000 * DAY + day * DAY, 0, VT_EVENT_PURCHASE, 0};
    tea_shop_add(&f->tea, &row, 1);
}

/* The gaps of green: 10, 30 (u1), 20, 40 (u2), then 25 (u3): the fifth makes them evidence. */
static void the_median_of_five_gaps(void **state)
{
    fixture *f = *state;
    const int64_t first[] = {0, 10, 40}, second[] = {0, 20, 60};
    for (size_t i = 0; i < 3; i++) {
        buy(f, "u1", "green", first[i]);
        buy(f, "u2", "green", second[i]);
    }
    assert_int_equal(days_of(f, "green"), -1);
    buy(f, "u3", "green", 0);
    assert_int_equal(days_of(f, "green"), -1);
    const event_row hours = {"u3", "green", 1000 * DAY + 7200, 0, VT_EVENT_PURCHASE, 0};
    tea_shop_add(&f->tea, &hours, 1); /* the same day: no gap */
    assert_int_equal(days_of(f, "green"), -1);
    buy(f, "u3", "green", 25);
    assert_int_equal(days_of(f, "green"), 25);
    assert_int_equal(days_of(f, "gone"), -1); /* five gaps of one category are too few for its other items */
    /* three of many buyers are fewer than one of five: it is not bought again as a rule */
    for (int i = 0; i < 16; i++) {
        char user[8];
        snprintf(user, sizeof user, "v%d", i);
        buy(f, user, "green", 0);
    }
    assert_int_equal(days_of(f, "green"), -1);
}

/* 20 gaps of 30 days on "green" speak for "gone" of the same category, and for no other. */
static void a_category_speaks_for_its_items(void **state)
{
    fixture *f = *state;
    for (int i = 0; i <= 20; i++) {
        buy(f, "u1", "green", i * 30);
    }
    for (int i = 0; i < 4; i++) { /* one of five buyers or more */
        buy(f, "u2", "gone", i);
    }
    assert_int_equal(days_of(f, "green"), 30);
    assert_int_equal(days_of(f, "gone"), 30);
    assert_int_equal(days_of(f, "black"), -1);
    assert_int_equal(days_of(f, "bare"), -1);
}

static int run_load(void *context, vt_error *err)
{
    vt_again *again = NULL;
    int status = vt_again_create(&again, context, err);
    vt_again_release(again);
    return status;
}

static void memory_runs_out(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    engine a;
    check_ok(engine_open(&a, f->tea.shop, NULL, NULL, &err));
    vt_view *view = vt_live_view(a.live);
    assert_true(fault_allocations(run_load, view) >= 6);
    vt_view_release(view);
    engine_close(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_median_of_five_gaps, setup, teardown),
        cmocka_unit_test_setup_teardown(a_category_speaks_for_its_items, setup, teardown),
        cmocka_unit_test_setup_teardown(memory_runs_out, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
