/* Dense layers: y = x W' + b. */
#include <cblas.h>
#include <string.h>

#include "base/hash.h"
#include "math/blas.h"
#include "math/nn/nn.h"

/* Tokens a task takes, and rows of W or columns of sums that a task owns. */
enum { TOKENS = 256, ROWS = 32 };

vt_nn vt_nn_with(int threads)
{
    vt_blas_init();
    return (vt_nn){threads, vt_nn_kernels_best()};
}

uint64_t vt_nn_key(uint64_t seed, uint64_t epoch, uint64_t step, uint64_t layer)
{
    return vt_hash_mix(vt_hash_mix(vt_hash_mix(seed, epoch + 1), step + 1), layer + 1);
}

void vt_nn_linear(const vt_nn *nn, float *out, const float *x, const float *w, const float *bias, size_t tokens,
                  size_t in, size_t width)
{
    size_t blocks = (tokens + TOKENS - 1) / TOKENS;
#pragma omp parallel for schedule(dynamic, 1) num_threads(nn->threads) if (blocks > 1)
    for (size_t b = 0; b < blocks; b++) {
        size_t begin = b * TOKENS, n = tokens - begin < TOKENS ? tokens - begin : TOKENS;
        float *to = out + begin * width;
        for (size_t t = 0; bias != NULL && t < n; t++) {
            memcpy(to + t * width, bias, width * sizeof *to);
        }
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)n, (int)width, (int)in, 1.0F, x + begin * in, (int)in,
                    w, (int)in, bias == NULL ? 0.0F : 1.0F, to, (int)width);
    }
}

/* The rows of dw and of dbias that belong to outputs `begin` to `begin + n`. */
static void weights_back(float *dw, float *dbias, const float *dout, const float *x, size_t tokens, size_t in,
                         size_t width, size_t begin, size_t n)
{
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)n, (int)in, (int)tokens, 1.0F, dout + begin, (int)width,
                x, (int)in, 1.0F, dw + begin * in, (int)in);
    for (size_t t = 0; dbias != NULL && t < tokens; t++) {
        for (size_t o = begin; o < begin + n; o++) {
            dbias[o] += dout[t * width + o];
        }
    }
}

void vt_nn_linear_back(const vt_nn *nn, float *dx, float *dw, float *dbias, const float *dout, const float *x,
                       const float *w, size_t tokens, size_t in, size_t width)
{
    size_t of_w = (width + ROWS - 1) / ROWS, of_x = dx == NULL ? 0 : (tokens + TOKENS - 1) / TOKENS;
    if (tokens == 0) {
        return;
    }
#pragma omp parallel for schedule(dynamic, 1) num_threads(nn->threads) if (of_w + of_x > 2)
    for (size_t b = 0; b < of_w + of_x; b++) {
        if (b < of_w) {
            size_t begin = b * ROWS, n = width - begin < ROWS ? width - begin : ROWS;
            weights_back(dw, dbias, dout, x, tokens, in, width, begin, n);
        } else {
            size_t begin = (b - of_w) * TOKENS, n = tokens - begin < TOKENS ? tokens - begin : TOKENS;
            cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)n, (int)in, (int)width, 1.0F,
                        dout + begin * width, (int)width, w, (int)in, 0.0F, dx + begin * in, (int)in);
        }
    }
}
