/*
 * Principal components. With few dimensions the covariance is formed and decomposed; with many, its leading part is
 * found by a random projection that power iterations sharpen. Both need only two passes over the vectors, X W and X' Y,
 * which are cut in blocks that are centred on the way, so that no centred copy of all vectors is made. Sums over
 * vectors go stripe by stripe, and the number of stripes is a constant: threads change nothing.
 */
#include "encode/pca.h"

#include <cblas.h>
#include <lapack.h>
#include <math.h>
#include <omp.h>
#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "math/blas.h"
#include "math/team.h"

enum { BLOCK = 256, STRIPES = 16 };

/* What a fit works with. */
typedef struct fitting {
    vt_pca *pca;
    const float *x; /* (N, D) */
    const vt_pca_options *options;
    int threads;
    float *centred; /* (threads, BLOCK, D) */
    size_t l;       /* random directions */
    vt_error *err;
} fitting;

void vt_pca_options_init(vt_pca_options *options)
{
    *options = (vt_pca_options){.k = 2, .exact_upto = 512, .oversample = 10, .power = 6, .seed = 42};
}

void vt_pca_free(vt_pca *pca)
{
    if (pca != NULL) {
        vt_free(pca->mean);
        vt_free(pca->components);
        vt_free(pca->coordinates);
        vt_free(pca->variance);
        vt_free(pca);
    }
}

double vt_pca_explained(const vt_pca *pca, size_t k)
{
    return pca->total > 0.0 ? pca->variance[k] / pca->total : 0.0;
}

/* Rows begin to begin + rows of X less the mean, in the thread's own memory. */
static const float *centre(const fitting *f, size_t begin, size_t rows)
{
    size_t d = f->pca->d;
    float *block = f->centred + (size_t)omp_get_thread_num() * BLOCK * d;
    for (size_t r = 0; r < rows; r++) {
        const float *from = f->x + (begin + r) * d;
        for (size_t j = 0; j < d; j++) {
            block[r * d + j] = from[j] - f->pca->mean[j];
        }
    }
    return block;
}

/* y (N, M) = centred X times w (M, D)', or times w (D, M). */
static void forward(const fitting *f, float *y, const float *w, size_t m, bool turned)
{
    size_t n = f->pca->n, d = f->pca->d, blocks = (n + BLOCK - 1) / BLOCK;
#pragma omp parallel for schedule(dynamic, 1) num_threads(f->threads) if (blocks > 1)
    for (size_t b = 0; b < blocks; b++) {
        size_t begin = b * BLOCK, rows = n - begin < BLOCK ? n - begin : BLOCK;
        cblas_sgemm(CblasRowMajor, CblasNoTrans, turned ? CblasTrans : CblasNoTrans, (int)rows, (int)m, (int)d, 1.0F,
                    centre(f, begin, rows), (int)d, w, turned ? (int)d : (int)m, 0.0F, y + begin * m, (int)m);
    }
}

/* z (D, M) = centred X' times y (N, M); y NULL stands for centred X itself, and M is D. */
static int backward(const fitting *f, float *z, const float *y, size_t m)
{
    size_t n = f->pca->n, d = f->pca->d, blocks = (n + BLOCK - 1) / BLOCK;
    float *part = vt_alloc_aligned(STRIPES * d, m * sizeof *part, f->err);
    if (part == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    memset(part, 0, STRIPES * d * m * sizeof *part);
#pragma omp parallel for schedule(dynamic, 1) num_threads(f->threads) if (blocks > 1)
    for (size_t s = 0; s < STRIPES; s++) {
        for (size_t b = s * blocks / STRIPES; b < (s + 1) * blocks / STRIPES; b++) {
            size_t begin = b * BLOCK, rows = n - begin < BLOCK ? n - begin : BLOCK;
            const float *block = centre(f, begin, rows);
            cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)d, (int)m, (int)rows, 1.0F, block, (int)d,
                        y == NULL ? block : y + begin * m, (int)m, 1.0F, part + s * d * m, (int)m);
        }
    }
    for (size_t i = 0; i < d * m; i++) {
        double sum = 0.0;
        for (size_t s = 0; s < STRIPES; s++) {
            sum += (double)part[s * d * m + i];
        }
        z[i] = (float)sum;
    }
    vt_free(part);
    return VT_OK;
}

