/* Inverses by blocks: the product with the matrix is the identity, at sizes around the block, for any threads. */
#include "fault.h"

#include <math.h>

#include "base/rng.h"
#include "math/invert.h"

/* Z'Z + 2: symmetric and positive definite; what stands above the diagonal must not matter. */
static float *random_matrix(size_t n)
{
    float *m = vt_alloc_aligned(n, n * sizeof *m, NULL);
    float *z = vt_alloc_aligned(n, 8 * sizeof *z, NULL);
    vt_rng rng = vt_rng_at(3, "test", n, 0);
    for (size_t i = 0; i < 8 * n; i++) {
        z[i] = (float)vt_rng_normal(&rng);
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            float sum = i == j ? 2.0F : 0.0F;
            for (size_t k = 0; k < 8; k++) {
                sum += z[i * 8 + k] * z[j * 8 + k];
            }
            m[i * n + j] = j > i ? NAN : sum;
        }
    }
    vt_free(z);
    return m;
}

static float lower(const float *m, size_t n, size_t i, size_t j)
{
    return i > j ? m[i * n + j] : m[j * n + i];
}

static void times_the_matrix_is_the_identity(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    const size_t sizes[] = {0, 1, 2, 127, 128, 129, 300, 512};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        size_t n = sizes[s];
        float *m = random_matrix(n), *inverse = random_matrix(n);
        check_ok(vt_invert(inverse, n, 1, NULL, "inverting", &err));
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < n; j++) {
                double sum = 0.0;
                for (size_t k = 0; k < n; k++) {
                    sum += (double)lower(m, n, i, k) * (double)inverse[k * n + j];
                }
                if (!(fabs(sum - (i == j ? 1.0 : 0.0)) < 2e-3)) {
                    fail_msg("n = %zu: the product has %g in row %zu, column %zu", n, sum, i, j);
                }
                float turned = inverse[j * n + i];
                assert_memory_equal(&inverse[i * n + j], &turned, sizeof turned);
            }
        }
        for (int threads = 2; threads < 5; threads++) {
            float *other = random_matrix(n);
            check_ok(vt_invert(other, n, threads, NULL, "inverting", &err));
            assert_memory_equal(other, inverse, n * n * sizeof *other);
            vt_free(other);
        }
        vt_free(m);
        vt_free(inverse);
    }
}

static void by_hand(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    float m[4] = {2.0F, NAN, 1.0F, 3.0F};
    check_ok(vt_invert(m, 2, 1, NULL, "inverting", &err));
    const float expected[4] = {0.6F, -0.2F, -0.2F, 0.4F};
    for (int i = 0; i < 4; i++) {
        assert_float_equal(m[i], expected[i], 1e-6F);
    }
}

static void what_has_no_inverse_is_refused(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    float indefinite[4] = {1.0F, 0.0F, 2.0F, 1.0F}, broken[4] = {1.0F, 0.0F, NAN, 1.0F};
    assert_int_equal(vt_invert(indefinite, 2, 1, NULL, "inverting", &err), VT_ERR_FAILED);
    assert_int_equal(vt_invert(broken, 2, 1, NULL, "inverting", &err), VT_ERR_FAILED);
    float *m = random_matrix(200);
    m[150 * 200 + 150] = -1.0F; /* found in the second block */
    assert_int_equal(vt_invert(m, 200, 2, NULL, "inverting", &err), VT_ERR_FAILED);
    vt_free(m);
}

static int invert_again(void *context, vt_error *err)
{
    (void)context;
    float m[4] = {2.0F, 0.0F, 1.0F, 3.0F};
    return vt_invert(m, 2, 1, NULL, "inverting", err);
}

static int stop(void *context, const vt_progress_state *state)
{
    (void)context;
    assert_string_equal(state->stage, "inverting");
    return state->done >= 256.0;
}

static void failures_and_stops(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    assert_in_range(fault_allocations(invert_again, NULL), 3, 3);
    float *m = random_matrix(300);
    const vt_progress progress = {stop, NULL};
    assert_int_equal(vt_invert(m, 300, 2, &progress, "inverting", &err), VT_ERR_CANCELLED);
    vt_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_the_matrix_is_the_identity),
        cmocka_unit_test(by_hand),
        cmocka_unit_test(what_has_no_inverse_is_refused),
        cmocka_unit_test(failures_and_stops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
