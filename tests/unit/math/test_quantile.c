/* Quantiles: by hand as numpy has them, of one number and of none. */
#include "check.h"

#include <math.h>

#include "math/quantile.h"

static void by_hand(void **state)
{
    (void)state;
    double x[] = {40, 10, 30, 20}, one = 7;
    vt_sort_reals(x, 4);
    assert_true(x[0] == 10 && x[3] == 40);
    assert_true(vt_quantile(x, 4, .25) == 17.5 && vt_quantile(x, 4, .5) == 25);
    assert_true(vt_quantile(x, 4, 0) == 10 && vt_quantile(x, 4, 1) == 40);
    assert_true(vt_quantile(&one, 1, .9) == 7);
    vt_sort_reals(NULL, 0);
    assert_true(isnan(vt_quantile(NULL, 0, .5)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
