/*
 * The item tower: each modality projected to D dimensions, and the gate that says how much of an item each is. Forward
 * and backward side by side. The gate's logit of modality m is v_m.p_im + b_m + c_m ln(1 + events): what few have
 * bought leans on its words and looks, what many have bought on who they were.
 *
 * The events are those before a moment, so an item is not the same at two moments: projections are made once, gates
 * and what they mix once a moment, or for the item of an event as of that event.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "math/kernels.h"
#include "model/fusion/fusion.h"
#include "model/fusion/score.h"

/*
 * ---- projections --------------------------------------------------------------------------------------------------
 */

int vt_fusion_tower_init(vt_fusion_tower *t, const vt_fusion *m, vt_error *err)
{
    size_t n = m->n, plane = n * m->d;
    *t = (vt_fusion_tower){.n = n};
    t->p = vt_alloc_aligned(VT_MODALITY_FIXED * plane, sizeof *t->p, err);
    t->dp = t->p == NULL ? NULL : vt_alloc_aligned(VT_MODALITY_FIXED * plane, sizeof *t->dp, err);
    t->z = t->dp == NULL ? NULL : vt_alloc_aligned(plane, sizeof *t->z, err);
    t->dz = t->z == NULL ? NULL : vt_alloc_aligned(plane, sizeof *t->dz, err);
    t->dlogit = t->dz == NULL ? NULL : vt_alloc_aligned(n * VT_MODALITIES, sizeof *t->dlogit, err);
    if (t->dlogit == NULL) {
        vt_fusion_tower_done(t);
        return VT_ERR_NO_MEMORY;
    }
    return VT_OK;
}

void vt_fusion_tower_done(vt_fusion_tower *t)
{
    vt_free(t->p);
    vt_free(t->dp);
    vt_free(t->z);
    vt_free(t->dz);
    vt_free(t->dlogit);
    vt_free(t->row);
    *t = (vt_fusion_tower){0};
}

static bool present(const vt_fusion *m, const uint8_t *cold, size_t item, int modality)
{
    bool hidden = cold != NULL && cold[item] && modality == VT_MODALITY_ID;
    return m->items.has[item * VT_MODALITIES + (size_t)modality] != 0 && !hidden;
}

/* Mean of the vectors of an item's tokens. */
static void token_mean(float *p, const vt_fusion *m, size_t item)
{
    const vt_fusion_items *items = &m->items;
    const float *table = m->params.value + m->at.token;
    int64_t begin = items->token_ptr[item], end = items->token_ptr[item + 1];
    memset(p, 0, m->d * sizeof *p);
    for (int64_t t = begin; t < end; t++) {
        for (size_t k = 0; k < m->d; k++) {
            p[k] += table[(size_t)items->token[t] * m->d + k] / (float)(end - begin);
        }
    }
}

static void identities(const vt_nn *nn, float *p, const vt_fusion *m)
{
    const float *id = m->params.value + m->at.id;
    if (m->subset == NULL) {
        memcpy(p, id, m->n_known * m->d * sizeof *p);
    } else {
        vt_nn_gather(nn, p, id, m->subset->item, 1.0F, m->n_known, m->d);
    }
}

void vt_fusion_project(const vt_nn *nn, vt_fusion_tower *t, const vt_fusion *m)
{
    const float *value = m->params.value;
    const vt_fusion_items *items = &m->items;
    size_t n = m->n, d = m->d, plane = n * d;
    t->n = n;
    memset(t->p, 0, VT_MODALITY_FIXED * plane * sizeof *t->p);
    identities(nn, t->p + VT_MODALITY_ID * plane, m);
    if (items->d_text > 0) {
        vt_nn_linear(nn, t->p + VT_MODALITY_TEXT * plane, items->text, value + m->at.text, NULL, n, items->d_text, d);
    }
    if (items->d_image > 0) {
        vt_nn_linear(nn, t->p + VT_MODALITY_IMAGE * plane, items->image, value + m->at.image, NULL, n, items->d_image,
                     d);
    }
#pragma omp parallel for schedule(static, 64) num_threads(nn->threads)
    for (size_t i = 0; i < n; i++) {
        if (present(m, NULL, i, VT_MODALITY_ATTRIBUTES)) {
            token_mean(t->p + VT_MODALITY_ATTRIBUTES * plane + i * d, m, i);
        }
    }
}

