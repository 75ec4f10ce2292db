/*
 * What each part of the score says of one item, in double: what one modality brings is its share times the product of
 * its projection with the user; a relation is a sum over past events (bought together, of one brand or category) or
 * the strongest of them (alike in words or looks), each faded with the time since.
 */
#include <string.h>

#include "base/arena.h"
#include "model/fusion/fusion.h"
#include "model/fusion/parts.h"

const char *const vt_fusion_modality_name[VT_MODALITIES] = {
    [VT_MODALITY_ID] = "id",       [VT_MODALITY_TEXT] = "text",
    [VT_MODALITY_IMAGE] = "image", [VT_MODALITY_ATTRIBUTES] = "attributes",
    [VT_MODALITY_SALES] = "sales",
};

/* The names of a group's relations: with all of its events, with the last of them. */
#define NAMES(group)                                                                                                   \
    {                                                                                                                  \
        [VT_RELATION_TOGETHER] = {group "together", group "together_last"},                                            \
        [VT_RELATION_WORDS] = {group "words", group "words_last"},                                                     \
        [VT_RELATION_LOOKS] = {group "looks", group "looks_last"},                                                     \
        [VT_RELATION_BRAND] = {group "brand", group "brand_last"},                                                     \
        [VT_RELATION_CATEGORY] = {group "category", group "category_last"},                                            \
        [VT_RELATION_ITEM] = {group "item", group "item_last"},                                                        \
    }

/* What was taken has one set of names, whether signals are known beside it or not. */
static const char *const relation_name[VT_GROUPS][VT_RELATIONS][2] = {
    [VT_GROUP_TAKEN] = NAMES(""),         [VT_GROUP_VIEWED] = NAMES("viewed_"),
    [VT_GROUP_CARTED] = NAMES("carted_"), [VT_GROUP_DISLIKED] = NAMES("disliked_"),
    [VT_GROUP_SINGLE] = NAMES(""),
};

static double product(const float *a, const float *b, size_t n)
{
    double sum = 0.0;
    for (size_t j = 0; j < n; j++) {
        sum += (double)a[j] * (double)b[j];
    }
    return sum;
}

