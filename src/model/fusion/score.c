/* Scores of the fusion model: u.z of every item and the terms beside it. */
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "base/alloc.h"
#include "math/blas.h"
#include "math/kernels.h"
#include "model/fusion/fusion.h"
#include "model/fusion/score.h"

void vt_fusion_room_done(vt_fusion_room *r)
{
    vt_fusion_batch_done(&r->batch);
    void *arrays[] = {r->sales, r->scratch, r->logits, r->z,    r->alpha, r->log_count,
                      r->event, r->read,    r->left,   r->near, r->brand, r->category};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        vt_free(arrays[i]);
    }
}

int vt_fusion_room_init(vt_fusion_room *r, const vt_fusion *m, vt_error *err)
{
    *r = (vt_fusion_room){.taken = false};
    struct {
        void *array;
        size_t n;
    } wanted[] = {
        {&r->sales, VT_STATS * m->n},
        {&r->scratch, VT_STATS * (size_t)m->n_items},
        {&r->logits, m->n},
        {&r->near, m->n},
        {&r->z, m->n * m->d},
        {&r->alpha, m->n * VT_MODALITIES},
        {&r->log_count, m->n},
        {&r->brand, (size_t)m->items.n_brands + 1},
        {&r->category, (size_t)m->items.n_categories + 1},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        float **at = wanted[i].array;
        *at = vt_alloc_aligned(wanted[i].n, sizeof **at, err);
        if (*at == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        memset(*at, 0, wanted[i].n * sizeof **at);
    }
    memcpy(r->z, m->z, m->n * m->d * sizeof *r->z);
    memcpy(r->alpha, m->alpha, m->n * VT_MODALITIES * sizeof *r->alpha);
    memcpy(r->log_count, m->items.log_count, m->n * sizeof *r->log_count);
    r->n = m->n;
    return VT_OK;
}

vt_fusion_room *vt_fusion_room_take(const vt_fusion *m, vt_error *err)
{
    vt_fusion_room *r = atomic_exchange(&m->spare->room, NULL);
    if (r != NULL && r->n == m->n) {
        return r;
    }
    if (r != NULL) { /* of the time when the model was fitted, when only known items were in play */
        vt_fusion_room_done(r);
    } else {
        r = vt_alloc(1, sizeof *r, err);
    }
    if (r != NULL && vt_fusion_room_init(r, m, err) != VT_OK) {
        vt_fusion_room_done(r);
        vt_free(r);
        r = NULL;
    }
    return r;
}

void vt_fusion_room_give(const vt_fusion *m, vt_fusion_room *room)
{
    vt_fusion_room *other = atomic_exchange(&m->spare->room, room);
    if (other != NULL) {
        vt_fusion_room_done(other);
        vt_free(other);
    }
}

/* The model without what falls in training: with it a forward pass "in training" gives the same, and keeps it. */
static vt_fusion still(const vt_fusion *m)
{
    vt_fusion copy = *m;
    copy.encoder.shape.dropout = 0.0F;
    return copy;
}

/* Room for a history of `n` events. */
static int grow(vt_fusion_room *r, size_t n, vt_error *err)
{
    if (n <= r->events && r->event != NULL) {
        return VT_OK;
    }
    vt_free(r->event);
    vt_free(r->read);
    vt_free(r->left);
    r->events = 0;
    r->event = vt_alloc(n + 1, sizeof *r->event, err);
    r->read = vt_alloc(n + 1, sizeof *r->read, err);
    r->left = vt_alloc(n + 1, sizeof *r->left, err);
    if (r->event == NULL || r->read == NULL || r->left == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    r->events = n + 1;
    return VT_OK;
}

int vt_fusion_read_user(vt_fusion_room *r, const float **u, const vt_fusion *m, const vt_user_state *state, bool keep,
                        vt_error *err)
{
    int64_t now = m->timed ? state->now : VT_NONE;
    int status = grow(r, state->n + (state->signals == NULL ? 0 : state->signals->n), err);
    if (status != VT_OK) {
        return status;
    }
    r->n_events = vt_fusion_merge(r->event, m, state);
    vt_fusion_keep(r->left, m, r->event, r->n_events, now);
    r->n_read = vt_fusion_choose_read(r->read, r->event, r->n_events, m->length);
    vt_fusion_question question = {r->n_read, now};
    vt_fusion_sequence q = {r->read, r->n_read, &question, 1, state->user};
    status = vt_fusion_batch_fill(&r->batch, m, &q, 1, keep, err);
    if (status == VT_OK) {
        vt_nn nn = vt_nn_with(1);
        vt_fusion as_it_is = still(m);
        vt_fusion_batch_items(&nn, &r->batch, m);
        vt_fusion_users_forward(&nn, &r->batch, &as_it_is, keep, 0);
        *u = r->batch.u;
    }
    return status;
}

/* ---- terms beside the network, item by item only where there is something ---------------------------------------- */

/* The weight of a plane, once all planes are of one size. */
static float weight_of(const vt_fusion *m, int term)
{
    return m->params.value[m->at.term + (size_t)term] * m->term_scale[term];
}

/* What an event counts by a relation: by the fading term and, for the last of its group, by the one behind it. */
static float event_weight(const vt_fusion_room *r, const vt_fusion *m, int relation, size_t h)
{
    int term = vt_fusion_term(r->event[h].group, relation);
    float left = relation == VT_RELATION_ITEM ? r->left[h].intent : r->left[h].keep;
    return left * (weight_of(m, term) + (r->left[h].last ? weight_of(m, term + 1) : 0.0F));
}

/* EASE's weights of all events: one sum over rows of P, divided by its diagonal; an event says nothing of its own. */
static void add_together(vt_fusion_room *r, const vt_fusion *m)
{
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
static void add_near(vt_fusion_room *r, const vt_fusion *m, const vt_csr *near, int group, int relation)
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
static void add_same(vt_fusion_room *r, const vt_fusion *m, const vt_fusion_asking *a)
{
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

static void add_relations(vt_fusion_room *r, const vt_fusion *m, const vt_fusion_asking *a)
{
    if (m->together != NULL) {
        add_together(r, m);
    }
    for (int g = 0; g < VT_GROUPS; g++) {
        if (vt_fusion_has_relation(m, g, VT_RELATION_WORDS)) {
            add_near(r, m, m->words, g, VT_RELATION_WORDS);
        }
        if (vt_fusion_has_relation(m, g, VT_RELATION_LOOKS)) {
            add_near(r, m, m->looks, g, VT_RELATION_LOOKS);
        }
    }
    add_same(r, m, a);
    for (size_t h = 0; h < r->n_events; h++) {
        if (!vt_fusion_is_positive(r->event[h].group)) {
            r->logits[r->event[h].item] += event_weight(r, m, VT_RELATION_ITEM, h);
        }
    }
}

/* Items whose count is not the one that they are of. O(I), and O(M D) for each of these. */
static void renew_items(vt_fusion_room *r, const vt_fusion *m)
{
    const float *log_count = r->sales + VT_STAT_ALL * m->n;
    for (size_t i = 0; i < m->n; i++) {
        if (r->log_count[i] != log_count[i]) {
            vt_fusion_item_at(r->z + i * m->d, r->alpha + i * VT_MODALITIES, m, (int32_t)i, log_count[i]);
            r->log_count[i] = log_count[i];
        }
    }
}

float vt_fusion_items_now(vt_fusion_room *r, const vt_fusion *m, const vt_user_state *state)
{
    bool own = state->known == NULL && state->clock == NULL; /* what others know may have changed */
    if (!own || !r->taken || r->now != state->now) {
        r->age = vt_fusion_sales(r->sales, m, state, state->now, 0.0, r->scratch);
        r->taken = own;
        r->now = state->now;
        if (vt_fusion_has_sales(m)) {
            renew_items(r, m);
        }
    }
    return r->age;
}

static int score_one(float *scores, vt_fusion_room *r, const vt_fusion *m, const vt_user_state *state, vt_error *err)
{
    const float *u = NULL;
    vt_fusion_asking a;
    int status = vt_fusion_read_user(r, &u, m, state, false, err);
    if (status != VT_OK) {
        return status;
    }
    vt_fusion_ask(&a, m, u, state->now, vt_fusion_items_now(r, m, state));
    vt_kernels_best()->dots(r->logits, r->z, m->n, u, m->d);
    add_relations(r, m, &a);
    vt_fusion_add_sales(r->logits, m, r->alpha, NULL, r->sales, &a);
    for (size_t i = 0; i < (size_t)m->n_items; i++) {
        size_t at = (size_t)m->place[i];
        scores[i] = at < m->n ? r->logits[at] : -INFINITY;
    }
    return VT_OK;
}

int vt_fusion_score(const void *state, const vt_user_state *states, size_t n, float *scores, vt_error *err)
{
    const vt_fusion *m = state;
    vt_fusion_room *r = vt_fusion_room_take(m, err);
    int status = r == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t s = 0; s < n && status == VT_OK; s++) {
        status = score_one(scores + s * (size_t)m->n_items, r, m, &states[s], err);
    }
    if (r != NULL) {
        vt_fusion_room_give(m, r);
    }
    return status;
}
