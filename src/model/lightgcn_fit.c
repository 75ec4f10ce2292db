/*
 * LightGCN (He, Deng, Wang, Li, Zhang, Wang 2020): the only parameters are a vector a node. The vectors that score are
 * means over layers of what neighbours hand on (equations 7 to 9):
 *     F = (E + A E + ... + A^L E) / (L + 1),   A_ab = 1 / sqrt(degree_a degree_b),   score(u, i) = F_u.F_i
 * A is symmetric, so the gradient of E is the same sum on the gradient of F. Both are formed by Horner's rule in L
 * sparse products. Each step spreads all nodes once, reads the loss at a batch of interactions and takes one step of
 * AdamW.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "math/nn/loss.h"
#include "model/batch_trainer.h"
#include "model/lightgcn.h"
#include "model/matrix.h"

/* For an item that the user did not choose. */
enum { TRIES = 32 };

typedef struct work {
    vt_lightgcn *model;
    const vt_fit *fit;
    vt_nn nn;
    vt_nn_params params; /* (R, D) */
    vt_csr *graph;       /* (R, R) */
    vt_csr *chosen;      /* (U, I) */
    int32_t *user;       /* (N) of each interaction */
    int32_t *known;      /* items with edges */
    float *log_q;        /* (I) of the sample */
    float *work;         /* (R, D) */
    float *gradient;     /* (R, D) of F */
    float *h;            /* (B, D) users of the batch, sampled or full softmax */
    float *dh;           /* (B, D) */
    float *scratch;      /* of the loss */
    int32_t *row;        /* (3, B) node of the user, item, other item */
    int32_t *sample;     /* (n_sample) */
    size_t n, batch, n_sample;
    size_t kept; /* steps of this batch */
    int32_t n_known;
    int layers, loss;
} work;

static void work_done(work *w)
{
    vt_nn_params_done(&w->params);
    vt_csr_free(w->graph);
    vt_csr_free(w->chosen);
    vt_free(w->user);
    vt_free(w->known);
    vt_free(w->log_q);
    vt_free(w->work);
    vt_free(w->gradient);
    vt_free(w->h);
    vt_free(w->dh);
    vt_free(w->scratch);
    vt_free(w->row);
    vt_free(w->sample);
}

