/*
 * LightGCN: vectors of users and items after some rounds of handing on along who chose what. A user's vector is made
 * from the history at hand: what its items hand on to the node over all layers, with the normalisation of the fit, and
 * for a known user what the fit knows besides (the user's own vector before the layers, and what links hand on). With
 * the history of the fit that is the vector of the fit; a stranger has the first part alone.
 */
#include "model/lightgcn.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "math/kernels.h"
#include "model/history.h"
#include "model/tensors.h"
#include "vitrine/links.h"

static const vt_param_spec params[VT_GCN_PARAMS] = {
    [VT_GCN_DIMENSIONS] = {"dimensions", VT_PARAM_INT, 64.0, 1.0, 2048.0, NULL, "", "length of the vectors"},
    [VT_GCN_LAYERS] = {"layers", VT_PARAM_INT, 3.0, 0.0, 16.0, NULL, "", "rounds of handing on"},
    [VT_GCN_EPOCHS] = {"epochs", VT_PARAM_INT, 100.0, 1.0, 100000.0, NULL, "epochs",
                       "passes over all interactions, at most"},
    [VT_GCN_PATIENCE] = {"patience", VT_PARAM_INT, 20.0, 0.0, 100000.0, NULL, "epochs",
                         "without a better validation after which it stops; 0: never"},
    [VT_GCN_EVERY] = {"every", VT_PARAM_INT, 1.0, 1.0, 100000.0, NULL, "epochs", "from one validation to the next"},
    [VT_GCN_RATE] = {"learning_rate", VT_PARAM_REAL, 0.005, 1e-7, 1.0, NULL, "", "size of the steps of AdamW"},
    [VT_GCN_BATCH] = {"batch", VT_PARAM_INT, 2048.0, 1.0, 1000000.0, NULL, "interactions", "of a step"},
    [VT_GCN_LOSS] = {"loss", VT_PARAM_CHOICE, VT_GCN_BPR, 0.0, 0.0, "bpr|softmax|sampled", "",
                     "pairwise; cross-entropy over all items; or over a sample of them"},
    [VT_GCN_SAMPLE] = {"sample", VT_PARAM_INT, 256.0, 1.0, 100000.0, NULL, "items",
                       "that stand for all others in a step of loss=sampled"},
    [VT_GCN_TEMPERATURE] = {"temperature", VT_PARAM_REAL, 1.0, 0.001, 100.0, NULL, "",
                            "that products are divided by in both softmax losses"},
    [VT_GCN_L2] = {"l2", VT_PARAM_REAL, 1e-4, 0.0, 100.0, NULL, "", "pull to zero of the vectors of a batch"},
    [VT_GCN_DECAY] = {"weight_decay", VT_PARAM_REAL, 0.0, 0.0, 100.0, NULL, "", "of AdamW, for all vectors"},
    [VT_GCN_STDEV] = {"stdev", VT_PARAM_REAL, 0.5, 1e-6, 100.0, NULL, "",
                      "standard deviation of a starting vector's length"},
    [VT_GCN_LINKS] = {"links", VT_PARAM_CHOICE, 0.0, 0.0, 0.0, "no|yes", "",
                      "hand on along the links between users too"},
};

static const vt_preset presets[] = {
    {"reviews", "dimensions=128,layers=3,epochs=20,learning_rate=0.00423,l2=5.56e-05,loss=softmax",
     "few events a user, as in review data (found on Beauty-Health 2023)"},
    {"ratings", "layers=3,epochs=10,learning_rate=0.00588,l2=2.03e-05,loss=softmax",
     "many ratings a user (found on ml-100k)"},
    {"social", "epochs=21,loss=sampled,sample=1024", "listening or rating among friends (found on LastFM)"},
    {"trust",
     "dimensions=71,layers=2,epochs=12,learning_rate=0.00332,batch=1024,loss=softmax,temperature=0.107,l2=0.00792,"
     "weight_decay=0.001,stdev=0.0416",
     "few films that most have seen, and tastes alike (found on FilmTrust)"},
};

int vt_lightgcn_hand_on(float *vector, const vt_lightgcn *m, const vt_user_state *user, float sign, vt_error *err)
{
    float *mark = vt_alloc_zero((size_t)m->f.n_items, sizeof *mark, err);
    size_t *kept = mark == NULL ? NULL : vt_alloc(user->n, sizeof *kept, err);
    if (kept == NULL) {
        vt_free(mark);
        return VT_ERR_NO_MEMORY;
    }
    size_t n = vt_history_first(kept, user, mark);
    float own = n > 0 ? sign / sqrtf((float)n) : 0.0F;
    for (size_t h = 0; h < n; h++) {
        size_t item = (size_t)user->item[kept[h]];
        for (size_t k = 0; k < m->f.d; k++) {
            vector[k] += own * m->weight[item] * m->handed[item * m->f.d + k];
        }
    }
    vt_free(mark);
    vt_free(kept);
    return VT_OK;
}

