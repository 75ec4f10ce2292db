/* Writing JSON: exact texts by hand, numbers that read back equal, misuse, full buffers and lack of memory. */
#include "check.h"

#include <float.h>
#include <math.h>

#include "base/json.h"
#include "base/rng.h"
#include "fault.h"

static int write_sample(vt_buf *out, bool pretty, vt_error *err)
{
    vt_json_writer w;
    vt_json_writer_init(&w, out, pretty);
    vt_json_object(&w, NULL);
    vt_json_text(&w, "a", vt_str_of("x\"\\\n\x01/"));
    vt_json_array(&w, "list");
    vt_json_int(&w, NULL, INT64_MIN);
    vt_json_number(&w, NULL, 0.1);
    vt_json_bool(&w, NULL, true);
    vt_json_object(&w, NULL);
    vt_json_object_end(&w);
    vt_json_array_end(&w);
    vt_json_number(&w, "nan", NAN);
    vt_json_number(&w, "inf", -INFINITY);
    vt_json_text(&w, "none", (vt_str){NULL, 0});
    vt_json_text(&w, "empty", vt_str_of(""));
    vt_json_null(&w, "\"k\"");
    vt_json_bool(&w, "no", false);
    vt_json_object_end(&w);
    return vt_json_writer_done(&w, err);
}

static void exact_texts(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_buf out;
    vt_buf_init(&out, 4096);
    check_ok(write_sample(&out, false, &err));
    assert_string_equal(out.data, "{\"a\":\"x\\\"\\\\\\n\\u0001/\",\"list\":[-9223372036854775808,0.1,true,{}],"
                                  "\"nan\":null,\"inf\":null,\"none\":null,\"empty\":\"\",\"\\\"k\\\"\":null,"
                                  "\"no\":false}");
    vt_buf_clear(&out);
    check_ok(write_sample(&out, true, &err));
    assert_string_equal(out.data, "{\n  \"a\": \"x\\\"\\\\\\n\\u0001/\",\n  \"list\": [\n    -9223372036854775808,\n"
                                  "    0.1,\n    true,\n    {}\n  ],\n  \"nan\": null,\n  \"inf\": null,\n"
                                  "  \"none\": null,\n  \"empty\": \"\",\n  \"\\\"k\\\"\": null,\n  \"no\": false\n}");
    vt_buf_done(&out);
}

static void control_characters_are_escaped(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_buf out;
    vt_json_writer w;
    vt_buf_init(&out, 4096);
    vt_json_writer_init(&w, &out, false);
    vt_json_text(&w, NULL, vt_str_of("\b\f\t\r\x1f\x7f"));
    check_ok(vt_json_writer_done(&w, &err));
    assert_string_equal(out.data, "\"\\b\\f\\t\\r\\u001F\x7f\"");
    vt_buf_done(&out);
}

static void texts_go_behind_what_is_there(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_buf out;
    vt_buf_init(&out, 4096);
    for (int i = 0; i < 3; i++) {
        vt_json_writer w;
        vt_json_writer_init(&w, &out, true);
        vt_json_array(&w, NULL);
        vt_json_int(&w, NULL, i);
        vt_json_array_end(&w);
        check_ok(vt_json_writer_done(&w, &err));
        check_ok(vt_buf_add(&out, ";", 1, &err));
    }
    assert_string_equal(out.data, "[\n  0\n];[\n  1\n];[\n  2\n];");
    vt_buf_done(&out);
}

static void bad_utf8_becomes_a_mark(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_buf out;
    vt_json_writer w;
    vt_buf_init(&out, 4096);
    vt_json_writer_init(&w, &out, false);
    vt_json_object(&w, NULL);
    vt_json_array(&w, "\xc3(");
    vt_json_text(&w, NULL,
                 vt_str_of("a\xff"
                           "b\xe2\x82\xac\xe2\x82"));
    vt_json_text(&w, NULL, (vt_str){"a\0b", 3});
    vt_json_text(&w, NULL, vt_str_of("\xed\xa0\x80\xc0\xaf")); /* a surrogate and a character written too long */
    vt_json_array_end(&w);
    vt_json_object_end(&w);
    check_ok(vt_json_writer_done(&w, &err));
    assert_string_equal(out.data, "{\"\xef\xbf\xbd(\":[\"a\xef\xbf\xbd"
                                  "b\xe2\x82\xac\xef\xbf\xbd\xef\xbf\xbd\",\"a\\u0000b\",\"\xef\xbf\xbd\xef\xbf\xbd"
                                  "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"]}");
    vt_buf_done(&out);
}

