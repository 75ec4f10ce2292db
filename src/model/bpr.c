/*
 * BPR: vectors of users and items, and a bias an item, learnt so that what a user chose stands before what they did
 * not. A stranger, or a user whose history went on, gets a vector by the same steps that made those of the known ones,
 * with the items as they stand.
 */
#include "model/bpr.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "math/blas.h"
#include "math/kernels.h"
#include "model/similar.h"
#include "model/tensors.h"

/* Passes over a history in which a stranger's vector is learnt; it is the mean of those of the second half. */
enum { PASSES = 40, TRIES = 16 };

static const vt_param_spec params[VT_BPR_PARAMS] = {VT_BPR_TABLE};

void vt_bpr_free(void *model)
{
    vt_bpr *m = model;
    if (m != NULL) {
        vt_free(m->users);
        vt_free(m->items);
        vt_free(m->bias);
        vt_free(m->known);
        vt_free(m);
    }
}

int vt_bpr_create(vt_bpr **out, const vt_params *settings, size_t extra, int32_t n_users, int32_t n_items,
                  vt_error *err)
{
    vt_bpr *m = vt_alloc_zero(1, sizeof *m, err);
    if (m == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    size_t users = (size_t)n_users, items = (size_t)n_items;
    m->n_users = n_users;
    m->n_items = n_items;
    m->learnt = vt_pad((size_t)settings->value[VT_BPR_FACTORS]);
    m->d = m->learnt + vt_pad(extra);
    m->rate = (float)settings->value[VT_BPR_RATE];
    m->l2_user = (float)settings->value[VT_BPR_L2_USER];
    m->users = vt_alloc_aligned(users, m->d * sizeof *m->users, err);
    m->items = m->users == NULL ? NULL : vt_alloc_aligned(items, m->d * sizeof *m->items, err);
    m->bias = m->items == NULL ? NULL : vt_alloc_zero(items, sizeof *m->bias, err);
    m->known = m->bias == NULL ? NULL : vt_alloc(items, sizeof *m->known, err);
    if (m->known == NULL) {
        vt_bpr_free(m);
        return VT_ERR_NO_MEMORY;
    }
    memset(m->users, 0, users * m->d * sizeof *m->users);
    memset(m->items, 0, items * m->d * sizeof *m->items);
    *out = m;
    return VT_OK;
}

static bool is_zero(const float *row, size_t d)
{
    for (size_t k = 0; k < d; k++) {
        if (fabsf(row[k]) > 0.0F) {
            return false;
        }
    }
    return true;
}

void vt_bpr_find_known(vt_bpr *m)
{
    m->n_known = 0;
    for (int32_t i = 0; i < m->n_items; i++) {
        m->known[m->n_known] = i;
        m->n_known += !is_zero(m->items + (size_t)i * m->d, m->d);
    }
}

static int bpr_fit(void **state, const vt_fit *fit, vt_error *err)
{
    vt_bpr *m = NULL;
    int status = vt_bpr_create(&m, fit->params, 0, fit->train->n_users, fit->train->n_items, err);
    if (status == VT_OK) {
        status = vt_bpr_train(m, fit, NULL, err);
    }
    if (status != VT_OK) {
        vt_bpr_free(m);
        return status;
    }
    *state = m;
    return VT_OK;
}

int vt_bpr_save(const void *state, vt_tensor_list *list, vt_error *err)
{
    const vt_bpr *m = state;
    int64_t d = (int64_t)m->d;
    int status = vt_tensor_list_add(list, "users.factors", VT_F32, m->n_users, d, m->users, err);
    if (status == VT_OK) {
        status = vt_tensor_list_add(list, "items.factors", VT_F32, m->n_items, d, m->items, err);
    }
    return status == VT_OK ? vt_tensor_list_add(list, "items.bias", VT_F32, m->n_items, 0, m->bias, err) : status;
}

int vt_bpr_read(vt_bpr *m, const vt_safetensors *file, vt_error *err)
{
    int64_t d = (int64_t)m->d;
    int status = vt_tensor_read_f32(m->users, file, "users.factors", m->n_users, d, err);
    if (status == VT_OK) {
        status = vt_tensor_read_f32(m->items, file, "items.factors", m->n_items, d, err);
    }
    if (status == VT_OK) {
        status = vt_tensor_read_f32(m->bias, file, "items.bias", m->n_items, 0, err);
    }
    if (status == VT_OK) {
        vt_bpr_find_known(m);
    }
    return status;
}

static int bpr_load(void **state, const vt_safetensors *file, const vt_params *settings, int32_t n_users,
                    int32_t n_items, vt_error *err)
{
    vt_bpr *m = NULL;
    int status = vt_bpr_create(&m, settings, 0, n_users, n_items, err);
    if (status == VT_OK) {
        status = vt_bpr_read(m, file, err);
    }
    if (status != VT_OK) {
        vt_bpr_free(m);
        return status;
    }
    *state = m;
    return VT_OK;
}

static int compare(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* The items of a history of which something is known, ascending, each once. */
static size_t distinct(int32_t *item, const vt_bpr *m, const vt_user_state *user)
{
    size_t n = 0;
    for (size_t h = 0; h < user->n; h++) {
        int32_t i = user->item[h];
        if (bsearch(&i, m->known, (size_t)m->n_known, sizeof i, compare) != NULL) {
            item[n++] = i;
        }
    }
    if (n > 1) {
        qsort(item, n, sizeof *item, compare);
    }
    size_t kept = 0;
    for (size_t h = 0; h < n; h++) {
        if (h == 0 || item[h] != item[h - 1]) {
            item[kept++] = item[h];
        }
    }
    return kept;
}

/* An item outside the history beside each of its items, -1 where chance found none. */
static void draw_others(int32_t *other, const vt_bpr *m, const int32_t *item, size_t n, vt_rng *rng)
{
    for (size_t h = 0; h < n; h++) {
        other[h] = -1;
        for (int t = 0; t < TRIES && other[h] < 0; t++) {
            int32_t i = m->known[vt_rng_below(rng, (uint64_t)m->n_known)];
            other[h] = bsearch(&i, item, n, sizeof i, compare) == NULL ? i : -1;
        }
    }
}

/* The vector (D) of a history, learnt by steps with the items as they are; always the same for the same items. */
static int fold_in(float *vector, const vt_bpr *m, const vt_user_state *user, vt_error *err)
{
    memset(vector, 0, m->d * sizeof *vector);
    int status = VT_ERR_NO_MEMORY;
    int32_t *item = vt_alloc(4 * user->n, sizeof *item, err);
    float *moving = item == NULL ? NULL : vt_alloc_aligned(m->d, sizeof *moving, err);
    if (moving == NULL) {
        goto out;
    }
    status = VT_OK;
    size_t n = distinct(item, m, user);
    int32_t *other = item + user->n, *none = other + user->n, *chosen = none + user->n;
    memset(moving, 0, m->d * sizeof *moving);
    memset(none, 0, user->n * sizeof *none);
    vt_pairs steps = {.users = moving,
                      .items = m->items,
                      .bias = m->bias,
                      .bias_step = 1,
                      .d = m->d,
                      .user = none,
                      .chosen = chosen,
                      .other = other,
                      .rate = m->rate,
                      .l2_user = m->l2_user};
    vt_rng rng = vt_rng_at(0, "bpr-stranger", n, 0);
    for (int pass = 0; pass < PASSES && n > 0; pass++) {
        draw_others(other, m, item, n, &rng);
        steps.n = 0;
        for (size_t h = 0; h < n; h++) {
            chosen[steps.n] = item[h];
            other[steps.n] = other[h];
            steps.n += other[h] >= 0;
        }
        vt_kernels_best()->pairwise(&steps);
        for (size_t k = 0; pass >= PASSES / 2 && k < m->d; k++) {
            vector[k] += moving[k] / (float)(PASSES - PASSES / 2);
        }
    }
out:
    vt_free(item);
    vt_free(moving);
    return status;
}

/* The vector of a state: the stored one where the history is that of the fit. */
static int vector_of(float *vector, const vt_bpr *m, const vt_user_state *user, vt_error *err)
{
    if (user->as_fitted && user->user >= 0) {
        memcpy(vector, m->users + (size_t)user->user * m->d, m->d * sizeof *vector);
        return VT_OK;
    }
    return fold_in(vector, m, user, err);
}

int vt_bpr_score(const void *state, const vt_user_state *states, size_t n, float *scores, vt_error *err)
{
    const vt_bpr *m = state;
    size_t n_items = (size_t)m->n_items;
    float *vectors = vt_alloc_aligned(n, m->d * sizeof *vectors, err);
    int status = vectors == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t s = 0; status == VT_OK && s < n; s++) {
        status = vector_of(vectors + s * m->d, m, &states[s], err);
    }
    if (status != VT_OK) {
        goto out;
    }
    vt_products(scores, vectors, n, m->items, n_items, m->d);
    for (size_t s = 0; s < n; s++) {
        float *row = scores + s * n_items;
        int32_t next = 0;
        for (int32_t i = 0; i < m->n_items; i++) {
            bool known = next < m->n_known && m->known[next] == i;
            row[i] = known ? row[i] + m->bias[i] : -INFINITY;
            next += known;
        }
    }
out:
    vt_free(vectors);
    return status;
}

int vt_bpr_similar(const void *state, int32_t item, float *scores, vt_error *err)
{
    const vt_bpr *m = state;
    (void)err;
    vt_row_cosines(scores, m->items, (size_t)m->n_items, m->d, item);
    return VT_OK;
}

int vt_bpr_user_vector(float **vector, size_t *n, const void *state, const vt_user_state *user, vt_error *err)
{
    const vt_bpr *m = state;
    float *made = vt_alloc_aligned(m->d, sizeof *made, err);
    int status = made == NULL ? VT_ERR_NO_MEMORY : vector_of(made, m, user, err);
    if (status != VT_OK) {
        vt_free(made);
        return status;
    }
    *vector = made;
    *n = m->d;
    return VT_OK;
}

static const vt_preset presets[] = {
    {"reviews",
     "factors=128,epochs=100,learning_rate=0.0917,l2_user=0.0124,l2_item=0.00367,l2_negative=0.00367,l2_bias=0.0721,"
     "negatives=popularity",
     "few events a user, as in review data (found on Beauty-Health 2023)"},
    {"ratings",
     "factors=32,epochs=120,learning_rate=0.148,decay=0.95,l2_user=0.00751,l2_item=0.071,l2_negative=0.071,"
     "l2_bias=0.00174,stdev=0.3",
     "many ratings a user (found on ml-100k)"},
    {"social",
     "factors=164,epochs=92,learning_rate=0.15,decay=0.975,l2_user=0.0625,l2_item=0.000887,l2_negative=0.0175,"
     "l2_bias=0.0124,negatives=uniform,stdev=0.84",
     "listening or rating among friends (found on LastFM)"},
    {"trust",
     "factors=40,epochs=9,learning_rate=0.0124,decay=0.934,l2_user=0.0553,l2_item=0.00141,l2_negative=0.00219,"
     "l2_bias=0.000518,negatives=uniform,stdev=0.569",
     "few films that most have seen, and tastes alike (found on FilmTrust)"},
};

const vt_model_ops vt_model_bpr = {
    .kind = {"bpr", "vectors of users and items by pairwise ranking", "Rendle and others 2009",
             VT_MODEL_SIMILAR | VT_MODEL_USER_VECTOR | VT_MODEL_EPOCHS, params, VT_BPR_PARAMS, presets,
             sizeof presets / sizeof presets[0]},
    .fit = bpr_fit,
    .free = vt_bpr_free,
    .save = vt_bpr_save,
    .load = bpr_load,
    .score = vt_bpr_score,
    .similar = vt_bpr_similar,
    .user_vector = vt_bpr_user_vector,
};
