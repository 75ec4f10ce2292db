/* Blocked products over OpenBLAS; the block sizes are constants so that results do not depend on the threads. */
#include "math/blas.h"

#include <cblas.h>
#include <lapack.h>
#include <math.h>
#include <omp.h>
#include <pthread.h>
#include <string.h>

#include "base/alloc.h"

enum { GRAM_ROWS = 2048, ROTATE_ROWS = 256 };

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void one_thread(void)
{
    openblas_set_num_threads(1);
}

void vt_blas_init(void)
{
    pthread_once(&once, one_thread);
}

int vt_gram(float *gram, const float *matrix, size_t n, size_t d, size_t ld, int threads, vt_error *err)
{
    vt_blas_init();
    size_t blocks = n == 0 ? 1 : (n + GRAM_ROWS - 1) / GRAM_ROWS;
    float *part = vt_alloc_aligned(blocks * d, d * sizeof *part, err);
    if (part == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    memset(part, 0, blocks * d * d * sizeof *part);
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads) if (blocks > 1)
    for (size_t b = 0; b < blocks; b++) {
        size_t begin = b * GRAM_ROWS, rows = n - begin < GRAM_ROWS ? n - begin : GRAM_ROWS;
        if (rows > 0) {
            cblas_ssyrk(CblasRowMajor, CblasLower, CblasTrans, (int)d, (int)rows, 1.0F, matrix + begin * ld, (int)ld,
                        0.0F, part + b * d * d, (int)d);
        }
    }
    for (size_t i = 0; i < d; i++) {
        for (size_t j = 0; j <= i; j++) {
            double sum = 0.0;
            for (size_t b = 0; b < blocks; b++) {
                sum += (double)part[(b * d + i) * d + j];
            }
            gram[i * d + j] = gram[j * d + i] = (float)sum;
        }
    }
    vt_free(part);
    return VT_OK;
}

size_t vt_rotate_scratch(size_t ld, int threads)
{
    return (size_t)threads * 2 * ROTATE_ROWS * ld;
}

void vt_rotate(float *matrix, const int32_t *row, size_t n, const float *q, size_t d, size_t ld, int threads,
               float *scratch)
{
    vt_blas_init();
    size_t blocks = (n + ROTATE_ROWS - 1) / ROTATE_ROWS;
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads) if (blocks > 1)
    for (size_t b = 0; b < blocks; b++) {
        size_t begin = b * ROTATE_ROWS, rows = n - begin < ROTATE_ROWS ? n - begin : ROTATE_ROWS;
        float *from = scratch + (size_t)omp_get_thread_num() * 2 * ROTATE_ROWS * ld;
        float *to = row == NULL ? matrix + begin * ld : from + ROTATE_ROWS * ld;
        for (size_t r = 0; r < rows; r++) {
            size_t at = row == NULL ? begin + r : (size_t)row[begin + r];
            memcpy(from + r * ld, matrix + at * ld, ld * sizeof *from);
        }
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)rows, (int)d, (int)d, 1.0F, from, (int)ld, q,
                    (int)d, 0.0F, to, (int)ld);
        for (size_t r = 0; row != NULL && r < rows; r++) {
            memcpy(matrix + (size_t)row[begin + r] * ld, to + r * ld, d * sizeof *to);
        }
    }
}

int vt_eigen(float *values, float *vectors, const float *symmetric, size_t d, vt_error *err)
{
    vt_blas_init();
    for (size_t i = 0; i < d * d; i++) {
        if (!isfinite(symmetric[i])) {
            return vt_fail(err, VT_ERR_FAILED,
                           "the factors grew without bound; raise the regularization or lower alpha");
        }
    }
    lapack_int size = (lapack_int)d;
    size_t n_work = 1 + 6 * d + 2 * d * d, n_integers = 3 + 5 * d;
    float *turned = vt_alloc_aligned(d * d, sizeof *turned, err);
    float *work = turned == NULL ? NULL : vt_alloc_aligned(n_work, sizeof *work, err);
    lapack_int *integers = work == NULL ? NULL : vt_alloc(n_integers, sizeof *integers, err);
    int status = VT_ERR_NO_MEMORY;
    if (integers == NULL) {
        goto out;
    }
    memcpy(turned, symmetric, d * d * sizeof *turned);
    /* By columns, as LAPACK stores: eigenvector k is then row k of `turned`. */
    lapack_int lwork = (lapack_int)n_work;
    lapack_int liwork = (lapack_int)n_integers;
    lapack_int info = 0;
    LAPACK_ssyevd("V", "L", &size, turned, &size, values, work, &lwork, integers, &liwork, &info);
    if (info != 0) {
        status =
            vt_fail(err, VT_ERR_FAILED, "the eigenvalues of the factors did not converge (LAPACK says %d)", (int)info);
        goto out;
    }
    for (size_t k = 0; k < d; k++) {
        for (size_t i = 0; i < d; i++) {
            vectors[i * d + k] = turned[k * d + i];
        }
    }
    status = VT_OK;
out:
    vt_free(turned);
    vt_free(work);
    vt_free(integers);
    return status;
}

void vt_products(float *scores, const float *x, size_t n, const float *y, size_t m, size_t d)
{
    vt_blas_init();
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)n, (int)m, (int)d, 1.0F, x, (int)d, y, (int)d, 0.0F,
                scores, (int)m);
}

void vt_add_row(float *sum, float by, const float *row, size_t n)
{
    cblas_saxpy((int)n, by, row, 1, sum, 1);
}
