/*
 * The fusion model as a kind: its settings, how it is fitted, similar items. docs/models/fusion.md explains it.
 */
#include "model/fusion/fusion.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "math/blas.h"
#include "model/tensors.h"

static const vt_param_spec params[VT_FUSION_PARAMS] = {
    [VT_FUSION_DIMENSIONS] = {"dimensions", VT_PARAM_INT, 64.0, 4.0, VT_FUSION_DIMENSIONS_MAX, NULL, "",
                              "D, width of users and items"},
    [VT_FUSION_LAYERS] = {"layers", VT_PARAM_INT, 1.0, 1.0, 8.0, NULL, "", "blocks of attention"},
    [VT_FUSION_HEADS] = {"heads", VT_PARAM_INT, 2.0, 1.0, 16.0, NULL, "", "heads of attention; they divide D"},
    [VT_FUSION_LENGTH] = {"length", VT_PARAM_INT, 50.0, 1.0, 1000.0, NULL, "events",
                          "newest events of a history that the network reads"},
    [VT_FUSION_CLASSES] = {"time_classes", VT_PARAM_INT, 16.0, 0.0, 255.0, NULL, "",
                           "classes of the time between two events, 0 for none"},
    [VT_FUSION_DROPOUT] = {"dropout", VT_PARAM_REAL, 0.2, 0.0, 0.9, NULL, "",
                           "share of numbers that are dropped in training"},
    [VT_FUSION_COLD] = {"cold", VT_PARAM_REAL, 0.1, 0.0, 0.9, NULL, "",
                        "share of items that are without identity and sales in a step"},
    [VT_FUSION_LAG] = {"lag", VT_PARAM_REAL, 0.75, 0.0, 1.0, NULL, "",
                       "share of users whose statistics are older than the query, by up to a year"},
    [VT_FUSION_STALE] = {"stale", VT_PARAM_REAL, 1.0, 0.0, 1.0, NULL, "",
                         "share of these users whose histories are as old"},
    [VT_FUSION_HALF_LIFE] =
        {"half_life", VT_PARAM_REAL, 90.0, 0.0, 36500.0, NULL, "days",
         "age at which an event counts half in the terms, in events where data have no times; 0 for "
         "no fading"},
    [VT_FUSION_INTENT] = {"intent_half_life", VT_PARAM_REAL, 365.0, 0.0, 36500.0, NULL, "days",
                          "age at which interest in an item that was looked at counts half; 0 for no fading"},
    [VT_FUSION_NEIGHBOURS] = {"neighbours", VT_PARAM_INT, 200.0, 1.0, 10000.0, NULL, "items",
                              "nearest items in words and looks that are kept"},
    [VT_FUSION_FLOOR] = {"floor", VT_PARAM_REAL, 0.2, 0.0, 1.0, NULL, "", "cosine above which a likeness counts"},
    [VT_FUSION_EASE] = {"regularization", VT_PARAM_REAL, 100.0, 0.0, 1000000.0, NULL, "",
                        "of what is bought together; 0 leaves that out"},
    [VT_FUSION_EPOCHS] = {"epochs", VT_PARAM_INT, 20.0, 1.0, 10000.0, NULL, "epochs", "passes over all users, at most"},
    [VT_FUSION_PATIENCE] = {"patience", VT_PARAM_INT, 4.0, 0.0, 1000.0, NULL, "epochs",
                            "epochs without a better validation before it stops; 0 for never"},
    [VT_FUSION_BATCH] = {"batch", VT_PARAM_INT, 64.0, 1.0, 65536.0, NULL, "users", "users of a step"},
    [VT_FUSION_SAMPLED] = {"sampled", VT_PARAM_INT, 0.0, 0.0, 10000000.0, NULL, "items",
                           "items by chance that compete in a step, beside those of its users; 0: all, or 10000 where "
                           "there are more than 200000"},
    [VT_FUSION_RATE] = {"learning_rate", VT_PARAM_REAL, 0.001, 1e-7, 1.0, NULL, "", "of AdamW, at its highest"},
    [VT_FUSION_WARMUP] = {"warmup", VT_PARAM_INT, 50.0, 0.0, 1000000.0, NULL, "steps", "steps in which the rate rises"},
    [VT_FUSION_DECAY] = {"weight_decay", VT_PARAM_REAL, 0.01, 0.0, 10.0, NULL, "", "of AdamW"},
    [VT_FUSION_RATING_EPOCHS] = {"rating_epochs", VT_PARAM_INT, 0.0, 0.0, 1000.0, NULL, "epochs",
                                 "passes over the ratings, to predict them too; 0: it ranks alone"},
    [VT_FUSION_USE] = {"without", VT_PARAM_CHOICE, 0.0, 0.0, 0.0,
                       "nothing|time|text|image|id|attention|attributes|signals", "",
                       "what is left out, to see what it is worth"},
};

