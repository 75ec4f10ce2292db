/*
 * Fitting the fusion model by softmax cross-entropy over all items with sales: after each prefix of each user's
 * history, the empty one included, which item came next? Items already in the history do not compete, and a repeat of
 * one is no question. In each step a share of the items is cold: without identity and sales, as an item is that nobody
 * bought yet. For a share of users statistics and histories are older than the question by a random lag, so that the
 * model learns what old news is worth. What else users did (signals) stands in histories and is no question.
 */
#include <string.h>

#include "base/alloc.h"
#include "model/fusion/fit.h"
#include "model/trainer.h"

/* Steps from one report to the next. */
enum { REPORT = 4 };

/*
 * ---- room
 * ----------------------------------------------------------------------------------------------------------
 */

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
        vt_free(w->chunk[c].likes);
        vt_fusion_walk_done(&w->chunk[c].walk);
    }
    vt_fusion_sample_done(&w->sample);
    vt_fusion_rows_done(&w->rows);
    vt_free(w->item);
    vt_free(w->event);
    vt_free(w->event_ptr);
    vt_free(w->alone);
    vt_free(w->row);
    vt_free(w->read);
    vt_free(w->question);
    vt_free(w->order);
    vt_fusion_tower_done(&w->tower);
    vt_fusion_batch_done(&w->batch);
    vt_free(w->sequence);
    vt_free(w->asked);
    vt_free(w->logits);
    vt_free(w->du);
    vt_free(w->cold);
    vt_free(w->open);
    vt_free(w->lag);
    vt_free(w->first);
}

