/*
 * iALS: factors of users and items whose products tell who buys what. A stranger, or a user whose history went on, gets
 * a vector by the same least squares that made those of the known ones, against the items as they stand.
 */
#include "model/ials.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "math/blas.h"
#include "math/solve.h"
#include "model/history.h"
#include "model/tensors.h"

static const vt_param_spec params[VT_ALS_PARAMS] = {
    [VT_ALS_FACTORS] = {"factors", VT_PARAM_INT, 64.0, 1.0, 2048.0, NULL, "", "length of the vectors"},
    [VT_ALS_ITERATIONS] = {"iterations", VT_PARAM_INT, 15.0, 1.0, 1000.0, NULL, "iterations",
                           "rounds of solving items, then users"},
    [VT_ALS_ALPHA] = {"alpha", VT_PARAM_REAL, 1.0, 0.001, 100000.0, NULL, "",
                      "an interaction has confidence 1 + alpha (times its value)"},
    [VT_ALS_REGULARIZATION] = {"regularization", VT_PARAM_REAL, 0.005, 1e-9, 100000.0, NULL, "",
                               "weight of the squared lengths of the vectors"},
    [VT_ALS_NU] = {"nu", VT_PARAM_REAL, 1.0, 0.0, 2.0, NULL, "",
                   "power of the frequency by which the regularization of a row grows; 0: the same for all"},
    [VT_ALS_UNOBSERVED] = {"unobserved_weight", VT_PARAM_REAL, 0.1, 1e-6, 1.0, NULL, "",
                           "confidence that what was not bought is not wanted"},
    [VT_ALS_CONFIDENCE] = {"confidence", VT_PARAM_CHOICE, VT_ALS_ONE, 0.0, 0.0, "one|value", "",
                           "every interaction alike, or by its value (rating)"},
    [VT_ALS_SOLVER] = {"solver", VT_PARAM_CHOICE, VT_ALS_CG, 0.0, 0.0, "cg|cholesky", "",
                       "conjugate gradient for long rows, or Cholesky for all"},
    [VT_ALS_STEPS] = {"cg_steps", VT_PARAM_INT, 3.0, 1.0, 1000.0, NULL, "steps",
                      "of conjugate gradient a row, at most; fewer once its error is a tenth"},
    [VT_ALS_STDEV] = {"stdev", VT_PARAM_REAL, 0.1, 1e-6, 100.0, NULL, "",
                      "standard deviation of a starting vector's length"},
};

static const vt_preset presets[] = {
    {"reviews", "factors=128,iterations=8,regularization=0.0039,nu=1,unobserved_weight=0.0898,solver=cholesky",
     "few events a user, as in review data (found on Beauty-Health 2023)"},
    {"ratings", "factors=256,iterations=16,regularization=0.017,nu=1,unobserved_weight=0.135,solver=cholesky",
     "many ratings a user (found on ml-100k)"},
    {"social", "factors=27,iterations=11,regularization=0.0183,nu=0.899,unobserved_weight=0.182",
     "listening or rating among friends (found on LastFM)"},
    {"trust", "factors=8,iterations=11,alpha=5.9,regularization=15.6,nu=0.132,unobserved_weight=1,solver=cholesky",
     "few films that most have seen, and tastes alike (found on FilmTrust)"},
};

/* The items of a history with their values, ascending, the first event of each; those the fit would leave out are. */
static size_t valued_items(int32_t *item, float *value, vt_first *first, const vt_ials *m, const vt_user_state *user)
{
    size_t n = 0, distinct = vt_history_distinct(first, user);
    for (size_t h = 0; h < distinct; h++) {
        float r = m->values && user->value != NULL ? user->value[first[h].at] : 1.0F;
        r = isnan(r) ? 1.0F : r;
        if (r > 0.0F) {
            item[n] = first[h].item;
            value[n++] = r;
        }
    }
    return n;
}

