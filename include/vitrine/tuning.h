/** Tuning: settings of a kind of model that are good on the validation part. The test part is never looked at. */
#ifndef VITRINE_TUNING_H
#define VITRINE_TUNING_H

#include "vitrine/evaluation.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VT_SETTINGS_BYTES 1024

/** One trial at one budget. */
typedef struct vt_trial {
    int32_t number;                   /**< from 0; trial 0 has the settings that the search begins with */
    int32_t rung;                     /**< how often it was promoted */
    double share;                     /**< of the budget: of epochs, or of users */
    char settings[VT_SETTINGS_BYTES]; /**< "k=57,shrink=3.2": what was drawn, "" for trial 0 */
    double value;                     /**< of the metric; NaN when it failed */
    double low, high;                 /**< 95 % interval, NaN without one */
    int32_t epochs;                   /**< the best one; 0 for kinds without epochs */
    double seconds;
    bool kept;       /**< read from the log, not run now */
    char error[256]; /**< why it failed; "" otherwise */
} vt_trial;

/** What is searched, and how long. Init with vt_tuning_init(). */
typedef struct vt_tuning {
    size_t size; /**< set by vt_tuning_init() */
    const char *kind;
    vt_fit_options fit;        /**< where the search begins; parameters that are set there are not searched */
    const char *const *search; /**< "name=low:high", "name=low:high:log" or "name=a|b|c", beside the kind's own rows */
    size_t n_search;
    int32_t trials; /**< default 60 */
    double budget;  /**< seconds after which no further trial begins; 0: none */
    vt_split_spec spec;
    int32_t fold;         /**< of a split of folds: in the training part of which one; default 0 */
    vt_protocol protocol; /**< part and intervals do not count: the validation part is evaluated, without slices */
    const char *log;      /**< file of all trials, one JSON object a line; those of the same search are not run again */
    void (*told)(void *context, const vt_trial *trial); /**< after each trial; NULL: nobody is */
    void *context;
} vt_tuning;

VT_SIZED_INIT(vt_tuning)

/** What came of it. */
typedef struct vt_tuning_result {
    char protocol[512];
    char metric[32]; /**< "NDCG@10", "RMSE" */
    int good;        /**< 1: higher is better, -1: lower */
    int32_t trials;  /**< different settings that were tried */
    int32_t whole;   /**< of them with the whole budget */
    int32_t failed;
    vt_trial first; /**< where the search began, with the whole budget */
    vt_trial best;
    char settings[VT_SETTINGS_BYTES]; /**< of the best; where a fit will have no validation events, with its epochs */
    bool out_of_time;
} vt_tuning_result;

/**
 * Random search (Bergstra and Bengio 2012) with successive halving (Jamieson and Talwalkar 2016): brackets of nine
 * trials begin with a ninth or a third of the budget, and the best third of a rung goes on with three times as much.
 * The budget is epochs for kinds that have them, else users (as long as a rung has some hundred). Same seed, data and
 * search: the same trials, in the same order. VT_ERR_USAGE names a wrong row of the search, VT_ERR_UNSUPPORTED a kind
 * that has nothing to search, VT_ERR_CANCELLED when the caller stops it: what is done is in the log.
 */
VT_API int vt_tune(vt_tuning_result *out, const vt_snapshot *snapshot, const vt_tuning *tuning, vt_error *err);

/**
 * Evaluates a kind in each fold of tuning->spec with settings that were tuned in that fold's training part alone, and
 * joins the folds: figures that owe nothing to the choice of settings. Without a log; part, intervals and slices of
 * tuning->protocol are those of the evaluation. Costs a search and a fit a fold. VT_ERR_USAGE for splits without folds.
 */
VT_API int vt_evaluate_tuned_folds(vt_evaluation *out, const vt_snapshot *snapshot, const vt_tuning *tuning,
                                   vt_error *err);

/** The name by which people mean the settings below, as if they were a preset of the kind. */
#define VT_TUNED_PRESET "tuned"

/** Where the shop in folder `shop` keeps all trials of a kind (vt_tuning.log); the folder is made. */
VT_API int vt_tuned_log_path(char *out, size_t size, const char *shop, const char *kind, vt_error *err);

/** Keeps in the shop the settings that a search found, "name=value,..." of every parameter, and where they are from. */
VT_API int vt_tuned_write(const char *shop, const char *kind, const char *settings, const vt_tuning_result *result,
                          const char *snapshot, vt_error *err);

/** The settings that the shop keeps for that kind; VT_ERR_NOT_FOUND says how to make them. */
VT_API int vt_tuned_read(char *out, size_t size, const char *shop, const char *kind, vt_error *err);

#ifdef __cplusplus
}
#endif

#endif