static int alloc_workspace(work *w, vt_error *err)
{
    size_t users = (size_t)w->model->f.n_users, items = (size_t)w->model->f.n_items, d = w->model->f.d;
    size_t floats = w->loss == VT_GCN_SOFTMAX   ? vt_nn_softmax_scratch(items)
                    : w->loss == VT_GCN_SAMPLED ? vt_nn_sampled_softmax_scratch(w->batch, w->n_sample, d)
                                                : 1;
    size_t rows = w->loss == VT_GCN_BPR ? 1 : w->batch;
    w->user = vt_alloc(w->n, sizeof *w->user, err);
    w->known = w->user == NULL ? NULL : vt_alloc(items, sizeof *w->known, err);
    w->log_q = w->known == NULL ? NULL : vt_alloc(items, sizeof *w->log_q, err);
    w->work = w->log_q == NULL ? NULL : vt_alloc_aligned(users + items, d * sizeof *w->work, err);
    w->gradient = w->work == NULL ? NULL : vt_alloc_aligned(users + items, d * sizeof *w->gradient, err);
    w->h = w->gradient == NULL ? NULL : vt_alloc_aligned(rows, d * sizeof *w->h, err);
    w->dh = w->h == NULL ? NULL : vt_alloc_aligned(rows, d * sizeof *w->dh, err);
    w->scratch = w->dh == NULL ? NULL : vt_alloc_aligned(floats, sizeof *w->scratch, err);
    w->row = w->scratch == NULL ? NULL : vt_alloc(3 * w->batch, sizeof *w->row, err);
    w->sample = w->row == NULL ? NULL : vt_alloc(w->n_sample, sizeof *w->sample, err);
    return w->sample == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

static int work_init(work *w, vt_lightgcn *model, const vt_fit *fit, vt_error *err)
{
    const double *value = fit->params->value;
    size_t offset = 0, nodes = (size_t)model->f.n_users + (size_t)model->f.n_items;
    w->model = model;
    w->fit = fit;
    w->nn = vt_nn_with(fit->threads);
    w->layers = (int)value[VT_GCN_LAYERS];
    w->loss = (int)value[VT_GCN_LOSS];
    w->n_sample = (size_t)value[VT_GCN_SAMPLE];
    const vt_user_links *links = value[VT_GCN_LINKS] > 0 ? fit->options->links : NULL;
    int status = vt_matrix_create(&w->chosen, NULL, fit->train, VT_ENTRY_ONE, err);
    if (status == VT_OK) {
        status = vt_lightgcn_graph(&w->graph, fit->train, links, err);
    }
    if (status == VT_OK) {
        status = vt_nn_params_add(&offset, &w->params, "nodes", nodes, model->f.d, true, err);
    }
    if (status == VT_OK) {
        status = vt_nn_params_alloc(&w->params, err);
    }
    if (status == VT_OK) {
        status = vt_nn_params_train(&w->params, err);
    }
    if (status == VT_OK) {
        w->n = (size_t)w->chosen->ptr[model->f.n_users];
        w->batch = (size_t)value[VT_GCN_BATCH] < w->n ? (size_t)value[VT_GCN_BATCH] : w->n;
        status = alloc_workspace(w, err);
    }
    return status;
}

/* Nodes with edges start by chance, the others stay zero. */
static void start(work *w)
{
    vt_lightgcn *m = w->model;
    size_t dimensions = (size_t)w->fit->params->value[VT_GCN_DIMENSIONS];
    double deviation = w->fit->params->value[VT_GCN_STDEV] / sqrt((double)dimensions);
    for (int32_t r = 0; r < w->graph->n_rows; r++) {
        vt_rng rng = vt_rng_at(w->fit->seed, "lightgcn-init", (uint64_t)r, 0);
        for (size_t k = 0; k < dimensions && w->graph->ptr[r + 1] > w->graph->ptr[r]; k++) {
            w->params.value[(size_t)r * m->f.d + k] = (float)(deviation * vt_rng_normal(&rng));
        }
    }
    for (int32_t u = 0; u < m->f.n_users; u++) {
        for (int64_t e = w->chosen->ptr[u]; e < w->chosen->ptr[u + 1]; e++) {
            w->user[e] = u;
        }
    }
    for (int32_t i = 0; i < m->f.n_items; i++) {
        const int64_t *ptr = w->graph->ptr + m->f.n_users + i;
        m->weight[i] = ptr[1] > ptr[0] ? (float)(1.0 / sqrt((double)(ptr[1] - ptr[0]))) : 0.0F;
        w->known[w->n_known] = i;
        w->n_known += ptr[1] > ptr[0];
    }
    for (int32_t i = 0; i < m->f.n_items; i++) {
        w->log_q[i] = (float)-log((double)w->n_known); /* the sample is uniform over items with edges */
    }
}

static bool has(const vt_csr *chosen, int32_t user, int32_t item)
{
    int64_t low = chosen->ptr[user], high = chosen->ptr[user + 1];
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (chosen->column[middle] < item) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < chosen->ptr[user + 1] && chosen->column[low] == item;
}

/* The nodes of the batch's users and items, and of an item that each user did not choose. */
static int lay_out(void *context, const vt_batch *batch, size_t *terms, vt_error *err)
{
    work *w = context;
    vt_rng rng = vt_rng_at(w->fit->seed, "lightgcn-batch", (uint64_t)batch->number, 0);
    int32_t *user = w->row, *item = user + w->batch, *other = item + w->batch;
    size_t kept = 0;
    (void)err;
    for (size_t s = 0; s < batch->n; s++) {
        int32_t event = batch->example[s];
        user[kept] = w->user[event];
        item[kept] = w->chosen->column[event];
        bool found = w->loss != VT_GCN_BPR;
        for (int t = 0; t < TRIES && !found; t++) {
            other[kept] = w->known[vt_rng_below(&rng, (uint64_t)w->n_known)];
            found = !has(w->chosen, user[kept], other[kept]);
        }
        kept += found;
    }
    for (size_t c = 0; c < w->n_sample; c++) {
        w->sample[c] = w->known[vt_rng_below(&rng, (uint64_t)w->n_known)];
    }
    w->kept = *terms = kept;
    return VT_OK;
}

/* The pairwise loss of a batch, and its gradient by the final vectors. Gives the sum. */
static double pairwise(work *w, size_t n)
{
    size_t d = w->model->f.d, users = (size_t)w->model->f.n_users;
    const vt_nn_kernels *kernels = w->nn.kernels;
    double loss = 0.0;
    for (size_t s = 0; s < n; s++) {
        size_t u = (size_t)w->row[s] * d, i = (users + (size_t)w->row[w->batch + s]) * d;
        size_t j = (users + (size_t)w->row[2 * w->batch + s]) * d;
        const float *f = w->model->f.users;
        double x = (double)(kernels->dot(f + u, f + i, d) - kernels->dot(f + u, f + j, d)), e = exp(-fabs(x));
        loss += (x > 0.0 ? 0.0 : -x) + log1p(e);
        float wrong = (float)((x > 0.0 ? e : 1.0) / (1.0 + e) / (double)n);
        kernels->add(w->gradient + u, f + i, -wrong, d);
        kernels->add(w->gradient + u, f + j, wrong, d);
        kernels->add(w->gradient + i, f + u, -wrong, d);
        kernels->add(w->gradient + j, f + u, wrong, d);
    }
    return loss;
}

/* Softmax over all items, or over a sample of them. */
static double softmax(work *w, size_t n)
{
    size_t d = w->model->f.d, users = (size_t)w->model->f.n_users;
    float sharp = (float)(1.0 / w->fit->params->value[VT_GCN_TEMPERATURE]);
    vt_nn_gather(&w->nn, w->h, w->model->f.users, w->row, sharp, n, d);
    vt_nn_targets targets = {.h = w->h,
                             .e = w->model->f.items,
                             .target = w->row + w->batch,
                             .tokens = n,
                             .items = (size_t)w->model->f.n_items,
                             .d = d,
                             .scale = 1.0F / (float)n};
    vt_nn_sample sample = {w->sample, w->log_q, w->n_sample};
    float *of_items = w->gradient + users * d;
    double loss = w->loss == VT_GCN_SOFTMAX
                      ? vt_nn_softmax(&w->nn, w->dh, of_items, &targets, 0.0F, w->scratch)
                      : vt_nn_sampled_softmax(&w->nn, w->dh, of_items, &targets, &sample, w->scratch);
    vt_nn_scatter(&w->nn, w->gradient, w->dh, w->row, sharp, n, d);
    return loss;
}

/* The L2 term of a batch: the mean of half the squared lengths of its nodes' own vectors. Adds to the gradient. */
static void pull(work *w, size_t n)
{
    size_t d = w->model->f.d, users = (size_t)w->model->f.n_users;
    float l2 = (float)(w->fit->params->value[VT_GCN_L2] / (double)n);
    for (size_t s = 0; s < n && l2 > 0.0F; s++) {
        for (size_t part = 0; part < (w->loss == VT_GCN_BPR ? 3U : 2U); part++) {
            size_t at = ((part == 0 ? 0 : users) + (size_t)w->row[part * w->batch + s]) * d;
            w->nn.kernels->add(w->params.gradient + at, w->params.value + at, l2, d);
        }
    }
}

/* The vectors that score, from the parameters as they stand. */
static void spread(const work *w)
{
    vt_lightgcn *m = w->model;
    vt_lightgcn_spread(m->f.users, w->work, w->params.value, w->graph, w->layers, m->f.d, w->fit->threads);
}

/* What scores: of items the vectors after all layers, of users what is left when that of their items is taken away. */
static int prepare(void *context, vt_error *err)
{
    work *w = context;
    vt_lightgcn *m = w->model;
    const vt_interactions *train = w->fit->train;
    size_t d = m->f.d, users = (size_t)m->f.n_users, items = (size_t)m->f.n_items;
    float share = (float)w->layers / (float)(w->layers + 1);
    int status = VT_OK;
    memset(w->gradient, 0, (size_t)w->graph->n_rows * d * sizeof *w->gradient); /* is free between the steps */
    if (w->layers > 0) {
        vt_lightgcn_spread(w->gradient, w->work, w->params.value, w->graph, w->layers - 1, d, w->fit->threads);
    }
    for (size_t i = 0; i < items * d; i++) {
        m->handed[i] = share * w->gradient[users * d + i];
    }
    spread(w);
    for (int32_t u = 0; u < m->f.n_users && status == VT_OK; u++) {
        int64_t first = train->ptr[u];
        const vt_user_state state = {.user = u,
                                     .n = (size_t)(train->ptr[u + 1] - first),
                                     .item = train->item + first,
                                     .value = train->value + first,
                                     .kind = train->kind + first,
                                     .now = VT_NONE};
        status = vt_lightgcn_hand_on(m->f.users + (size_t)u * d, m, &state, -1.0F, err);
    }
    return status;
}

static void forward(void *context, const vt_batch *batch)
{
    (void)batch;
    spread(context);
}

static double loss_of(void *context, const vt_batch *batch)
{
    work *w = context;
    (void)batch;
    memset(w->gradient, 0, (size_t)w->graph->n_rows * w->model->f.d * sizeof *w->gradient);
    return w->loss == VT_GCN_BPR ? pairwise(w, w->kept) : softmax(w, w->kept);
}

static void backward(void *context, const vt_batch *batch)
{
    work *w = context;
    (void)batch;
    vt_lightgcn_spread(w->params.gradient, w->work, w->gradient, w->graph, w->layers, w->model->f.d, w->fit->threads);
    pull(w, w->kept);
}

int vt_lightgcn_train(vt_lightgcn *model, const vt_fit *fit, vt_error *err)
{
    static const vt_batch_ops ops = {lay_out, forward, loss_of, backward};
    const double *value = fit->params->value;
    work w = {0};
    int status = work_init(&w, model, fit, err);
    if (status == VT_OK) {
        start(&w);
        const vt_batch_training training = {
            .nn = &w.nn,
            .params = &w.params,
            .ops = &ops,
            .prepare = prepare,
            .work = &w,
            .order = "lightgcn-order",
            .examples = w.n,
            .batch = w.batch,
            .schedule = {.rate = value[VT_GCN_RATE], .least = 1.0, .decay = value[VT_GCN_DECAY]},
            .epochs = (int)value[VT_GCN_EPOCHS],
            .patience = (int)value[VT_GCN_PATIENCE],
            .every = (int)value[VT_GCN_EVERY],
        };
        status = vt_batch_train(&training, fit, err);
    }
    work_done(&w);
    return status;
}
