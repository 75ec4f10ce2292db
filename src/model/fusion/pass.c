/*
 * Relations of a history, built up event by event while the model is fitted. What is bought together has numbers for
 * all items; likeness and interest have few that are not 0, and brand and category one number for all items of the
 * same: a query then costs two passes over the items for each group of events, and one for brands and categories.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "model/fusion/fusion.h"
#include "model/fusion/pass.h"

#define DAY 86400.0

bool vt_fusion_pass_has(const vt_fusion_pass *w, int term)
{
    return vt_fusion_has_relation(w->m, vt_fusion_term_group(term), vt_fusion_term_relation(term));
}

static int init_group(vt_fusion_pass *w, int group, vt_error *err)
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
            size_t n = !vt_fusion_is_same(relation) ? m->n : relation == VT_RELATION_BRAND ? brands : categories;
            status = vt_fusion_sparse_init(&w->sum[group][relation], n, err);
        }
    }
    if (status == VT_OK && w->together[group] != NULL) {
        memset(w->together[group], 0, 2 * m->n * sizeof *w->together[group]);
    }
    return status;
}

int vt_fusion_pass_init(vt_fusion_pass *w, const vt_fusion *m, vt_error *err)
{
    *w = (vt_fusion_pass){.m = m};
    w->own = vt_alloc_aligned(m->n, sizeof *w->own, err);
    w->brand = w->own == NULL ? NULL : vt_alloc((size_t)m->items.n_brands + 1, sizeof *w->brand, err);
    w->category = w->brand == NULL ? NULL : vt_alloc((size_t)m->items.n_categories + 1, sizeof *w->category, err);
    int status = w->category == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (int g = 0; g < VT_GROUPS && status == VT_OK; g++) {
        w->item[g] = -1;
        status = init_group(w, g, err);
    }
    if (status != VT_OK) {
        vt_fusion_pass_done(w);
    }
    return status;
}

void vt_fusion_pass_done(vt_fusion_pass *w)
{
    for (int g = 0; g < VT_GROUPS; g++) {
        vt_free(w->together[g]);
        for (int relation = 0; relation < VT_RELATIONS; relation++) {
            vt_fusion_sparse_done(&w->sum[g][relation]);
        }
    }
    vt_free(w->own);
    vt_free(w->brand);
    vt_free(w->category);
    *w = (vt_fusion_pass){.m = w->m};
}

void vt_fusion_pass_start(vt_fusion_pass *w, const vt_fusion_rows *rows, int32_t user)
{
    size_t wide = w->m->n, known = w->m->n_known;
    for (int g = 0; g < VT_GROUPS; g++) {
        if (w->together[g] != NULL && w->item[g] >= 0) {
            memset(w->together[g], 0, 2 * wide * sizeof *w->together[g]);
        }
        for (int relation = 0; relation < VT_RELATIONS; relation++) {
            vt_fusion_sparse_clear(&w->sum[g][relation]);
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

float vt_fusion_pass_gain(const vt_fusion_pass *w, int term, int64_t now)
{
    int group = vt_fusion_term_group(term);
    bool passes = vt_fusion_term_relation(term) == VT_RELATION_ITEM && w->last[group] != VT_NONE && now != VT_NONE;
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

/* EASE's weights of one row, without the user's own where it is in training; `sum` fades by `keep`. */
static void add_together(const vt_fusion_pass *w, int group, size_t item, float keep)
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
            float *at = vt_fusion_sparse_at(most, near->column[e]);
            *at = near->value[e] > *at ? near->value[e] : *at;
        }
    }
}

void vt_fusion_pass_event(vt_fusion_pass *w, const vt_fusion_event *event)
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
        vt_fusion_sparse_fade(sum, relation == VT_RELATION_ITEM ? intent : keep);
        if (relation == VT_RELATION_ITEM) {
            *vt_fusion_sparse_at(sum, event->item) += 1.0F;
        } else if (!vt_fusion_is_same(relation)) {
            add_near(sum, vt_fusion_near(m, relation), (size_t)event->item);
        } else if (vt_fusion_same(m, relation)[event->item] >= 0) {
            *vt_fusion_sparse_at(sum, vt_fusion_same(m, relation)[event->item]) += 1.0F;
        }
    }
    w->last[g] = event->time;
    w->item[g] = event->item;
}

/* How the last event of a group goes with an item. */
static float with_last(const vt_fusion_pass *w, int group, int relation, int32_t item)
{
    const vt_fusion *m = w->m;
    int32_t last = w->item[group];
    if (vt_fusion_is_same(relation)) {
        return vt_fusion_same(m, relation)[last] >= 0 &&
               vt_fusion_same(m, relation)[last] == vt_fusion_same(m, relation)[item];
    }
    if (relation == VT_RELATION_ITEM) {
        return last == item;
    }
    const vt_csr *near = vt_fusion_near(m, relation);
    for (int64_t e = near->ptr[last]; e < near->ptr[last + 1]; e++) {
        if (near->column[e] == item && near->value[e] > 0.0F) {
            return near->value[e];
        }
    }
    return 0.0F;
}

float vt_fusion_pass_value(const vt_fusion_pass *w, int term, int32_t item)
{
    int group = vt_fusion_term_group(term), relation = vt_fusion_term_relation(term);
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
    int32_t at = vt_fusion_is_same(relation) ? vt_fusion_same(w->m, relation)[item] : item;
    return at < 0 ? 0.0F : w->sum[group][relation].value[at];
}
