/*
 * Fitting the fusion model by softmax cross-entropy over all items with sales: after each prefix of each user's
 * history, the empty one included, which item came next? Items already in the history do not compete, and a repeat of
 * one is no target. In each step a share of the items is cold: without identity and sales, as an item is that nobody
 * bought yet. For a share of users statistics and histories are older than the query by a random lag, so that the
 * model learns what old news is worth. What else users did (signals) stands in histories and is no target.
 */
#include <string.h>

#include "base/alloc.h"
#include "model/fusion/fit.h"

/* ---- workspace -------------------------------------------------------------------------------------------------- */

static void work_done(vt_fusion_work *w)
{
    for (size_t c = 0; c < VT_FUSION_CHUNKS; c++) {
        vt_free(w->chunk[c].dalpha);
        vt_free(w->chunk[c].dseason);
        vt_free(w->chunk[c].dsales);
        vt_free(w->chunk[c].sales);
        vt_free(w->chunk[c].scratch);
        vt_free(w->chunk[c].warm);
        vt_free(w->chunk[c].mixed);
        vt_free(w->chunk[c].log_weight);
        vt_fusion_pass_done(&w->chunk[c].pass);
    }
    vt_fusion_moments_done(&w->moments);
    vt_free(w->read_alpha);
    vt_fusion_sample_done(&w->sample);
    vt_fusion_rows_done(&w->rows);
    vt_free(w->item);
    vt_free(w->event);
    vt_free(w->event_ptr);
    vt_free(w->single);
    vt_free(w->row);
    vt_free(w->read);
    vt_free(w->query);
    vt_free(w->user);
    vt_fusion_tower_done(&w->tower);
    vt_fusion_batch_done(&w->batch);
    vt_free(w->sequence);
    vt_free(w->target);
    vt_free(w->logits);
    vt_free(w->du);
    vt_free(w->cold);
    vt_free(w->mask);
    vt_free(w->lag);
    vt_free(w->first);
}

