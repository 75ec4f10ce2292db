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
#include "math/kernels.h"
#include "model/history.h"
#include "model/tensors.h"

/* Passes over a history in which a stranger's vector is learnt; it is the mean of those of the second half. */
enum { PASSES = 40, TRIES = 16 };

static const vt_param_spec params[VT_BPR_PARAMS] = {VT_BPR_TABLE};

static int compare(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* The items of a history of which something is known, ascending, each once. `first` (user->n) is scratch. */
static size_t known_items(int32_t *item, vt_first *first, const vt_bpr *m, const vt_user_state *user)
{
    size_t n = 0, distinct = vt_history_distinct(first, user);
    for (size_t h = 0; h < distinct; h++) {
        item[n] = first[h].item;
        n += bsearch(&item[n], m->known, (size_t)m->n_known, sizeof *item, compare) != NULL;
    }
    return n;
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
static int fold_in(float *vector, const void *state, const vt_user_state *user, vt_error *err)
{
    const vt_bpr *m = state;
    int status = VT_ERR_NO_MEMORY;
    vt_first *first = vt_alloc(user->n, sizeof *first, err);
    int32_t *item = first == NULL ? NULL : vt_alloc(4 * user->n, sizeof *item, err);
    float *moving = item == NULL ? NULL : vt_alloc_aligned(m->f.d, sizeof *moving, err);
    if (moving == NULL) {
        goto out;
    }
    status = VT_OK;
    size_t n = known_items(item, first, m, user);
    int32_t *other = item + user->n, *none = other + user->n, *chosen = none + user->n;
    memset(moving, 0, m->f.d * sizeof *moving);
    memset(none, 0, user->n * sizeof *none);
    vt_pairs steps = {.users = moving,
                      .items = m->f.items,
                      .bias = m->bias,
                      .bias_step = 1,
                      .d = m->f.d,
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
        for (size_t k = 0; pass >= PASSES / 2 && k < m->f.d; k++) {
            vector[k] += moving[k] / (float)(PASSES - PASSES / 2);
        }
    }
out:
    vt_free(first);
    vt_free(item);
    vt_free(moving);
    return status;
}

/* Items of which nothing is known have no score. */
static void finish(float *scores, const void *state, const float *vector, const vt_user_state *user)
{
    const vt_bpr *m = state;
    int32_t next = 0;
    (void)vector;
    (void)user;
    for (int32_t i = 0; i < m->f.n_items; i++) {
        bool known = next < m->n_known && m->known[next] == i;
        scores[i] = known ? scores[i] + m->bias[i] : -INFINITY;
        next += known;
    }
}

static const vt_factors_ops factors = {.fold_in = fold_in, .finish = finish};

void vt_bpr_free(void *model)
{
    vt_bpr *m = model;
    if (m != NULL) {
        vt_factors_done(&m->f);
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
    size_t items = (size_t)n_items;
    m->learnt = vt_pad((size_t)settings->value[VT_BPR_FACTORS]);
    m->rate = (float)settings->value[VT_BPR_RATE];
    m->l2_user = (float)settings->value[VT_BPR_L2_USER];
    size_t d = m->learnt + vt_pad(extra);
    if (vt_factors_init(&m->f, &factors, n_users, n_items, d, d, err) == VT_OK) {
        m->bias = vt_alloc_zero(items, sizeof *m->bias, err);
        m->known = m->bias == NULL ? NULL : vt_alloc(items, sizeof *m->known, err);
    }
    if (m->known == NULL) {
        vt_bpr_free(m);
        return VT_ERR_NO_MEMORY;
    }
    *out = m;
    return VT_OK;
}

void vt_bpr_find_known(vt_bpr *m)
{
    m->n_known = 0;
    for (int32_t i = 0; i < m->f.n_items; i++) {
        m->known[m->n_known] = i;
        m->n_known += vt_factors_known(m->f.items + (size_t)i * m->f.d, m->f.d);
    }
}

static int bpr_fit(void **state, const vt_fit *fit, vt_error *err)
{
    vt_bpr *m = NULL;
    int status = vt_bpr_create(&m, fit->params, 0, fit->train->n_users, fit->train->n_items, err);
    *state = m;
    if (status == VT_OK) {
        status = vt_bpr_train(m, fit, NULL, err);
    }
    return status;
}

int vt_bpr_save(const void *state, vt_tensor_list *list, vt_error *err)
{
    const vt_bpr *m = state;
    int status = vt_factors_save(list, &m->f, "factors", err);
    return status == VT_OK ? vt_tensor_list_add(list, "items.bias", VT_F32, m->f.n_items, 0, m->bias, err) : status;
}

int vt_bpr_read(vt_bpr *m, const vt_safetensors *file, vt_error *err)
{
    int status = vt_factors_read(&m->f, file, "factors", err);
    if (status == VT_OK) {
        status = vt_tensor_read_f32(m->bias, file, "items.bias", m->f.n_items, 0, err);
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
    *state = m;
    if (status == VT_OK) {
        status = vt_bpr_read(m, file, err);
    }
    return status;
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
    .score = vt_factors_score,
    .similar = vt_factors_similar,
    .user_vector = vt_factors_user_vector,
};
