/* Purchases summed up by customer: days worked by hand, the hold-out, what is left out, and what cannot be. */
#include "check.h"

#include <math.h>

#include "base/alloc.h"
#include "insight/clv/summary.h"

enum { P = 10, C = 4 };

/* Customer 0: days 100 (twice), 107, 121 and 135; 1: day 100; 2: first on day 130; 3: days 103 and 104 and a return. */
static const int32_t customer[P] = {3, 0, 0, 1, 0, 2, 3, 0, 3, 0};
static const int64_t day[P] = {104, 121, 100, 100, 107, 130, 103, 135, 106, 100};
static const double amount[P] = {8.0, 30.0, 5.0, 9.0, 10.0, 4.0, 2.0, 50.0, -8.0, 6.0};

static vt_clv_purchases purchases(void)
{
    return (vt_clv_purchases){customer, day, amount, P, C, NULL};
}

static void days_by_hand(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_clv_summary s;
    vt_clv_summary_options options;
    vt_clv_purchases p = purchases();
    vt_clv_summary_options_init(&options);
    options.until = 121;
    check_ok(vt_clv_summarise(&s, &p, &options, &err));
    assert_int_equal(s.n, 3); /* customer 2 comes after the calibration */
    assert_true(s.customer[0] == 0 && s.customer[1] == 1 && s.customer[2] == 3);
    assert_true(s.frequency[0] == 2.0 && s.recency[0] == 3.0 && s.age[0] == 3.0 && s.money[0] == 20.0);
    assert_true(s.later[0] == 1.0 && s.later_money[0] == 50.0);
    assert_true(s.frequency[1] == 0.0 && s.recency[1] == 0.0 && s.age[1] == 3.0 && s.money[1] == 0.0);
    assert_true(s.frequency[2] == 1.0 && s.recency[2] == 1.0 / 7.0 && s.age[2] == 18.0 / 7.0 && s.money[2] == 8.0);
    assert_true(s.begin == 100 && s.until == 121 && s.end == 135 && s.negative == 1);
    assert_true(s.repeat_days[4] == 1 && s.repeat_days[7] == 1 && s.repeat_days[35] == 1 && s.repeat_days[0] == 0);
    vt_clv_summary_done(&s);
    options.unit = 1.0;
    options.until = VT_NONE;
    check_ok(vt_clv_summarise(&s, &p, &options, &err));
    assert_true(s.n == 4 && s.frequency[0] == 3.0 && s.recency[0] == 35.0 && s.money[0] == 30.0 && s.age[2] == 5.0);
    vt_clv_summary_done(&s);
    p.amount = NULL; /* amounts are not known: the return cannot be told from a purchase */
    check_ok(vt_clv_summarise(&s, &p, &options, &err));
    assert_true(s.frequency[3] == 2.0 && s.money[0] == 0.0 && s.negative == 0);
    vt_clv_summary_done(&s);
}

static void one_moment_and_one_customer(void **state)
{
    (void)state;
    enum { MANY = 5000 };
    static int32_t who[MANY];
    static int64_t when[MANY];
    vt_error err = VT_ERROR_INIT;
    vt_clv_summary s;
    vt_clv_summary_options options;
    vt_clv_summary_options_init(&options);
    for (int i = 0; i < MANY; i++) {
        when[i] = 20000;
    }
    vt_clv_purchases p = {who, when, NULL, MANY, 1, NULL};
    check_ok(vt_clv_summarise(&s, &p, &options, &err));
    assert_true(s.n == 1 && s.frequency[0] == 0.0 && s.age[0] == 0.0);
    vt_clv_summary_done(&s);
}

static void what_cannot_be(void **state)
{
    (void)state;
    double bad[P];
    int64_t far[P];
    vt_error err = VT_ERROR_INIT;
    vt_clv_summary s = {.n = 7};
    vt_clv_summary_options options, wrong;
    vt_clv_summary_options_init(&options);
    vt_clv_purchases p = purchases();
    p.n_customers = 3;
    assert_int_equal(vt_clv_summarise(&s, &p, &options, &err), VT_ERR_FAILED);
    p = purchases();
    p.n = 0;
    assert_int_equal(vt_clv_summarise(&s, &p, &options, &err), VT_ERR_UNSUPPORTED);
    p = purchases();
    memcpy(bad, amount, sizeof bad);
    bad[3] = NAN;
    p.amount = bad;
    assert_int_equal(vt_clv_summarise(&s, &p, &options, &err), VT_ERR_FAILED);
    for (int i = 0; i < P; i++) {
        bad[i] = -1.0;
    }
    assert_int_equal(vt_clv_summarise(&s, &p, &options, &err), VT_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "0 or more"));
    p = purchases();
    wrong = options;
    wrong.unit = 0.0;
    assert_int_equal(vt_clv_summarise(&s, &p, &wrong, &err), VT_ERR_USAGE);
    wrong = options;
    wrong.until = 99;
    assert_int_equal(vt_clv_summarise(&s, &p, &wrong, &err), VT_ERR_USAGE);
    memcpy(far, day, sizeof far);
    far[0] = 3000000;
    p.day = far;
    assert_int_equal(vt_clv_summarise(&s, &p, &options, &err), VT_ERR_LIMIT);
    assert_true(s.n == 7);
}

static void memory_may_fail(void **state)
{
    (void)state;
    vt_clv_purchases p = purchases();
    vt_clv_summary_options options;
    vt_clv_summary_options_init(&options);
    int status = VT_ERR_NO_MEMORY;
    for (int64_t fail = 0; status != VT_OK; fail++) {
        vt_error err = VT_ERROR_INIT;
        vt_clv_summary s = {.n = 7};
        vt_alloc_fail_after(fail);
        status = vt_clv_summarise(&s, &p, &options, &err);
        vt_alloc_fail_after(-1);
        assert_true(status == VT_OK || (status == VT_ERR_NO_MEMORY && s.n == 7));
        if (status == VT_OK) {
            vt_clv_summary_done(&s);
        }
        assert_true(fail < 40);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_by_hand),
        cmocka_unit_test(one_moment_and_one_customer),
        cmocka_unit_test(what_cannot_be),
        cmocka_unit_test(memory_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
