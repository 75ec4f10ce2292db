/* Products over OpenBLAS against plain loops, on odd shapes, and the same bytes for any number of threads. */
#include "fault.h"

#include <math.h>

#include "base/rng.h"
#include "math/blas.h"

enum { ROWS = 5000, D = 21, LD = 32 };

static float *random_matrix(size_t n)
{
    float *m = vt_alloc_aligned(n * LD, sizeof *m, NULL);
    vt_rng rng = vt_rng_at(2, "test", n, 0);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < LD; k++) {
            m[i * LD + k] = k < D ? (float)vt_rng_normal(&rng) : 0.0F;
        }
    }
    return m;
}

static void gram_is_the_product(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    float *m = random_matrix(ROWS);
    const size_t lengths[] = {0, 1, 3, 2047, 2048, 2049, ROWS};
    static float one[D * D], four[D * D];
    for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
        check_ok(vt_gram(one, m, lengths[l], D, LD, 1, &err));
        check_ok(vt_gram(four, m, lengths[l], D, LD, 4, &err));
        assert_memory_equal(one, four, sizeof one);
        for (size_t i = 0; i < D; i++) {
            for (size_t j = 0; j < D; j++) {
                double sum = 0.0;
                for (size_t r = 0; r < lengths[l]; r++) {
                    sum += (double)m[r * LD + i] * (double)m[r * LD + j];
                }
                assert_true(fabs(sum - (double)one[i * D + j]) < 1e-4 * (1.0 + (double)lengths[l]));
            }
        }
    }
    vt_free(m);
}

static void check_row(const float *got, const float *from, const float *q)
{
    for (size_t k = 0; k < LD; k++) {
        double sum = 0.0;
        for (size_t i = 0; k < D && i < D; i++) {
            sum += (double)from[i] * (double)q[i * D + k];
        }
        assert_true(fabs(sum - (double)got[k]) < 1e-4);
    }
}

static void rotation_is_the_product(void **state)
{
    (void)state;
    enum { N = 700, LISTED = 300 };
    size_t bytes = (size_t)N * LD * sizeof(float);
    float *m = random_matrix(N), *q = random_matrix(D), packed[D * D];
    float *one = vt_alloc_aligned(1, bytes, NULL), *three = vt_alloc_aligned(1, bytes, NULL);
    float *scratch = vt_alloc_aligned(vt_rotate_scratch(LD, 3), sizeof *scratch, NULL);
    for (size_t i = 0; i < D; i++) {
        memcpy(packed + i * D, q + i * LD, D * sizeof *q);
    }
    memcpy(one, m, bytes);
    memcpy(three, m, bytes);
    vt_rotate(one, NULL, N, packed, D, LD, 1, scratch);
    vt_rotate(three, NULL, N, packed, D, LD, 3, scratch);
    assert_memory_equal(one, three, bytes);
    for (size_t r = 0; r < N; r++) {
        check_row(one + r * LD, m + r * LD, packed);
    }
    /* every second row, from the end */
    int32_t row[LISTED];
    for (int32_t i = 0; i < LISTED; i++) {
        row[i] = N - 1 - 2 * i;
    }
    memcpy(one, m, bytes);
    memcpy(three, m, bytes);
    vt_rotate(one, row, LISTED, packed, D, LD, 1, scratch);
    vt_rotate(three, row, LISTED, packed, D, LD, 3, scratch);
    assert_memory_equal(one, three, bytes);
    for (int32_t r = 0; r < N; r++) {
        if (r % 2 == 1 && r > N - 2 * LISTED) {
            check_row(one + r * LD, m + r * LD, packed);
        } else {
            assert_memory_equal(one + r * LD, m + r * LD, LD * sizeof *one);
        }
    }
    vt_free(m);
    vt_free(q);
    vt_free(one);
    vt_free(three);
    vt_free(scratch);
}

static void eigen_takes_the_gram_apart(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    float *m = random_matrix(100), gram[D * D], values[D], vectors[D * D];
    check_ok(vt_gram(gram, m, 100, D, LD, 1, &err));
    check_ok(vt_eigen(values, vectors, gram, D, &err));
    for (size_t i = 0; i < D; i++) {
        assert_true(i == 0 || values[i - 1] <= values[i]);
        for (size_t j = 0; j < D; j++) {
            double back = 0.0, unit = 0.0;
            for (size_t k = 0; k < D; k++) {
                back += (double)vectors[i * D + k] * (double)values[k] * (double)vectors[j * D + k];
                unit += (double)vectors[k * D + i] * (double)vectors[k * D + j];
            }
            assert_true(fabs(back - (double)gram[i * D + j]) < 1e-3);
            assert_true(fabs(unit - (i == j ? 1.0 : 0.0)) < 1e-5);
        }
    }
    gram[3] = NAN;
    assert_int_equal(vt_eigen(values, vectors, gram, D, &err), VT_ERR_FAILED);
    assert_non_null(strstr(err.message, "regularization"));
    vt_free(m);
}

static void scores_are_products(void **state)
{
    (void)state;
    const float x[] = {1, 2, 3, -1, 0, 1}; /* (2, 3) */
    const float y[] = {1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1};
    float scores[8];
    const float expected[] = {1, 2, 3, 6, -1, 0, 1, 0};
    vt_products(scores, x, 2, y, 4, 3);
    assert_memory_equal(scores, expected, sizeof expected);
}

static int gram_and_eigen(void *context, vt_error *err)
{
    float gram[D * D], values[D], vectors[D * D];
    int status = vt_gram(gram, context, 100, D, LD, 1, err);
    return status == VT_OK ? vt_eigen(values, vectors, gram, D, err) : status;
}

static void fails_whole(void **state)
{
    (void)state;
    float *m = random_matrix(100);
    assert_int_equal(fault_allocations(gram_and_eigen, m), 4);
    vt_free(m);
}

static void rows_add_up(void **state)
{
    (void)state;
    float sum[D], *m = random_matrix(2);
    memcpy(sum, m, sizeof sum);
    vt_blas_init();
    vt_add_row(sum, -0.5F, m + LD, D);
    for (size_t k = 0; k < D; k++) {
        assert_float_equal(sum[k], m[k] - 0.5F * m[LD + k], 1e-6F);
    }
    vt_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gram_is_the_product),
        cmocka_unit_test(rotation_is_the_product),
        cmocka_unit_test(eigen_takes_the_gram_apart),
        cmocka_unit_test(scores_are_products),
        cmocka_unit_test(fails_whole),
        cmocka_unit_test(rows_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
