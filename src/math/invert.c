/*
 * The sweep operator by blocks (Beaton 1964; Goodnight 1979): for each block of rows k in turn, with D the inverse of
 * the block on the diagonal, every other block becomes A_ij - A_ik D A_kj, the column A_ik D, and the block itself -D;
 * when all are swept the matrix is minus its inverse. It takes the n^3 operations of Cholesky's way, and every step is
 * one product over the whole lower triangle, whose rows the threads share without waiting for each other.
 */
#include "math/invert.h"

#include <cblas.h>
#include <lapack.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "math/blas.h"

/* Rows of a block: many make the products fast, few make the serial inverse on the diagonal short. */
enum { BLOCK = 128 };

/* Legend: n rows, B = BLOCK, m rows of block k. */
typedef struct sweep {
    float *a; /* (n, n) */
    size_t n;
    float *column;  /* (n, B) A_ik as it was, row k unused */
    float *product; /* (n, B) A_ik D */
    float *pivot;   /* (B, B) D */
} sweep;

static size_t block_rows(size_t n, size_t begin)
{
    return n - begin < BLOCK ? n - begin : BLOCK;
}

/* D: the inverse of the block on the diagonal, both triangles. */
static int invert_pivot(const sweep *s, size_t k, vt_error *err)
{
    size_t m = block_rows(s->n, k);
    for (size_t r = 0; r < m; r++) {
        memcpy(s->pivot + r * BLOCK, s->a + (k + r) * s->n + k, (r + 1) * sizeof *s->pivot);
    }
    /* The lower triangle by rows is the upper one by columns. */
    lapack_int size = (lapack_int)m, distance = BLOCK, info = 0;
    LAPACK_spotrf("U", &size, s->pivot, &distance, &info);
    bool good = info == 0;
    for (size_t r = 0; r < m; r++) { /* LAPACK lets NaN pass */
        good = good && isfinite(s->pivot[r * BLOCK + r]);
    }
    if (good) {
        LAPACK_spotri("U", &size, s->pivot, &distance, &info);
    }
    for (size_t r = 0; r < m; r++) {
        for (size_t c = 0; c <= r; c++) {
            float value = s->pivot[r * BLOCK + c];
            s->pivot[c * BLOCK + r] = value;
        }
    }
    return good && info == 0
               ? VT_OK
               : vt_fail(err, VT_ERR_FAILED, "the matrix is not positive definite in single precision (row %zu)", k);
}

/* Column k of block row `begin`, out of the lower triangle. */
static void take_column(const sweep *s, size_t k, size_t begin)
{
    size_t rows = block_rows(s->n, begin), m = block_rows(s->n, k);
    float *to = s->column + begin * BLOCK;
    if (begin > k) {
        for (size_t r = 0; r < rows; r++) {
            memcpy(to + r * BLOCK, s->a + (begin + r) * s->n + k, m * sizeof *to);
        }
    } else {
        for (size_t c = 0; c < m; c++) {
            const float *from = s->a + (k + c) * s->n + begin;
            for (size_t r = 0; r < rows; r++) {
                to[r * BLOCK + c] = from[r];
            }
        }
    }
}

/* Rows from `begin` on lose A_ik D A_kj in columns `from` to `to`. */
static void update(const sweep *s, size_t m, size_t begin, size_t from, size_t to)
{
    if (to > from) {
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)block_rows(s->n, begin), (int)(to - from), (int)m,
                    -1.0F, s->product + begin * BLOCK, BLOCK, s->column + from * BLOCK, BLOCK, 1.0F,
                    s->a + begin * s->n + from, (int)s->n);
    }
}

/* A block row of the lower triangle, and its column k wherever that stands: nothing that another block row reads. */
static void sweep_rows(const sweep *s, size_t k, size_t begin)
{
    size_t rows = block_rows(s->n, begin), m = block_rows(s->n, k);
    float *product = s->product + begin * BLOCK;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)rows, (int)m, (int)m, 1.0F, s->column + begin * BLOCK,
                BLOCK, s->pivot, BLOCK, 0.0F, product, BLOCK);
    if (begin < k) {
        update(s, m, begin, 0, begin + rows);
        for (size_t c = 0; c < m; c++) {
            float *to = s->a + (k + c) * s->n + begin;
            for (size_t r = 0; r < rows; r++) {
                to[r] = product[r * BLOCK + c];
            }
        }
        return;
    }
    update(s, m, begin, 0, k);
    update(s, m, begin, k + m, begin + rows);
    for (size_t r = 0; r < rows; r++) {
        memcpy(s->a + (begin + r) * s->n + k, product + r * BLOCK, m * sizeof *product);
    }
}

static int sweep_block(const sweep *s, size_t k, int threads, vt_error *err)
{
    size_t blocks = (s->n + BLOCK - 1) / BLOCK, own = k / BLOCK, m = block_rows(s->n, k);
    int status = invert_pivot(s, k, err);
    if (status != VT_OK) {
        return status;
    }
#pragma omp parallel num_threads(threads) if (blocks > 2)
    {
#pragma omp for schedule(static)
        for (size_t b = 0; b < blocks; b++) {
            if (b != own) {
                take_column(s, k, b * BLOCK);
            }
        }
        /* The longest rows first, so that the threads end together. */
#pragma omp for schedule(dynamic, 1)
        for (size_t b = 0; b < blocks; b++) {
            size_t row = blocks - 1 - b;
            if (row != own) {
                sweep_rows(s, k, row * BLOCK);
            }
        }
    }
    for (size_t r = 0; r < m; r++) {
        for (size_t c = 0; c < m; c++) {
            s->a[(k + r) * s->n + k + c] = -s->pivot[r * BLOCK + c];
        }
    }
    return VT_OK;
}

/* Minus the lower triangle into both, by tiles that fit the cache. */
static void finish(const sweep *s, int threads)
{
    size_t n = s->n, blocks = (n + BLOCK - 1) / BLOCK;
    float *a = s->a;
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads) if (blocks > 2)
    for (size_t t = 0; t < blocks * blocks; t++) {
        size_t row = t / blocks * BLOCK, column = t % blocks * BLOCK;
        size_t rows = row + block_rows(n, row), columns = column + block_rows(n, column);
        for (size_t i = row; column <= row && i < rows; i++) {
            for (size_t j = column; j < columns && j <= i; j++) {
                float value = -a[i * n + j];
                a[i * n + j] = a[j * n + i] = value;
            }
        }
    }
}

int vt_invert(float *matrix, size_t n, int threads, const vt_progress *progress, const char *stage, vt_error *err)
{
    vt_blas_init();
    sweep s = {.a = matrix, .n = n};
    s.column = vt_alloc_aligned(n, BLOCK * sizeof *s.column, err);
    s.product = s.column == NULL ? NULL : vt_alloc_aligned(n, BLOCK * sizeof *s.product, err);
    s.pivot = s.product == NULL ? NULL : vt_alloc_aligned(BLOCK, BLOCK * sizeof *s.pivot, err);
    int status = s.pivot == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t k = 0; k < n && status == VT_OK; k += BLOCK) {
        status = sweep_block(&s, k, threads, err);
        if (status == VT_OK) {
            const vt_progress_state done = {stage, "rows", (double)(k + block_rows(n, k)), (double)n, NULL};
            status = vt_progress_report(progress, &done, err);
        }
    }
    if (status == VT_OK) {
        finish(&s, threads);
    }
    vt_free(s.column);
    vt_free(s.product);
    vt_free(s.pivot);
    return status;
}
