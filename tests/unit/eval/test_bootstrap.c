/* Bootstrap intervals: they hold the truth about as often as they say, and do not depend on threads. */
#include "check.h"

#include <math.h>

#include "base/rng.h"
#include "eval/bootstrap.h"
#include "fault.h"

enum { USERS = 200 };

/* Two columns: a coin with p = .3, and a normal with mean 2 and deviation 1. */
static void draw(double rows[USERS * 2], uint64_t trial)
{
    vt_rng rng = vt_rng_at(20240501, "bootstrap-test", trial, 0);
    for (size_t u = 0; u < USERS; u++) {
        rows[u * 2] = vt_rng_unit(&rng) < 0.3 ? 1 : 0;
        rows[u * 2 + 1] = 2 + vt_rng_normal(&rng);
    }
}

static void holds_the_truth(void **state)
{
    (void)state;
    enum { TRIALS = 300 };
    static double rows[USERS * 2];
    vt_error err = VT_ERROR_INIT;
    double width = 0;
    int coin = 0;
    int normal = 0;
    for (uint64_t t = 0; t < TRIALS; t++) {
        double low[2];
        double high[2];
        draw(rows, t);
        check_ok(vt_bootstrap(low, high, rows, USERS, 2, 400, t, 1, &err));
        coin += low[0] <= 0.3 && 0.3 <= high[0];
        normal += low[1] <= 2 && 2 <= high[1];
        width += (high[1] - low[1]) / TRIALS;
    }
    /* 95 % of 300 is 285 with a deviation of 3.8: five of them to either side, seeds are fixed */
    assert_in_range(coin, 266, 300);
    assert_in_range(normal, 266, 300);
    double expected = 2 * 1.96 / sqrt(USERS);
    if (fabs(width - expected) > 0.05 * expected) {
        fail_msg("the mean width is %g, the normal law says %g", width, expected);
    }
}

static void same_on_many_threads(void **state)
{
    (void)state;
    static double rows[USERS * 2];
    double low[2][2];
    double high[2][2];
    vt_error err = VT_ERROR_INIT;
    draw(rows, 1);
    check_ok(vt_bootstrap(low[0], high[0], rows, USERS, 2, 101, 5, 1, &err));
    check_ok(vt_bootstrap(low[1], high[1], rows, USERS, 2, 101, 5, 7, &err));
    assert_memory_equal(low[0], low[1], sizeof low[0]);
    assert_memory_equal(high[0], high[1], sizeof high[0]);
    check_ok(vt_bootstrap(low[1], high[1], rows, USERS, 2, 101, 6, 7, &err));
    assert_true(low[0][1] != low[1][1]);
}

static void edges(void **state)
{
    (void)state;
    const double same[] = {0.25, 0.25, 0.25};
    double low = 0;
    double high = 0;
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_bootstrap(&low, &high, same, 3, 1, 0, 1, 1, &err));
    assert_true(isnan(low) && isnan(high));
    check_ok(vt_bootstrap(&low, &high, same, 3, 1, 1, 1, 1, &err));
    assert_true(low == 0.25 && high == 0.25);
    check_ok(vt_bootstrap(&low, &high, same, 1, 1, 50, 1, 1, &err));
    assert_true(low == 0.25 && high == 0.25);
}

static int run(void *context, vt_error *err)
{
    double low[2];
    double high[2];
    return vt_bootstrap(low, high, context, USERS, 2, 20, 5, 1, err);
}

static void memory_runs_out(void **state)
{
    (void)state;
    static double rows[USERS * 2];
    draw(rows, 1);
    assert_true(fault_allocations(run, rows) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_the_truth),
        cmocka_unit_test(same_on_many_threads),
        cmocka_unit_test(edges),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
