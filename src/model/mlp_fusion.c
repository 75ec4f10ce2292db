/*
 * Neural fusion for ratings: vectors of the user, the item, its text, its photo and the moment, weighed by attention
 * over those that are there, through a network of 256, 128 and 64 to one number (the head, rating_head.c), beside
 * biases of user and item. After He, Liao, Zhang and others 2017 (embeddings and a network in place of a product).
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "model/mlp_state.h"
#include "model/model.h"
#include "model/tensors.h"
#include "vitrine/encoder.h"
#include "vitrine/record.h"

/* Rows of one pass, and ratings of 0 error that draw the bias of a stranger towards 0. */
enum { BLOCK = 256, DRAW = 5 };

static const vt_param_spec params[VT_MLP_PARAMS] = {
    [VT_MLP_SIZE] = {"size", VT_PARAM_INT, 128.0, 1.0, 2048.0, NULL, "", "length of each of the vectors"},
    [VT_MLP_EPOCHS] = {"epochs", VT_PARAM_INT, 10.0, 1.0, 10000.0, NULL, "epochs", "passes over the ratings, at most"},
    [VT_MLP_BATCH] = {"batch", VT_PARAM_INT, 256.0, 1.0, 65536.0, NULL, "ratings", "of one step"},
    [VT_MLP_RATE] = {"learning_rate", VT_PARAM_REAL, 0.001, 1e-7, 1000.0, NULL, "",
                     "largest step of AdamW; it falls in a half cosine over the epochs"},
    [VT_MLP_WEIGHT_DECAY] = {"weight_decay", VT_PARAM_REAL, 1.0, 0.0, 100.0, NULL, "",
                             "share times the step that each weight loses in a step"},
    [VT_MLP_DROPOUT] = {"dropout", VT_PARAM_REAL, 0.3, 0.0, 0.95, NULL, "",
                        "share of the hidden units left out in each step"},
    [VT_MLP_ID_DROPOUT] = {"id_dropout", VT_PARAM_REAL, 0.1, 0.0, 0.95, NULL, "",
                           "share of users and items whose own vectors are left out in each step, as they are missing "
                           "for new ones"},
    [VT_MLP_PATIENCE] = {"patience", VT_PARAM_INT, 5.0, 0.0, 10000.0, NULL, "epochs",
                         "without a better validation until the fit stops; 0: never"},
    [VT_MLP_WITHOUT] = {"without", VT_PARAM_CHOICE, 0.0, 0.0, 0.0, "nothing|text|image|both", "",
                        "texts, photos or both of the items, though their vectors are there"},
};

static const vt_preset presets[] = {
    {"ratings", "size=128,epochs=10,learning_rate=0.0005,weight_decay=1", "many ratings a user (found on ml-100k)"},
};

void vt_mlp_free(void *model)
{
    vt_mlp *m = model;
    if (m != NULL) {
        vt_nn_params_done(&m->params);
        vt_free(m->user_count);
        vt_free(m->item_count);
        vt_free(m->has);
        vt_free(m->content);
        vt_free(m);
    }
}

/* The tables: what answers need first, then what projects texts and photos. */
static int add_tensors(vt_mlp *m, double dropout, size_t text_d, size_t image_d, vt_error *err)
{
    const struct {
        size_t *offset;
        const char *name;
        size_t rows, cols;
        bool decays;
    } tensors[] = {
        {&m->user, "user.vector", (size_t)m->n_users, m->d, true},
        {&m->item, "item.vector", (size_t)m->n_items, m->d, true},
        {&m->user_bias, "user.bias", (size_t)m->n_users, 1, true},
        {&m->item_bias, "item.bias", (size_t)m->n_items, 1, true},
        {&m->time_weight, "time.weight", m->d, VT_MLP_TIMES, true},
        {&m->time_bias, "time.bias", 1, m->d, false},
    };
    int status = VT_OK;
    for (size_t t = 0; status == VT_OK && t < sizeof tensors / sizeof *tensors; t++) {
        status = vt_nn_params_add(tensors[t].offset, &m->params, tensors[t].name, tensors[t].rows, tensors[t].cols,
                                  tensors[t].decays, err);
    }
    if (status == VT_OK) {
        status = vt_rating_head_add(&m->head, &m->params, VT_FUSION_INPUTS, m->d, dropout, err);
    }
    m->served = m->params.floats;
    if (status == VT_OK && text_d > 0) {
        status = vt_nn_params_add(&m->text_weight, &m->params, "text.weight", m->d, text_d, true, err);
    }
    if (status == VT_OK && image_d > 0) {
        status = vt_nn_params_add(&m->image_weight, &m->params, "image.weight", m->d, image_d, true, err);
    }
    return status == VT_OK ? vt_nn_params_alloc(&m->params, err) : status;
}

