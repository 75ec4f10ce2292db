/* The fit of mlp-fusion: batches of ratings in an order of each epoch's own, squared error, AdamW. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "model/batch_trainer.h"
#include "model/mlp_state.h"
#include "vitrine/encoder.h"
#include "vitrine/record.h"

enum { CONTENTS = 2 };

typedef struct work {
    vt_mlp *model;
    const vt_fit *fit;
    vt_nn nn;
    vt_mlp_row *row; /* (N) */
    float *value;    /* (N) less the mean */
    size_t n, batch;
    double id_dropout;
    size_t content_d[CONTENTS];
    size_t weight[CONTENTS];    /* places in the slab */
    float *vector[CONTENTS];    /* (I, text or image d) as encoded, zeros where an item has none */
    float *given[CONTENTS];     /* (batch, d) of them */
    float *projected[CONTENTS]; /* (batch, D) */
    /* of a batch */
    vt_mlp_row *some;
    int32_t *index; /* (4, batch) user, item, item of the content and similar items */
    float *times, *time, *x, *dx, *out, *dout, *attention, *part, *buffers;
    uint8_t *present;
} work;

/* Ratings as rows, and what is known of them all. */
static int list_rows(work *w, const vt_pair_set *set, vt_error *err)
{
    vt_mlp *m = w->model;
    bool timed = false;
    w->n = (size_t)set->n_rated;
    w->row = vt_alloc(w->n, sizeof *w->row, err);
    w->value = w->row == NULL ? NULL : vt_alloc(w->n, sizeof *w->value, err);
    if (w->value == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    size_t at = 0;
    for (int32_t u = 0; u < m->n_users; u++) {
        for (int64_t p = set->ptr[u]; p < set->ptr[u + 1]; p++) {
            const vt_pair *pair = &set->pair[p];
            if (isnan(pair->value)) {
                continue;
            }
            w->row[at] = (vt_mlp_row){u, pair->item, pair->item, pair->time};
            w->value[at++] = (float)((double)pair->value - set->mean);
            m->user_count[u]++;
            m->item_count[pair->item]++;
            if (pair->time != VT_NONE) {
                m->span[0] = !timed || pair->time < m->span[0] ? pair->time : m->span[0];
                m->span[1] = !timed || pair->time > m->span[1] ? pair->time : m->span[1];
                timed = true;
            }
        }
    }
    return VT_OK;
}

/* The vectors of one kind of content in the order of the items. */
static int place_vectors(work *w, int content, const vt_item_vectors *given, size_t weight, vt_error *err)
{
    vt_mlp *m = w->model;
    if (given == NULL) {
        return VT_OK;
    }
    size_t d = given->d, items = (size_t)m->n_items;
    w->content_d[content] = d;
    w->weight[content] = weight;
    w->vector[content] = vt_alloc_aligned(items, d * sizeof **w->vector, err);
    w->given[content] = w->vector[content] == NULL ? NULL : vt_alloc_aligned(w->batch, d * sizeof **w->given, err);
    w->projected[content] =
        w->given[content] == NULL ? NULL : vt_alloc_aligned(w->batch, m->d * sizeof **w->projected, err);
    if (w->projected[content] == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    memset(w->vector[content], 0, items * d * sizeof **w->vector);
    for (size_t i = 0; i < items; i++) {
        int32_t at = vt_ids_find(&given->ids, vt_ids_get(&w->fit->train->snapshot->items, (int32_t)i));
        if (at >= 0) {
            memcpy(w->vector[content] + i * d, vt_item_vector(given, at, NULL), d * sizeof **w->vector);
            m->has[(size_t)content * items + i] = 1;
        }
    }
    return VT_OK;
}

static int alloc_workspace(work *w, vt_error *err)
{
    size_t d = w->model->d, n = w->batch, wide = n * VT_FUSION_INPUTS * d;
    w->some = vt_alloc(n, sizeof *w->some, err);
    w->index = w->some == NULL ? NULL : vt_alloc(3 * n, sizeof *w->index, err);
    w->present = w->index == NULL ? NULL : vt_alloc(n * VT_FUSION_INPUTS, 1, err);
    w->times = w->present == NULL ? NULL : vt_alloc_aligned(n * VT_MLP_TIMES, sizeof *w->times, err);
    w->time = w->times == NULL ? NULL : vt_alloc_aligned(n, d * sizeof *w->time, err);
    w->x = w->time == NULL ? NULL : vt_alloc_aligned(wide, sizeof *w->x, err);
    w->dx = w->x == NULL ? NULL : vt_alloc_aligned(wide, sizeof *w->dx, err);
    w->out = w->dx == NULL ? NULL : vt_alloc_aligned(n, sizeof *w->out, err);
    w->dout = w->out == NULL ? NULL : vt_alloc_aligned(n, sizeof *w->dout, err);
    w->attention = w->dout == NULL ? NULL : vt_alloc_aligned(n * VT_FUSION_INPUTS, sizeof *w->attention, err);
    w->part = w->attention == NULL ? NULL : vt_alloc_aligned(n, d * sizeof *w->part, err);
    size_t floats = vt_rating_head_floats(&w->model->head, n);
    w->buffers = w->part == NULL ? NULL : vt_alloc_aligned(floats, sizeof *w->buffers, err);
    return w->buffers == NULL ? VT_ERR_NO_MEMORY : vt_nn_params_train(&w->model->params, err);
}

static void work_done(work *w)
{
    for (int c = 0; c < CONTENTS; c++) {
        vt_free(w->vector[c]);
        vt_free(w->given[c]);
        vt_free(w->projected[c]);
    }
    vt_free(w->row);
    vt_free(w->value);
    vt_free(w->some);
    vt_free(w->index);
    vt_free(w->present);
    vt_free(w->times);
    vt_free(w->time);
    vt_free(w->x);
    vt_free(w->dx);
    vt_free(w->out);
    vt_free(w->dout);
    vt_free(w->attention);
    vt_free(w->part);
    vt_free(w->buffers);
    vt_nn_params_trained(&w->model->params);
}

/* The ratings of the batch; some users and items go without their own vectors. */
static int lay_out(void *context, const vt_batch *batch, size_t *terms, vt_error *err)
{
    work *w = context;
    vt_mlp *m = w->model;
    int32_t *user = w->index, *item = user + w->batch, *content = item + w->batch;
    vt_rng rng = vt_rng_at(w->fit->seed, "mlp-ids", (uint64_t)batch->epoch, batch->first);
    (void)err;
    for (size_t t = 0; t < batch->n; t++) {
        vt_mlp_row *row = &w->some[t];
        *row = w->row[batch->example[t]];
        row->user = vt_rng_unit(&rng) < w->id_dropout ? -1 : row->user;
        row->id = vt_rng_unit(&rng) < w->id_dropout ? -1 : row->id;
        user[t] = row->user;
        item[t] = row->id;
        content[t] = row->item;
        vt_mlp_times(w->times + t * VT_MLP_TIMES, m, row->time);
    }
    *terms = batch->n;
    return VT_OK;
}

static vt_head_batch head_batch(const work *w, const vt_batch *batch)
{
    return (vt_head_batch){w->x, w->present, batch->n, true, batch->key};
}

static void forward(void *context, const vt_batch *batch)
{
    work *w = context;
    vt_mlp *m = w->model;
    const float *value = m->params.value;
    const int32_t *content = w->index + 2 * w->batch;
    size_t n = batch->n;
    vt_nn_linear(&w->nn, w->time, w->times, value + m->time_weight, value + m->time_bias, n, VT_MLP_TIMES, m->d);
    for (int c = 0; c < CONTENTS; c++) {
        if (w->vector[c] != NULL) {
            vt_nn_gather(&w->nn, w->given[c], w->vector[c], content, 1.0F, n, w->content_d[c]);
            vt_nn_linear(&w->nn, w->projected[c], w->given[c], value + w->weight[c], NULL, n, w->content_d[c], m->d);
        }
    }
    vt_mlp_inputs(w->x, w->present, m, w->some, n, w->projected[0], w->projected[1], w->time);
    const vt_head_batch head = head_batch(w, batch);
    vt_rating_head_forward(&w->nn, w->out, w->attention, &m->head, value, &head, w->buffers);
}

/* Squared errors. */
static double loss_of(void *context, const vt_batch *batch)
{
    work *w = context;
    const vt_mlp *m = w->model;
    const float *value = m->params.value;
    const int32_t *user = w->index, *item = user + w->batch;
    double sum = 0.0;
    for (size_t t = 0; t < batch->n; t++) {
        float bias = (user[t] < 0 ? 0.0F : value[m->user_bias + (size_t)user[t]]) +
                     (item[t] < 0 ? 0.0F : value[m->item_bias + (size_t)item[t]]);
        float error = w->out[t] + bias - w->value[batch->example[t]];
        w->dout[t] = 2.0F * error / (float)batch->n;
        sum += (double)error * (double)error;
    }
    return sum;
}

/* Gradients of one input of the batch, side by side. */
static const float *gradient_of(work *w, size_t input, size_t n)
{
    size_t d = w->model->d;
    for (size_t t = 0; t < n; t++) {
        memcpy(w->part + t * d, w->dx + (t * VT_FUSION_INPUTS + input) * d, d * sizeof *w->part);
    }
    return w->part;
}

static void backward(void *context, const vt_batch *batch)
{
    work *w = context;
    vt_mlp *m = w->model;
    float *value = m->params.value, *gradient = m->params.gradient;
    const int32_t *user = w->index, *item = user + w->batch;
    size_t n = batch->n;
    const vt_head_batch head = head_batch(w, batch);
    vt_rating_head_back(&w->nn, w->dx, gradient, w->dout, w->attention, &m->head, value, &head, w->buffers);
    vt_nn_scatter(&w->nn, gradient + m->user_bias, w->dout, user, 1.0F, n, 1);
    vt_nn_scatter(&w->nn, gradient + m->item_bias, w->dout, item, 1.0F, n, 1);
    vt_nn_scatter(&w->nn, gradient + m->user, gradient_of(w, VT_FUSION_USER, n), user, 1.0F, n, m->d);
    vt_nn_scatter(&w->nn, gradient + m->item, gradient_of(w, VT_FUSION_ITEM, n), item, 1.0F, n, m->d);
    vt_nn_linear_back(&w->nn, NULL, gradient + m->time_weight, gradient + m->time_bias,
                      gradient_of(w, VT_FUSION_TIME, n), w->times, value + m->time_weight, n, VT_MLP_TIMES, m->d);
    for (size_t c = 0; c < CONTENTS; c++) {
        if (w->vector[c] != NULL) {
            vt_nn_linear_back(&w->nn, NULL, gradient + w->weight[c], NULL, gradient_of(w, VT_FUSION_TEXT + c, n),
                              w->given[c], value + w->weight[c], n, w->content_d[c], m->d);
        }
    }
}

/* What answers need of texts and photos: their projections. */
static int project(void *context, vt_error *err)
{
    const work *w = context;
    vt_mlp *m = w->model;
    size_t items = (size_t)m->n_items;
    (void)err;
    for (size_t c = 0; c < CONTENTS; c++) {
        if (w->vector[c] != NULL) {
            vt_nn_linear(&w->nn, m->content + c * items * m->d, w->vector[c], m->params.value + w->weight[c], NULL,
                         items, w->content_d[c], m->d);
        }
    }
    return VT_OK;
}

static void start(work *w)
{
    vt_mlp *m = w->model;
    vt_nn_params *params = &m->params;
    uint64_t seed = w->fit->seed;
    double deviation = 1.0 / sqrt((double)m->d);
    vt_nn_params_normal(params, "user.vector", deviation, seed);
    vt_nn_params_normal(params, "item.vector", deviation, seed);
    vt_nn_params_normal(params, "time.weight", 0.5 * deviation, seed);
    if (w->vector[0] != NULL) {
        vt_nn_params_normal(params, "text.weight", deviation, seed);
    }
    if (w->vector[1] != NULL) {
        vt_nn_params_normal(params, "image.weight", deviation, seed);
    }
    vt_rating_head_start(&m->head, params, seed);
}

int vt_mlp_fit(vt_mlp *m, const vt_fit *fit, const vt_pair_set *set, vt_error *err)
{
    static const vt_batch_ops ops = {lay_out, forward, loss_of, backward};
    const double *setting = fit->params->value;
    work w = {.model = m, .fit = fit, .nn = vt_nn_with(fit->threads), .id_dropout = setting[VT_MLP_ID_DROPOUT]};
    m->scale[0] = set->mean;
    m->scale[1] = (double)set->low;
    m->scale[2] = (double)set->high;
    int status = list_rows(&w, set, err);
    size_t most = (size_t)setting[VT_MLP_BATCH];
    w.batch = w.n < most ? w.n : most;
    if (status == VT_OK) {
        status = place_vectors(&w, 0, fit->text, m->text_weight, err);
    }
    if (status == VT_OK) {
        status = place_vectors(&w, 1, fit->image, m->image_weight, err);
    }
    if (status == VT_OK) {
        status = alloc_workspace(&w, err);
    }
    if (status == VT_OK) {
        start(&w);
        const vt_batch_training training = {
            .nn = &w.nn,
            .params = &m->params,
            .ops = &ops,
            .prepare = project,
            .work = &w,
            .order = "mlp-order",
            .examples = w.n,
            .batch = w.batch,
            .schedule = {.rate = setting[VT_MLP_RATE], .decay = setting[VT_MLP_WEIGHT_DECAY]},
            .epochs = (int)setting[VT_MLP_EPOCHS],
            .patience = (int)setting[VT_MLP_PATIENCE],
            .every = 1,
        };
        status = vt_batch_train(&training, fit, err);
    }
    work_done(&w);
    return status;
}
