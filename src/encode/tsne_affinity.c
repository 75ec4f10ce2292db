/*
 * The matrix P of t-SNE. Each point has a Gaussian over its neighbours whose width is found by bisection; P is the mean
 * of both directions. Neighbours are found exactly: inner products in blocks, the best by math/topk, and distances of
 * those once more in double precision, since what is left of two near vectors' products is mostly rounding.
 */
#include "encode/tsne_affinity.h"

#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/alloc.h"
#include "math/blas.h"
#include "math/topk.h"

enum { BLOCK = 64, STEPS = 64 };

void vt_affinity_done(vt_affinity *affinity)
{
    vt_free(affinity->dense);
    vt_free(affinity->ptr);
    vt_free(affinity->column);
    vt_free(affinity->value);
    *affinity = (vt_affinity){0};
}

void vt_affinity_row(double *p, const double *d2, size_t k, double perplexity)
{
    double least = INFINITY, beta = 1.0, low = 0.0, high = INFINITY, wanted = log(perplexity);
    for (size_t j = 0; j < k; j++) {
        least = d2[j] < least ? d2[j] : least;
    }
    for (int step = 0; step < STEPS; step++) {
        double sum = 0.0, weighted = 0.0;
        for (size_t j = 0; j < k; j++) {
            p[j] = exp(-beta * (d2[j] - least));
            sum += p[j];
            weighted += p[j] * (d2[j] - least);
        }
        double entropy = log(sum) + beta * weighted / sum;
        for (size_t j = 0; j < k; j++) {
            p[j] /= sum;
        }
        if (fabs(entropy - wanted) < 1e-6) {
            break;
        }
        if (entropy > wanted) {
            low = beta;
            beta = isinf(high) ? 2.0 * beta : 0.5 * (low + high);
        } else {
            high = beta;
            beta = 0.5 * (low + high);
        }
    }
}

static double distance2(const float *a, const float *b, size_t d)
{
    double sum = 0.0;
    for (size_t j = 0; j < d; j++) {
        double off = (double)a[j] - (double)b[j];
        sum += off * off;
    }
    return sum;
}

int vt_affinity_dense(vt_affinity *out, const float *x, size_t n, size_t d, double perplexity, int threads,
                      vt_error *err)
{
    float *dense = vt_alloc_aligned(n * n, sizeof *dense, err);
    double *scratch = vt_alloc_aligned((size_t)threads * 2, n * sizeof *scratch, err);
    if (dense == NULL || scratch == NULL) {
        vt_free(dense);
        vt_free(scratch);
        return VT_ERR_NO_MEMORY;
    }
#pragma omp parallel for schedule(dynamic, 16) num_threads(threads)
    for (size_t i = 0; i < n; i++) {
        double *d2 = scratch + (size_t)omp_get_thread_num() * 2 * n, *p = d2 + n;
        size_t k = 0;
        for (size_t j = 0; j < n; j++) {
            if (j != i) {
                d2[k++] = distance2(x + i * d, x + j * d, d);
            }
        }
        vt_affinity_row(p, d2, k, perplexity);
        for (size_t j = 0; j < n; j++) {
            dense[i * n + j] = j == i ? 0.0F : (float)p[j < i ? j : j - 1];
        }
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            double both = (double)dense[i * n + j] + (double)dense[j * n + i];
            dense[i * n + j] = dense[j * n + i] = (float)(both / (2.0 * (double)n));
        }
    }
    vt_free(scratch);
    *out = (vt_affinity){.n = n, .dense = dense};
    return VT_OK;
}

/* ---- sparse ------------------------------------------------------------------------------------------------------ */

/* Each point's k nearest in ascending order of index, and their probabilities: (N, k) both. */
typedef struct near {
    int32_t *index;
    float *p;
    size_t k;
} near;

static void sort_ascending(int32_t *index, size_t k)
{
    for (size_t i = 1; i < k; i++) {
        int32_t one = index[i];
        size_t at = i;
        for (; at > 0 && index[at - 1] > one; at--) {
            index[at] = index[at - 1];
        }
        index[at] = one;
    }
}

/* Neighbours of `rows` points from `begin`; scores (rows, N), d2 and p (k) are scratch. */
static void find_block(near *nn, const float *x, const float *half, size_t n, size_t d, size_t begin, size_t rows,
                       double perplexity, float *scores, double *d2)
{
    double *p = d2 + nn->k;
    vt_products(scores, x + begin * d, rows, x, n, d);
    for (size_t r = 0; r < rows; r++) {
        size_t i = begin + r;
        float *row = scores + r * n;
        int32_t *index = nn->index + i * nn->k;
        for (size_t j = 0; j < n; j++) {
            row[j] -= half[j];
        }
        row[i] = -INFINITY;
        vt_topk(row, n, nn->k, index);
        sort_ascending(index, nn->k);
        for (size_t c = 0; c < nn->k; c++) {
            d2[c] = distance2(x + i * d, x + (size_t)index[c] * d, d);
        }
        vt_affinity_row(p, d2, nn->k, perplexity);
        for (size_t c = 0; c < nn->k; c++) {
            nn->p[i * nn->k + c] = (float)p[c];
        }
    }
}

