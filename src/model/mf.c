/*
 * Biased matrix factorization (Koren, Bell, Volinsky 2009): r = mean + b_u + b_i + p_u.q_i, predicted on the scale of
 * the data. A stranger, or a user whose history went on, gets factors and bias by least squares against the items.
 */
#include "model/mf.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
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

/* The row (L) of a history by least squares; of one without ratings, that of nobody. */
static int fold_in(float *x, const void *state, const vt_user_state *user, vt_error *err)
{
    const vt_mf *m = state;
    x[m->r.f.d + 1] = 1.0F;
    if (user->n == 0 || user->value == NULL) {
        return VT_OK;
    }
    size_t n = 0;
    vt_pair *pairs = vt_alloc(user->n, sizeof *pairs, err);
    int32_t *row = pairs == NULL ? NULL : vt_alloc(user->n, sizeof *row, err);
    float *value = row == NULL ? NULL : vt_alloc(user->n, sizeof *value, err);
    float *scratch =
        value == NULL ? NULL : vt_alloc_aligned(vt_mf_solve_scratch(user->n, m->r.f.ld), sizeof *scratch, err);
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
        vt_mf_solve solve = {m->r.f.items,     m->r.f.d,     m->r.f.d + 1, m->reg_user,
                             m->reg_user_bias, m->frequency, m->r.scale[0]};
        vt_mf_solve_row(x, &solve, row, value, n, m->r.f.ld, scratch);
    }
    vt_free(pairs);
    vt_free(row);
    vt_free(value);
    vt_free(scratch);
    return status;
}

static void finish(float *scores, const void *state, const float *row, const vt_user_state *user)
{
    const vt_mf *m = state;
    (void)row;
    (void)user;
    for (int32_t i = 0; i < m->r.f.n_items; i++) {
        scores[i] = m->r.count[i] > 0 ? scores[i] + (float)m->r.scale[0] : -INFINITY;
    }
}

static double offset_of(const void *state, const float *row, const vt_user_state *user)
{
    const vt_mf *m = state;
    (void)row;
    (void)user;
    return m->r.scale[0];
}

static const vt_factors_ops factors = {.fold_in = fold_in, .finish = finish};
static const vt_rating_ops offsets = {offset_of, NULL};

void vt_mf_free(void *model)
{
    vt_mf *m = model;
    if (m != NULL) {
        vt_rating_factors_done(&m->r);
        vt_free(m);
    }
}

int vt_mf_create(vt_mf **out, const vt_params *settings, int32_t n_users, int32_t n_items, vt_error *err)
{
    vt_mf *m = vt_alloc_zero(1, sizeof *m, err);
    if (m == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    m->reg_user = settings->value[VT_MF_REG_USER];
    m->reg_user_bias = settings->value[VT_MF_REG_USER_BIAS];
    m->frequency = settings->value[VT_MF_FREQUENCY];
    size_t d = (size_t)settings->value[VT_MF_FACTORS];
    int status = vt_rating_factors_init(&m->r, &factors, &offsets, n_users, n_items, d, 2, err);
    if (status != VT_OK) {
        vt_mf_free(m);
        return status;
    }
    *out = m;
    return VT_OK;
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
    *state = m;
    if (status == VT_OK) {
        status = vt_mf_fit(m, fit, &set, err);
    }
    if (status == VT_OK) {
        vt_rating_factors_measure(&m->r);
    }
    vt_pair_set_done(&set);
    return status;
}

static int mf_save(const void *state, vt_tensor_list *list, vt_error *err)
{
    const vt_mf *m = state;
    int status = vt_factors_save(list, &m->r.f, "rows", err);
    if (status == VT_OK) {
        status = vt_rating_factors_save_counts(list, &m->r, err);
    }
    return status == VT_OK ? vt_rating_factors_save_scale(list, &m->r, err) : status;
}

static int mf_load(void **state, const vt_safetensors *file, const vt_params *settings, int32_t n_users,
                   int32_t n_items, vt_error *err)
{
    vt_mf *m = NULL;
    int status = vt_mf_create(&m, settings, n_users, n_items, err);
    *state = m;
    if (status == VT_OK) {
        status = vt_rating_factors_read(&m->r, file, err);
    }
    return status;
}

const vt_model_ops vt_model_mf = {
    .kind = {"mf", "ratings by factors and biases of users and items", "Koren, Bell, Volinsky 2009",
             VT_MODEL_SIMILAR | VT_MODEL_USER_VECTOR | VT_MODEL_RATES | VT_MODEL_EPOCHS, params, VT_MF_PARAMS, presets,
             sizeof presets / sizeof presets[0]},
    .fit = mf_fit,
    .free = vt_mf_free,
    .save = mf_save,
    .load = mf_load,
    .score = vt_factors_score,
    .similar = vt_rating_factors_similar,
    .user_vector = vt_factors_user_vector,
    .predict = vt_rating_factors_predict,
};
