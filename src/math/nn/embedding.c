/* Tables of vectors: rows are gathered on the way forward, their gradients scattered on the way back. */
#include <string.h>

#include "math/nn/nn.h"

/* Tokens a task gathers, and columns a task scatters: it owns them, so that rows are summed in the order of tokens. */
enum { TOKENS = 256, COLUMNS = 32 };

void vt_nn_gather(const vt_nn *nn, float *out, const float *table, const int32_t *index, float scale, size_t tokens,
                  size_t d)
{
#pragma omp parallel for schedule(static, TOKENS) num_threads(nn->threads) if (tokens > TOKENS)
    for (size_t t = 0; t < tokens; t++) {
        if (index[t] < 0) {
            memset(out + t * d, 0, d * sizeof *out);
        } else {
            nn->kernels->scale(out + t * d, table + (size_t)index[t] * d, scale, d);
        }
    }
}

void vt_nn_scatter(const vt_nn *nn, float *dtable, const float *dout, const int32_t *index, float scale, size_t tokens,
                   size_t d)
{
#pragma omp parallel for schedule(static, 1) num_threads(nn->threads) if (tokens > TOKENS)
    for (size_t begin = 0; begin < d; begin += COLUMNS) {
        size_t n = d - begin < COLUMNS ? d - begin : COLUMNS;
        for (size_t t = 0; t < tokens; t++) {
            if (index[t] >= 0) {
                nn->kernels->add(dtable + (size_t)index[t] * d + begin, dout + t * d + begin, scale, n);
            }
        }
    }
}
