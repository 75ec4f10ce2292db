/*
 * The items' side: each modality projected to D dimensions, and the gate that says how much of an item each is.
 * Forward and backward side by side. The gate's logit of modality m is v_m.p_im + b_m + c_m ln(1 + events): what few
 * have bought leans on its words and looks, what many have bought on who they were.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "model/fusion/fusion.h"

/*
 * ---- forward ------------------------------------------------------------------------------------------------------
 */

int vt_fusion_tower_init(vt_fusion_tower *t, const vt_fusion *m, vt_error *err)
{
    size_t n = m->n, plane = n * m->d;
    *t = (vt_fusion_tower){0};
    t->p = vt_alloc_aligned(VT_MODALITY_FIXED * plane, sizeof *t->p, err);
    t->z = t->p == NULL ? NULL : vt_alloc_aligned(plane, sizeof *t->z, err);
    t->alpha = t->z == NULL ? NULL : vt_alloc_aligned(n * VT_MODALITIES, sizeof *t->alpha, err);
    t->dz = t->alpha == NULL ? NULL : vt_alloc_aligned(plane, sizeof *t->dz, err);
    t->dalpha = t->dz == NULL ? NULL : vt_alloc_aligned(n, sizeof *t->dalpha, err);
    t->dp = t->dalpha == NULL ? NULL : vt_alloc_aligned(plane, sizeof *t->dp, err);
    if (t->dp == NULL) {
        vt_fusion_tower_done(t);
        return VT_ERR_NO_MEMORY;
    }
    return VT_OK;
}

