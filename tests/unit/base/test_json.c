/* Reading JSON: what is refused and where, both ways of finding a double key, members; reused memory. */
#include "check.h"

#include "base/json.h"
#include "base/limits.h"
#include "fault.h"

static vt_json_reader *new_reader(void)
{
    vt_json_reader *reader = NULL;
    assert_int_equal(vt_json_reader_create(&reader, NULL), VT_OK);
    return reader;
}

static void reads_members(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_json_reader *reader = new_reader();
    yyjson_val *root = NULL;
    double number = 0;
    check_ok(vt_json_read(reader,
                          vt_str_of("{\"asin\":\"B\\u00e4r\",\"overall\":4.5,\"vote\":\"12\",\"n\":null,\"e\":\"\","
                                    "\"big\":18446744073709551615,\"list\":[1,{}],\"bad\":\"five\"}"),
                          &root, &err));
    assert_true(vt_str_equal(vt_json_str(root, "asin"), vt_str_of("B\xc3\xa4r")));
    assert_true(vt_str_equal(vt_json_str(root, "e"), vt_str_of("")));
    assert_non_null(vt_json_str(root, "e").ptr);
    assert_null(vt_json_str(root, "n").ptr);
    assert_null(vt_json_str(root, "overall").ptr);
    assert_null(vt_json_str(root, "none").ptr);
    assert_null(vt_json_str(NULL, "none").ptr);
    assert_true(vt_json_real(root, "overall", &number) && number == 4.5);
    assert_true(vt_json_real(root, "vote", &number) && number == 12);
    assert_true(vt_json_real(root, "big", &number) && number == 18446744073709551615.0);
    assert_false(vt_json_real(root, "bad", &number));
    assert_false(vt_json_real(root, "list", &number));
    assert_false(vt_json_real(root, "none", &number));
    check_ok(vt_json_read(reader, vt_str_of(" 7 "), &root, &err));
    assert_int_equal(yyjson_get_int(root), 7);
    assert_null(vt_json_str(root, "asin").ptr);
    vt_json_reader_free(reader);
}

static void refuses_what_is_not_json(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t at;
    } bad[] = {
        {"", 0},
        {"{\"a\":1,}", 6},
        {"{\"a\":1", 6},
        {"{'a':1}", 1},
        {"[1] 2", 4},
        {"\"\xff\"", 1},
        {"NaN", 0},
        {"[1e999]", 1},
        {"// no\n1", 0},
        {"{\"a\":1,\"a\":2}", 8},
        {"[{\"b\":{\"key\":1,\"k\\u0065y\":2}}]", 16},
        {"{\"\":1,\"\":2}", 7},
    };
    vt_json_reader *reader = new_reader();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        vt_error err = VT_ERROR_INIT;
        yyjson_val *root = NULL;
        if (vt_json_read(reader, vt_str_of(bad[i].text), &root, &err) != VT_ERR_FORMAT || err.position != bad[i].at) {
            fail_msg("%s: %s (position %lld)", bad[i].text, err.message, (long long)err.position);
        }
        assert_null(root);
    }
    vt_json_reader_free(reader);
    vt_json_reader_free(NULL);
}

static void says_which_key(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_json_reader *reader = new_reader();
    yyjson_val *root = NULL;
    assert_int_equal(vt_json_read(reader, vt_str_of("{\"asin\":1,\"asin\":2}"), &root, &err), VT_ERR_FORMAT);
    assert_string_equal(err.message, "the key \"asin\" occurs twice in one JSON object, at byte 11");
    vt_json_reader_free(reader);
}

/* {"k0":0, ...}, with key `twice` again at the end when it is not negative. */
static void make_object(vt_buf *text, int keys, int twice)
{
    vt_buf_clear(text);
    assert_int_equal(vt_buf_add_text(text, "{", NULL), VT_OK);
    for (int i = 0; i < keys; i++) {
        assert_int_equal(vt_buf_printf(text, NULL, "%s\"k%d\":[%d]", i > 0 ? "," : "", i * 37, i), VT_OK);
    }
    if (twice >= 0) {
        assert_int_equal(vt_buf_printf(text, NULL, ",\"k%d\":0", twice * 37), VT_OK);
    }
    assert_int_equal(vt_buf_add_text(text, "}", NULL), VT_OK);
}

