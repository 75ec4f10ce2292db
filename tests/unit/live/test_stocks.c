/* The history of stocks: from the snapshot, from what came since, told in disorder, and taken back. */
#include "live_shop.h"

#include "fault.h"
#include "live/stocks.h"

static void tell(const live_shop *s, const char *id, int64_t time, int64_t stock)
{
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    vt_item item;
    vt_item_init(&item);
    item.id = vt_str_of(id);
    item.stock = stock;
    item.as_of = time;
    check_ok(vt_store_put_item(vt_shop_store(s->shop), &item, &done, &err));
}

static int setup(void **state)
{
    static live_shop s;
    vt_error err = VT_ERROR_INIT;
    live_shop_init(&s);
    live_begin(&s);
    tell(&s, "cup", 100, 7);
    tell(&s, "pot", 100, 2);
    tell(&s, "cup", 300, 0);
    live_commit(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    *state = &s;
    return 0;
}

static int teardown(void **state)
{
    live_shop_done(*state);
    return 0;
}

/* "time:pieces time:pieces" of an item. */
static void check_history(const live_shop *s, const char *id, const char *expected)
{
    char text[256] = "";
    size_t used = 0;
    vt_error err = VT_ERROR_INIT;
    vt_stock_history h;
    vt_view *view = vt_live_view(s->live);
    int32_t item = vt_view_find_item(view, vt_str_of(id));
    assert_true(item >= 0);
    check_ok(vt_view_stocks(&h, view, &err));
    for (int64_t k = h.start[item]; k < h.start[item + 1]; k++) {
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%lld:%lld", used > 0 ? " " : "",
                                 (long long)h.time[k], (long long)h.pieces[k]);
    }
    assert_string_equal(text, expected);
    vt_stock_history_done(&h);
    vt_view_release(view);
}

static void what_came_joins_the_snapshot(void **state)
{
    live_shop *s = *state;
    vt_view *before = vt_live_view(s->live);
    check_history(s, "cup", "100:7 300:0");
    live_begin(s);
    tell(s, "cup", 500, 9);
    tell(s, "jar", 400, 3); /* an item that the snapshot has not */
    tell(s, "cup", 200, 1); /* told late: a file of old stocks */
    tell(s, "cup", 500, 8); /* at one time the last word counts, so it stands last */
    live_commit(s);
    vt_live_state now = live_refresh(s);
    assert_false(now.rebuilt);
    check_history(s, "cup", "100:7 200:1 300:0 500:9 500:8");
    check_history(s, "pot", "100:2");
    check_history(s, "jar", "400:3");
    assert_int_equal(before->n_stocks, 0); /* a view that is held does not change */
    vt_view_release(before);
    live_check(s);
}

/* A stock that changes nothing else is seen all the same, and the same word again is no change. */
static void only_news_is_a_change(void **state)
{
    live_shop *s = *state;
    live_begin(s);
    tell(s, "pot", 100, 2);
    tell(s, "pot", 900, 2);
    live_commit(s);
    live_refresh(s);
    check_history(s, "pot", "100:2 900:2");
    live_check(s);
}

static void an_import_taken_back_takes_its_stocks(void **state)
{
    live_shop *s = *state;
    vt_error err = VT_ERROR_INIT;
    vt_import_report report;
    int64_t import_id = 0;
    check_ok(vt_store_begin(vt_shop_store(s->shop), "items", "stocks.csv", &import_id, &err));
    tell(s, "pot", 600, 0);
    live_commit(s);
    live_refresh(s);
    check_history(s, "pot", "100:2 600:0");
    check_ok(vt_store_undo(vt_shop_store(s->shop), import_id, &report, &err));
    live_refresh(s);
    check_history(s, "pot", "100:2");
    live_check(s);
}

/* Changes of stock alone make a tail long, too. */
static void a_long_tail_becomes_a_snapshot(void **state)
{
    live_shop *s = *state;
    vt_error err = VT_ERROR_INIT;
    vt_live *live = NULL;
    check_ok(live_open(&live, s, 5, &err));
    live_begin(s);
    for (int k = 0; k < 4; k++) {
        tell(s, "pot", 1000 + k, k);
    }
    live_commit(s);
    vt_live_state now;
    check_ok(vt_live_refresh(live, &now, &err));
    assert_false(now.rebuilt);
    live_begin(s);
    tell(s, "pot", 2000, 4);
    tell(s, "pot", 2001, 5);
    live_commit(s);
    check_ok(vt_live_refresh(live, &now, &err));
    assert_true(now.rebuilt);
    vt_view *view = vt_live_view(live);
    assert_int_equal(view->n_stocks, 0);
    assert_int_equal(view->snapshot->stock_ptr[view->n_items], 9);
    vt_view_release(view);
    vt_live_close(live);
}

static int make(void *context, vt_error *err)
{
    vt_stock_history h;
    int status = vt_view_stocks(&h, context, err);
    if (status == VT_OK) {
        vt_stock_history_done(&h);
    }
    return status;
}

static int append(void *context, vt_error *err)
{
    (void)context;
    vt_stock_tail tail = {0};
    int status = vt_stock_tail_add(&tail, 0, 1, 1, err);
    vt_stock_tail_done(&tail);
    return status;
}

static void memory_runs_out(void **state)
{
    live_shop *s = *state;
    live_begin(s);
    tell(s, "cup", 200, 1);
    live_commit(s);
    live_refresh(s);
    vt_view *view = vt_live_view(s->live);
    assert_int_equal(fault_allocations(make, view), 4); /* begins, times, pieces; rows of one item to sort */
    assert_int_equal(fault_allocations(append, NULL), 2);
    vt_view_release(view);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_came_joins_the_snapshot, setup, teardown),
        cmocka_unit_test_setup_teardown(only_news_is_a_change, setup, teardown),
        cmocka_unit_test_setup_teardown(an_import_taken_back_takes_its_stocks, setup, teardown),
        cmocka_unit_test_setup_teardown(a_long_tail_becomes_a_snapshot, setup, teardown),
        cmocka_unit_test_setup_teardown(memory_runs_out, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
