/*
 * Fitting the fusion model by softmax cross-entropy over all items with sales: after each prefix of each user's
 * history, the empty one included, which item came next? Items already in the history do not compete, and a repeat of
 * one is no question. In each step a share of the items is cold: without identity and sales, as an item is that nobody
 * bought yet. For a share of users statistics are older than the question by a random lag, so that the model learns
 * what old news is worth.
 */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "math/blas.h"
#include "math/kernels.h"
#include "math/logit.h"
#include "model/fusion/fusion.h"
#include "model/trainer.h"

/* Tokens that a thread takes at once, whose sums over items stay apart; steps from one report to the next. */
enum { CHUNKS = 8, REPORT = 4 };

#define LAG_DAYS_MAX 365.0

/* What the tokens of one chunk add up to. */
typedef struct chunk {
    float *dalpha;  /* (I) */
    float *dseason; /* (C, waves) */
    float dterm[VT_TERMS];
    float *dsales; /* (S, D) gradient of the sales' projection */
    double loss;
    size_t tokens;
    vt_fusion_walk walk;
    float *sales, *scratch; /* (S, I) */
    float *warm, *mixed;    /* (I) scratch */
} chunk;

typedef struct work {
    vt_fusion *m;
    const vt_fit *fit;
    vt_interactions train; /* items in the model's order */
    vt_fusion_rows rows;
    int32_t *item;
    vt_nn nn;
    uint32_t *order; /* users with events */
    size_t n_users;
    vt_fusion_tower tower;
    vt_fusion_batch batch;
    vt_fusion_sequence *sequence; /* (batch) */
    int64_t *asked;               /* moments of all tokens of the batch */
    size_t asked_room, logits_room, du_room;
    float *logits; /* (T, I) */
    float *du;     /* (2, T, D) of the terms, of the items */
    uint8_t *cold; /* (I) */
    float *open;   /* (I) 0 where an item is cold, else 1 */
    double *lag;   /* (batch) days */
    size_t *first; /* (batch) first event of a sequence in the user's history */
    chunk chunk[CHUNKS];
    size_t at_once;
    int64_t steps;
    size_t questions; /* tokens of the batch whose item is new */
    float scale;      /* of gradients in this step */
} work;

/*
 * ---- room
 * ----------------------------------------------------------------------------------------------------------
 */

