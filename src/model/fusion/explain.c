/*
 * Scores of the fusion model taken apart. Every summand of score.c is here once more, for one item instead of all and
 * in double: what one modality brings is its share times the product of its projection with the user; a relation is a
 * sum over past events (bought together, of one brand or category) or the strongest of them (alike in words or looks),
 * each faded as the walk over the history fades its planes.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "model/explanation.h"
#include "model/fusion/fusion.h"
#include "model/fusion/score.h"

const char *const vt_fusion_modality_name[VT_MODALITIES] = {
    [VT_MODALITY_ID] = "id",       [VT_MODALITY_TEXT] = "text",
    [VT_MODALITY_IMAGE] = "image", [VT_MODALITY_ATTRIBUTES] = "attributes",
    [VT_MODALITY_SALES] = "sales",
};

/* What was taken has one set of names, whether signals are known beside it or not. */
static const char *const relation_name[VT_GROUP_ALONE][VT_RELATIONS][2] = {
    {{"together", "together_last"},
     {"words", "words_last"},
     {"looks", "looks_last"},
     {"brand", "brand_last"},
     {"category", "category_last"},
     {"", ""}},
    {{"viewed_together", "viewed_together_last"},
     {"viewed_words", "viewed_words_last"},
     {"viewed_looks", "viewed_looks_last"},
     {"viewed_brand", "viewed_brand_last"},
     {"viewed_category", "viewed_category_last"},
     {"viewed_item", "viewed_item_last"}},
    {{"carted_together", "carted_together_last"},
     {"carted_words", "carted_words_last"},
     {"carted_looks", "carted_looks_last"},
     {"carted_brand", "carted_brand_last"},
     {"carted_category", "carted_category_last"},
     {"carted_item", "carted_item_last"}},
    {{"disliked_together", "disliked_together_last"},
     {"disliked_words", "disliked_words_last"},
     {"disliked_looks", "disliked_looks_last"},
     {"disliked_brand", "disliked_brand_last"},
     {"disliked_category", "disliked_category_last"},
     {"disliked_item", "disliked_item_last"}},
};

/* What all items of a question have in common. */
typedef struct question {
    const vt_fusion *m;
    const vt_fusion_room *room;
    const float *u; /* (D) */
    vt_fusion_asking asking;
    size_t n;         /* N events, as they were given */
    float *goes;      /* (N) how each event that is read goes with the item, faded */
    double *by_event; /* (N) */
} question;

/* ---- modalities ------------------------------------------------------------------------------------------------- */

static double product(const float *a, const float *b, size_t n)
{
    double sum = 0.0;
    for (size_t j = 0; j < n; j++) {
        sum += (double)a[j] * (double)b[j];
    }
    return sum;
}

/* Attributes are the mean of their tokens, so that each has its part. */
static int add_tokens(vt_explaining *e, const question *q, size_t item, double share, vt_error *err)
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

