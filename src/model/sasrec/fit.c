/*
 * Fitting SASRec. Each training sequence gives one prediction an event: its next item. Histories longer than L are cut
 * into several, the latest whole. Order of sequences, negatives and dropout are keyed by (seed, epoch, step).
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "math/nn/loss.h"
#include "model/batch_trainer.h"
#include "model/sasrec/sasrec.h"

/* To draw a negative that the sequence does not hold. */
enum { TRIES = 20 };

/* One training sequence: n inputs from event `begin` on, and after each the next event. */
typedef struct span {
    int64_t begin;
    size_t n;
} span;

typedef struct work {
    vt_sasrec *m;
    const vt_fit *fit;
    vt_nn nn;
    span *spans; /* (N) */
    size_t n;
    vt_sas_batch batch;
    vt_sas_events *events; /* (batch) */
    int32_t *target;       /* (T) */
    float *dout;           /* (T, D) */
    float *scratch;
    int32_t *negative;
    float *log_q;       /* (I) sampled: log of the probability that an item is drawn */
    double *cumulative; /* (I) */
    int32_t *sold;      /* (S) items with events: what nobody ever bought is no alternative to what was */
    int32_t *place;     /* (I) where an item stands among them */
    size_t n_sold;      /* S */
    float *compact;     /* (2, S, D) full softmax: their vectors, and the gradient; NULL where all items are sold */
    size_t target_capacity, dout_capacity, scratch_capacity, negative_capacity;
    size_t batch_size; /* sequences a step */
} work;

static void work_done(work *w)
{
    vt_free(w->spans);
    vt_free(w->events);
    vt_free(w->target);
    vt_free(w->dout);
    vt_free(w->scratch);
    vt_free(w->negative);
    vt_free(w->log_q);
    vt_free(w->cumulative);
    vt_free(w->sold);
    vt_free(w->place);
    vt_free(w->compact);
    vt_sas_batch_done(&w->batch);
}

/* The sequences of all users; with `spans` NULL only their number. */
static size_t cut(span *spans, const vt_interactions *train, size_t length)
{
    size_t n = 0;
    for (int32_t u = 0; u < train->n_users; u++) {
        int64_t begin = train->ptr[u], end = train->ptr[u + 1] - 1; /* of inputs */
        while (end > begin) {
            int64_t from = end - begin > (int64_t)length ? end - (int64_t)length : begin;
            if (spans != NULL) {
                spans[n] = (span){from, (size_t)(end - from)};
            }
            n++;
            end = from;
        }
    }
    return n;
}

/* Probabilities of negatives: a power of popularity. */
static void weigh_items(work *w)
{
    const vt_interactions *train = w->fit->train;
    double power = w->fit->params->value[VT_SAS_POWER], sum = 0.0;
    size_t n = (size_t)train->n_items;
    memset(w->cumulative, 0, n * sizeof *w->cumulative);
    for (int64_t e = 0; e < train->n; e++) {
        w->cumulative[train->item[e]] += 1.0;
    }
    for (size_t i = 0; i < n; i++) {
        w->place[i] = (int32_t)w->n_sold;
        w->sold[w->n_sold] = (int32_t)i;
        w->n_sold += w->cumulative[i] > 0.0;
    }
    for (size_t i = 0; i < n; i++) {
        w->cumulative[i] = w->cumulative[i] > 0.0 ? pow(w->cumulative[i], power) : 0.0;
        sum += w->cumulative[i];
    }
    double before = 0.0;
    for (size_t i = 0; i < n; i++) {
        double share = w->cumulative[i] / sum;
        w->log_q[i] = (float)(share > 0.0 ? log(share) : 0.0);
        before += share;
        w->cumulative[i] = before;
    }
}

static int32_t draw(const work *w, vt_rng *rng)
{
    size_t low = 0, high = (size_t)w->m->n_items - 1;
    double at = vt_rng_unit(rng) * w->cumulative[high];
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (w->cumulative[middle] > at) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return (int32_t)low;
}

