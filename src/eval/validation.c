/* Validation between epochs. Lists are evaluated without intervals and extra metrics, at one cutoff. */
#include "vitrine/evaluation.h"

enum { CUTOFF = 10 };

static int evaluate_lists(void *context, const vt_model *model, double *value, vt_error *err)
{
    const vt_validation_part *part = context;
    vt_evaluation result = {0};
    int status = vt_evaluate(&result, part->snapshot, part->split, &part->protocol, vt_rank_model,
                             (void *)(uintptr_t)model, err);
    if (status == VT_OK) {
        *value = result.figure[0][VT_METRIC_NDCG].value;
    }
    vt_evaluation_done(&result);
    return status;
}

static int evaluate_ratings(void *context, const vt_model *model, double *value, vt_error *err)
{
    const vt_validation_part *part = context;
    vt_rating_errors errors;
    int status = vt_evaluate_ratings(&errors, model, part->snapshot, part->split, &part->protocol, err);
    if (status == VT_OK) {
        *value = errors.rmse;
    }
    return status;
}

bool vt_validation_init(vt_validation *out, vt_validation_part *part, const char *kind, const vt_snapshot *snapshot,
                        const vt_split *split, const vt_protocol *protocol)
{
    const vt_model_kind *row = vt_model_kind_find(kind);
    if (row == NULL || (row->abilities & VT_MODEL_EPOCHS) == 0 || split->count[VT_PART_VALID] == 0) {
        return false;
    }
    *part = (vt_validation_part){snapshot, split, *protocol};
    part->protocol.part = VT_PART_VALID;
    part->protocol.negatives_file = NULL; /* of the test part */
    part->protocol.resamples = 0;
    part->protocol.slices = false;
    part->protocol.text = NULL;
    part->protocol.image = NULL;
    part->protocol.n_cutoffs = 1;
    part->protocol.cutoff[0] = CUTOFF;
    part->protocol.progress = NULL;
    if ((row->abilities & VT_MODEL_RATES) != 0) {
        *out = (vt_validation){"RMSE", -1, evaluate_ratings, part};
    } else {
        *out = (vt_validation){"NDCG@10", 1, evaluate_lists, part};
    }
    return true;
}
