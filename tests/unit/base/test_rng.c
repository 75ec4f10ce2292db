/* Random streams: the published generator, no bias, streams that depend on what they are for and nothing else. */
#include "check.h"

#include <math.h>

#include "base/rng.h"

static void is_xoshiro256pp(void **state)
{
    (void)state;
    /* First outputs from state 1, 2, 3, 4, worked out from the authors' reference (Blackman and Vigna 2019). */
    vt_rng rng = {{1, 2, 3, 4}};
    static const uint64_t want[] = {41943041U, 58720359U, 3588806011781223U, 3591011842654386U, 9228616714210784205U};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        assert_true(vt_rng_u64(&rng) == want[i]);
    }
}

static void streams_are_their_own(void **state)
{
    (void)state;
    vt_rng again = vt_rng_at(7, "split", 1, 2);
    vt_rng base = vt_rng_at(7, "split", 1, 2);
    uint64_t first = vt_rng_u64(&base);
    assert_true(vt_rng_u64(&again) == first);
    const vt_rng others[] = {vt_rng_at(8, "split", 1, 2), vt_rng_at(7, "splis", 1, 2), vt_rng_at(7, "split", 2, 1),
                             vt_rng_at(7, "split", 1, 3), vt_rng_at(7, "split", 0, 2), vt_rng_at(7, "", 1, 2)};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        vt_rng other = others[i];
        assert_true(vt_rng_u64(&other) != first);
    }
    /* Neighbouring streams do not resemble each other: half of the bits differ. */
    int bits = 0;
    for (uint64_t row = 0; row < 1000; row++) {
        vt_rng a = vt_rng_at(7, "row", row, 0);
        vt_rng b = vt_rng_at(7, "row", row + 1, 0);
        bits += __builtin_popcountll(vt_rng_u64(&a) ^ vt_rng_u64(&b));
    }
    assert_in_range(bits, 31000, 33000);
}

static void below_is_even(void **state)
{
    (void)state;
    enum { DRAWS = 60000 };
    vt_rng rng = vt_rng_at(3, "below", 0, 0);
    int count[6] = {0};
    for (int i = 0; i < DRAWS; i++) {
        uint64_t n = vt_rng_below(&rng, 6);
        assert_true(n < 6);
        count[n]++;
    }
    double chi2 = 0;
    for (int i = 0; i < 6; i++) {
        chi2 += pow(count[i] - DRAWS / 6.0, 2) / (DRAWS / 6.0);
    }
    assert_true(chi2 < 20.5); /* 99.9 % of even dice with 5 degrees of freedom */
    for (int i = 0; i < 100; i++) {
        assert_int_equal(vt_rng_below(&rng, 1), 0);
    }
    /* A bound of 3/4 of the range shows a bias at once where the remainder is not rejected. */
    uint64_t bound = ((uint64_t)3) << 62;
    int upper = 0;
    for (int i = 0; i < DRAWS; i++) {
        uint64_t n = vt_rng_below(&rng, bound);
        assert_true(n < bound);
        upper += n >= bound / 3 * 2;
    }
    assert_in_range(upper, DRAWS / 3 - 600, DRAWS / 3 + 600); /* five standard deviations */
}

static void unit_and_normal_have_their_moments(void **state)
{
    (void)state;
    enum { DRAWS = 200000 };
    vt_rng rng = vt_rng_at(11, "moments", 0, 0);
    double mean = 0;
    double normal = 0;
    double square = 0;
    double fourth = 0;
    for (int i = 0; i < DRAWS; i++) {
        double u = vt_rng_unit(&rng);
        double z = vt_rng_normal(&rng);
        assert_true(u >= 0 && u < 1 && isfinite(z));
        mean += u / DRAWS;
        normal += z / DRAWS;
        square += z * z / DRAWS;
        fourth += z * z * z * z / DRAWS;
    }
    assert_true(fabs(mean - 0.5) < 0.004);
    assert_true(fabs(normal) < 0.012);
    assert_true(fabs(square - 1) < 0.02);
    assert_true(fabs(fourth - 3) < 0.15);
}

static void gamma_and_poisson_have_their_moments(void **state)
{
    (void)state;
    enum { DRAWS = 100000 };
    static const double parameters[] = {0.3, 2.5, 40, 620};
    for (size_t c = 0; c < sizeof parameters / sizeof parameters[0]; c++) {
        double p = parameters[c], sum[2] = {0}, square[2] = {0};
        vt_rng rng = vt_rng_at(9, "moments", c, 0);
        for (int i = 0; i < DRAWS; i++) {
            double x[2] = {vt_rng_gamma(&rng, p), (double)vt_rng_poisson(&rng, p)};
            for (int k = 0; k < 2; k++) {
                assert_true(x[k] >= 0);
                sum[k] += x[k] / DRAWS;
                square[k] += (x[k] - p) * (x[k] - p) / DRAWS;
            }
        }
        for (int k = 0; k < 2; k++) { /* mean and variance of both are the parameter; five standard deviations */
            assert_true(fabs(sum[k] - p) < 5 * sqrt(p / DRAWS));
            assert_true(fabs(square[k] - p) < 5 * sqrt((2 + 6 / p) * p * p / DRAWS));
        }
    }
    vt_rng rng = vt_rng_at(9, "moments", 9, 0);
    assert_int_equal(vt_rng_poisson(&rng, 0), 0);
}

static void orders_are_even(void **state)
{
    (void)state;
    enum { N = 4, ORDERS = 24, DRAWS = 24000 };
    vt_rng rng = vt_rng_at(5, "order", 0, 0);
    int count[N * N * N * N] = {0}, met = 0;
    for (int d = 0; d < DRAWS; d++) {
        int32_t order[N];
        int seen = 0, code = 0;
        vt_rng_order(&rng, order, N);
        for (int i = 0; i < N; i++) {
            assert_in_range(order[i], 0, N - 1);
            seen |= 1 << order[i];
            code = code * N + order[i];
        }
        assert_int_equal(seen, (1 << N) - 1); /* each number once */
        count[code]++;
    }
    double chi2 = 0;
    for (int c = 0; c < N * N * N * N; c++) {
        met += count[c] > 0;
        chi2 += count[c] > 0 ? pow(count[c] - (double)DRAWS / ORDERS, 2) / ((double)DRAWS / ORDERS) : 0.0;
    }
    assert_int_equal(met, ORDERS);
    assert_true(chi2 < 49.8); /* 99.9 % of even draws with 23 degrees of freedom */
    int32_t kept = 7;
    vt_rng_order(&rng, &kept, 0);
    assert_int_equal(kept, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_xoshiro256pp),
        cmocka_unit_test(streams_are_their_own),
        cmocka_unit_test(below_is_even),
        cmocka_unit_test(unit_and_normal_have_their_moments),
        cmocka_unit_test(gamma_and_poisson_have_their_moments),
        cmocka_unit_test(orders_are_even),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