/* Where the gradient of a projection goes. */
static void modality_back(const vt_nn *nn, const float *dp, vt_fusion *m, int modality)
{
    float *gradient = m->params.gradient;
    const vt_fusion_items *items = &m->items;
    size_t n = m->n, d = m->d;
    if (modality == VT_MODALITY_ID && m->subset != NULL) {
        vt_nn_scatter(nn, gradient + m->at.id, dp, m->subset->item, 1.0F, m->n_known, d);
    } else if (modality == VT_MODALITY_ID) {
        for (size_t i = 0; i < m->n_known * d; i++) {
            gradient[m->at.id + i] += dp[i];
        }
    } else if (modality == VT_MODALITY_TEXT) {
        vt_nn_linear_back(nn, NULL, gradient + m->at.text, NULL, dp, items->text, m->params.value + m->at.text, n,
                          items->d_text, d);
    } else if (modality == VT_MODALITY_IMAGE) {
        vt_nn_linear_back(nn, NULL, gradient + m->at.image, NULL, dp, items->image, m->params.value + m->at.image, n,
                          items->d_image, d);
    } else {
        for (size_t i = 0; i < n; i++) {
            int64_t begin = items->token_ptr[i], end = items->token_ptr[i + 1];
            for (int64_t k = begin; k < end; k++) {
                float *to = gradient + m->at.token + (size_t)items->token[k] * d;
                for (size_t j = 0; j < d; j++) {
                    to[j] += dp[i * d + j] / (float)(end - begin);
                }
            }
        }
    }
}

static bool any_of(const vt_fusion *m, int modality)
{
    const size_t wide[VT_MODALITY_FIXED] = {(m->use & VT_USE_ID) != 0, m->items.d_text, m->items.d_image,
                                            (size_t)m->items.n_tokens};
    return wide[modality] > 0;
}

void vt_fusion_project_back(const vt_nn *nn, vt_fusion_tower *t, vt_fusion *m)
{
    float *gradient = m->params.gradient;
    size_t n = m->n, d = m->d, plane = n * d;
    for (size_t k = 0; k < VT_MODALITIES; k++) {
        const float *v = m->params.value + m->at.gate + k * d;
        float *dv = gradient + m->at.gate + k * d, sum = 0.0F;
        for (size_t i = 0; i < n; i++) {
            float dlogit = t->dlogit[i * VT_MODALITIES + k];
            sum += dlogit;
            for (size_t j = 0; k < VT_MODALITY_FIXED && dlogit != 0.0F && j < d; j++) {
                t->dp[k * plane + i * d + j] += dlogit * v[j];
                dv[j] += dlogit * t->p[k * plane + i * d + j];
            }
        }
        gradient[m->at.gate_bias + k] += sum;
        gradient[m->at.gate_count + k] += t->dcount[k];
        if (k < VT_MODALITY_FIXED && any_of(m, (int)k)) {
            modality_back(nn, t->dp + k * plane, m, (int)k);
        }
    }
}

/*
 * ---- gates --------------------------------------------------------------------------------------------------------
 */

/* Shares of the modalities of one item; `p` are its projections, D floats each, `stride` apart. */
static void gate(float *alpha, const vt_kernels *kernels, const vt_fusion *m, const float *p, size_t stride,
                 const uint8_t *cold, size_t item, float log_count)
{
    const float *value = m->params.value;
    float count = cold != NULL && cold[item] ? 0.0F : log_count, highest = -INFINITY, sum = 0.0F;
    for (int k = 0; k < VT_MODALITIES; k++) {
        alpha[k] = -INFINITY;
        if (present(m, cold, item, k)) {
            alpha[k] = value[m->at.gate_bias + (size_t)k] + value[m->at.gate_count + (size_t)k] * count;
            float product = 0.0F;
            if (k < VT_MODALITY_FIXED) {
                kernels->dots(&product, value + m->at.gate + (size_t)k * m->d, 1, p + (size_t)k * stride, m->d);
            }
            alpha[k] += product;
            highest = alpha[k] > highest ? alpha[k] : highest;
        }
    }
    for (int k = 0; k < VT_MODALITIES; k++) {
        alpha[k] = alpha[k] > -INFINITY ? expf(alpha[k] - highest) : 0.0F;
        sum += alpha[k];
    }
    for (int k = 0; k < VT_MODALITIES && sum > 0.0F; k++) { /* 0: there is nothing to tell of the item */
        alpha[k] /= sum;
    }
}

