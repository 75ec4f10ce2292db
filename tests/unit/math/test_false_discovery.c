/* Adjusted p-values: an example worked by hand, in place, none, and the share of false findings over many draws. */
#include "fault.h"

#include <math.h>

#include "base/rng.h"
#include "math/false_discovery.h"

static const double p[] = {.01, .04, .03, .2, .005, .04, 1.0, .5};
enum { N = sizeof p / sizeof p[0] };

/* In order .005 .01 .03 .04 .04 .2 .5 1 times 8 / rank is .04 .04 .08 .08 .064 .267 .571 1; then the least behind. */
static void adjusts_by_hand(void **state)
{
    (void)state;
    const double wanted[] = {.04, .064, .064, .2 * 8 / 6, .04, .064, 1.0, .5 * 8 / 7};
    double adjusted[N];
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_benjamini_hochberg(adjusted, p, N, &err));
    for (size_t i = 0; i < N; i++) {
        assert_true(fabs(adjusted[i] - wanted[i]) < 1e-15);
    }
    double same[N];
    memcpy(same, p, sizeof p);
    check_ok(vt_benjamini_hochberg(same, same, N, &err));
    assert_memory_equal(same, adjusted, sizeof same);
    check_ok(vt_benjamini_hochberg(NULL, NULL, 0, &err));
}

/* 200 tests, 150 of them of nothing: of what is found at .1, .1 * 150 / 200 is false in expectation. */
static void keeps_the_share_of_false_findings(void **state)
{
    (void)state;
    enum { TESTS = 200, NOTHING = 150, DRAWS = 400 };
    double share = 0.0, found_all = 0.0;
    vt_error err = VT_ERROR_INIT;
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        vt_rng rng = vt_rng_at(7, "false-discovery", draw, 0);
        double values[TESTS], found = 0.0, wrong = 0.0;
        for (size_t i = 0; i < TESTS; i++) {
            values[i] = vt_rng_unit(&rng) * (i < NOTHING ? 1.0 : 1e-2);
        }
        check_ok(vt_benjamini_hochberg(values, values, TESTS, &err));
        for (size_t i = 0; i < TESTS; i++) {
            found += values[i] <= 0.1;
            wrong += values[i] <= 0.1 && i < NOTHING;
        }
        share += found > 0.0 ? wrong / found / DRAWS : 0.0;
        found_all += found / DRAWS;
    }
    assert_true(found_all > 45.0);
    assert_true(share > 0.065 && share < 0.085);
}

static int adjust(void *context, vt_error *err)
{
    double adjusted[N] = {-1.0};
    (void)context;
    int status = vt_benjamini_hochberg(adjusted, p, N, err);
    assert_true((status == VT_OK) == (adjusted[0] >= 0.0));
    return status;
}

static void fails_whole(void **state)
{
    (void)state;
    assert_int_equal(fault_allocations(adjust, NULL), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(adjusts_by_hand),
                                       cmocka_unit_test(keeps_the_share_of_false_findings),
                                       cmocka_unit_test(fails_whole)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
