/* What happens to each token or number alone: layer norm, dropout, activations. */
#include "math/nn/nn.h"

/* Tokens and numbers a task takes, and columns of a sum over tokens that a task owns. */
enum { TOKENS = 128, NUMBERS = 8192, COLUMNS = 16 };

void vt_nn_norm(const vt_nn *nn, float *out, float *stats, const float *x, const float *gain, const float *shift,
                size_t tokens, size_t d)
{
#pragma omp parallel for schedule(static, TOKENS) num_threads(nn->threads) if (tokens > TOKENS)
    for (size_t t = 0; t < tokens; t++) {
        nn->kernels->norm(out + t * d, stats + 2 * t, x + t * d, gain, shift, d);
    }
}

void vt_nn_norm_back(const vt_nn *nn, float *dx, float *dgain, float *dshift, const float *dout, const float *x,
                     const float *gain, const float *stats, size_t tokens, size_t d)
{
#pragma omp parallel num_threads(nn->threads) if (tokens > TOKENS)
    {
#pragma omp for schedule(static, TOKENS) nowait
        for (size_t t = 0; t < tokens; t++) {
            nn->kernels->norm_back(dx + t * d, dout + t * d, x + t * d, gain, stats + 2 * t, d);
        }
#pragma omp for schedule(static, 1)
        for (size_t begin = 0; begin < d; begin += COLUMNS) {
            size_t end = d - begin < COLUMNS ? d : begin + COLUMNS;
            for (size_t t = 0; t < tokens; t++) {
                float mean = stats[2 * t], inverse = stats[2 * t + 1];
                for (size_t k = begin; k < end; k++) {
                    dgain[k] += dout[t * d + k] * (x[t * d + k] - mean) * inverse;
                    dshift[k] += dout[t * d + k];
                }
            }
        }
    }
}

/* Calls what follows for runs of numbers: `at` the first, `count` how many. */
#define RUNS _Pragma("omp parallel for schedule(static, 1) num_threads(nn->threads) if (n > NUMBERS)")

static size_t run(size_t at, size_t n)
{
    return n - at < NUMBERS ? n - at : NUMBERS;
}

void vt_nn_drop(const vt_nn *nn, float *out, const float *x, vt_nn_mask mask, size_t n)
{
    RUNS for (size_t at = 0; at < n; at += NUMBERS)
    {
        nn->kernels->drop(out + at, x + at, run(at, n), mask, (uint32_t)at);
    }
}

void vt_nn_add_dropped(const vt_nn *nn, float *out, const float *x, vt_nn_mask mask, size_t n)
{
    RUNS for (size_t at = 0; at < n; at += NUMBERS)
    {
        nn->kernels->add_dropped(out + at, x + at, run(at, n), mask, (uint32_t)at);
    }
}

void vt_nn_activate(const vt_nn *nn, float *out, const float *x, vt_nn_activation f, size_t n)
{
    RUNS for (size_t at = 0; at < n; at += NUMBERS)
    {
        if (f == VT_NN_GELU) {
            nn->kernels->gelu(out + at, x + at, run(at, n));
            continue;
        }
        for (size_t k = at; k < at + run(at, n); k++) {
            out[k] = x[k] > 0.0F ? x[k] : 0.0F;
        }
    }
}

void vt_nn_activate_back(const vt_nn *nn, float *dx, const float *dout, const float *x, vt_nn_activation f, size_t n)
{
    RUNS for (size_t at = 0; at < n; at += NUMBERS)
    {
        if (f == VT_NN_GELU) {
            nn->kernels->gelu_back(dx + at, dout + at, x + at, run(at, n));
            continue;
        }
        for (size_t k = at; k < at + run(at, n); k++) {
            dx[k] = x[k] > 0.0F ? dout[k] : 0.0F;
        }
    }
}
