/* Rules as texts: what is read, what is refused with which words, what a shop keeps. */
#include "tea_shop.h"

#include "fault.h"
#include "vitrine/rules.h"

static void check_text(const vt_rules *rules, const char *expected)
{
    char text[512];
    vt_rules_text(text, sizeof text, rules);
    assert_string_equal(text, expected);
}

static void each_rule_is_read(void **state)
{
    const char *const rows[][3] = {
        {"brand_cap", "2", "brand_cap=2"},
        {"category_cap", " 3 ", "category_cap=3"},
        {"replenish", "on", "replenish=on"},
        {"replenish", "off", "none"},
        {"fewer_like", "0.5", "fewer_like=0.5"},
        {"fewer_like", "1", "none"},
        {"diversity", "1", "diversity=1"},
        {"calibration", "0.25", "calibration=0.25"},
        {"explore", "0.1", "explore=0.1"},
        {"explore_days", "7", "explore_days=7"},
        {"explore_sales", "0", "explore_sales=0"},
        {"boost", "brand=Acme:1.2", "boost=brand=Acme:1.2"},
        {"boost", "item = a:b : x ; brand=B:2", NULL}, /* x is no amount */
        {"boost", "item=a:b:+0.5; category=Beauty > Hair:0.5;", "boost=item=a:b:+0.5;category=Beauty > Hair:0.5"},
        {"boost", "brand=A:2;brand=A:-1", "boost=brand=A:-1"},
        {"boost", "brand=A:2;item=A:3", "boost=brand=A:2;item=A:3"},
        {"boost", "none", "none"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        vt_rules rules;
        vt_error err = VT_ERROR_INIT;
        vt_rules_init(&rules);
        int status = vt_rules_set(&rules, rows[i][0], rows[i][1], &err);
        if (rows[i][2] == NULL) {
            assert_int_equal(status, VT_ERR_USAGE);
        } else {
            check_ok(status);
            check_text(&rules, rows[i][2]);
        }
        vt_rules_done(&rules);
    }
}

static void what_cannot_be_is_said(void **state)
{
    const char *const rows[][3] = {
        {"brand_cap", "many", "brand_cap is \"many\"; a whole number from 0 to 1000 is expected"},
        {"brand_cap", "-1", "brand_cap is \"-1\"; a whole number from 0 to 1000 is expected"},
        {"diversity", "1.5", "diversity is \"1.5\"; a number from 0 to 1 is expected"},
        {"diversity", "nan", "diversity is \"nan\"; a number from 0 to 1 is expected"},
        {"replenish", "yes", "replenish is \"yes\"; on or off is expected"},
        {"colour", "1",
         "there is no rule \"colour\"; possible are: brand_cap, category_cap, boost, replenish, "
         "fewer_like, diversity, calibration, explore, explore_days, explore_sales"},
        {"boost", "brand=A:0",
         "the boost \"brand=A:0\" cannot be read; item=ID:1.2, brand=NAME:0.5 or category=PATH:+0.1 is expected: a "
         "factor "
         "from 0.01 to 100, or an addition from -10 to +10"},
    };
    const char *const bad[] = {"",          "Acme:2",      "brand=Acme",  "shop=A:2",   "brand=:2",  "brand=A:",
                               "brand=A:+", "brand=A:+11", "brand=A:--1", "item=A:101", "item=A:+-1"};
    vt_rules rules;
    (void)state;
    vt_rules_init(&rules);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        vt_error err = VT_ERROR_INIT;
        assert_int_equal(vt_rules_set(&rules, rows[i][0], rows[i][1], &err), VT_ERR_USAGE);
        assert_string_equal(err.message, rows[i][2]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        vt_error err = VT_ERROR_INIT;
        assert_int_equal(vt_rules_set(&rules, "boost", bad[i], &err), VT_ERR_USAGE);
    }
    check_text(&rules, "none");
    vt_rules_done(&rules);
    vt_rules_done(NULL);
}

static void a_shop_keeps_them(void **state)
{
    tea_shop tea;
    vt_rules rules;
    vt_error err = VT_ERROR_INIT;
    (void)state;
    tea_shop_init(&tea, NULL);
    check_ok(vt_rules_load(&rules, tea.shop, &err));
    check_text(&rules, "none");
    vt_rules_done(&rules);
    check_ok(vt_rules_save(tea.shop, "brand_cap", "2", &err));
    check_ok(vt_rules_save(tea.shop, "boost", "brand=Töpferei:1.5", &err));
    assert_int_equal(vt_rules_save(tea.shop, "brand_cap", "two", &err), VT_ERR_USAGE);
    assert_int_equal(vt_rules_save(tea.shop, "brand_cup", "2", &err), VT_ERR_USAGE);
    check_ok(vt_rules_load(&rules, tea.shop, &err));
    check_text(&rules, "brand_cap=2,boost=brand=Töpferei:1.5");
    vt_rules_done(&rules);
    check_ok(vt_rules_save(tea.shop, "brand_cap", "", &err));
    check_ok(vt_rules_load(&rules, tea.shop, &err));
    check_text(&rules, "boost=brand=Töpferei:1.5");
    vt_rules_done(&rules);
    /* what somebody put there past the check is found when it is read */
    check_ok(vt_shop_set(tea.shop, "recommend.diversity", "high", &err));
    assert_int_equal(vt_rules_load(&rules, tea.shop, &err), VT_ERR_USAGE);
    assert_string_equal(err.message, "diversity is \"high\"; a number from 0 to 1 is expected");
    char longest[5000];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_int_equal(vt_rules_save(tea.shop, "boost", longest, &err), VT_ERR_LIMIT);
    assert_string_equal(err.message, "the value of boost is longer than 4095 bytes");
    tea_shop_done(&tea);
}

static void names_and_meanings(void **state)
{
    const char *name = NULL, *help = NULL;
    size_t n = 0;
    (void)state;
    while (vt_rules_name(n, &name, &help)) {
        assert_true(name[0] != '\0' && help[0] != '\0');
        n++;
    }
    assert_int_equal(n, 10);
}

static int run_set(void *context, vt_error *err)
{
    vt_rules rules;
    (void)context;
    vt_rules_init(&rules);
    int status = vt_rules_set(&rules, "boost", "brand=A:2;item=B:+1;brand=A:3", err);
    vt_rules_done(&rules);
    return status;
}

static void memory_runs_out(void **state)
{
    (void)state;
    assert_int_equal(fault_allocations(run_set, NULL), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_is_read), cmocka_unit_test(what_cannot_be_is_said),
        cmocka_unit_test(a_shop_keeps_them), cmocka_unit_test(names_and_meanings),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
