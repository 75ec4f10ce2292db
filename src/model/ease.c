/*
 * EASE: an item scores the sum of the weights that the user's items have for it, older events fading. The weights are
 * the closed-form solution of ridge regression of every item on all others (ease_fit.c), and where settings ask for it
 * a likeness of texts, brands and categories besides (ease_prior.c).
 */
#include "model/ease.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "math/blas.h"
#include "model/explanation.h"
#include "model/history.h"

static const vt_param_spec params[VT_EASE_PARAMS] = {
    [VT_EASE_REGULARIZATION] = {"regularization", VT_PARAM_REAL, 100.0, 0.001, 1e7, NULL, "",
                                "added to the diagonal of the items' matrix: holds all weights small"},
    [VT_EASE_NU] = {"nu", VT_PARAM_REAL, 0.0, -1.0, 2.0, NULL, "",
                    "power of an item's frequency, against the mean, that its regularization grows by"},
    [VT_EASE_DROPOUT] = {"dropout", VT_PARAM_REAL, 0.0, 0.0, 0.99, NULL, "",
                         "share of the input that is taken as dropped: regularization by frequency"},
    [VT_EASE_USER_POWER] = {"user_power", VT_PARAM_REAL, 0.0, 0.0, 2.0, NULL, "",
                            "power of the number of a user's items that the user's weight falls by"},
    [VT_EASE_EVENT_HALF_LIFE] = {"event_half_life", VT_PARAM_REAL, 0.0, 0.0, 36500.0, NULL, "days",
                                 "age, as of the user's last one, at which an event counts half in fitting; 0 for no "
                                 "fading"},
    [VT_EASE_ITEM_POWER] = {"item_power", VT_PARAM_REAL, 0.0, -1.0, 1.0, NULL, "",
                            "power of an item's frequency that its score is divided by"},
    [VT_EASE_HALF_LIFE] = {"half_life", VT_PARAM_REAL, 0.0, 0.0, 36500.0, NULL, "days",
                           "age at which an event of the history counts half, in events where data have no times; 0 "
                           "for no fading"},
    [VT_EASE_TEXT] = {"text", VT_PARAM_REAL, 0.0, 0.0, 1000.0, NULL, "",
                      "weight of the likeness of texts; needs their vectors"},
    [VT_EASE_SHARPNESS] = {"sharpness", VT_PARAM_INT, 4.0, 1.0, 64.0, NULL, "",
                           "power that the cosine of texts is raised to; negative ones count as 0"},
    [VT_EASE_BRAND] = {"brand", VT_PARAM_REAL, 0.0, 0.0, 1000.0, NULL, "", "weight of the same brand"},
    [VT_EASE_CATEGORY] = {"category", VT_PARAM_REAL, 0.0, 0.0, 1000.0, NULL, "", "weight of the same category"},
};

static const vt_preset presets[] = {
    {"reviews",
     "regularization=28.1,nu=0,dropout=0,user_power=0.5,event_half_life=0,item_power=-0.2,half_life=45,text=0.16,"
     "sharpness=6,brand=0.017,category=0.0122",
     "few events a user, as in review data, and vectors of texts (found on Beauty-Health 2023)"},
    {"ratings",
     "regularization=36.2,nu=0.6,dropout=0.2,user_power=0.7,event_half_life=730,item_power=0.15,half_life=365",
     "many ratings a user (found on ml-100k)"},
    {"social", "regularization=30,nu=0.547,dropout=0.475,user_power=0.646,item_power=0.203,half_life=730",
     "listening or rating among friends (found on LastFM)"},
    {"trust", "regularization=25.7,nu=0.0716,dropout=0.56,user_power=0.497,item_power=0.236,half_life=90",
     "few films that most have seen, and tastes alike (found on FilmTrust)"},
};

typedef struct ease {
    vt_ease_weights weights;
    int32_t *place; /* (I) number among the K, -1 without */
    int32_t n_items;
    double half_life;
} ease;

static void ease_free(void *state)
{
    ease *m = state;
    if (m != NULL) {
        vt_ease_weights_done(&m->weights);
        vt_free(m->place);
        vt_free(m);
    }
}

