/*
 * Cross-validation: one evaluation a fold, joined by user, so that a user who is evaluated in several folds counts once
 * and an interval does not take one user's lists for those of several.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/options.h"
#include "base/pool.h"
#include "eval/figures.h"
#include "eval/folds.h"
#include "eval/queries.h"
#include "eval/ratings.h"
#include "eval/slices.h"

/* The name of one fold's protocol, with all folds in place of the one. */
static void join_name(char *out, size_t size, const char *name, size_t n)
{
    const char *fold = strstr(name, " fold=");
    if (fold == NULL) {
        snprintf(out, size, "%s", name);
        return;
    }
    const char *rest = fold + strlen(" fold=");
    rest += strspn(rest, "0123456789");
    snprintf(out, size, "%.*s folds=%zu%s", (int)(fold - name), name, n, rest);
}

static int check_folds(const vt_evaluation *folds, size_t n, vt_error *err)
{
    if (n == 0) {
        return vt_fail(err, VT_ERR_USAGE, "there is no fold to join; at least one evaluation is needed");
    }
    for (size_t f = 1; f < n; f++) {
        if (folds[f].n_cutoffs != folds[0].n_cutoffs ||
            memcmp(folds[f].cutoff, folds[0].cutoff, folds[0].n_cutoffs * sizeof folds[0].cutoff[0]) != 0) {
            return vt_fail(err, VT_ERR_USAGE, "fold %zu has other K than the first; evaluate all at the same", f);
        }
    }
    return VT_OK;
}

