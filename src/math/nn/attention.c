/*
 * Causal multi-head self-attention over sequences without padding. A task is one head of one sequence; queries are
 * taken in runs, so that of the square of weights little more than the lower triangle is worked out.
 *
 * Forward, for a head with queries Q, keys K, values V (S, D / H each):
 *     L = Q K' / sqrt(D / H) + bias,  P = softmax of each row of L up to the diagonal,  out = drop(P) V
 * Backward:
 *     dV = drop(P)' dout,  dP = drop(dout V'),  dL = P * (dP - sum over keys of P * dP),
 *     dQ = dL K / sqrt(D / H),  dK = dL' Q / sqrt(D / H),  dbias = dL
 */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "math/nn/nn.h"

enum { QUERIES = 32 };

/* One head of one sequence. */
typedef struct head {
    const float *q, *k, *v; /* (S, D / H) in rows of 3 D */
    size_t s;               /* S */
    size_t width;           /* D / H */
    size_t ld;              /* 3 D */
    size_t at;              /* where the weights stand among those of the batch */
    size_t d;
    size_t column; /* of the head in (T, D) */
    size_t token;  /* the first of the sequence */
    size_t number; /* of the head */
    float scale;
    const uint8_t *bucket; /* (S, S) */
} head;

static head head_of(const vt_nn_attention *a, const float *qkv, size_t task)
{
    size_t b = task / a->heads, number = task % a->heads, begin = a->sequences.begin[b];
    size_t s = a->sequences.begin[b + 1] - begin, width = a->d / a->heads, square = a->sequences.square[b];
    const float *q = qkv + begin * 3 * a->d + number * width;
    return (head){.q = q,
                  .k = q + a->d,
                  .v = q + 2 * a->d,
                  .s = s,
                  .width = width,
                  .ld = 3 * a->d,
                  .at = square * a->heads + number * s * s,
                  .d = a->d,
                  .column = number * width,
                  .token = begin,
                  .number = number,
                  .scale = 1.0F / sqrtf((float)width),
                  .bucket = a->relative == NULL ? NULL : a->relative->bucket + square};
}

/* c (m, n) = alpha a (m, k) times b (k, n), or b' of (n, k); or c += with `more`. */
static void product(float *c, size_t ldc, const float *a, size_t lda, const float *b, size_t ldb, bool turned,
                    float alpha, bool more, size_t m, size_t n, size_t k)
{
    cblas_sgemm(CblasRowMajor, CblasNoTrans, turned ? CblasTrans : CblasNoTrans, (int)m, (int)n, (int)k, alpha, a,
                (int)lda, b, (int)ldb, more ? 1.0F : 0.0F, c, (int)ldc);
}

/* c (m, n) += a' of (k, m) times b (k, n). */
static void product_of_turned(float *c, size_t ldc, const float *a, size_t lda, const float *b, size_t ldb, float alpha,
                              size_t m, size_t n, size_t k)
{
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)m, (int)n, (int)k, alpha, a, (int)lda, b, (int)ldb, 1.0F,
                c, (int)ldc);
}

/* Row of (T, H, C) of a query. */
static size_t class_row(const head *h, size_t query, const vt_nn_relative *relative)
{
    return ((h->token + query) * (h->d / h->width) + h->number) * relative->buckets;
}

/* One row of logits becomes weights. Keys after the query weigh nothing. */
static void weigh(const vt_nn *nn, float *row, const head *h, size_t query, const vt_nn_relative *relative)
{
    if (relative != NULL) {
        const float *bias = relative->bias + class_row(h, query, relative);
        const uint8_t *bucket = h->bucket + query * h->s;
        for (size_t key = 0; key <= query; key++) {
            row[key] += bias[bucket[key]];
        }
    }
    float highest = 0.0F, sum = nn->kernels->exponentials(row, query + 1, &highest);
    nn->kernels->scale(row, row, 1.0F / sum, query + 1);
    memset(row + query + 1, 0, (h->s - query - 1) * sizeof *row);
}

