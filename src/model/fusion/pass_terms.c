/* The terms of a history on their way to logits, and of gradients of logits back to the terms' weights. */
#include <string.h>

#include "math/kernels.h"
#include "model/fusion/fusion.h"
#include "model/fusion/pass.h"

/* ---- all of it, on the way forward ------------------------------------------------------------------------------ */

/* Weights of a fading plane and of the last event behind it, as they count at a moment. */
typedef struct pair {
    float fading, last;
} pair;

static pair weights_of(const vt_fusion_pass *w, int term, int64_t now)
{
    const float *weight = w->m->params.value + w->m->at.term, *scale = w->m->term_scale;
    float gain = vt_fusion_pass_gain(w, term, now);
    return (pair){gain * weight[term] * scale[term], gain * weight[term + 1] * scale[term + 1]};
}

static void add_dense(float *restrict logits, const vt_fusion_pass *w, int group, pair weight, const float *warm)
{
    size_t n = w->m->n;
    const float *restrict sum = w->together[group], *restrict last = sum + n;
    if (warm == NULL) {
        for (size_t i = 0; i < n; i++) {
            logits[i] += weight.fading * sum[i] + weight.last * last[i];
        }
    } else {
        for (size_t i = 0; i < n; i++) {
            logits[i] += warm[i] * (weight.fading * sum[i] + weight.last * last[i]);
        }
    }
}

static void add_group(float *logits, vt_fusion_pass *w, int group, int64_t now, const float *warm)
{
    const vt_fusion *m = w->m;
    int32_t item = w->item[group];
    for (int relation = 0; relation < VT_RELATIONS; relation++) {
        const vt_fusion_sparse *sum = &w->sum[group][relation];
        pair weight = weights_of(w, vt_fusion_term(group, relation), now);
        if (relation == VT_RELATION_TOGETHER && w->together[group] != NULL) {
            add_dense(logits, w, group, weight, warm);
        } else if (sum->value != NULL && vt_fusion_is_same(relation)) {
            float *table = (relation == VT_RELATION_BRAND ? w->brand : w->category) + 1;
            int32_t last = vt_fusion_same(m, relation)[item];
            vt_fusion_sparse_add(table, sum, weight.fading);
            table[last] += last >= 0 ? weight.last : 0.0F;
        } else if (sum->value != NULL) {
            vt_fusion_sparse_add(logits, sum, weight.fading);
            if (relation == VT_RELATION_ITEM) {
                logits[item] += weight.last;
                continue;
            }
            const vt_csr *near = vt_fusion_near(m, relation);
            for (int64_t e = near->ptr[item]; e < near->ptr[item + 1]; e++) {
                logits[near->column[e]] += weight.last * near->value[e];
            }
        }
    }
}

void vt_fusion_pass_add(float *logits, vt_fusion_pass *w, int64_t now, const float *warm,
                        const float waves[VT_SEASON_WAVES])
{
    const vt_fusion *m = w->m;
    const float *season = m->params.value + m->at.season;
    memset(w->brand, 0, ((size_t)m->items.n_brands + 1) * sizeof *w->brand);
    memset(w->category, 0, ((size_t)m->items.n_categories + 1) * sizeof *w->category);
    for (size_t c = 0; c < (size_t)m->items.n_categories && vt_fusion_has_sales(m); c++) {
        for (size_t k = 0; k < VT_SEASON_WAVES; k++) {
            w->category[c + 1] += season[c * VT_SEASON_WAVES + k] * waves[k];
        }
    }
    for (int g = 0; g < VT_GROUPS; g++) {
        if (w->item[g] >= 0) {
            add_group(logits, w, g, now, warm);
        }
    }
    for (size_t i = 0; i < m->n && m->items.n_brands + m->items.n_categories > 0; i++) {
        logits[i] += w->brand[m->items.brand[i] + 1] + w->category[m->items.category[i] + 1];
    }
}

/* ---- and on the way back ---------------------------------------------------------------------------------------- */

static pair group_back(const vt_fusion_pass *w, int group, int relation, const float *dlogits, const float *warm)
{
    const vt_fusion *m = w->m;
    const vt_fusion_sparse *sum = &w->sum[group][relation];
    int32_t item = w->item[group];
    pair back = {0.0F, 0.0F};
    if (relation == VT_RELATION_TOGETHER && w->together[group] != NULL) {
        float both[2];
        vt_kernels_best()->dots(both, w->together[group], 2, warm, m->n);
        back = (pair){both[0], both[1]};
    } else if (sum->value != NULL && vt_fusion_is_same(relation)) {
        const float *table = (relation == VT_RELATION_BRAND ? w->brand : w->category) + 1;
        int32_t last = vt_fusion_same(m, relation)[item];
        back = (pair){vt_fusion_sparse_dot(sum, table), last >= 0 ? table[last] : 0.0F};
    } else if (sum->value != NULL) {
        back.fading = vt_fusion_sparse_dot(sum, dlogits);
        const vt_csr *near = relation == VT_RELATION_ITEM ? NULL : vt_fusion_near(m, relation);
        back.last = near == NULL ? dlogits[item] : 0.0F;
        for (int64_t e = near == NULL ? 0 : near->ptr[item]; near != NULL && e < near->ptr[item + 1]; e++) {
            back.last += near->value[e] * dlogits[near->column[e]];
        }
    }
    return back;
}

void vt_fusion_pass_back(float dterm[VT_TERM_RELATIONS], float *dseason, vt_fusion_pass *w, int64_t now,
                         const float *dlogits, const float *warm, const float waves[VT_SEASON_WAVES])
{
    const vt_fusion *m = w->m;
    memset(w->brand, 0, ((size_t)m->items.n_brands + 1) * sizeof *w->brand);
    memset(w->category, 0, ((size_t)m->items.n_categories + 1) * sizeof *w->category);
    for (size_t i = 0; i < m->n && m->items.n_brands + m->items.n_categories > 0; i++) {
        w->brand[m->items.brand[i] + 1] += dlogits[i];
        w->category[m->items.category[i] + 1] += dlogits[i];
    }
    for (int term = 0; term < VT_TERM_RELATIONS; term += 2) {
        if (w->item[vt_fusion_term_group(term)] >= 0) {
            pair back = group_back(w, vt_fusion_term_group(term), vt_fusion_term_relation(term), dlogits, warm);
            float gain = vt_fusion_pass_gain(w, term, now);
            dterm[term] += back.fading * m->term_scale[term] * gain;
            dterm[term + 1] += back.last * m->term_scale[term + 1] * gain;
        }
    }
    for (size_t c = 0; c < (size_t)m->items.n_categories && vt_fusion_has_sales(m); c++) {
        for (size_t k = 0; k < VT_SEASON_WAVES; k++) {
            dseason[c * VT_SEASON_WAVES + k] += w->category[c + 1] * waves[k];
        }
    }
}

void vt_fusion_add_terms(float *logits, vt_fusion_pass *pass, int64_t now, const float *alpha, const float *warm,
                         const float *sales, const vt_fusion_query_terms *a)
{
    vt_fusion_pass_add(logits, pass, now, warm, a->waves);
    if (vt_fusion_has_sales(pass->m)) {
        vt_fusion_add_sales(logits, pass->m, alpha, warm, sales, a);
    }
}