static void double_keys_of_all_widths(void **state)
{
    (void)state;
    vt_json_reader *reader = new_reader();
    vt_buf text;
    vt_buf_init(&text, 1 << 26);
    static const int widths[] = {1, 2, 3, 5, 8, 13, 22, 23, 24, 25, 31, 32, 33, 64, 100, 1000, 100000};
    for (size_t w = 0; w < sizeof widths / sizeof widths[0]; w++) {
        vt_error err = VT_ERROR_INIT;
        yyjson_val *root = NULL;
        make_object(&text, widths[w], -1);
        check_ok(vt_json_read(reader, (vt_str){text.data, text.len}, &root, &err));
        assert_int_equal(yyjson_obj_size(root), widths[w]);
        int step = widths[w] / 40 + 1;
        for (int twice = 0; twice < widths[w] && (widths[w] < 2000 || twice == 0); twice += step) {
            make_object(&text, widths[w], twice);
            root = NULL;
            assert_int_equal(vt_json_read(reader, (vt_str){text.data, text.len}, &root, &err), VT_ERR_FORMAT);
            assert_non_null(strstr(err.message, "occurs twice"));
            assert_null(root);
        }
    }
    vt_buf_done(&text);
    vt_json_reader_free(reader);
}

static void depth_is_capped(void **state)
{
    (void)state;
    vt_json_reader *reader = new_reader();
    for (int depth = 63; depth <= 100000; depth = depth < 66 ? depth + 1 : depth * 10) {
        vt_error err = VT_ERROR_INIT;
        yyjson_val *root = NULL;
        vt_buf text;
        vt_buf_init(&text, 1 << 24);
        /* brackets in texts do not count */
        assert_int_equal(vt_buf_add_text(&text, "[\"[[{\\\"[\",", NULL), VT_OK);
        for (int i = 1; i < depth; i++) {
            assert_int_equal(vt_buf_add_text(&text, "[", NULL), VT_OK);
        }
        for (int i = 0; i < depth; i++) {
            assert_int_equal(vt_buf_add_text(&text, "]", NULL), VT_OK);
        }
        int status = vt_json_read(reader, (vt_str){text.data, text.len}, &root, &err);
        if (depth <= VT_JSON_DEPTH_MAX) {
            assert_int_equal(status, VT_OK);
        } else {
            assert_int_equal(status, VT_ERR_FORMAT);
            assert_int_equal(err.position, 10 + VT_JSON_DEPTH_MAX - 1); /* byte of the 65th bracket */
            assert_string_equal(err.message, "JSON nested deeper than 64 levels, at byte 73");
        }
        vt_buf_done(&text);
    }
    vt_json_reader_free(reader);
}

/* Broken texts need the most memory for their size: that must not be told as a lack of it. */
static void brackets_that_never_close(void **state)
{
    (void)state;
    char text[300];
    vt_json_reader *reader = NULL;
    for (size_t len = 1; len <= sizeof text; len++) {
        vt_error err = VT_ERROR_INIT;
        yyjson_val *root = NULL;
        text[len - 1] = '[';
        if (len % 7 == 1) { /* a reader without and one with memory from before */
            vt_json_reader_free(reader);
            reader = new_reader();
        }
        assert_int_equal(vt_json_read(reader, (vt_str){text, len}, &root, &err), VT_ERR_FORMAT);
        assert_non_null(strstr(err.message, "not JSON: "));
    }
    vt_json_reader_free(reader);
}

static int read_all_sizes(void *context, vt_error *err)
{
    vt_json_reader *reader = NULL;
    yyjson_val *root = NULL;
    int status = vt_json_reader_create(&reader, err);
    for (const vt_buf *text = context; status == VT_OK && text->data != NULL; text++) {
        status = vt_json_read(reader, (vt_str){text->data, text->len}, &root, err);
    }
    vt_json_reader_free(reader);
    return status;
}

static void memory_runs_out(void **state)
{
    (void)state;
    vt_buf texts[4];
    static const int widths[] = {3, 500, 50000};
    for (int i = 0; i < 4; i++) {
        vt_buf_init(&texts[i], 1 << 24);
        if (i < 3) {
            make_object(&texts[i], widths[i], -1);
        }
    }
    /* reader, pool, larger pool, table; then yyjson's two and our larger table */
    assert_in_range(fault_allocations(read_all_sizes, texts), 7, 40);
    for (int i = 0; i < 4; i++) {
        vt_buf_done(&texts[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_members),   cmocka_unit_test(refuses_what_is_not_json),
        cmocka_unit_test(says_which_key),  cmocka_unit_test(double_keys_of_all_widths),
        cmocka_unit_test(depth_is_capped), cmocka_unit_test(brackets_that_never_close),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