static int fold_in(float *vector, const void *state, const vt_user_state *user, vt_error *err)
{
    const vt_lightgcn *m = state;
    if (user->user >= 0) {
        memcpy(vector, m->f.users + (size_t)user->user * m->f.d, m->f.d * sizeof *vector);
    }
    return vt_lightgcn_hand_on(vector, m, user, 1.0F, err);
}

/* Whoever has nothing with edges has no scores, nor have items without. */
static void finish(float *scores, const void *state, const float *vector, const vt_user_state *user)
{
    const vt_lightgcn *m = state;
    bool known = vt_factors_known(vector, m->f.d);
    (void)user;
    for (int32_t i = 0; i < m->f.n_items; i++) {
        scores[i] = known && m->weight[i] > 0.0F ? scores[i] : -INFINITY;
    }
}

static const vt_factors_ops factors = {.folds_known = true, .fold_in = fold_in, .finish = finish};

static void lightgcn_free(void *model)
{
    vt_lightgcn *m = model;
    if (m != NULL) {
        vt_factors_done(&m->f);
        vt_free(m->handed);
        vt_free(m->weight);
        vt_free(m);
    }
}

static int lightgcn_create(vt_lightgcn **out, const vt_params *settings, int32_t n_users, int32_t n_items,
                           vt_error *err)
{
    vt_lightgcn *m = vt_alloc_zero(1, sizeof *m, err);
    if (m == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    size_t d = vt_pad((size_t)settings->value[VT_GCN_DIMENSIONS]);
    int status = vt_factors_init(&m->f, &factors, n_users, n_items, d, d, err);
    m->handed = status == VT_OK ? vt_alloc_aligned((size_t)n_items, d * sizeof *m->handed, err) : NULL;
    m->weight = m->handed == NULL ? NULL : vt_alloc((size_t)n_items, sizeof *m->weight, err);
    if (m->weight == NULL) {
        lightgcn_free(m);
        return VT_ERR_NO_MEMORY;
    }
    *out = m;
    return VT_OK;
}

static int lightgcn_fit(void **state, const vt_fit *fit, vt_error *err)
{
    vt_lightgcn *m = NULL;
    int status = lightgcn_create(&m, fit->params, fit->train->n_users, fit->train->n_items, err);
    *state = m;
    if (status == VT_OK) {
        status = vt_lightgcn_train(m, fit, err);
    }
    return status;
}

static int lightgcn_save(const void *state, vt_tensor_list *list, vt_error *err)
{
    const vt_lightgcn *m = state;
    int status = vt_factors_save(list, &m->f, "factors", err);
    if (status == VT_OK) {
        status = vt_tensor_list_add(list, "items.handed", VT_F32, m->f.n_items, (int64_t)m->f.d, m->handed, err);
    }
    return status == VT_OK ? vt_tensor_list_add(list, "items.weight", VT_F32, m->f.n_items, 0, m->weight, err) : status;
}

static int lightgcn_load(void **state, const vt_safetensors *file, const vt_params *settings, int32_t n_users,
                         int32_t n_items, vt_error *err)
{
    vt_lightgcn *m = NULL;
    int status = lightgcn_create(&m, settings, n_users, n_items, err);
    *state = m;
    if (status == VT_OK) {
        status = vt_factors_read(&m->f, file, "factors", err);
    }
    if (status == VT_OK) {
        status = vt_tensor_read_f32(m->handed, file, "items.handed", n_items, (int64_t)m->f.d, err);
    }
    if (status == VT_OK) {
        status = vt_tensor_read_f32(m->weight, file, "items.weight", n_items, 0, err);
    }
    return status;
}

static int lightgcn_check(const vt_fit *fit, vt_error *err)
{
    const vt_user_links *links = fit->options->links;
    if (fit->params->value[VT_GCN_LINKS] > 0 && (links == NULL || links->n == 0)) {
        return vt_fail(err, VT_ERR_USAGE,
                       "links=yes, but no users are linked; import who follows whom (\"vitrine import csv FILE --table "
                       "user-links\")");
    }
    return VT_OK;
}

const vt_model_ops vt_model_lightgcn = {
    .kind = {"lightgcn", "vectors handed on along who chose what, by graph convolution", "He and others 2020",
             VT_MODEL_SIMILAR | VT_MODEL_USER_VECTOR | VT_MODEL_EPOCHS, params, VT_GCN_PARAMS, presets,
             sizeof presets / sizeof presets[0]},
    .check = lightgcn_check,
    .fit = lightgcn_fit,
    .free = lightgcn_free,
    .save = lightgcn_save,
    .load = lightgcn_load,
    .score = vt_factors_score,
    .similar = vt_factors_similar,
    .user_vector = vt_factors_user_vector,
};
