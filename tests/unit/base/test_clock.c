/* Civil dates against the calendar counted day by day, the spellings of times and what is none, the fixed clock. */
#include "check.h"

#include "base/clock.h"
#include "vitrine/record.h"

static int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

static void every_day_of_nine_centuries(void **state)
{
    (void)state;
    int64_t day = -134774; /* 1601-01-01, as the calendar of Windows has it */
    char text[32];
    char want[64];
    for (int year = 1601; year <= 2500; year++) {
        for (int month = 1; month <= 12; month++) {
            for (int d = 1; d <= month_days(year, month); d++, day++) {
                int64_t time = 0;
                assert_int_equal(vt_days_from_civil(year, month, d), day);
                snprintf(want, sizeof want, "%04d-%02d-%02d", year, month, d);
                vt_format_date(text, day * 86400 + 86399);
                assert_string_equal(text, want);
                assert_int_equal(vt_parse_time(&time, vt_str_of(want), NULL, NULL), VT_OK);
                assert_int_equal(time, day * 86400);
            }
        }
    }
    assert_int_equal(vt_days_from_civil(1970, 1, 1), 0);
    assert_int_equal(vt_days_from_civil(-400, 3, 1) + 146097, vt_days_from_civil(0, 3, 1));
}

static void written_times_read_back(void **state)
{
    (void)state;
    char text[32];
    for (int64_t time = -5000000000; time < 20000000000; time += 99999989) {
        int64_t again = 0;
        vt_format_time(text, time);
        assert_int_equal(vt_parse_time(&again, vt_str_of(text), NULL, NULL), VT_OK);
        assert_int_equal(again, time);
    }
    vt_format_date(text, VT_NONE);
    assert_string_equal(text, "-");
}

static void units(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *unit;
        int64_t time;
    } good[] = {
        {"1000", "s", 1000},
        {"1000", "ms", 1},
        {"1999", "ms", 1},
        {"-1", "ms", -1},
        {"99999999999", NULL, 99999999999},
        {"100000000000", NULL, 100000000},
        {"1588687728923", NULL, 1588687728},
        {"2000000000000", "s", 2000000000000},
        {" 12 ", NULL, 12},
        {"1.5e9", NULL, 1500000000},
        {"2020/02/29", NULL, 1582934400},
        {"2020-2-9 1:02", NULL, 1581210120},
        {"2020-02-09T01:02:03+0530", NULL, 1581190323},
        {"2020-02-09 01:02 UTC", NULL, 1581210120},
        {"2020-01-01 10:00 CET", NULL, 1577869200},
        {"2020-07-01 10:00 CEST", NULL, 1593590400},
        {"2016-12-31 23:59:60Z", NULL, 1483228800},
        {"2 9, 2020", NULL, 1581206400},
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        int64_t time = 0;
        vt_error err = VT_ERROR_INIT;
        check_ok(vt_parse_time(&time, vt_str_of(good[i].text), good[i].unit, &err));
        if (time != good[i].time) {
            fail_msg("%s is read as %lld", good[i].text, (long long)time);
        }
    }
}

static void what_is_no_time(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "2020-02-30",
        "2100-02-29",
        "2020-00-01",
        "2020-01-00",
        "2020-01/01",
        "2020-01-01T",
        "2020-01-01 24:00",
        "2020-01-01 10:60",
        "2020-01-01 10:00:61",
        "2020-01-01 10:00:00+24:00",
        "2020-01-01 10:00 XYZ",
        "20-01-01",
        "2020",
        "13 01, 2020",
        "1 32, 2020",
        "1 1 2020",
        "12:00",
        "1e19",
        "-1e19",
        "nan",
        "2020-01-01x",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t time = 77;
        vt_error err = VT_ERROR_INIT;
        int status = vt_parse_time(&time, vt_str_of(bad[i]), NULL, &err);
        if (strcmp(bad[i], "2020") == 0) {
            assert_int_equal(status, VT_OK); /* a number: seconds */
            continue;
        }
        if (status != VT_ERR_FORMAT || time != 77) {
            fail_msg("%s is read as %lld (%d)", bad[i], (long long)time, status);
        }
        assert_non_null(strstr(err.message, bad[i]));
    }
    vt_error err = VT_ERROR_INIT;
    int64_t time = 77;
    assert_int_equal(vt_parse_time(&time, (vt_str){NULL, 0}, NULL, &err), VT_ERR_FORMAT);
    assert_int_equal(time, 77);
}

static void the_clock_can_be_fixed(void **state)
{
    (void)state;
    setenv("VITRINE_NOW", "1234567890", 1);
    assert_int_equal(vt_now(), 1234567890);
    setenv("VITRINE_NOW", "soon", 1);
    assert_true(vt_now() > 1700000000);
    unsetenv("VITRINE_NOW");
    assert_true(vt_now() > 1700000000);
    double before = vt_seconds();
    assert_true(vt_seconds() >= before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_of_nine_centuries),
        cmocka_unit_test(written_times_read_back),
        cmocka_unit_test(units),
        cmocka_unit_test(what_is_no_time),
        cmocka_unit_test(the_clock_can_be_fixed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
