/*
 * One step of the fit: from the items and users forward to the logits of all queries, the softmax cross-entropy of
 * each, and gradients of everything on the way back. Threads take chunks of sequences, whose sums stay apart and are
 * added up in their order.
 */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/alloc.h"
#include "math/blas.h"
#include "math/kernels.h"
#include "model/fusion/fit.h"

size_t vt_fusion_season_floats(const vt_fusion *m)
{
    return (size_t)m->items.n_categories * VT_SEASON_WAVES + 1; /* + 1: never of nothing */
}

/* Logits into gradients of the loss, in place; items that the user has do not compete. Gives the loss. */
static double softmax(float *logits, const vt_fusion_work *w, const vt_fusion_chunk *c, int32_t user,
                      const vt_fusion_target *target)
{
    const int32_t *seen = w->train.item + w->train.ptr[user];
    float highest = 0.0F;
    double own = (double)logits[target->item];
    size_t n = w->active->n;
    for (size_t i = 0; w->active != w->m && i < n; i++) {
        logits[i] += c->log_weight[i];
    }
    for (size_t h = 0; h < target->seen; h++) {
        logits[vt_fusion_step_item(w, seen[h])] = -INFINITY;
    }
    float sum = w->nn.kernels->exponentials(logits, n, &highest), by = w->scale / sum;
    double loss = log((double)sum) + (double)highest - own;
    for (size_t i = 0; i < n; i++) {
        logits[i] *= by;
    }
    logits[target->item] -= w->scale;
    return loss;
}

