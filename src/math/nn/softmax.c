/*
 * Softmax cross-entropy by blocks, one core for the full and for the sampled form. A run of tokens at a time:
 *   1. a task a block of items: logits, their exponentials against the highest of the block (worked out once);
 *   2. for each token the sum over blocks, and so what the exponentials of each block are to be multiplied with;
 *   3. a task a block of items: exponentials become the gradient of the logits G, de += G' h;
 *   4. a task a few tokens: dh = G e.
 */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "math/nn/loss.h"

enum { ITEMS = 512, TOKENS = 32, RUN = 256, LEAST = 32, LOGITS = 1 << 21 };

/* Candidates of all tokens alike; the target is one of them (full), or stands beside them (sampled). */
typedef struct problem {
    const float *h; /* (T, D) */
    const float *e; /* (C, D) candidates */
    const int32_t *target;
    const int32_t *candidate; /* (C) their items; NULL: candidate c is item c and targets are among them */
    const float *offset;      /* (C) added to the logits; NULL: none */
    const float *positive;    /* (T) logits of targets that stand beside; NULL: they are among */
    float *dpositive;         /* (T) */
    size_t tokens, n, d, blocks;
    float scale, smoothing;
    float *dh, *de;
    /* of a run of R tokens */
    float *logits;  /* (R, C) */
    float *highest; /* (R, blocks) */
    float *sum;     /* (R, blocks), then the factors */
    float *mean;    /* (R, blocks) sums of logits, for smoothing */
    float *at;      /* (R) logits of the targets */
} problem;

static size_t run_of(size_t items)
{
    size_t run = LOGITS / (items + 1);
    return run > RUN ? RUN : run < LEAST ? LEAST : run / LEAST * LEAST;
}

static size_t blocks_of(size_t items)
{
    return (items + ITEMS - 1) / ITEMS;
}

size_t vt_nn_softmax_scratch(size_t items)
{
    return run_of(items) * (items + 3 * blocks_of(items) + 1);
}

static void lay_out(problem *p, float *scratch)
{
    size_t run = run_of(p->n);
    p->blocks = blocks_of(p->n);
    p->logits = scratch;
    p->highest = p->logits + run * p->n;
    p->sum = p->highest + run * p->blocks;
    p->mean = p->sum + run * p->blocks;
    p->at = p->mean + run * p->blocks;
}

/* Logits of a block of candidates for the tokens `first` to `first + n`, and their exponentials. */
static void block_forward(const vt_nn *nn, const problem *p, size_t first, size_t n, size_t block)
{
    size_t begin = block * ITEMS, width = p->n - begin < ITEMS ? p->n - begin : ITEMS;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)n, (int)width, (int)p->d, 1.0F, p->h + first * p->d,
                (int)p->d, p->e + begin * p->d, (int)p->d, 0.0F, p->logits + begin, (int)p->n);
    for (size_t r = 0; r < n; r++) {
        float *row = p->logits + r * p->n + begin;
        size_t target = (size_t)p->target[first + r];
        for (size_t c = 0; p->offset != NULL && c < width; c++) {
            row[c] += p->offset[begin + c];
        }
        for (size_t c = 0; p->candidate != NULL && c < width; c++) {
            row[c] = p->candidate[begin + c] == p->target[first + r] ? -INFINITY : row[c];
        }
        if (p->candidate == NULL && target >= begin && target < begin + width) {
            p->at[r] = row[target - begin];
        }
        float sum = 0.0F;
        for (size_t c = 0; p->smoothing > 0.0F && c < width; c++) {
            sum += row[c];
        }
        size_t cell = r * p->blocks + block;
        p->mean[cell] = sum;
        p->sum[cell] = nn->kernels->exponentials(row, width, &p->highest[cell]);
    }
}

/* The loss of a token; sums of its blocks become factors that make gradients of exponentials. */
static double token_loss(const problem *p, size_t token, size_t r)
{
    float *highest = p->highest + r * p->blocks, *sum = p->sum + r * p->blocks, *mean = p->mean + r * p->blocks;
    double top = p->positive == NULL ? -INFINITY : (double)p->positive[token], all = 0.0, logits = 0.0;
    double target = p->positive == NULL ? (double)p->at[r] : top;
    for (size_t b = 0; b < p->blocks; b++) {
        top = (double)highest[b] > top ? (double)highest[b] : top;
        logits += (double)mean[b];
    }
    for (size_t b = 0; b < p->blocks; b++) {
        all += exp((double)highest[b] - top) * (double)sum[b];
    }
    if (p->positive != NULL) {
        all += exp(target - top);
        p->dpositive[token] = p->scale * (float)(exp(target - top) / all - 1.0);
    }
    for (size_t b = 0; b < p->blocks; b++) {
        sum[b] = p->scale * (float)(exp((double)highest[b] - top) / all);
    }
    double s = (double)p->smoothing, total = top + log(all);
    return total - (1.0 - s) * target - (s > 0.0 ? s * logits / (double)p->n : 0.0);
}

