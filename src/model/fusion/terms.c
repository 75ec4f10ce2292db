/*
 * What is known without a network: how items go with each other, how they sell, which season it is.
 *
 * Bought together is EASE (Steck 2019): weights -P_hi / P_ii out of the inverse P of X'X + lambda. That matrix has
 * seen the very events that the model is fitted to, so a weight for the term learned from it as it is would be far
 * too large. The row of the user at hand is therefore taken out of it, exactly, by the formula of Sherman and
 * Morrison:
 *     P' = P + q q' / (1 - x'q), q = P x
 * which costs one product with the user's row for each user and one more addition for each number that is read.
 */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/alloc.h"
#include "math/blas.h"
#include "math/invert.h"
#include "math/topk.h"
#include "model/fusion/fusion.h"
#include "model/history.h"

#define DAY 86400.0

enum { ROWS = 64, EASE_ITEMS_MAX = 20000 };

/*
 * ---- relations of items -------------------------------------------------------------------------------------------
 */

void vt_fusion_rows_done(vt_fusion_rows *rows)
{
    vt_free(rows->ptr);
    vt_free(rows->item);
    vt_free(rows->fresh);
    *rows = (vt_fusion_rows){0};
}

static void fill_rows(vt_fusion_rows *rows, const vt_interactions *train, size_t *kept, float *mark)
{
    int64_t to = 0;
    for (int32_t u = 0; u < train->n_users; u++) {
        int64_t begin = train->ptr[u];
        vt_user_state user = {.n = (size_t)(train->ptr[u + 1] - begin), .item = train->item + begin};
        size_t n = vt_history_first(kept, &user, mark);
        rows->ptr[u] = to;
        for (size_t k = 0; k < n; k++) {
            rows->item[to++] = user.item[kept[k]];
            rows->fresh[begin + (int64_t)kept[k]] = 1;
        }
    }
    rows->ptr[train->n_users] = to;
}

int vt_fusion_rows_init(vt_fusion_rows *rows, const vt_interactions *train, vt_error *err)
{
    size_t n = (size_t)train->n, most = 0;
    for (int32_t u = 0; u < train->n_users; u++) {
        size_t own = (size_t)(train->ptr[u + 1] - train->ptr[u]);
        most = own > most ? own : most;
    }
    rows->n_users = train->n_users;
    rows->ptr = vt_alloc((size_t)train->n_users + 1, sizeof *rows->ptr, err);
    rows->item = rows->ptr == NULL ? NULL : vt_alloc(n, sizeof *rows->item, err);
    rows->fresh = rows->item == NULL ? NULL : vt_alloc_zero(n, sizeof *rows->fresh, err);
    size_t *kept = rows->fresh == NULL ? NULL : vt_alloc(most, sizeof *kept, err);
    float *mark = kept == NULL ? NULL : vt_alloc_zero((size_t)train->n_items, sizeof *mark, err);
    if (mark != NULL) {
        fill_rows(rows, train, kept, mark);
    }
    int status = mark == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    vt_free(kept);
    vt_free(mark);
    return status;
}

/* X'X, lower triangle. */
static void add_pairs(float *gram, const vt_fusion_rows *rows, size_t n)
{
    for (int32_t u = 0; u < rows->n_users; u++) {
        for (int64_t e = rows->ptr[u]; e < rows->ptr[u + 1]; e++) {
            for (int64_t f = rows->ptr[u]; f <= e; f++) {
                size_t a = (size_t)rows->item[e], b = (size_t)rows->item[f];
                gram[a > b ? a * n + b : b * n + a] += 1.0F;
            }
        }
    }
}

