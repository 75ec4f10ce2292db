/* One attribute of all users or items as codes: from the snapshot, from what came since, and where names look alike. */
#include "live_shop.h"

#include "fault.h"

static int setup(void **state)
{
    static live_shop s;
    vt_error err = VT_ERROR_INIT;
    live_shop_init(&s);
    vt_store *store = live_begin(&s);
    live_put_user(store, "ann", "gold", "{\"tie\":1,\"tier2\":\"x\",\"likes\":[\"tea\",\"cake\"]}");
    live_put_user(store, "bob", "basic", NULL);
    live_put_user(store, "cid", NULL, "{\"ti\":\"er=gold\"}");
    live_put_user(store, "dan", "gold", "{\"likes\":\"tea\"}");
    live_put_attributes(store, "cup", "{\"colour\":\"red\"}");
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

/* "value:rows value:rows | code code ..." of a column. */
static void check_column(const live_shop *s, const char *name, const char *expected)
{
    char text[256] = "";
    size_t used = 0;
    vt_error err = VT_ERROR_INIT;
    vt_attribute_column c;
    vt_view *view = vt_live_view(s->live);
    check_ok(vt_view_user_column(&c, view, vt_str_of(name), &err));
    for (int32_t k = 0; k < c.n_values; k++) {
        used += (size_t)snprintf(text + used, sizeof text - used, "%.*s:%d ", VT_STR_ARGS(c.value[k]), c.rows[k]);
    }
    used += (size_t)snprintf(text + used, sizeof text - used, "|");
    for (int32_t u = 0; u < c.n; u++) {
        used += (size_t)snprintf(text + used, sizeof text - used, " %d", c.code[u]);
    }
    assert_string_equal(text, expected);
    vt_attribute_column_done(&c);
    vt_view_release(view);
}

static void check_mask(const live_shop *s, const char *attribute, const char *expected)
{
    char text[16] = "";
    uint8_t mask[8];
    vt_view *view = vt_live_view(s->live);
    vt_view_users_with(mask, view, vt_str_of(attribute));
    for (int32_t u = 0; u < view->n_users; u++) {
        text[u] = mask[u] ? '1' : '0';
    }
    assert_string_equal(text, expected);
    vt_view_release(view);
}

static void columns_of_the_snapshot(void **state)
{
    check_column(*state, "tier", "basic:1 gold:2 | 1 0 -1 1");
    check_column(*state, "tie", "1:1 | 0 -1 -1 -1");
    check_column(*state, "likes", "cake:1 tea:1 | 0 -1 -1 1"); /* of several the first */
    check_column(*state, "nothing", "| -1 -1 -1 -1");
    check_column(*state, "", "| -1 -1 -1 -1");
    check_column(*state, NULL, "| -1 -1 -1 -1");
    check_mask(*state, "likes=tea", "1001");
    check_mask(*state, "likes=", "0000");
}

static void columns_of_what_came(void **state)
{
    live_shop *s = *state;
    vt_store *store = live_begin(s);
    live_put_user(store, "bob", "amber", NULL); /* nobody is "basic" any more */
    live_put_user(store, "eve", "gold", "{\"likes\":\"milk\"}");
    live_put_user(store, "ann", NULL, "{\"likes\":[\"milk\",\"tea\"]}");
    live_commit(s);
    live_refresh(s);
    check_column(s, "tier", "amber:1 gold:3 | 1 0 -1 1 1");
    check_column(s, "likes", "milk:2 tea:1 | 0 -1 -1 1 0");
    check_column(s, "tier2", "| -1 -1 -1 -1 -1");
    check_mask(s, "likes=milk", "10001");
    check_mask(s, "tier=basic", "00000");
    live_check(s);
}

static void items_likewise(void **state)
{
    live_shop *s = *state;
    vt_error err = VT_ERROR_INIT;
    vt_attribute_column c;
    uint8_t mask[2];
    vt_store *store = live_begin(s);
    live_put_attributes(store, "pot", "{\"colour\":\"blue\"}");
    live_commit(s);
    live_refresh(s);
    vt_view *view = vt_live_view(s->live);
    check_ok(vt_view_item_column(&c, view, vt_str_of("colour"), &err));
    assert_int_equal(c.n, 2);
    assert_int_equal(c.n_values, 2);
    assert_int_equal(c.code[0], 1); /* red */
    assert_int_equal(c.code[1], 0);
    vt_view_items_with(mask, view, vt_str_of("colour=blue"));
    assert_int_equal(mask[0], 0);
    assert_int_equal(mask[1], 1);
    vt_attribute_column_done(&c);
    vt_view_release(view);
}

static int make(void *context, vt_error *err)
{
    vt_attribute_column c;
    int status = vt_view_user_column(&c, context, vt_str_of("tier"), err);
    if (status == VT_OK) {
        vt_attribute_column_done(&c);
    }
    return status;
}

static void memory_runs_out(void **state)
{
    live_shop *s = *state;
    vt_view *view = vt_live_view(s->live);
    assert_int_equal(fault_allocations(make, view), 5); /* places, candidates, codes, values, rows */
    vt_view_release(view);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(columns_of_the_snapshot, setup, teardown),
        cmocka_unit_test_setup_teardown(columns_of_what_came, setup, teardown),
        cmocka_unit_test_setup_teardown(items_likewise, setup, teardown),
        cmocka_unit_test_setup_teardown(memory_runs_out, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
