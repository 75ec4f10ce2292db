/* Making a split: everything positive is training, one rule holds out, a second round may hold out validation. */
#include "dataset/split_rules.h"

#include "base/alloc.h"

void vt_split_free(vt_split *split)
{
    if (split != NULL) {
        vt_free(split->label);
        vt_free(split->signal);
        vt_free(split);
    }
}

static void count_labels(vt_split *split, int64_t n)
{
    memset(split->count, 0, sizeof split->count);
    for (int64_t e = 0; e < n; e++) {
        split->count[split->label[e]]++;
    }
}

static int run_rules(vt_split_round *round, bool inner, vt_error *err)
{
    const vt_split_kind_info *info = &vt_split_kinds[round->split->spec.kind];
    int64_t n = round->snapshot->n_events;
    int status = info->rule == NULL ? VT_OK : info->rule(round, err);
    if (status != VT_OK) {
        return status;
    }
    count_labels(round->split, n);
    bool validated = round->split->count[VT_PART_VALID] > 0 ||
                     (round->split->spec.kind == VT_SPLIT_TIME && round->split->spec.share[1] > 0);
    if (inner && info->inner != NULL && !validated) {
        round->number = 1;
        round->held = VT_PART_VALID;
        status = info->inner(round, err);
        count_labels(round->split, n);
    }
    return status;
}

int vt_split_create(vt_split **out, const vt_snapshot *snapshot, const vt_split_spec *spec, uint64_t seed, int32_t fold,
                    bool inner, vt_error *err)
{
    int status = vt_split_check(spec, err);
    if (status != VT_OK) {
        return status;
    }
    int32_t folds = vt_split_folds(spec) > 0 ? vt_split_folds(spec) : 1;
    if (fold < 0 || fold >= folds) {
        return vt_fail(err, VT_ERR_USAGE, "fold %d is asked for; the split has folds 0 to %d", fold, folds - 1);
    }
    vt_split *split = vt_alloc_zero(1, sizeof *split, err);
    if (split == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    split->spec = *spec;
    split->seed = seed;
    split->fold = fold;
    split->moment = VT_NONE;
    vt_split_name(split->name, spec);
    split->label = vt_alloc((size_t)snapshot->n_events, 1, err);
    if (split->label == NULL) {
        vt_split_free(split);
        return VT_ERR_NO_MEMORY;
    }
    for (int64_t e = 0; e < snapshot->n_events; e++) {
        split->label[e] = snapshot->positive[e] ? VT_PART_TRAIN : VT_PART_NONE;
    }
    vt_split_round round = {snapshot, split, 0, VT_PART_TEST};
    status = run_rules(&round, inner, err);
    if (status == VT_OK) {
        status = vt_split_signals(&round, err);
    }
    if (status != VT_OK) {
        vt_split_free(split);
        return status;
    }
    *out = split;
    return VT_OK;
}
