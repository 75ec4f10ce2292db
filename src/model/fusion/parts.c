/* What each part of the score adds to all items: item by item only where there is something. */
#include <string.h>

#include "math/blas.h"
#include "math/kernels.h"
#include "model/fusion/fusion.h"
#include "model/fusion/parts.h"

static void begin_network(vt_fusion_workspace *r, const vt_fusion *m, const float *u, const vt_fusion_query_terms *a)
{
    (void)a;
    vt_kernels_best()->dots(r->logits, r->z, m->n, u, m->d);
}

/* The weight of a plane, once all planes are of one size. */
static float weight_of(const vt_fusion *m, int term)
{
    return m->params.value[m->at.term + (size_t)term] * m->term_scale[term];
}

/* What an event counts by a relation: by the fading term and, for the last of its group, by the one behind it. */
static float event_weight(const vt_fusion_workspace *r, const vt_fusion *m, int relation, size_t h)
{
    int term = vt_fusion_term(r->event[h].group, relation);
    float left = relation == VT_RELATION_ITEM ? r->left[h].intent : r->left[h].keep;
    return left * (weight_of(m, term) + (r->left[h].last ? weight_of(m, term + 1) : 0.0F));
}

/* EASE's weights of all events: one sum over rows of P, divided by its diagonal; an event says nothing of its own. */
static void add_together(vt_fusion_workspace *r, const vt_fusion *m, const float *u, const vt_fusion_query_terms *a)
{
    (void)u;
    (void)a;
    if (m->together == NULL) {
        return;
    }
    size_t known = m->n_known;
    const float *p = m->together;
    float *sum = r->near; /* zeros, and zeros again in the end */
    vt_blas_init();
    for (size_t h = 0; h < r->n_events; h++) {
        size_t item = (size_t)r->event[h].item;
        if (item < known) {
            float weight = event_weight(r, m, VT_RELATION_TOGETHER, h);
            vt_add_row(sum, weight, p + item * known, known);
            r->logits[item] += weight;
        }
    }
    for (size_t i = 0; i < known; i++) {
        r->logits[i] -= sum[i] / m->diagonal[i];
        sum[i] = 0.0F;
    }
}

/* The strongest likeness to an event of a group, faded, and that to the last one. */
static void add_group_near(vt_fusion_workspace *r, const vt_fusion *m, const vt_csr *near, int group, int relation)
{
    int term = vt_fusion_term(group, relation);
    float fading = weight_of(m, term), last = weight_of(m, term + 1);
    for (size_t h = 0; h < r->n_events; h++) {
        int32_t item = r->event[h].item;
        for (int64_t e = near->ptr[item]; r->event[h].group == group && e < near->ptr[item + 1]; e++) {
            float value = r->left[h].keep * near->value[e], *most = r->near + near->column[e];
            *most = value > *most ? value : *most;
            r->logits[near->column[e]] += r->left[h].last ? last * near->value[e] : 0.0F;
        }
    }
    for (size_t h = 0; h < r->n_events; h++) {
        int32_t item = r->event[h].item;
        for (int64_t e = near->ptr[item]; r->event[h].group == group && e < near->ptr[item + 1]; e++) {
            int32_t i = near->column[e];
            r->logits[i] += fading * r->near[i];
            r->near[i] = 0.0F;
        }
    }
}

/* What is the same for all items of a brand, and of a category: a table each, one behind for items without. */
static void add_same(vt_fusion_workspace *r, const vt_fusion *m, const float *u, const vt_fusion_query_terms *a)
{
    (void)u;
    const float *season = m->params.value + m->at.season;
    memset(r->brand, 0, ((size_t)m->items.n_brands + 1) * sizeof *r->brand);
    memset(r->category, 0, ((size_t)m->items.n_categories + 1) * sizeof *r->category);
    for (size_t c = 0; c < (size_t)m->items.n_categories; c++) {
        for (size_t k = 0; k < VT_SEASON_WAVES; k++) {
            r->category[c + 1] += season[c * VT_SEASON_WAVES + k] * a->waves[k];
        }
    }
    for (size_t h = 0; h < r->n_events && (m->use & VT_USE_ATTRIBUTES) != 0; h++) {
        int32_t item = r->event[h].item, brand = m->items.brand[item], category = m->items.category[item];
        r->brand[brand + 1] += brand >= 0 ? event_weight(r, m, VT_RELATION_BRAND, h) : 0.0F;
        r->category[category + 1] += category >= 0 ? event_weight(r, m, VT_RELATION_CATEGORY, h) : 0.0F;
    }
    for (size_t i = 0; i < m->n; i++) {
        r->logits[i] += r->brand[m->items.brand[i] + 1] + r->category[m->items.category[i] + 1];
    }
}

static void add_near(vt_fusion_workspace *r, const vt_fusion *m, const float *u, const vt_fusion_query_terms *a)
{
    (void)u;
    (void)a;
    for (int g = 0; g < VT_GROUPS; g++) {
        if (vt_fusion_has_relation(m, g, VT_RELATION_WORDS)) {
            add_group_near(r, m, m->words, g, VT_RELATION_WORDS);
        }
        if (vt_fusion_has_relation(m, g, VT_RELATION_LOOKS)) {
            add_group_near(r, m, m->looks, g, VT_RELATION_LOOKS);
        }
    }
}

/* That an item itself was looked at; of signals only. */
static void add_interest(vt_fusion_workspace *r, const vt_fusion *m, const float *u, const vt_fusion_query_terms *a)
{
    (void)u;
    (void)a;
    for (size_t h = 0; h < r->n_events; h++) {
        if (!vt_fusion_is_positive(r->event[h].group)) {
            r->logits[r->event[h].item] += event_weight(r, m, VT_RELATION_ITEM, h);
        }
    }
}

static void add_sales(vt_fusion_workspace *r, const vt_fusion *m, const float *u, const vt_fusion_query_terms *a)
{
    (void)u;
    vt_fusion_add_sales(r->logits, m, r->alpha, NULL, r->sales, a);
}

const vt_fusion_part vt_fusion_parts[VT_FUSION_PARTS] = {
    {begin_network, vt_fusion_explain_network}, /* u.z: modalities that do not change with the moment but by shares */
    {add_together, vt_fusion_explain_together}, /* bought together */
    {add_near, vt_fusion_explain_near},         /* alike in words and looks */
    {add_same, vt_fusion_explain_same},         /* of one brand or category; the season of the category */
    {add_interest, vt_fusion_explain_interest}, /* the item itself was looked at */
    {add_sales, vt_fusion_explain_sales},       /* statistics of sales, and what their modality makes of them */
};
