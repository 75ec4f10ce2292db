/*
 * The vectors of classes of (query, key) in attention, as Shaw, Uszkoreit, Vaswani 2018 add them to keys and values.
 * A query's product with a class is worked out once and then looked up for every pair of that class.
 */
#include <cblas.h>

#include "math/nn/nn.h"

enum { TOKENS = 256 };

void vt_nn_class_logits(const vt_nn *nn, float *out, const float *x, size_t ld, const float *table,
                        const vt_nn_classes *c)
{
    size_t blocks = (c->tokens + TOKENS - 1) / TOKENS, width = c->d / c->heads, row = c->heads * c->buckets;
#pragma omp parallel for schedule(static, 1) num_threads(nn->threads) if (blocks > 1)
    for (size_t task = 0; task < blocks * c->heads; task++) {
        size_t t = task / c->heads * TOKENS, h = task % c->heads, n = c->tokens - t < TOKENS ? c->tokens - t : TOKENS;
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)n, (int)c->buckets, (int)width, c->alpha,
                    x + t * ld + h * width, (int)ld, table + h * width, (int)c->d, 0.0F, out + t * row + h * c->buckets,
                    (int)row);
    }
}

void vt_nn_class_sums(const vt_nn *nn, float *x, size_t ld, const float *mass, const float *table,
                      const vt_nn_classes *c)
{
    size_t blocks = (c->tokens + TOKENS - 1) / TOKENS, width = c->d / c->heads, row = c->heads * c->buckets;
#pragma omp parallel for schedule(static, 1) num_threads(nn->threads) if (blocks > 1)
    for (size_t task = 0; task < blocks * c->heads; task++) {
        size_t t = task / c->heads * TOKENS, h = task % c->heads, n = c->tokens - t < TOKENS ? c->tokens - t : TOKENS;
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)n, (int)width, (int)c->buckets, c->alpha,
                    mass + t * row + h * c->buckets, (int)row, table + h * width, (int)c->d, 1.0F,
                    x + t * ld + h * width, (int)ld);
    }
}

void vt_nn_class_back(const vt_nn *nn, float *dtable, const float *mass, const float *x, size_t ld,
                      const vt_nn_classes *c)
{
    size_t width = c->d / c->heads, row = c->heads * c->buckets;
#pragma omp parallel for schedule(static, 1) num_threads(nn->threads) if (c->heads > 1)
    for (size_t h = 0; h < c->heads; h++) {
        cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)c->buckets, (int)width, (int)c->tokens, c->alpha,
                    mass + h * c->buckets, (int)row, x + h * width, (int)ld, 1.0F, dtable + h * width, (int)c->d);
    }
}
