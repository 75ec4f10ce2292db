/*
 * Biased matrix factorization (Koren, Bell, Volinsky 2009): r = mean + b_u + b_i + p_u.q_i, predicted on the scale of
 * the data. A stranger, or a user whose history went on, gets factors and bias by least squares against the items.
 */
#include "model/mf.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "math/blas.h"
#include "math/kernels.h"
#include "model/tensors.h"

static const vt_param_spec params[VT_MF_PARAMS] = {
    [VT_MF_FACTORS] = {"factors", VT_PARAM_INT, 64.0, 1.0, 2048.0, NULL, "", "length of the vectors"},
    [VT_MF_EPOCHS] = {"epochs", VT_PARAM_INT, 40.0, 1.0, 10000.0, NULL, "epochs", "passes over the ratings, at most"},
    [VT_MF_OPTIMISER] = {"optimiser", VT_PARAM_CHOICE, VT_MF_SGD, 0.0, 0.0, "sgd|als", "",
                         "stochastic gradient descent, or alternating least squares"},
    [VT_MF_RATE] = {"learning_rate", VT_PARAM_REAL, 0.02, 1e-7, 1000.0, NULL, "", "step of sgd in the first epoch"},
    [VT_MF_DECAY] = {"decay", VT_PARAM_REAL, 0.96, 0.1, 1.0, NULL, "", "factor of the step from epoch to epoch"},
    [VT_MF_REG_USER] = {"reg_user", VT_PARAM_REAL, 1.0, 0.0, 1000.0, NULL, "", "L2 of the users' factors"},
    [VT_MF_REG_ITEM] = {"reg_item", VT_PARAM_REAL, 1.0, 0.0, 1000.0, NULL, "", "L2 of the items' factors"},
    [VT_MF_REG_USER_BIAS] = {"reg_user_bias", VT_PARAM_REAL, 0.5, 0.0, 1000.0, NULL, "", "L2 of the users' biases"},
    [VT_MF_REG_ITEM_BIAS] = {"reg_item_bias", VT_PARAM_REAL, 0.4, 0.0, 1000.0, NULL, "", "L2 of the items' biases"},
    [VT_MF_FREQUENCY] = {"frequency", VT_PARAM_REAL, 0.5, 0.0, 1.0, NULL, "",
                         "power of its ratings by which the L2 of a row is divided; 0: the same for all"},
    [VT_MF_DROPOUT] = {"dropout", VT_PARAM_REAL, 0.0, 0.0, 0.95, NULL, "",
                       "share of the factors left out in each step of sgd"},
    [VT_MF_STDEV] = {"stdev", VT_PARAM_REAL, 0.02, 1e-6, 100.0, NULL, "", "standard deviation of a starting factor"},
    [VT_MF_PATIENCE] = {"patience", VT_PARAM_INT, 5.0, 0.0, 10000.0, NULL, "epochs",
                        "without a better validation until the fit stops; 0: never"},
};

static const vt_preset presets[] = {
    {"ratings",
     "factors=100,epochs=44,learning_rate=0.02,decay=0.96,reg_user=0.96,reg_item=1,reg_user_bias=0.6,reg_item_bias=0.4,"
     "frequency=0.5,stdev=0.02",
     "many ratings a user (found on ml-100k)"},
};

void vt_mf_free(void *model)
{
    vt_mf *m = model;
    if (m != NULL) {
        vt_free(m->users);
        vt_free(m->items);
        vt_free(m->count);
        vt_free(m->length);
        vt_free(m);
    }
}

