/* Spellings of numbers, money and time: a table of what is read as what. */
#include "check.h"

#include "base/clock.h"
#include "base/number.h"
#include "vitrine/record.h"

static void integers(void **state)
{
    (void)state;
    int64_t value = 0;
    assert_true(vt_parse_int(&value, vt_str_of("-9223372036854775808")));
    assert_true(value == INT64_MIN);
    assert_true(vt_parse_int(&value, vt_str_of("9223372036854775807")));
    assert_true(value == INT64_MAX);
    static const char *const bad[] = {"", "-", "1x", " 1", "9223372036854775808", "1.0"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(vt_parse_int(&value, vt_str_of(bad[i])));
    }
}

static void reals(void **state)
{
    (void)state;
    double value = 0;
    assert_true(vt_parse_real(&value, vt_str_of("-1.5e3")));
    assert_true(value == -1500);
    static const char *const bad[] = {"", "nan", "inf", "0x10", "1,5", " 1", "1e999", "five"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(vt_parse_real(&value, vt_str_of(bad[i])));
    }
}

static void money(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int digits;
        int64_t value;
    } good[] = {
        {"12", 2, 1200},     {"12.5", 2, 1250},    {"$1,234.50", 2, 123450}, {"1.234,50 EUR", 2, 123450},
        {"-$5", 2, -500},    {"1,234", 2, 123400}, {"0.999", 2, 100},        {"JPY 1,200", 0, 1200},
        {"19.99 ", 2, 1999}, {".5", 2, 50},        {"12.3456", 2, 1235},
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        int64_t value = 0;
        if (!vt_parse_money(&value, vt_str_of(good[i].text), good[i].digits)) {
            fail_msg("%s is not read", good[i].text);
        }
        assert_int_equal(value, good[i].value);
    }
    static const char *const bad[] = {"", "N/A", "free", "$", "1-2", "12 - 15"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t value = 0;
        if (vt_parse_money(&value, vt_str_of(bad[i]), 2)) {
            fail_msg("%s is read as %lld", bad[i], (long long)value);
        }
    }
}

static void times(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t value;
    } good[] = {
        {"1970-01-01", 0},
        {"2000-02-29 12:30:15", 951827415},
        {"2000-02-29T12:30:15.25Z", 951827415},
        {"2000-02-29T12:30:15+02:00", 951820215},
        {"2024-12-29 10:00:00 -0500", 1735484400},
        {"09 13, 2009", 1252800000},
        {"1424615980", 1424615980},
        {"1424615980000", 1424615980},
        {"881250949.0", 881250949},
        {"1969-12-31 23:59:59", -1},
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        int64_t value = 0;
        assert_int_equal(vt_parse_time(&value, vt_str_of(good[i].text), NULL, NULL), VT_OK);
        assert_int_equal(value, good[i].value);
    }
    static const char *const bad[] = {"", "yesterday", "2023-02-29", "2023-13-01", "2023-01-01 25:00", "1e300"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        vt_error err = VT_ERROR_INIT;
        int64_t value = 0;
        assert_int_equal(vt_parse_time(&value, vt_str_of(bad[i]), NULL, &err), VT_ERR_FORMAT);
    }
    char text[32];
    vt_format_time(text, 951827415);
    assert_string_equal(text, "2000-02-29 12:30:15");
    vt_format_time(text, VT_NONE);
    assert_string_equal(text, "-");
}

static void utf8_is_checked_at_every_place(void **state)
{
    (void)state;
    char text[40];
    for (size_t len = 0; len < sizeof text; len++) {
        memset(text, 'a', sizeof text);
        assert_true(vt_utf8_valid((vt_str){text, len}));
        for (size_t at = 0; at < len; at++) {
            text[at] = '\0';
            assert_false(vt_utf8_valid((vt_str){text, len}));
            text[at] = (char)0x80;
            assert_false(vt_utf8_valid((vt_str){text, len}));
            text[at] = 0x7F;
            assert_true(vt_utf8_valid((vt_str){text, len}));
            text[at] = (char)0xC3;
            text[at + 1 < sizeof text ? at + 1 : at] = (char)0xA4;
            assert_int_equal(vt_utf8_valid((vt_str){text, len}), at + 1 < len);
            memset(text, 'a', sizeof text);
        }
    }
}

static void printable(void **state)
{
    (void)state;
    char text[] = "t\xC3\xA4 \n\x7F\xC3";
    vt_make_printable(text);
    assert_string_equal(text, "t\xC3\xA4 ???");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers),
        cmocka_unit_test(reals),
        cmocka_unit_test(money),
        cmocka_unit_test(times),
        cmocka_unit_test(utf8_is_checked_at_every_place),
        cmocka_unit_test(printable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
