/*
 * Similarities of all pairs of items that share a user, and the best k of each row. One pass over the users of an item
 * fills a dense row of co-occurrence: memory is one row a thread, never (I, I). Every similarity here has the form
 * c_ij / (norm_i norm_j + shrink), c_ij a sum over shared users of a weight of the user, so one loop serves all;
 * Jaccard differs in the last step alone. Rows are independent: bytes do not depend on the threads.
 *
 * BM25 and TF-IDF weigh as Robertson and Walker 1994 and the `implicit` package: items are documents, users are terms.
 */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/alloc.h"
#include "math/topk.h"
#include "model/itemknn.h"
#include "model/matrix.h"

/* Items a thread takes at a time, items between two reports, and items below which one thread is enough. */
enum { ROWS_AT_ONCE = 16, BLOCK = 4096, ALONE = 256 };

#define TINY 1e-30F

typedef struct build {
    const vt_csr *users; /* (U, I) values: days */
    const vt_csr *items; /* (I, U) */
    int similarity;
    size_t k;
    float shrink;
    float pair_half_life; /* days, 0 for none */
    float *user_weight;   /* (U) of a shared user */
    float *norm;          /* (I) number of users for Jaccard */
    int32_t *neighbour;   /* (I, k) */
    float *value;         /* (I, k) */
    int32_t *found;       /* (I) of k */
} build;

/* Memory of a thread. */
typedef struct scratch {
    float *row;       /* (I) all zeros between rows */
    int32_t *changed; /* (I + 1) */
    uint64_t *keys;   /* (I + 1) */
} scratch;

static int64_t row_count(const vt_csr *csr, int32_t row)
{
    return csr->ptr[row + 1] - csr->ptr[row];
}

static void weigh(build *b, const vt_params *params)
{
    double items = (double)b->items->n_rows, pairs = (double)b->items->ptr[b->items->n_rows];
    bool inverse = b->similarity == VT_KNN_BM25 || b->similarity == VT_KNN_TFIDF;
    for (int32_t u = 0; u < b->users->n_rows; u++) {
        double idf = inverse ? log(items) - log1p((double)row_count(b->users, u)) : 1.0;
        b->user_weight[u] = (float)(idf * idf);
    }
    double k1 = params->value[VT_KNN_K1], length_weight = params->value[VT_KNN_B];
    for (int32_t i = 0; i < b->items->n_rows; i++) {
        double n = (double)row_count(b->items, i), norm = sqrt(n);
        if (b->similarity == VT_KNN_BM25) {
            double length = 1.0 - length_weight + length_weight * n * items / pairs;
            norm = (k1 * length + 1.0) / (k1 + 1.0);
        } else if (b->similarity == VT_KNN_JACCARD) {
            norm = n;
        } else if (b->similarity == VT_KNN_TFIDF) {
            double sum = 0.0;
            for (int64_t e = b->items->ptr[i]; e < b->items->ptr[i + 1]; e++) {
                sum += (double)b->user_weight[b->items->column[e]];
            }
            norm = sqrt(sum);
        }
        b->norm[i] = (float)norm;
    }
}

/* Adds what item `i` shares with every item to the row. */
static void share(const build *b, int32_t i, float *row)
{
    for (int64_t e = b->items->ptr[i]; e < b->items->ptr[i + 1]; e++) {
        int32_t u = b->items->column[e];
        const int32_t *column = b->users->column;
        float weight = b->user_weight[u];
        for (int64_t f = b->users->ptr[u]; f < b->users->ptr[u + 1]; f++) {
            row[column[f]] += weight;
        }
    }
}

/* As share(), listing the items changed; their number. */
static size_t share_few(const build *b, int32_t i, float *row, int32_t *changed)
{
    size_t n = 0;
    for (int64_t e = b->items->ptr[i]; e < b->items->ptr[i + 1]; e++) {
        int32_t u = b->items->column[e];
        const int32_t *column = b->users->column;
        float weight = b->user_weight[u];
        if (!(weight > 0.0F)) {
            continue; /* it would list items that stay at 0, and list them again */
        }
        for (int64_t f = b->users->ptr[u]; f < b->users->ptr[u + 1]; f++) {
            changed[n] = column[f];
            n += !(row[column[f]] > 0.0F);
            row[column[f]] += weight;
        }
    }
    return n;
}

