/* Snapshots of columns in memory: the same as of rows, and what is refused. */
#include "fault.h"
#include "snapshots.h"

#include "vitrine/table.h"

/* zoe tea 10, adam milk 20, zoe milk 30; milk is in the catalogue, and so is bread that nobody bought. */
static const char user_text[] = "zoeadamzoe";
static const int64_t user_offset[] = {0, 3, 7, 10};
static const char item_text[] = "teamilkmilk";
static const int64_t item_offset[] = {0, 3, 7, 11};
static const int64_t times[] = {10, 20, 30};
static const double values[] = {4, 5, (double)NAN};

static vt_event_table three_events(void)
{
    vt_event_table table;
    vt_event_table_init(&table);
    table.n = 3;
    table.user = (vt_ids){3, user_offset, user_text};
    table.item = (vt_ids){3, item_offset, item_text};
    table.time = times;
    table.value = values;
    return table;
}

static int build(vt_snapshot **out, const vt_event_table *table, vt_error *err)
{
    vt_snapshot_options options;
    vt_snapshot_options_init(&options);
    return vt_snapshot_build(out, table, &options, err);
}

static void columns_are_as_rows(void **state)
{
    (void)state;
    static const event_row rows[] = {
        {"zoe", "tea", 10, 4, 0, 0},
        {"adam", "milk", 20, 5, 0, 0},
        {"zoe", "milk", 30, 0, VT_EVENT_PURCHASE, 0},
    };
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *by_rows = NULL, *by_columns = NULL;
    vt_event_table table = three_events();
    check_ok(snapshot_of(&by_rows, rows, 3, NULL, &err));
    check_ok(build(&by_columns, &table, &err));
    assert_int_equal(by_columns->n_users, by_rows->n_users);
    assert_int_equal(by_columns->n_items, by_rows->n_items);
    assert_int_equal(by_columns->n_events, 3);
    assert_memory_equal(by_columns->item, by_rows->item, 3 * sizeof *by_rows->item);
    assert_memory_equal(by_columns->time, by_rows->time, 3 * sizeof *by_rows->time);
    assert_memory_equal(by_columns->kind, by_rows->kind, 3);
    assert_memory_equal(by_columns->positive, by_rows->positive, 3);
    assert_int_equal(by_columns->time_min, 10);
    assert_int_equal(by_columns->time_max, 30);
    vt_snapshot_free(by_rows);
    vt_snapshot_free(by_columns);
}

/* The same three events by distinct ids: the second milk and the second zoe are looked up once. */
static void indices_are_as_ids(void **state)
{
    (void)state;
    static const int32_t user_of[] = {0, 1, 0}, item_of[] = {0, 1, 1}, wrong[] = {0, 1, 2};
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *plain = NULL, *coded = NULL;
    vt_event_table table = three_events();
    check_ok(build(&plain, &table, &err));
    table.user.n = 2;
    table.item.n = 2;
    table.user_of = user_of;
    table.item_of = item_of;
    check_ok(build(&coded, &table, &err));
    assert_string_equal(coded->hash, plain->hash);
    vt_snapshot_free(coded);
    vt_snapshot_free(plain);
    table.item_of = wrong;
    assert_int_equal(build(&coded, &table, &err), VT_ERR_USAGE);
    assert_int_equal(err.position, 2);
    assert_non_null(strstr(err.message, "item number 2"));
}

static void the_catalogue_has_what_nobody_bought(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *s = NULL;
    vt_item items[2];
    vt_event_table table = three_events();
    vt_item_init(&items[0]);
    vt_item_init(&items[1]);
    items[0].id = vt_str_of("milk");
    items[0].category = vt_str_of("Food > Cold");
    items[1].id = vt_str_of("bread");
    table.items = items;
    table.n_items = 2;
    table.time = NULL;
    check_ok(build(&s, &table, &err));
    assert_int_equal(s->n_items, 3);
    assert_int_equal(vt_ids_find(&s->items, vt_str_of("bread")), 0);
    assert_int_equal(s->item_category[1], 0);
    assert_int_equal(s->item_category[2], -1);
    assert_true(s->time_min == VT_NONE);
    vt_snapshot_free(s);
}

static void refused(void **state)
{
    (void)state;
    static const int64_t empty_offset[] = {0, 3, 3, 10};
    const double infinite[] = {1, (double)INFINITY, 2};
    const uint8_t kinds[] = {2, 2, 77};
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *s = NULL;
    vt_item twice[2];
    vt_event_table table = three_events();
    table.user.offset = empty_offset;
    assert_int_equal(build(&s, &table, &err), VT_ERR_FORMAT);
    assert_int_equal(err.position, 1);
    assert_non_null(strstr(err.message, "row 1: "));
    table = three_events();
    table.value = infinite;
    assert_int_equal(build(&s, &table, &err), VT_ERR_FORMAT);
    assert_int_equal(err.position, 1);
    table = three_events();
    table.kind = kinds;
    assert_int_equal(build(&s, &table, &err), VT_ERR_FORMAT);
    assert_int_equal(err.position, 2);
    table = three_events();
    table.item.n = 2;
    assert_int_equal(build(&s, &table, &err), VT_ERR_USAGE);
    table = three_events();
    vt_item_init(&twice[0]);
    twice[0].id = vt_str_of("tea");
    twice[1] = twice[0];
    table.items = twice;
    table.n_items = 2;
    assert_int_equal(build(&s, &table, &err), VT_ERR_FORMAT);
    assert_non_null(strstr(err.message, "items: row 1: the item \"tea\" is there twice"));
    table.size = 1;
    assert_int_equal(build(&s, &table, &err), VT_ERR_USAGE);
    assert_null(s);
}

static void nothing_is_a_snapshot_too(void **state)
{
    (void)state;
    static const int64_t offset[] = {0};
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *s = NULL;
    vt_event_table table;
    vt_event_table_init(&table);
    table.user = (vt_ids){0, offset, ""};
    table.item = table.user;
    check_ok(build(&s, &table, &err));
    assert_int_equal(s->n_users, 0);
    assert_int_equal(s->n_events, 0);
    vt_snapshot_free(s);
}

static int build_and_free(void *context, vt_error *err)
{
    vt_snapshot *s = NULL;
    int status = build(&s, context, err);
    vt_snapshot_free(s);
    return status;
}

static void memory_runs_out(void **state)
{
    (void)state;
    vt_event_table table = three_events();
    assert_true(fault_allocations(build_and_free, &table) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_as_rows),
        cmocka_unit_test(indices_are_as_ids),
        cmocka_unit_test(the_catalogue_has_what_nobody_bought),
        cmocka_unit_test(refused),
        cmocka_unit_test(nothing_is_a_snapshot_too),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