static int ease_create(ease **out, const vt_params *settings, int32_t n_items, vt_error *err)
{
    ease *m = vt_alloc_zero(1, sizeof *m, err);
    if (m == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    m->n_items = n_items;
    m->half_life = settings->value[VT_EASE_HALF_LIFE];
    m->place = vt_alloc((size_t)n_items, sizeof *m->place, err);
    if (m->place == NULL) {
        ease_free(m);
        return VT_ERR_NO_MEMORY;
    }
    *out = m;
    return VT_OK;
}

static void number_items(ease *m)
{
    for (int32_t i = 0; i < m->n_items; i++) {
        m->place[i] = -1;
    }
    for (int32_t k = 0; k < m->weights.n; k++) {
        m->place[m->weights.item[k]] = k;
    }
}

static int ease_fit(void **state, const vt_fit *fit, vt_error *err)
{
    ease *m = NULL;
    int status = ease_create(&m, fit->params, fit->train->n_items, err);
    *state = m;
    if (status == VT_OK) {
        status = vt_ease_fit(&m->weights, fit, err);
    }
    if (status == VT_OK) {
        number_items(m);
    }
    return status;
}

static int ease_save(const void *state, vt_tensor_list *list, vt_error *err)
{
    const vt_ease_weights *w = &((const ease *)state)->weights;
    int64_t n = w->n;
    int status = vt_tensor_list_add(list, "ease.item", VT_I32, n, 0, w->item, err);
    return status == VT_OK ? vt_tensor_list_add(list, "ease.weight", VT_F32, n * n, 0, w->weight, err) : status;
}

/* Items ascending and of the shop, weights finite. */
static bool sound(const vt_ease_weights *w, int32_t n_items)
{
    bool good = true;
    for (int32_t k = 0; good && k < w->n; k++) {
        good = w->item[k] > (k == 0 ? -1 : w->item[k - 1]) && w->item[k] < n_items;
    }
    size_t n = (size_t)w->n * (size_t)w->n;
    for (size_t e = 0; good && e < n; e++) {
        good = isfinite(w->weight[e]);
    }
    return good;
}

static int ease_load(void **state, const vt_safetensors *file, const vt_params *settings, int32_t n_users,
                     int32_t n_items, vt_error *err)
{
    (void)n_users;
    vt_tensor item, weight;
    int status = vt_safetensors_tensor(file, "ease.item", VT_I32, 1, -1, 0, &item, err);
    int64_t n = status == VT_OK ? item.shape[0] : 0;
    if (status == VT_OK && n > n_items) {
        return vt_fail(err, VT_ERR_CORRUPT, "the ease model has more items than the shop; fit the model again");
    }
    if (status == VT_OK) {
        status = vt_safetensors_tensor(file, "ease.weight", VT_F32, 1, n * n, 0, &weight, err);
    }
    ease *m = NULL;
    if (status == VT_OK) {
        status = ease_create(&m, settings, n_items, err);
    }
    if (status != VT_OK) {
        return status;
    }
    *state = m;
    size_t count = (size_t)n;
    m->weights.n = (int32_t)n;
    m->weights.item = vt_alloc(count, sizeof *m->weights.item, err);
    m->weights.weight = m->weights.item == NULL ? NULL : vt_alloc_aligned(count, count * sizeof(float), err);
    status = m->weights.weight == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    if (status == VT_OK && count > 0) {
        memcpy(m->weights.item, item.data, count * sizeof *m->weights.item);
        memcpy(m->weights.weight, weight.data, count * count * sizeof *m->weights.weight);
    }
    if (status == VT_OK && !sound(&m->weights, n_items)) {
        status = vt_fail(err, VT_ERR_CORRUPT,
                         "the weights of the ease model are out of order or not finite; fit the model again");
    }
    if (status == VT_OK) {
        number_items(m);
    }
    return status;
}

/* `kept` and `sum` (K) are scratch. */
static void score_one(float *scores, const ease *m, const vt_user_state *user, size_t *kept, float *sum)
{
    const vt_ease_weights *w = &m->weights;
    size_t n = (size_t)w->n;
    bool known = false;
    memset(scores, 0, (size_t)m->n_items * sizeof *scores);
    memset(sum, 0, n * sizeof *sum);
    size_t n_kept = vt_history_first(kept, user, scores);
    for (size_t h = 0; h < n_kept; h++) {
        int32_t place = m->place[user->item[kept[h]]];
        if (place < 0) {
            continue;
        }
        known = true;
        float weight = vt_history_weight(user, kept, n_kept, h, m->half_life);
        vt_add_row(sum, weight, w->weight + (size_t)place * n, n);
    }
    for (int32_t i = 0; i < m->n_items; i++) {
        scores[i] = -INFINITY;
    }
    for (size_t k = 0; known && k < n; k++) {
        scores[w->item[k]] = sum[k];
    }
}

static int ease_score(const void *state, const vt_user_state *states, size_t n, float *scores, vt_error *err)
{
    const ease *m = state;
    vt_blas_init();
    size_t longest = 0;
    for (size_t s = 0; s < n; s++) {
        longest = states[s].n > longest ? states[s].n : longest;
    }
    size_t *kept = vt_alloc(longest, sizeof *kept, err);
    float *sum = kept == NULL ? NULL : vt_alloc_aligned((size_t)m->weights.n, sizeof *sum, err);
    int status = sum == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t s = 0; s < n && status == VT_OK; s++) {
        score_one(scores + s * (size_t)m->n_items, m, &states[s], kept, sum);
    }
    vt_free(kept);
    vt_free(sum);
    return status;
}

