/* Results kept with a view: found by their key, gone with the view, the oldest making place. */
#include "live_shop.h"

#include "base/alloc.h"
#include "live/memo.h"

static vt_memo_key key_of(int64_t first, int64_t second)
{
    return (vt_memo_key){VT_MEMO_PREMIUM, first, second};
}

static void remember(const vt_view *view, int64_t first, int64_t second)
{
    vt_error err = VT_ERROR_INIT;
    vt_memo *memo = NULL;
    check_ok(vt_memo_create(&memo, key_of(first, second), 3, &err));
    assert_int_equal(memo->bytes[0] + memo->bytes[1] + memo->bytes[2], 0);
    memo->bytes[2] = (uint8_t)first;
    vt_view_remember(view, memo);
    vt_memo_release(memo);
}

static bool recalls(const vt_view *view, int64_t first, int64_t second)
{
    vt_memo *memo = vt_view_recall(view, key_of(first, second));
    bool found = memo != NULL;
    if (found) {
        assert_int_equal(memo->bytes[2], first);
    }
    vt_memo_release(memo);
    return found;
}

static void a_result_is_found_by_its_whole_key(void **state)
{
    live_shop *s = *state;
    vt_view *view = vt_live_view(s->live);
    assert_false(recalls(view, 1, 2));
    remember(view, 1, 2);
    assert_true(recalls(view, 1, 2));
    assert_false(recalls(view, 1, 3));
    assert_false(recalls(view, 2, 2));
    vt_view_release(view);
}

static void the_oldest_makes_place(void **state)
{
    live_shop *s = *state;
    vt_view *view = vt_live_view(s->live);
    vt_memo *held = NULL;
    for (int64_t i = 1; i <= 9; i++) {
        remember(view, i, 0);
        held = i == 1 ? vt_view_recall(view, key_of(1, 0)) : held;
    }
    assert_false(recalls(view, 1, 0));
    assert_true(recalls(view, 9, 0));
    assert_true(recalls(view, 8, 0));
    assert_int_equal(held->bytes[2], 1); /* whoever has it keeps it */
    vt_view_release(view);
    vt_memo_release(held);
}

static void a_new_view_knows_nothing(void **state)
{
    live_shop *s = *state;
    vt_view *old = vt_live_view(s->live);
    remember(old, 1, 2);
    vt_event event = live_event("ann", "cup", VT_EVENT_PURCHASE, 1767225600);
    live_put_one(s, &event);
    live_refresh(s);
    vt_view *fresh = vt_live_view(s->live);
    assert_false(recalls(fresh, 1, 2));
    assert_true(recalls(old, 1, 2));
    vt_view_release(fresh);
    vt_view_release(old);
}

static void no_memory_is_an_error(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_memo *memo = NULL;
    vt_memos *memos = NULL;
    vt_alloc_fail_after(0);
    assert_int_equal(vt_memo_create(&memo, key_of(1, 2), 3, &err), VT_ERR_NO_MEMORY);
    vt_alloc_fail_after(0);
    assert_int_equal(vt_memos_create(&memos, &err), VT_ERR_NO_MEMORY);
    vt_alloc_fail_after(-1);
    assert_true(memo == NULL && memos == NULL);
}

static int set_up(void **state)
{
    static live_shop s;
    vt_error err = VT_ERROR_INIT;
    live_shop_init(&s);
    live_put_item(live_begin(&s), "cup", "Home", 100, 1);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_result_is_found_by_its_whole_key),
        TEST(the_oldest_makes_place),
        TEST(a_new_view_knows_nothing),
        TEST(no_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
