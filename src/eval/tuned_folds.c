/*
 * Nested folds: what is evaluated in a fold has no part in the choice of the settings that it is evaluated with. Each
 * fold is tuned on validation events inside its own training part.
 */
#include "base/alloc.h"
#include "base/options.h"
#include "eval/folds.h"
#include "vitrine/tuning.h"

typedef struct nested {
    const vt_snapshot *snapshot;
    const vt_tuning *tuning;
} nested;

/* The settings of the fold beside those that are given. */
static int evaluate_with(vt_evaluation *out, const nested *n, const char *settings, int32_t fold, vt_error *err)
{
    const vt_tuning *tuning = n->tuning;
    vt_fit_options fit = tuning->fit;
    vt_split *split = NULL;
    const char **all = vt_alloc(fit.n_settings + 1, sizeof *all, err);
    int status = all == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t i = 0; status == VT_OK && i < fit.n_settings; i++) {
        all[i] = fit.settings[i];
    }
    if (status == VT_OK && settings[0] != '\0') {
        all[fit.n_settings++] = settings;
    }
    fit.settings = all;
    if (status == VT_OK) {
        status = vt_split_create(&split, n->snapshot, &tuning->spec, tuning->protocol.seed, fold, false, err);
    }
    if (status == VT_OK) {
        status = vt_evaluate_model(out, tuning->kind, &fit, n->snapshot, split, &tuning->protocol, err);
    }
    vt_split_free(split);
    vt_free((void *)(uintptr_t)all);
    return status;
}

static int evaluate_fold(void *context, vt_evaluation *out, int32_t fold, vt_error *err)
{
    const nested *n = context;
    vt_tuning tuning = *n->tuning;
    vt_tuning_result result;
    tuning.fold = fold;
    int status = vt_tune(&result, n->snapshot, &tuning, err);
    return status == VT_OK ? evaluate_with(out, n, result.settings, fold, err) : status;
}

int vt_evaluate_tuned_folds(vt_evaluation *out, const vt_snapshot *snapshot, const vt_tuning *tuning, vt_error *err)
{
    nested n = {snapshot, tuning};
    int status = vt_options_check(tuning->size, sizeof *tuning, "vt_tuning", err);
    return status != VT_OK ? status : vt_folds_run(out, &tuning->spec, &tuning->protocol, evaluate_fold, &n, err);
}
