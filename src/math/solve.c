/*
 * Three ways to the same solution, by the number of rows: a small dual system in our own kernel, a larger dual one and
 * the primal one over LAPACK. Small systems are most of them in a shop, where the median customer has a handful of
 * purchases.
 */
#include "math/solve.h"

#include <cblas.h>
#include <lapack.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "math/blas.h"

/* Rows up to which the own dual kernel beats LAPACK, and up to which it beats conjugate gradient; measured. */
enum { SMALL_DUAL = 24, DUAL_BEFORE_CG = 12, CHUNK = 256, STEPS_MAX = 200 };

/* Shares of the squared residual at which conjugate gradient ends: a tenth of its length inside alternating rounds,
   where the other side moves on anyway, and the rounding of floats where a solution is asked for. */
#define ENOUGH 1e-2F
#define CONVERGED 1e-11F

size_t vt_solve_scratch(size_t n, size_t d)
{
    size_t dual = n < d ? n : d;
    if (dual < SMALL_DUAL) {
        dual = SMALL_DUAL;
    }
    size_t rows = dual > CHUNK ? dual : CHUNK;
    return dual * dual + d * d + rows * d + 5 * d + n + dual + CHUNK;
}

/*
 * Solves m x = b in place for a symmetric m whose lower triangle is given by rows, which is the upper one by columns.
 * LAPACK is called as OpenBLAS has it: liblapacke would load four more libraries at every start of the program.
 */
static bool cholesky(float *m, float *x, size_t n)
{
    lapack_int size = (lapack_int)n;
    lapack_int one = 1;
    lapack_int info = 0;
    LAPACK_spotrf("U", &size, m, &size, &info);
    if (info == 0) {
        LAPACK_spotrs("U", &size, &one, m, &size, x, &size, &info);
    }
    return info == 0;
}

/* Copies rows into `packed` (N, d), each by a factor of the row and one of the column (root of 1 / D when given). */
static void pack(float *packed, const vt_gather *g, size_t begin, size_t n, const float *by_column)
{
    for (size_t j = 0; j < n; j++) {
        const float *y = g->matrix + (size_t)g->row[begin + j] * g->d;
        float *row = packed + j * g->d;
        if (by_column == NULL) {
            float by = sqrtf(g->weight[begin + j]);
            for (size_t k = 0; k < g->d; k++) {
                row[k] = y[k] * by;
            }
        } else {
            for (size_t k = 0; k < g->d; k++) {
                row[k] = y[k] * by_column[k];
            }
        }
    }
}

/* (W^-1 + Y D^-1 Y') z = W^-1 c, x = D^-1 Y' z. */
static double dual(float *x, const float *diagonal, const vt_gather *g, float *scratch)
{
    size_t n = g->n, d = g->d;
    float *root = scratch, *packed = root + d, *m = packed + n * d, *z = m + n * n;
    for (size_t k = 0; k < d; k++) {
        root[k] = 1.0F / sqrtf(diagonal[k]);
    }
    pack(packed, g, 0, n, root);
    cblas_ssyrk(CblasRowMajor, CblasLower, CblasNoTrans, (int)n, (int)d, 1.0F, packed, (int)d, 0.0F, m, (int)n);
    for (size_t j = 0; j < n; j++) {
        m[j * n + j] += 1.0F / g->weight[j];
        z[j] = g->target[j] / g->weight[j];
    }
    if (!cholesky(m, z, n)) {
        memset(x, 0, d * sizeof *x);
        return 0.0;
    }
    cblas_sgemv(CblasRowMajor, CblasTrans, (int)n, (int)d, 1.0F, packed, (int)d, z, 1, 0.0F, x, 1);
    double value = 0.0;
    for (size_t j = 0; j < n; j++) {
        value -= (double)g->target[j] * (double)((g->target[j] - z[j]) / g->weight[j]);
    }
    for (size_t k = 0; k < d; k++) {
        x[k] *= root[k];
    }
    return value;
}

static double primal(float *x, const float *diagonal, const vt_gather *g, float *scratch)
{
    size_t n = g->n, d = g->d;
    float *m = scratch, *packed = m + d * d, *b = packed + (size_t)CHUNK * d, *factor = b + d;
    memset(m, 0, d * d * sizeof *m);
    memset(b, 0, d * sizeof *b);
    for (size_t begin = 0; begin < n; begin += CHUNK) {
        size_t rows = n - begin < CHUNK ? n - begin : CHUNK;
        pack(packed, g, begin, rows, NULL);
        cblas_ssyrk(CblasRowMajor, CblasLower, CblasTrans, (int)d, (int)rows, 1.0F, packed, (int)d, 1.0F, m, (int)d);
        for (size_t j = 0; j < rows; j++) {
            factor[j] = g->target[begin + j] / sqrtf(g->weight[begin + j]);
        }
        cblas_sgemv(CblasRowMajor, CblasTrans, (int)rows, (int)d, 1.0F, packed, (int)d, factor, 1, 1.0F, b, 1);
    }
    for (size_t k = 0; k < d; k++) {
        m[k * d + k] += diagonal[k];
    }
    memcpy(x, b, d * sizeof *x);
    if (!cholesky(m, x, d)) {
        memset(x, 0, d * sizeof *x);
        return 0.0;
    }
    return -(double)cblas_sdot((int)d, b, 1, x, 1);
}

double vt_solve_exact(const vt_kernels *kernels, float *x, const float *diagonal, const vt_gather *gather,
                      float *scratch)
{
    if (gather->n <= SMALL_DUAL) {
        return kernels->solve_dual(x, diagonal, gather, scratch);
    }
    vt_blas_init();
    return gather->n <= gather->d ? dual(x, diagonal, gather, scratch) : primal(x, diagonal, gather, scratch);
}

double vt_solve_converged(const vt_kernels *kernels, float *x, const float *diagonal, const vt_gather *gather,
                          float *scratch)
{
    if (gather->n <= SMALL_DUAL) {
        return kernels->solve_dual(x, diagonal, gather, scratch);
    }
    memset(x, 0, gather->d * sizeof *x);
    return kernels->solve_cg(x, diagonal, gather, STEPS_MAX, CONVERGED, scratch);
}

bool vt_solve_starts(size_t n)
{
    return n > DUAL_BEFORE_CG;
}

double vt_solve_fast(const vt_kernels *kernels, float *x, const float *diagonal, const vt_gather *gather, int steps,
                     float *scratch)
{
    return vt_solve_starts(gather->n) ? kernels->solve_cg(x, diagonal, gather, steps, ENOUGH, scratch)
                                      : kernels->solve_dual(x, diagonal, gather, scratch);
}

double vt_solve_value(const float *x, const float *diagonal, const vt_gather *g)
{
    double value = 0.0;
    for (size_t k = 0; k < g->d; k++) {
        value += (double)diagonal[k] * (double)x[k] * (double)x[k];
    }
    for (size_t j = 0; j < g->n; j++) {
        const float *y = g->matrix + (size_t)g->row[j] * g->d;
        double s = 0.0;
        for (size_t k = 0; k < g->d; k++) {
            s += (double)y[k] * (double)x[k];
        }
        value += s * ((double)g->weight[j] * s - 2.0 * (double)g->target[j]);
    }
    return value;
}
