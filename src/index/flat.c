/*
 * What costs time is the memory that a query reads, so the first pass reads bytes instead of floats, and the best 200
 * of it are scored by the floats. Past WIDE dimensions even the bytes take too long. Where the vectors lie near a
 * subspace, as those of networks do, the first pass then looks at their bytes along the few directions that hold most
 * of their length (the leading eigenvectors of their second moments), and the best SIFTED of that go through all bytes.
 * Each row of bytes has a scale of its own; the query is rounded as finely as 32-bit sums allow.
 */
#include "index/flat.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/pool.h"
#include "math/blas.h"
#include "math/kernels.h"

enum {
    BLOCK = 2048,       /* rows whose scores are looked at in one go */
    KEYS = 4096,        /* most keys of the best so far */
    CANDIDATES = 200,   /* scored exactly */
    SIFTED = 2000,      /* of the first pass along directions; and so few are scored exactly at once */
    WIDE = 256,         /* more dimensions than this get directions */
    HEAD_STEP = 64,     /* directions: as many of this as hold ENOUGH, */
    HEAD_MAX = 256,     /* at most so many, and at most half of the dimensions */
    SAMPLE = 4096,      /* rows that directions are found from */
    ROWS_AT_ONCE = 256, /* of a thread that makes bytes */
    LARGEST_BYTE = 127
};

/* The share of squared length that the directions must hold. */
#define ENOUGH 0.75

/* Rows of bytes, each with what one step is worth. */
typedef struct bytes {
    int8_t *data; /* (N, d) */
    float *scale; /* (N) */
    size_t d;
} bytes;

struct vt_flat {
    vt_rows rows;  /* (N, D) borrowed */
    bytes whole;   /* (N, D); empty when N is so small that all are scored exactly */
    size_t n_head; /* H directions */
    bytes head;    /* (N, H) along the directions, or empty */
    float *turn;   /* (H, D) directions, or NULL */
};

/* The best of a stream of scores: keys of vt_topk_key, cut back to k whenever `capacity` is reached. */
typedef struct best {
    uint64_t keys[KEYS];
    size_t n, k, capacity;
    float threshold;
} best;

static void best_init(best *b, size_t k)
{
    b->n = 0;
    b->k = k;
    b->capacity = 2 * k + 2 * VT_LANES < KEYS ? 2 * k + 2 * VT_LANES : KEYS;
    b->threshold = -INFINITY;
}

static float score_of(uint64_t key)
{
    uint32_t order = (uint32_t)(key >> 32);
    uint32_t bits = (order & 0x80000000U) != 0 ? order ^ 0x80000000U : ~order;
    float score = 0.0F;
    memcpy(&score, &bits, sizeof score);
    return score;
}

/* Leaves the best k, in any order. What comes later with the score of the worst ranks behind it. */
static void best_cut(best *b)
{
    if (b->n <= b->k) {
        return;
    }
    vt_topk_select(b->keys, b->n, b->k);
    b->n = b->k;
    uint64_t worst = UINT64_MAX;
    for (size_t i = 0; i < b->n; i++) {
        worst = b->keys[i] < worst ? b->keys[i] : worst;
    }
    b->threshold = score_of(worst);
}

/* Takes the scores (n) of the rows from `first` on. */
static void best_offer(best *b, const vt_kernels *kernels, const float *scores, size_t n, size_t first)
{
    for (size_t at = 0; at < n;) {
        size_t found = kernels->collect(b->keys + b->n, b->capacity - b->n, scores, &at, n, b->threshold);
        for (size_t i = b->n; i < b->n + found; i++) {
            b->keys[i] -= first; /* the index stands inverted in the low half */
        }
        b->n += found;
        if (at < n) {
            best_cut(b);
        }
    }
}

static int descending(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x < y) - (x > y);
}

static size_t best_answer(best *b, int32_t *index, float *score)
{
    best_cut(b);
    qsort(b->keys, b->n, sizeof *b->keys, descending);
    for (size_t i = 0; i < b->n; i++) {
        index[i] = vt_topk_index(b->keys[i]);
        score[i] = score_of(b->keys[i]);
    }
    return b->n;
}

/* Row i; `room` (D) is for one that is in no block. */
static const float *row_at(const vt_rows *rows, size_t i, float *room)
{
    return rows->block != NULL ? rows->block + i * rows->d : rows->row(rows->from, i, room);
}

