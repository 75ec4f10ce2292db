/*
 * Item-kNN: an item scores the sum of its similarities to what the user bought, older purchases fading when a half-life
 * is given. The model is the list of each item's nearest ones (itemknn_fit.c).
 */
#include "model/itemknn.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "model/history.h"

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
};

typedef struct itemknn {
    vt_csr *nearest; /* (I, I) */
    double half_life;
} itemknn;

static void itemknn_free(void *state)
{
    itemknn *m = state;
    if (m != NULL) {
        vt_csr_free(m->nearest);
        vt_free(m);
    }
}

static int itemknn_fit(void **state, const vt_fit *fit, vt_error *err)
{
    itemknn *m = vt_alloc_zero(1, sizeof *m, err);
    if (m == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    m->half_life = fit->params->value[VT_KNN_HALF_LIFE];
    int status = vt_itemknn_neighbours(&m->nearest, fit, err);
    if (status != VT_OK) {
        itemknn_free(m);
        return status;
    }
    *state = m;
    return VT_OK;
}

static int itemknn_save(const void *state, vt_tensor_list *list, vt_error *err)
{
    const vt_csr *nearest = ((const itemknn *)state)->nearest;
    int64_t n = nearest->ptr[nearest->n_rows];
    int status = vt_tensor_list_add(list, "nearest.ptr", VT_I64, (int64_t)nearest->n_rows + 1, 0, nearest->ptr, err);
    if (status == VT_OK) {
        status = vt_tensor_list_add(list, "nearest.item", VT_I32, n, 0, nearest->column, err);
    }
    return status == VT_OK ? vt_tensor_list_add(list, "nearest.similarity", VT_F32, n, 0, nearest->value, err) : status;
}

/* Rows in order, columns ascending and inside, values finite and above 0. */
static bool sound(const vt_csr *csr, int64_t n)
{
    bool good = csr->ptr[0] == 0 && csr->ptr[csr->n_rows] == n;
    for (int32_t i = 0; good && i < csr->n_rows; i++) {
        good = csr->ptr[i] <= csr->ptr[i + 1] && csr->ptr[i + 1] <= n;
        int32_t last = -1;
        for (int64_t e = csr->ptr[i]; good && e < csr->ptr[i + 1]; e++) {
            good = csr->column[e] > last && csr->column[e] < csr->n_columns && csr->value[e] > 0.0F &&
                   isfinite(csr->value[e]);
            last = csr->column[e];
        }
    }
    return good;
}

static int itemknn_load(void **state, const vt_safetensors *file, const vt_params *settings, int32_t n_users,
                        int32_t n_items, vt_error *err)
{
    (void)n_users;
    vt_tensor ptr, item, value;
    int status = vt_safetensors_tensor(file, "nearest.ptr", VT_I64, 1, (int64_t)n_items + 1, 0, &ptr, err);
    if (status == VT_OK) {
        status = vt_safetensors_tensor(file, "nearest.item", VT_I32, 1, -1, 0, &item, err);
    }
    if (status == VT_OK) {
        status = vt_safetensors_tensor(file, "nearest.similarity", VT_F32, 1, item.shape[0], 0, &value, err);
    }
    if (status != VT_OK) {
        return status;
    }
    itemknn *m = vt_alloc_zero(1, sizeof *m, err);
    if (m == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    m->half_life = settings->value[VT_KNN_HALF_LIFE];
    size_t n = (size_t)item.shape[0];
    status = vt_csr_create(&m->nearest, n_items, n_items, item.shape[0], err);
    if (status == VT_OK) {
        memcpy(m->nearest->ptr, ptr.data, ((size_t)n_items + 1) * sizeof *m->nearest->ptr);
        if (n > 0) {
            memcpy(m->nearest->column, item.data, n * sizeof *m->nearest->column);
            memcpy(m->nearest->value, value.data, n * sizeof *m->nearest->value);
        }
        if (!sound(m->nearest, item.shape[0])) {
            status = vt_fail(err, VT_ERR_CORRUPT,
                             "the neighbours of the itemknn model are out of order or not finite; fit the model again");
        }
    }
    if (status != VT_OK) {
        itemknn_free(m);
        return status;
    }
    *state = m;
    return VT_OK;
}

static int itemknn_score(const void *state, const vt_user_state *states, size_t n, float *scores, vt_error *err)
{
    const itemknn *m = state;
    const vt_csr *nearest = m->nearest;
    size_t n_items = (size_t)nearest->n_rows, longest = 0;
    for (size_t s = 0; s < n; s++) {
        longest = states[s].n > longest ? states[s].n : longest;
    }
    size_t *kept = vt_alloc(longest, sizeof *kept, err);
    if (kept == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t s = 0; s < n; s++) {
        const vt_user_state *user = &states[s];
        float *row = scores + s * n_items;
        memset(row, 0, n_items * sizeof *row);
        size_t n_kept = vt_history_first(kept, user, row);
        for (size_t h = 0; h < n_kept; h++) {
            int32_t item = user->item[kept[h]];
            float weight = vt_history_weight(user, kept, n_kept, h, m->half_life);
            for (int64_t e = nearest->ptr[item]; e < nearest->ptr[item + 1]; e++) {
                row[nearest->column[e]] += weight * nearest->value[e];
            }
        }
        for (size_t i = 0; i < n_items; i++) {
            row[i] = row[i] > 0.0F ? row[i] : -INFINITY;
        }
    }
    vt_free(kept);
    return VT_OK;
}

static int itemknn_similar(const void *state, int32_t item, float *scores, vt_error *err)
{
    const vt_csr *nearest = ((const itemknn *)state)->nearest;
    (void)err;
    for (int32_t i = 0; i < nearest->n_rows; i++) {
        scores[i] = -INFINITY;
    }
    for (int64_t e = nearest->ptr[item]; e < nearest->ptr[item + 1]; e++) {
        scores[nearest->column[e]] = nearest->value[e];
    }
    return VT_OK;
}

const vt_model_ops vt_model_itemknn = {
    .kind = {"itemknn", "items bought by the same people", "Sarwar 2001; BM25: Robertson and Walker 1994",
             VT_MODEL_SIMILAR, params, VT_KNN_PARAMS, presets, sizeof presets / sizeof presets[0]},
    .fit = itemknn_fit,
    .free = itemknn_free,
    .save = itemknn_save,
    .load = itemknn_load,
    .score = itemknn_score,
    .similar = itemknn_similar,
};