static void axpy(float *restrict to, float by, const float *restrict from, size_t d)
{
    for (size_t j = 0; j < d; j++) {
        to[j] += by * from[j];
    }
}

/* z = sum of alpha p over what is fixed. */
static void blend(float *restrict z, const float *alpha, const float *restrict p, size_t stride, size_t d)
{
    memset(z, 0, d * sizeof *z);
    for (size_t k = 0; k < VT_MODALITY_FIXED; k++) {
        if (alpha[k] > 0.0F) {
            axpy(z, alpha[k], p + k * stride, d);
        }
    }
}

/* The item of row `r`; negative: it is none. */
static int64_t item_of(const vt_fusion_rows_at *rows, size_t r)
{
    return rows->item == NULL ? (int64_t)r : rows->item[r];
}

void vt_fusion_gates(const vt_nn *nn, float *alpha, const vt_fusion_tower *t, const vt_fusion *m,
                     const vt_fusion_rows_at *rows)
{
    const vt_kernels *kernels = vt_kernels_best();
#pragma omp parallel for schedule(static, 64) num_threads(nn->threads)
    for (size_t r = 0; r < rows->n; r++) {
        int64_t i = item_of(rows, r);
        if (i >= 0) {
            gate(alpha + r * VT_MODALITIES, kernels, m, t->p + (size_t)i * m->d, t->n * m->d, rows->cold, (size_t)i,
                 rows->log_count[r]);
        }
    }
}

void vt_fusion_blend(const vt_nn *nn, float *z, const float *alpha, const vt_fusion_tower *t, const vt_fusion *m,
                     const vt_fusion_rows_at *rows)
{
#pragma omp parallel for schedule(static, 64) num_threads(nn->threads)
    for (size_t r = 0; r < rows->n; r++) {
        int64_t i = item_of(rows, r);
        if (i >= 0) {
            blend(z + r * m->d, alpha + r * VT_MODALITIES, t->p + (size_t)i * m->d, t->n * m->d, m->d);
        } else {
            memset(z + r * m->d, 0, m->d * sizeof *z);
        }
    }
}

/* Gradients of the gate's logits of a row into `dlogit`, and of the projections of its item into dp. */
static void row_back(float dlogit[VT_MODALITIES], const vt_kernels *kernels, float *dp, const float *alpha,
                     const float *p, const float *dz, float dshare, size_t stride, size_t d)
{
    float mean = 0.0F;
    for (size_t k = 0; k < VT_MODALITIES; k++) {
        dlogit[k] = k == VT_MODALITY_SALES ? dshare : 0.0F;
        if (k < VT_MODALITY_FIXED && alpha[k] > 0.0F) {
            kernels->dots(&dlogit[k], p + k * stride, 1, dz, d);
            axpy(dp + k * stride, alpha[k], dz, d);
        }
        mean += alpha[k] * dlogit[k];
    }
    for (size_t k = 0; k < VT_MODALITIES; k++) {
        dlogit[k] = alpha[k] * (dlogit[k] - mean);
    }
}

void vt_fusion_gates_back(const vt_nn *nn, vt_fusion_tower *t, const vt_fusion *m, const vt_fusion_rows_at *rows,
                          const float *alpha, const float *dz, const float *dshare)
{
    size_t d = m->d, stride = t->n * d;
    const vt_kernels *kernels = vt_kernels_best();
    bool each_once = rows->item == NULL; /* otherwise rows may be of one item */
#pragma omp parallel for schedule(static, 64) num_threads(nn->threads) if (each_once)
    for (size_t r = 0; r < rows->n; r++) {
        int64_t i = item_of(rows, r);
        float *dlogit = t->row + r * VT_MODALITIES;
        memset(dlogit, 0, VT_MODALITIES * sizeof *dlogit);
        if (i >= 0) {
            row_back(dlogit, kernels, t->dp + (size_t)i * d, alpha + r * VT_MODALITIES, t->p + (size_t)i * d,
                     dz + r * d, dshare == NULL ? 0.0F : dshare[r], stride, d);
            for (size_t k = 0; k < VT_MODALITIES; k++) {
                t->dlogit[(size_t)i * VT_MODALITIES + k] += dlogit[k];
            }
        }
    }
    for (size_t r = 0; r < rows->n; r++) {
        int64_t i = item_of(rows, r);
        bool counts = i >= 0 && (rows->cold == NULL || !rows->cold[i]);
        for (size_t k = 0; counts && k < VT_MODALITIES; k++) {
            t->dcount[k] += t->row[r * VT_MODALITIES + k] * rows->log_count[r];
        }
    }
}