static int work_init(work *w, vt_error *err)
{
    const vt_interactions *train = w->fit->train;
    const double *value = w->fit->params->value;
    size_t n_items = (size_t)train->n_items;
    w->nn = vt_nn_with(w->fit->threads);
    w->batch_size = (size_t)value[VT_SAS_BATCH];
    w->n = cut(NULL, train, w->m->length);
    if (w->n == 0) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "sasrec learns what follows what; no user has two events to learn that from");
    }
    w->spans = vt_alloc(w->n, sizeof *w->spans, err);
    w->events = w->spans == NULL ? NULL : vt_alloc(w->batch_size, sizeof *w->events, err);
    w->log_q = w->events == NULL ? NULL : vt_alloc(n_items, sizeof *w->log_q, err);
    w->cumulative = w->log_q == NULL ? NULL : vt_alloc(n_items, sizeof *w->cumulative, err);
    w->sold = w->cumulative == NULL ? NULL : vt_alloc(n_items, sizeof *w->sold, err);
    w->place = w->sold == NULL ? NULL : vt_alloc(n_items, sizeof *w->place, err);
    if (w->place == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    cut(w->spans, train, w->m->length);
    weigh_items(w);
    if ((int)value[VT_SAS_LOSS] == VT_SAS_SOFTMAX && w->n_sold < n_items) {
        w->compact = vt_alloc_aligned(2 * w->n_sold, w->m->d * sizeof *w->compact, err);
        if (w->compact == NULL) {
            return VT_ERR_NO_MEMORY;
        }
    }
    return vt_nn_params_train(&w->m->params, err);
}

static size_t scratch_of(const work *w, int loss, size_t tokens, size_t negatives)
{
    return loss == VT_SAS_SOFTMAX   ? vt_nn_softmax_scratch((size_t)w->m->n_items)
           : loss == VT_SAS_SAMPLED ? vt_nn_sampled_softmax_scratch(tokens, negatives, w->m->d)
                                    : vt_nn_bce_scratch(tokens, negatives);
}

/* The sequences of the batch, their targets, and workspace for the loss. */
static int lay_out(void *context, const vt_batch *batch, size_t *terms, vt_error *err)
{
    work *w = context;
    const vt_interactions *train = w->fit->train;
    const double *value = w->fit->params->value;
    int loss = (int)value[VT_SAS_LOSS];
    for (size_t s = 0; s < batch->n; s++) {
        const span *sp = &w->spans[batch->example[s]];
        w->events[s] = (vt_sas_events){train->item + sp->begin, train->time + sp->begin, sp->n};
    }
    int status = vt_sas_batch_fill(&w->batch, w->m, w->events, batch->n, true, err);
    size_t tokens = w->batch.nn.tokens, negatives = (size_t)value[VT_SAS_NEGATIVES], d = w->m->d;
    size_t drawn = loss == VT_SAS_BCE ? tokens * negatives : negatives;
    size_t floats = status == VT_OK ? scratch_of(w, loss, tokens, negatives) : 0;
    if (status == VT_OK) {
        status = vt_alloc_grow(&w->target, &w->target_capacity, tokens, sizeof *w->target, err);
    }
    if (status == VT_OK) {
        status = vt_alloc_grow(&w->dout, &w->dout_capacity, tokens * d, sizeof *w->dout, err);
    }
    if (status == VT_OK) {
        status = vt_alloc_grow(&w->scratch, &w->scratch_capacity, floats, sizeof *w->scratch, err);
    }
    if (status == VT_OK) {
        status = vt_alloc_grow(&w->negative, &w->negative_capacity, drawn, sizeof *w->negative, err);
    }
    for (size_t s = 0; status == VT_OK && s < batch->n; s++) {
        const span *sp = &w->spans[batch->example[s]];
        memcpy(w->target + w->batch.begin[s], train->item + sp->begin + 1, sp->n * sizeof *w->target);
    }
    *terms = tokens;
    return status;
}

/* Negatives of each token (BCE): evenly from all sold items, none of the sequence's own. */
static void draw_own(work *w, vt_rng *rng, size_t negatives)
{
    const vt_sas_batch *b = &w->batch;
    for (size_t s = 0; s < b->nn.sequences.n; s++) {
        size_t begin = b->begin[s], end = b->begin[s + 1];
        for (size_t j = begin * negatives; j < end * negatives; j++) {
            bool own = true;
            for (int tries = 0; own && tries < TRIES; tries++) {
                w->negative[j] = w->sold[vt_rng_below(rng, (uint64_t)w->n_sold)];
                own = w->negative[j] == b->item[begin];
                for (size_t t = begin; !own && t < end; t++) {
                    own = w->negative[j] == w->target[t];
                }
            }
        }
    }
}

