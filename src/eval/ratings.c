/*
 * Errors of predicted ratings: each held-out event that has a rating is predicted from the history before the split, at
 * the moment of the event. Sums run over users in order, so figures do not depend on the number of threads.
 */
#include <math.h>

#include "base/alloc.h"
#include "base/options.h"
#include "base/pool.h"
#include "eval/queries.h"
#include "eval/ratings.h"

enum { BLOCK_USERS = 64, SUMS = VT_RATING_SUMS };

typedef struct rater {
    const vt_model *model;
    const vt_snapshot *snapshot;
    const vt_split *split;
    vt_part part;
    bool stored;           /* users by the vectors that were fitted */
    const uint8_t *counts; /* (I) 1 where events on it are evaluated; NULL: on all */
    const vt_interactions *history;
    double *sum; /* (U, SUMS) zero at first */
} rater;

static bool is_held_out(const rater *r, int64_t event)
{
    return r->split->label[event] == (uint8_t)r->part && !isnan(r->snapshot->value[event]) &&
           (r->counts == NULL || r->counts[r->snapshot->item[event]]);
}

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
            .as_fitted = r->stored && (r->part == VT_PART_VALID || r->split->count[VT_PART_VALID] == 0),
        };
        for (int64_t e = r->snapshot->user_ptr[u]; e < r->snapshot->user_ptr[u + 1]; e++) {
            if (!is_held_out(r, e)) {
                continue;
            }
            float rating = NAN;
            state.now = r->snapshot->time[e];
            int status = vt_model_predict(r->model, &state, &r->snapshot->item[e], 1, &rating, err);
            if (status != VT_OK) {
                return status;
            }
            double error = (double)rating - (double)r->snapshot->value[e];
            r->sum[u * SUMS] += 1;
            r->sum[u * SUMS + 1] += error * error;
            r->sum[u * SUMS + 2] += fabs(error);
        }
    }
    return VT_OK;
}

/* Marks items with a training event. */
static int mark_seen(uint8_t **out, const vt_snapshot *snapshot, const vt_split *split, vt_error *err)
{
    uint8_t *seen = vt_alloc_zero((size_t)snapshot->n_items, 1, err);
    if (seen == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int64_t e = 0; e < snapshot->n_events; e++) {
        if (split->label[e] == VT_PART_TRAIN) {
            seen[snapshot->item[e]] = 1;
        }
    }
    *out = seen;
    return VT_OK;
}

/* Sums of errors by user into `sum` (U, SUMS), which is zero. */
static int sum_errors(double *sum, const vt_model *model, const vt_snapshot *snapshot, const vt_split *split,
                      const vt_protocol *protocol, vt_error *err)
{
    unsigned parts = 1U << VT_PART_TRAIN | 1U << VT_PART_HISTORY;
    vt_interactions *history = NULL;
    uint8_t *seen = NULL;
    rater r = {.model = model,
               .snapshot = snapshot,
               .split = split,
               .part = protocol->part,
               .stored = protocol->users == VT_USERS_STORED,
               .sum = sum};
    if (protocol->part == VT_PART_TEST) {
        parts |= 1U << VT_PART_VALID;
    }
    int status = vt_options_check(protocol->size, sizeof *protocol, "vt_protocol", err);
    status = status != VT_OK ? status : vt_interactions_create(&history, snapshot, split, parts, err);
    if (status == VT_OK && protocol->test_items == VT_TEST_ITEMS_SEEN) {
        status = mark_seen(&seen, snapshot, split, err);
    }
    if (status == VT_OK) {
        r.history = history;
        r.counts = seen;
        status = vt_parallel_for(vt_threads(protocol->threads), (size_t)snapshot->n_users, BLOCK_USERS, rate_users,
                                 NULL, &r, err);
    }
    vt_free(seen);
    vt_interactions_free(history);
    return status;
}

int vt_evaluate_ratings(vt_rating_errors *out, const vt_model *model, const vt_snapshot *snapshot,
                        const vt_split *split, const vt_protocol *protocol, vt_error *err)
{
    size_t n_users = (size_t)snapshot->n_users;
    double *sum = vt_alloc_zero(n_users, SUMS * sizeof *sum, err);
    int status = sum == NULL ? VT_ERR_NO_MEMORY : sum_errors(sum, model, snapshot, split, protocol, err);
    if (status == VT_OK) {
        double total[SUMS] = {0};
        for (size_t i = 0; i < n_users * SUMS; i++) {
            total[i % SUMS] += sum[i];
        }
        if (total[0] < 1) {
            status = vt_fail(err, VT_ERR_UNSUPPORTED, "no held-out event has a rating");
        } else {
            *out = (vt_rating_errors){(int64_t)total[0], sqrt(total[1] / total[0]), total[2] / total[0]};
        }
    }
    vt_free(sum);
    return status;
}

void vt_rating_means(const void *context, const double *sum, size_t n_rows, double *figure)
{
    size_t folds = *(const size_t *)context;
    size_t used = 0;
    double rmse = 0;
    double mae = 0;
    (void)n_rows;
    for (size_t f = 0; f < folds; f++) {
        const double *fold = sum + f * SUMS;
        if (fold[0] > 0) {
            rmse += sqrt(fold[1] / fold[0]);
            mae += fold[2] / fold[0];
            used++;
        }
    }
    figure[0] = used > 0 ? rmse / (double)used : NAN;
    figure[1] = used > 0 ? mae / (double)used : NAN;
}

