/*
 * SLIM: every item is predicted from others by a sparse linear model with weights of at least 0. For item j, with x_i
 * the column of item i in the matrix of users and items, the weights w lower
 *
 *     1/2 |x_j - sum_i w_i x_i|^2 + l2 / 2 |w|^2 + l1 |w|_1,    w >= 0, w_j = 0
 *
 * (Ning and Karypis 2011, equation 4) by coordinate descent (Friedman 2010). Only the k items most like j, by cosine,
 * may have a weight (their fsSLIM). The residual is kept by users: memory is U floats a thread and k weights an item.
 */
#include <math.h>
#include <omp.h>
#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "model/itemknn.h"
#include "model/matrix.h"
#include "model/nearest.h"
#include "model/params.h"

enum { K, L1, L2, SWEEPS, HALF_LIFE, PARAMS };

/* Items a thread takes at a time, and items between two reports. */
enum { ITEMS_AT_ONCE = 8, BLOCK = 1024 };

/* A sweep that changes no weight by more has converged. */
#define ENOUGH 1e-4F

static const vt_param_spec params[PARAMS] = {
    [K] = {"k", VT_PARAM_INT, 100.0, 1.0, 10000.0, NULL, "items", "most similar items that may have a weight"},
    [L1] = {"l1", VT_PARAM_REAL, 0.1, 0.0, 1e6, NULL, "", "penalty of the sum of weights: makes most of them 0"},
    [L2] = {"l2", VT_PARAM_REAL, 10.0, 0.0, 1e6, NULL, "", "penalty of the squares of weights: makes them even"},
    [SWEEPS] = {"sweeps", VT_PARAM_INT, 50.0, 1.0, 10000.0, NULL, "sweeps", "at most so many rounds over the weights"},
    [HALF_LIFE] = {"half_life", VT_PARAM_REAL, 0.0, 0.0, 36500.0, NULL, "days",
                   "age at which an event of the history counts half, in events where data have no times; 0 for no "
                   "fading"},
};

static const vt_preset presets[] = {
    {"reviews", "k=200,l1=0.504,l2=38.9,half_life=30",
     "few events a user, as in review data (found on Beauty-Health 2023)"},
    {"ratings", "k=200,l1=0.1,l2=100,half_life=0", "many ratings a user (found on ml-100k)"},
};

typedef struct build {
    const vt_csr *items; /* (I, U) */
    vt_csr *candidates;  /* (I, I) row j: who may predict j; values become the weights */
    float l1, l2;
    int sweeps;
} build;

/* One round over the weights of an item, over those above 0 only unless `all`; the greatest change. */
static float sweep(const build *b, int64_t begin, int64_t end, float *residual, bool all)
{
    float greatest = 0.0F, *weight = b->candidates->value;
    for (int64_t c = begin; c < end; c++) {
        float old = weight[c];
        if (!all && !(old > 0.0F)) {
            continue;
        }
        int32_t i = b->candidates->column[c];
        const int32_t *user = b->items->column + b->items->ptr[i];
        int64_t n = b->items->ptr[i + 1] - b->items->ptr[i];
        float sum = 0.0F;
        for (int64_t u = 0; u < n; u++) {
            sum += residual[user[u]];
        }
        float fresh = (sum + (float)n * old - b->l1) / ((float)n + b->l2), change = 0.0F;
        fresh = fresh > 0.0F ? fresh : 0.0F;
        change = fresh - old;
        if (change > 0.0F || change < 0.0F) {
            for (int64_t u = 0; u < n; u++) {
                residual[user[u]] -= change;
            }
            weight[c] = fresh;
            greatest = fmaxf(greatest, fabsf(change));
        }
    }
    return greatest;
}

/* Sets the residual of every user of an item. */
static void set_users(const build *b, int32_t item, float *residual, float value)
{
    for (int64_t e = b->items->ptr[item]; e < b->items->ptr[item + 1]; e++) {
        residual[b->items->column[e]] = value;
    }
}

