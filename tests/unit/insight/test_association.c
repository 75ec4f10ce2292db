/*
 * Figures of four counts: p-values against exact sums (of whole numbers) and, for a million, SciPy 1.17
 * (hypergeom.sf); intervals against SciPy (binomtest, Wilson) and by how often they hold the truth in drawn baskets.
 */
#include "fault.h"

#include <math.h>

#include "base/rng.h"
#include "insight/baskets/association.h"

static void check_close(double value, double wanted, double relative)
{
    if (!(fabs(value - wanted) <= relative * fabs(wanted))) {
        fail_msg("%.17g, not %.17g", value, wanted);
    }
}

static double *factorials(size_t n)
{
    vt_error err = VT_ERROR_INIT;
    double *table = vt_log_factorials(n, &err);
    assert_non_null(table);
    return table;
}

static double choose(int64_t n, int64_t k)
{
    double ways = k < 0 || k > n ? 0.0 : 1.0;
    for (int64_t i = 0; i < k && ways > 0.0; i++) {
        ways = ways * (double)(n - i) / (double)(i + 1);
    }
    return ways;
}

static void sums_small_tails_exactly(void **state)
{
    (void)state;
    double *table = factorials(14);
    for (int64_t n = 1; n <= 14; n++) {
        for (int64_t left = 1; left <= n; left++) {
            for (int64_t right = 1; right <= n; right++) {
                double tail = 0.0;
                for (int64_t count = right; count >= 0; count--) {
                    tail += choose(left, count) * choose(n - left, right - count) / choose(n, right);
                    double chance = vt_chance_of(table, n, left, right, count);
                    assert_true(fabs(chance - tail) < 1e-13);
                }
            }
        }
    }
    vt_free(table);
}

static void agrees_with_exact_sums(void **state)
{
    (void)state;
    double *table = factorials(1000000);
    check_close(table[20], log(2432902008176640000.0), 1e-15);
    check_close(table[1000000], 12815518.384658169, 1e-15);
    check_close(vt_chance_of(table, 9835, 19, 327, 12), 6.116444666375407e-14, 1e-9);
    check_close(vt_chance_of(table, 9835, 2513, 1903, 736), 1.443891554743753e-45, 1e-9);
    check_close(vt_chance_of(table, 9835, 2513, 1903, 480), 0.6526115805136562, 1e-9);
    check_close(vt_chance_of(table, 9835, 2513, 1903, 487), 0.4929264443131104, 1e-9);
    check_close(vt_chance_of(table, 1000000, 50000, 20000, 1100), 0.000646707501271688, 1e-7);
    check_close(vt_chance_of(table, 1000000, 50000, 20000, 950), 0.9518954527080525, 1e-7);
    vt_free(table);
    double low = 0.0, high = 0.0;
    vt_wilson(&low, &high, 480, 2513);
    check_close(low, 0.17611376710134408, 1e-13);
    check_close(high, 0.20684299620321356, 1e-13);
    vt_wilson(&low, &high, 0, 10);
    assert_true(low == 0.0);
    check_close(high, 0.27753279986288926, 1e-13);
    vt_wilson(&low, &high, 10, 10);
    check_close(low, 0.7224672001371109, 1e-13);
    assert_true(high == 1.0);
}

/* Baskets drawn from known shares: the intervals hold the true lift and confidence about 95 times in 100. */
static void holds_the_truth(void **state)
{
    (void)state;
    enum { BASKETS = 1500, DRAWS = 1200 };
    const double both = 0.03, left_only = 0.07, right_only = 0.12;
    const double lift = both / ((both + left_only) * (both + right_only)), confidence = both / (both + left_only);
    int lift_held = 0, confidence_held = 0;
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        vt_rng rng = vt_rng_at(3, "association", draw, 0);
        int64_t n_both = 0, n_left = 0, n_right = 0;
        for (int b = 0; b < BASKETS; b++) {
            double u = vt_rng_unit(&rng);
            bool is_both = u < both, is_left = u < both + left_only;
            n_both += is_both;
            n_left += is_left;
            n_right += is_both || (!is_left && u < both + left_only + right_only);
        }
        vt_association a = vt_association_of(BASKETS, n_left, n_right, n_both, 1.0, 1.0);
        lift_held += a.lift_low <= lift && lift <= a.lift_high;
        confidence_held += a.confidence_low <= confidence && confidence <= a.confidence_high;
    }
    assert_in_range(lift_held, DRAWS * 93 / 100, DRAWS * 97 / 100);
    assert_in_range(confidence_held, DRAWS * 93 / 100, DRAWS * 97 / 100);
}

/* Independent sets: a p-value of .05 or less comes about 5 times in 100, and never more often by design. */
static void p_values_are_not_too_small(void **state)
{
    (void)state;
    enum { BASKETS = 800, DRAWS = 2000 };
    double *table = factorials(BASKETS);
    int small = 0;
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        vt_rng rng = vt_rng_at(4, "association", draw, 0);
        int64_t n_both = 0, n_left = 0, n_right = 0;
        for (int b = 0; b < BASKETS; b++) {
            bool left = vt_rng_unit(&rng) < 0.2, right = vt_rng_unit(&rng) < 0.3;
            n_both += left && right;
            n_left += left;
            n_right += right;
        }
        small += vt_chance_of(table, BASKETS, n_left, n_right, n_both) <= 0.05;
    }
    vt_free(table);
    assert_in_range(small, DRAWS * 3 / 100, DRAWS * 11 / 200);
}

static void gives_the_ends(void **state)
{
    (void)state;
    vt_association a = vt_association_of(10, 4, 4, 4, 0.0, 0.0); /* always together */
    assert_true(isinf(a.conviction) && a.confidence == 1.0 && a.confidence_high == 1.0);
    check_close(a.lift, 2.5, 1e-15);
    assert_true(a.lift_low > 1.0 && a.lift_low < 2.5 && a.lift_high > 2.5);
    a = vt_association_of(1, 1, 1, 1, 1.0, 1.0); /* all there is */
    assert_true(a.lift == 1.0 && a.lift_low == 1.0 && a.lift_high == 1.0 && a.leverage == 0.0);
}

static int make_table(void *context, vt_error *err)
{
    (void)context;
    double *table = vt_log_factorials(10, err);
    int status = table == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    vt_free(table);
    return status;
}

static void fails_whole(void **state)
{
    (void)state;
    assert_int_equal(fault_allocations(make_table, NULL), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_small_tails_exactly), cmocka_unit_test(agrees_with_exact_sums),
        cmocka_unit_test(holds_the_truth),          cmocka_unit_test(p_values_are_not_too_small),
        cmocka_unit_test(gives_the_ends),           cmocka_unit_test(fails_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