/* As share_few(), events far apart in time counting less. */
static size_t share_by_time(const build *b, int32_t i, float *row, int32_t *changed)
{
    size_t n = 0;
    for (int64_t e = b->items->ptr[i]; e < b->items->ptr[i + 1]; e++) {
        int32_t u = b->items->column[e];
        for (int64_t f = b->users->ptr[u]; f < b->users->ptr[u + 1]; f++) {
            int32_t j = b->users->column[f];
            float gap = fabsf(b->users->value[f] - b->items->value[e]) / b->pair_half_life;
            changed[n] = j;
            n += !(row[j] > 0.0F);
            row[j] += fmaxf(b->user_weight[u] * exp2f(-gap), TINY); /* never 0: changed once */
        }
    }
    return n;
}

static float similarity(const build *b, float shared, float norm_i, float norm_j)
{
    float divisor = b->similarity == VT_KNN_JACCARD ? norm_i + norm_j - shared : norm_i * norm_j;
    return shared / (divisor + b->shrink);
}

/* True when the items that `i` touches are few against all. */
static bool few(const build *b, int32_t i)
{
    int64_t work = 0;
    for (int64_t e = b->items->ptr[i]; e < b->items->ptr[i + 1]; e++) {
        work += row_count(b->users, b->items->column[e]);
    }
    return 4 * work < b->items->n_rows;
}

/* The best k of the listed items, in any order. */
static size_t best_of_few(const build *b, int32_t i, scratch *s, size_t n, int32_t *best)
{
    size_t kept = 0;
    float norm = b->norm[i];
    for (size_t t = 0; t < n; t++) {
        int32_t j = s->changed[t];
        float value = similarity(b, s->row[j], norm, b->norm[j]);
        s->keys[kept] = vt_topk_key(value, (uint32_t)j);
        s->row[j] = value;
        kept += j != i && value > 0.0F;
    }
    size_t found = kept < b->k ? kept : b->k;
    vt_topk_select(s->keys, kept, found);
    for (size_t f = 0; f < found; f++) {
        best[f] = vt_topk_index(s->keys[f]);
    }
    return found;
}

/* The same of all items, best first. */
static size_t best_of_all(const build *b, int32_t i, scratch *s, int32_t *best)
{
    float *row = s->row, norm = b->norm[i];
    row[i] = 0.0F;
    for (int32_t j = 0; j < b->items->n_rows; j++) {
        row[j] = similarity(b, row[j], norm, b->norm[j]);
    }
    return vt_topk_above(row, (size_t)b->items->n_rows, 0.0F, b->k, best);
}

static void neighbours_of(const build *b, int32_t i, scratch *s)
{
    size_t n = 0, found = 0;
    int32_t *best = b->neighbour + (size_t)i * b->k;
    float *value = b->value + (size_t)i * b->k;
    bool listed = b->pair_half_life > 0.0F || few(b, i);
    if (listed) {
        n = b->pair_half_life > 0.0F ? share_by_time(b, i, s->row, s->changed) : share_few(b, i, s->row, s->changed);
        found = best_of_few(b, i, s, n, best);
    } else {
        share(b, i, s->row);
        found = best_of_all(b, i, s, best);
    }
    /* Ascending columns, as CSR has them. */
    for (size_t f = 1; f < found; f++) {
        int32_t item = best[f];
        size_t hole = f;
        for (; hole > 0 && best[hole - 1] > item; hole--) {
            best[hole] = best[hole - 1];
        }
        best[hole] = item;
    }
    for (size_t f = 0; f < found; f++) {
        value[f] = s->row[best[f]];
    }
    b->found[i] = (int32_t)found;
    for (size_t t = 0; t < n; t++) {
        s->row[s->changed[t]] = 0.0F;
    }
    if (!listed) {
        memset(s->row, 0, (size_t)b->items->n_rows * sizeof *s->row);
    }
}

static int build_rows(const build *b, scratch *threads_scratch, int threads, const vt_progress *progress, vt_error *err)
{
    for (int32_t begin = 0; begin < b->items->n_rows; begin += BLOCK) {
        int32_t left = b->items->n_rows - begin, end = begin + (left < BLOCK ? left : BLOCK);
#pragma omp parallel for schedule(dynamic, ROWS_AT_ONCE) num_threads(threads) if (end - begin > ALONE)
        for (int32_t i = begin; i < end; i++) {
            neighbours_of(b, i, &threads_scratch[omp_get_thread_num()]);
        }
        const vt_progress_state done = {"fitting itemknn", "items", (double)end, (double)b->items->n_rows, NULL};
        int status = vt_progress_report(progress, &done, err);
        if (status != VT_OK) {
            return status;
        }
    }
    return VT_OK;
}

