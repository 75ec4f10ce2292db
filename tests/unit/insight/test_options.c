/* Setting an option of a query by its name: every name, texts that cannot be read, names that are not there. */
#include <string.h>

#include "check.h"
#include "vitrine/insight.h"

static void each_type_is_read(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_insight_options o;
    vt_insight_options_init(&o);
    check_ok(vt_insight_options_set(&o, "period", "7d", &err));
    check_ok(vt_insight_options_set(&o, "n", "25", &err));
    check_ok(vt_insight_options_set(&o, "lead_days", "30", &err));
    check_ok(vt_insight_options_set(&o, "support", "0.25", &err));
    check_ok(vt_insight_options_set(&o, "seed", "4294967296", &err));
    check_ok(vt_insight_options_set(&o, "backtest", "true", &err));
    assert_string_equal(o.period, "7d");
    assert_int_equal(o.n, 25);
    assert_int_equal(o.lead_days, 30);
    assert_true(o.support == .25);
    assert_true(o.seed == 4294967296U);
    assert_true(o.backtest);
    check_ok(vt_insight_options_set(&o, "backtest", "0", &err));
    assert_false(o.backtest);
}

static void what_cannot_be_read_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value, *words;
    } wrong[] = {
        {"n", "many", "a whole number is expected"}, {"n", "-1", "a whole number is expected"},
        {"n", "2147483648", "whole number"},         {"support", "x", "a number is expected"},
        {"backtest", "yes", "true or false"},        {"horizn", "3", "did you mean \"horizon\""},
        {"masked", "true", "no option \"masked\""},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        vt_error err = VT_ERROR_INIT;
        vt_insight_options o;
        vt_insight_options_init(&o);
        assert_int_equal(vt_insight_options_set(&o, wrong[i].name, wrong[i].value, &err), VT_ERR_USAGE);
        assert_non_null(strstr(err.message, wrong[i].words));
        assert_int_equal(o.n, 10);
    }
}

/* Every listed name can be set, and none stands in the list twice. */
static void every_name_is_known(void **state)
{
    (void)state;
    size_t n = 0;
    for (const char *name; (name = vt_insight_option_at(n)) != NULL; n++) {
        vt_error err = VT_ERROR_INIT;
        vt_insight_options o;
        vt_insight_options_init(&o);
        check_ok(vt_insight_options_set(&o, name, "1", &err));
        for (size_t k = 0; k < n; k++) {
            assert_string_not_equal(vt_insight_option_at(k), name);
        }
    }
    assert_true(n > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_type_is_read),
        cmocka_unit_test(what_cannot_be_read_is_said),
        cmocka_unit_test(every_name_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
