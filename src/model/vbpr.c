/*
 * VBPR (He and McAuley 2016): pairwise ranking with what items look like, or say, beside free vectors:
 *     score(u, i) = b_i + p_u.q_i + t_u.(E f_i) + e.f_i        f_i the item's vector, less the mean of all
 * Users and free vectors take the steps of bpr. E and e are shared by all, so they do not move during a round of
 * strata, in which the gradient of each item's E f_i and e.f_i is summed up; between rounds it becomes that of E and e,
 * these take one step of AdamW, and the items follow. An item that nobody chose yet has no free part and ranks by its
 * vector.
 */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "math/blas.h"
#include "math/kernels.h"
#include "math/nn/params.h"
#include "model/bpr.h"
#include "vitrine/encoder.h"

enum { VT_VBPR_BY = VT_BPR_PARAMS, VT_VBPR_VISUAL, VT_VBPR_RATE, VT_VBPR_WEIGHT_DECAY, VT_VBPR_PARAMS };
enum { BY_IMAGE, BY_TEXT };

/* Rows of a product, and columns of a gradient, that are one task. */
enum { ROWS = 256, COLUMNS = 64 };

static const vt_param_spec params[VT_VBPR_PARAMS] = {
    VT_BPR_TABLE,
    [VT_VBPR_BY] = {"by", VT_PARAM_CHOICE, BY_IMAGE, 0.0, 0.0, "image|text", "", "which vectors of the items count"},
    [VT_VBPR_VISUAL] = {"visual_factors", VT_PARAM_INT, 32.0, 1.0, 2048.0, NULL, "",
                        "length that the items' vectors are projected to"},
    [VT_VBPR_RATE] = {"projection_rate", VT_PARAM_REAL, 0.002, 1e-7, 1.0, NULL, "",
                      "size of the steps of the projection, by AdamW"},
    [VT_VBPR_WEIGHT_DECAY] = {"weight_decay", VT_PARAM_REAL, 0.0, 0.0, 100.0, NULL, "", "of the projection"},
};

static const vt_preset presets[] = {
    {"reviews",
     "by=text,factors=128,epochs=100,learning_rate=0.0917,l2_user=0.0124,l2_item=0.00367,l2_negative=0.00367,"
     "l2_bias=0.0721,negatives=popularity,visual_factors=8,projection_rate=2e-05",
     "few events a user, as in review data (found on Beauty-Health 2023, most of it for bpr)"},
};

/* Legend: N items with a vector, those with events first; F dimensions of a vector; V columns of the projection. */
typedef struct side {
    vt_bpr *model;
    const vt_fit *fit;
    vt_nn nn;
    vt_nn_params params;  /* (V + 1, F): E, then e */
    int32_t *item;        /* (N) */
    float *vector;        /* (N, F) less the mean */
    float *projected;     /* (N, V + 1) */
    float *slope;         /* (N, V + 1) gradients by item */
    float *gradient;      /* (I, D - learnt) for the kernel */
    float *bias_gradient; /* (I) */
    size_t n, n_chosen;   /* N, of which with events */
    size_t f, v, wide;    /* F, V, D - learnt */
} side;

static void side_done(side *s)
{
    vt_nn_params_done(&s->params);
    vt_free(s->item);
    vt_free(s->vector);
    vt_free(s->projected);
    vt_free(s->slope);
    vt_free(s->gradient);
    vt_free(s->bias_gradient);
}

/* Lists items with a vector, those with events first, and copies their vectors less the mean of all listed. */
static int gather(side *s, const vt_item_vectors *given, vt_error *err)
{
    const vt_ids *items = &s->fit->train->snapshot->items;
    size_t n_items = (size_t)items->n;
    int status = VT_ERR_NO_MEMORY;
    uint8_t *chosen = vt_alloc_zero(n_items, 1, err);
    int32_t *at = chosen == NULL ? NULL : vt_alloc(n_items, sizeof *at, err);
    double *mean = at == NULL ? NULL : vt_alloc_zero(s->f, sizeof *mean, err);
    s->item = mean == NULL ? NULL : vt_alloc(n_items, sizeof *s->item, err);
    s->vector = s->item == NULL ? NULL : vt_alloc_aligned(n_items, s->f * sizeof *s->vector, err);
    if (s->vector == NULL) {
        goto out;
    }
    for (int64_t e = 0; e < s->fit->train->n; e++) {
        chosen[s->fit->train->item[e]] = 1;
    }
    for (int32_t i = 0; i < items->n; i++) {
        at[i] = vt_ids_find(&given->ids, vt_ids_get(items, i));
    }
    for (int pass = 0; pass < 2; pass++) {
        for (int32_t i = 0; i < items->n; i++) {
            if (at[i] >= 0 && (chosen[i] == 1) == (pass == 0)) {
                const float *row = vt_item_vector(given, at[i], NULL);
                memcpy(s->vector + s->n * s->f, row, s->f * sizeof *row);
                s->item[s->n++] = i;
                for (size_t k = 0; k < s->f; k++) {
                    mean[k] += (double)row[k];
                }
            }
        }
        s->n_chosen = pass == 0 ? s->n : s->n_chosen;
    }
    for (size_t i = 0; i < s->n * s->f; i++) {
        s->vector[i] -= (float)(mean[i % s->f] / (double)s->n);
    }
    status = VT_OK;
out:
    vt_free(chosen);
    vt_free(at);
    vt_free(mean);
    return status;
}