/* The mean, and the variance of all dimensions; refuses what is not finite. */
static int measure(const fitting *f, vt_error *err)
{
    size_t n = f->pca->n, d = f->pca->d;
    double *sum = vt_alloc_zero(d, sizeof *sum, err);
    if (sum == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < d; j++) {
            sum[j] += (double)f->x[i * d + j];
        }
    }
    int status = VT_OK;
    double total = 0.0;
    for (size_t j = 0; j < d; j++) {
        f->pca->mean[j] = (float)(sum[j] / (double)n);
    }
    for (size_t i = 0; i < n; i++) {
        double squares = 0.0;
        for (size_t j = 0; j < d; j++) {
            double off = (double)f->x[i * d + j] - (double)f->pca->mean[j];
            squares += off * off;
        }
        if (!isfinite((float)squares) && status == VT_OK) {
            size_t bad = 0; /* one bad number spoils the mean, and with it all rows */
            while (bad + 1 < n * d && isfinite(f->x[bad])) {
                bad++;
            }
            status = vt_fail(err, VT_ERR_FORMAT, "vector %zu has a number that is not finite or too large; encode anew",
                             bad / d);
        }
        total += squares;
    }
    f->pca->total = total / (double)(n - 1);
    vt_free(sum);
    return status;
}

static int by_covariance(const fitting *f)
{
    size_t d = f->pca->d, k = f->pca->k;
    float *covariance = vt_alloc_aligned(d * d, sizeof *covariance, f->err);
    float *vectors = vt_alloc_aligned(d * d, sizeof *vectors, f->err);
    float *values = vt_alloc(d, sizeof *values, f->err);
    int status = covariance == NULL || vectors == NULL || values == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    if (status == VT_OK) {
        status = backward(f, covariance, NULL, d);
    }
    if (status == VT_OK) {
        status = vt_eigen(values, vectors, covariance, d, f->err);
    }
    for (size_t c = 0; status == VT_OK && c < k; c++) {
        for (size_t j = 0; j < d; j++) {
            f->pca->components[c * d + j] = vectors[j * d + (d - 1 - c)]; /* eigenvalues ascend */
        }
    }
    vt_free(covariance);
    vt_free(vectors);
    vt_free(values);
    return status;
}

/* Makes the l columns of y (rows, l) orthonormal; by columns, as LAPACK stores, y is l x rows: Q of an LQ. */
static int orthonormalise(float *y, size_t rows, size_t l, float *work, vt_error *err)
{
    lapack_int m = (lapack_int)l, n = (lapack_int)rows, lwork = (lapack_int)(l * (l + 64)), info = 0;
    float *tau = work + l * (l + 64);
    LAPACK_sgelqf(&m, &n, y, &m, tau, work, &lwork, &info);
    if (info == 0) {
        LAPACK_sorglq(&m, &n, &m, y, &m, tau, work, &lwork, &info);
    }
    return info == 0 ? VT_OK
                     : vt_fail(err, VT_ERR_FAILED, "directions cannot be made orthogonal (LAPACK says %d)", (int)info);
}

/* components (K, D): the first K right singular vectors of b, which stands as z (D, L) = b'. z is spoilt. */
static int singular_vectors(const fitting *f, float *z, vt_error *err)
{
    size_t d = f->pca->d, l = f->l;
    lapack_int m = (lapack_int)l, n = (lapack_int)d, info = 0;
    lapack_int lwork = (lapack_int)(4 * l * l + 7 * l + (l + d) * 64);
    float *s = vt_alloc(l, sizeof *s, err);
    float *u = vt_alloc_aligned(l * l, sizeof *u, err);
    float *right = vt_alloc_aligned(l * d, sizeof *right, err);
    float *work = vt_alloc_aligned((size_t)lwork, sizeof *work, err);
    lapack_int *integers = vt_alloc(8 * l, sizeof *integers, err);
    int status = s == NULL || u == NULL || right == NULL || work == NULL || integers == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    if (status == VT_OK) {
        LAPACK_sgesdd("S", &m, &n, z, &m, s, u, &m, right, &m, work, &lwork, integers, &info);
        if (info != 0) {
            status = vt_fail(err, VT_ERR_FAILED, "the singular values did not converge (LAPACK says %d)", (int)info);
        }
    }
    for (size_t c = 0; status == VT_OK && c < f->pca->k; c++) {
        for (size_t j = 0; j < d; j++) {
            f->pca->components[c * d + j] = right[c + j * l];
        }
    }
    vt_free(s);
    vt_free(u);
    vt_free(right);
    vt_free(work);
    vt_free(integers);
    return status;
}