int vt_mf_create(vt_mf **out, const vt_params *settings, int32_t n_users, int32_t n_items, vt_error *err)
{
    vt_mf *m = vt_alloc_zero(1, sizeof *m, err);
    if (m == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    m->n_users = n_users;
    m->n_items = n_items;
    m->d = (size_t)settings->value[VT_MF_FACTORS];
    m->ld = vt_pad(m->d + 2);
    m->reg_user = settings->value[VT_MF_REG_USER];
    m->reg_user_bias = settings->value[VT_MF_REG_USER_BIAS];
    m->frequency = settings->value[VT_MF_FREQUENCY];
    m->users = vt_alloc_aligned((size_t)n_users, m->ld * sizeof *m->users, err);
    m->items = m->users == NULL ? NULL : vt_alloc_aligned((size_t)n_items, m->ld * sizeof *m->items, err);
    m->count = m->items == NULL ? NULL : vt_alloc_zero((size_t)n_items, sizeof *m->count, err);
    m->length = m->count == NULL ? NULL : vt_alloc((size_t)n_items, sizeof *m->length, err);
    if (m->length == NULL) {
        vt_mf_free(m);
        return VT_ERR_NO_MEMORY;
    }
    *out = m;
    return VT_OK;
}

static void measure(vt_mf *m)
{
    for (size_t i = 0; i < (size_t)m->n_items; i++) {
        double square = 0.0;
        for (size_t k = 0; k < m->d; k++) {
            square += (double)m->items[i * m->ld + k] * (double)m->items[i * m->ld + k];
        }
        m->length[i] = (float)sqrt(square);
    }
}

static int mf_fit(void **state, const vt_fit *fit, vt_error *err)
{
    vt_mf *m = NULL;
    vt_pair_set set;
    int status = vt_pair_set_init(&set, fit->train, err);
    if (status != VT_OK) {
        return status;
    }
    status = vt_mf_create(&m, fit->params, fit->train->n_users, fit->train->n_items, err);
    if (status == VT_OK) {
        status = vt_mf_fit(m, fit, &set, err);
    }
    vt_pair_set_done(&set);
    if (status != VT_OK) {
        vt_mf_free(m);
        return status;
    }
    measure(m);
    *state = m;
    return VT_OK;
}

static int mf_save(const void *state, vt_tensor_list *list, vt_error *err)
{
    const vt_mf *m = state;
    int64_t ld = (int64_t)m->ld;
    int status = vt_tensor_list_add(list, "users.rows", VT_F32, m->n_users, ld, m->users, err);
    if (status == VT_OK) {
        status = vt_tensor_list_add(list, "items.rows", VT_F32, m->n_items, ld, m->items, err);
    }
    if (status == VT_OK) {
        status = vt_tensor_list_add(list, "items.ratings", VT_I32, m->n_items, 0, m->count, err);
    }
    return status == VT_OK ? vt_tensor_list_add(list, "scale", VT_F64, 3, 0, m->scale, err) : status;
}

static int mf_load(void **state, const vt_safetensors *file, const vt_params *settings, int32_t n_users,
                   int32_t n_items, vt_error *err)
{
    vt_mf *m = NULL;
    int status = vt_mf_create(&m, settings, n_users, n_items, err);
    if (status == VT_OK) {
        status = vt_tensor_read_f32(m->users, file, "users.rows", n_users, (int64_t)m->ld, err);
    }
    if (status == VT_OK) {
        status = vt_tensor_read_f32(m->items, file, "items.rows", n_items, (int64_t)m->ld, err);
    }
    if (status == VT_OK) {
        status = vt_tensor_read_counts(m->count, file, "items.ratings", n_items, err);
    }
    if (status == VT_OK) {
        status = vt_scale_read(m->scale, file, err);
    }
    if (status != VT_OK) {
        vt_mf_free(m);
        return status;
    }
    measure(m);
    *state = m;
    return VT_OK;
}

/* The row (L) of a history by least squares; of one without ratings, that of nobody. */
static int fold_in(float *x, const vt_mf *m, const vt_user_state *user, vt_error *err)
{
    memset(x, 0, m->ld * sizeof *x);
    x[m->d + 1] = 1.0F;
    if (user->n == 0 || user->value == NULL) {
        return VT_OK;
    }
    size_t n = 0;
    vt_pair *pairs = vt_alloc(user->n, sizeof *pairs, err);
    int32_t *row = pairs == NULL ? NULL : vt_alloc(user->n, sizeof *row, err);
    float *value = row == NULL ? NULL : vt_alloc(user->n, sizeof *value, err);
    float *scratch = value == NULL ? NULL : vt_alloc_aligned(vt_mf_solve_scratch(user->n, m->ld), sizeof *scratch, err);
    int status = scratch == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    if (status == VT_OK) {
        size_t all = vt_pairs_of(pairs, user);
        for (size_t p = 0; p < all; p++) {
            row[n] = pairs[p].item;
            value[n] = pairs[p].value;
            n += isnan(pairs[p].value) ? 0 : 1;
        }
    }
    if (n > 0) {
        vt_mf_solve solve = {m->items, m->d, m->d + 1, m->reg_user, m->reg_user_bias, m->frequency, m->scale[0]};
        vt_mf_solve_row(x, &solve, row, value, n, m->ld, scratch);
    }
    vt_free(pairs);
    vt_free(row);
    vt_free(value);
    vt_free(scratch);
    return status;
}

static int row_of(float *x, const vt_mf *m, const vt_user_state *user, vt_error *err)
{
    if (user->as_fitted && user->user >= 0) {
        memcpy(x, m->users + (size_t)user->user * m->ld, m->ld * sizeof *x);
        return VT_OK;
    }
    return fold_in(x, m, user, err);
}

static int mf_score(const void *state, const vt_user_state *states, size_t n, float *scores, vt_error *err)
{
    const vt_mf *m = state;
    size_t n_items = (size_t)m->n_items;
    float *rows = vt_alloc_aligned(n, m->ld * sizeof *rows, err);
    int status = rows == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t s = 0; status == VT_OK && s < n; s++) {
        status = row_of(rows + s * m->ld, m, &states[s], err);
    }
    if (status == VT_OK) {
        vt_products(scores, rows, n, m->items, n_items, m->ld);
        for (size_t s = 0; s < n; s++) {
            for (size_t i = 0; i < n_items; i++) {
                float *score = &scores[s * n_items + i];
                *score = m->count[i] > 0 ? *score + (float)m->scale[0] : -INFINITY;
            }
        }
    }
    vt_free(rows);
    return status;
}