/* Over all sold items: where there are others too, on a table of the sold ones. */
static double softmax(work *w, float *de, vt_nn_targets targets)
{
    float smoothing = (float)w->fit->params->value[VT_SAS_SMOOTHING];
    if (w->compact == NULL) {
        return vt_nn_softmax(&w->nn, w->dout, de, &targets, smoothing, w->scratch);
    }
    float *gradient = w->compact + w->n_sold * w->m->d;
    vt_nn_gather(&w->nn, w->compact, targets.e, w->sold, 1.0F, w->n_sold, w->m->d);
    memset(gradient, 0, w->n_sold * w->m->d * sizeof *gradient);
    for (size_t t = 0; t < targets.tokens; t++) {
        w->target[t] = w->place[w->target[t]];
    }
    targets.e = w->compact;
    targets.items = w->n_sold;
    double loss = vt_nn_softmax(&w->nn, w->dout, gradient, &targets, smoothing, w->scratch);
    vt_nn_scatter(&w->nn, de, gradient, w->sold, 1.0F, w->n_sold, w->m->d);
    return loss;
}

static double loss_of(void *context, const vt_batch *batch)
{
    work *w = context;
    const double *value = w->fit->params->value;
    vt_sasrec *m = w->m;
    size_t negatives = (size_t)value[VT_SAS_NEGATIVES], tokens = w->batch.nn.tokens;
    float *de = m->params.gradient + m->items;
    vt_rng rng = vt_rng_at(w->fit->seed, "sasrec-negatives", (uint64_t)batch->number, 0);
    vt_nn_targets targets = {w->batch.out, m->params.value + m->items, w->target, tokens, (size_t)m->n_items,
                             m->d,         1.0F / (float)tokens};
    if ((int)value[VT_SAS_LOSS] == VT_SAS_SOFTMAX) {
        return softmax(w, de, targets);
    }
    if ((int)value[VT_SAS_LOSS] == VT_SAS_BCE) {
        draw_own(w, &rng, negatives);
        return vt_nn_bce(&w->nn, w->dout, de, &targets, w->negative, negatives, w->scratch);
    }
    for (size_t j = 0; j < negatives; j++) {
        w->negative[j] = draw(w, &rng);
    }
    vt_nn_sample sample = {w->negative, w->log_q, negatives};
    return vt_nn_sampled_softmax(&w->nn, w->dout, de, &targets, &sample, w->scratch);
}

static void forward(void *context, const vt_batch *batch)
{
    work *w = context;
    vt_sasrec_forward(&w->nn, w->m, &w->batch, true, batch->key);
}

static void backward(void *context, const vt_batch *batch)
{
    work *w = context;
    vt_sasrec_back(&w->nn, w->m, &w->batch, w->dout, batch->key);
}

int vt_sasrec_train(vt_sasrec *m, const vt_fit *fit, vt_error *err)
{
    static const vt_batch_ops ops = {lay_out, forward, loss_of, backward};
    const double *value = fit->params->value;
    work w = {.m = m, .fit = fit};
    int status = work_init(&w, err);
    if (status == VT_OK) {
        vt_nn_params_normal(&m->params, "items", 0.02, fit->seed);
        vt_nn_params_normal(&m->params, "positions", 0.02, fit->seed);
        vt_nn_encoder_start(&m->encoder, &m->params, fit->seed);
        const vt_batch_training training = {
            .nn = &w.nn,
            .params = &m->params,
            .ops = &ops,
            .work = &w,
            .order = "sasrec-order",
            .examples = w.n,
            .batch = w.batch_size,
            .schedule = {.rate = value[VT_SAS_RATE],
                         .warmup = (int64_t)value[VT_SAS_WARMUP],
                         .least = value[VT_SAS_LEAST],
                         .decay = value[VT_SAS_DECAY],
                         .clip = value[VT_SAS_CLIP]},
            .epochs = (int)value[VT_SAS_EPOCHS],
            .patience = (int)value[VT_SAS_PATIENCE],
            .every = (int)value[VT_SAS_EVERY],
        };
        status = vt_batch_train(&training, fit, err);
    }
    vt_nn_params_trained(&m->params);
    work_done(&w);
    return status;
}
