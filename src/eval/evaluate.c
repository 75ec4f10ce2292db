/*
 * One evaluation: plan, evaluate users in blocks over threads, sum. What is kept per user is written where only that
 * user's block writes; sums run over users in order afterwards, so figures do not depend on the number of threads.
 */
#include <math.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/pool.h"
#include "eval/figures.h"
#include "eval/protocol.h"
#include "eval/ratings.h"
#include "eval/slices.h"
#include "eval/user_lists.h"

#define BLOCK_USERS 64

static int evaluate_block(void *context, int worker, size_t begin, size_t end, vt_error *err)
{
    (void)worker;
    return vt_user_lists_evaluate(context, begin, end, err);
}

static int report(void *context, size_t done, vt_error *err)
{
    const vt_user_lists *lists = context;
    vt_progress_state state = {
        .stage = "ranking", .unit = "users", .done = (double)done, .total = (double)lists->plan->n_users};
    return vt_progress_report(lists->protocol->progress, &state, err);
}

/* What is counted over all lists. */
static int fill_exposure(vt_evaluation *out, const vt_user_lists *lists, vt_error *err)
{
    const vt_plan *plan = lists->plan;
    size_t n_items = (size_t)plan->snapshot->n_items;
    vt_exposure exposure = {plan->snapshot->n_items, plan->allowed, plan->train_events, plan->train_users,
                            plan->n_train_users};
    for (size_t c = 0; c < out->n_cutoffs; c++) {
        double value[VT_METRICS] = {0};
        int64_t *listed = lists->listed + c * n_items;
        for (size_t i = 0; c > 0 && i < n_items; i++) {
            listed[i] += listed[i - n_items];
        }
        int status = vt_exposure_metrics(value, &exposure, listed, err);
        if (status != VT_OK) {
            return status;
        }
        for (size_t m = VT_METRIC_COVERAGE; m <= VT_METRIC_POPULARITY; m++) {
            out->figure[c][m] = (vt_figure){value[m], NAN, NAN};
        }
    }
    return VT_OK;
}

/* All that comes of evaluated lists. */
static int fill_figures(vt_evaluation *out, const vt_user_lists *lists, vt_error *err)
{
    const vt_protocol *protocol = lists->protocol;
    vt_resampling resampling = {protocol->resamples, protocol->seed, vt_threads(protocol->threads)};
    int status = fill_exposure(out, lists, err);
    if (status == VT_OK) {
        status = vt_evaluation_figures(out, &resampling, err);
    }
    if (status == VT_OK && protocol->slices) {
        status = vt_slices_create(&out->slices, &out->n_slices, lists->plan, lists->position, protocol,
                                  &lists->discounts, &resampling, err);
    }
    return status;
}

/* Room for what is kept of each user, and of all lists. */
static int allocate(vt_evaluation *out, vt_user_lists *lists, vt_error *err)
{
    const vt_protocol *protocol = lists->protocol;
    size_t n_users = lists->plan->n_users;
    out->user = vt_alloc(n_users, sizeof *out->user, err);
    out->per_user = vt_alloc_zero(n_users * protocol->n_cutoffs, VT_METRICS * sizeof *out->per_user, err);
    lists->listed =
        vt_alloc_zero((size_t)lists->plan->snapshot->n_items, protocol->n_cutoffs * sizeof *lists->listed, err);
    lists->traited = vt_alloc_zero(n_users * protocol->n_cutoffs, VT_TRAITS * sizeof *lists->traited, err);
    if (out->user == NULL || out->per_user == NULL || lists->listed == NULL || lists->traited == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    if (protocol->slices) {
        lists->position = vt_alloc_zero((size_t)lists->plan->positives, sizeof *lists->position, err);
        if (lists->position == NULL) {
            return VT_ERR_NO_MEMORY;
        }
    }
    lists->per_user = out->per_user;
    return VT_OK;
}

static int run(vt_evaluation *out, vt_user_lists *lists, vt_error *err)
{
    const vt_protocol *protocol = lists->protocol;
    size_t n_users = lists->plan->n_users;
    int status = vt_discounts_init(&lists->discounts, lists->k, err);
    if (status == VT_OK) {
        status = vt_traits_init(&lists->traits, lists->plan->snapshot, protocol->text, protocol->image, err);
    }
    if (status == VT_OK) {
        status = allocate(out, lists, err);
    }
    if (status == VT_OK && protocol->fallback && protocol->lister == NULL) {
        status = vt_popular_init(&lists->popular, lists->plan, err);
    }
    if (status != VT_OK) {
        return status;
    }
    for (size_t u = 0; u < n_users; u++) {
        out->user[u] = lists->plan->user[u];
    }
    double start = vt_seconds();
    status = vt_parallel_for(vt_threads(protocol->threads), n_users, BLOCK_USERS, evaluate_block, report, lists, err);
    out->rank_seconds = vt_seconds() - start;
    return status == VT_OK ? fill_figures(out, lists, err) : status;
}

int vt_evaluate(vt_evaluation *out, const vt_snapshot *snapshot, const vt_split *split, const vt_protocol *protocol,
                vt_ranker rank, void *context, vt_error *err)
{
    vt_plan *plan = NULL;
    vt_negatives *negatives = NULL;
    vt_evaluation result = {0};
    vt_user_lists lists = {.protocol = protocol, .rank = rank, .context = context};
    int status = vt_protocol_check(protocol, err);
    if (status == VT_OK) {
        status = vt_plan_create(&plan, snapshot, split, protocol, err);
    }
    if (status == VT_OK && protocol->negatives_file != NULL) {
        status = vt_negatives_read(&negatives, protocol->negatives_file, plan, err);
    }
    if (status != VT_OK) {
        goto out;
    }
    lists.plan = plan;
    lists.negatives = negatives;
    lists.k = (size_t)protocol->cutoff[protocol->n_cutoffs - 1];
    result.queries = plan->query_ptr[plan->n_users];
    result.users = (int64_t)plan->n_users;
    result.candidates = plan->n_candidates;
    result.positives = plan->positives;
    result.skipped = plan->skipped;
    result.n_cutoffs = protocol->n_cutoffs;
    for (size_t c = 0; c < protocol->n_cutoffs; c++) {
        result.cutoff[c] = protocol->cutoff[c];
    }
    vt_protocol_name(result.protocol, sizeof result.protocol, snapshot, split, protocol);
    status = run(&result, &lists, err);
    if (status == VT_OK) {
        *out = result;
        result = (vt_evaluation){0};
    }
out:
    vt_evaluation_done(&result);
    vt_discounts_done(&lists.discounts);
    vt_traits_done(&lists.traits);
    vt_popular_done(&lists.popular);
    vt_free(lists.listed);
    vt_free(lists.traited);
    vt_free(lists.position);
    vt_negatives_free(negatives);
    vt_plan_free(plan);
    return status;
}

void vt_evaluation_done(vt_evaluation *evaluation)
{
    if (evaluation != NULL) {
        vt_free(evaluation->per_user);
        vt_free(evaluation->user);
        evaluation->per_user = NULL;
        evaluation->user = NULL;
        vt_ratings_done(&evaluation->ratings);
        vt_slices_free(evaluation->slices, evaluation->n_slices);
        evaluation->slices = NULL;
        evaluation->n_slices = 0;
    }
}