static int mf_predict(const void *state, const vt_user_state *user, const int32_t *items, size_t n, float *ratings,
                      vt_error *err)
{
    const vt_mf *m = state;
    const vt_kernels *kernels = vt_kernels_best();
    float *x = vt_alloc_aligned(m->ld, sizeof *x, err);
    int status = x == NULL ? VT_ERR_NO_MEMORY : row_of(x, m, user, err);
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        float product = 0.0F;
        kernels->dots(&product, m->items + (size_t)items[i] * m->ld, 1, x, m->ld);
        ratings[i] = vt_scale_clip(m->scale, m->scale[0] + (double)product);
    }
    vt_free(x);
    return status;
}

static int mf_similar(const void *state, int32_t item, float *scores, vt_error *err)
{
    const vt_mf *m = state;
    const vt_kernels *kernels = vt_kernels_best();
    (void)err;
    for (int32_t i = 0; i < m->n_items; i++) {
        float lengths = m->length[item] * m->length[i], product = 0.0F;
        kernels->dots(&product, m->items + (size_t)i * m->ld, 1, m->items + (size_t)item * m->ld, m->d);
        scores[i] = i != item && lengths > 0.0F ? product / lengths : -INFINITY;
    }
    return VT_OK;
}

static int mf_user_vector(float **vector, size_t *n, const void *state, const vt_user_state *user, vt_error *err)
{
    const vt_mf *m = state;
    float *made = vt_alloc_aligned(m->ld, sizeof *made, err);
    int status = made == NULL ? VT_ERR_NO_MEMORY : row_of(made, m, user, err);
    if (status != VT_OK) {
        vt_free(made);
        return status;
    }
    *vector = made;
    *n = m->d;
    return VT_OK;
}

const vt_model_ops vt_model_mf = {
    .kind = {"mf", "ratings by factors and biases of users and items", "Koren, Bell, Volinsky 2009",
             VT_MODEL_SIMILAR | VT_MODEL_USER_VECTOR | VT_MODEL_RATES | VT_MODEL_EPOCHS, params, VT_MF_PARAMS, presets,
             sizeof presets / sizeof presets[0]},
    .fit = mf_fit,
    .free = vt_mf_free,
    .save = mf_save,
    .load = mf_load,
    .score = mf_score,
    .similar = mf_similar,
    .user_vector = mf_user_vector,
    .predict = mf_predict,
};