/* The weights of item j; `residual` (U) is all zeros and stays so. */
static void solve(const build *b, int32_t j, float *residual)
{
    int64_t begin = b->candidates->ptr[j], end = b->candidates->ptr[j + 1];
    memset(b->candidates->value + begin, 0, (size_t)(end - begin) * sizeof(float));
    set_users(b, j, residual, 1.0F);
    bool all = true;
    for (int s = 0; s < b->sweeps; s++) {
        bool settled = sweep(b, begin, end, residual, all) < ENOUGH;
        if (settled && all) {
            break;
        }
        all = settled; /* the weights above 0 first, then once more all: few weights move often */
    }
    set_users(b, j, residual, 0.0F);
    for (int64_t c = begin; c < end; c++) {
        set_users(b, b->candidates->column[c], residual, 0.0F);
    }
}

static int solve_all(const build *b, const vt_fit *fit, vt_error *err)
{
    int32_t n_items = b->items->n_rows;
    size_t n_users = (size_t)b->items->n_columns;
    int threads = fit->threads, status = VT_OK;
    float *residual = vt_alloc_zero((size_t)threads * n_users, sizeof *residual, err);
    if (residual == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t begin = 0; begin < n_items && status == VT_OK; begin += BLOCK) {
        int32_t end = n_items - begin < BLOCK ? n_items : begin + BLOCK;
#pragma omp parallel for schedule(dynamic, ITEMS_AT_ONCE) num_threads(threads) if (end - begin > ITEMS_AT_ONCE)
        for (int32_t j = begin; j < end; j++) {
            solve(b, j, residual + (size_t)omp_get_thread_num() * n_users);
        }
        const vt_progress_state done = {"fitting slim", "items", (double)end, (double)n_items, NULL};
        status = vt_progress_report(fit->progress, &done, err);
    }
    vt_free(residual);
    return status;
}

/* The candidates: item-kNN by cosine. */
static int choose_candidates(vt_csr **out, const vt_fit *fit, vt_error *err)
{
    vt_params settings;
    int status = vt_params_init(&settings, &vt_model_itemknn.kind, err);
    if (status != VT_OK) {
        return status;
    }
    settings.value[VT_KNN_K] = fit->params->value[K];
    settings.value[VT_KNN_SIMILARITY] = VT_KNN_COSINE;
    vt_fit neighbours = *fit;
    neighbours.params = &settings;
    status = vt_itemknn_neighbours(out, &neighbours, err);
    vt_params_done(&settings);
    return status;
}

/* The weights above 0, by the item that the user had. */
static int turn(vt_csr **out, vt_csr *weights, vt_error *err)
{
    int64_t n = 0, begin = 0;
    for (int32_t j = 0; j < weights->n_rows; j++) {
        int64_t end = weights->ptr[j + 1];
        for (int64_t c = begin; c < end; c++) {
            if (weights->value[c] > 0.0F) {
                weights->column[n] = weights->column[c];
                weights->value[n++] = weights->value[c];
            }
        }
        begin = end;
        weights->ptr[j + 1] = n;
    }
    return vt_csr_transpose(out, weights, err);
}

static int slim_fit(void **state, const vt_fit *fit, vt_error *err)
{
    const double *value = fit->params->value;
    vt_csr *items = NULL, *candidates = NULL, *weights = NULL;
    int status = choose_candidates(&candidates, fit, err);
    if (status == VT_OK) {
        status = vt_matrix_create(NULL, &items, fit->train, VT_ENTRY_ONE, err);
    }
    if (status == VT_OK) {
        build b = {items, candidates, (float)value[L1], (float)value[L2], (int)value[SWEEPS]};
        status = solve_all(&b, fit, err);
    }
    if (status == VT_OK) {
        status = turn(&weights, candidates, err);
    }
    vt_csr_free(items);
    vt_csr_free(candidates);
    return status == VT_OK ? vt_nearest_take(state, weights, value[HALF_LIFE], err) : status;
}

static int slim_load(void **state, const vt_safetensors *file, const vt_params *settings, int32_t n_users,
                     int32_t n_items, vt_error *err)
{
    (void)n_users;
    return vt_nearest_load(state, file, settings->value[HALF_LIFE], n_items, err);
}

const vt_model_ops vt_model_slim = {
    .kind = {"slim", "every item from a few others, sparse", "Ning and Karypis 2011",
             VT_MODEL_SIMILAR | VT_MODEL_EXPLAINS, params, PARAMS, presets, sizeof presets / sizeof presets[0]},
    .fit = slim_fit,
    .free = vt_nearest_free,
    .save = vt_nearest_save,
    .load = slim_load,
    .score = vt_nearest_score,
    .similar = vt_nearest_similar,
    .explain = vt_nearest_explain,
};