static void work_done(work *w)
{
    for (size_t c = 0; c < CHUNKS; c++) {
        vt_free(w->chunk[c].dalpha);
        vt_free(w->chunk[c].dseason);
        vt_free(w->chunk[c].dsales);
        vt_free(w->chunk[c].sales);
        vt_free(w->chunk[c].scratch);
        vt_free(w->chunk[c].warm);
        vt_free(w->chunk[c].mixed);
        vt_fusion_walk_done(&w->chunk[c].walk);
    }
    vt_fusion_rows_done(&w->rows);
    vt_free(w->item);
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

static int chunk_init(chunk *c, const vt_fusion *m, vt_error *err)
{
    c->dalpha = vt_alloc(m->n, sizeof *c->dalpha, err);
    c->dseason = c->dalpha == NULL ? NULL : vt_alloc(season_floats(m), sizeof *c->dseason, err);
    c->dsales = c->dseason == NULL ? NULL : vt_alloc(VT_STATS * m->d, sizeof *c->dsales, err);
    c->sales = c->dsales == NULL ? NULL : vt_alloc_aligned(VT_STATS * m->n, sizeof *c->sales, err);
    c->scratch = c->sales == NULL ? NULL : vt_alloc_aligned(VT_STATS * m->n, sizeof *c->scratch, err);
    c->warm = c->scratch == NULL ? NULL : vt_alloc_aligned(m->n, sizeof *c->warm, err);
    c->mixed = c->warm == NULL ? NULL : vt_alloc_aligned(m->n, sizeof *c->mixed, err);
    return c->mixed == NULL ? VT_ERR_NO_MEMORY : vt_fusion_walk_init(&c->walk, m, err);
}

static int work_init(work *w, vt_error *err)
{
    const vt_interactions *train = w->fit->train;
    vt_fusion *m = w->m;
    w->at_once = (size_t)w->fit->params->value[VT_FUSION_BATCH];
    w->nn = vt_nn_with(w->fit->threads);
    w->item = vt_alloc((size_t)train->n, sizeof *w->item, err);
    w->order = w->item == NULL ? NULL : vt_alloc((size_t)train->n_users, sizeof *w->order, err);
    w->sequence = w->order == NULL ? NULL : vt_alloc(w->at_once, sizeof *w->sequence, err);
    w->lag = w->sequence == NULL ? NULL : vt_alloc(w->at_once, sizeof *w->lag, err);
    w->first = w->lag == NULL ? NULL : vt_alloc(w->at_once, sizeof *w->first, err);
    w->cold = w->first == NULL ? NULL : vt_alloc_zero(m->n, sizeof *w->cold, err);
    w->open = w->cold == NULL ? NULL : vt_alloc_aligned(m->n, sizeof *w->open, err);
    int status = w->open == NULL ? VT_ERR_NO_MEMORY : vt_fusion_tower_init(&w->tower, m, err);
    for (size_t c = 0; c < CHUNKS && status == VT_OK; c++) {
        status = chunk_init(&w->chunk[c], m, err);
    }
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
    return vt_fusion_rows_init(&w->rows, &w->train, err);
}

static int grow(void *array, size_t *room, size_t n, size_t size, vt_error *err)
{
    void **at = array;
    if (n <= *room && *at != NULL) {
        return VT_OK;
    }
    vt_free(*at);
    *room = 0;
    *at = vt_alloc_aligned(n + n / 8 + 16, size, err);
    if (*at == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    *room = n + n / 8 + 16;
    return VT_OK;
}

/*
 * ---- one batch
 * -----------------------------------------------------------------------------------------------------
 */

/* The events of a user that are read in this step: all, or the last L and their targets. */
static void choose_events(work *w, size_t s, int32_t user, vt_rng *rng)
{
    const vt_interactions *t = &w->train;
    int64_t begin = t->ptr[user], n = t->ptr[user + 1] - begin;
    int64_t longest = (int64_t)w->m->length + 1; /* the last is a target only */
    int64_t from = n > longest ? (int64_t)vt_rng_below(rng, (uint64_t)(n - longest + 1)) : 0;
    double lag = w->fit->params->value[VT_FUSION_LAG];
    w->first[s] = (size_t)from;
    w->lag[s] = w->m->timed && vt_rng_unit(rng) < lag ? exp(vt_rng_unit(rng) * log(LAG_DAYS_MAX)) : 0.0;
    w->sequence[s] = (vt_fusion_sequence){
        .item = t->item + begin + from,
        .time = w->m->timed ? t->time + begin + from : NULL,
        .value = t->value + begin + from,
        .kind = t->kind + begin + from,
        .n = (size_t)((n > longest ? longest : n) - 1),
        .user = user,
    };
}

static int lay_out(work *w, int number, int64_t step, vt_error *err)
{
    vt_rng rng = vt_rng_at(w->fit->seed, "fusion-step", (uint64_t)number, (uint64_t)step);
    size_t begin = (size_t)step * w->at_once, tokens = 0;
    size_t n = w->n_users - begin < w->at_once ? w->n_users - begin : w->at_once;
    for (size_t s = 0; s < n; s++) {
        choose_events(w, s, (int32_t)w->order[begin + s], &rng);
        tokens += w->sequence[s].n + 1;
    }
    double cold = w->fit->params->value[VT_FUSION_COLD];
    for (size_t i = 0; i < w->m->n; i++) {
        w->cold[i] = vt_rng_unit(&rng) < cold;
        w->open[i] = w->cold[i] ? 0.0F : 1.0F;
    }
    int status = grow(&w->asked, &w->asked_room, tokens, sizeof *w->asked, err);
    if (status == VT_OK) {
        status = grow(&w->logits, &w->logits_room, tokens * w->m->n, sizeof *w->logits, err);
    }
    if (status == VT_OK) {
        status = grow(&w->du, &w->du_room, 2 * tokens * w->m->d, sizeof *w->du, err);
    }
    if (status != VT_OK) {
        return status;
    }
    int64_t *at = w->asked;
    w->questions = 0;
    for (size_t s = 0; s < n; s++) {
        vt_fusion_sequence *q = &w->sequence[s];
        for (size_t o = 0; o <= q->n; o++) {
            w->questions += w->rows.fresh[q->item + o - w->train.item];
        }
        q->asked = q->time == NULL ? NULL : at;
        for (size_t o = 0; q->time != NULL && o <= q->n; o++) {
            *at++ = q->time[o]; /* of the event that is to be told */
        }
    }
    return vt_fusion_batch_fill(&w->batch, w->m, w->sequence, n, true, err);
}

/* Logits into gradients of the loss, in place; the `n_seen` items do not compete with the target. Gives the loss. */
static double softmax(float *logits, const vt_fusion *m, const vt_nn *nn, const int32_t *seen, size_t n_seen,
                      int32_t target, float scale)
{
    float highest = 0.0F;
    double own = (double)logits[target];
    for (size_t h = 0; h < n_seen; h++) {
        logits[seen[h]] = -INFINITY;
    }
    float sum = nn->kernels->exponentials(logits, m->n, &highest), by = scale / sum;
    double loss = log((double)sum) + (double)highest - own;
    for (size_t i = 0; i < m->n; i++) {
        logits[i] *= by;
    }
    logits[target] -= scale;
    return loss;
}

/* What the sales' modality and the weights of the statistics, the season included, have of a token's gradients. */
static void sales_back(chunk *c, float *du, const work *w, const vt_fusion_asking *a, const float *u)
{
    const vt_fusion *m = w->m;
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

/* Gradients of everything beside u and z, from those of a token's logits. */
static void terms_back(chunk *c, float *du, const work *w, const vt_fusion_asking *a, const float *u,
                       const float *dlogits)
{
    const vt_fusion *m = w->m;
    const vt_kernels *kernels = vt_kernels_best();
    size_t n = m->n;
    for (size_t i = 0; i < n; i++) {
        c->warm[i] = w->open[i] * dlogits[i];
    }
    for (size_t k = 0; k < VT_TERM_RELATIONS; k++) {
        bool hidden = k == VT_TERM_TOGETHER || k == VT_TERM_TOGETHER_LAST;
        float sum = 0.0F;
        if (vt_fusion_has_relation(m, (int)k)) {
            kernels->dots(&sum, c->walk.planes + k * n, 1, hidden ? c->warm : dlogits, n);
        }
        c->dterm[k] += sum * m->term_scale[k];
    }
    if (!vt_fusion_has_sales(m)) {
        return;
    }
    sales_back(c, du, w, a, u);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; m->items.category[i] >= 0 && k < VT_SEASON_WAVES; k++) {
            c->dseason[(size_t)m->items.category[i] * VT_SEASON_WAVES + k] += dlogits[i] * a->waves[k];
        }
    }
}

/* All questions of one sequence. du (T, D) gets what the sales' projection asks of u. */
static void judge_sequence(work *w, chunk *c, size_t s)
{
    const vt_fusion *m = w->m;
    const vt_fusion_sequence *q = &w->sequence[s];
    const vt_interactions *t = &w->train;
    int64_t begin = t->ptr[q->user];
    vt_fusion_walk_start(&c->walk, &w->rows, q->user);
    for (size_t e = 0; e < w->first[s]; e++) { /* what is before the events that the network reads */
        vt_fusion_walk_event(&c->walk, t->item[begin + (int64_t)e], t->time[begin + (int64_t)e]);
    }
    for (size_t o = 0; o <= q->n; o++) {
        size_t token = w->batch.begin[s] + o;
        float *logits = w->logits + token * m->n, *du = w->du + token * m->d;
        const float *u = w->batch.u + token * m->d;
        int64_t now = q->asked == NULL ? VT_NONE : q->asked[o];
        vt_fusion_asking a;
        memset(du, 0, m->d * sizeof *du);
        if (!w->rows.fresh[q->item + o - t->item]) {
            memset(logits, 0, m->n * sizeof *logits);
        } else {
            float age = vt_fusion_has_sales(m) ? vt_fusion_sales(c->sales, m, NULL, now, w->lag[s], c->scratch) : 0.0F;
            vt_fusion_ask(&a, m, u, now, age);
            vt_fusion_add_terms(logits, m, w->tower.alpha, w->open, c->walk.planes, c->sales, &a);
            c->loss += softmax(logits, m, &w->nn, t->item + begin, w->first[s] + o, q->item[o], w->scale);
            c->tokens++;
            terms_back(c, du, w, &a, u, logits);
        }
        if (o < q->n) {
            vt_fusion_walk_event(&c->walk, q->item[o], q->time == NULL ? VT_NONE : q->time[o]);
        }
    }
}

static void judge_chunks(work *w)
{
    const vt_fusion *m = w->m;
    size_t n = w->batch.nn.sequences.n;
#pragma omp parallel for schedule(dynamic, 1) num_threads(w->nn.threads)
    for (size_t k = 0; k < CHUNKS; k++) {
        chunk *c = &w->chunk[k];
        memset(c->dalpha, 0, m->n * sizeof *c->dalpha);
        memset(c->dseason, 0, season_floats(m) * sizeof *c->dseason);
        memset(c->dsales, 0, VT_STATS * m->d * sizeof *c->dsales);
        memset(c->dterm, 0, sizeof c->dterm);
        c->loss = 0.0;
        c->tokens = 0;
        for (size_t s = n * k / CHUNKS; s < n * (k + 1) / CHUNKS; s++) {
            judge_sequence(w, c, s);
        }
    }
}

/* Adds up what the chunks found, in their order. */
static double gather_chunks(work *w, size_t *tokens)
{
    const vt_fusion *m = w->m;
    float *gradient = m->params.gradient;
    double loss = 0.0;
    memset(w->tower.dalpha, 0, m->n * sizeof *w->tower.dalpha);
    for (size_t k = 0; k < CHUNKS; k++) {
        const chunk *c = &w->chunk[k];
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
static double run_batch(work *w, uint64_t key, size_t *tokens)
{
    vt_fusion *m = w->m;
    size_t t = w->batch.nn.tokens, n = m->n, d = m->d;
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
 * ---- starting values
 * ------------------------------------------------------------------------------------------------
 */

enum { LESSONS = 2000, ALTERNATIVES = 200, FEATURES = VT_TERM_SALES_LAGGED };

/* Whether an item without identity and sales does not have a feature. */
static bool hidden_when_cold(size_t feature)
{
    return feature == VT_TERM_TOGETHER || feature == VT_TERM_TOGETHER_LAST || feature >= VT_TERM_SALES;
}

/* The last event of a user, behind others, on an item that is new; -1 when there is none. */
static int64_t last_new(const work *w, int32_t user)
{
    int64_t begin = w->train.ptr[user], e = w->train.ptr[user + 1] - 1;
    while (e > begin && !w->rows.fresh[e]) {
        e--;
    }
    return e > begin ? e : -1;
}

/*
 * The rows of one lesson: what was the last new item of a user, event `last`, and others by chance; some of them cold,
 * as in the steps.
 */
static void put_lesson(float *x, work *w, int32_t user, int64_t last)
{
    const vt_fusion *m = w->m;
    const vt_interactions *t = &w->train;
    chunk *c = &w->chunk[0];
    int64_t begin = t->ptr[user];
    vt_fusion_walk_start(&c->walk, &w->rows, user);
    for (int64_t e = begin; e < last; e++) {
        vt_fusion_walk_event(&c->walk, t->item[e], t->time[e]);
    }
    vt_fusion_sales(c->sales, m, NULL, t->time[last], 0.0, c->scratch);
    vt_rng rng = vt_rng_at(w->fit->seed, "fusion-lessons", (uint64_t)user, 0);
    double cold = w->fit->params->value[VT_FUSION_COLD];
    for (int a = 0; a < ALTERNATIVES; a++, x += FEATURES) {
        size_t item = a == 0 ? (size_t)t->item[last] : (size_t)vt_rng_below(&rng, m->n);
        bool hides = vt_rng_unit(&rng) < cold;
        for (size_t k = 0; k < FEATURES; k++) {
            float value =
                k < VT_TERM_RELATIONS ? c->walk.planes[k * m->n + item] : c->sales[(k - VT_TERM_SALES) * m->n + item];
            x[k] = hides && hidden_when_cold(k) ? 0.0F : value;
        }
    }
}

/*
 * The terms begin where a conditional logit of them alone ends, and are scaled so that all are of one size: the
 * network then has only what they do not explain to learn.
 */
static int start_terms(work *w, vt_error *err)
{
    vt_fusion *m = w->m;
    size_t n = 0, most = w->n_users < LESSONS ? w->n_users : LESSONS;
    float *x = vt_alloc(most * ALTERNATIVES, FEATURES * sizeof *x, err);
    int64_t *ptr = x == NULL ? NULL : vt_alloc(most + 1, sizeof *ptr, err);
    if (ptr == NULL) {
        vt_free(x);
        return VT_ERR_NO_MEMORY;
    }
    for (size_t k = 0; k < most; k++) {
        int32_t user = (int32_t)w->order[k * w->n_users / most];
        int64_t last = last_new(w, user);
        if (last >= 0) {
            put_lesson(x + n * ALTERNATIVES * FEATURES, w, user, last);
            n++;
        }
    }
    double weight[FEATURES] = {0}, size[FEATURES] = {0}, loss = 0.0;
    for (size_t q = 0; q <= n; q++) {
        ptr[q] = (int64_t)(q * ALTERNATIVES);
    }
    vt_choices choices = {x, ptr, n, FEATURES};
    int status = vt_logit_fit(weight, size, &loss, &choices, 0.001, w->fit->threads, err);
    for (size_t k = 0; k < FEATURES && status == VT_OK; k++) {
        double scale = size[k] > 0.0 ? 1.0 / size[k] : 1.0;
        m->term_scale[k] = (float)scale;
        m->params.value[m->at.term + k] = (float)(weight[k] / scale);
    }
    vt_free(x);
    vt_free(ptr);
    return status;
}

static void start_network(vt_fusion *m, uint64_t seed)
{
    static const char *const narrow[] = {"id", "token", "kind", "rating", "position", "nobody", "user_token"};
    vt_nn_params *p = &m->params;
    for (size_t i = 0; i < sizeof narrow / sizeof narrow[0]; i++) {
        vt_nn_params_normal(p, narrow[i], 0.02, seed);
    }
    vt_nn_params_normal(p, "text", 0.05, seed);
    vt_nn_params_normal(p, "image", 0.05, seed);
    vt_nn_params_normal(p, "time", 0.02, seed);
    vt_nn_params_normal(p, "asked", 0.02, seed);
    vt_nn_params_normal(p, "longterm", sqrt(1.0 / (double)m->d), seed);
    vt_nn_encoder_start(&m->encoder, p, seed);
}

/*
 * ---- epochs
 * ---------------------------------------------------------------------------------------------------------
 */

static void shuffle(work *w, int number)
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
    work *w = context;
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
        int status = lay_out(w, number, step, err);
        if (status == VT_OK && step % REPORT == 0) {
            status = vt_trainer_report(trainer, (double)step / (double)w->steps,
                                       tokens > 0 ? loss / (double)tokens : 0.0, err);
        }
        if (status != VT_OK) {
            return status;
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
    work *w = context;
    vt_fusion_play(w->m, true);
    return vt_fusion_prepare(w->m, w->fit->threads, err);
}

/* What the terms are computed from, and starting values of everything. */
static int start(work *w, vt_error *err)
{
    vt_fusion *m = w->m;
    int status = vt_fusion_take_together(m, &w->rows, w->fit, err);
    if (status == VT_OK) {
        status = vt_item_clock_create(&m->clock, &w->train, err);
    }
    if (status == VT_OK) {
        start_network(m, w->fit->seed);
        status = start_terms(w, err);
    }
    return status == VT_OK ? vt_nn_params_train(&m->params, err) : status;
}

int vt_fusion_gradient(double *loss, vt_fusion *m, const vt_fit *fit, vt_error *err)
{
    work w = {.m = m, .fit = fit};
    size_t tokens = 0;
    int status = work_init(&w, err);
    if (status == VT_OK && m->clock == NULL) {
        status = start(&w, err);
    }
    shuffle(&w, 0);
    if (status == VT_OK) {
        status = lay_out(&w, 0, 0, err);
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
    work w = {.m = m, .fit = fit};
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
    vt_nn_params_trained(&m->params);
    work_done(&w);
    return status;
}