static int find_near(near *nn, const float *x, size_t n, size_t d, double perplexity, int threads, vt_error *err)
{
    size_t blocks = (n + BLOCK - 1) / BLOCK;
    float *half = vt_alloc(n, sizeof *half, err); /* |x|^2 / 2: the nearest has the largest x.y - |y|^2 / 2 */
    float *scores = vt_alloc_aligned((size_t)threads * BLOCK, n * sizeof *scores, err);
    double *d2 = vt_alloc((size_t)threads * 2, nn->k * sizeof *d2, err);
    int status = half == NULL || scores == NULL || d2 == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        double sum = 0.0;
        for (size_t j = 0; j < d; j++) {
            sum += (double)x[i * d + j] * (double)x[i * d + j];
        }
        half[i] = (float)(0.5 * sum);
    }
    if (status == VT_OK) {
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
        for (size_t b = 0; b < blocks; b++) {
            size_t thread = (size_t)omp_get_thread_num(), begin = b * BLOCK;
            find_block(nn, x, half, n, d, begin, n - begin < BLOCK ? n - begin : BLOCK, perplexity,
                       scores + thread * BLOCK * n, d2 + thread * 2 * nn->k);
        }
    }
    vt_free(half);
    vt_free(scores);
    vt_free(d2);
    return status;
}

/* The same pairs seen from the other end: rows begin at ptr (N + 1), columns ascending. */
static void turn_around(int64_t *ptr, int32_t *column, float *p, const near *nn, size_t n)
{
    memset(ptr, 0, (n + 1) * sizeof *ptr);
    for (size_t e = 0; e < n * nn->k; e++) {
        ptr[nn->index[e] + 1]++;
    }
    for (size_t i = 0; i < n; i++) {
        ptr[i + 1] += ptr[i];
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t c = 0; c < nn->k; c++) {
            int64_t at = ptr[nn->index[i * nn->k + c]]++;
            column[at] = (int32_t)i;
            p[at] = nn->p[i * nn->k + c];
        }
    }
    for (size_t i = n; i > 0; i--) {
        ptr[i] = ptr[i - 1];
    }
    ptr[0] = 0;
}

/* Merges row i of both directions into `out`, whose row begins at `at`; returns where it ends. */
static int64_t merge_row(vt_affinity *out, int64_t at, const near *nn, const int64_t *ptr, const int32_t *column,
                         const float *p, size_t i)
{
    const int32_t *mine = nn->index + i * nn->k;
    const float *my_p = nn->p + i * nn->k;
    size_t a = 0;
    int64_t b = ptr[i];
    while (a < nn->k || b < ptr[i + 1]) {
        int32_t left = a < nn->k ? mine[a] : INT32_MAX;
        int32_t right = b < ptr[i + 1] ? column[b] : INT32_MAX;
        double sum = 0.0;
        out->column[at] = left < right ? left : right;
        if (left <= right) {
            sum += (double)my_p[a++];
        }
        if (right <= left) {
            sum += (double)p[b++];
        }
        out->value[at++] = (float)(sum / (2.0 * (double)out->n));
    }
    return at;
}

int vt_affinity_sparse(vt_affinity *out, const float *x, size_t n, size_t d, double perplexity, int threads,
                       vt_error *err)
{
    near nn = {.k = (size_t)(3.0 * perplexity)};
    vt_affinity result = {.n = n};
    nn.k = nn.k < n - 1 ? nn.k : n - 1;
    nn.index = vt_alloc(n, nn.k * sizeof *nn.index, err);
    nn.p = vt_alloc(n, nn.k * sizeof *nn.p, err);
    int64_t *ptr = vt_alloc(n + 1, sizeof *ptr, err);
    int32_t *column = vt_alloc(n, nn.k * sizeof *column, err);
    float *p = vt_alloc(n, nn.k * sizeof *p, err);
    result.ptr = vt_alloc(n + 1, sizeof *result.ptr, err);
    result.column = vt_alloc(2 * n, nn.k * sizeof *result.column, err);
    result.value = vt_alloc(2 * n, nn.k * sizeof *result.value, err);
    int status = VT_ERR_NO_MEMORY;
    if (nn.index != NULL && nn.p != NULL && ptr != NULL && column != NULL && p != NULL && result.ptr != NULL &&
        result.column != NULL && result.value != NULL) {
        status = find_near(&nn, x, n, d, perplexity, threads, err);
    }
    if (status == VT_OK) {
        turn_around(ptr, column, p, &nn, n);
        result.ptr[0] = 0;
        for (size_t i = 0; i < n; i++) {
            result.ptr[i + 1] = merge_row(&result, result.ptr[i], &nn, ptr, column, p, i);
        }
        *out = result;
        result = (vt_affinity){0};
    }
    vt_affinity_done(&result);
    vt_free(nn.index);
    vt_free(nn.p);
    vt_free(ptr);
    vt_free(column);
    vt_free(p);
    return status;
}