/* projected = vector (E, e)' for the items `begin` to `end`. */
static void project(const side *s, size_t begin, size_t end)
{
    vt_blas_init();
    size_t columns = s->v + 1, blocks = (end - begin + ROWS - 1) / ROWS;
#pragma omp parallel for schedule(dynamic, 1) num_threads(s->fit->threads) if (blocks > 1)
    for (size_t b = 0; b < blocks; b++) {
        size_t first = begin + b * ROWS, n = end - first < ROWS ? end - first : ROWS;
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)n, (int)columns, (int)s->f, 1.0F,
                    s->vector + first * s->f, (int)s->f, s->params.value, (int)s->f, 0.0F,
                    s->projected + first * columns, (int)columns);
    }
}

/* gradient of (E, e) = slope' vector over the items with events. */
static void gradient_of(const side *s)
{
    size_t columns = s->v + 1, blocks = (s->f + COLUMNS - 1) / COLUMNS;
#pragma omp parallel for schedule(dynamic, 1) num_threads(s->fit->threads) if (blocks > 1)
    for (size_t b = 0; b < blocks; b++) {
        size_t first = b * COLUMNS, n = s->f - first < COLUMNS ? s->f - first : COLUMNS;
        cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)columns, (int)n, (int)s->n_chosen, 1.0F, s->slope,
                    (int)columns, s->vector + first, (int)s->f, 0.0F, s->params.gradient + first, (int)s->f);
    }
}

/* The projected columns of the items `begin` to `end` go into the model; biases move by `sign` times theirs. */
static void place(const side *s, size_t begin, size_t end, float sign, bool columns)
{
    vt_bpr *m = s->model;
    for (size_t r = begin; r < end; r++) {
        const float *from = s->projected + r * (s->v + 1);
        size_t item = (size_t)s->item[r];
        m->bias[item] += sign * from[s->v];
        if (columns) {
            memcpy(m->f.items + item * m->f.d + m->learnt, from, s->v * sizeof *from);
        }
    }
}

/* Between two rounds: the projection takes a step, and the items with events follow. */
static void after(void *context, int64_t round)
{
    side *s = context;
    const double *value = s->fit->params->value;
    size_t columns = s->v + 1;
    for (size_t r = 0; r < s->n_chosen; r++) {
        size_t item = (size_t)s->item[r];
        memcpy(s->slope + r * columns, s->gradient + item * s->wide, s->v * sizeof *s->slope);
        s->slope[r * columns + s->v] = s->bias_gradient[item];
    }
    memset(s->gradient, 0, (size_t)s->model->f.n_items * s->wide * sizeof *s->gradient);
    memset(s->bias_gradient, 0, (size_t)s->model->f.n_items * sizeof *s->bias_gradient);
    project(s, 0, s->n_chosen);
    place(s, 0, s->n_chosen, -1.0F, false);
    gradient_of(s);
    vt_nn_adamw adamw = {.rate = value[VT_VBPR_RATE],
                         .beta1 = 0.9,
                         .beta2 = 0.999,
                         .epsilon = 1e-8,
                         .decay = value[VT_VBPR_WEIGHT_DECAY]};
    vt_nn_params_step(&s->nn, &s->params, &adamw, round + 1);
    project(s, 0, s->n_chosen);
    place(s, 0, s->n_chosen, 1.0F, true);
}

/* Items without events follow when they are to be scored. */
static void follow(void *context)
{
    side *s = context;
    project(s, s->n_chosen, s->n);
    for (size_t r = s->n_chosen; r < s->n; r++) {
        s->model->bias[s->item[r]] = 0.0F;
    }
    place(s, s->n_chosen, s->n, 1.0F, true);
}

