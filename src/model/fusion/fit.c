/*
 * Fitting the fusion model by softmax cross-entropy over all items with sales: after each prefix of each user's
 * history, the empty one included, which item came next? Items already in the history do not compete, and a repeat of
 * one is no question. In each step a share of the items is cold: without identity and sales, as an item is that nobody
 * bought yet. For a share of users statistics and histories are older than the question by a random lag, so that the
 * model learns what old news is worth. What else users did (signals) stands in histories and is no question.
 */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/alloc.h"
#include "math/blas.h"
#include "math/kernels.h"
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

static size_t season_floats(const vt_fusion *m)
{
    return (size_t)m->items.n_categories * VT_SEASON_WAVES + 1; /* + 1: never of nothing */
}

static int chunk_init(vt_fusion_chunk *c, const vt_fusion *m, vt_error *err)
{
    c->dalpha = vt_alloc(m->n, sizeof *c->dalpha, err);
    c->dseason = c->dalpha == NULL ? NULL : vt_alloc(season_floats(m), sizeof *c->dseason, err);
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
 * ---- one batch
 * -----------------------------------------------------------------------------------------------------
 */

/* Logits into gradients of the loss, in place; items that the user has do not compete. Gives the loss. */
static double softmax(float *logits, const vt_fusion_work *w, const vt_fusion_chunk *c, int32_t user,
                      const vt_fusion_asked *asked)
{
    const int32_t *seen = w->train.item + w->train.ptr[user];
    float highest = 0.0F;
    double own = (double)logits[asked->target];
    size_t n = w->play->n;
    for (size_t i = 0; w->play != w->m && i < n; i++) {
        logits[i] += c->likes[i];
    }
    for (size_t h = 0; h < asked->seen; h++) {
        logits[vt_fusion_step_item(w, seen[h])] = -INFINITY;
    }
    float sum = w->nn.kernels->exponentials(logits, n, &highest), by = w->scale / sum;
    double loss = log((double)sum) + (double)highest - own;
    for (size_t i = 0; i < n; i++) {
        logits[i] *= by;
    }
    logits[asked->target] -= w->scale;
    return loss;
}

/* What the sales' modality and the weights of the statistics, the season included, have of a token's gradients. */
static void sales_back(vt_fusion_chunk *c, float *du, const vt_fusion_work *w, const vt_fusion_asking *a,
                       const float *u)
{
    const vt_fusion *m = w->play;
    const vt_kernels *kernels = vt_kernels_best();
    const float *p = m->params.value + m->at.sales;
    size_t n = m->n;
    float plain[VT_STATS], row[VT_STATS];
    kernels->dots(plain, c->sales, VT_STATS, c->warm, n);
    memset(c->mixed, 0, n * sizeof *c->mixed);
    for (size_t s = 0; s < VT_STATS; s++) {
        vt_add_row(c->mixed, a->row[s], c->sales + s * n, n);
    }
    for (size_t i = 0; i < n; i++) {
        c->dalpha[i] += c->warm[i] * c->mixed[i];
        c->warm[i] *= w->tower.alpha[i * VT_MODALITIES + VT_MODALITY_SALES];
    }
    kernels->dots(row, c->sales, VT_STATS, c->warm, n);
    for (size_t s = 0; s < VT_STATS; s++) {
        c->dterm[VT_TERM_SALES + s] += plain[s] * m->term_scale[VT_TERM_SALES + s];
        c->dterm[VT_TERM_SALES_LAGGED + s] += plain[s] * a->age * m->term_scale[VT_TERM_SALES + s];
        for (size_t j = 0; j < m->d; j++) {
            c->dsales[s * m->d + j] += row[s] * u[j];
            du[j] += row[s] * p[s * m->d + j];
        }
    }
}

/* Gradients of everything beside u and z, from those of a question's logits. */
static void terms_back(vt_fusion_chunk *c, float *du, const vt_fusion_work *w, int64_t now, const vt_fusion_asking *a,
                       const float *u, const float *dlogits)
{
    const vt_fusion *m = w->play;
    for (size_t i = 0; i < m->n; i++) {
        c->warm[i] = w->open[i] * dlogits[i];
    }
    vt_fusion_walk_back(c->dterm, c->dseason, &c->walk, now, dlogits, c->warm, a->waves);
    if (vt_fusion_has_sales(m)) {
        sales_back(c, du, w, a, u);
    }
}

/* All questions of one sequence. du (Q, D) gets what the sales' projection asks of u. */
static void judge_sequence(vt_fusion_work *w, vt_fusion_chunk *c, size_t s)
{
    const vt_fusion *m = w->play;
    int32_t user = w->sequence[s].user;
    const vt_fusion_event *row = w->row[s];
    size_t walked = 0;
    vt_fusion_walk_start(&c->walk, &w->rows, user);
    if (w->play != w->m) {
        vt_fusion_sample_likes(c->likes, w, user);
    }
    for (size_t q = w->first[s]; q < w->first[s + 1]; q++) {
        const vt_fusion_asked *known = &w->asked[q];
        float *logits = w->logits + q * m->n, *du = w->du + q * m->d;
        const float *u = w->batch.u + q * m->d;
        int64_t now = w->question[q].now;
        vt_fusion_asking a;
        while (walked < known->walked) {
            vt_fusion_event event = row[walked++];
            event.item = vt_fusion_step_item(w, event.item);
            vt_fusion_walk_event(&c->walk, &event);
        }
        memset(du, 0, m->d * sizeof *du);
        float age = vt_fusion_has_sales(m) ? vt_fusion_sales(c->sales, m, NULL, now, w->lag[s], c->scratch) : 0.0F;
        vt_fusion_ask(&a, m, u, now, age);
        vt_fusion_add_terms(logits, &c->walk, now, w->tower.alpha, w->open, c->sales, &a);
        c->loss += softmax(logits, w, c, user, known);
        c->tokens++;
        terms_back(c, du, w, now, &a, u, logits);
    }
}

static void judge_chunks(vt_fusion_work *w)
{
    const vt_fusion *m = w->play;
    size_t n = w->batch.nn.sequences.n;
#pragma omp parallel for schedule(dynamic, 1) num_threads(w->nn.threads)
    for (size_t k = 0; k < VT_FUSION_CHUNKS; k++) {
        vt_fusion_chunk *c = &w->chunk[k];
        memset(c->dalpha, 0, m->n * sizeof *c->dalpha);
        memset(c->dseason, 0, season_floats(m) * sizeof *c->dseason);
        memset(c->dsales, 0, VT_STATS * m->d * sizeof *c->dsales);
        memset(c->dterm, 0, sizeof c->dterm);
        c->loss = 0.0;
        c->tokens = 0;
        for (size_t s = n * k / VT_FUSION_CHUNKS; s < n * (k + 1) / VT_FUSION_CHUNKS; s++) {
            judge_sequence(w, c, s);
        }
    }
}

/* Adds up what the chunks found, in their order. */
static double gather_chunks(vt_fusion_work *w, size_t *tokens)
{
    const vt_fusion *m = w->play;
    float *gradient = m->params.gradient;
    double loss = 0.0;
    memset(w->tower.dalpha, 0, m->n * sizeof *w->tower.dalpha);
    for (size_t k = 0; k < VT_FUSION_CHUNKS; k++) {
        const vt_fusion_chunk *c = &w->chunk[k];
        for (size_t i = 0; i < m->n; i++) {
            w->tower.dalpha[i] += c->dalpha[i];
        }
        for (size_t i = 0; i < season_floats(m) - 1; i++) {
            gradient[m->at.season + i] += c->dseason[i];
        }
        for (size_t i = 0; i < VT_STATS * m->d; i++) {
            gradient[m->at.sales + i] += c->dsales[i];
        }
        for (size_t i = 0; i < VT_TERMS; i++) {
            gradient[m->at.term + i] += c->dterm[i];
        }
        loss += c->loss;
        *tokens += c->tokens;
    }
    return loss;
}

/* Forward and backward over one batch; gradients are left in the slab. */
static double run_batch(vt_fusion_work *w, uint64_t key, size_t *tokens)
{
    vt_fusion *m = w->play;
    size_t t = w->questions, n = m->n, d = m->d;
    vt_fusion_items_forward(&w->nn, &w->tower, m, w->cold);
    vt_fusion_users_forward(&w->nn, &w->batch, m, w->tower.z, true, key);
    vt_nn_linear(&w->nn, w->logits, w->batch.u, w->tower.z, NULL, t, d, n);
    w->scale = w->questions > 0 ? 1.0F / (float)w->questions : 0.0F;
    judge_chunks(w);
    double loss = gather_chunks(w, tokens);
    /* From the logits to users and items; what the terms ask of the users is there already. */
    float *of_items = w->du + t * d;
    memset(w->tower.dz, 0, n * d * sizeof *w->tower.dz);
    vt_nn_linear_back(&w->nn, of_items, w->tower.dz, NULL, w->logits, w->batch.u, w->tower.z, t, d, n);
    for (size_t i = 0; i < t * d; i++) {
        w->du[i] += of_items[i];
    }
    vt_fusion_users_back(&w->nn, &w->batch, m, w->tower.dz, w->du, key);
    vt_fusion_items_back(&w->nn, &w->tower, m, w->cold);
    return loss;
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
        loss += run_batch(w, key, &tokens);
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
        *loss = run_batch(&w, vt_nn_key(fit->seed, 0, 0, 0), &tokens);
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
