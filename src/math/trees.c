/*
 * LightGBM behind dlopen, as OpenVINO is. Its functions are called through a table that is filled once and kept: the
 * library keeps threads and cannot be unloaded. One thread and row-wise histograms make its sums come in one order.
 */
#include "math/trees.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/library.h"
#include "math/lightgbm_api.h"

enum { PARAMETERS_MAX = 1 << 16 };

typedef struct library {
#define POINTER(name, result, arguments) result(*name) arguments;
    VT_LIGHTGBM_FUNCTIONS(POINTER)
#undef POINTER
} library;

static pthread_mutex_t loading = PTHREAD_MUTEX_INITIALIZER;
static library lgbm;
static bool loaded;

struct vt_trees {
    void *booster;
    size_t f;
};

/* Fills the table from a library; false with why in `why`. */
static bool load(const char *path, char why[512])
{
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) {
        snprintf(why, 512, "%s", dlerror());
        return false;
    }
    library found;
#define RESOLVE(name, result, arguments)                                                                               \
    *(void **)&found.name = dlsym(handle, "LGBM_" #name);                                                              \
    if (found.name == NULL) {                                                                                          \
        snprintf(why, 512, "%s has no LGBM_" #name, path);                                                             \
        dlclose(handle);                                                                                               \
        return false;                                                                                                  \
    }
    VT_LIGHTGBM_FUNCTIONS(RESOLVE)
#undef RESOLVE
    lgbm = found;
    return true;
}

int vt_trees_available(vt_error *err)
{
    static const vt_library_places places = {
        .variable = "VITRINE_LIGHTGBM",
        .file = "lib_lightgbm.so",
        .environment = ".venv-lightgbm",
        .folder = "lightgbm/lib",
        .name = "LightGBM",
        .missing = "boosted trees need LightGBM",
        .remedy = "run script/setup, or \"pip install lightgbm\" and set VITRINE_LIGHTGBM to its folder lightgbm/lib",
    };
    pthread_mutex_lock(&loading);
    int status = loaded ? VT_OK : vt_library_find(&places, load, err);
    loaded = loaded || status == VT_OK;
    pthread_mutex_unlock(&loading);
    return status;
}

void vt_tree_options_init(vt_tree_options *options)
{
    *options = (vt_tree_options){.size = sizeof *options,
                                 .trees = 300,
                                 .patience = 50,
                                 .leaves = 15,
                                 .leaf_rows = 20,
                                 .rate = 0.05,
                                 .feature_share = 0.8,
                                 .l2 = 1.0,
                                 .seed = 42};
}

static int check(const vt_tree_options *o, const vt_tree_rows *rows, vt_error *err)
{
    const struct {
        bool good;
        const char *sentence;
    } rules[] = {
        {o->trees >= 1 && o->trees <= 10000, "the number of trees is between 1 and 10,000"},
        {o->patience >= 0, "the patience is 0 or more trees"},
        {o->leaves >= 2 && o->leaves <= 1024, "a tree has 2 to 1,024 leaves"},
        {o->leaf_rows >= 1, "a leaf has at least one row"},
        {o->rate > 0.0 && o->rate <= 1.0, "the learning rate is above 0 and at most 1"},
        {o->feature_share > 0.0 && o->feature_share <= 1.0, "the share of features is above 0 and at most 1"},
        {o->l2 >= 0.0 && o->l2 < 1e9, "the penalty of leaves is 0 or more"},
        {rows->n > 0 && rows->f > 0 && rows->n < INT32_MAX && rows->f < INT32_MAX, "trees need rows and features"},
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (!rules[i].good) {
            return vt_fail(err, VT_ERR_USAGE, "%s", rules[i].sentence);
        }
    }
    return VT_OK;
}

static int refused(vt_error *err, const char *what)
{
    return vt_fail(err, VT_ERR_FAILED, "LightGBM cannot %s: %.300s", what, lgbm.GetLastError());
}

static int write_parameters(vt_buf *out, const vt_tree_options *o, const vt_tree_rows *rows, vt_error *err)
{
    int status = vt_buf_printf(
        out, err,
        "objective=binary metric=binary_logloss boosting=gbdt verbosity=-1 num_threads=1 deterministic=true "
        "force_row_wise=true num_leaves=%d min_data_in_leaf=%d learning_rate=%.17g feature_fraction=%.17g "
        "lambda_l2=%.17g seed=%d max_bin=255",
        o->leaves, o->leaf_rows, o->rate, o->feature_share, o->l2, (int)(o->seed & 0x7FFFFFFF));
    bool first = true;
    for (size_t f = 0; status == VT_OK && f < rows->f; f++) {
        if (rows->levels != NULL && rows->levels[f] > 0) {
            status = vt_buf_printf(out, err, "%s%zu", first ? " categorical_feature=" : ",", f);
            first = false;
        }
    }
    return status;
}

/* A data set of LightGBM's; bins are those of `reference` where there is one. */
static int make_dataset(void **out, const vt_tree_rows *rows, const char *parameters, void *reference, vt_error *err)
{
    if (lgbm.DatasetCreateFromMat(rows->x, LGBM_FLOAT64, (int32_t)rows->n, (int32_t)rows->f, 1, parameters, reference,
                                  out) != 0) {
        return refused(err, "read the features");
    }
    if (lgbm.DatasetSetField(*out, "label", rows->label, (int)rows->n, LGBM_FLOAT32) != 0) {
        return refused(err, "read the labels");
    }
    return VT_OK;
}

static int grow(void *booster, double *loss, const vt_tree_options *o, bool held, vt_error *err)
{
    bool finished = false;
    for (int t = 0, best = 0; t < o->trees; t++) {
        int end = 0, n = 0;
        double value[8] = {0};
        if (finished) {
            if (held) {
                loss[t] = loss[t - 1];
            }
            continue;
        }
        if (lgbm.BoosterUpdateOneIter(booster, &end) != 0) {
            return refused(err, "grow a tree");
        }
        finished = end != 0; /* no split gains any more: later trees would change nothing */
        if (held && lgbm.BoosterGetEval(booster, 1, &n, value) != 0) {
            return refused(err, "evaluate the held rows");
        }
        if (held) {
            loss[t] = value[0];
            best = loss[t] < loss[best] ? t : best;
            finished = finished || (o->patience > 0 && t - best >= o->patience);
        }
    }
    return VT_OK;
}

int vt_trees_fit(vt_trees **out, double *loss, const vt_tree_rows *rows, const vt_tree_rows *held,
                 const vt_tree_options *options, vt_error *err)
{
    vt_buf parameters;
    void *data = NULL, *held_data = NULL;
    int status = check(options, rows, err);
    status = status == VT_OK ? vt_trees_available(err) : status;
    vt_trees *trees = status == VT_OK ? vt_alloc_zero(1, sizeof *trees, err) : NULL;
    if (trees == NULL) {
        return status == VT_OK ? VT_ERR_NO_MEMORY : status;
    }
    vt_buf_init(&parameters, PARAMETERS_MAX);
    trees->f = rows->f;
    status = write_parameters(&parameters, options, rows, err);
    status = status == VT_OK ? make_dataset(&data, rows, parameters.data, NULL, err) : status;
    if (status == VT_OK && held != NULL) {
        status = make_dataset(&held_data, held, parameters.data, data, err);
    }
    if (status == VT_OK && lgbm.BoosterCreate(data, parameters.data, &trees->booster) != 0) {
        status = refused(err, "begin");
    }
    if (status == VT_OK && held != NULL && lgbm.BoosterAddValidData(trees->booster, held_data) != 0) {
        status = refused(err, "take the held rows");
    }
    status = status == VT_OK ? grow(trees->booster, loss, options, held != NULL, err) : status;
    if (status != VT_OK) {
        vt_trees_free(trees);
    }
    if (held_data != NULL) {
        lgbm.DatasetFree(held_data);
    }
    if (data != NULL) {
        lgbm.DatasetFree(data);
    }
    vt_buf_done(&parameters);
    if (status == VT_OK) {
        *out = trees;
    }
    return status;
}

void vt_trees_free(vt_trees *trees)
{
    if (trees != NULL) {
        if (trees->booster != NULL) {
            lgbm.BoosterFree(trees->booster);
        }
        vt_free(trees);
    }
}

static int predict(double *out, const vt_trees *trees, const vt_tree_rows *rows, int what, int count, vt_error *err)
{
    int64_t n = 0;
    if (rows->f != trees->f || rows->n >= INT32_MAX) {
        return vt_fail(err, VT_ERR_USAGE, "these trees are of %zu features, not of %zu", trees->f, rows->f);
    }
    if (rows->n > 0 &&
        lgbm.BoosterPredictForMat(trees->booster, rows->x, LGBM_FLOAT64, (int32_t)rows->n, (int32_t)rows->f, 1, what, 0,
                                  count > 0 ? count : -1, "num_threads=1 verbosity=-1", &n, out) != 0) {
        return refused(err, "score the rows");
    }
    return VT_OK;
}

int vt_trees_score(double *score, const vt_trees *trees, const vt_tree_rows *rows, int count, vt_error *err)
{
    return predict(score, trees, rows, LGBM_RAW, count, err);
}

int vt_trees_explain(double *contribution, const vt_trees *trees, const vt_tree_rows *rows, int count, vt_error *err)
{
    return predict(contribution, trees, rows, LGBM_CONTRIBUTIONS, count, err);
}