static int side_init(side *s, const vt_item_vectors *given, vt_error *err)
{
    const double *value = s->fit->params->value;
    size_t offset = 0, items = (size_t)s->model->f.n_items;
    s->nn = vt_nn_with(s->fit->threads);
    s->f = given->d;
    s->v = (size_t)value[VT_VBPR_VISUAL];
    s->wide = s->model->f.d - s->model->learnt;
    int status = gather(s, given, err);
    if (status == VT_OK) {
        status = vt_nn_params_add(&offset, &s->params, "projection", s->v + 1, s->f, true, err);
    }
    if (status == VT_OK) {
        status = vt_nn_params_alloc(&s->params, err);
    }
    if (status == VT_OK) {
        status = vt_nn_params_train(&s->params, err);
    }
    if (status != VT_OK) {
        return status;
    }
    s->projected = vt_alloc_aligned(s->n, (s->v + 1) * sizeof *s->projected, err);
    s->slope = s->projected == NULL ? NULL : vt_alloc_aligned(s->n, (s->v + 1) * sizeof *s->slope, err);
    s->gradient = s->slope == NULL ? NULL : vt_alloc_aligned(items, s->wide * sizeof *s->gradient, err);
    s->bias_gradient = s->gradient == NULL ? NULL : vt_alloc_zero(items, sizeof *s->bias_gradient, err);
    if (s->bias_gradient == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    memset(s->gradient, 0, items * s->wide * sizeof *s->gradient);
    vt_nn_params_normal(&s->params, "projection", value[VT_BPR_STDEV] / sqrt((double)s->v), s->fit->seed);
    memset(s->params.value + s->v * s->f, 0, s->f * sizeof *s->params.value); /* e starts at zero */
    project(s, 0, s->n_chosen);
    place(s, 0, s->n_chosen, 1.0F, true);
    return VT_OK;
}

static int train(vt_bpr *m, const vt_fit *fit, const vt_item_vectors *given, vt_error *err)
{
    side s = {.model = m, .fit = fit};
    int status = side_init(&s, given, err);
    if (status == VT_OK && s.n_chosen == 0) {
        status = vt_fail(err, VT_ERR_UNSUPPORTED,
                         "none of the items that were chosen has a vector; has the catalogue been imported and encoded "
                         "(\"vitrine encode\")?");
    }
    if (status == VT_OK) {
        const vt_train_array array[] = {
            {"projection", VT_F32, s.params.value, s.params.floats, true},
            {"projection.first", VT_F32, s.params.first, s.params.floats, false},
            {"projection.second", VT_F32, s.params.second, s.params.floats, false},
        };
        vt_bpr_rounds rounds = {s.gradient, s.bias_gradient, after, follow, &s, array, sizeof array / sizeof *array};
        status = vt_bpr_train(m, fit, &rounds, err);
    }
    side_done(&s);
    return status;
}

static int vbpr_create(vt_bpr **out, const vt_params *settings, int32_t n_users, int32_t n_items, vt_error *err)
{
    return vt_bpr_create(out, settings, (size_t)settings->value[VT_VBPR_VISUAL], n_users, n_items, err);
}

static int vbpr_check(const vt_fit *fit, vt_error *err)
{
    bool by_text = (int)fit->params->value[VT_VBPR_BY] == BY_TEXT;
    if ((by_text ? fit->text : fit->image) == NULL) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "vbpr learns from %s, and these items have no vectors of them; make them with \"vitrine "
                       "encode\", or choose the others with --param by=%s",
                       by_text ? "words" : "photos", by_text ? "image" : "text");
    }
    return VT_OK;
}

static int vbpr_fit(void **state, const vt_fit *fit, vt_error *err)
{
    bool by_text = (int)fit->params->value[VT_VBPR_BY] == BY_TEXT;
    const vt_item_vectors *given = by_text ? fit->text : fit->image;
    vt_bpr *m = NULL;
    int status = vbpr_create(&m, fit->params, fit->train->n_users, fit->train->n_items, err);
    *state = m;
    if (status == VT_OK) {
        status = train(m, fit, given, err);
    }
    return status;
}

static int vbpr_load(void **state, const vt_safetensors *file, const vt_params *settings, int32_t n_users,
                     int32_t n_items, vt_error *err)
{
    vt_bpr *m = NULL;
    int status = vbpr_create(&m, settings, n_users, n_items, err);
    *state = m;
    if (status == VT_OK) {
        status = vt_bpr_read(m, file, err);
    }
    return status;
}

const vt_model_ops vt_model_vbpr = {
    .kind = {"vbpr", "pairwise ranking with what items look like or say", "He and McAuley 2016",
             VT_MODEL_SIMILAR | VT_MODEL_USER_VECTOR | VT_MODEL_EPOCHS | VT_MODEL_NEEDS_VECTORS, params, VT_VBPR_PARAMS,
             presets, sizeof presets / sizeof presets[0]},
    .check = vbpr_check,
    .fit = vbpr_fit,
    .free = vt_bpr_free,
    .save = vt_bpr_save,
    .load = vbpr_load,
    .score = vt_factors_score,
    .similar = vt_factors_similar,
    .user_vector = vt_factors_user_vector,
};