/* The vector (D) of a history by exact least squares, as the last half step of the fit has it. */
static int fold_in(float *vector, const void *state, const vt_user_state *user, vt_error *err)
{
    const vt_ials *m = state;
    size_t ld = vt_pad(m->f.d);
    if (user->n == 0) {
        return VT_OK;
    }
    int status = VT_ERR_NO_MEMORY;
    size_t scratch_floats = 2 * ld + vt_solve_scratch(user->n, ld);
    vt_first *first = vt_alloc(user->n, sizeof *first, err);
    int32_t *item = first == NULL ? NULL : vt_alloc(2 * user->n, sizeof *item, err);
    float *value = item == NULL ? NULL : vt_alloc(2 * user->n, sizeof *value, err);
    float *packed = value == NULL ? NULL : vt_alloc_aligned(user->n, ld * sizeof *packed, err);
    float *scratch = packed == NULL ? NULL : vt_alloc_aligned(scratch_floats, sizeof *scratch, err);
    if (scratch == NULL) {
        goto out;
    }
    size_t n = valued_items(item, value, first, m, user);
    int32_t *row = item + user->n;
    float *target = value + user->n, *x = scratch, *diagonal = x + ld;
    float lambda = (float)vt_ials_lambda(m, (int64_t)n, m->f.n_items);
    for (size_t k = 0; k < ld; k++) {
        x[k] = 0.0F;
        diagonal[k] = (k < m->f.d ? m->diagonal[k] : (float)m->unobserved) + lambda;
    }
    memset(packed, 0, user->n * ld * sizeof *packed);
    for (size_t j = 0; j < n; j++) {
        memcpy(packed + j * ld, m->f.items + (size_t)item[j] * m->f.d, m->f.d * sizeof *packed);
        row[j] = (int32_t)j;
        target[j] = vt_ials_target(m, value[j]);
        value[j] = vt_ials_weight(m, value[j]);
    }
    vt_gather gather = {packed, row, value, target, n, ld};
    if (n > 0 && m->exact) {
        vt_solve_exact(vt_kernels_best(), x, diagonal, &gather, scratch + 2 * ld);
    } else if (n > 0) {
        vt_solve_converged(vt_kernels_best(), x, diagonal, &gather, scratch + 2 * ld);
    }
    memcpy(vector, x, m->f.d * sizeof *vector);
    status = VT_OK;
out:
    vt_free(first);
    vt_free(item);
    vt_free(value);
    vt_free(packed);
    vt_free(scratch);
    return status;
}

/* Whoever has nothing that the fit knew has no scores, nor have items that it never saw. */
static void finish(float *scores, const void *state, const float *vector, const vt_user_state *user)
{
    const vt_ials *m = state;
    bool known = vt_factors_known(vector, m->f.d);
    (void)user;
    for (int32_t i = 0; !known && i < m->f.n_items; i++) {
        scores[i] = -INFINITY;
    }
    for (size_t i = 0; i < m->n_unseen; i++) {
        scores[m->unseen[i]] = -INFINITY;
    }
}

static const vt_factors_ops factors = {.fold_in = fold_in, .finish = finish};

void vt_ials_free(void *model)
{
    vt_ials *m = model;
    if (m != NULL) {
        vt_factors_done(&m->f);
        vt_free(m->diagonal);
        vt_free(m->length);
        vt_free(m->unseen);
        vt_free(m);
    }
}