static void block_back(const vt_nn *nn, const problem *p, size_t first, size_t n, size_t block)
{
    size_t begin = block * ITEMS, width = p->n - begin < ITEMS ? p->n - begin : ITEMS;
    float even = p->scale * p->smoothing / (float)p->n;
    for (size_t r = 0; r < n; r++) {
        float *row = p->logits + r * p->n + begin;
        size_t target = (size_t)p->target[first + r];
        nn->kernels->scale(row, row, p->sum[r * p->blocks + block], width);
        for (size_t c = 0; p->smoothing > 0.0F && c < width; c++) {
            row[c] -= even;
        }
        if (p->candidate == NULL && target >= begin && target < begin + width) {
            row[target - begin] -= p->scale * (1.0F - p->smoothing);
        }
    }
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)width, (int)p->d, (int)n, 1.0F, p->logits + begin,
                (int)p->n, p->h + first * p->d, (int)p->d, 1.0F, p->de + begin * p->d, (int)p->d);
}

static double run_loss(const vt_nn *nn, const problem *p, size_t first, size_t n)
{
    double loss = 0.0;
#pragma omp parallel for schedule(dynamic, 1) num_threads(nn->threads) if (p->blocks > 1)
    for (size_t block = 0; block < p->blocks; block++) {
        block_forward(nn, p, first, n, block);
    }
    for (size_t r = 0; r < n; r++) {
        loss += token_loss(p, first + r, r);
    }
    if (p->dh == NULL) {
        return loss;
    }
#pragma omp parallel for schedule(dynamic, 1) num_threads(nn->threads) if (p->blocks > 1)
    for (size_t block = 0; block < p->blocks; block++) {
        block_back(nn, p, first, n, block);
    }
#pragma omp parallel for schedule(dynamic, 1) num_threads(nn->threads) if (n > TOKENS)
    for (size_t r = 0; r < n; r += TOKENS) {
        size_t rows = n - r < TOKENS ? n - r : TOKENS;
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)rows, (int)p->d, (int)p->n, 1.0F,
                    p->logits + r * p->n, (int)p->n, p->e, (int)p->d, 0.0F, p->dh + (first + r) * p->d, (int)p->d);
    }
    return loss;
}

static double all_loss(const vt_nn *nn, const problem *p)
{
    double loss = 0.0;
    size_t run = run_of(p->n);
    for (size_t first = 0; first < p->tokens; first += run) {
        loss += run_loss(nn, p, first, p->tokens - first < run ? p->tokens - first : run);
    }
    return loss;
}

double vt_nn_softmax(const vt_nn *nn, float *dh, float *de, const vt_nn_targets *t, float smoothing, float *scratch)
{
    problem p = {.h = t->h,
                 .e = t->e,
                 .target = t->target,
                 .tokens = t->tokens,
                 .n = t->items,
                 .d = t->d,
                 .scale = t->scale,
                 .smoothing = smoothing,
                 .dh = dh,
                 .de = de};
    lay_out(&p, scratch);
    return all_loss(nn, &p);
}

size_t vt_nn_sampled_softmax_scratch(size_t tokens, size_t negatives, size_t d)
{
    return vt_nn_softmax_scratch(negatives) + negatives * (2 * d + 1) + 2 * tokens;
}

double vt_nn_sampled_softmax(const vt_nn *nn, float *dh, float *de, const vt_nn_targets *t, const vt_nn_sample *sample,
                             float *scratch)
{
    size_t n = sample->n, d = t->d;
    float *candidates = scratch, *dcandidates = candidates + n * d, *offset = dcandidates + n * d;
    float *positive = offset + n, *dpositive = positive + t->tokens;
    /* A sample of N stands for N q(i) draws of each item. */
    for (size_t c = 0; c < n; c++) {
        offset[c] = -sample->log_q[sample->item[c]] - logf((float)n);
    }
    vt_nn_gather(nn, candidates, t->e, sample->item, 1.0F, n, d);
    memset(dcandidates, 0, n * d * sizeof *dcandidates);
    for (size_t token = 0; token < t->tokens; token++) {
        const float *row = t->e + (size_t)t->target[token] * d;
        positive[token] = nn->kernels->dot(t->h + token * d, row, d);
    }
    problem p = {.h = t->h,
                 .e = candidates,
                 .target = t->target,
                 .candidate = sample->item,
                 .offset = offset,
                 .positive = positive,
                 .dpositive = dpositive,
                 .tokens = t->tokens,
                 .n = n,
                 .d = d,
                 .scale = t->scale,
                 .dh = dh,
                 .de = dcandidates};
    lay_out(&p, dpositive + t->tokens);
    double loss = all_loss(nn, &p);
    if (dh == NULL) {
        return loss;
    }
    for (size_t token = 0; token < t->tokens; token++) {
        size_t at = (size_t)t->target[token] * d;
        nn->kernels->add(dh + token * d, t->e + at, dpositive[token], d);
        nn->kernels->add(de + at, t->h + token * d, dpositive[token], d);
    }
    vt_nn_scatter(nn, de, dcandidates, sample->item, 1.0F, n, d);
    return loss;
}