int vt_mlp_create(vt_mlp **out, const vt_params *settings, int32_t n_users, int32_t n_items, size_t text_d,
                  size_t image_d, vt_error *err)
{
    vt_mlp *m = vt_alloc_zero(1, sizeof *m, err);
    if (m == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    m->n_users = n_users;
    m->n_items = n_items;
    m->d = (size_t)settings->value[VT_MLP_SIZE];
    size_t items = (size_t)n_items;
    int status = add_tensors(m, settings->value[VT_MLP_DROPOUT], text_d, image_d, err);
    m->user_count = status != VT_OK ? NULL : vt_alloc_zero((size_t)n_users, sizeof *m->user_count, err);
    m->item_count = m->user_count == NULL ? NULL : vt_alloc_zero(items, sizeof *m->item_count, err);
    m->has = m->item_count == NULL ? NULL : vt_alloc_zero(2 * items, 1, err);
    m->content = m->has == NULL ? NULL : vt_alloc_aligned(2 * items, m->d * sizeof *m->content, err);
    if (m->content == NULL) {
        vt_mlp_free(m);
        return status == VT_OK ? VT_ERR_NO_MEMORY : status;
    }
    memset(m->content, 0, 2 * items * m->d * sizeof *m->content);
    *out = m;
    return VT_OK;
}

bool vt_mlp_times(float *out, const vt_mlp *m, int64_t time)
{
    memset(out, 0, VT_MLP_TIMES * sizeof *out);
    if (time == VT_NONE) {
        return false;
    }
    static const double period[] = {86400.0, 7.0 * 86400.0, 365.2425 * 86400.0};
    double place = (double)(time - m->span[0]) / ((double)(m->span[1] - m->span[0]) + 1.0);
    out[0] = (float)(2.0 * fmin(fmax(place, 0.0), 1.0) - 1.0);
    for (int p = 0; p < 3; p++) {
        double turn = 6.283185307179586 * fmod((double)time, period[p]) / period[p];
        out[1 + 2 * p] = (float)sin(turn);
        out[2 + 2 * p] = (float)cos(turn);
    }
    return true;
}

void vt_mlp_inputs(float *x, uint8_t *present, const vt_mlp *m, const vt_mlp_row *rows, size_t n, const float *text,
                   const float *image, const float *time)
{
    size_t d = m->d, items = (size_t)m->n_items;
    const float *value = m->params.value;
    for (size_t t = 0; t < n; t++) {
        size_t item = (size_t)rows[t].item;
        const float *from[VT_FUSION_INPUTS] = {
            [VT_FUSION_USER] = rows[t].user < 0 ? NULL : value + m->user + (size_t)rows[t].user * d,
            [VT_FUSION_ITEM] = rows[t].id < 0 ? NULL : value + m->item + (size_t)rows[t].id * d,
            [VT_FUSION_TEXT] = !m->has[item]  ? NULL
                               : text == NULL ? m->content + item * d
                                              : text + t * d,
            [VT_FUSION_IMAGE] = !m->has[items + item] ? NULL
                                : image == NULL       ? m->content + (items + item) * d
                                                      : image + t * d,
            [VT_FUSION_TIME] = rows[t].time == VT_NONE ? NULL : time + t * d,
        };
        for (size_t i = 0; i < VT_FUSION_INPUTS; i++) {
            float *to = x + (t * VT_FUSION_INPUTS + i) * d;
            present[t * VT_FUSION_INPUTS + i] = from[i] != NULL;
            if (from[i] != NULL) {
                memcpy(to, from[i], d * sizeof *to);
            } else {
                memset(to, 0, d * sizeof *to);
            }
        }
    }
}

static int mlp_fit(void **state, const vt_fit *fit, vt_error *err)
{
    vt_mlp *m = NULL;
    vt_pair_set set;
    vt_fit with = *fit;
    int without = (int)fit->params->value[VT_MLP_WITHOUT]; /* 1 texts, 2 photos, 3 both */
    int status = vt_pair_set_init(&set, fit->train, err);
    if (status != VT_OK) {
        return status;
    }
    with.text = (without & 1) != 0 ? NULL : fit->text;
    with.image = (without & 2) != 0 ? NULL : fit->image;
    status = vt_mlp_create(&m, fit->params, fit->train->n_users, fit->train->n_items,
                           with.text == NULL ? 0 : with.text->d, with.image == NULL ? 0 : with.image->d, err);
    *state = m;
    if (status == VT_OK) {
        status = vt_mlp_fit(m, &with, &set, err);
    }
    vt_pair_set_done(&set);
    return status;
}

static int mlp_save(const void *state, vt_tensor_list *list, vt_error *err)
{
    const vt_mlp *m = state;
    int64_t d = (int64_t)m->d;
    const vt_tensor tensors[] = {
        {"network", VT_F32, 1, {(int64_t)m->served, 0}, m->params.value},
        {"items.content", VT_F32, 2, {2 * (int64_t)m->n_items, d}, m->content},
        {"items.has", VT_U8, 1, {2 * (int64_t)m->n_items, 0}, m->has},
        {"users.ratings", VT_I32, 1, {m->n_users, 0}, m->user_count},
        {"items.ratings", VT_I32, 1, {m->n_items, 0}, m->item_count},
        {"span", VT_I64, 1, {2, 0}, m->span},
        {"scale", VT_F64, 1, {3, 0}, m->scale},
    };
    int status = VT_OK;
    for (size_t t = 0; status == VT_OK && t < sizeof tensors / sizeof *tensors; t++) {
        const vt_tensor *tensor = &tensors[t];
        status = vt_tensor_list_add(list, tensor->name, tensor->dtype, tensor->shape[0], tensor->shape[1], tensor->data,
                                    err);
    }
    return status;
}

static int mlp_load(void **state, const vt_safetensors *file, const vt_params *settings, int32_t n_users,
                    int32_t n_items, vt_error *err)
{
    vt_mlp *m = NULL;
    vt_tensor has;
    int64_t items = n_items;
    int status = vt_safetensors_tensor(file, "items.has", VT_U8, 1, 2 * items, 0, &has, err);
    if (status == VT_OK) {
        status = vt_mlp_create(&m, settings, n_users, n_items, 0, 0, err);
    }
    if (status != VT_OK) {
        return status;
    }
    *state = m;
    memcpy(m->has, has.data, 2 * (size_t)n_items);
    status = vt_tensor_read_f32(m->params.value, file, "network", (int64_t)m->served, 0, err);
    if (status == VT_OK) {
        status = vt_tensor_read_f32(m->content, file, "items.content", 2 * items, (int64_t)m->d, err);
    }
    if (status == VT_OK) {
        status = vt_tensor_read_counts(m->user_count, file, "users.ratings", n_users, err);
    }
    if (status == VT_OK) {
        status = vt_tensor_read_counts(m->item_count, file, "items.ratings", n_items, err);
    }
    if (status == VT_OK) {
        status = vt_span_read(m->span, file, err);
    }
    if (status == VT_OK) {
        status = vt_scale_read(m->scale, file, err);
    }
    return status;
}

/* Room for a pass over up to BLOCK rows. */
typedef struct pass {
    float *x, *time, *times, *out, *attention, *buffers;
    uint8_t *present;
} pass;

static void pass_done(pass *p)
{
    vt_free(p->x);
    vt_free(p->present);
}

static int pass_init(pass *p, const vt_mlp *m, vt_error *err)
{
    size_t d = m->d, floats = BLOCK * (VT_FUSION_INPUTS * (d + 1) + d + VT_MLP_TIMES + 1);
    *p = (pass){0};
    p->present = vt_alloc(BLOCK * VT_FUSION_INPUTS, 1, err);
    p->x = p->present == NULL ? NULL
                              : vt_alloc_aligned(floats + vt_rating_head_floats(&m->head, BLOCK), sizeof *p->x, err);
    if (p->x == NULL) {
        pass_done(p);
        return VT_ERR_NO_MEMORY;
    }
    p->time = p->x + BLOCK * VT_FUSION_INPUTS * d;
    p->times = p->time + BLOCK * d;
    p->out = p->times + BLOCK * VT_MLP_TIMES;
    p->attention = p->out + BLOCK;
    p->buffers = p->attention + BLOCK * VT_FUSION_INPUTS;
    return VT_OK;
}

/* Predictions, before they are put on the scale, of up to BLOCK rows into p->out, and the weights of their inputs. */
static void run(pass *p, const vt_mlp *m, const vt_mlp_row *rows, size_t n, double bias)
{
    vt_nn nn = vt_nn_with(1);
    const float *value = m->params.value;
    for (size_t t = 0; t < n; t++) {
        vt_mlp_times(p->times + t * VT_MLP_TIMES, m, rows[t].time);
    }
    vt_nn_linear(&nn, p->time, p->times, value + m->time_weight, value + m->time_bias, n, VT_MLP_TIMES, m->d);
    vt_mlp_inputs(p->x, p->present, m, rows, n, NULL, NULL, p->time);
    const vt_head_batch batch = {p->x, p->present, n, false, 0};
    vt_rating_head_forward(&nn, p->out, p->attention, &m->head, value, &batch, p->buffers);
    for (size_t t = 0; t < n; t++) {
        double own = rows[t].user < 0 ? bias : (double)value[m->user_bias + (size_t)rows[t].user];
        own += rows[t].id < 0 ? 0.0 : (double)value[m->item_bias + (size_t)rows[t].id];
        p->out[t] = (float)(m->scale[0] + own + (double)p->out[t]);
    }
}

static vt_mlp_row row_of(const vt_mlp *m, int32_t user, int32_t item, int64_t time)
{
    return (vt_mlp_row){user, m->item_count[item] > 0 ? item : -1, item, time};
}

/* The user's number where they are known, else -1 and how much better or worse than predicted they rate. */
static int know(int32_t *number, double *bias, pass *p, const vt_mlp *m, const vt_user_state *user, vt_error *err)
{
    *number = user->user >= 0 && m->user_count[user->user] > 0 ? user->user : -1;
    *bias = 0.0;
    if (*number >= 0 || user->n == 0 || user->value == NULL) {
        return VT_OK;
    }
    double sum = 0.0, rated = 0.0;
    vt_mlp_row rows[BLOCK];
    vt_pair *pairs = vt_alloc(user->n, sizeof *pairs, err);
    if (pairs == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    size_t n = vt_pairs_of(pairs, user);
    for (size_t at = 0; at < n; at += BLOCK) {
        size_t some = n - at < BLOCK ? n - at : BLOCK;
        for (size_t t = 0; t < some; t++) {
            rows[t] = row_of(m, -1, pairs[at + t].item, pairs[at + t].time);
        }
        run(p, m, rows, some, 0.0);
        for (size_t t = 0; t < some; t++) {
            if (!isnan(pairs[at + t].value)) {
                sum += (double)pairs[at + t].value - (double)p->out[t];
                rated += 1.0;
            }
        }
    }
    *bias = sum / (rated + DRAW);
    vt_free(pairs);
    return VT_OK;
}

/* Predicts `n` items (all when `items` is NULL) for a state; either output may be NULL. */
static int answer(float *ratings, float *attention, const vt_mlp *m, const vt_user_state *user, const int32_t *items,
                  size_t n, pass *p, vt_error *err)
{
    int32_t number = -1;
    double bias = 0.0;
    vt_mlp_row rows[BLOCK];
    int status = know(&number, &bias, p, m, user, err);
    for (size_t at = 0; status == VT_OK && at < n; at += BLOCK) {
        size_t some = n - at < BLOCK ? n - at : BLOCK;
        for (size_t t = 0; t < some; t++) {
            rows[t] = row_of(m, number, items == NULL ? (int32_t)(at + t) : items[at + t], user->now);
        }
        run(p, m, rows, some, bias);
        if (ratings != NULL) {
            memcpy(ratings + at, p->out, some * sizeof *ratings);
        }
        if (attention != NULL) {
            memcpy(attention + at * VT_FUSION_INPUTS, p->attention, some * VT_FUSION_INPUTS * sizeof *attention);
        }
    }
    return status;
}

static int mlp_score(const void *state, const vt_user_state *states, size_t n, float *scores, vt_error *err)
{
    const vt_mlp *m = state;
    size_t items = (size_t)m->n_items;
    pass p;
    int status = pass_init(&p, m, err);
    if (status != VT_OK) {
        return status;
    }
    for (size_t s = 0; status == VT_OK && s < n; s++) {
        status = answer(scores + s * items, NULL, m, &states[s], NULL, items, &p, err);
        for (size_t i = 0; status == VT_OK && i < items; i++) {
            if (m->item_count[i] == 0 && !m->has[i] && !m->has[items + i]) {
                scores[s * items + i] = -INFINITY;
            }
        }
    }
    pass_done(&p);
    return status;
}

static int mlp_predict(const void *state, const vt_user_state *user, const int32_t *items, size_t n, float *ratings,
                       vt_error *err)
{
    const vt_mlp *m = state;
    pass p;
    int status = pass_init(&p, m, err);
    if (status != VT_OK) {
        return status;
    }
    status = answer(ratings, NULL, m, user, items, n, &p, err);
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        ratings[i] = vt_scale_clip(m->scale, (double)ratings[i]);
    }
    pass_done(&p);
    return status;
}

int vt_mlp_fusion_attention(float *attention, const vt_model *model, const vt_user_state *user, const int32_t *items,
                            size_t n, vt_error *err)
{
    if (model->ops != &vt_model_mlp_fusion) {
        return vt_fail(err, VT_ERR_UNSUPPORTED, "%s weighs no inputs; mlp-fusion does", model->ops->kind.name);
    }
    float unused = 0.0F;
    int status = vt_model_predict(model, user, items, 0, &unused, err); /* checks the state */
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        if (items[i] < 0 || items[i] >= model->items.n) {
            status = vt_fail(err, VT_ERR_USAGE, "item %d is not one of the %d items of the model", (int)items[i],
                             (int)model->items.n);
        }
    }
    pass p;
    if (status == VT_OK) {
        status = pass_init(&p, model->state, err);
    }
    if (status != VT_OK) {
        return status;
    }
    status = answer(NULL, attention, model->state, user, items, n, &p, err);
    pass_done(&p);
    return status;
}

const vt_model_ops vt_model_mlp_fusion = {
    .kind = {"mlp-fusion", "ratings by a network that weighs words, photos and the moment",
             "He and others 2017; Vaswani and others 2017", VT_MODEL_NEEDS_VECTORS | VT_MODEL_RATES | VT_MODEL_EPOCHS,
             params, VT_MLP_PARAMS, presets, sizeof presets / sizeof presets[0]},
    .fit = mlp_fit,
    .free = vt_mlp_free,
    .save = mlp_save,
    .load = mlp_load,
    .score = mlp_score,
    .predict = mlp_predict,
};