/* One part, the sum over the first event of each item. */
static int ease_explain(vt_explanation *out, const void *state, const vt_user_state *user, const int32_t *items,
                        size_t n, vt_error *err)
{
    const ease *m = state;
    size_t *kept = vt_alloc(user->n, sizeof *kept, err);
    double *by_event = kept == NULL ? NULL : vt_alloc(user->n, sizeof *by_event, err);
    float *mark = by_event == NULL ? NULL : vt_alloc_zero((size_t)m->n_items, sizeof *mark, err);
    int status = mark == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    size_t n_kept = status == VT_OK ? vt_history_first(kept, user, mark) : 0;
    for (size_t i = 0; i < n && status == VT_OK; i++) {
        vt_explaining e;
        int32_t to = m->place[items[i]];
        bool known = false;
        memset(by_event, 0, user->n * sizeof *by_event);
        for (size_t h = 0; h < n_kept; h++) {
            int32_t from = m->place[user->item[kept[h]]];
            known = known || from >= 0;
            if (from >= 0 && to >= 0) {
                float weight = m->weights.weight[(size_t)from * (size_t)m->weights.n + (size_t)to];
                by_event[kept[h]] = (double)(vt_history_weight(user, kept, n_kept, h, m->half_life) * weight);
            }
        }
        status = vt_explaining_begin(&e, 1, user->n, err);
        if (status == VT_OK && known && to >= 0) {
            status = vt_explaining_add_split(&e, VT_REASON_RELATION, "together", by_event, err);
        }
        (known && to >= 0 ? vt_explaining_end : vt_explaining_end_without)(&out[i], &e);
    }
    vt_free(kept);
    vt_free(by_event);
    vt_free(mark);
    return status;
}

static int ease_similar(const void *state, int32_t item, float *scores, vt_error *err)
{
    const ease *m = state;
    (void)err;
    for (int32_t i = 0; i < m->n_items; i++) {
        scores[i] = -INFINITY;
    }
    int32_t place = m->place[item];
    for (int32_t k = 0; place >= 0 && k < m->weights.n; k++) {
        float weight = m->weights.weight[(size_t)place * (size_t)m->weights.n + (size_t)k];
        if (weight < 0.0F || weight > 0.0F) { /* 0: the two have nothing to do with each other */
            scores[m->weights.item[k]] = weight;
        }
    }
    return VT_OK;
}

const vt_model_ops vt_model_ease = {
    .kind = {"ease", "every item from all others, in closed form", "Steck 2019; dropout: Steck 2020",
             VT_MODEL_SIMILAR | VT_MODEL_USES_VECTORS | VT_MODEL_EXPLAINS, params, VT_EASE_PARAMS, presets,
             sizeof presets / sizeof presets[0]},
    .timed = "event_half_life",
    .check = vt_ease_prior_check,
    .fit = ease_fit,
    .free = ease_free,
    .save = ease_save,
    .load = ease_load,
    .score = ease_score,
    .similar = ease_similar,
    .explain = ease_explain,
};