static int chunk_init(vt_fusion_chunk *c, const vt_fusion *m, vt_error *err)
{
    c->dalpha = vt_alloc(m->n, sizeof *c->dalpha, err);
    c->dseason = c->dalpha == NULL ? NULL : vt_alloc(vt_fusion_season_floats(m), sizeof *c->dseason, err);
    c->dsales = c->dseason == NULL ? NULL : vt_alloc(VT_STATS * m->d, sizeof *c->dsales, err);
    c->sales = c->dsales == NULL ? NULL : vt_alloc_aligned(VT_STATS * m->n, sizeof *c->sales, err);
    c->scratch = c->sales == NULL ? NULL : vt_alloc_aligned(VT_STATS * m->n, sizeof *c->scratch, err);
    c->warm = c->scratch == NULL ? NULL : vt_alloc_aligned(m->n, sizeof *c->warm, err);
    c->mixed = c->warm == NULL ? NULL : vt_alloc_aligned(m->n, sizeof *c->mixed, err);
    c->likes = c->mixed == NULL ? NULL : vt_alloc(m->n, sizeof *c->likes, err);
    return c->likes == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

static int work_init(vt_fusion_work *w, vt_error *err)
{
    const vt_interactions *train = w->fit->train;
    vt_fusion *m = w->m;
    m->groups = vt_fusion_groups_of(m, train->signals);
    w->at_once = (size_t)w->fit->params->value[VT_FUSION_BATCH];
    w->nn = vt_nn_with(w->fit->threads);
    w->item = vt_alloc((size_t)train->n, sizeof *w->item, err);
    w->order = w->item == NULL ? NULL : vt_alloc((size_t)train->n_users, sizeof *w->order, err);
    w->sequence = w->order == NULL ? NULL : vt_alloc(w->at_once, sizeof *w->sequence, err);
    w->row = w->sequence == NULL ? NULL : vt_alloc(w->at_once, sizeof *w->row, err);
    w->lag = w->row == NULL ? NULL : vt_alloc(w->at_once, sizeof *w->lag, err);
    w->first = w->lag == NULL ? NULL : vt_alloc(w->at_once + 1, sizeof *w->first, err);
    w->cold = w->first == NULL ? NULL : vt_alloc_zero(m->n, sizeof *w->cold, err);
    w->open = w->cold == NULL ? NULL : vt_alloc_aligned(m->n, sizeof *w->open, err);
    int status = w->open == NULL ? VT_ERR_NO_MEMORY : vt_fusion_merge_all(w, err);
    if (status != VT_OK) {
        return status;
    }
    for (int64_t e = 0; e < train->n; e++) {
        w->item[e] = m->place[train->item[e]];
    }
    w->train = *train;
    w->train.item = w->item;
    w->train.n_items = (int32_t)m->n_known;
    for (int32_t u = 0; u < train->n_users; u++) {
        if (train->ptr[u + 1] > train->ptr[u]) {
            w->order[w->n_users++] = (uint32_t)u;
        }
    }
    w->steps = (int64_t)((w->n_users + w->at_once - 1) / w->at_once);
    status = vt_fusion_sample_init(w, err);
    if (status == VT_OK) {
        status = vt_fusion_tower_init(&w->tower, w->play, err);
    }
    for (size_t c = 0; c < VT_FUSION_CHUNKS && status == VT_OK; c++) {
        status = chunk_init(&w->chunk[c], w->play, err);
    }
    return status == VT_OK ? vt_fusion_rows_init(&w->rows, &w->train, err) : status;
}

/*
 * ---- epochs
 * ---------------------------------------------------------------------------------------------------------
 */

static void shuffle(vt_fusion_work *w, int number)
{
    vt_rng rng = vt_rng_at(w->fit->seed, "fusion-order", (uint64_t)number, 0);
    size_t n = 0;
    for (int32_t u = 0; u < w->train.n_users; u++) { /* from one order, so that an epoch depends on its number alone */
        if (w->train.ptr[u + 1] > w->train.ptr[u]) {
            size_t j = (size_t)vt_rng_below(&rng, n + 1);
            w->order[n] = w->order[j];
            w->order[j] = (uint32_t)u;
            n++;
        }
    }
}

static int epoch(void *context, vt_trainer *trainer, int number, double *mean, vt_error *err)
{
    vt_fusion_work *w = context;
    const double *value = w->fit->params->value;
    vt_nn_adamw adamw = {0.0, 0.9, 0.999, 1e-8, value[VT_FUSION_DECAY], 5.0};
    double loss = 0.0;
    size_t tokens = 0;
    int64_t all = (int64_t)value[VT_FUSION_EPOCHS] * w->steps;
    vt_fusion_play(w->m, false);
    shuffle(w, number);
    for (int64_t step = 0; step < w->steps; step++) {
        int64_t at = (int64_t)number * w->steps + step;
        uint64_t key = vt_nn_key(w->fit->seed, (uint64_t)number, (uint64_t)step, 0);
        int status = vt_fusion_lay_out(w, number, step, err);
        if (status == VT_OK && step % REPORT == 0) {
            status = vt_trainer_report(trainer, (double)step / (double)w->steps,
                                       tokens > 0 ? loss / (double)tokens : 0.0, err);
        }
        if (status != VT_OK) {
            return status;
        }
        if (w->questions == 0) { /* repeats of what users had are no questions */
            continue;
        }
        loss += vt_fusion_run_step(w, key, &tokens);
        adamw.rate = vt_nn_rate(value[VT_FUSION_RATE], at + 1, all, (int64_t)value[VT_FUSION_WARMUP], 0.05);
        vt_nn_params_step(&w->nn, &w->m->params, &adamw, at + 1);
    }
    *mean = tokens > 0 ? loss / (double)tokens : 0.0;
    return VT_OK;
}

/* Whoever asks between epochs, and at the end, is answered with all items of the shop. */
static int prepare(void *context, vt_error *err)
{
    vt_fusion_work *w = context;
    vt_fusion_play(w->m, true);
    return vt_fusion_prepare(w->m, w->fit->threads, err);
}

/* What the terms are computed from, and starting values of everything, unless they are there already. */
static int start(vt_fusion_work *w, vt_error *err)
{
    vt_fusion *m = w->m;
    bool anew = m->clock == NULL;
    int status = anew ? vt_fusion_take_together(m, &w->rows, w->fit, err) : VT_OK;
    if (status == VT_OK && anew) {
        status = vt_item_clock_create(&m->clock, &w->train, err);
    }
    for (size_t c = 0; c < VT_FUSION_CHUNKS && status == VT_OK;
         c++) { /* has planes of what the terms are computed from */
        status = vt_fusion_walk_init(&w->chunk[c].walk, w->play, err);
    }
    if (status == VT_OK && anew) {
        vt_fusion_start_network(m, w->fit->seed);
        status = vt_fusion_start_terms(w, err);
    }
    return status == VT_OK && anew ? vt_nn_params_train(&m->params, err) : status;
}

int vt_fusion_gradient(double *loss, vt_fusion *m, const vt_fit *fit, vt_error *err)
{
    vt_fusion_work w = {.m = m, .fit = fit};
    size_t tokens = 0;
    int status = work_init(&w, err);
    if (status == VT_OK) {
        status = start(&w, err);
    }
    shuffle(&w, 0);
    if (status == VT_OK) {
        status = vt_fusion_lay_out(&w, 0, 0, err);
    }
    if (status == VT_OK) {
        memset(m->params.gradient, 0, m->params.floats * sizeof *m->params.gradient);
        *loss = vt_fusion_run_step(&w, vt_nn_key(fit->seed, 0, 0, 0), &tokens);
        *loss /= (double)tokens;
    }
    work_done(&w);
    return status;
}

int vt_fusion_fit(vt_fusion *m, const vt_fit *fit, vt_error *err)
{
    const double *value = fit->params->value;
    vt_fusion_work w = {.m = m, .fit = fit};
    int status = work_init(&w, err);
    if (status == VT_OK) {
        status = start(&w, err);
    }
    if (status == VT_OK) {
        vt_nn_params *p = &m->params;
        const vt_train_array arrays[] = {
            {"parameters", VT_F32, p->value, p->floats, true},
            {"first moments", VT_F32, p->first, p->floats, false},
            {"second moments", VT_F32, p->second, p->floats, false},
        };
        const vt_training training = {
            .state = m,
            .array = arrays,
            .n_arrays = sizeof arrays / sizeof arrays[0],
            .epochs = (int)value[VT_FUSION_EPOCHS],
            .patience = (int)value[VT_FUSION_PATIENCE],
            .every = 1,
            .epoch = epoch,
            .prepare = prepare,
            .context = &w,
        };
        status = vt_train(&training, fit, err);
    }
    if (status == VT_OK) {
        status = vt_fusion_fit_ratings(&w, err);
    }
    vt_nn_params_trained(&m->params);
    work_done(&w);
    return status;
}