/* The filled part of the (I, k) slots as CSR. */
static int compact(vt_csr **out, const build *b, vt_error *err)
{
    int32_t n_items = b->items->n_rows;
    int64_t n = 0;
    for (int32_t i = 0; i < n_items; i++) {
        n += b->found[i];
    }
    vt_csr *csr = NULL;
    int status = vt_csr_create(&csr, n_items, n_items, n, err);
    if (status != VT_OK) {
        return status;
    }
    for (int32_t i = 0; i < n_items; i++) {
        size_t found = (size_t)b->found[i];
        if (found > 0) {
            memcpy(csr->column + csr->ptr[i], b->neighbour + (size_t)i * b->k, found * sizeof *csr->column);
            memcpy(csr->value + csr->ptr[i], b->value + (size_t)i * b->k, found * sizeof *csr->value);
        }
        csr->ptr[i + 1] = csr->ptr[i] + b->found[i];
    }
    *out = csr;
    return VT_OK;
}

static int allocate(build *b, scratch **threads_scratch, int threads, vt_error *err)
{
    size_t n_items = (size_t)b->items->n_rows;
    b->user_weight = vt_alloc((size_t)b->users->n_rows, sizeof *b->user_weight, err);
    b->norm = b->user_weight == NULL ? NULL : vt_alloc(n_items, sizeof *b->norm, err);
    b->neighbour = b->norm == NULL ? NULL : vt_alloc(n_items, b->k * sizeof *b->neighbour, err);
    b->value = b->neighbour == NULL ? NULL : vt_alloc(n_items, b->k * sizeof *b->value, err);
    b->found = b->value == NULL ? NULL : vt_alloc(n_items, sizeof *b->found, err);
    scratch *s = b->found == NULL ? NULL : vt_alloc_zero((size_t)threads, sizeof *s, err);
    *threads_scratch = s;
    for (int t = 0; s != NULL && t < threads; t++) {
        s[t].row = vt_alloc_zero(n_items, sizeof *s->row, err);
        s[t].changed = s[t].row == NULL ? NULL : vt_alloc(n_items + 1, sizeof *s->changed, err);
        s[t].keys = s[t].changed == NULL ? NULL : vt_alloc(n_items + 1, sizeof *s->keys, err);
        if (s[t].keys == NULL) {
            return VT_ERR_NO_MEMORY;
        }
    }
    return s == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

int vt_itemknn_neighbours(vt_csr **out, const vt_fit *fit, vt_error *err)
{
    const double *value = fit->params->value;
    vt_csr *users = NULL, *items = NULL;
    scratch *threads_scratch = NULL;
    build b = {.similarity = (int)value[VT_KNN_SIMILARITY],
               .k = (size_t)value[VT_KNN_K],
               .shrink = (float)value[VT_KNN_SHRINK],
               .pair_half_life = (float)value[VT_KNN_PAIR_HALF_LIFE]};
    int status = vt_matrix_create(&users, &items, fit->train, VT_ENTRY_DAYS, err);
    if (status == VT_OK) {
        b.users = users;
        b.items = items;
        b.k = b.k < (size_t)items->n_rows ? b.k : (size_t)items->n_rows;
        status = allocate(&b, &threads_scratch, fit->threads, err);
    }
    if (status == VT_OK) {
        weigh(&b, fit->params);
        status = build_rows(&b, threads_scratch, fit->threads, fit->progress, err);
    }
    if (status == VT_OK) {
        status = compact(out, &b, err);
    }
    for (int t = 0; threads_scratch != NULL && t < fit->threads; t++) {
        vt_free(threads_scratch[t].row);
        vt_free(threads_scratch[t].changed);
        vt_free(threads_scratch[t].keys);
    }
    vt_free(threads_scratch);
    vt_free(b.user_weight);
    vt_free(b.norm);
    vt_free(b.neighbour);
    vt_free(b.value);
    vt_free(b.found);
    vt_csr_free(users);
    vt_csr_free(items);
    return status;
}
