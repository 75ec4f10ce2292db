/* Fits models for evaluation, and says whether a model that was fitted before may be evaluated at all. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "eval/cold_curve.h"
#include "eval/queries.h"

/* True for splits whose labels depend on the seed. */
static bool is_random(vt_split_kind kind)
{
    switch (kind) {
    case VT_SPLIT_RATIO:
    case VT_SPLIT_RATIO_GLOBAL:
    case VT_SPLIT_KFOLD:
    case VT_SPLIT_COLD_ITEMS:
    case VT_SPLIT_COLD_USERS:
        return true;
    default:
        return false;
    }
}

void vt_evaluation_trained_on(char out[VT_TRAINED_ON_BYTES], const vt_split *split)
{
    char fold[32] = "";
    char seed[32] = "";
    if (split->spec.kind == VT_SPLIT_NONE) {
        snprintf(out, VT_TRAINED_ON_BYTES, "all");
        return;
    }
    if (vt_split_folds(&split->spec) > 0) {
        snprintf(fold, sizeof fold, " fold=%" PRId32, split->fold);
    }
    if (is_random(split->spec.kind)) {
        snprintf(seed, sizeof seed, " seed=%" PRIu64, split->seed);
    }
    snprintf(out, VT_TRAINED_ON_BYTES, "%s%s%s", split->name, fold, seed);
}

int vt_evaluation_accepts(const vt_model *model, const vt_snapshot *snapshot, const vt_split *split, vt_error *err)
{
    vt_model_info info;
    char wanted[VT_TRAINED_ON_BYTES];
    vt_model_describe(model, &info);
    vt_evaluation_trained_on(wanted, split);
    if (strcmp(info.snapshot, snapshot->hash) != 0) {
        return vt_fail(
            err, VT_ERR_UNSUPPORTED,
            "the model was fitted on other data (snapshot %.12s, the shop's is %.12s), so it may know the events "
            "it would be evaluated on; train it again on split %s",
            info.snapshot, snapshot->hash, split->name);
    }
    if (strcmp(info.trained_on, "all") == 0) {
        return vt_fail(
            err, VT_ERR_UNSUPPORTED,
            "the model was fitted on all events, so it knows those it would be evaluated on; train it on split %s, "
            "or evaluate its kind instead of its file",
            split->name);
    }
    if (strcmp(info.trained_on, wanted) != 0) {
        return vt_fail(
            err, VT_ERR_UNSUPPORTED,
            "the model was fitted on split \"%s\", and \"%s\" is to be evaluated; name the same split and seed, or "
            "train it again",
            info.trained_on, wanted);
    }
    if (info.n_interactions != split->count[VT_PART_TRAIN]) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "the model was fitted on %" PRId64 " events of split %s, whose training part now has %" PRId64
                       ": one was made with an inner validation part and the other without; train it again",
                       info.n_interactions, split->name, split->count[VT_PART_TRAIN]);
    }
    return VT_OK;
}

/* What would refuse the evaluation is said before a model is fitted. */
static int check_first(const vt_snapshot *snapshot, const vt_split *split, const vt_protocol *protocol, vt_error *err)
{
    vt_plan *plan = NULL;
    int status = vt_protocol_check(protocol, err);
    if (status == VT_OK) {
        status = vt_plan_create(&plan, snapshot, split, protocol, err);
    }
    vt_plan_free(plan);
    return status;
}

int vt_evaluate_model(vt_evaluation *out, const char *kind, const vt_fit_options *fit, const vt_snapshot *snapshot,
                      const vt_split *split, const vt_protocol *protocol, vt_error *err)
{
    char trained_on[VT_TRAINED_ON_BYTES];
    vt_fit_options options = *fit;
    vt_interactions *train = NULL;
    vt_model *model = NULL;
    vt_evaluation result = {0};
    int status = check_first(snapshot, split, protocol, err);
    if (status != VT_OK) {
        return status;
    }
    vt_evaluation_trained_on(trained_on, split);
    options.trained_on = trained_on;
    status = vt_interactions_create(&train, snapshot, split, 1u << VT_PART_TRAIN | VT_PARTS_SIGNALS, err);
    if (status != VT_OK) {
        return status;
    }
    vt_validation validation;
    vt_validation_part part;
    if (vt_validation_init(&validation, &part, kind, snapshot, split, protocol)) {
        options.validation = &validation;
    }
    double start = vt_seconds();
    status = vt_model_fit(&model, kind, train, &options, err);
    double seconds = vt_seconds() - start;
    if (status == VT_OK) {
        status = vt_evaluate_fitted(&result, model, snapshot, split, protocol, err);
    }
    if (status == VT_OK && protocol->cold_curve) {
        status = vt_cold_curve(&result, model, snapshot, split, protocol, err);
    }
    if (status == VT_OK) {
        status = vt_evaluation_add_ratings(&result, model, snapshot, split, protocol, err);
    }
    if (status == VT_OK) {
        result.fit_seconds = seconds;
        *out = result;
        result = (vt_evaluation){0};
    }
    vt_evaluation_done(&result);
    vt_model_free(model);
    vt_interactions_free(train);
    return status;
}
