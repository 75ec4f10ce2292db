/*
 * Item-kNN: an item scores the sum of its similarities to what the user bought, older purchases fading when a half-life
 * is given. The model is the list of each item's nearest ones (itemknn_fit.c).
 */
#include "model/itemknn.h"

#include "model/nearest.h"

static const vt_param_spec params[VT_KNN_PARAMS] = {
    [VT_KNN_K] = {"k", VT_PARAM_INT, 100.0, 1.0, 10000.0, NULL, "items", "nearest items kept for each item"},
    [VT_KNN_SIMILARITY] = {"similarity", VT_PARAM_CHOICE, VT_KNN_COSINE, 0.0, 0.0, "cosine|bm25|tfidf|jaccard", "",
                           "how two items are compared by the users they share"},
    [VT_KNN_SHRINK] = {"shrink", VT_PARAM_REAL, 0.0, 0.0, 100000.0, NULL, "",
                       "added to the divisor: trusts similarities of rare items less"},
    [VT_KNN_HALF_LIFE] = {"half_life", VT_PARAM_REAL, 0.0, 0.0, 36500.0, NULL, "days",
                          "age at which an event of the history counts half, in events where data have no times; 0 for "
                          "no fading"},
    [VT_KNN_PAIR_HALF_LIFE] = {"pair_half_life", VT_PARAM_REAL, 0.0, 0.0, 36500.0, NULL, "days",
                               "distance in time at which two events of a user count half as a pair; 0 for no fading"},
    [VT_KNN_K1] = {"k1", VT_PARAM_REAL, 1.2, 0.0, 1000.0, NULL, "", "BM25: how soon repeated evidence is enough"},
    [VT_KNN_B] = {"b", VT_PARAM_REAL, 0.75, 0.0, 1.0, NULL, "", "BM25: how much popular items are held back"},
};

static const vt_preset presets[] = {
    {"reviews", "k=100,similarity=bm25,shrink=4.15,half_life=90,k1=1.55,b=0.3",
     "few events a user, as in review data (found on Beauty-Health 2023)"},
    {"ratings", "k=500,similarity=bm25,shrink=1.3,half_life=365,k1=1.95,b=0.75",
     "many ratings a user (found on ml-100k)"},
    {"sequences", "k=500,similarity=cosine,shrink=30,half_life=1",
     "orders without times, of which the newest events count most (found on Beauty 2014)"},
};

static int itemknn_fit(void **state, const vt_fit *fit, vt_error *err)
{
    vt_csr *weights = NULL;
    int status = vt_itemknn_neighbours(&weights, fit, err);
    return status == VT_OK ? vt_nearest_take(state, weights, fit->params->value[VT_KNN_HALF_LIFE], err) : status;
}

static int itemknn_load(void **state, const vt_safetensors *file, const vt_params *settings, int32_t n_users,
                        int32_t n_items, vt_error *err)
{
    (void)n_users;
    return vt_nearest_load(state, file, settings->value[VT_KNN_HALF_LIFE], n_items, err);
}

const vt_model_ops vt_model_itemknn = {
    .kind = {"itemknn", "items bought by the same people", "Sarwar 2001; BM25: Robertson and Walker 1994",
             VT_MODEL_SIMILAR | VT_MODEL_EXPLAINS, params, VT_KNN_PARAMS, presets, sizeof presets / sizeof presets[0]},
    .timed = "pair_half_life",
    .fit = itemknn_fit,
    .free = vt_nearest_free,
    .save = vt_nearest_save,
    .load = itemknn_load,
    .score = vt_nearest_score,
    .similar = vt_nearest_similar,
    .explain = vt_nearest_explain,
};
