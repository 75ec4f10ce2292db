/* Diversity and calibration of lists, worked by hand; the mean cosine also against all pairs. */
#include "check.h"

#include <math.h>

#include "base/rng.h"
#include "eval/traits.h"
#include "fault.h"
#include "vitrine/encoder.h"

enum { CATEGORY, TEXT, IMAGE, CALIBRATION };

static void check_near(double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-6)) {
        fail_msg("%.15g is not %.15g", value, expected);
    }
}

/* Items a to e: a and b are tea, c and d are books, e is of no category. */
static const int32_t category[] = {0, 0, 1, 1, -1};
static const int64_t item_at[] = {0, 1, 2, 3, 4, 5};
static const int64_t category_at[] = {0, 3, 8};
static const vt_snapshot snapshot = {.n_items = 5,
                                     .items = {5, item_at, "abcde"},
                                     .categories = {2, category_at, "teabooks"},
                                     .item_category = category};

/* Texts of a, b and d: right angles between a and b, d in the middle of both. */
static const float data[] = {1, 0, 0, 1, 0.70710678F, 0.70710678F};
static const int64_t vector_at[] = {0, 1, 2, 3};
static const vt_item_vectors text = {.n = 3, .d = 2, .data = data, .ids = {3, vector_at, "abd"}};

static void evaluate(double value[][VT_TRAITS], const vt_trait_list *list, const int32_t *cutoff, size_t n_cutoffs)
{
    vt_traits traits = {0};
    vt_trait_scratch scratch = {0};
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_traits_init(&traits, &snapshot, &text, NULL, &err));
    check_ok(vt_trait_scratch_init(&scratch, &traits, &err));
    vt_traits_of_list(value, &traits, &scratch, list, cutoff, n_cutoffs);
    for (size_t c = 0; c < 2; c++) { /* ready for the next list */
        assert_int_equal(scratch.had[c], 0);
        assert_int_equal(scratch.listed[c], 0);
    }
    vt_trait_scratch_done(&scratch);
    vt_traits_done(&traits);
}

static void by_hand(void **state)
{
    (void)state;
    const int32_t items[] = {0, 4, 1, 2, 3};
    const int32_t history[] = {0, 0, 1, 2, 4}; /* three tea, one book */
    const int32_t cutoff[] = {1, 3, 5};
    double value[3][VT_TRAITS];
    evaluate(value, &(vt_trait_list){items, 5, history, 5}, cutoff, 3);
    /* a alone | a e b: one pair of one category | a b c d: 2 of 6 pairs are alike */
    assert_true(isnan(value[0][CATEGORY]) && isnan(value[0][TEXT]) && isnan(value[2][IMAGE]));
    check_near(value[1][CATEGORY], 0);
    check_near(value[2][CATEGORY], 4.0 / 6);
    /* a b: cosine 0 | a b d: 0, .7071, .7071 */
    check_near(value[1][TEXT], 1);
    check_near(value[2][TEXT], 1 - 2 * sqrt(0.5) / 3);
    /* p is 3/4 tea, 1/4 books; q is tea alone, then half and half */
    check_near(value[1][CALIBRATION], 0.75 * log(0.75 / (0.99 + 0.0075)) + 0.25 * log(0.25 / (0.01 * 0.25)));
    check_near(value[2][CALIBRATION],
               0.75 * log(0.75 / (0.99 * 0.5 + 0.0075)) + 0.25 * log(0.25 / (0.99 * 0.5 + 0.0025)));
}

static void nothing_known(void **state)
{
    (void)state;
    const int32_t items[] = {2, 3};
    const int32_t unnamed[] = {4};
    const int32_t cutoff[] = {10};
    double value[1][VT_TRAITS];
    /* a history without categories has nothing to be like; a list without any is as far off as can be */
    evaluate(value, &(vt_trait_list){items, 2, unnamed, 1}, cutoff, 1);
    assert_true(isnan(value[0][CALIBRATION]));
    assert_true(isnan(value[0][TEXT])); /* only d has a vector */
    evaluate(value, &(vt_trait_list){unnamed, 1, items, 2}, cutoff, 1);
    check_near(value[0][CALIBRATION], log(1 / 0.01));
    /* the same mix is 0 */
    evaluate(value, &(vt_trait_list){items, 2, items, 2}, cutoff, 1);
    check_near(value[0][CALIBRATION], 0);
    evaluate(value, &(vt_trait_list){items, 0, items, 0}, cutoff, 1);
    assert_true(isnan(value[0][CATEGORY]) && isnan(value[0][CALIBRATION]));
}

/* The length of the sum gives what all pairs give. */
static void as_all_pairs(void **state)
{
    (void)state;
    enum { N = 26, D = 7 };
    static float vectors[N * D];
    static int64_t at[N + 1];
    int32_t items[N];
    int32_t none[N];
    vt_rng rng = vt_rng_at(1, "pairs", 0, 0);
    for (int32_t i = 0; i < N; i++) {
        double length = 0;
        at[i + 1] = i + 1;
        items[i] = i;
        none[i] = -1;
        for (size_t j = 0; j < D; j++) {
            vectors[(size_t)i * D + j] = (float)vt_rng_normal(&rng);
            length += (double)vectors[(size_t)i * D + j] * (double)vectors[(size_t)i * D + j];
        }
        for (size_t j = 0; j < D; j++) {
            vectors[(size_t)i * D + j] /= (float)sqrt(length);
        }
    }
    vt_ids ids = {N, at, "abcdefghijklmnopqrstuvwxyz"};
    vt_snapshot many = {.n_items = N, .items = ids, .item_category = none};
    vt_item_vectors image = {.n = N, .d = D, .data = vectors, .ids = ids};
    double pairs = 0;
    for (size_t a = 0; a < N; a++) {
        for (size_t b = 0; b < a; b++) {
            double dot = 0;
            for (size_t j = 0; j < D; j++) {
                dot += (double)vectors[a * D + j] * (double)vectors[b * D + j];
            }
            pairs += dot / (N * (N - 1) / 2);
        }
    }
    vt_traits traits = {0};
    vt_trait_scratch scratch = {0};
    vt_error err = VT_ERROR_INIT;
    double value[1][VT_TRAITS];
    check_ok(vt_traits_init(&traits, &many, NULL, &image, &err));
    check_ok(vt_trait_scratch_init(&scratch, &traits, &err));
    vt_traits_of_list(value, &traits, &scratch, &(vt_trait_list){items, N, NULL, 0}, (int32_t[]){N}, 1);
    check_near(value[0][IMAGE], 1 - pairs);
    vt_trait_scratch_done(&scratch);
    vt_traits_done(&traits);
}

static int make(void *context, vt_error *err)
{
    vt_traits traits = {0};
    vt_trait_scratch scratch = {0};
    (void)context;
    int status = vt_traits_init(&traits, &snapshot, &text, &text, err);
    if (status == VT_OK) {
        status = vt_trait_scratch_init(&scratch, &traits, err);
    }
    vt_trait_scratch_done(&scratch);
    vt_traits_done(&traits);
    return status;
}

static void memory_runs_out(void **state)
{
    (void)state;
    assert_int_equal(fault_allocations(make, NULL), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(nothing_known),
        cmocka_unit_test(as_all_pairs),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