static const vt_preset presets[] = {
    {"reviews", "epochs=2,dropout=0.4,learning_rate=0.0005,lag=0.25,stale=0",
     "few events a user, as in review data (found on Beauty-Health 2023)"},
    {"newcomers", "epochs=3,dropout=0.4,cold=0.85,lag=0.25,stale=0",
     "where what is new must be found: ranks it higher, the rest worse"},
    {"shop", "dimensions=16,epochs=6,half_life=365,length=20,dropout=0.5,weight_decay=0.1",
     "orders, views and carts of a shop with texts and photos (found on three synthetic shops)"},
    {"large", "dimensions=16,epochs=3,half_life=365,length=20,dropout=0.5,weight_decay=0.1,batch=128,sampled=5000",
     "the same for ten thousand items and more (found on a synthetic shop of 20,000)"},
    {"sequences", "epochs=16,layers=2,dropout=0.4,batch=128,half_life=1,cold=0,patience=0,without=attributes",
     "what followed what, without times (found on Beauty 2014)"},
    {"ratings", "epochs=8,lag=0.25,stale=0,rating_epochs=5", "many ratings a user (found on ml-100k, split by time)"},
};

/*
 * ---- fitting
 * --------------------------------------------------------------------------------------------------------
 */

static int take_users(vt_fusion *m, const vt_snapshot *s, vt_error *err)
{
    int64_t n = (m->use & VT_USE_ATTRIBUTES) != 0 ? s->user_attribute_ptr[m->n_users] : 0;
    m->n_user_tokens = n > 0 ? s->user_attributes.n : 0;
    m->user_token = vt_alloc((size_t)n, sizeof *m->user_token, err);
    if (m->user_token == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    if (n > 0) {
        memcpy(m->user_token, s->user_attribute, (size_t)n * sizeof *m->user_token);
        memcpy(m->user_token_ptr, s->user_attribute_ptr, ((size_t)m->n_users + 1) * sizeof *m->user_token_ptr);
    }
    return VT_OK;
}

static int fusion_check(const vt_fit *fit, vt_error *err)
{
    return vt_fusion_check_heads(fit->params, err);
}

static int fusion_fit(void **state, const vt_fit *fit, vt_error *err)
{
    vt_fusion *m = NULL;
    int status = vt_fusion_create(&m, fit->params, fit->train->n_users, fit->train->n_items, err);
    if (status != VT_OK) {
        return status;
    }
    *state = m;
    m->timed = true;
    for (int64_t e = 0; e < fit->train->n && m->timed; e++) {
        m->timed = fit->train->time[e] != VT_NONE;
    }
    status = vt_fusion_take_items(m, fit, err);
    if (status == VT_OK) {
        status = take_users(m, fit->train->snapshot, err);
    }
    if (status == VT_OK) {
        status = vt_fusion_add_params(m, fit->params, err);
    }
    if (status == VT_OK) {
        status = vt_fusion_take_both_near(m, fit->threads, err);
    }
    if (status == VT_OK) {
        status = vt_fusion_fit(m, fit, err);
    }
    return status;
}

/*
 * ---- similar items
 * --------------------------------------------------------------------------------------------------
 */

static int fusion_similar(const void *state, int32_t item, float *scores, vt_error *err)
{
    const vt_fusion *m = state;
    const float *own = m->z + (size_t)m->place[item] * m->d;
    (void)err;
    double length = 0.0;
    for (size_t j = 0; j < m->d; j++) {
        length += (double)own[j] * (double)own[j];
    }
    for (int32_t i = 0; i < m->n_items; i++) {
        const float *z = m->z + (size_t)m->place[i] * m->d;
        double dot = 0.0, square = 0.0;
        for (size_t j = 0; j < m->d; j++) {
            dot += (double)own[j] * (double)z[j];
            square += (double)z[j] * (double)z[j];
        }
        bool known = length > 0.0 && square > 0.0 && i != item;
        scores[i] = known ? (float)(dot / sqrt(length * square)) : -INFINITY;
    }
    return VT_OK;
}

const vt_model_ops vt_model_fusion = {
    .kind = {"fusion", "words, looks, taste and time in one score of named parts",
             "this project; SASRec (Kang 2018), TiSASRec (Li 2020), DropoutNet (Volkovs 2017), EASE (Steck 2019)",
             VT_MODEL_SIMILAR | VT_MODEL_USES_VECTORS | VT_MODEL_WEIGHTS | VT_MODEL_EPOCHS | VT_MODEL_ORDERED |
                 VT_MODEL_EXPLAINS | VT_MODEL_ANYONE | VT_MODEL_GROWS | VT_MODEL_PREDICTS | VT_MODEL_STATISTICS,
             params, VT_FUSION_PARAMS, presets, sizeof presets / sizeof presets[0]},
    .check = fusion_check,
    .fit = fusion_fit,
    .free = vt_fusion_free,
    .save = vt_fusion_save,
    .load = vt_fusion_load,
    .score = vt_fusion_score,
    .predict = vt_fusion_predict,
    .similar = fusion_similar,
    .explain = vt_fusion_explain,
    .signals = vt_fusion_signals,
    .grow = vt_fusion_grow,
    .weights = vt_fusion_weights,
};
