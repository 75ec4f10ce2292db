/* Scores of the fusion model: u.z of every item and the terms beside it. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "math/blas.h"
#include "model/fusion/fusion.h"

void vt_fusion_ask(vt_fusion_asking *a, const vt_fusion *m, const float *u, int64_t now, float age)
{
    const float *p = m->params.value + m->at.sales, *w = m->params.value + m->at.term;
    bool seasons = m->timed && (m->use & VT_USE_TIME) != 0;
    a->age = age;
    for (size_t s = 0; s < VT_STATS; s++) {
        a->row[s] = 0.0F;
        for (size_t j = 0; j < m->d; j++) {
            a->row[s] += p[s * m->d + j] * u[j];
        }
        a->plain[s] = (w[VT_TERM_SALES + s] + age * w[VT_TERM_SALES_LAGGED + s]) * m->term_scale[VT_TERM_SALES + s];
    }
    vt_fusion_waves(a->waves, seasons ? now : VT_NONE);
}

void vt_fusion_add_terms(float *logits, const vt_fusion *m, const float *alpha, const uint8_t *cold,
                         const float *planes, const float *sales, const vt_fusion_asking *a)
{
    const float *weight = m->params.value + m->at.term, *season = m->params.value + m->at.season;
    size_t n = m->n;
    for (size_t k = 0; k < VT_TERM_RELATIONS; k++) {
        const float *plane = planes + k * n;
        float x = weight[k] * m->term_scale[k];
        bool hides = cold != NULL && (k == VT_TERM_TOGETHER || k == VT_TERM_TOGETHER_LAST);
        for (size_t i = 0; i < n; i++) {
            logits[i] += hides && cold[i] ? 0.0F : x * plane[i];
        }
    }
    for (size_t s = 0; s < VT_STATS; s++) {
        const float *plane = sales + s * n;
        for (size_t i = 0; i < n; i++) {
            float x = alpha[i * VT_MODALITIES + VT_MODALITY_SALES] * a->row[s] + a->plain[s];
            logits[i] += cold != NULL && cold[i] ? 0.0F : x * plane[i];
        }
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; m->items.category[i] >= 0 && k < VT_SEASON_WAVES; k++) {
            logits[i] += season[(size_t)m->items.category[i] * VT_SEASON_WAVES + k] * a->waves[k];
        }
    }
}

void vt_fusion_room_done(vt_fusion_room *r)
{
    vt_fusion_batch_done(&r->batch);
    vt_fusion_walk_done(&r->walk);
    vt_free(r->sales);
    vt_free(r->scratch);
    vt_free(r->logits);
    vt_free(r->item);
    vt_free(r->asked);
}

int vt_fusion_room_init(vt_fusion_room *r, const vt_fusion *m, vt_error *err)
{
    *r = (vt_fusion_room){0};
    r->sales = vt_alloc_aligned(VT_STATS * m->n, sizeof *r->sales, err);
    r->scratch = r->sales == NULL ? NULL : vt_alloc_aligned(VT_STATS * (size_t)m->n_items, sizeof *r->scratch, err);
    r->logits = r->scratch == NULL ? NULL : vt_alloc_aligned(m->n, sizeof *r->logits, err);
    r->asked = r->logits == NULL ? NULL : vt_alloc(m->length + 1, sizeof *r->asked, err);
    return r->asked == NULL ? VT_ERR_NO_MEMORY : vt_fusion_walk_init(&r->walk, m, err);
}

/* The model without what falls in training: with it a forward pass "in training" gives the same, and keeps it. */
static vt_fusion still(const vt_fusion *m)
{
    vt_fusion copy = *m;
    copy.encoder.shape.dropout = 0.0F;
    return copy;
}

int vt_fusion_read_user(vt_fusion_room *r, const float **u, const vt_fusion *m, const vt_user_state *state, bool keep,
                        vt_error *err)
{
    if (state->n > r->item_room || r->item == NULL) {
        vt_free(r->item);
        r->item_room = 0;
        r->item = vt_alloc(state->n + 1, sizeof *r->item, err);
        if (r->item == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        r->item_room = state->n + 1;
    }
    for (size_t h = 0; h < state->n; h++) {
        r->item[h] = m->place[state->item[h]];
    }
    size_t n = state->n < m->length ? state->n : m->length, from = state->n - n;
    const int64_t *time = m->timed && state->time != NULL ? state->time + from : NULL;
    for (size_t o = 0; o <= n;
         o++) { /* only the last question is asked now; those before were answered by the next event */
        r->asked[o] = o < n && time != NULL ? time[o] : state->now;
    }
    vt_fusion_sequence q = {
        .item = r->item + from,
        .time = time,
        .value = state->value == NULL ? NULL : state->value + from,
        .kind = state->kind == NULL ? NULL : state->kind + from,
        .asked = m->timed ? r->asked : NULL,
        .n = n,
        .user = state->user,
    };
    int status = vt_fusion_batch_fill(&r->batch, m, &q, 1, keep, err);
    if (status == VT_OK) {
        vt_nn nn = vt_nn_with(1);
        vt_fusion as_it_is = still(m);
        vt_fusion_users_forward(&nn, &r->batch, &as_it_is, m->z, keep, 0);
        *u = r->batch.u + n * m->d;
    }
    return status;
}

static int score_one(float *scores, vt_fusion_room *r, const vt_fusion *m, const vt_user_state *state, vt_error *err)
{
    const float *u = NULL;
    vt_fusion_asking a;
    int status = vt_fusion_read_user(r, &u, m, state, false, err);
    if (status != VT_OK) {
        return status;
    }
    vt_fusion_walk_start(&r->walk, NULL, 0);
    for (size_t h = 0; h < state->n; h++) {
        bool timed = m->timed && state->time != NULL;
        vt_fusion_walk_event(&r->walk, r->item[h], timed ? state->time[h] : VT_NONE);
    }
    vt_fusion_ask(&a, m, u, state->now, vt_fusion_sales(r->sales, m, state->known, state->now, 0.0, r->scratch));
    vt_products(r->logits, u, 1, m->z, m->n, m->d);
    vt_fusion_add_terms(r->logits, m, m->alpha, NULL, r->walk.planes, r->sales, &a);
    for (size_t i = 0; i < (size_t)m->n_items; i++) {
        size_t at = (size_t)m->place[i];
        scores[i] = at < m->n ? r->logits[at] : -INFINITY;
    }
    return VT_OK;
}

int vt_fusion_score(const void *state, const vt_user_state *states, size_t n, float *scores, vt_error *err)
{
    const vt_fusion *m = state;
    vt_fusion_room r;
    int status = vt_fusion_room_init(&r, m, err);
    for (size_t s = 0; s < n && status == VT_OK; s++) {
        status = score_one(scores + s * (size_t)m->n_items, &r, m, &states[s], err);
    }
    vt_fusion_room_done(&r);
    return status;
}
