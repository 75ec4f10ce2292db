/* The questions that pages ask, from a table of requests: of a report all, of a server those that come first. */
#include "fault.h"

#include <string.h>

#include "report/bundle.h"
#include "report/page_questions.h"

static const char table[] =
    "{\"defaults\":{\"period\":\"30d\",\"compare\":\"year\"},\"prices\":[\"0:25\",\"25:\"],\"requests\":{"
    "\"a\":{\"path\":\"insight/overview\",\"params\":{\"n\":\"4\"},\"by\":[\"period\",\"compare\",\"filters\"]},"
    "\"b\":{\"path\":\"insight/churn\",\"params\":{},\"by\":[]},"
    "\"same\":{\"path\":\"insight/churn\",\"params\":{},\"by\":[]},"
    "\"list\":{\"path\":\"items\",\"params\":{},\"by\":[]}}}";

static yyjson_val *read_table(vt_json_reader **reader, const char *text)
{
    yyjson_val *root = NULL;
    vt_error err = VT_ERROR_INIT;
    assert_int_equal(vt_json_reader_create(reader, &err), VT_OK);
    assert_int_equal(vt_json_read(*reader, vt_str_of(text), &root, &err), VT_OK);
    return root;
}

static void test_first(void **state)
{
    vt_page_questions list = {0};
    vt_json_reader *reader;
    vt_error err = VT_ERROR_INIT;
    (void)state;
    assert_int_equal(vt_page_questions_first(&list, read_table(&reader, table), &err), VT_OK);
    assert_int_equal(list.n, 2 + 3); /* and the other periods of the first one */
    assert_string_equal(list.row[0].key, "insight/overview?compare=year&n=4&period=30d");
    assert_string_equal(list.row[0].kind, "overview");
    assert_string_equal(list.row[1].key, "insight/churn");
    assert_string_equal(list.row[2].key, "insight/overview?compare=year&n=4&period=7d");
    vt_page_questions_done(&list);
    vt_json_reader_free(reader);
}

static void test_of_categories(void **state)
{
    const char *const categories[] = {"Books", "Toys", "c", "d", "e", "f", "g", "h", "one too many"};
    vt_page_questions list = {0};
    vt_json_reader *reader;
    vt_error err = VT_ERROR_INIT;
    (void)state;
    assert_int_equal(vt_page_questions_of(&list, read_table(&reader, table), categories, 9, &err), VT_OK);
    assert_int_equal(list.n, VT_PAGE_CATEGORIES_AHEAD); /* churn goes by no filter */
    assert_string_equal(list.row[0].key, "insight/overview?category=Books&compare=year&n=4&period=30d");
    assert_string_equal(list.row[1].key, "insight/overview?category=Toys&compare=year&n=4&period=30d");
    vt_page_questions_done(&list);
    vt_json_reader_free(reader);
}

static void test_all(void **state)
{
    const char *const categories[] = {"Books"};
    vt_page_questions list = {0};
    vt_json_reader *reader;
    vt_error err = VT_ERROR_INIT;
    (void)state;
    assert_int_equal(vt_page_questions_list(&list, read_table(&reader, table), categories, 1, &err), VT_OK);
    /* four periods by four comparisons by none, one category, two prices and three kinds of customers; churn */
    assert_int_equal(list.n, 4 * 4 * 7 + 1);
    vt_page_questions_done(&list);
    vt_json_reader_free(reader);
}

static void test_no_defaults(void **state)
{
    vt_page_questions list = {0};
    vt_json_reader *reader;
    vt_error err = VT_ERROR_INIT;
    (void)state;
    assert_int_equal(vt_page_questions_first(&list, read_table(&reader, "{\"requests\":{}}"), &err), VT_ERR_FORMAT);
    vt_json_reader_free(reader);
    assert_int_equal(vt_page_questions_of(&list, read_table(&reader, "{\"requests\":{}}"), NULL, 0, &err),
                     VT_ERR_FORMAT);
    vt_json_reader_free(reader);
}

/* The table that is in the program: all of it is asked by a server, and by a report in each of its presets. */
static void test_bundle(void **state)
{
    vt_page_questions first = {0}, all = {0};
    vt_json_reader *reader;
    yyjson_val *root = NULL;
    vt_error err = VT_ERROR_INIT;
    (void)state;
    assert_int_equal(vt_json_reader_create(&reader, &err), VT_OK);
    int status = vt_page_requests_read(&root, reader, &err);
    assert_int_equal(status, vt_bundle_n_files > 0 ? VT_OK : VT_ERR_UNSUPPORTED);
    if (status == VT_OK) {
        assert_int_equal(vt_page_questions_first(&first, root, &err), VT_OK);
        assert_int_equal(vt_page_questions_list(&all, root, NULL, 0, &err), VT_OK);
        for (size_t i = 0; i < first.n; i++) {
            bool found = false;
            for (size_t k = 0; k < all.n; k++) {
                found = found || strcmp(first.row[i].key, all.row[k].key) == 0;
            }
            assert_true(found);
        }
    }
    vt_page_questions_done(&first);
    vt_page_questions_done(&all);
    vt_json_reader_free(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first),       cmocka_unit_test(test_of_categories), cmocka_unit_test(test_all),
        cmocka_unit_test(test_no_defaults), cmocka_unit_test(test_bundle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