/* Users of all folds, ascending. */
static int join_users(vt_evaluation *out, const vt_evaluation *folds, size_t n, vt_error *err)
{
    size_t total = 0;
    for (size_t f = 0; f < n; f++) {
        total += (size_t)folds[f].users;
    }
    out->user = vt_alloc(total, sizeof *out->user, err);
    if (out->user == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    total = 0;
    for (size_t f = 0; f < n; f++) {
        memcpy(out->user + total, folds[f].user, (size_t)folds[f].users * sizeof *out->user);
        total += (size_t)folds[f].users;
    }
    out->users = (int64_t)vt_ids_distinct(out->user, total);
    return VT_OK;
}

/*
 * Per user the mean over the folds that have a value of the user. Both lists of users ascend, so one pass a fold is
 * enough.
 */
static int join_rows(vt_evaluation *out, const vt_evaluation *folds, size_t n, vt_error *err)
{
    size_t n_users = (size_t)out->users;
    size_t columns = out->n_cutoffs * VT_METRICS;
    int32_t *times = vt_alloc_zero(n_users, columns * sizeof *times, err);
    out->per_user = vt_alloc_zero(n_users, columns * sizeof *out->per_user, err);
    if (times == NULL || out->per_user == NULL) {
        vt_free(times);
        return VT_ERR_NO_MEMORY;
    }
    for (size_t f = 0; f < n; f++) {
        size_t at = 0;
        for (size_t u = 0; u < (size_t)folds[f].users; u++) {
            while (out->user[at] != folds[f].user[u]) {
                at++;
            }
            for (size_t c = 0; c < columns; c++) {
                double value = folds[f].per_user[u * columns + c];
                times[at * columns + c] += !isnan(value);
                out->per_user[at * columns + c] += isnan(value) ? 0 : value;
            }
        }
    }
    for (size_t i = 0; i < n_users * columns; i++) {
        out->per_user[i] = times[i] > 0 ? out->per_user[i] / (double)times[i] : (double)NAN;
    }
    vt_free(times);
    return VT_OK;
}

/* Figures that are no means over users: means over folds. */
static void join_exposure(vt_evaluation *out, const vt_evaluation *folds, size_t n)
{
    for (size_t c = 0; c < out->n_cutoffs; c++) {
        for (size_t m = VT_METRIC_COVERAGE; m <= VT_METRIC_POPULARITY; m++) {
            double sum = 0;
            for (size_t f = 0; f < n; f++) {
                sum += folds[f].figure[c][m].value;
            }
            out->figure[c][m] = (vt_figure){sum / (double)n, NAN, NAN};
        }
    }
}

int vt_evaluation_join(vt_evaluation *out, const vt_evaluation *folds, size_t n, const vt_protocol *protocol,
                       vt_error *err)
{
    vt_evaluation result = {0};
    vt_resampling resampling = {protocol->resamples, protocol->seed, vt_threads(protocol->threads)};
    int status = vt_options_check(protocol->size, sizeof *protocol, "vt_protocol", err);
    status = status != VT_OK ? status : check_folds(folds, n, err);
    if (status != VT_OK) {
        return status;
    }
    result.n_cutoffs = folds[0].n_cutoffs;
    memcpy(result.cutoff, folds[0].cutoff, sizeof result.cutoff);
    join_name(result.protocol, sizeof result.protocol, folds[0].protocol, n);
    for (size_t f = 0; f < n; f++) {
        result.queries += folds[f].queries;
        result.positives += folds[f].positives;
        result.skipped += folds[f].skipped;
        result.fit_seconds += folds[f].fit_seconds;
        result.rank_seconds += folds[f].rank_seconds;
        result.candidates = folds[f].candidates > result.candidates ? folds[f].candidates : result.candidates;
    }
    status = join_users(&result, folds, n, err);
    if (status == VT_OK) {
        status = join_rows(&result, folds, n, err);
    }
    if (status == VT_OK) {
        join_exposure(&result, folds, n);
        status = vt_evaluation_figures(&result, &resampling, err);
    }
    if (status == VT_OK && folds[0].slices != NULL) {
        status = vt_slices_join(&result.slices, &result.n_slices, folds, n, &resampling, err);
    }
    if (status == VT_OK) {
        status = vt_ratings_join(&result.ratings, folds, n, &resampling, err);
    }
    if (status == VT_OK) {
        *out = result;
        result = (vt_evaluation){0};
    }
    vt_evaluation_done(&result);
    return status;
}

int vt_folds_run(vt_evaluation *out, const vt_split_spec *spec, const vt_protocol *protocol, vt_fold_evaluate evaluate,
                 void *context, vt_error *err)
{
    if (vt_split_folds(spec) == 0) {
        return vt_fail(err, VT_ERR_USAGE,
                       "this split has no folds; name kfold:K or rolling:N, or evaluate the split once");
    }
    size_t n = (size_t)vt_split_folds(spec);
    vt_evaluation *folds = vt_alloc_zero(n, sizeof *folds, err);
    int status = folds == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t f = 0; status == VT_OK && f < n; f++) {
        status = evaluate(context, &folds[f], (int32_t)f, err);
    }
    if (status == VT_OK) {
        status = vt_evaluation_join(out, folds, n, protocol, err);
    }
    for (size_t f = 0; folds != NULL && f < n; f++) {
        vt_evaluation_done(&folds[f]);
    }
    vt_free(folds);
    return status;
}

typedef struct one_kind {
    const char *kind;
    const vt_fit_options *fit;
    const vt_snapshot *snapshot;
    const vt_split_spec *spec;
    uint64_t seed;
    bool inner;
    const vt_protocol *protocol;
} one_kind;

static int evaluate_fold(void *context, vt_evaluation *out, int32_t fold, vt_error *err)
{
    const one_kind *k = context;
    vt_split *split = NULL;
    int status = vt_split_create(&split, k->snapshot, k->spec, k->seed, fold, k->inner, err);
    if (status == VT_OK) {
        status = vt_evaluate_model(out, k->kind, k->fit, k->snapshot, split, k->protocol, err);
    }
    vt_split_free(split);
    return status;
}

int vt_evaluate_folds(vt_evaluation *out, const char *kind, const vt_fit_options *fit, const vt_snapshot *snapshot,
                      const vt_split_spec *spec, uint64_t seed, bool inner, const vt_protocol *protocol, vt_error *err)
{
    one_kind k = {kind, fit, snapshot, spec, seed, inner, protocol};
    return vt_folds_run(out, spec, protocol, evaluate_fold, &k, err);
}