/* What the sales' modality and the weights of the statistics, the season included, have of a token's gradients. */
static void sales_back(vt_fusion_chunk *c, float *du, const vt_fusion_work *w, size_t moment,
                       const vt_fusion_query_terms *a, const float *u)
{
    const vt_fusion *m = w->active;
    const vt_kernels *kernels = vt_kernels_best();
    const float *p = m->params.value + m->at.sales, *alpha = w->moments.alpha + moment * m->n * VT_MODALITIES;
    size_t n = m->n;
    float *dalpha = c->dalpha + moment * n, plain[VT_STATS], row[VT_STATS];
    kernels->dots(plain, c->sales, VT_STATS, c->warm, n);
    memset(c->mixed, 0, n * sizeof *c->mixed);
    for (size_t s = 0; s < VT_STATS; s++) {
        vt_add_row(c->mixed, a->row[s], c->sales + s * n, n);
    }
    for (size_t i = 0; i < n; i++) {
        dalpha[i] += c->warm[i] * c->mixed[i];
        c->warm[i] *= alpha[i * VT_MODALITIES + VT_MODALITY_SALES];
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

/* Gradients of everything beside u and z, from those of a query's logits. */
static void terms_back(vt_fusion_chunk *c, float *du, const vt_fusion_work *w, const vt_fusion_target *target,
                       int64_t now, const vt_fusion_query_terms *a, const float *u, const float *dlogits)
{
    const vt_fusion *m = w->active;
    for (size_t i = 0; i < m->n; i++) {
        c->warm[i] = w->mask[i] * dlogits[i];
    }
    vt_fusion_pass_back(c->dterm, c->dseason, &c->pass, now, dlogits, c->warm, a->waves);
    if (vt_fusion_has_sales(m)) {
        sales_back(c, du, w, target->moment, a, u);
    }
}

/* All queries of one sequence. du (Q, D) gets the gradient of u by the sales' projection. */
static void evaluate_sequence(vt_fusion_work *w, vt_fusion_chunk *c, size_t s)
{
    const vt_fusion *m = w->active;
    int32_t user = w->sequence[s].user;
    const vt_fusion_event *row = w->row[s];
    size_t passed = 0;
    vt_fusion_pass_start(&c->pass, &w->rows, user);
    if (w->active != w->m) {
        vt_fusion_sample_log_weights(c->log_weight, w, user);
    }
    for (size_t q = w->first[s]; q < w->first[s + 1]; q++) {
        const vt_fusion_target *target = &w->target[q];
        float *logits = w->logits + target->row * m->n, *du = w->du + q * m->d;
        const float *u = w->batch.u + q * m->d, *alpha = w->moments.alpha + target->moment * m->n * VT_MODALITIES;
        int64_t now = w->query[q].now;
        vt_fusion_query_terms a;
        while (passed < target->passed) {
            vt_fusion_event event = row[passed++];
            event.item = vt_fusion_step_item(w, event.item);
            vt_fusion_pass_event(&c->pass, &event);
        }
        memset(du, 0, m->d * sizeof *du);
        float age = vt_fusion_has_sales(m) ? vt_fusion_sales(c->sales, m, NULL, now, w->lag[s], c->scratch) : 0.0F;
        vt_fusion_query_terms_init(&a, m, u, now, age);
        vt_fusion_add_terms(logits, &c->pass, now, alpha, w->mask, c->sales, &a);
        c->loss += softmax(logits, w, c, user, target);
        terms_back(c, du, w, target, now, &a, u, logits);
    }
}

static void evaluate_chunks(vt_fusion_work *w)
{
    const vt_fusion *m = w->active;
    size_t n = w->batch.nn.sequences.n;
#pragma omp parallel for schedule(dynamic, 1) num_threads(w->nn.threads)
    for (size_t k = 0; k < VT_FUSION_CHUNKS; k++) {
        vt_fusion_chunk *c = &w->chunk[k];
        memset(c->dalpha, 0, w->moments.n * m->n * sizeof *c->dalpha);
        memset(c->dseason, 0, vt_fusion_season_floats(m) * sizeof *c->dseason);
        memset(c->dsales, 0, VT_STATS * m->d * sizeof *c->dsales);
        memset(c->dterm, 0, sizeof c->dterm);
        c->loss = 0.0;
        for (size_t s = n * k / VT_FUSION_CHUNKS; s < n * (k + 1) / VT_FUSION_CHUNKS; s++) {
            evaluate_sequence(w, c, s);
        }
    }
}

/* Adds up what the chunks found, in their order. */
static double gather_chunks(vt_fusion_work *w)
{
    const vt_fusion *m = w->active;
    float *gradient = m->params.gradient;
    double loss = 0.0;
    size_t shares = w->moments.n * m->n;
    memset(w->moments.dalpha, 0, shares * sizeof *w->moments.dalpha);
    for (size_t k = 0; k < VT_FUSION_CHUNKS; k++) {
        const vt_fusion_chunk *c = &w->chunk[k];
        for (size_t i = 0; i < shares; i++) {
            w->moments.dalpha[i] += c->dalpha[i];
        }
        for (size_t i = 0; i < vt_fusion_season_floats(m) - 1; i++) {
            gradient[m->at.season + i] += c->dseason[i];
        }
        for (size_t i = 0; i < VT_STATS * m->d; i++) {
            gradient[m->at.sales + i] += c->dsales[i];
        }
        for (size_t i = 0; i < VT_TERMS; i++) {
            gradient[m->at.term + i] += c->dterm[i];
        }
        loss += c->loss;
    }
    return loss;
}

/* The items as of a moment of the step. */
static vt_fusion_rows_at items_at(const vt_fusion_work *w, size_t moment)
{
    return (vt_fusion_rows_at){
        .n = w->active->n, .log_count = w->moments.log_count + moment * w->active->n, .cold = w->cold};
}

/* Logits of all queries, moment by moment. */
static void rows_forward(vt_fusion_work *w)
{
    const vt_fusion *m = w->active;
    size_t n = m->n, d = m->d;
    float *u = w->du + 2 * w->queries * d;
    for (size_t q = 0; q < w->queries; q++) {
        memcpy(u + w->target[q].row * d, w->batch.u + q * d, d * sizeof *u);
    }
    for (size_t k = 0; k < w->moments.n; k++) {
        vt_fusion_rows_at items = items_at(w, k);
        float *alpha = w->moments.alpha + k * n * VT_MODALITIES;
        size_t begin = w->moments.begin[k], rows = w->moments.begin[k + 1] - begin;
        vt_fusion_gates(&w->nn, alpha, &w->tower, m, &items);
        vt_fusion_blend(&w->nn, w->tower.z, alpha, &w->tower, m, &items);
        vt_nn_linear(&w->nn, w->logits + begin * n, u + begin * d, w->tower.z, NULL, rows, d, n);
    }
}

/* From the logits to users and items; the gradients of users by the terms are there already. */
static void rows_back(vt_fusion_work *w)
{
    const vt_fusion *m = w->active;
    size_t n = m->n, d = m->d, all = w->queries * d;
    float *of_items = w->du + all, *u = w->du + 2 * all;
    for (size_t k = w->moments.n; k-- > 0;) {
        vt_fusion_rows_at items = items_at(w, k);
        const float *alpha = w->moments.alpha + k * n * VT_MODALITIES;
        size_t begin = w->moments.begin[k], rows = w->moments.begin[k + 1] - begin;
        if (k + 1 < w->moments.n) { /* the last one's stand there */
            vt_fusion_blend(&w->nn, w->tower.z, alpha, &w->tower, m, &items);
        }
        memset(w->tower.dz, 0, n * d * sizeof *w->tower.dz);
        vt_nn_linear_back(&w->nn, of_items + begin * d, w->tower.dz, NULL, w->logits + begin * n, u + begin * d,
                          w->tower.z, rows, d, n);
        vt_fusion_gates_back(&w->nn, &w->tower, m, &items, alpha, w->tower.dz, w->moments.dalpha + k * n);
    }
    for (size_t q = 0; q < w->queries; q++) {
        vt_add_row(w->du + q * d, 1.0F, of_items + w->target[q].row * d, d);
    }
}

/* The items that the network reads, as of their events. */
static vt_fusion_rows_at items_read(const vt_fusion_work *w)
{
    return (vt_fusion_rows_at){w->batch.nn.tokens, w->batch.item, w->batch.log_count, w->cold};
}

int vt_fusion_reserve(vt_fusion_work *w, vt_error *err)
{
    size_t tokens = w->batch.nn.tokens, most = tokens > w->active->n ? tokens : w->active->n;
    int status =
        vt_alloc_grow(&w->read_alpha, &w->read_alpha_capacity, tokens * VT_MODALITIES, sizeof *w->read_alpha, err);
    return status == VT_OK ? vt_fusion_tower_reserve(&w->tower, most, err) : status;
}

void vt_fusion_forward(void *work, const vt_batch *batch)
{
    vt_fusion_work *w = work;
    vt_fusion *m = w->active;
    const vt_fusion_rows_at read = items_read(w);
    vt_fusion_project(&w->nn, &w->tower, m);
    vt_fusion_gates(&w->nn, w->read_alpha, &w->tower, m, &read);
    vt_fusion_blend(&w->nn, w->batch.z, w->read_alpha, &w->tower, m, &read);
    vt_fusion_users_forward(&w->nn, &w->batch, m, true, batch->key);
    rows_forward(w);
}

double vt_fusion_loss(void *work, const vt_batch *batch)
{
    vt_fusion_work *w = work;
    (void)batch;
    w->scale = 1.0F / (float)w->queries;
    evaluate_chunks(w);
    return gather_chunks(w);
}

void vt_fusion_backward(void *work, const vt_batch *batch)
{
    vt_fusion_work *w = work;
    vt_fusion *m = w->active;
    const vt_fusion_rows_at read = items_read(w);
    vt_fusion_tower_clear(&w->tower, m);
    rows_back(w);
    vt_fusion_users_back(&w->nn, &w->batch, m, w->du, batch->key);
    vt_fusion_gates_back(&w->nn, &w->tower, m, &read, w->read_alpha, w->batch.z, NULL);
    vt_fusion_project_back(&w->nn, &w->tower, m);
}
