/* Scores of the fusion model taken apart, by the same table that they are made from (parts.h); and attention. */
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "model/fusion/fusion.h"
#include "model/fusion/parts.h"

/* Weights of the last query of every head over the start and all events; those that are not read weigh nothing. */
static int add_attention(vt_explaining *e, const vt_fusion_explainer *q, vt_error *err)
{
    const vt_fusion *m = q->m;
    const vt_nn_batch *batch = &q->workspace->batch.nn;
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
        const float *weights = vt_nn_encoder_weights(&m->encoder, batch, layer, q->workspace->batch.buffers);
        for (size_t h = 0; h < heads; h++) {
            const float *row = weights + h * tokens * tokens + (tokens - 1) * tokens;
            float *to = attention + (layer * heads + h) * wide;
            to[0] = row[0];
            for (size_t t = 1; t < tokens; t++) {
                size_t event = q->workspace->read[t - 1].index;
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

static int explain_item(vt_explanation *out, const vt_fusion_explainer *q, size_t item, vt_error *err)
{
    vt_explaining e;
    int status = vt_explaining_begin(&e, VT_MODALITIES + VT_TERM_RELATIONS + VT_STATS + 1, q->n, err);
    for (size_t p = 0; p < VT_FUSION_PARTS && status == VT_OK; p++) {
        status = vt_fusion_parts[p].explain(&e, q, item, err);
    }
    if (status == VT_OK) {
        status = add_attention(&e, q, err);
    }
    vt_explaining_end(out, &e);
    return status;
}

int vt_fusion_explain(vt_explanation *out, const void *state, const vt_user_state *user, const int32_t *items, size_t n,
                      vt_error *err)
{
    const vt_fusion *m = state;
    vt_fusion_workspace *workspace = vt_fusion_workspace_take(m, err);
    size_t signals = user->signals == NULL ? 0 : user->signals->n;
    vt_fusion_explainer q = {.m = m, .workspace = workspace, .n = user->n + signals};
    q.p = workspace == NULL ? NULL : vt_alloc(m->d, sizeof *q.p, err);
    q.goes = q.p == NULL ? NULL : vt_alloc(q.n, sizeof *q.goes, err);
    q.by_event = q.goes == NULL ? NULL : vt_alloc(q.n, sizeof *q.by_event, err);
    int status = q.by_event == NULL ? VT_ERR_NO_MEMORY : vt_fusion_read_user(workspace, &q.u, m, user, true, err);
    if (status == VT_OK) {
        vt_fusion_query_terms_init(&q.query, m, q.u, user->now, vt_fusion_items_now(workspace, m, user));
    }
    for (size_t i = 0; i < n && status == VT_OK; i++) {
        status = explain_item(&out[i], &q, (size_t)m->place[items[i]], err);
    }
    vt_free(q.p);
    vt_free(q.goes);
    vt_free(q.by_event);
    if (workspace != NULL) {
        vt_fusion_workspace_give(m, workspace);
    }
    return status;
}