static void attend(const vt_nn *nn, float *out, float *weights, float *work, const head *h, const vt_nn_attention *a)
{
    size_t s = h->s;
    for (size_t begin = 0; begin < s; begin += QUERIES) {
        size_t n = s - begin < QUERIES ? s - begin : QUERIES, keys = begin + n;
        product(weights + begin * s, s, h->q + begin * h->ld, h->ld, h->k, h->ld, true, h->scale, false, n, keys,
                h->width);
        for (size_t query = begin; query < keys; query++) {
            weigh(nn, weights + query * s, h, query, a->relative);
        }
        const float *kept = weights;
        if (a->mask.rate > 0.0F) {
            nn->kernels->drop(work + begin * s, weights + begin * s, n * s, a->mask, (uint32_t)(h->at + begin * s));
            kept = work;
        }
        for (size_t query = begin; a->relative != NULL && query < keys; query++) {
            float *mass = a->relative->mass + class_row(h, query, a->relative);
            memset(mass, 0, a->relative->buckets * sizeof *mass);
            for (size_t key = 0; key <= query; key++) {
                mass[h->bucket[query * s + key]] += kept[query * s + key];
            }
        }
        product(out + begin * h->d, h->d, kept + begin * s, s, h->v, h->ld, false, 1.0F, false, n, h->width, keys);
    }
}

void vt_nn_attend(const vt_nn *nn, float *out, float *weights, float *work, const float *qkv, const vt_nn_attention *a)
{
    size_t tasks = a->sequences.n * a->heads;
#pragma omp parallel for schedule(dynamic, 8) num_threads(nn->threads) if (tasks > 8)
    for (size_t task = 0; task < tasks; task++) {
        head h = head_of(a, qkv, task);
        attend(nn, out + h.token * h.d + h.column, weights + h.at, work + h.at, &h, a);
    }
}

/* A row of dP becomes one of dL. */
static void weigh_back(const vt_nn *nn, float *row, const float *weights, const head *h, size_t query,
                       const vt_nn_relative *relative)
{
    float sum = nn->kernels->dot(row, weights, query + 1);
    for (size_t key = 0; key <= query; key++) {
        row[key] = weights[key] * (row[key] - sum);
    }
    memset(row + query + 1, 0, (h->s - query - 1) * sizeof *row);
    if (relative != NULL) {
        float *dbias = relative->dbias + class_row(h, query, relative);
        const uint8_t *bucket = h->bucket + query * h->s;
        memset(dbias, 0, relative->buckets * sizeof *dbias);
        for (size_t key = 0; key <= query; key++) {
            dbias[bucket[key]] += row[key];
        }
    }
}

static void attend_back(const vt_nn *nn, float *dq, float *work, const float *dout, const float *weights, const head *h,
                        const vt_nn_attention *a)
{
    size_t s = h->s, ld = h->ld;
    float *dk = dq + h->d, *dv = dk + h->d;
    for (size_t t = 0; t < s; t++) {
        memset(dk + t * ld, 0, h->width * sizeof *dk);
        memset(dv + t * ld, 0, h->width * sizeof *dv);
    }
    for (size_t begin = 0; begin < s; begin += QUERIES) {
        size_t n = s - begin < QUERIES ? s - begin : QUERIES, keys = begin + n;
        uint32_t first = (uint32_t)(h->at + begin * s);
        float *run = work + begin * s;
        const float *dy = dout + begin * h->d;
        nn->kernels->drop(run, weights + begin * s, n * s, a->mask, first);
        product_of_turned(dv, ld, run, s, dy, h->d, 1.0F, keys, h->width, n);
        product(run, s, dy, h->d, h->v, ld, true, 1.0F, false, n, keys, h->width);
        for (size_t query = begin; a->relative != NULL && query < keys; query++) {
            const float *dmass = a->relative->dmass + class_row(h, query, a->relative);
            for (size_t key = 0; key <= query; key++) {
                work[query * s + key] += dmass[h->bucket[query * s + key]];
            }
        }
        nn->kernels->drop(run, run, n * s, a->mask, first);
        for (size_t query = begin; query < keys; query++) {
            weigh_back(nn, work + query * s, weights + query * s, h, query, a->relative);
        }
        product(dq + begin * ld, ld, run, s, h->k, ld, false, h->scale, false, n, h->width, keys);
        product_of_turned(dk, ld, run, s, h->q + begin * ld, ld, h->scale, keys, h->width, n);
    }
}

void vt_nn_attend_back(const vt_nn *nn, float *dqkv, float *work, const float *dout, const float *weights,
                       const float *qkv, const vt_nn_attention *a)
{
    size_t tasks = a->sequences.n * a->heads;
#pragma omp parallel for schedule(dynamic, 8) num_threads(nn->threads) if (tasks > 8)
    for (size_t task = 0; task < tasks; task++) {
        head h = head_of(a, qkv, task);
        attend_back(nn, dqkv + h.token * h.ld + h.column, work + h.at, dout + h.token * h.d + h.column, weights + h.at,
                    &h, a);
    }
}
