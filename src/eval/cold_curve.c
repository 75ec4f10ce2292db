/*
 * A list has so many places: what new items get, others lose. The curve says at which price, whatever scale a model's
 * scores have, since offsets are in standard deviations of the scores at hand.
 */
#include "eval/cold_curve.h"

#include <math.h>
#include <string.h>

#include "eval/rank.h"

static const double offsets[VT_COLD_POINTS] = {0, 0.25, 0.5, 1, 1.5, 2, 3};

typedef struct lifted {
    const vt_model *model;
    const int64_t *count; /* (I) training events */
    double offset;
} lifted;

/* Adds the offset to the scores of items without events. */
static void lift(void *context, float *scores, size_t n)
{
    const lifted *l = context;
    double sum = 0, squares = 0, found = 0;
    for (size_t i = 0; i < n; i++) {
        if (isfinite(scores[i])) {
            sum += (double)scores[i];
            squares += (double)scores[i] * (double)scores[i];
            found++;
        }
    }
    double mean = found > 0 ? sum / found : 0, variance = found > 0 ? squares / found - mean * mean : 0;
    float addition = (float)(l->offset * sqrt(variance > 0 ? variance : 0));
    for (size_t i = 0; i < n; i++) {
        scores[i] += l->count[i] == 0 ? addition : 0.0F; /* -INFINITY stays */
    }
}

static int rank_lifted(void *context, const vt_query *queries, size_t n, size_t k, int32_t *items, vt_error *err)
{
    lifted *l = context;
    return vt_rank_adjusted(l->model, queries, n, k, items, NULL, lift, l, err);
}

static double ndcg_of(const vt_evaluation *e, const char *name)
{
    for (size_t s = 0; s < e->n_slices; s++) {
        if (strcmp(e->slices[s].group, "item") == 0 && strcmp(e->slices[s].name, name) == 0) {
            return e->slices[s].figure[e->n_cutoffs - 1][VT_SLICE_NDCG].value;
        }
    }
    return (double)NAN;
}

int vt_cold_curve(vt_evaluation *out, const vt_model *model, const vt_snapshot *snapshot, const vt_split *split,
                  const vt_protocol *protocol, vt_error *err)
{
    vt_model_info info;
    vt_protocol plain = *protocol;
    int status = VT_OK;
    vt_model_describe(model, &info);
    lifted l = {.model = model, .count = info.item_count};
    plain.slices = true;
    plain.resamples = 0;
    plain.lister = NULL;
    for (size_t p = 0; p < VT_COLD_POINTS && status == VT_OK; p++) {
        vt_evaluation e = {.n_cutoffs = 0};
        l.offset = offsets[p];
        status = vt_evaluate(&e, snapshot, split, &plain, rank_lifted, &l, err);
        if (status == VT_OK) {
            out->cold[p] = (vt_cold_point){offsets[p], e.figure[e.n_cutoffs - 1][VT_METRIC_NDCG].value,
                                           ndcg_of(&e, "warm"), ndcg_of(&e, "cold")};
            out->n_cold = p + 1;
        }
        vt_evaluation_done(&e);
    }
    return status;
}