int vt_fusion_tower_reserve(vt_fusion_tower *t, size_t rows, vt_error *err)
{
    return vt_alloc_grow(&t->row, &t->row_capacity, rows * VT_MODALITIES, sizeof *t->row, err);
}

void vt_fusion_tower_clear(vt_fusion_tower *t, const vt_fusion *m)
{
    memset(t->dp, 0, VT_MODALITY_FIXED * m->n * m->d * sizeof *t->dp);
    memset(t->dlogit, 0, m->n * VT_MODALITIES * sizeof *t->dlogit);
    memset(t->dcount, 0, sizeof t->dcount);
}

/*
 * ---- afterwards ---------------------------------------------------------------------------------------------------
 */

/* Keeps a projected plane for answers; what is not there is none. */
static int keep_plane(float **out, const vt_fusion_tower *t, const vt_fusion *m, int modality, size_t wide,
                      vt_error *err)
{
    size_t plane = m->n * m->d;
    float *kept = wide == 0 ? NULL : vt_alloc_aligned(plane, sizeof *kept, err);
    if (wide > 0 && kept == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    if (kept != NULL) {
        memcpy(kept, t->p + (size_t)modality * plane, plane * sizeof *kept);
    }
    vt_free(*out);
    *out = kept;
    return VT_OK;
}

int vt_fusion_prepare(vt_fusion *m, int threads, vt_error *err)
{
    vt_fusion_tower t;
    int status = vt_fusion_tower_init(&t, m, err);
    if (status != VT_OK) {
        return status;
    }
    vt_nn nn = vt_nn_with(threads);
    const vt_fusion_rows_at all = {.n = m->n, .log_count = m->items.log_count};
    vt_fusion_project(&nn, &t, m);
    vt_fusion_gates(&nn, m->alpha, &t, m, &all);
    vt_fusion_blend(&nn, m->z, m->alpha, &t, m, &all);
    status = keep_plane(&m->projected_text, &t, m, VT_MODALITY_TEXT, m->items.d_text, err);
    if (status == VT_OK) {
        status = keep_plane(&m->projected_image, &t, m, VT_MODALITY_IMAGE, m->items.d_image, err);
    }
    vt_fusion_tower_done(&t);
    vt_fusion_workspace_give(m, NULL); /* what an answer left is of the items as they were */
    return status;
}

void vt_fusion_modality(float *p, const vt_fusion *m, int32_t item, int modality)
{
    size_t i = (size_t)item, bytes = m->d * sizeof *p;
    memset(p, 0, bytes);
    if (!present(m, NULL, i, modality)) {
        return;
    }
    if (modality == VT_MODALITY_ID) {
        memcpy(p, m->params.value + m->at.id + i * m->d, bytes);
    } else if (modality == VT_MODALITY_ATTRIBUTES) {
        token_mean(p, m, i);
    } else if (modality != VT_MODALITY_SALES) {
        memcpy(p, (modality == VT_MODALITY_TEXT ? m->projected_text : m->projected_image) + i * m->d, bytes);
    }
}

void vt_fusion_item_at(float *z, float *alpha, const vt_fusion *m, int32_t item, float log_count)
{
    float p[VT_MODALITY_FIXED * VT_FUSION_DIMENSIONS_MAX];
    for (int k = 0; k < VT_MODALITY_FIXED; k++) {
        vt_fusion_modality(p + (size_t)k * m->d, m, item, k);
    }
    gate(alpha, vt_kernels_best(), m, p, m->d, NULL, (size_t)item, log_count);
    blend(z, alpha, p, m->d, m->d);
}
