/* RecBole's atomic files. */
#include "importing.h"

static void interactions_items_and_users(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    /* items and users are read first whatever the order */
    importing_run(&t, "movielens", importing_data("recbole/set.inter"), importing_data("recbole/set.item"),
                  importing_data("recbole/set.user"));
    assert_int_equal(t.report.rows, 8);
    check_reject(&t, 0, 4, "rating is no number", "\"rating\" is \"x\"");
    check_reject(&t, 1, 5, "wrong number of fields", "2 fields; the header has 4");
    assert_string_equal(importing_text(&t, "events"),
                        "196 rating 242 value=3 time=881250949\n186 rating 302 value=3.5 time=891717742\n");
    assert_string_equal(importing_text(&t, "items"),
                        "242: title=Toy Story category=Animation"
                        " attributes={\"release_year\":\"1995\",\"genres\":[\"Animation\",\"Children's\"],"
                        "\"weights\":[0.5,2.0]} price=950\n"
                        "302: title=GoldenEye\n");
    assert_string_equal(importing_text(&t, "users"),
                        "196: age=45-54 attributes={\"gender\":\"M\",\"occupation\":\"writer\"}\n"
                        "186: age=35-44 attributes={\"gender\":\"F\",\"occupation\":\"executive\"}\n");
    importing_done(&t);
}

static void events_without_ratings_are_purchases(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_run(&t, "movielens", importing_data("recbole/clicks.inter"));
    assert_string_equal(importing_text(&t, "events"), "s1 purchase a time=1600000000\ns1 purchase b time=1600000001\n");
    importing_done(&t);
}

static void what_the_store_refuses_is_a_rejected_row(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_file(&t, path, "x.item", "item_id:token\tmain genre:token\tmain_genre:token\n1\ta\tb\n2\ta\t\n");
    importing_run(&t, "movielens", path); /* two names that are one key */
    assert_int_equal(t.report.rows, 2);
    assert_int_equal(t.report.rejected, 1);
    check_reject(&t, 0, 2, "refused by the shop", "x.item:2: the key \"main_genre\" occurs twice");
    assert_string_equal(importing_text(&t, "items"), "2: attributes={\"main_genre\":\"a\"}\n");
    importing_done(&t);
}

static void headers_that_are_none(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_file(&t, headless, "x.inter", "1\t2\t3\n");
    importing_fails(&t, VT_ERR_FORMAT, "x.inter:1: the field \"1\" is no name:type", "movielens", headless);
    importing_file(&t, keyless, "y.inter", "user_id:token\trating:float\n");
    importing_fails(&t, VT_ERR_FORMAT, "y.inter:1: the header has no field item_id:token", "movielens", keyless);
    importing_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(interactions_items_and_users),
        cmocka_unit_test(events_without_ratings_are_purchases),
        cmocka_unit_test(what_the_store_refuses_is_a_rejected_row),
        cmocka_unit_test(headers_that_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
