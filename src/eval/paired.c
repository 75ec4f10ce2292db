/*
 * Paired bootstrap test (Efron and Tibshirani 1993, ch. 16): both models are evaluated on the same drawn users, so what
 * is hard or easy about a user cancels out. The p-value is of the bootstrap of differences moved to mean 0.
 */
#include "eval/figures.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/options.h"
#include "base/pool.h"
#include "eval/ratings.h"

static int check_pair(const vt_evaluation *a, const vt_evaluation *b, vt_error *err)
{
    bool same = a->users == b->users && a->n_cutoffs == b->n_cutoffs;
    for (size_t c = 0; same && c < a->n_cutoffs; c++) {
        same = a->cutoff[c] == b->cutoff[c];
    }
    for (size_t u = 0; same && u < (size_t)a->users; u++) {
        same = a->user[u] == b->user[u];
    }
    return same ? VT_OK
                : vt_fail(err, VT_ERR_USAGE,
                          "the two evaluations have different users or lengths of lists; compare under one protocol");
}

/* Means over users of columns of the one minus those of the other; users without a value in both are left out. */
static int compare_rows(vt_difference *out /* (columns) */, const double *a /* (users, columns) */, const double *b,
                        size_t n_users, size_t columns, const vt_resampling *resampling, vt_error *err)
{
    vt_statistic statistic = {columns, vt_pair_means, &columns};
    double total[VT_CUTOFFS_MAX * VT_METRICS * 2] = {0};
    double value[VT_CUTOFFS_MAX * VT_METRICS];
    vt_bounds bounds[VT_CUTOFFS_MAX * VT_METRICS];
    double *rows = vt_alloc(n_users, 2 * columns * sizeof *rows, err);
    if (rows == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n_users * columns; i++) {
        double difference = a[i] - b[i];
        bool both = !isnan(difference);
        rows[2 * i] = both ? difference : 0;
        rows[2 * i + 1] = both ? 1 : 0;
    }
    for (size_t i = 0; i < n_users * columns * 2; i++) {
        total[i % (columns * 2)] += rows[i];
    }
    vt_pair_means(&columns, total, n_users, value);
    int status = vt_bootstrap_statistic(bounds, value, rows, n_users, 2 * columns, &statistic, resampling, err);
    for (size_t f = 0; status == VT_OK && f < columns; f++) {
        out[f] = (vt_difference){{value[f], bounds[f].low, bounds[f].high}, bounds[f].p};
    }
    vt_free(rows);
    return status;
}

static int compare_lists(vt_comparison *out, const vt_evaluation *a, const vt_evaluation *b,
                         const vt_resampling *resampling, vt_error *err)
{
    vt_difference difference[VT_CUTOFFS_MAX * VT_METRICS];
    size_t columns = a->n_cutoffs * VT_METRICS;
    int status = compare_rows(difference, a->per_user, b->per_user, (size_t)a->users, columns, resampling, err);
    for (size_t f = 0; status == VT_OK && f < columns; f++) {
        out->metric[f / VT_METRICS][f % VT_METRICS] = difference[f];
    }
    return status;
}

int vt_slice_compare(vt_slice_comparison *out, const vt_slice *slice, const vt_slice *baseline,
                     const vt_protocol *protocol, vt_error *err)
{
    vt_resampling resampling = {protocol->resamples, protocol->seed, vt_threads(protocol->threads)};
    vt_difference difference[VT_CUTOFFS_MAX * VT_SLICE_METRICS];
    size_t columns = protocol->n_cutoffs * VT_SLICE_METRICS;
    int status = vt_options_check(protocol->size, sizeof *protocol, "vt_protocol", err);
    if (status != VT_OK) {
        return status;
    }
    bool same = slice->users == baseline->users && strcmp(slice->group, baseline->group) == 0 &&
                strcmp(slice->name, baseline->name) == 0;
    for (size_t u = 0; same && u < (size_t)slice->users; u++) {
        same = slice->user[u] == baseline->user[u];
    }
    if (!same) {
        return vt_fail(err, VT_ERR_USAGE, "slices %s %s and %s %s have different users; compare under one protocol",
                       slice->group, slice->name, baseline->group, baseline->name);
    }
    status =
        compare_rows(difference, slice->per_user, baseline->per_user, (size_t)slice->users, columns, &resampling, err);
    for (size_t f = 0; status == VT_OK && f < columns; f++) {
        out->metric[f / VT_SLICE_METRICS][f % VT_SLICE_METRICS] = difference[f];
    }
    return status;
}

/* RMSE and MAE of the one minus those of the other: the first `folds` sums are of the one, the rest of the other. */
static void error_differences(const void *context, const double *sum, size_t n_rows, double *figure)
{
    size_t folds = *(const size_t *)context;
    double one[2];
    double other[2];
    vt_rating_means(&folds, sum, n_rows, one);
    vt_rating_means(&folds, sum + folds * VT_RATING_SUMS, n_rows, other);
    figure[0] = one[0] - other[0];
    figure[1] = one[1] - other[1];
}

static bool same_raters(const vt_ratings *a, const vt_ratings *b)
{
    bool same = a->n > 0 && a->n == b->n && a->users == b->users && a->folds == b->folds;
    for (size_t u = 0; same && u < (size_t)a->users; u++) {
        same = a->user[u] == b->user[u];
    }
    return same;
}

static int compare_ratings(vt_comparison *out, const vt_ratings *a, const vt_ratings *b,
                           const vt_resampling *resampling, vt_error *err)
{
    vt_bounds bounds[2];
    double value[2] = {a->rmse.value - b->rmse.value, a->mae.value - b->mae.value};
    if (!same_raters(a, b)) {
        return VT_OK;
    }
    size_t half = a->folds * VT_RATING_SUMS;
    size_t n_users = (size_t)a->users;
    vt_statistic statistic = {2, error_differences, &a->folds};
    double *rows = vt_alloc(n_users, 2 * half * sizeof *rows, err);
    if (rows == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n_users * half; i++) {
        rows[i / half * 2 * half + i % half] = a->sum[i];
        rows[i / half * 2 * half + half + i % half] = b->sum[i];
    }
    int status = vt_bootstrap_statistic(bounds, value, rows, n_users, 2 * half, &statistic, resampling, err);
    if (status == VT_OK) {
        out->rated = true;
        out->rmse = (vt_difference){{value[0], bounds[0].low, bounds[0].high}, bounds[0].p};
        out->mae = (vt_difference){{value[1], bounds[1].low, bounds[1].high}, bounds[1].p};
    }
    vt_free(rows);
    return status;
}

int vt_evaluation_compare(vt_comparison *out, const vt_evaluation *evaluation, const vt_evaluation *baseline,
                          const vt_protocol *protocol, vt_error *err)
{
    vt_resampling resampling = {protocol->resamples, protocol->seed, vt_threads(protocol->threads)};
    vt_comparison result = {.rated = false};
    int status = vt_options_check(protocol->size, sizeof *protocol, "vt_protocol", err);
    status = status != VT_OK ? status : check_pair(evaluation, baseline, err);
    if (status == VT_OK) {
        status = compare_lists(&result, evaluation, baseline, &resampling, err);
    }
    if (status == VT_OK) {
        status = compare_ratings(&result, &evaluation->ratings, &baseline->ratings, &resampling, err);
    }
    if (status == VT_OK) {
        *out = result;
    }
    return status;
}
