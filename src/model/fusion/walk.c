/*
 * Relations of a history, built up event by event while the model is fitted. What is bought together has numbers for
 * all items; likeness and interest have few that are not 0, and brand and category one number for all items of the
 * same: a question then costs two passes over the items for each group of events, and one for brands and categories.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "math/kernels.h"
#include "model/fusion/fusion.h"

#define DAY 86400.0

static int group_of(int term)
{
    return term / 2 / VT_RELATIONS;
}

static int relation_of(int term)
{
    return term / 2 % VT_RELATIONS;
}

bool vt_fusion_walk_has(const vt_fusion_walk *w, int term)
{
    return vt_fusion_has_relation(w->m, group_of(term), relation_of(term));
}

bool vt_fusion_hidden_when_cold(int term)
{
    return term >= VT_TERM_SALES || relation_of(term) == VT_RELATION_TOGETHER;
}

/* ---- few numbers of many ---------------------------------------------------------------------------------------- */

static int sparse_init(vt_fusion_sparse *s, size_t n, vt_error *err)
{
    s->value = vt_alloc_zero(n, sizeof *s->value, err);
    s->index = s->value == NULL ? NULL : vt_alloc(n, sizeof *s->index, err);
    s->listed = s->index == NULL ? NULL : vt_alloc_zero(n, 1, err);
    return s->listed == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

static void sparse_done(vt_fusion_sparse *s)
{
    vt_free(s->value);
    vt_free(s->index);
    vt_free(s->listed);
}

static void sparse_clear(vt_fusion_sparse *s)
{
    for (size_t k = 0; k < s->n; k++) {
        s->value[s->index[k]] = 0.0F;
        s->listed[s->index[k]] = 0;
    }
    s->n = 0;
}

static void sparse_fade(vt_fusion_sparse *s, float keep)
{
    for (size_t k = 0; keep < 1.0F && k < s->n; k++) {
        s->value[s->index[k]] *= keep;
    }
}

/* The place of number `i`, from now on listed. */
static float *sparse_at(vt_fusion_sparse *s, int32_t i)
{
    if (!s->listed[i]) {
        s->listed[i] = 1;
        s->index[s->n++] = i;
    }
    return &s->value[i];
}

static void sparse_add(float *to, const vt_fusion_sparse *s, float weight)
{
    for (size_t k = 0; k < s->n; k++) {
        to[s->index[k]] += weight * s->value[s->index[k]];
    }
}

static float sparse_dot(const vt_fusion_sparse *s, const float *x)
{
    float sum = 0.0F;
    for (size_t k = 0; k < s->n; k++) {
        sum += s->value[s->index[k]] * x[s->index[k]];
    }
    return sum;
}

/* ---- the walk --------------------------------------------------------------------------------------------------- */

/* Brands or categories of the items. */
static const int32_t *same_of(const vt_fusion *m, int relation)
{
    return relation == VT_RELATION_BRAND ? m->items.brand : m->items.category;
}

static bool is_same(int relation)
{
    return relation == VT_RELATION_BRAND || relation == VT_RELATION_CATEGORY;
}

static const vt_csr *near_of(const vt_fusion *m, int relation)
{
    return relation == VT_RELATION_WORDS ? m->words : m->looks;
}

static int init_group(vt_fusion_walk *w, int group, vt_error *err)
{
    const vt_fusion *m = w->m;
    int status = VT_OK;
    for (int relation = 0; relation < VT_RELATIONS && status == VT_OK; relation++) {
        if (!vt_fusion_has_relation(m, group, relation)) {
            continue;
        }
        if (relation == VT_RELATION_TOGETHER) {
            w->together[group] = vt_alloc_aligned(2 * m->n, sizeof *w->together[group], err);
            status = w->together[group] == NULL ? VT_ERR_NO_MEMORY : VT_OK;
        } else {
            size_t brands = (size_t)m->items.n_brands, categories = (size_t)m->items.n_categories;
            size_t n = !is_same(relation) ? m->n : relation == VT_RELATION_BRAND ? brands : categories;
            status = sparse_init(&w->sum[group][relation], n, err);
        }
    }
    if (status == VT_OK && w->together[group] != NULL) {
        memset(w->together[group], 0, 2 * m->n * sizeof *w->together[group]);
    }
    return status;
}

int vt_fusion_walk_init(vt_fusion_walk *w, const vt_fusion *m, vt_error *err)
{
    *w = (vt_fusion_walk){.m = m};
    w->own = vt_alloc_aligned(m->n, sizeof *w->own, err);
    w->brand = w->own == NULL ? NULL : vt_alloc((size_t)m->items.n_brands + 1, sizeof *w->brand, err);
    w->category = w->brand == NULL ? NULL : vt_alloc((size_t)m->items.n_categories + 1, sizeof *w->category, err);
    int status = w->category == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (int g = 0; g < VT_GROUPS && status == VT_OK; g++) {
        w->item[g] = -1;
        status = init_group(w, g, err);
    }
    if (status != VT_OK) {
        vt_fusion_walk_done(w);
    }
    return status;
}

void vt_fusion_walk_done(vt_fusion_walk *w)
{
    for (int g = 0; g < VT_GROUPS; g++) {
        vt_free(w->together[g]);
        for (int relation = 0; relation < VT_RELATIONS; relation++) {
            sparse_done(&w->sum[g][relation]);
        }
    }
    vt_free(w->own);
    vt_free(w->brand);
    vt_free(w->category);
    *w = (vt_fusion_walk){.m = w->m};
}

void vt_fusion_walk_start(vt_fusion_walk *w, const vt_fusion_rows *rows, int32_t user)
{
    size_t wide = w->m->n, known = w->m->n_known;
    for (int g = 0; g < VT_GROUPS; g++) {
        if (w->together[g] != NULL && w->item[g] >= 0) {
            memset(w->together[g], 0, 2 * wide * sizeof *w->together[g]);
        }
        for (int relation = 0; relation < VT_RELATIONS; relation++) {
            sparse_clear(&w->sum[g][relation]);
        }
        w->last[g] = VT_NONE;
        w->item[g] = -1;
    }
    w->own_scale = 0.0F;
    if (rows == NULL || w->m->together == NULL) {
        return;
    }
    memset(w->own, 0, wide * sizeof *w->own);
    const int64_t begin = rows->ptr[user], end = rows->ptr[user + 1];
    for (int64_t h = begin; h < end; h++) {
        const float *row = w->m->together + (size_t)rows->item[h] * known;
        for (size_t i = 0; i < known; i++) {
            w->own[i] += row[i];
        }
    }
    float reached = 0.0F;
    for (int64_t h = begin; h < end; h++) {
        reached += w->own[rows->item[h]];
    }
    w->own_scale = reached < 0.999F ? 1.0F / (1.0F - reached) : 1000.0F;
}

/* What time leaves of something; an event without times counts as a day. */
static float kept(double half_life, int64_t last, int64_t time)
{
    double age = time != VT_NONE && last != VT_NONE ? (double)(time - last) / DAY : 1.0;
    float keep = half_life > 0.0 ? (float)exp2(-age / half_life) : 1.0F;
    return keep < 1.0F ? keep : 1.0F;
}

float vt_fusion_walk_gain(const vt_fusion_walk *w, int term, int64_t now)
{
    int group = group_of(term);
    bool passes = relation_of(term) == VT_RELATION_ITEM && w->last[group] != VT_NONE && now != VT_NONE;
    return passes ? kept(w->m->intent_half_life, w->last[group], now) : 1.0F;
}

void vt_fusion_keep(vt_fusion_left *left, const vt_fusion *m, const vt_fusion_event *event, size_t n, int64_t now)
{
    int64_t next[VT_GROUPS];
    float keep[VT_GROUPS], intent[VT_GROUPS];
    bool any[VT_GROUPS] = {false};
    for (size_t h = n; h-- > 0;) {
        int g = event[h].group;
        if (any[g]) {
            keep[g] *= kept(m->half_life, event[h].time, next[g]);
            intent[g] *= kept(m->intent_half_life, event[h].time, next[g]);
        } else {
            keep[g] = 1.0F;
            intent[g] = now != VT_NONE ? kept(m->intent_half_life, event[h].time, now) : 1.0F;
        }
        left[h] = (vt_fusion_left){keep[g], intent[g], !any[g]};
        any[g] = true;
        next[g] = event[h].time;
    }
}

/* EASE's weights of one row, without the user's own where the walk is in training; `sum` fades by `keep`. */
static void add_together(const vt_fusion_walk *w, int group, size_t item, float keep)
{
    size_t known = w->m->n_known;
    float *restrict sum = w->together[group], *restrict last = sum + w->m->n;
    if (item >= known) {
        for (size_t i = 0; i < known; i++) {
            sum[i] *= keep;
        }
        memset(last, 0, known * sizeof *last);
        return;
    }
    const float *restrict row = w->m->together + item * known, *restrict diagonal = w->m->diagonal;
    if (w->own_scale > 0.0F) {
        const float *restrict own = w->own;
        float scale = w->own_scale, q = own[item] * scale;
        for (size_t i = 0; i < known; i++) {
            last[i] = -(row[i] + q * own[i]) / (diagonal[i] + own[i] * own[i] * scale);
            sum[i] = keep * sum[i] + last[i];
        }
    } else {
        for (size_t i = 0; i < known; i++) {
            last[i] = -row[i] / diagonal[i];
            sum[i] = keep * sum[i] + last[i];
        }
    }
    sum[item] -= last[item];
    last[item] = 0.0F;
}

/* The strongest likeness of the history so far. */
static void add_near(vt_fusion_sparse *most, const vt_csr *near, size_t item)
{
    for (int64_t e = near->ptr[item]; e < near->ptr[item + 1]; e++) {
        if (near->value[e] > 0.0F) {
            float *at = sparse_at(most, near->column[e]);
            *at = near->value[e] > *at ? near->value[e] : *at;
        }
    }
}

void vt_fusion_walk_event(vt_fusion_walk *w, const vt_fusion_event *event)
{
    const vt_fusion *m = w->m;
    int g = event->group;
    bool first = w->item[g] < 0;
    float keep = first ? 1.0F : kept(m->half_life, w->last[g], event->time);
    float intent = first ? 1.0F : kept(m->intent_half_life, w->last[g], event->time);
    if (w->together[g] != NULL) {
        add_together(w, g, (size_t)event->item, keep);
    }
    for (int relation = 0; relation < VT_RELATIONS; relation++) {
        vt_fusion_sparse *sum = &w->sum[g][relation];
        if (sum->value == NULL) {
            continue;
        }
        sparse_fade(sum, relation == VT_RELATION_ITEM ? intent : keep);
        if (relation == VT_RELATION_ITEM) {
            *sparse_at(sum, event->item) += 1.0F;
        } else if (!is_same(relation)) {
            add_near(sum, near_of(m, relation), (size_t)event->item);
        } else if (same_of(m, relation)[event->item] >= 0) {
            *sparse_at(sum, same_of(m, relation)[event->item]) += 1.0F;
        }
    }
    w->last[g] = event->time;
    w->item[g] = event->item;
}

/* How the last event of a group goes with an item. */
static float with_last(const vt_fusion_walk *w, int group, int relation, int32_t item)
{
    const vt_fusion *m = w->m;
    int32_t last = w->item[group];
    if (is_same(relation)) {
        return same_of(m, relation)[last] >= 0 && same_of(m, relation)[last] == same_of(m, relation)[item];
    }
    if (relation == VT_RELATION_ITEM) {
        return last == item;
    }
    const vt_csr *near = near_of(m, relation);
    for (int64_t e = near->ptr[last]; e < near->ptr[last + 1]; e++) {
        if (near->column[e] == item && near->value[e] > 0.0F) {
            return near->value[e];
        }
    }
    return 0.0F;
}

float vt_fusion_walk_value(const vt_fusion_walk *w, int term, int32_t item)
{
    int group = group_of(term), relation = relation_of(term);
    bool last = term % 2 == 1;
    if (w->item[group] < 0) {
        return 0.0F;
    }
    if (relation == VT_RELATION_TOGETHER) {
        return w->together[group][(last ? w->m->n : 0) + (size_t)item];
    }
    if (last) {
        return with_last(w, group, relation, item);
    }
    int32_t at = is_same(relation) ? same_of(w->m, relation)[item] : item;
    return at < 0 ? 0.0F : w->sum[group][relation].value[at];
}

/* ---- all of it, on the way forward ------------------------------------------------------------------------------ */

/* Weights of a fading plane and of the last event behind it, as they count at a moment. */
typedef struct pair {
    float fading, last;
} pair;

static pair weights_of(const vt_fusion_walk *w, int term, int64_t now)
{
    const float *weight = w->m->params.value + w->m->at.term, *scale = w->m->term_scale;
    float gain = vt_fusion_walk_gain(w, term, now);
    return (pair){gain * weight[term] * scale[term], gain * weight[term + 1] * scale[term + 1]};
}

static void add_dense(float *restrict logits, const vt_fusion_walk *w, int group, pair weight, const float *warm)
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

static void add_group(float *logits, vt_fusion_walk *w, int group, int64_t now, const float *warm)
{
    const vt_fusion *m = w->m;
    int32_t item = w->item[group];
    for (int relation = 0; relation < VT_RELATIONS; relation++) {
        const vt_fusion_sparse *sum = &w->sum[group][relation];
        pair weight = weights_of(w, vt_fusion_term(group, relation), now);
        if (relation == VT_RELATION_TOGETHER && w->together[group] != NULL) {
            add_dense(logits, w, group, weight, warm);
        } else if (sum->value != NULL && is_same(relation)) {
            float *table = (relation == VT_RELATION_BRAND ? w->brand : w->category) + 1;
            int32_t last = same_of(m, relation)[item];
            sparse_add(table, sum, weight.fading);
            table[last] += last >= 0 ? weight.last : 0.0F;
        } else if (sum->value != NULL) {
            sparse_add(logits, sum, weight.fading);
            if (relation == VT_RELATION_ITEM) {
                logits[item] += weight.last;
                continue;
            }
            const vt_csr *near = near_of(m, relation);
            for (int64_t e = near->ptr[item]; e < near->ptr[item + 1]; e++) {
                logits[near->column[e]] += weight.last * near->value[e];
            }
        }
    }
}

void vt_fusion_walk_add(float *logits, vt_fusion_walk *w, int64_t now, const float *warm,
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

static pair group_back(const vt_fusion_walk *w, int group, int relation, const float *dlogits, const float *warm)
{
    const vt_fusion *m = w->m;
    const vt_fusion_sparse *sum = &w->sum[group][relation];
    int32_t item = w->item[group];
    pair back = {0.0F, 0.0F};
    if (relation == VT_RELATION_TOGETHER && w->together[group] != NULL) {
        float both[2];
        vt_kernels_best()->dots(both, w->together[group], 2, warm, m->n);
        back = (pair){both[0], both[1]};
    } else if (sum->value != NULL && is_same(relation)) {
        const float *table = (relation == VT_RELATION_BRAND ? w->brand : w->category) + 1;
        int32_t last = same_of(m, relation)[item];
        back = (pair){sparse_dot(sum, table), last >= 0 ? table[last] : 0.0F};
    } else if (sum->value != NULL) {
        back.fading = sparse_dot(sum, dlogits);
        const vt_csr *near = relation == VT_RELATION_ITEM ? NULL : near_of(m, relation);
        back.last = near == NULL ? dlogits[item] : 0.0F;
        for (int64_t e = near == NULL ? 0 : near->ptr[item]; near != NULL && e < near->ptr[item + 1]; e++) {
            back.last += near->value[e] * dlogits[near->column[e]];
        }
    }
    return back;
}

void vt_fusion_walk_back(float dterm[VT_TERM_RELATIONS], float *dseason, vt_fusion_walk *w, int64_t now,
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
        if (w->item[group_of(term)] >= 0) {
            pair back = group_back(w, group_of(term), relation_of(term), dlogits, warm);
            float gain = vt_fusion_walk_gain(w, term, now);
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
