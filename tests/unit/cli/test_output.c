/* Numbers as a person reads them, and errors as a program does. */
#include "check.h"

#include <math.h>

#include "cli/cli.h"

static void counts(void **state)
{
    (void)state;
    static const struct {
        int64_t number;
        const char *text;
    } cases[] = {{0, "0"},          {999, "999"},   {1000, "1,000"}, {1234567, "1,234,567"},
                 {-1000, "-1,000"}, {-999, "-999"}, {VT_NONE, "-"},  {INT64_MAX, "9,223,372,036,854,775,807"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[32];
        vt_format_count(text, cases[i].number);
        assert_string_equal(text, cases[i].text);
    }
}

static void money(void **state)
{
    (void)state;
    static const struct {
        int64_t minor;
        const char *currency;
        const char *text;
    } cases[] = {
        {1290, "EUR", "12.90 EUR"}, {5, "USD", "0.05 USD"},
        {-5, "USD", "-0.05 USD"},   {123456789, "USD", "1,234,567.89 USD"},
        {1200, "JPY", "1,200 JPY"}, {100, "", "1.00"},
        {VT_NONE, "USD", "-"},      {-123456, "EUR", "-1,234.56 EUR"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[48];
        vt_format_money(text, cases[i].minor, cases[i].currency);
        assert_string_equal(text, cases[i].text);
    }
}

static void sizes_and_times(void **state)
{
    (void)state;
    char text[32];
    vt_format_bytes(text, 1023);
    assert_string_equal(text, "1023 B");
    vt_format_bytes(text, 1536);
    assert_string_equal(text, "1.5 KiB");
    vt_format_bytes(text, (int64_t)5 << 40);
    assert_string_equal(text, "5.0 TiB");
    vt_format_duration(text, 0.034);
    assert_string_equal(text, "34 ms");
    vt_format_duration(text, 0.9996);
    assert_string_equal(text, "1.0 s");
    vt_format_duration(text, 59.96);
    assert_string_equal(text, "1 min 0 s");
    vt_format_duration(text, 125.2);
    assert_string_equal(text, "2 min 5 s");
    vt_format_real(text, NAN, 4);
    assert_string_equal(text, "-");
    vt_format_real(text, 0.05546, 4);
    assert_string_equal(text, "0.0555");
}

/* An error as JSON can be read back, whatever the message holds. */
static void errors_as_json(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_error shown = VT_ERROR_INIT;
    vt_fail(&shown, VT_ERR_NOT_FOUND, "there is no user \"a\\b\"\033[2J");
    vt_buf out;
    vt_buf_init(&out, 1 << 20);
    check_ok(vt_output_error(&out, true, &shown));
    vt_json_reader *reader = NULL;
    yyjson_val *root = NULL;
    check_ok(vt_json_reader_create(&reader, &err));
    check_ok(vt_json_read(reader, (vt_str){out.data, out.len}, &root, &err));
    yyjson_val *error = yyjson_obj_get(root, "error");
    assert_true(vt_str_equal(vt_json_str(error, "code"), vt_str_of("not-found")));
    assert_true(vt_str_equal(vt_json_str(error, "message"), vt_str_of("there is no user \"a\\b\"\033[2J")));
    vt_json_reader_free(reader);
    vt_buf_clear(&out);
    check_ok(vt_output_error(&out, false, &shown));
    assert_int_equal(out.len, 0);
    vt_buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts),
        cmocka_unit_test(money),
        cmocka_unit_test(sizes_and_times),
        cmocka_unit_test(errors_as_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
