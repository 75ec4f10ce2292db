/**
 * Retraining: a new model of a shop, compared with the one that answers on events that neither has seen, and put in its
 * place where it is not worse. docs/models/README.md explains the rule. Experimental: may still change.
 */
#ifndef VITRINE_RETRAIN_H
#define VITRINE_RETRAIN_H

#include "vitrine/evaluation.h"
#include "vitrine/shop.h"
#include "vitrine/tuning.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What is fitted and how it is compared. Init with vt_retrain_options_init(). */
typedef struct vt_retrain_options {
    size_t size;        /**< set by vt_retrain_options_init() */
    const char *kind;   /**< of the candidate; NULL: the old model's, "itemknn" without one */
    const char *preset; /**< or VT_TUNED_PRESET; NULL: none */
    const char *const
        *settings; /**< "name=value"; with neither these nor a preset those of an old model of this kind */
    size_t n_settings;
    const char *old;      /**< name of the model to compare with; NULL: the one that answers */
    const char *positive; /**< rule; NULL: the old model's, else that of vt_snapshot_options */
    double holdout; /**< newest share of the positive events that are held out, above 0 and at most .5; default .1 */
    int64_t holdout_max; /**< but at most so many, 1 to 1,000,000; default 20,000 */
    bool force;          /**< put the candidate in place whatever the comparison says */
    uint64_t seed;       /**< default 42 */
    int threads;         /**< 0: all processors */
    const vt_progress *progress;
} vt_retrain_options;

VT_SIZED_INIT(vt_retrain_options)

/** What came of it. */
typedef struct vt_retraining {
    char name[256]; /**< of the model that answers now; "" where the candidate was not accepted */
    char kind[64];
    char settings[VT_SETTINGS_BYTES];
    char old[256];     /**< what it was compared with: a model, or "popularity", which answers where there is none */
    int64_t fitted_on; /**< events; 0: nothing was fitted, since nothing could have been compared */
    double fit_seconds;
    int64_t users;   /**< with held-out events */
    int64_t events;  /**< held out */
    int64_t since;   /**< moment from which on events are held out */
    bool compared;   /**< what follows is known */
    vt_figure value; /**< NDCG@10 of the candidate */
    vt_figure old_value;
    vt_difference difference; /**< of the two, paired by user */
    bool accepted;
    char why[512]; /**< a sentence */
} vt_retraining;

/** The fewest users with held-out events for a comparison. */
#define VT_RETRAIN_USERS_MIN 200

/**
 * The rule: a candidate may answer when it is not significantly worse, the upper end of the 95 % interval of the
 * difference being 0 or more, and not more than 2 % below the old value in the point estimate.
 */
VT_API bool vt_retrain_accepts(double old_value, const vt_difference *difference);

/**
 * Fits a candidate on what lies before the newest events and evaluates it and the old model on these (NDCG@10, state
 * live), as vt_evaluate_served(). Where the old model has seen a part of them, only those after its fit are held out;
 * with less than VT_RETRAIN_USERS_MIN users among these nothing is fitted, unless `force` or there is no old model. An
 * accepted candidate is saved as KIND-YYYYMMDDTHHMMSS, as it was evaluated, and becomes the active model; of such
 * models the newest three, the active and the previous one stay. The shop is open for reading; weights are recorded as
 * vt_model_save_in() does. VT_ERR_UNSUPPORTED without times or with nothing to fit on, and errors of the fit.
 */
VT_API int vt_retrain(vt_retraining *out, vt_shop *shop, const vt_retrain_options *options, vt_error *err);

/** Whether a name is one that vt_retrain() gives. */
VT_API bool vt_model_is_automatic(const char *name);

#ifdef __cplusplus
}
#endif

#endif
