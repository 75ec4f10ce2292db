/* Periods by hand: lengths, dates, daylight saving, days that are not over, and what each is compared with. */
#include "check.h"

#include "base/clock.h"
#include "insight/period.h"
#include "vitrine/record.h"

static vt_zone *berlin;

static int open_zone(void **state)
{
    (void)state;
    return vt_zone_open(&berlin, "Europe/Berlin", NULL);
}

static int close_zone(void **state)
{
    (void)state;
    vt_zone_close(berlin);
    return 0;
}

static int64_t at(int year, int month, int day, int hour)
{
    return vt_days_from_civil(year, month, day) * 86400 + hour * 3600;
}

static void texts(void **state)
{
    (void)state;
    static const struct {
        const char *text, *days;
    } cases[] = {
        {"30d", "2026-10-03..2026-11-01"},
        {"1w", "2026-10-26..2026-11-01"},
        {"1m", "2026-10-02..2026-11-01"},
        {"1y", "2025-11-02..2026-11-01"},
        {"2026-10-01..2026-10-31", "2026-10-01..2026-10-31"},
        {"2026-10", "2026-10-01..2026-10-31"},
        {"2024-02", "2024-02-01..2024-02-29"},
        {"2025", "2025-01-01..2025-12-31"},
        {"2026-03-05", "2026-03-05..2026-03-05"},
        {"2026-11", "2026-11-01..2026-11-01"}, /* what is to come is left out */
        {"all", "2020-02-01..2026-11-01"},
    };
    vt_error err = VT_ERROR_INIT;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        vt_period period;
        char days[32];
        check_ok(vt_period_parse(&period, cases[i].text, berlin, at(2026, 11, 1, 12), at(2020, 1, 31, 23), &err));
        vt_period_text(days, &period);
        assert_string_equal(days, cases[i].days);
        assert_true(period.from < period.until);
    }
    static const char *const bad[] = {"",    "d",         "0d",         "-3d",
                                      "30x", "2026-13",   "2026-02-30", "2026-10-05..2026-10-01",
                                      "..",  "yesterday", "999999999d", "101y"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        vt_period period;
        assert_int_equal(vt_period_parse(&period, bad[i], berlin, at(2026, 11, 1, 12), VT_NONE, &err), VT_ERR_USAGE);
    }
}

static void daylight_saving(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_period period;
    check_ok(vt_period_parse(&period, "2026-10-25", berlin, at(2026, 11, 1, 12), VT_NONE, &err));
    assert_int_equal(period.until - period.from, 25 * 3600);
    assert_int_equal(period.from, at(2026, 10, 24, 22));
    check_ok(vt_period_parse(&period, "2026-03-29", berlin, at(2026, 11, 1, 12), VT_NONE, &err));
    assert_int_equal(period.until - period.from, 23 * 3600);
    vt_zone *havana = NULL; /* its clocks go from 23:59 to 1:00, so the day begins at 1:00 */
    check_ok(vt_zone_open(&havana, "America/Havana", &err));
    check_ok(vt_period_parse(&period, "2026-03-08", havana, at(2026, 11, 1, 12), VT_NONE, &err));
    assert_int_equal(period.from, at(2026, 3, 8, 5));
    assert_int_equal(period.until - period.from, 23 * 3600);
    vt_zone_close(havana);
}

static void unfinished(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_period period;
    /* 12:00 UTC is 13:00 in the winter of Berlin; the week before was in summer time, where 13:00 is 11:00 UTC. */
    check_ok(vt_period_parse(&period, "3d", berlin, at(2026, 10, 27, 12), VT_NONE, &err));
    assert_true(period.unfinished);
    assert_int_equal(period.until, at(2026, 10, 27, 12) + 1);
    vt_period before = vt_period_before(&period, VT_COMPARE_PREVIOUS, berlin);
    char days[32];
    vt_period_text(days, &before);
    assert_string_equal(days, "2026-10-22..2026-10-24");
    assert_int_equal(before.until, at(2026, 10, 24, 11) + 1);
    before = vt_period_before(&period, VT_COMPARE_WEEKDAYS, berlin);
    vt_period_text(days, &before);
    assert_string_equal(days, "2026-10-18..2026-10-20");
    assert_int_equal(vt_weekday(before.first), vt_weekday(period.first));
    check_ok(vt_period_parse(&period, "2024-02-01..2024-02-29", berlin, at(2026, 1, 1, 0), VT_NONE, &err));
    assert_false(period.unfinished);
    before = vt_period_before(&period, VT_COMPARE_YEAR, berlin);
    vt_period_text(days, &before);
    assert_string_equal(days, "2023-02-01..2023-02-28");
    before = vt_period_before(&period, VT_COMPARE_WEEKDAYS, berlin);
    vt_period_text(days, &before);
    assert_string_equal(days, "2023-12-28..2024-01-25");
    before = vt_period_before(&period, VT_COMPARE_NONE, berlin);
    assert_true(before.first > before.last);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),
        cmocka_unit_test(daylight_saving),
        cmocka_unit_test(unfinished),
    };
    return cmocka_run_group_tests(tests, open_zone, close_zone);
}
