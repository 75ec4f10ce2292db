/* Times as a person says them. Whole sentences are tested where they are made, in test_explain.c. */
#include "check.h"

#include "base/clock.h"
#include "recommend/reason.h"

static void how_long_ago(void **state)
{
    (void)state;
    static const struct {
        const char *now, *time, *expected;
    } rows[] = {
        {"2026-11-26T12:00:00Z", "2026-11-26T00:00:00Z", "today"},
        {"2026-11-26T00:00:01Z", "2026-11-25T23:59:59Z", "yesterday"},
        {"2026-11-26T12:00:00Z", "2026-11-24T13:00:00Z", "2 days ago"},
        {"2026-11-26T12:00:00Z", "2026-11-13T01:00:00Z", "13 days ago"},
        {"2026-11-26T12:00:00Z", "2026-11-12T23:00:00Z", "2 weeks ago"},
        {"2026-11-26T12:00:00Z", "2026-09-28T00:00:00Z", "8 weeks ago"},
        {"2026-11-26T12:00:00Z", "2026-09-27T23:00:00Z", "in September 2026"},
        {"2026-11-26T12:00:00Z", "1999-12-31T23:00:00Z", "in December 1999"},
        {"2026-11-26T12:00:00Z", "2026-11-26T12:00:01Z", ""},
    };
    char text[32];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        vt_error err = VT_ERROR_INIT;
        int64_t now = 0, time = 0;
        check_ok(vt_parse_time(&now, vt_str_of(rows[i].now), NULL, &err));
        check_ok(vt_parse_time(&time, vt_str_of(rows[i].time), NULL, &err));
        vt_format_ago(text, now, time);
        assert_string_equal(text, rows[i].expected);
    }
    vt_format_ago(text, 5, VT_NONE);
    assert_string_equal(text, "");
    vt_format_ago(text, VT_NONE, 5);
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(how_long_ago)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