/* Attributes are the mean of their tokens, so that each has its part. */
static int add_tokens(vt_explaining *e, const vt_fusion_explainer *q, size_t item, double share, vt_error *err)
{
    const vt_fusion *m = q->m;
    int64_t begin = m->items.token_ptr[item], end = m->items.token_ptr[item + 1];
    const float *table = m->params.value + m->at.token;
    vt_token_part *tokens = vt_arena_alloc(e->made.storage, (size_t)(end - begin), sizeof *tokens, err);
    if (tokens == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int64_t t = begin; t < end; t++) {
        char name[256];
        int32_t token = m->items.token[t];
        vt_fusion_token_name(name, sizeof name, m, token);
        vt_str kept = vt_arena_str(e->made.storage, vt_str_of(name), err);
        if (kept.ptr == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        double value = share * product(q->u, table + (size_t)token * m->d, m->d) / (double)(end - begin);
        tokens[t - begin] = (vt_token_part){kept.ptr, value};
    }
    e->made.tokens = tokens;
    e->made.n_tokens = (size_t)(end - begin);
    return VT_OK;
}

static int add_modality(vt_explaining *e, const vt_fusion_explainer *q, size_t item, int k, vt_error *err)
{
    const vt_fusion *m = q->m;
    double share = (double)q->workspace->alpha[item * VT_MODALITIES + (size_t)k], value = 0.0;
    if (m->items.has[item * VT_MODALITIES + (size_t)k] == 0) {
        return VT_OK;
    }
    if (k == VT_MODALITY_SALES) {
        for (size_t s = 0; s < VT_STATS; s++) {
            value += share * (double)q->query.row[s] * (double)q->workspace->sales[s * m->n + item];
        }
    } else {
        vt_fusion_modality(q->p, m, (int32_t)item, k);
        value = share * product(q->u, q->p, m->d);
    }
    vt_explaining_add(e, VT_REASON_MODALITY, vt_fusion_modality_name[k], value)->share = share;
    return k == VT_MODALITY_ATTRIBUTES ? add_tokens(e, q, item, share, err) : VT_OK;
}

int vt_fusion_explain_network(vt_explaining *e, const vt_fusion_explainer *q, size_t item, vt_error *err)
{
    int status = VT_OK;
    for (int k = 0; k < VT_MODALITY_FIXED && status == VT_OK; k++) {
        status = add_modality(e, q, item, k, err);
    }
    return status;
}

/* ---- relations -------------------------------------------------------------------------------------------------- */

static float nearness(const vt_csr *near, int32_t from, int32_t to)
{
    float value = 0.0F;
    for (int64_t e = near == NULL ? 0 : near->ptr[from]; near != NULL && e < near->ptr[from + 1]; e++) {
        value = near->column[e] == to && near->value[e] > value ? near->value[e] : value;
    }
    return value;
}

/* How an item of the history goes with another by a relation. */
static float goes(const vt_fusion *m, int relation, int32_t from, int32_t to)
{
    size_t known = m->n_known, a = (size_t)from, b = (size_t)to;
    bool attributes = (m->use & VT_USE_ATTRIBUTES) != 0;
    switch (relation) {
    case VT_RELATION_TOGETHER:
        return m->together == NULL || a >= known || b >= known || a == b
                   ? 0.0F
                   : -m->together[a * known + b] / m->together[b * known + b];
    case VT_RELATION_WORDS:
        return nearness(m->words, from, to);
    case VT_RELATION_LOOKS:
        return nearness(m->looks, from, to);
    case VT_RELATION_BRAND:
        return attributes && m->items.brand[a] >= 0 && m->items.brand[a] == m->items.brand[b] ? 1.0F : 0.0F;
    case VT_RELATION_CATEGORY:
        return attributes && m->items.category[a] >= 0 && m->items.category[a] == m->items.category[b] ? 1.0F : 0.0F;
    default:
        return from == to ? 1.0F : 0.0F;
    }
}

/* A relation with a group of events: the fading term, and that of the last event. */
static int add_relation(vt_explaining *e, const vt_fusion_explainer *q, int group, int relation, int32_t item,
                        vt_error *err)
{
    const vt_fusion *m = q->m;
    const vt_fusion_workspace *workspace = q->workspace;
    int status = VT_OK;
    bool strongest = relation == VT_RELATION_WORDS || relation == VT_RELATION_LOOKS;
    size_t most = 0;
    for (size_t h = 0; h < workspace->n_events; h++) {
        bool own = workspace->event[h].group == group;
        float left = relation == VT_RELATION_ITEM ? workspace->left[h].intent : workspace->left[h].keep;
        q->goes[h] = own ? left * goes(m, relation, workspace->event[h].item, item) : 0.0F;
        most = q->goes[h] > q->goes[most] ? h : most;
    }
    for (int last = 0; last < 2 && status == VT_OK; last++) {
        int term = vt_fusion_term(group, relation) + last;
        double weight = (double)m->params.value[m->at.term + (size_t)term] * (double)m->term_scale[term];
        memset(q->by_event, 0, q->n * sizeof *q->by_event);
        for (size_t h = 0; h < workspace->n_events; h++) {
            bool counts = last == 1 ? workspace->left[h].last : !strongest || h == most;
            q->by_event[workspace->event[h].index] = counts ? weight * (double)q->goes[h] : 0.0;
        }
        const char *name = relation_name[group][relation][last];
        status = vt_explaining_add_split(e, VT_REASON_RELATION, name, q->by_event, err);
    }
    return status;
}

/* A relation with all groups that are shown: of positive events one, and those of signals that the data have. */
static int add_relations(vt_explaining *e, const vt_fusion_explainer *q, size_t item, int relation, vt_error *err)
{
    int status = VT_OK;
    bool single = q->workspace->n_events > 0 && q->workspace->event[0].group == VT_GROUP_SINGLE;
    for (int group = 0; group < VT_GROUPS && status == VT_OK; group++) {
        bool positive = vt_fusion_is_positive(group);
        bool shown = positive ? (group == VT_GROUP_SINGLE) == single && relation != VT_RELATION_ITEM
                              : (q->m->groups >> group & 1U) != 0;
        status = shown ? add_relation(e, q, group, relation, (int32_t)item, err) : VT_OK;
    }
    return status;
}

int vt_fusion_explain_together(vt_explaining *e, const vt_fusion_explainer *q, size_t item, vt_error *err)
{
    return add_relations(e, q, item, VT_RELATION_TOGETHER, err);
}

int vt_fusion_explain_near(vt_explaining *e, const vt_fusion_explainer *q, size_t item, vt_error *err)
{
    int status = add_relations(e, q, item, VT_RELATION_WORDS, err);
    return status == VT_OK ? add_relations(e, q, item, VT_RELATION_LOOKS, err) : status;
}

static void add_season(vt_explaining *e, const vt_fusion_explainer *q, size_t item)
{
    const vt_fusion *m = q->m;
    int32_t category = m->items.category[item];
    const float *season = m->params.value + m->at.season;
    double value = 0.0;
    for (size_t k = 0; category >= 0 && k < VT_SEASON_WAVES; k++) {
        value += (double)season[(size_t)category * VT_SEASON_WAVES + k] * (double)q->query.waves[k];
    }
    vt_explaining_add(e, VT_REASON_SEASON, "season", value);
}

int vt_fusion_explain_same(vt_explaining *e, const vt_fusion_explainer *q, size_t item, vt_error *err)
{
    int status = add_relations(e, q, item, VT_RELATION_BRAND, err);
    if (status == VT_OK) {
        status = add_relations(e, q, item, VT_RELATION_CATEGORY, err);
    }
    add_season(e, q, item);
    return status;
}

int vt_fusion_explain_interest(vt_explaining *e, const vt_fusion_explainer *q, size_t item, vt_error *err)
{
    return add_relations(e, q, item, VT_RELATION_ITEM, err);
}

/* ---- sales ------------------------------------------------------------------------------------------------------ */

int vt_fusion_explain_sales(vt_explaining *e, const vt_fusion_explainer *q, size_t item, vt_error *err)
{
    const vt_fusion *m = q->m;
    for (size_t s = 0; s < VT_STATS; s++) {
        double value = (double)q->query.plain[s] * (double)q->workspace->sales[s * m->n + item];
        vt_explaining_add(e, VT_REASON_SALES, vt_stat_name((int)s), value);
    }
    return add_modality(e, q, item, VT_MODALITY_SALES, err);
}