int vt_fusion_take_together(vt_fusion *m, const vt_fusion_rows *rows, const vt_fit *fit, vt_error *err)
{
    double lambda = fit->params->value[VT_FUSION_EASE];
    size_t n = m->n_known;
    if (!(lambda > 0.0) || n > EASE_ITEMS_MAX || vt_fusion_sampled(m, fit->params) > 0) {
        return VT_OK;
    }
    m->together = vt_alloc_zero(n * n, sizeof *m->together, err);
    if (m->together == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    add_pairs(m->together, rows, n);
    for (size_t i = 0; i < n; i++) {
        m->together[i * n + i] += (float)lambda;
    }
    int status = vt_invert(m->together, n, fit->threads, fit->progress, "fitting fusion", err);
    return status == VT_OK ? vt_fusion_take_diagonal(m, err) : status;
}

int vt_fusion_take_diagonal(vt_fusion *m, vt_error *err)
{
    size_t n = m->together == NULL ? 0 : m->n_known;
    vt_free(m->diagonal);
    m->diagonal = vt_alloc_aligned(n, sizeof *m->diagonal, err);
    for (size_t i = 0; m->diagonal != NULL && i < n; i++) {
        m->diagonal[i] = m->together[i * n + i];
    }
    return m->diagonal == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

bool vt_fusion_has_relation(const vt_fusion *m, int group, int relation)
{
    bool attributes = (m->use & VT_USE_ATTRIBUTES) != 0;
    if ((m->groups >> group & 1U) == 0) {
        return false;
    }
    switch (relation) {
    case VT_RELATION_TOGETHER:
        return m->together != NULL;
    case VT_RELATION_WORDS:
        return m->words != NULL;
    case VT_RELATION_LOOKS:
        return m->looks != NULL;
    case VT_RELATION_BRAND:
        return attributes && m->items.n_brands > 0;
    case VT_RELATION_CATEGORY:
        return attributes && m->items.n_categories > 0;
    default:
        return !vt_fusion_is_positive(group);
    }
}

bool vt_fusion_has_sales(const vt_fusion *m)
{
    return m->timed && (m->use & VT_USE_TIME) != 0;
}

/*
 * What neighbours are found in: items that have a vector, of which the first `n_of` are in a play. There are two of
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
        for (int play = 0; play < 2; play++) {
            if (s->near[play] != NULL && begin + r < s->n_of[play]) {
                put_near(s->near[play], s, row, s->n_of[play], begin + r, near);
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
    if (*item != NULL && s->n == n) { /* as they stand */
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
    for (int play = 0; play < 2 && s.d > 0 && status == VT_OK; play++) {
        if (out[play] != NULL) {
            size_t k = m->near_k < sizes[play] ? m->near_k : sizes[play];
            vt_csr_free(*out[play]);
            *out[play] = NULL;
            status = create_near(out[play], sizes[play], k, err);
            s.near[play] = *out[play];
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

void vt_fusion_play(vt_fusion *m, bool all)
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

/*
 * ---- the moment ---------------------------------------------------------------------------------------------------
 */

/* Planes over the shop's items, or over those with sales, into planes over the items in play. */
static void spread(float *planes, const vt_fusion *m, const float *from, size_t wide, bool of_shop)
{
    for (size_t s = 0; s < VT_STATS; s++) {
        for (size_t i = 0; i < m->n; i++) {
            size_t at = of_shop ? (size_t)m->shop_item[i] : i;
            planes[s * m->n + i] = at < wide ? from[s * wide + at] : 0.0F;
        }
    }
}

float vt_fusion_sales(float *planes, const vt_fusion *m, const vt_item_times *known, int64_t now, double lag_days,
                      float *scratch)
{
    if (!vt_fusion_has_sales(m)) {
        memset(planes, 0, VT_STATS * m->n * sizeof *planes);
        return 0.0F;
    }
    if (known != NULL && now != VT_NONE) {
        vt_item_times_at(known, now, scratch);
        spread(planes, m, scratch, (size_t)m->n_items, true);
        return 0.0F;
    }
    int64_t end = vt_item_clock_last(m->clock);
    end = end == VT_NONE ? 0 : end + 1;
    int64_t asked = now == VT_NONE ? end : now, stand = asked - (int64_t)(lag_days * DAY);
    stand = stand > end ? end : stand;
    if (m->n == m->n_known) {
        vt_item_clock_at(m->clock, m->n_known, m->subset, stand, planes);
    } else {
        vt_item_clock_at(m->clock, m->n_known, NULL, stand, scratch);
        spread(planes, m, scratch, m->n_known, false);
    }
    return (float)(log1p((double)(asked - stand) / DAY) / 6.0);
}

void vt_fusion_waves(float waves[VT_SEASON_WAVES], int64_t now)
{
    double turn = 6.283185307179586 * (double)now / (365.2425 * DAY);
    memset(waves, 0, VT_SEASON_WAVES * sizeof *waves);
    if (now != VT_NONE) {
        waves[0] = (float)sin(turn);
        waves[1] = (float)cos(turn);
        waves[2] = (float)sin(2.0 * turn);
        waves[3] = (float)cos(2.0 * turn);
    }
}

/*
 * ---- all of it, as planes ------------------------------------------------------------------------------------------
 */

void vt_fusion_add_sales(float *restrict logits, const vt_fusion *m, const float *alpha, const float *warm,
                         const float *sales, const vt_fusion_asking *a)
{
    enum { BLOCK = 1024 };
    float shared[BLOCK], plain[BLOCK];
    for (size_t begin = 0; begin < m->n; begin += BLOCK) {
        size_t count = m->n - begin < BLOCK ? m->n - begin : BLOCK;
        memset(shared, 0, sizeof shared);
        memset(plain, 0, sizeof plain);
        for (size_t s = 0; s < VT_STATS; s++) {
            const float *plane = sales + s * m->n + begin;
            for (size_t i = 0; i < count; i++) {
                shared[i] += a->row[s] * plane[i];
                plain[i] += a->plain[s] * plane[i];
            }
        }
        for (size_t i = 0; i < count; i++) {
            float share = alpha[(begin + i) * VT_MODALITIES + VT_MODALITY_SALES];
            plain[i] += share * shared[i];
        }
        for (size_t i = 0; i < count; i++) {
            logits[begin + i] += warm == NULL ? plain[i] : warm[begin + i] * plain[i];
        }
    }
}

void vt_fusion_add_terms(float *logits, vt_fusion_walk *walk, int64_t now, const float *alpha, const float *warm,
                         const float *sales, const vt_fusion_asking *a)
{
    vt_fusion_walk_add(logits, walk, now, warm, a->waves);
    if (vt_fusion_has_sales(walk->m)) {
        vt_fusion_add_sales(logits, walk->m, alpha, warm, sales, a);
    }
}