void vt_fusion_tower_done(vt_fusion_tower *t)
{
    vt_free(t->p);
    vt_free(t->z);
    vt_free(t->alpha);
    vt_free(t->dz);
    vt_free(t->dalpha);
    vt_free(t->dp);
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

/* Shares of the modalities of one item; `p` are its projections, D floats each, `stride` apart. */
static void gate(float *alpha, const vt_fusion *m, const float *p, size_t stride, const uint8_t *cold, size_t item)
{
    const float *value = m->params.value;
    float count = cold != NULL && cold[item] ? 0.0F : m->items.log_count[item], highest = -INFINITY, sum = 0.0F;
    for (int k = 0; k < VT_MODALITIES; k++) {
        alpha[k] = -INFINITY;
        if (present(m, cold, item, k)) {
            alpha[k] = value[m->at.gate_bias + (size_t)k] + value[m->at.gate_count + (size_t)k] * count;
            const float *v = value + m->at.gate + (size_t)k * m->d;
            for (size_t j = 0; k < VT_MODALITY_FIXED && j < m->d; j++) {
                alpha[k] += v[j] * p[(size_t)k * stride + j];
            }
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

static void identities(const vt_nn *nn, float *p, const vt_fusion *m)
{
    const float *id = m->params.value + m->at.id;
    if (m->subset == NULL) {
        memcpy(p, id, m->n_known * m->d * sizeof *p);
    } else {
        vt_nn_gather(nn, p, id, m->subset->item, 1.0F, m->n_known, m->d);
    }
}

void vt_fusion_items_forward(const vt_nn *nn, vt_fusion_tower *t, const vt_fusion *m, const uint8_t *cold)
{
    const float *value = m->params.value;
    const vt_fusion_items *items = &m->items;
    size_t n = m->n, d = m->d, plane = n * d;
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
        float *alpha = t->alpha + i * VT_MODALITIES, *z = t->z + i * d;
        if (present(m, cold, i, VT_MODALITY_ATTRIBUTES)) {
            token_mean(t->p + VT_MODALITY_ATTRIBUTES * plane + i * d, m, i);
        }
        gate(alpha, m, t->p + i * d, plane, cold, i);
        memset(z, 0, d * sizeof *z);
        for (int k = 0; k < VT_MODALITY_FIXED; k++) {
            const float *p = t->p + (size_t)k * plane + i * d;
            for (size_t j = 0; alpha[k] > 0.0F && j < d; j++) {
                z[j] += alpha[k] * p[j];
            }
        }
    }
}

/*
 * ---- backward -----------------------------------------------------------------------------------------------------
 */

/* Gradients of the gate's logits of an item into `dlogit`, from those of z and of the sales' share. */
static void gate_back(float dlogit[VT_MODALITIES], const vt_fusion_tower *t, size_t plane, size_t d, size_t item)
{
    const float *alpha = t->alpha + item * VT_MODALITIES, *dz = t->dz + item * d;
    float mean = 0.0F;
    for (int k = 0; k < VT_MODALITIES; k++) {
        const float *p = t->p + (size_t)k * plane + item * d;
        float dalpha = k == VT_MODALITY_SALES ? t->dalpha[item] : 0.0F;
        for (size_t j = 0; k < VT_MODALITY_FIXED && alpha[k] > 0.0F && j < d; j++) {
            dalpha += dz[j] * p[j];
        }
        dlogit[k] = dalpha;
        mean += alpha[k] * dalpha;
    }
    for (int k = 0; k < VT_MODALITIES; k++) {
        dlogit[k] = alpha[k] * (dlogit[k] - mean);
    }
}

/* Where the gradient of a projection goes. */
static void projection_back(const vt_nn *nn, const vt_fusion_tower *t, vt_fusion *m, int modality)
{
    float *gradient = m->params.gradient;
    const vt_fusion_items *items = &m->items;
    size_t n = m->n, d = m->d;
    if (modality == VT_MODALITY_ID && m->subset != NULL) {
        vt_nn_scatter(nn, gradient + m->at.id, t->dp, m->subset->item, 1.0F, m->n_known, d);
    } else if (modality == VT_MODALITY_ID) {
        for (size_t i = 0; i < m->n_known * d; i++) {
            gradient[m->at.id + i] += t->dp[i];
        }
    } else if (modality == VT_MODALITY_TEXT) {
        vt_nn_linear_back(nn, NULL, gradient + m->at.text, NULL, t->dp, items->text, m->params.value + m->at.text, n,
                          items->d_text, d);
    } else if (modality == VT_MODALITY_IMAGE) {
        vt_nn_linear_back(nn, NULL, gradient + m->at.image, NULL, t->dp, items->image, m->params.value + m->at.image, n,
                          items->d_image, d);
    } else {
        for (size_t i = 0; i < n; i++) {
            int64_t begin = items->token_ptr[i], end = items->token_ptr[i + 1];
            for (int64_t k = begin; k < end; k++) {
                float *to = gradient + m->at.token + (size_t)items->token[k] * d;
                for (size_t j = 0; j < d; j++) {
                    to[j] += t->dp[i * d + j] / (float)(end - begin);
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

void vt_fusion_items_back(const vt_nn *nn, vt_fusion_tower *t, vt_fusion *m, const uint8_t *cold)
{
    float *gradient = m->params.gradient;
    size_t n = m->n, d = m->d, plane = n * d;
    for (int k = 0; k < VT_MODALITIES; k++) {
        const float *v = m->params.value + m->at.gate + (size_t)k * d;
        float *dv = gradient + m->at.gate + (size_t)k * d;
        for (size_t i = 0; i < n; i++) {
            float dlogit[VT_MODALITIES], *dp = t->dp + i * d;
            const float *alpha = t->alpha + i * VT_MODALITIES;
            memset(dp, 0, d * sizeof *dp);
            if (!(alpha[k] > 0.0F)) {
                continue;
            }
            gate_back(dlogit, t, plane, d, i);
            gradient[m->at.gate_bias + (size_t)k] += dlogit[k];
            gradient[m->at.gate_count + (size_t)k] +=
                dlogit[k] * (cold != NULL && cold[i] ? 0.0F : m->items.log_count[i]);
            const float *p = t->p + (size_t)k * plane + i * d, *dz = t->dz + i * d;
            for (size_t j = 0; k < VT_MODALITY_FIXED && j < d; j++) {
                dp[j] = alpha[k] * dz[j] + dlogit[k] * v[j];
                dv[j] += dlogit[k] * p[j];
            }
        }
        if (k < VT_MODALITY_FIXED && any_of(m, k)) {
            projection_back(nn, t, m, k);
        }
    }
}

/*
 * ---- afterwards ---------------------------------------------------------------------------------------------------
 */

int vt_fusion_prepare(vt_fusion *m, int threads, vt_error *err)
{
    vt_fusion_tower t;
    int status = vt_fusion_tower_init(&t, m, err);
    if (status == VT_OK) {
        vt_nn nn = vt_nn_with(threads);
        vt_fusion_items_forward(&nn, &t, m, NULL);
        memcpy(m->z, t.z, m->n * m->d * sizeof *m->z);
        memcpy(m->alpha, t.alpha, m->n * VT_MODALITIES * sizeof *m->alpha);
        vt_fusion_tower_done(&t);
    }
    return status;
}

void vt_fusion_modality(float *p, const vt_fusion *m, int32_t item, int modality)
{
    const vt_fusion_items *items = &m->items;
    size_t i = (size_t)item, wide = modality == VT_MODALITY_TEXT ? items->d_text : items->d_image;
    const float *rows = modality == VT_MODALITY_TEXT ? items->text : items->image;
    const float *w = m->params.value + (modality == VT_MODALITY_TEXT ? m->at.text : m->at.image);
    memset(p, 0, m->d * sizeof *p);
    if (!present(m, NULL, i, modality)) {
        return;
    }
    if (modality == VT_MODALITY_ID) {
        memcpy(p, m->params.value + m->at.id + i * m->d, m->d * sizeof *p);
    } else if (modality == VT_MODALITY_ATTRIBUTES) {
        token_mean(p, m, i);
    } else if (modality != VT_MODALITY_SALES) {
        for (size_t j = 0; j < m->d; j++) {
            for (size_t k = 0; k < wide; k++) {
                p[j] += w[j * wide + k] * rows[i * wide + k];
            }
        }
    }
}