/* One bad byte, or one good character of two bytes, at each place of texts around the steps that are looked at. */
static void bad_utf8_is_found_at_every_place(void **state)
{
    (void)state;
    static const char *const middles[] = {"\x80", "\xc3\xa9"}, *const become[] = {"\xef\xbf\xbd", "\xc3\xa9"};
    vt_error err = VT_ERROR_INIT;
    vt_buf out;
    vt_buf_init(&out, 4096);
    for (int before = 0; before < 20; before++) {
        for (int behind = 0; behind < 20; behind++) {
            for (size_t m = 0; m < 2; m++) {
                char text[64], wanted[64];
                vt_json_writer w;
                snprintf(text, sizeof text, "%.*s%s%.*s", before, "abcdefghijklmnopqrstu", middles[m], behind,
                         "ABCDEFGHIJKLMNOPQRSTU");
                snprintf(wanted, sizeof wanted, "\"%.*s%s%.*s\"", before, "abcdefghijklmnopqrstu", become[m], behind,
                         "ABCDEFGHIJKLMNOPQRSTU");
                vt_buf_clear(&out);
                vt_json_writer_init(&w, &out, false);
                vt_json_text(&w, NULL, vt_str_of(text));
                check_ok(vt_json_writer_done(&w, &err));
                assert_string_equal(out.data, wanted);
            }
        }
    }
    vt_buf_done(&out);
}

static void numbers_read_back_equal(void **state)
{
    (void)state;
    const uint64_t seed = 20240229;
    vt_rng rng = vt_rng_at(seed, "json numbers", 0, 0);
    vt_error err = VT_ERROR_INIT;
    vt_json_reader *reader = NULL;
    vt_buf out;
    check_ok(vt_json_reader_create(&reader, &err));
    vt_buf_init(&out, 4096);
    for (int i = 0; i < 20000; i++) {
        static const double edges[] = {0, -0.0, 1, 1e22, DBL_MAX, DBL_MIN, 5e-324, 1.0 / 3, 123456789012345678.0};
        double number = 0;
        if (i < (int)(sizeof edges / sizeof edges[0])) {
            number = edges[i];
        } else {
            uint64_t bits = vt_rng_u64(&rng);
            memcpy(&number, &bits, sizeof number);
        }
        if (!isfinite(number)) {
            continue;
        }
        vt_json_writer w;
        yyjson_val *root = NULL;
        vt_buf_clear(&out);
        vt_json_writer_init(&w, &out, false);
        vt_json_number(&w, NULL, number);
        check_ok(vt_json_writer_done(&w, &err));
        check_ok(vt_json_read(reader, (vt_str){out.data, out.len}, &root, &err));
        double again = yyjson_get_num(root);
        if (memcmp(&again, &number, sizeof number) != 0) {
            fail_msg("seed %llu, number %d: %a became %s", (unsigned long long)seed, i, number, out.data);
        }
    }
    vt_buf_done(&out);
    vt_json_reader_free(reader);
}