int vt_ratings_figures(vt_ratings *ratings, const vt_resampling *resampling, vt_error *err)
{
    size_t columns = ratings->folds * SUMS;
    vt_statistic statistic = {2, vt_rating_means, &ratings->folds};
    double value[2];
    vt_bounds bounds[2];
    double *total = vt_alloc_zero(columns, sizeof *total, err);
    if (total == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < (size_t)ratings->users * columns; i++) {
        total[i % columns] += ratings->sum[i];
    }
    double n = 0;
    for (size_t f = 0; f < ratings->folds; f++) {
        n += total[f * SUMS];
    }
    vt_rating_means(&ratings->folds, total, (size_t)ratings->users, value);
    vt_free(total);
    int status = vt_bootstrap_statistic(bounds, NULL, ratings->sum, (size_t)ratings->users, columns, &statistic,
                                        resampling, err);
    if (status == VT_OK) {
        ratings->n = (int64_t)n;
        ratings->rmse = (vt_figure){value[0], bounds[0].low, bounds[0].high};
        ratings->mae = (vt_figure){value[1], bounds[1].low, bounds[1].high};
    }
    return status;
}

void vt_ratings_done(vt_ratings *ratings)
{
    vt_free(ratings->user);
    vt_free(ratings->sum);
    *ratings = (vt_ratings){0};
}

/* Keeps the users who have a held-out rating. */
static int keep_rated(vt_ratings *ratings, const double *sum, size_t n_users, vt_error *err)
{
    size_t n = 0;
    for (size_t u = 0; u < n_users; u++) {
        n += sum[u * SUMS] > 0;
    }
    ratings->folds = 1;
    ratings->user = vt_alloc(n, sizeof *ratings->user, err);
    ratings->sum = vt_alloc(n, SUMS * sizeof *ratings->sum, err);
    if (ratings->user == NULL || ratings->sum == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t u = 0; u < n_users; u++) {
        if (sum[u * SUMS] > 0) {
            for (size_t s = 0; s < SUMS; s++) {
                ratings->sum[(size_t)ratings->users * SUMS + s] = sum[u * SUMS + s];
            }
            ratings->user[ratings->users++] = (int32_t)u;
        }
    }
    return VT_OK;
}

/* Whether a model answers at all: one that ranks may or may not have been fitted for ratings. */
static bool predicts(const vt_model *model)
{
    vt_error none = VT_ERROR_INIT;
    vt_user_state nobody = {.user = -1, .now = VT_NONE};
    float unused = 0.0F;
    return vt_model_predict(model, &nobody, NULL, 0, &unused, &none) != VT_ERR_UNSUPPORTED;
}

int vt_evaluation_add_ratings(vt_evaluation *evaluation, const vt_model *model, const vt_snapshot *snapshot,
                              const vt_split *split, const vt_protocol *protocol, vt_error *err)
{
    vt_model_info info;
    vt_model_describe(model, &info);
    if ((info.kind->abilities & (VT_MODEL_RATES | VT_MODEL_PREDICTS)) == 0 || !predicts(model)) {
        return VT_OK;
    }
    size_t n_users = (size_t)snapshot->n_users;
    vt_resampling resampling = {protocol->resamples, protocol->seed, vt_threads(protocol->threads)};
    vt_ratings ratings = {0};
    double *sum = vt_alloc_zero(n_users, SUMS * sizeof *sum, err);
    int status = sum == NULL ? VT_ERR_NO_MEMORY : sum_errors(sum, model, snapshot, split, protocol, err);
    if (status == VT_OK) {
        status = keep_rated(&ratings, sum, n_users, err);
    }
    if (status == VT_OK && ratings.users > 0) {
        status = vt_ratings_figures(&ratings, &resampling, err);
    }
    if (status == VT_OK && ratings.users > 0) {
        vt_ratings_done(&evaluation->ratings);
        evaluation->ratings = ratings;
        ratings = (vt_ratings){0};
    }
    vt_ratings_done(&ratings);
    vt_free(sum);
    return status;
}

/* Users of all folds, ascending. */
static int join_users(vt_ratings *out, const vt_evaluation *folds, size_t n, vt_error *err)
{
    size_t total = 0;
    for (size_t f = 0; f < n; f++) {
        total += (size_t)folds[f].ratings.users;
    }
    out->user = vt_alloc(total, sizeof *out->user, err);
    if (out->user == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    total = 0;
    for (size_t f = 0; f < n; f++) {
        for (size_t u = 0; u < (size_t)folds[f].ratings.users; u++) {
            out->user[total++] = folds[f].ratings.user[u];
        }
    }
    out->users = (int64_t)vt_ids_distinct(out->user, total);
    return VT_OK;
}

int vt_ratings_join(vt_ratings *out, const vt_evaluation *folds, size_t n, const vt_resampling *resampling,
                    vt_error *err)
{
    vt_ratings joined = {.folds = n};
    int status = join_users(&joined, folds, n, err);
    if (status == VT_OK && joined.users > 0) {
        joined.sum = vt_alloc_zero((size_t)joined.users * n, SUMS * sizeof *joined.sum, err);
        status = joined.sum == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    for (size_t f = 0; f < n && status == VT_OK; f++) {
        const vt_ratings *fold = &folds[f].ratings;
        size_t at = 0; /* both lists of users ascend */
        for (size_t u = 0; u < (size_t)fold->users; u++) {
            while (joined.user[at] != fold->user[u]) {
                at++;
            }
            for (size_t s = 0; s < SUMS; s++) {
                joined.sum[(at * n + f) * SUMS + s] = fold->sum[u * SUMS + s];
            }
        }
    }
    if (status == VT_OK && joined.users > 0) {
        status = vt_ratings_figures(&joined, resampling, err);
    }
    if (status == VT_OK && joined.users > 0) {
        *out = joined;
        joined = (vt_ratings){0};
    }
    vt_ratings_done(&joined);
    return status;
}
