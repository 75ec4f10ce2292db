/* Scores of the fusion model: u.z of every item and the terms beside it. */
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "base/alloc.h"
#include "model/fusion/fusion.h"
#include "model/fusion/parts.h"
#include "model/fusion/score.h"

void vt_fusion_workspace_done(vt_fusion_workspace *r)
{
    vt_fusion_batch_done(&r->batch);
    void *arrays[] = {r->sales, r->scratch, r->logits, r->z,    r->alpha, r->log_count,
                      r->event, r->read,    r->left,   r->near, r->brand, r->category};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        vt_free(arrays[i]);
    }
}

int vt_fusion_workspace_init(vt_fusion_workspace *r, const vt_fusion *m, vt_error *err)
{
    *r = (vt_fusion_workspace){.taken = false};
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
    return VT_OK;
}

vt_fusion_workspace *vt_fusion_workspace_take(const vt_fusion *m, vt_error *err)
{
    vt_fusion_workspace *r = atomic_exchange(&m->spare->workspace, NULL);
    if (r != NULL) {
        return r;
    }
    r = vt_alloc(1, sizeof *r, err);
    if (r != NULL && vt_fusion_workspace_init(r, m, err) != VT_OK) {
        vt_fusion_workspace_done(r);
        vt_free(r);
        r = NULL;
    }
    return r;
}

void vt_fusion_workspace_give(const vt_fusion *m, vt_fusion_workspace *workspace)
{
    vt_fusion_workspace *other = atomic_exchange(&m->spare->workspace, workspace);
    if (other != NULL) {
        vt_fusion_workspace_done(other);
        vt_free(other);
    }
}

/* The model without dropout: with it a forward pass "in training" gives the same, and keeps its buffers. */
static vt_fusion inference_copy(const vt_fusion *m)
{
    vt_fusion copy = *m;
    copy.encoder.shape.dropout = 0.0F;
    return copy;
}

/* Room for a history of `n` events. */
static int grow(vt_fusion_workspace *r, size_t n, vt_error *err)
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

int vt_fusion_read_user(vt_fusion_workspace *r, const float **u, const vt_fusion *m, const vt_user_state *state,
                        bool keep, vt_error *err)
{
    int64_t now = m->timed ? state->now : VT_NONE;
    int status = grow(r, state->n + (state->signals == NULL ? 0 : state->signals->n), err);
    if (status != VT_OK) {
        return status;
    }
    r->n_events = vt_fusion_merge(r->event, m, state);
    vt_fusion_keep(r->left, m, r->event, r->n_events, now);
    r->n_read = vt_fusion_choose_read(r->read, r->event, r->n_events, m->length);
    vt_fusion_query query = {r->n_read, now};
    vt_fusion_sequence q = {r->read, r->n_read, &query, 1, state->user};
    status = vt_fusion_batch_fill(&r->batch, m, &q, 1, keep, err);
    if (status == VT_OK) {
        vt_nn nn = vt_nn_with(1);
        vt_fusion as_it_is = inference_copy(m);
        vt_fusion_batch_items(&nn, &r->batch, m);
        vt_fusion_users_forward(&nn, &r->batch, &as_it_is, keep, 0);
        *u = r->batch.u;
    }
    return status;
}

/* Items whose count is not the one that they are of. O(I), and O(M D) for each of these. */
static void renew_items(vt_fusion_workspace *r, const vt_fusion *m)
{
    const float *log_count = r->sales + VT_STAT_ALL * m->n;
    for (size_t i = 0; i < m->n; i++) {
        if (r->log_count[i] != log_count[i]) {
            vt_fusion_item_at(r->z + i * m->d, r->alpha + i * VT_MODALITIES, m, (int32_t)i, log_count[i]);
            r->log_count[i] = log_count[i];
        }
    }
}

float vt_fusion_items_now(vt_fusion_workspace *r, const vt_fusion *m, const vt_user_state *state)
{
    const vt_item_clock *clock = state->clock != NULL ? state->clock : m->clock;
    uint64_t stamp = clock == NULL ? 0 : vt_item_clock_stamp(clock);
    bool same = state->known == NULL && r->taken && r->stamp == stamp && r->now == state->now;
    if (!same) {
        r->age = vt_fusion_sales(r->sales, m, state, state->now, 0.0, r->scratch);
        r->taken = state->known == NULL;
        r->stamp = stamp;
        r->now = state->now;
        if (vt_fusion_has_sales(m)) {
            renew_items(r, m);
        }
    }
    return r->age;
}

static int score_one(float *scores, vt_fusion_workspace *r, const vt_fusion *m, const vt_user_state *state,
                     vt_error *err)
{
    const float *u = NULL;
    vt_fusion_query_terms a;
    int status = vt_fusion_read_user(r, &u, m, state, false, err);
    if (status != VT_OK) {
        return status;
    }
    vt_fusion_query_terms_init(&a, m, u, state->now, vt_fusion_items_now(r, m, state));
    for (size_t p = 0; p < VT_FUSION_PARTS; p++) {
        vt_fusion_parts[p].add(r, m, u, &a);
    }
    for (size_t i = 0; i < (size_t)m->n_items; i++) {
        size_t at = (size_t)m->place[i];
        scores[i] = at < m->n ? r->logits[at] : -INFINITY;
    }
    return VT_OK;
}

int vt_fusion_score(const void *state, const vt_user_state *states, size_t n, float *scores, vt_error *err)
{
    const vt_fusion *m = state;
    vt_fusion_workspace *r = vt_fusion_workspace_take(m, err);
    int status = r == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t s = 0; s < n && status == VT_OK; s++) {
        status = score_one(scores + s * (size_t)m->n_items, r, m, &states[s], err);
    }
    if (r != NULL) {
        vt_fusion_workspace_give(m, r);
    }
    return status;
}
