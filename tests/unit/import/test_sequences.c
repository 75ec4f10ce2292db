/* Sequences without times, and attributes of items. */
#include "importing.h"

static void order_and_repeats_are_kept(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_run(&t, "sequences", importing_data("sequences/seq.txt"));
    assert_int_equal(t.report.rows, 6);
    check_counts(t.report.events, 8, 0, 0);
    assert_int_equal(t.n_rejects, 2);
    check_reject(&t, 0, 4, "no items", "a user without items");
    check_reject(&t, 1, 5, "lines of a user are apart", "the user u1 came before");
    assert_string_equal(importing_text(&t, "events"),
                        "u1 purchase a\nu1 purchase b\nu1 purchase a\nu1 purchase a\nu2 purchase b\n"
                        "u4 purchase x\nu4 purchase y\nu4 purchase x\n");
    importing_run(&t, "sequences", importing_data("sequences/seq.txt"));
    check_counts(t.report.events, 0, 0, 8);
    assert_int_equal(t.report.import_id, 0);
    importing_done(&t);
}

static void the_kind_of_event_can_be_given(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_file(&t, path, "s.txt", "u a b");
    t.options.event_kind = VT_EVENT_CLICK;
    t.options.event_kind_given = true;
    t.options.part = VT_PART_TEST;
    importing_run(&t, "sequences", path);
    assert_string_equal(importing_text(&t, "events"), "u click a part=3\nu click b part=3\n");
    importing_done(&t);
}

static void an_item_too_long_costs_itself_alone(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    char text[700] = "u a ";
    memset(text + 4, 'x', 600);
    memcpy(text + 604, " b\n", 4);
    importing_file(&t, path, "s.txt", text);
    importing_run(&t, "sequences", path);
    assert_int_equal(t.report.rejected, 1);
    check_reject(&t, 0, 1, "id too long", "the item id has 600 bytes; at most 512 are kept");
    assert_string_equal(importing_text(&t, "events"), "u purchase a\nu purchase b\n");
    importing_done(&t);
}

static void attributes_join_what_items_have(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_file(&t, items, "items.csv", "id,title,color\na,Apple,red\n");
    t.options.table = "items";
    t.options.map = "attributes.color=color";
    importing_run(&t, "csv", items);
    importing_run(&t, "attributes", importing_data("attributes/attributes.json"));
    assert_int_equal(t.report.rows, 6);
    check_counts(t.report.items, 3, 1, 0);
    check_reject(&t, 0, 4, "not a list", "attributes.json:4: the item \"d\" has no list of numbers or texts");
    check_reject(&t, 1, 5, "not a list", "the item \"e\"");
    assert_string_equal(importing_text(&t, "items"),
                        "a: title=Apple attributes={\"color\":\"red\",\"attribute\":[1,2,3]}\n"
                        "b: attributes={\"attribute\":[\"red\",\"round\"]}\n"
                        "c: attributes={\"attribute\":[7]}\n"
                        "f: attributes={\"attribute\":[]}\n");
    importing_run(&t, "attributes", importing_data("attributes/attributes.json"));
    check_counts(t.report.items, 0, 0, 4);
    importing_done(&t);
}

static void a_file_of_attributes_is_read_whole_or_not_at_all(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_file(&t, half, "half.json", "{\"a\": [1], \"b\": [");
    importing_fails(&t, VT_ERR_FORMAT, "half.json: not JSON", "attributes", half);
    importing_file(&t, list, "list.json", "[1, 2]");
    importing_fails(&t, VT_ERR_FORMAT, "list.json is no JSON object of item to list", "attributes", list);
    importing_file(&t, twice, "twice.json", "{\"a\": [1], \"a\": [2]}");
    importing_fails(&t, VT_ERR_FORMAT, "the key \"a\" occurs twice", "attributes", twice);
    assert_string_equal(importing_text(&t, "items"), "");
    importing_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_and_repeats_are_kept),
        cmocka_unit_test(the_kind_of_event_can_be_given),
        cmocka_unit_test(an_item_too_long_costs_itself_alone),
        cmocka_unit_test(attributes_join_what_items_have),
        cmocka_unit_test(a_file_of_attributes_is_read_whole_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
