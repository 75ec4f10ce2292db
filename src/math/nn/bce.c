/* Binary cross-entropy with negatives of each token's own, as in SASRec (Kang and McAuley 2018, equation 14). */
#include <math.h>
#include <string.h>

#include "math/nn/loss.h"

enum { TOKENS = 64, COLUMNS = 32 };

size_t vt_nn_bce_scratch(size_t tokens, size_t negatives)
{
    return tokens * (negatives + 1);
}

/* log(1 + e^x), and its slope. */
static double softplus(double x, float *slope)
{
    double e = exp(-fabs(x));
    *slope = (float)(x > 0.0 ? 1.0 / (1.0 + e) : e / (1.0 + e));
    return (x > 0.0 ? x : 0.0) + log1p(e);
}

/* Column j of a token: the target, then its negatives. */
static size_t row_of(const vt_nn_targets *t, const int32_t *negatives, size_t n, size_t token, size_t j)
{
    return (size_t)(j == 0 ? t->target[token] : negatives[token * n + j - 1]);
}

double vt_nn_bce(const vt_nn *nn, float *dh, float *de, const vt_nn_targets *t, const int32_t *negatives, size_t n,
                 float *scratch)
{
    size_t d = t->d, columns = n + 1;
#pragma omp parallel for schedule(static, TOKENS) num_threads(nn->threads) if (t->tokens > TOKENS)
    for (size_t token = 0; token < t->tokens; token++) {
        const float *h = t->h + token * d;
        for (size_t j = 0; j < columns; j++) {
            scratch[token * columns + j] = nn->kernels->dot(h, t->e + row_of(t, negatives, n, token, j) * d, d);
        }
    }
    double loss = 0.0;
    for (size_t token = 0; token < t->tokens; token++) {
        for (size_t j = 0; j < columns; j++) {
            float *logit = &scratch[token * columns + j], slope = 0.0F;
            loss += softplus((double)(j == 0 ? -*logit : *logit), &slope);
            *logit = t->scale * (j == 0 ? -slope : slope);
        }
    }
    if (dh == NULL) {
        return loss;
    }
#pragma omp parallel for schedule(static, TOKENS) num_threads(nn->threads) if (t->tokens > TOKENS)
    for (size_t token = 0; token < t->tokens; token++) {
        memset(dh + token * d, 0, d * sizeof *dh);
        for (size_t j = 0; j < columns; j++) {
            size_t row = row_of(t, negatives, n, token, j);
            nn->kernels->add(dh + token * d, t->e + row * d, scratch[token * columns + j], d);
        }
    }
#pragma omp parallel for schedule(static, 1) num_threads(nn->threads) if (t->tokens > TOKENS)
    for (size_t begin = 0; begin < d; begin += COLUMNS) {
        size_t width = d - begin < COLUMNS ? d - begin : COLUMNS;
        for (size_t token = 0; token < t->tokens; token++) {
            for (size_t j = 0; j < columns; j++) {
                size_t row = row_of(t, negatives, n, token, j);
                nn->kernels->add(de + row * d + begin, t->h + token * d + begin, scratch[token * columns + j], width);
            }
        }
    }
    return loss;
}