static int chunk_init(vt_fusion_chunk *c, const vt_fusion *m, vt_error *err)
{
    c->dalpha = vt_alloc(VT_FUSION_MOMENTS * m->n, sizeof *c->dalpha, err);
    c->dseason = c->dalpha == NULL ? NULL : vt_alloc(vt_fusion_season_floats(m), sizeof *c->dseason, err);
    c->dsales = c->dseason == NULL ? NULL : vt_alloc(VT_STATS * m->d, sizeof *c->dsales, err);
    c->sales = c->dsales == NULL ? NULL : vt_alloc_aligned(VT_STATS * m->n, sizeof *c->sales, err);
    c->scratch = c->sales == NULL ? NULL : vt_alloc_aligned(VT_STATS * m->n, sizeof *c->scratch, err);
    c->warm = c->scratch == NULL ? NULL : vt_alloc_aligned(m->n, sizeof *c->warm, err);
    c->mixed = c->warm == NULL ? NULL : vt_alloc_aligned(m->n, sizeof *c->mixed, err);
    c->log_weight = c->mixed == NULL ? NULL : vt_alloc(m->n, sizeof *c->log_weight, err);
    return c->log_weight == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

static int work_init(vt_fusion_work *w, vt_error *err)
{
    const vt_interactions *train = w->fit->train;
    vt_fusion *m = w->m;
    size_t batch = (size_t)w->fit->params->value[VT_FUSION_BATCH];
    m->groups = vt_fusion_groups_of(m, train->signals);
    w->nn = vt_nn_with(w->fit->threads);
    w->item = vt_alloc((size_t)train->n, sizeof *w->item, err);
    w->user = w->item == NULL ? NULL : vt_alloc((size_t)train->n_users, sizeof *w->user, err);
    w->sequence = w->user == NULL ? NULL : vt_alloc(batch, sizeof *w->sequence, err);
    w->row = w->sequence == NULL ? NULL : vt_alloc(batch, sizeof *w->row, err);
    w->lag = w->row == NULL ? NULL : vt_alloc(batch, sizeof *w->lag, err);
    w->first = w->lag == NULL ? NULL : vt_alloc(batch + 1, sizeof *w->first, err);
    w->cold = w->first == NULL ? NULL : vt_alloc_zero(m->n, sizeof *w->cold, err);
    w->mask = w->cold == NULL ? NULL : vt_alloc_aligned(m->n, sizeof *w->mask, err);
    if (w->mask == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int64_t e = 0; e < train->n; e++) {
        w->item[e] = m->place[train->item[e]];
    }
    w->train = *train;
    w->train.item = w->item;
    w->train.n_items = (int32_t)m->n_known;
    for (int32_t u = 0; u < train->n_users; u++) {
        if (train->ptr[u + 1] > train->ptr[u]) {
            w->user[w->n_users++] = u;
        }
    }
    w->anew = m->clock == NULL;
    int status = w->anew ? vt_item_clock_create(&m->clock, &w->train, err) : VT_OK;
    if (status == VT_OK) {
        status = vt_fusion_merge_all(w, err);
    }
    if (status != VT_OK) {
        return status;
    }
    status = vt_fusion_sample_init(w, err);
    if (status == VT_OK) {
        status = vt_fusion_moments_init(w, err);
    }
    if (status == VT_OK) {
        status = vt_fusion_tower_init(&w->tower, w->active, err);
    }
    for (size_t c = 0; c < VT_FUSION_CHUNKS && status == VT_OK; c++) {
        status = chunk_init(&w->chunk[c], w->active, err);
    }
    return status == VT_OK ? vt_fusion_rows_init(&w->rows, &w->train, err) : status;
}

/* ---- training --------------------------------------------------------------------------------------------------- */

/* In the steps only items with sales take part. */
static int lay_out(void *work, const vt_batch *batch, size_t *terms, vt_error *err)
{
    vt_fusion_work *w = work;
    vt_fusion_activate(w->m, false);
    int status = vt_fusion_lay_out(w, batch, err);
    *terms = w->queries; /* repeats of what users had are no targets */
    return status;
}

/* Queries between epochs, and at the end, are answered with all items of the shop. */
static int prepare(void *context, vt_error *err)
{
    vt_fusion_work *w = context;
    vt_fusion_activate(w->m, true);
    return vt_fusion_prepare(w->m, w->fit->threads, err);
}

/* What the terms are computed from, and starting values of everything, unless they are there already. */
static int start(vt_fusion_work *w, vt_error *err)
{
    vt_fusion *m = w->m;
    bool anew = w->anew;
    int status = anew ? vt_fusion_take_together(m, &w->rows, w->fit, err) : VT_OK;
    for (size_t c = 0; c < VT_FUSION_CHUNKS && status == VT_OK; c++) { /* needs what the terms are computed from */
        status = vt_fusion_pass_init(&w->chunk[c].pass, w->active, err);
    }
    if (status == VT_OK && anew) {
        vt_fusion_start_network(m, w->fit->seed);
        status = vt_fusion_start_terms(w, err);
    }
    return status == VT_OK && anew ? vt_nn_params_train(&m->params, err) : status;
}

static vt_batch_training training_of(vt_fusion_work *w)
{
    static const vt_batch_ops ops = {lay_out, vt_fusion_forward, vt_fusion_loss, vt_fusion_backward};
    const double *value = w->fit->params->value;
    return (vt_batch_training){
        .nn = &w->nn,
        .params = &w->m->params,
        .ops = &ops,
        .prepare = prepare,
        .work = w,
        .order = "fusion-order",
        .examples = w->n_users,
        .batch = (size_t)value[VT_FUSION_BATCH],
        .schedule = {.rate = value[VT_FUSION_RATE],
                     .warmup = (int64_t)value[VT_FUSION_WARMUP],
                     .least = 0.05,
                     .decay = value[VT_FUSION_DECAY],
                     .clip = 5.0},
        .epochs = (int)value[VT_FUSION_EPOCHS],
        .patience = (int)value[VT_FUSION_PATIENCE],
        .every = 1,
    };
}

int vt_fusion_gradient(double *loss, vt_fusion *m, const vt_fit *fit, vt_error *err)
{
    vt_fusion_work w = {.m = m, .fit = fit};
    int status = work_init(&w, err);
    if (status == VT_OK) {
        status = start(&w, err);
    }
    if (status == VT_OK) {
        const vt_batch_training training = training_of(&w);
        status = vt_batch_gradient(loss, &training, fit, err);
    }
    work_done(&w);
    return status;
}

int vt_fusion_fit(vt_fusion *m, const vt_fit *fit, vt_error *err)
{
    vt_fusion_work w = {.m = m, .fit = fit};
    int status = work_init(&w, err);
    if (status == VT_OK) {
        status = start(&w, err);
    }
    if (status == VT_OK) {
        const vt_batch_training training = training_of(&w);
        status = vt_batch_train(&training, fit, err);
        if (status == VT_OK) {
            status = vt_fusion_fit_ratings(&w, &training, err);
        }
    }
    vt_nn_params_trained(&m->params);
    work_done(&w);
    return status;
}
