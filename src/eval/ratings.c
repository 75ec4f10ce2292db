/*
 * Errors of predicted ratings: each judged event that has a rating is predicted from the history before the split, at
 * the moment of the event. Sums run over users in order, so figures do not depend on the number of threads.
 */
#include <math.h>

#include "base/alloc.h"
#include "base/pool.h"
#include "vitrine/evaluation.h"

enum { BLOCK_USERS = 64 };

typedef struct rater {
    const vt_model *model;
    const vt_snapshot *snapshot;
    const vt_split *split;
    vt_part judged;
    const vt_interactions *history;
    int64_t *n;       /* (U) rated events */
    double *squares;  /* (U) */
    double *absolute; /* (U) */
} rater;

static int rate_users(void *context, int worker, size_t begin, size_t end, vt_error *err)
{
    const rater *r = context;
    (void)worker;
    for (size_t u = begin; u < end; u++) {
        int64_t first = r->history->ptr[u];
        vt_user_state state = {
            .user = r->history->ptr[u + 1] > first ? (int32_t)u : -1,
            .n = (size_t)(r->history->ptr[u + 1] - first),
            .item = r->history->item + first,
            .time = r->snapshot->time_min != VT_NONE ? r->history->time + first : NULL,
            .value = r->history->value + first,
            .kind = r->history->kind + first,
            .as_fitted = r->judged == VT_PART_VALID || r->split->count[VT_PART_VALID] == 0,
        };
        for (int64_t e = r->snapshot->user_ptr[u]; e < r->snapshot->user_ptr[u + 1]; e++) {
            if (r->split->label[e] != (uint8_t)r->judged || isnan(r->snapshot->value[e])) {
                continue;
            }
            float rating = NAN;
            state.now = r->snapshot->time[e];
            int status = vt_model_predict(r->model, &state, &r->snapshot->item[e], 1, &rating, err);
            if (status != VT_OK) {
                return status;
            }
            double error = (double)rating - (double)r->snapshot->value[e];
            r->n[u]++;
            r->squares[u] += error * error;
            r->absolute[u] += fabs(error);
        }
    }
    return VT_OK;
}

int vt_evaluate_ratings(vt_rating_errors *out, const vt_model *model, const vt_snapshot *snapshot,
                        const vt_split *split, const vt_protocol *protocol, vt_error *err)
{
    size_t n_users = (size_t)snapshot->n_users;
    unsigned parts = 1U << VT_PART_TRAIN | 1U << VT_PART_HISTORY;
    vt_interactions *history = NULL;
    rater r = {model, snapshot, split, protocol->judged, NULL, NULL, NULL, NULL};
    if (protocol->judged == VT_PART_TEST) {
        parts |= 1U << VT_PART_VALID;
    }
    int status = vt_interactions_create(&history, snapshot, split, parts, err);
    if (status != VT_OK) {
        return status;
    }
    r.history = history;
    r.n = vt_alloc_zero(n_users, sizeof *r.n, err);
    r.squares = r.n == NULL ? NULL : vt_alloc_zero(n_users, sizeof *r.squares, err);
    r.absolute = r.squares == NULL ? NULL : vt_alloc_zero(n_users, sizeof *r.absolute, err);
    status = r.absolute == NULL
                 ? VT_ERR_NO_MEMORY
                 : vt_parallel_for(vt_threads(protocol->threads), n_users, BLOCK_USERS, rate_users, NULL, &r, err);
    if (status == VT_OK) {
        vt_rating_errors errors = {0, 0.0, 0.0};
        for (size_t u = 0; u < n_users; u++) {
            errors.n += r.n[u];
            errors.rmse += r.squares[u];
            errors.mae += r.absolute[u];
        }
        if (errors.n == 0) {
            status = vt_fail(err, VT_ERR_UNSUPPORTED, "there is no rating to judge: no event of that part has a value");
        } else {
            errors.rmse = sqrt(errors.rmse / (double)errors.n);
            errors.mae /= (double)errors.n;
            *out = errors;
        }
    }
    vt_free(r.n);
    vt_free(r.squares);
    vt_free(r.absolute);
    vt_interactions_free(history);
    return status;
}