/* Scores (n) of the rows from `first` on; -infinity for what is not allowed. */
static void score_rows(float *scores, const vt_kernels *kernels, const vt_rows *rows, size_t first, size_t n,
                       const float *query, const uint8_t *allowed)
{
    float places[VT_FLAT_DIMENSIONS_MAX], *room = rows->d <= VT_FLAT_DIMENSIONS_MAX ? places : NULL;
    if (allowed == NULL && rows->block != NULL) {
        kernels->dots(scores, rows->block + first * rows->d, n, query, rows->d);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        scores[i] = -INFINITY;
        if (allowed == NULL || allowed[first + i]) {
            kernels->dots(scores + i, row_at(rows, first + i, room), 1, query, rows->d);
        }
    }
}

size_t vt_nearest(int32_t *index, float *score, const vt_rows *rows, const float *query, const uint8_t *allowed,
                  size_t k)
{
    const vt_kernels *kernels = vt_kernels_best();
    float scores[BLOCK];
    best b;
    if (k == 0) {
        return 0;
    }
    best_init(&b, k < VT_NEAREST_MAX ? k : VT_NEAREST_MAX);
    for (size_t first = 0; first < rows->n; first += BLOCK) {
        size_t count = rows->n - first < BLOCK ? rows->n - first : BLOCK;
        score_rows(scores, kernels, rows, first, count, query, allowed);
        best_offer(&b, kernels, scores, count, first);
    }
    return best_answer(&b, index, score);
}

/* ---- making ------------------------------------------------------------------------------------------------------ */

