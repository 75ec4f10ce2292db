/* Top-k against sorting: every length of list and k, ties, NaN, infinities; the first j of k are the best j. */
#include "check.h"

#include <math.h>

#include "base/rng.h"
#include "math/topk.h"

enum { N = 1500, SEED = 11 };

/* Scores of `distinct` values, so that ties abound when there are few; some NaN and infinite. */
static void fill(float *scores, size_t n, uint64_t distinct, uint64_t round)
{
    vt_rng rng = vt_rng_at(SEED, "test", round, distinct);
    for (size_t i = 0; i < n; i++) {
        uint64_t kind = vt_rng_below(&rng, 20);
        float value = (float)vt_rng_below(&rng, distinct) - 3.0F;
        scores[i] = kind == 0 ? NAN : kind == 1 ? -INFINITY : kind == 2 ? INFINITY : value;
    }
}

static void equals_sorting(void **state)
{
    (void)state;
    static float scores[N];
    static int32_t found[N + 10], expected[N + 10], scratch[N];
    const size_t lengths[] = {0, 1, 2, 15, 16, 63, 64, 65, 200, 700, 1023, 1024, 1087, N};
    const size_t ks[] = {0, 1, 2, 10, 32, 33, 64, 199, N + 10};
    for (uint64_t round = 0; round < 6; round++) {
        for (size_t a = 0; a < sizeof lengths / sizeof *lengths; a++) {
            for (size_t b = 0; b < sizeof ks / sizeof *ks; b++) {
                fill(scores, lengths[a], round % 2 == 0 ? 5 : 1000000, round);
                size_t want = vt_topk_reference(scores, lengths[a], ks[b], expected, scratch);
                size_t got = vt_topk(scores, lengths[a], ks[b], found);
                if (got != want || memcmp(found, expected, got * sizeof *found) != 0) {
                    fail_msg("seed %d round %d n %zu k %zu", SEED, (int)round, lengths[a], ks[b]);
                }
            }
        }
    }
}

static void candidates_in_any_order(void **state)
{
    (void)state;
    static float scores[N];
    int32_t all[N], found[N], expected[N];
    fill(scores, N, 4, 99);
    for (int32_t i = 0; i < N; i++) {
        all[i] = (int32_t)(((int64_t)i * 331) % N); /* 331 and N share no factor: each once */
    }
    for (size_t k = 0; k < 60; k += 7) {
        size_t want = vt_topk(scores, N, k, expected);
        assert_int_equal(vt_topk_of(scores, all, N, k, found), want);
        assert_memory_equal(found, expected, want * sizeof *found);
    }
    const int32_t few[] = {7, 3, 600};
    float three[N];
    for (int i = 0; i < N; i++) {
        three[i] = (float)(i % 7);
    }
    assert_int_equal(vt_topk_of(three, few, 3, 10, found), 3);
    assert_int_equal(found[0], 600); /* 600 mod 7 = 5 */
    assert_int_equal(found[1], 3);
    assert_int_equal(found[2], 7);
}

static void only_above_the_threshold(void **state)
{
    (void)state;
    static float scores[N];
    int32_t found[N], all[N];
    fill(scores, N, 9, 3);
    const size_t ks[] = {3, 200, N};
    for (int i = 0; i < 3; i++) {
        size_t n = vt_topk_above(scores, N, 2.0F, ks[i], found), every = vt_topk(scores, N, ks[i], all), above = 0;
        while (above < every && scores[all[above]] > 2.0F) {
            above++;
        }
        assert_int_equal(n, above);
        assert_memory_equal(found, all, n * sizeof *found);
    }
}

/* Lists longer than the buffer of keys go another way. */
static void long_lists(void **state)
{
    (void)state;
    enum { LONG = 9000 };
    float *scores = malloc(LONG * sizeof *scores);
    int32_t *found = malloc(LONG * sizeof *found), *expected = malloc(LONG * sizeof *expected);
    int32_t *scratch = malloc(LONG * sizeof *scratch);
    assert_true(scores != NULL && found != NULL && expected != NULL && scratch != NULL);
    fill(scores, LONG, 300, 1);
    const size_t ks[] = {1000, 1279, 1280, 1281, 4000, LONG};
    for (size_t i = 0; i < sizeof ks / sizeof *ks; i++) {
        size_t want = vt_topk_reference(scores, LONG, ks[i], expected, scratch);
        assert_int_equal(vt_topk(scores, LONG, ks[i], found), want);
        assert_memory_equal(found, expected, want * sizeof *found);
        for (int32_t c = 0; c < LONG; c++) {
            scratch[c] = LONG - 1 - c;
        }
        assert_int_equal(vt_topk_of(scores, scratch, LONG, ks[i], found), want);
        assert_memory_equal(found, expected, want * sizeof *found);
    }
    free(scores);
    free(found);
    free(expected);
    free(scratch);
}

static void five_are_a_prefix_of_fifty(void **state)
{
    (void)state;
    static float scores[N];
    int32_t five[5], fifty[50];
    for (uint64_t round = 0; round < 20; round++) {
        fill(scores, N, 6, round);
        assert_int_equal(vt_topk(scores, N, 5, five), 5);
        assert_int_equal(vt_topk(scores, N, 50, fifty), 50);
        assert_memory_equal(five, fifty, sizeof five);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_sorting),
        cmocka_unit_test(candidates_in_any_order),
        cmocka_unit_test(only_above_the_threshold),
        cmocka_unit_test(long_lists),
        cmocka_unit_test(five_are_a_prefix_of_fifty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
