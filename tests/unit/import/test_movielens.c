/* MovieLens in the three shapes that it is published in. */
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

static void files_that_are_none(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_fails(&t, VT_ERR_FORMAT, "is no file of MovieLens; u.data", "movielens",
                    importing_data("ml-latest/tags.csv"));
    importing_fails(&t, VT_ERR_NOT_FOUND, "holds no file of MovieLens", "movielens", importing_data("csv"));
    importing_fails(&t, VT_ERR_NOT_FOUND, "cannot open", "movielens", importing_data("nowhere"));
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
        cmocka_unit_test(files_that_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