static int bytes_init(bytes *out, size_t n, size_t d, vt_error *err)
{
    out->d = d;
    out->data = n > 0 && d > SIZE_MAX / n ? NULL : vt_alloc_aligned(n * d, sizeof *out->data, err);
    out->scale = vt_alloc(n, sizeof *out->scale, err);
    return out->data == NULL || out->scale == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

/* Largest finite size of an element; what is not finite counts as nothing. */
static float largest(const float *row, size_t d)
{
    float high = 0.0F;
    for (size_t k = 0; k < d; k++) {
        float size = fabsf(row[k]);
        high = size > high && size < INFINITY ? size : high;
    }
    return high;
}

static void put_row(bytes *b, size_t at, const float *row)
{
    float high = largest(row, b->d), per = high > 0.0F ? (float)LARGEST_BYTE / high : 0.0F;
    int8_t *out = b->data + at * b->d;
    b->scale[at] = high / (float)LARGEST_BYTE;
    for (size_t k = 0; k < b->d; k++) {
        float step = row[k] * per;
        out[k] = (int8_t)(fabsf(step) < (float)LARGEST_BYTE + 0.5F ? lrintf(step) : 0); /* 0 for what is not finite */
    }
}

static void copy_row(float *out, const vt_rows *rows, size_t i)
{
    const float *row = row_at(rows, i, out);
    if (row != out) {
        memcpy(out, row, rows->d * sizeof *out);
    }
}

typedef struct making {
    vt_flat *flat;
    float *turned; /* (threads, ROWS_AT_ONCE, H) or NULL */
    float *room;   /* (threads, ROWS_AT_ONCE, D) for rows that are in no block, or NULL */
} making;

static int make_rows(void *context, int worker, size_t begin, size_t end, vt_error *err)
{
    making *m = context;
    vt_flat *f = m->flat;
    size_t d = f->rows.d;
    const float *rows = f->rows.block != NULL ? f->rows.block + begin * d : m->room + (size_t)worker * ROWS_AT_ONCE * d;
    (void)err;
    for (size_t i = begin; f->rows.block == NULL && i < end; i++) {
        copy_row(m->room + ((size_t)worker * ROWS_AT_ONCE + i - begin) * d, &f->rows, i);
    }
    if (f->turn != NULL) {
        float *turned = m->turned + (size_t)worker * ROWS_AT_ONCE * f->n_head;
        vt_products(turned, rows, end - begin, f->turn, f->n_head, d);
        for (size_t i = begin; i < end; i++) {
            put_row(&f->head, i, turned + (i - begin) * f->n_head);
        }
    }
    for (size_t i = begin; i < end; i++) {
        put_row(&f->whole, i, rows + (i - begin) * d);
    }
    return VT_OK;
}

/* Finds the directions from rows spread over all; flat->turn stays NULL when they hold too little. */
static int find_directions(vt_flat *f, int threads, vt_error *err)
{
    size_t d = f->rows.d, n = f->rows.n < SAMPLE ? f->rows.n : SAMPLE;
    float *sample = vt_alloc_aligned(n * d, sizeof *sample, err);
    float *moments = vt_alloc_aligned(d * d, sizeof *moments, err);
    float *vectors = vt_alloc_aligned(d * d, sizeof *vectors, err);
    float *values = vt_alloc(d, sizeof *values, err);
    double all = 0.0, held = 0.0;
    size_t n_head = 0, most = d / 2 < HEAD_MAX ? d / 2 : HEAD_MAX;
    bool finite = true;
    int status = VT_ERR_NO_MEMORY;
    if (sample == NULL || moments == NULL || vectors == NULL || values == NULL) {
        goto out;
    }
    for (size_t i = 0; i < n; i++) {
        copy_row(sample + i * d, &f->rows, i * f->rows.n / n);
    }
    status = vt_gram(moments, sample, n, d, d, threads, err);
    for (size_t k = 0; k < d * d; k++) {
        finite = finite && isfinite(moments[k]);
    }
    if (status != VT_OK || !finite) {
        goto out;
    }
    status = vt_eigen(values, vectors, moments, d, err);
    for (size_t k = 0; status == VT_OK && k < d; k++) {
        all += (double)values[k];
    }
    while (status == VT_OK && held < ENOUGH * all && n_head + HEAD_STEP <= most) {
        for (size_t k = 0; k < HEAD_STEP; k++) {
            held += (double)values[d - 1 - n_head - k];
        }
        n_head += HEAD_STEP;
    }
    if (status != VT_OK || !(held >= ENOUGH * all)) {
        goto out;
    }
    f->n_head = n_head;
    f->turn = vt_alloc_aligned(n_head * d, sizeof *f->turn, err);
    status = f->turn == NULL ? VT_ERR_NO_MEMORY : bytes_init(&f->head, f->rows.n, n_head, err);
    for (size_t h = 0; status == VT_OK && h < n_head; h++) {
        for (size_t k = 0; k < d; k++) {
            f->turn[h * d + k] = vectors[k * d + d - 1 - h];
        }
    }
out:
    vt_free(sample);
    vt_free(moments);
    vt_free(vectors);
    vt_free(values);
    return status;
}

static int make(vt_flat *f, int threads, vt_error *err)
{
    making m = {f, NULL, NULL};
    int status = bytes_init(&f->whole, f->rows.n, f->rows.d, err);
    threads = vt_threads(threads);
    if (status == VT_OK && f->rows.d > WIDE) {
        status = find_directions(f, threads, err);
    }
    if (status == VT_OK && f->turn != NULL) {
        m.turned = vt_alloc_aligned((size_t)threads * ROWS_AT_ONCE * f->n_head, sizeof *m.turned, err);
        status = m.turned == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    if (status == VT_OK && f->rows.block == NULL) {
        m.room = vt_alloc_aligned((size_t)threads * ROWS_AT_ONCE * f->rows.d, sizeof *m.room, err);
        status = m.room == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    if (status == VT_OK) {
        vt_blas_init();
        status = vt_parallel_for(threads, f->rows.n, ROWS_AT_ONCE, make_rows, NULL, &m, err);
    }
    vt_free(m.turned);
    vt_free(m.room);
    return status;
}

int vt_flat_create(vt_flat **out, const vt_rows *rows, int threads, vt_error *err)
{
    if (rows->d > VT_FLAT_DIMENSIONS_MAX || rows->n > INT32_MAX) {
        return vt_fail(err, VT_ERR_LIMIT, "%zu vectors of %zu dimensions cannot be searched; %zu dimensions can",
                       rows->n, rows->d, VT_FLAT_DIMENSIONS_MAX);
    }
    vt_flat *f = vt_alloc_zero(1, sizeof *f, err);
    if (f == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    f->rows = *rows;
    int status = rows->n > SIFTED ? make(f, threads, err) : VT_OK;
    if (status != VT_OK) {
        vt_flat_free(f);
        return status;
    }
    *out = f;
    return VT_OK;
}

void vt_flat_free(vt_flat *f)
{
    if (f != NULL) {
        vt_free(f->whole.data);
        vt_free(f->whole.scale);
        vt_free(f->head.data);
        vt_free(f->head.scale);
        vt_free(f->turn);
        vt_free(f);
    }
}

/* ---- searching --------------------------------------------------------------------------------------------------- */

/* The query in whole steps, as many as fit: 127 * steps * d stays under 2^31. Its scale is left out of the scores. */
static void round_query(int16_t *out, const float *query, size_t d)
{
    float high = largest(query, d), steps = fminf(32767.0F, floorf(2147483647.0F / ((float)LARGEST_BYTE * (float)d)));
    float per = high > 0.0F ? (steps - 1.0F) / high : 0.0F;
    for (size_t k = 0; k < d; k++) {
        float step = query[k] * per;
        out[k] = (int16_t)(fabsf(step) <= steps ? lrintf(step) : 0);
    }
}

static void first_pass(best *b, const vt_kernels *kernels, const bytes *rows, size_t n, const int16_t *query,
                       const uint8_t *allowed)
{
    int32_t dots[BLOCK];
    float scores[BLOCK];
    for (size_t first = 0; first < n; first += BLOCK) {
        size_t count = n - first < BLOCK ? n - first : BLOCK;
        kernels->dots_int8(dots, rows->data + first * rows->d, count, query, rows->d);
        for (size_t i = 0; i < count; i++) {
            scores[i] = (float)dots[i] * rows->scale[first + i];
        }
        for (size_t i = 0; allowed != NULL && i < count; i++) {
            scores[i] = allowed[first + i] ? scores[i] : -INFINITY;
        }
        best_offer(b, kernels, scores, count, first);
    }
    best_cut(b);
}

/* Looks again at those that are left, through all their bytes. */
static void sift(best *b, const vt_kernels *kernels, const bytes *rows, const int16_t *query)
{
    for (size_t i = 0; i < b->n; i++) {
        int32_t at = vt_topk_index(b->keys[i]), dot = 0;
        kernels->dots_int8(&dot, rows->data + (size_t)at * rows->d, 1, query, rows->d);
        b->keys[i] = vt_topk_key((float)dot * rows->scale[at], (uint32_t)at);
    }
}

static size_t count_allowed(const uint8_t *allowed, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        count += allowed[i] != 0;
    }
    return count;
}

size_t vt_flat_search(const vt_flat *f, int32_t *index, float *score, const float *query, const uint8_t *allowed,
                      size_t k)
{
    k = k < VT_FLAT_NEAREST_MAX ? k : VT_FLAT_NEAREST_MAX;
    if (k == 0) {
        return 0;
    }
    if (f->rows.n <= SIFTED || (allowed != NULL && count_allowed(allowed, f->rows.n) <= SIFTED)) {
        return vt_nearest(index, score, &f->rows, query, allowed, k);
    }
    const vt_kernels *kernels = vt_kernels_best();
    int16_t steps[VT_FLAT_DIMENSIONS_MAX];
    best b;
    best_init(&b, f->turn == NULL ? CANDIDATES : SIFTED);
    if (f->turn == NULL) {
        round_query(steps, query, f->rows.d);
        first_pass(&b, kernels, &f->whole, f->rows.n, steps, allowed);
    } else {
        float turned[HEAD_MAX];
        kernels->dots(turned, f->turn, f->n_head, query, f->rows.d);
        round_query(steps, turned, f->n_head);
        first_pass(&b, kernels, &f->head, f->rows.n, steps, allowed);
        round_query(steps, query, f->rows.d);
        sift(&b, kernels, &f->whole, steps);
        b.k = CANDIDATES;
        best_cut(&b);
    }
    float room[VT_FLAT_DIMENSIONS_MAX];
    size_t scored = 0;
    for (size_t i = 0; i < b.n; i++) {
        int32_t at = vt_topk_index(b.keys[i]);
        float exact = 0.0F;
        kernels->dots(&exact, row_at(&f->rows, (size_t)at, room), 1, query, f->rows.d);
        if (exact > -INFINITY) { /* no NaN */
            b.keys[scored++] = vt_topk_key(exact, (uint32_t)at);
        }
    }
    b.n = scored;
    b.k = k;
    return best_answer(&b, index, score);
}
