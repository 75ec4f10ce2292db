/* The fit of mlp-fusion: batches of ratings in an order of each epoch's own, squared error, AdamW. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "model/mlp_state.h"
#include "model/trainer.h"
#include "vitrine/encoder.h"
#include "vitrine/record.h"

enum { REPORTS = 8, CONTENTS = 2 };

typedef struct work {
    vt_mlp *model;
    const vt_fit *fit;
    vt_nn nn;
    vt_mlp_row *row; /* (N) */
    float *value;    /* (N) less the mean */
    int32_t *order;  /* (N) of the epoch */
    size_t n, batch, steps;
    double id_dropout;
    size_t content_d[CONTENTS];
    size_t weight[CONTENTS];    /* places in the slab */
    float *vector[CONTENTS];    /* (I, text or image d) as encoded, zeros where an item has none */
    float *given[CONTENTS];     /* (batch, d) of them */
    float *projected[CONTENTS]; /* (batch, D) */
    /* of a batch */
    vt_mlp_row *some;
    int32_t *index; /* (4, batch) user, item, item of the content and its likes */
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
    w->order = w->value == NULL ? NULL : vt_alloc(w->n, sizeof *w->order, err);
    if (w->order == NULL) {
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
            memcpy(w->vector[content] + i * d, given->data + (size_t)at * d, d * sizeof **w->vector);
            m->has[(size_t)content * items + i] = 1;
        }
    }
    return VT_OK;
}

static int make_room(work *w, vt_error *err)
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
    vt_free(w->order);
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

/* Fills the inputs of the `n` ratings from `first` on; some users and items go without their own vectors. */
static void choose(work *w, size_t first, size_t n, int epoch)
{
    vt_mlp *m = w->model;
    const float *value = m->params.value;
    int32_t *user = w->index, *item = user + w->batch, *content = item + w->batch;
    vt_rng rng = vt_rng_at(w->fit->seed, "mlp-ids", (uint64_t)epoch, first);
    for (size_t t = 0; t < n; t++) {
        vt_mlp_row *row = &w->some[t];
        *row = w->row[w->order[first + t]];
        row->user = vt_rng_unit(&rng) < w->id_dropout ? -1 : row->user;
        row->id = vt_rng_unit(&rng) < w->id_dropout ? -1 : row->id;
        user[t] = row->user;
        item[t] = row->id;
        content[t] = row->item;
        vt_mlp_times(w->times + t * VT_MLP_TIMES, m, row->time);
    }
    vt_nn_linear(&w->nn, w->time, w->times, value + m->time_weight, value + m->time_bias, n, VT_MLP_TIMES, m->d);
    for (int c = 0; c < CONTENTS; c++) {
        if (w->vector[c] != NULL) {
            vt_nn_gather(&w->nn, w->given[c], w->vector[c], content, 1.0F, n, w->content_d[c]);
            vt_nn_linear(&w->nn, w->projected[c], w->given[c], value + w->weight[c], NULL, n, w->content_d[c], m->d);
        }
    }
    vt_mlp_inputs(w->x, w->present, m, w->some, n, w->projected[0], w->projected[1], w->time);
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

/* One step on a batch; gives the sum of squared errors. */
static double run_step(work *w, size_t first, size_t n, int epoch, uint64_t key)
{
    vt_mlp *m = w->model;
    float *value = m->params.value, *gradient = m->params.gradient;
    const int32_t *user = w->index, *item = user + w->batch;
    double sum = 0.0;
    choose(w, first, n, epoch);
    const vt_head_batch batch = {w->x, w->present, n, true, key};
    vt_rating_head_forward(&w->nn, w->out, w->attention, &m->head, value, &batch, w->buffers);
    for (size_t t = 0; t < n; t++) {
        float bias = (user[t] < 0 ? 0.0F : value[m->user_bias + (size_t)user[t]]) +
                     (item[t] < 0 ? 0.0F : value[m->item_bias + (size_t)item[t]]);
        float error = w->out[t] + bias - w->value[w->order[first + t]];
        w->dout[t] = 2.0F * error / (float)n;
        sum += (double)error * (double)error;
    }
    vt_rating_head_back(&w->nn, w->dx, gradient, w->dout, w->attention, &m->head, value, &batch, w->buffers);
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
    return sum;
}

static int run_epoch(void *context, vt_trainer *trainer, int epoch, double *loss, vt_error *err)
{
    work *w = context;
    const double *setting = w->fit->params->value;
    int64_t steps = (int64_t)w->steps, all = steps * (int64_t)setting[VT_MLP_EPOCHS];
    double sum = 0.0;
    size_t told = 0;
    vt_rng rng = vt_rng_at(w->fit->seed, "mlp-order", (uint64_t)epoch, 0);
    for (size_t i = 0; i < w->n; i++) {
        size_t j = (size_t)vt_rng_below(&rng, i + 1);
        w->order[i] = w->order[j];
        w->order[j] = (int32_t)i;
    }
    for (size_t s = 0; s < w->steps; s++) {
        size_t first = s * w->batch, n = w->n - first < w->batch ? w->n - first : w->batch;
        int64_t step = (int64_t)epoch * steps + (int64_t)s + 1;
        sum += run_step(w, first, n, epoch, vt_nn_key(w->fit->seed, (uint64_t)epoch, s, 0));
        const vt_nn_adamw adamw = {
            vt_nn_rate(setting[VT_MLP_RATE], step, all, 0, 0.0), 0.9, 0.999, 1e-8, setting[VT_MLP_WEIGHT_DECAY], 0.0};
        vt_nn_params_step(&w->nn, &w->model->params, &adamw, step);
        if ((s + 1) * REPORTS / w->steps > told) {
            told = (s + 1) * REPORTS / w->steps;
            int status = vt_trainer_report(trainer, (double)(s + 1) / (double)w->steps, sum / (double)(first + n), err);
            if (status != VT_OK) {
                return status;
            }
        }
    }
    *loss = sum / (double)w->n;
    return VT_OK;
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
    const double *setting = fit->params->value;
    work w = {.model = m, .fit = fit, .nn = vt_nn_with(fit->threads), .id_dropout = setting[VT_MLP_ID_DROPOUT]};
    m->scale[0] = set->mean;
    m->scale[1] = (double)set->low;
    m->scale[2] = (double)set->high;
    int status = list_rows(&w, set, err);
    size_t most = (size_t)setting[VT_MLP_BATCH];
    w.batch = w.n < most ? w.n : most;
    w.steps = w.n == 0 ? 0 : (w.n + w.batch - 1) / w.batch;
    if (status == VT_OK) {
        status = place_vectors(&w, 0, fit->text, m->text_weight, err);
    }
    if (status == VT_OK) {
        status = place_vectors(&w, 1, fit->image, m->image_weight, err);
    }
    if (status == VT_OK) {
        status = make_room(&w, err);
    }
    if (status == VT_OK) {
        start(&w);
        const vt_train_array arrays[] = {
            {"network", VT_F32, m->params.value, m->params.floats, true},
            {"first", VT_F32, m->params.first, m->params.floats, false},
            {"second", VT_F32, m->params.second, m->params.floats, false},
        };
        const vt_training training = {
            .state = m,
            .array = arrays,
            .n_arrays = sizeof arrays / sizeof *arrays,
            .epochs = (int)setting[VT_MLP_EPOCHS],
            .patience = (int)setting[VT_MLP_PATIENCE],
            .every = 1,
            .epoch = run_epoch,
            .prepare = project,
            .context = &w,
        };
        status = vt_train(&training, fit, err);
    }
    work_done(&w);
    return status;
}
