/* MovieLens as it is published in four shapes. */
#include "importing.h"

static void a_folder_of_ml_100k(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_run(&t, "movielens", importing_data("ml-100k"));
    assert_int_equal(t.report.rows, 8);
    check_counts(t.report.events, 2, 0, 0);
    check_counts(t.report.items, 2, 0, 0);
    check_counts(t.report.users, 2, 0, 0);
    check_reject(&t, 0, 3, "rating out of range", "u.data:3: \"rating\" is 6; a number from 0.5 to 5 is expected");
    check_reject(&t, 1, 4, "wrong number of fields", "3 fields; 4 with \"TAB\" between them are expected");
    assert_string_equal(importing_text(&t, "events"),
                        "1 rating 10 value=5 time=881250949\n2 rating 10 value=3 time=881250950\n");
    assert_string_equal(importing_text(&t, "items"),
                        "10: title=Toy Story (1995) category=Animation"
                        " attributes={\"genres\":[\"Animation\",\"Children's\",\"Comedy\"],\"year\":1995}\n"
                        "20: title=Mis\xC3\xA9rables, Les (1995) category=Drama"
                        " attributes={\"genres\":[\"Drama\",\"Musical\"],\"year\":1995}\n");
    assert_string_equal(
        importing_text(&t, "users"),
        "1: age=18-24 attributes={\"gender\":\"M\",\"occupation\":\"technician\",\"zip_code\":\"85711\"}\n"
        "2: age=45-54 attributes={\"gender\":\"F\",\"occupation\":\"other\",\"zip_code\":\"94043\"}\n");
    importing_run(&t, "movielens", importing_data("ml-100k"));
    check_counts(t.report.events, 0, 0, 2);
    check_counts(t.report.items, 0, 0, 2);
    check_counts(t.report.users, 0, 0, 2);
    importing_done(&t);
}

static void a_folder_of_ml_latest(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_run(&t, "movielens", importing_data("ml-latest"));
    assert_int_equal(t.report.rows, 5); /* tags are not read */
    check_reject(&t, 0, 4, "rating out of range", "\"rating\" is 5.5");
    assert_string_equal(importing_text(&t, "events"),
                        "1 rating 1 value=4 time=964982703\n1 rating 3 value=0.5 time=964981247\n");
    assert_string_equal(importing_text(&t, "items"),
                        "1: title=American President, The (1995) category=Comedy"
                        " attributes={\"genres\":[\"Comedy\",\"Drama\",\"Romance\"],\"year\":1995}\n"
                        "3: title=Ghost attributes={\"genres\":[]}\n");
    importing_done(&t);
}

static void a_folder_of_ml_1m(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_run(&t, "movielens", importing_data("ml-1m"));
    assert_int_equal(t.report.rejected, 0);
    assert_string_equal(importing_text(&t, "items"),
                        "1193: title=One Flew Over the Cuckoo's Nest (1975) category=Drama"
                        " attributes={\"genres\":[\"Drama\"],\"year\":1975}\n"
                        "661: title=L\xC3\xA9on (1994) category=Crime"
                        " attributes={\"genres\":[\"Crime\",\"Thriller\"],\"year\":1994}\n");
    assert_string_equal(
        importing_text(&t, "users"),
        "1: age=0-17 attributes={\"gender\":\"F\",\"occupation\":\"K-12 student\",\"zip_code\":\"48067\"}\n"
        "2: age=56+ attributes={\"gender\":\"M\",\"occupation\":\"self-employed\",\"zip_code\":\"70072\"}\n");
    assert_string_equal(importing_text(&t, "events"),
                        "1 rating 1193 value=5 time=978300760\n2 rating 661 value=3 time=978302109\n");
    importing_done(&t);
}

static void atomic_files(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    /* items and users are read first whatever the order */
    importing_run(&t, "movielens", importing_data("atomic/set.inter"), importing_data("atomic/set.item"),
                  importing_data("atomic/set.user"));
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

static void atomic_events_without_ratings_are_purchases(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_run(&t, "movielens", importing_data("atomic/clicks.inter"));
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

static void files_that_are_none(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_fails(&t, VT_ERR_FORMAT, "is no file of MovieLens; u.data", "movielens",
                    importing_data("ml-latest/tags.csv"));
    importing_fails(&t, VT_ERR_NOT_FOUND, "holds no file of MovieLens", "movielens", importing_data("csv"));
    importing_fails(&t, VT_ERR_NOT_FOUND, "cannot open", "movielens", importing_data("nowhere"));
    importing_file(&t, headless, "x.inter", "1\t2\t3\n");
    importing_fails(&t, VT_ERR_FORMAT, "x.inter:1: the field \"1\" is no name:type", "movielens", headless);
    importing_file(&t, keyless, "y.inter", "user_id:token\trating:float\n");
    importing_fails(&t, VT_ERR_FORMAT, "y.inter:1: the header has no field item_id:token", "movielens", keyless);
    importing_file(&t, other, "ratings.csv", "user,item,rating\n");
    importing_fails(&t, VT_ERR_FORMAT, "has no column \"userId\" in place 1", "movielens", other);
    importing_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_of_ml_100k),
        cmocka_unit_test(a_folder_of_ml_latest),
        cmocka_unit_test(a_folder_of_ml_1m),
        cmocka_unit_test(atomic_files),
        cmocka_unit_test(atomic_events_without_ratings_are_purchases),
        cmocka_unit_test(what_the_store_refuses_is_a_rejected_row),
        cmocka_unit_test(files_that_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