int vt_ials_create(vt_ials **out, const vt_params *settings, int32_t n_users, int32_t n_items, vt_error *err)
{
    vt_ials *m = vt_alloc_zero(1, sizeof *m, err);
    if (m == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    const double *value = settings->value;
    m->alpha = value[VT_ALS_ALPHA];
    m->regularization = value[VT_ALS_REGULARIZATION];
    m->nu = value[VT_ALS_NU];
    m->unobserved = value[VT_ALS_UNOBSERVED];
    m->values = (int)value[VT_ALS_CONFIDENCE] == VT_ALS_VALUE;
    m->exact = (int)value[VT_ALS_SOLVER] == VT_ALS_CHOLESKY;
    size_t d = (size_t)value[VT_ALS_FACTORS], items = (size_t)n_items;
    if (vt_factors_init(&m->f, &factors, n_users, n_items, d, d, err) == VT_OK) {
        m->diagonal = vt_alloc_aligned(d, sizeof *m->diagonal, err);
        m->length = m->diagonal == NULL ? NULL : vt_alloc(items, sizeof *m->length, err);
        m->unseen = m->length == NULL ? NULL : vt_alloc(items, sizeof *m->unseen, err);
    }
    if (m->unseen == NULL) {
        vt_ials_free(m);
        return VT_ERR_NO_MEMORY;
    }
    *out = m;
    return VT_OK;
}

static void measure(vt_ials *m)
{
    m->n_unseen = 0;
    for (size_t i = 0; i < (size_t)m->f.n_items; i++) {
        double square = 0.0;
        for (size_t k = 0; k < m->f.d; k++) {
            square += (double)m->f.items[i * m->f.d + k] * (double)m->f.items[i * m->f.d + k];
        }
        m->length[i] = (float)sqrt(square);
        if (!(m->length[i] > 0.0F)) {
            m->unseen[m->n_unseen++] = (int32_t)i;
        }
    }
}

static int ials_fit(void **state, const vt_fit *fit, vt_error *err)
{
    vt_ials *m = NULL;
    int status = vt_ials_create(&m, fit->params, fit->train->n_users, fit->train->n_items, err);
    *state = m;
    if (status == VT_OK) {
        status = vt_ials_fit(m, fit, NULL, err);
    }
    if (status == VT_OK) {
        measure(m);
    }
    return status;
}

static int ials_save(const void *state, vt_tensor_list *list, vt_error *err)
{
    const vt_ials *m = state;
    int status = vt_factors_save(list, &m->f, "factors", err);
    return status == VT_OK ? vt_tensor_list_add(list, "items.diagonal", VT_F32, (int64_t)m->f.d, 0, m->diagonal, err)
                           : status;
}

static int ials_load(void **state, const vt_safetensors *file, const vt_params *settings, int32_t n_users,
                     int32_t n_items, vt_error *err)
{
    vt_ials *m = NULL;
    int64_t d = (int64_t)settings->value[VT_ALS_FACTORS];
    int status = vt_ials_create(&m, settings, n_users, n_items, err);
    *state = m;
    if (status == VT_OK) {
        status = vt_factors_read(&m->f, file, "factors", err);
    }
    if (status == VT_OK) {
        status = vt_tensor_read_f32(m->diagonal, file, "items.diagonal", d, 0, err);
    }
    for (size_t k = 0; status == VT_OK && k < m->f.d; k++) {
        if (m->diagonal[k] < 0.0F) {
            status = vt_fail(err, VT_ERR_CORRUPT, "a Gram value of the ials model is negative; fit the model again");
        }
    }
    if (status == VT_OK) {
        measure(m);
    }
    return status;
}

static int ials_similar(const void *state, int32_t item, float *scores, vt_error *err)
{
    const vt_ials *m = state;
    (void)err;
    vt_products(scores, m->f.items + (size_t)item * m->f.d, 1, m->f.items, (size_t)m->f.n_items, m->f.d);
    for (int32_t i = 0; i < m->f.n_items; i++) {
        float lengths = m->length[item] * m->length[i];
        scores[i] = i != item && lengths > 0.0F ? scores[i] / lengths : -INFINITY;
    }
    return VT_OK;
}

const vt_model_ops vt_model_ials = {
    .kind = {"ials", "vectors of users and items by alternating least squares",
             "Hu, Koren, Volinsky 2008; Rendle and others 2021", VT_MODEL_SIMILAR | VT_MODEL_USER_VECTOR, params,
             VT_ALS_PARAMS, presets, sizeof presets / sizeof presets[0]},
    .fit = ials_fit,
    .free = vt_ials_free,
    .save = ials_save,
    .load = ials_load,
    .score = vt_factors_score,
    .similar = ials_similar,
    .user_vector = vt_factors_user_vector,
};
