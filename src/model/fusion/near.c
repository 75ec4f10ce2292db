/* Nearest items in words and looks. */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/alloc.h"
#include "math/blas.h"
#include "math/topk.h"
#include "model/fusion/fusion.h"

enum { ROWS = 64 };

/*
 * What neighbours are found in: items that have a vector, of which the first `n_of` are in a set. There are two of
 * these, the known items and all; what is like an item is computed once for both.
 */
typedef struct search {
    const int32_t *item; /* (N) those with a vector, ascending */
    const float *rows;   /* (N, d) of length 1 */
    size_t n, d, k;
    float floor;     /* a likeness counts by what it is above */
    vt_csr *near[2]; /* NULL: not wanted */
    size_t n_of[2];
} search;

static void put_near(vt_csr *out, const search *s, const float *cosine, size_t n, size_t own, int32_t *near)
{
    size_t found = vt_topk(cosine, n, s->k, near);
    int64_t at = out->ptr[s->item[own]];
    for (size_t j = 0; j < found; j++, at++) {
        float value = cosine[near[j]] - s->floor;
        out->column[at] = s->item[near[j]];
        out->value[at] = value > 0.0F ? value : 0.0F;
    }
}

static void near_rows(const search *s, size_t begin, size_t count, float *cosine, int32_t *near)
{
    vt_products(cosine, s->rows + begin * s->d, count, s->rows, s->n, s->d);
    for (size_t r = 0; r < count; r++) {
        float *row = cosine + r * s->n;
        row[begin + r] = -INFINITY;
        for (int set = 0; set < 2; set++) {
            if (s->near[set] != NULL && begin + r < s->n_of[set]) {
                put_near(s->near[set], s, row, s->n_of[set], begin + r, near);
            }
        }
    }
}

/* A matrix in which each item has `k` places, as yet of no likeness. */
static int create_near(vt_csr **out, size_t n, size_t k, vt_error *err)
{
    int status = vt_csr_create(out, (int32_t)n, (int32_t)n, (int64_t)(n * k), err);
    for (size_t i = 0; i <= n && status == VT_OK; i++) {
        (*out)->ptr[i] = (int64_t)(i * k);
        for (size_t j = 0; i < n && j < k; j++) {
            (*out)->column[i * k + j] = (int32_t)i;
            (*out)->value[i * k + j] = 0.0F;
        }
    }
    return status;
}

static int find_near(const search *s, int threads, vt_error *err)
{
    size_t blocks = (s->n + ROWS - 1) / ROWS;
    float *cosine = vt_alloc_aligned((size_t)threads * ROWS, s->n * sizeof *cosine, err);
    int32_t *index = cosine == NULL ? NULL : vt_alloc((size_t)threads * s->k, sizeof *index, err);
    vt_blas_init();
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads) if (blocks > 1)
    for (size_t b = 0; b < (index == NULL ? 0 : blocks); b++) {
        size_t begin = b * ROWS, count = s->n - begin < ROWS ? s->n - begin : ROWS, t = (size_t)omp_get_thread_num();
        near_rows(s, begin, count, cosine + t * ROWS * s->n, index + t * s->k);
    }
    vt_free(cosine);
    vt_free(index);
    return index == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

/* Which items have a vector, and their rows side by side. */
static int gather_rows(int32_t **item, float **rows, search *s, const vt_fusion *m, int modality, size_t n,
                       vt_error *err)
{
    const float *from = modality == VT_MODALITY_TEXT ? m->items.text : m->items.image;
    *item = vt_alloc(n, sizeof **item, err);
    for (size_t i = 0; *item != NULL && i < n; i++) {
        if (m->items.has[i * VT_MODALITIES + (size_t)modality] != 0) {
            s->n_of[0] += i < m->n_known;
            (*item)[s->n++] = (int32_t)i;
        }
    }
    s->n_of[1] = s->n;
    if (*item != NULL && s->n == n) { /* unchanged */
        s->item = *item;
        s->rows = from;
        return VT_OK;
    }
    *rows = *item == NULL ? NULL : vt_alloc_aligned(s->n, s->d * sizeof **rows, err);
    for (size_t k = 0; *rows != NULL && k < s->n; k++) {
        memcpy(*rows + k * s->d, from + (size_t)(*item)[k] * s->d, s->d * sizeof **rows);
    }
    s->item = *item;
    s->rows = *rows;
    return *rows == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

/* Neighbours among the known items into `known`, among all into `all`; NULL: they are not wanted. */
static int take_near(vt_csr **known, vt_csr **all, const vt_fusion *m, int modality, int threads, vt_error *err)
{
    search s = {.d = modality == VT_MODALITY_TEXT ? m->items.d_text : m->items.d_image, .floor = m->near_floor};
    vt_csr **out[2] = {known, all};
    size_t sizes[2] = {m->n_known, (size_t)m->n_items};
    int32_t *item = NULL;
    float *rows = NULL;
    int status = VT_OK;
    for (int set = 0; set < 2 && s.d > 0 && status == VT_OK; set++) {
        if (out[set] != NULL) {
            size_t k = m->near_k < sizes[set] ? m->near_k : sizes[set];
            vt_csr_free(*out[set]);
            *out[set] = NULL;
            status = create_near(out[set], sizes[set], k, err);
            s.near[set] = *out[set];
            s.k = k;
        }
    }
    if (status == VT_OK && s.d > 0) {
        status = gather_rows(&item, &rows, &s, m, modality, sizes[all != NULL], err);
    }
    if (status == VT_OK && s.n > 0) {
        status = find_near(&s, threads, err);
    }
    vt_free(item);
    vt_free(rows);
    return status;
}

int vt_fusion_take_near(vt_fusion *m, int threads, vt_error *err)
{
    bool all = m->n > m->n_known;
    int status = take_near(all ? NULL : &m->words, all ? &m->words : NULL, m, VT_MODALITY_TEXT, threads, err);
    return status == VT_OK
               ? take_near(all ? NULL : &m->looks, all ? &m->looks : NULL, m, VT_MODALITY_IMAGE, threads, err)
               : status;
}

int vt_fusion_take_both_near(vt_fusion *m, int threads, vt_error *err)
{
    bool same = m->n_known == (size_t)m->n_items;
    int status = take_near(&m->words, same ? NULL : &m->other_words, m, VT_MODALITY_TEXT, threads, err);
    return status == VT_OK ? take_near(&m->looks, same ? NULL : &m->other_looks, m, VT_MODALITY_IMAGE, threads, err)
                           : status;
}

void vt_fusion_activate(vt_fusion *m, bool all)
{
    size_t n = all ? (size_t)m->n_items : m->n_known;
    vt_csr *words = m->words, *looks = m->looks;
    if (m->n != n) {
        m->n = n;
        m->words = m->other_words;
        m->looks = m->other_looks;
        m->other_words = words;
        m->other_looks = looks;
    }
}