static void misuse_sticks(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_buf out;
    vt_json_writer w;
    vt_buf_init(&out, 4096);
    vt_json_writer_init(&w, &out, true);
    for (int i = 0; i < VT_JSON_WRITER_DEPTH; i++) {
        vt_json_array(&w, NULL);
    }
    for (int i = 0; i < VT_JSON_WRITER_DEPTH; i++) {
        vt_json_array_end(&w);
    }
    check_ok(vt_json_writer_done(&w, &err));
    size_t whole = out.len;

    vt_json_writer_init(&w, &out, false);
    for (int i = 0; i <= VT_JSON_WRITER_DEPTH; i++) {
        vt_json_array(&w, NULL);
    }
    assert_int_equal(vt_json_writer_done(&w, &err), VT_ERR_LIMIT);

    vt_json_writer_init(&w, &out, false);
    vt_json_object_end(&w);
    assert_int_equal(vt_json_writer_done(&w, &err), VT_ERR_FAILED);

    vt_json_writer_init(&w, &out, false);
    vt_json_object(&w, NULL);
    assert_int_equal(vt_json_writer_done(&w, NULL), VT_ERR_FAILED);

    vt_json_writer_init(&w, &out, false);
    vt_json_object(&w, NULL);
    vt_json_array_end(&w);
    assert_int_equal(vt_json_writer_done(&w, &err), VT_ERR_FAILED);

    vt_json_writer_init(&w, &out, false);
    vt_json_object(&w, NULL);
    vt_json_int(&w, NULL, 1); /* no key */
    vt_json_object_end(&w);
    assert_int_equal(vt_json_writer_done(&w, &err), VT_ERR_FAILED);

    vt_json_writer_init(&w, &out, false);
    vt_json_array(&w, NULL);
    vt_json_int(&w, "key", 1);
    vt_json_array_end(&w);
    assert_int_equal(vt_json_writer_done(&w, &err), VT_ERR_FAILED);

    vt_json_writer_init(&w, &out, false);
    vt_json_int(&w, NULL, 1);
    vt_json_int(&w, NULL, 2); /* behind the end */
    assert_int_equal(vt_json_writer_done(&w, &err), VT_ERR_FAILED);

    vt_json_writer_init(&w, &out, false);
    assert_int_equal(vt_json_writer_done(&w, &err), VT_ERR_FAILED); /* nothing at all */
    assert_int_equal(out.len, whole);
    vt_buf_done(&out);

    for (size_t cap = 0; cap < 60; cap++) { /* a full buffer at every place */
        vt_buf_init(&out, cap);
        assert_int_equal(write_sample(&out, false, &err), VT_ERR_LIMIT);
        vt_buf_done(&out);
    }
}

static void what_is_not_written_is_freed(void **state)
{
    (void)state;
    vt_buf out;
    vt_json_writer w = {0};
    vt_json_writer_abort(&w);
    vt_buf_init(&out, 4096);
    vt_json_writer_init(&w, &out, true);
    vt_json_object(&w, NULL);
    vt_json_text(&w, "key", vt_str_of("text"));
    vt_json_writer_abort(&w);
    vt_json_writer_abort(&w);
    assert_int_equal(out.len, 0);
    vt_buf_done(&out);
}

/* So much that each kind of memory grows, a text that is mended included. */
static int write_much(void *context, vt_error *err)
{
    const bool *taken_over = context;
    vt_buf out;
    vt_json_writer w;
    vt_buf_init(&out, 1 << 20);
    int status = *taken_over ? VT_OK : vt_buf_add(&out, "before ", 7, err);
    vt_json_writer_init(&w, &out, true);
    vt_json_array(&w, NULL);
    for (int i = 0; i < 300; i++) {
        vt_json_object(&w, NULL);
        vt_json_text(&w, "title", vt_str_of(i % 100 == 99 ? "caf\xe9" : "a title of some length"));
        vt_json_number(&w, "score", i / 7.0);
        vt_json_object_end(&w);
    }
    vt_json_array_end(&w);
    status = status == VT_OK ? vt_json_writer_done(&w, err) : status;
    vt_json_writer_abort(&w);
    vt_buf_done(&out);
    return status;
}

static void memory_runs_out(void **state)
{
    (void)state;
    for (int taken_over = 0; taken_over < 2; taken_over++) {
        assert_in_range(fault_allocations(write_much, &(bool){taken_over == 1}), 10, 60);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_texts),
        cmocka_unit_test(control_characters_are_escaped),
        cmocka_unit_test(texts_go_behind_what_is_there),
        cmocka_unit_test(bad_utf8_becomes_a_mark),
        cmocka_unit_test(bad_utf8_is_found_at_every_place),
        cmocka_unit_test(numbers_read_back_equal),
        cmocka_unit_test(misuse_sticks),
        cmocka_unit_test(what_is_not_written_is_freed),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