static int by_projection(const fitting *f)
{
    size_t n = f->pca->n, d = f->pca->d, l = f->l;
    float *y = vt_alloc_aligned(n * l, sizeof *y, f->err);
    float *z = vt_alloc_aligned(d * l, sizeof *z, f->err);
    float *work = vt_alloc_aligned(l * (l + 65), sizeof *work, f->err);
    int status = y == NULL || z == NULL || work == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t j = 0; status == VT_OK && j < d; j++) {
        vt_rng rng = vt_rng_at(f->options->seed, "pca-directions", j, 0);
        for (size_t c = 0; c < l; c++) {
            z[j * l + c] = (float)vt_rng_normal(&rng);
        }
    }
    for (int pass = 0; status == VT_OK && pass <= f->options->power; pass++) {
        forward(f, y, z, l, false);
        status = orthonormalise(y, n, l, work, f->err);
        if (status == VT_OK) {
            status = backward(f, z, y, l);
        }
        if (status == VT_OK && pass < f->options->power) {
            status = orthonormalise(z, d, l, work, f->err);
        }
    }
    if (status == VT_OK) {
        status = singular_vectors(f, z, f->err);
    }
    vt_free(y);
    vt_free(z);
    vt_free(work);
    return status;
}

/* Signs, coordinates and variances of the components. */
static void finish(const fitting *f)
{
    vt_pca *pca = f->pca;
    for (size_t c = 0; c < pca->k; c++) {
        float *row = pca->components + c * pca->d;
        size_t top = 0;
        for (size_t j = 1; j < pca->d; j++) {
            top = fabsf(row[j]) > fabsf(row[top]) ? j : top;
        }
        for (size_t j = 0; row[top] < 0.0F && j < pca->d; j++) {
            row[j] = j == top ? row[j] : -row[j];
        }
        row[top] = fabsf(row[top]);
    }
    forward(f, pca->coordinates, pca->components, pca->k, true);
    for (size_t i = 0; i < pca->n; i++) {
        for (size_t c = 0; c < pca->k; c++) {
            double at = (double)pca->coordinates[i * pca->k + c];
            pca->variance[c] += at * at / (double)(pca->n - 1);
        }
    }
}

int vt_pca_fit(vt_pca **out, const float *x, size_t n, size_t d, const vt_pca_options *options, vt_error *err)
{
    size_t rank = n < d ? n : d;
    if (n < 2 || options->k == 0 || options->k > rank) {
        return vt_fail(err, VT_ERR_USAGE, "%zu vectors of %zu dimensions have no %zu principal components", n, d,
                       options->k);
    }
    vt_blas_init();
    fitting f = {.x = x, .options = options, .threads = vt_team(options->threads), .err = err};
    f.l = options->k + options->oversample < rank ? options->k + options->oversample : rank;
    f.pca = vt_alloc_zero(1, sizeof *f.pca, err);
    if (f.pca == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    f.pca->n = n;
    f.pca->d = d;
    f.pca->k = options->k;
    f.pca->mean = vt_alloc(d, sizeof *f.pca->mean, err);
    f.pca->components = vt_alloc_aligned(options->k * d, sizeof *f.pca->components, err);
    f.pca->coordinates = vt_alloc_aligned(n * options->k, sizeof *f.pca->coordinates, err);
    f.pca->variance = vt_alloc_zero(options->k, sizeof *f.pca->variance, err);
    f.centred = vt_alloc_aligned((size_t)f.threads * BLOCK, d * sizeof *f.centred, err);
    int status = VT_ERR_NO_MEMORY;
    if (f.pca->mean != NULL && f.pca->components != NULL && f.pca->coordinates != NULL && f.pca->variance != NULL &&
        f.centred != NULL) {
        status = measure(&f, err);
    }
    if (status == VT_OK) {
        status = d <= options->exact_upto ? by_covariance(&f) : by_projection(&f);
    }
    if (status == VT_OK) {
        finish(&f);
        *out = f.pca;
        f.pca = NULL;
    }
    vt_pca_free(f.pca);
    vt_free(f.centred);
    return status;
}