/* Parts of the modalities that the item has; `p` (D) is scratch. */
static int add_modalities(vt_explaining *e, const question *q, size_t item, float *p, vt_error *err)
{
    const vt_fusion *m = q->m;
    const float *alpha = q->room->alpha + item * VT_MODALITIES;
    int status = VT_OK;
    for (int k = 0; k < VT_MODALITIES && status == VT_OK; k++) {
        double share = (double)alpha[k], value = 0.0;
        if (m->items.has[item * VT_MODALITIES + (size_t)k] == 0) {
            continue;
        }
        if (k == VT_MODALITY_SALES) {
            for (size_t s = 0; s < VT_STATS; s++) {
                value += share * (double)q->asking.row[s] * (double)q->room->sales[s * m->n + item];
            }
        } else {
            vt_fusion_modality(p, m, (int32_t)item, k);
            value = share * product(q->u, p, m->d);
        }
        vt_explaining_add(e, VT_REASON_MODALITY, vt_fusion_modality_name[k], value)->share = share;
        if (k == VT_MODALITY_ATTRIBUTES) {
            status = add_tokens(e, q, item, share, err);
        }
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

/* How an item of the history goes with another by a relation, as the walk has it. */
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
static int add_relation(vt_explaining *e, const question *q, int group, int relation, int32_t item, vt_error *err)
{
    const vt_fusion *m = q->m;
    const vt_fusion_room *room = q->room;
    int status = VT_OK;
    bool strongest = relation == VT_RELATION_WORDS || relation == VT_RELATION_LOOKS;
    size_t most = 0;
    for (size_t h = 0; h < room->n_events; h++) {
        bool own = room->event[h].group == group;
        float left = relation == VT_RELATION_ITEM ? room->left[h].intent : room->left[h].keep;
        q->goes[h] = own ? left * goes(m, relation, room->event[h].item, item) : 0.0F;
        most = q->goes[h] > q->goes[most] ? h : most;
    }
    for (int last = 0; last < 2 && status == VT_OK; last++) {
        int term = vt_fusion_term(group, relation) + last;
        double weight = (double)m->params.value[m->at.term + (size_t)term] * (double)m->term_scale[term];
        memset(q->by_event, 0, q->n * sizeof *q->by_event);
        for (size_t h = 0; h < room->n_events; h++) {
            bool counts = last == 1 ? room->left[h].last : !strongest || h == most;
            q->by_event[room->event[h].index] = counts ? weight * (double)q->goes[h] : 0.0;
        }
        const char *name = relation_name[group == VT_GROUP_ALONE ? VT_GROUP_TAKEN : group][relation][last];
        status = vt_explaining_add_split(e, VT_REASON_RELATION, name, q->by_event, err);
    }
    return status;
}

static int add_relations(vt_explaining *e, const question *q, int32_t item, vt_error *err)
{
    int status = VT_OK;
    bool alone = q->room->n_events > 0 && q->room->event[0].group == VT_GROUP_ALONE;
    for (int group = 0; group < VT_GROUPS; group++) {
        bool positive = vt_fusion_is_positive(group);
        bool shown = positive ? (group == VT_GROUP_ALONE) == alone : (q->m->groups >> group & 1U) != 0;
        for (int relation = 0; relation < VT_RELATIONS && shown && status == VT_OK; relation++) {
            bool none = positive && relation == VT_RELATION_ITEM;
            status = none ? VT_OK : add_relation(e, q, group, relation, item, err);
        }
    }
    return status;
}

/* ---- attention -------------------------------------------------------------------------------------------------- */

/* Weights of the last query of every head over the start and all events; those that are not read weigh nothing. */
static int add_attention(vt_explaining *e, const question *q, vt_error *err)
{
    const vt_fusion *m = q->m;
    const vt_nn_batch *batch = &q->room->batch.nn;
    size_t layers = m->encoder.shape.layers, heads = m->encoder.shape.heads, tokens = batch->tokens;
    if ((m->use & VT_USE_ATTENTION) == 0) {
        return VT_OK;
    }
    size_t wide = q->n + 1;
    float *attention = vt_arena_alloc(e->made.storage, layers * heads * wide, sizeof *attention, err);
    double *attended = attention == NULL ? NULL : vt_arena_alloc(e->made.storage, q->n, sizeof *attended, err);
    if (attended == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    memset(attention, 0, layers * heads * wide * sizeof *attention);
    memset(attended, 0, q->n * sizeof *attended);
    for (size_t layer = 0; layer < layers; layer++) {
        const float *weights = vt_nn_encoder_weights(&m->encoder, batch, layer, q->room->batch.buffers);
        for (size_t h = 0; h < heads; h++) {
            const float *row = weights + h * tokens * tokens + (tokens - 1) * tokens;
            float *to = attention + (layer * heads + h) * wide;
            to[0] = row[0];
            for (size_t t = 1; t < tokens; t++) {
                size_t event = q->room->read[t - 1].index;
                to[1 + event] = row[t];
                attended[event] += (double)row[t] / (double)(layers * heads);
            }
        }
    }
    e->made.layers = layers;
    e->made.heads = heads;
    e->made.attention = attention;
    e->made.attended = attended;
    return VT_OK;
}

/* ---- all -------------------------------------------------------------------------------------------------------- */

static void add_sales(vt_explaining *e, const question *q, size_t item)
{
    const vt_fusion *m = q->m;
    for (size_t s = 0; s < VT_STATS; s++) {
        double value = (double)q->asking.plain[s] * (double)q->room->sales[s * m->n + item];
        vt_explaining_add(e, VT_REASON_SALES, vt_stat_name((int)s), value);
    }
}

static void add_season(vt_explaining *e, const question *q, size_t item)
{
    const vt_fusion *m = q->m;
    int32_t category = m->items.category[item];
    const float *season = m->params.value + m->at.season;
    double value = 0.0;
    for (size_t k = 0; category >= 0 && k < VT_SEASON_WAVES; k++) {
        value += (double)season[(size_t)category * VT_SEASON_WAVES + k] * (double)q->asking.waves[k];
    }
    vt_explaining_add(e, VT_REASON_SEASON, "season", value);
}

static int explain_item(vt_explanation *out, const question *q, size_t item, float *p, vt_error *err)
{
    vt_explaining e;
    int status = vt_explaining_begin(&e, VT_MODALITIES + VT_TERM_RELATIONS + VT_STATS + 1, q->n, err);
    if (status == VT_OK) {
        status = add_modalities(&e, q, item, p, err);
    }
    if (status == VT_OK) {
        status = add_relations(&e, q, (int32_t)item, err);
    }
    if (status == VT_OK) {
        add_sales(&e, q, item);
        add_season(&e, q, item);
        status = add_attention(&e, q, err);
    }
    vt_explaining_end(out, &e);
    return status;
}

int vt_fusion_explain(vt_explanation *out, const void *state, const vt_user_state *user, const int32_t *items, size_t n,
                      vt_error *err)
{
    const vt_fusion *m = state;
    vt_fusion_room *room = vt_fusion_room_take(m, err);
    size_t signals = user->signals == NULL ? 0 : user->signals->n;
    question q = {.m = m, .room = room, .n = user->n + signals};
    float *p = room == NULL ? NULL : vt_alloc(m->d, sizeof *p, err);
    q.goes = p == NULL ? NULL : vt_alloc(q.n, sizeof *q.goes, err);
    q.by_event = q.goes == NULL ? NULL : vt_alloc(q.n, sizeof *q.by_event, err);
    int status = q.by_event == NULL ? VT_ERR_NO_MEMORY : vt_fusion_read_user(room, &q.u, m, user, true, err);
    if (status == VT_OK) {
        vt_fusion_ask(&q.asking, m, q.u, user->now, vt_fusion_items_now(room, m, user));
    }
    for (size_t i = 0; i < n && status == VT_OK; i++) {
        status = explain_item(&out[i], &q, (size_t)m->place[items[i]], p, err);
    }
    vt_free(p);
    vt_free(q.goes);
    vt_free(q.by_event);
    if (room != NULL) {
        vt_fusion_room_give(m, room);
    }
    return status;
}
