/* Sparse matrices: the transpose against a dense one, twice is the same, failure leaves nothing behind. */
#include "fault.h"

#include "base/rng.h"
#include "math/csr.h"

enum { SEED = 5 };

/* A random matrix of a density; dense[r * columns + c] is 0 where there is no entry. */
static vt_csr *random_matrix(float *dense, int32_t rows, int32_t columns, uint64_t one_in)
{
    vt_error err = VT_ERROR_INIT;
    vt_rng rng = vt_rng_at(SEED, "test", (uint64_t)rows, (uint64_t)columns);
    int64_t n = 0;
    for (int32_t i = 0; i < rows * columns; i++) {
        dense[i] = vt_rng_below(&rng, one_in) == 0 ? (float)(1 + vt_rng_below(&rng, 9)) : 0.0F;
        n += dense[i] > 0.0F;
    }
    vt_csr *csr = NULL;
    check_ok(vt_csr_create(&csr, rows, columns, n, &err));
    n = 0;
    for (int32_t r = 0; r < rows; r++) {
        for (int32_t c = 0; c < columns; c++) {
            if (dense[r * columns + c] > 0.0F) {
                csr->column[n] = c;
                csr->value[n++] = dense[r * columns + c];
            }
        }
        csr->ptr[r + 1] = n;
    }
    return csr;
}

static void check_transpose(int32_t rows, int32_t columns, uint64_t one_in)
{
    vt_error err = VT_ERROR_INIT;
    float dense[64 * 64];
    vt_csr *csr = random_matrix(dense, rows, columns, one_in);
    vt_csr *turned = NULL, *back = NULL;
    check_ok(vt_csr_transpose(&turned, csr, &err));
    assert_int_equal(turned->n_rows, columns);
    assert_int_equal(turned->n_columns, rows);
    for (int32_t c = 0; c < columns; c++) {
        int64_t e = turned->ptr[c];
        for (int32_t r = 0; r < rows; r++) {
            if (dense[r * columns + c] > 0.0F) {
                assert_int_equal(turned->column[e], r);
                assert_float_equal(turned->value[e], dense[r * columns + c], 0.0F);
                e++;
            }
        }
        assert_int_equal(e, turned->ptr[c + 1]);
    }
    check_ok(vt_csr_transpose(&back, turned, &err));
    assert_memory_equal(back->ptr, csr->ptr, ((size_t)rows + 1) * sizeof *csr->ptr);
    assert_memory_equal(back->column, csr->column, (size_t)csr->ptr[rows] * sizeof *csr->column);
    vt_csr_free(back);
    vt_csr_free(turned);
    vt_csr_free(csr);
}

static void turns_over(void **state)
{
    (void)state;
    check_transpose(1, 1, 1);
    check_transpose(7, 13, 3);
    check_transpose(64, 64, 20);
    check_transpose(3, 50, 1000000); /* empty */
    check_transpose(0, 5, 1);
}

static int transpose(void *context, vt_error *err)
{
    vt_csr *turned = NULL;
    int status = vt_csr_transpose(&turned, context, err);
    assert_true((status == VT_OK) == (turned != NULL));
    vt_csr_free(turned);
    return status;
}

static void fails_whole(void **state)
{
    (void)state;
    float dense[64];
    vt_csr *csr = random_matrix(dense, 8, 8, 2);
    assert_int_equal(fault_allocations(transpose, csr), 4);
    vt_csr_free(csr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(turns_over), cmocka_unit_test(fails_whole)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
