/** Model selection: which kind of model, with which preset, ranks a shop's newest events best. */
#ifndef VITRINE_SELECTION_H
#define VITRINE_SELECTION_H

#include "vitrine/tuning.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One model that was tried. */
typedef struct vt_selection_trial {
    const char *kind;     /**< static storage, like the next two */
    const char *preset;   /**< NULL: the kind's defaults */
    const char *settings; /**< "half_life=7", after the preset; NULL: nothing */
    double share;         /**< of the epochs that it was fitted with; below 1 in the first round of several alike */
    double value;         /**< NDCG@10; NaN when it failed */
    double low, high;     /**< 95 % interval */
    double fit_seconds;   /**< of the fit */
    double rank_seconds;  /**< of making the lists */
    int32_t epochs;       /**< the best one, where the fit was validated; else 0 */
    char error[256];      /**< why it failed; "" otherwise */
} vt_selection_trial;

/** What is tried, and how long. Init with vt_selection_init(). */
typedef struct vt_selection {
    size_t size;          /**< set by vt_selection_init() */
    vt_fit_options fit;   /**< seed, threads, vectors, links, progress; kinds and settings are those of the table */
    vt_split_spec spec;   /**< none: the newest tenth of the events; else the validation part of this split */
    vt_protocol protocol; /**< used with a split that is not none; part, lengths and slices do not count */
    double budget;        /**< seconds after which no fit goes on, once one model was evaluated; 0: none */
    void (*told)(void *context, const vt_selection_trial *trial); /**< after each one; NULL: nobody is */
    void *context;
} vt_selection;

VT_SIZED_INIT(vt_selection)

/** What came of it; freed with vt_selection_result_done(). */
typedef struct vt_selection_result {
    char protocol[512];
    vt_selection_trial *trial; /**< (n) in the order of trying */
    size_t n;
    size_t best;                      /**< number of the best one with all epochs */
    char settings[VT_SETTINGS_BYTES]; /**< of the best after its preset: "half_life=7", or the number of epochs; "" */
    bool out_of_time;
} vt_selection_result;

/**
 * Tries the kinds and presets that fit the data's shape (times, events a user, size of the catalogue, vectors, views
 * and carts) and says which ranks best what came last: cheap kinds first; of several presets of a kind in epochs each
 * gets a third of its epochs, and the best goes on with all of them. Evaluated as served: histories and statistics as
 * of each event where there are times. Of large shops some thousand events are evaluated, the same for all models. Same
 * seed and data, without a budget: same result. VT_ERR_UNSUPPORTED when there is nothing to evaluate or no model could
 * be fitted, VT_ERR_CANCELLED.
 */
VT_API int vt_select_model(vt_selection_result *out, const vt_snapshot *snapshot, const vt_selection *selection,
                           vt_error *err);

/** Frees what it holds; the struct is the caller's. NULL is allowed. */
VT_API void vt_selection_result_done(vt_selection_result *result);

#ifdef __cplusplus
}
#endif

#endif
