/* Only columns in which somebody has a value are resampled: most data have no vectors, and columns cost time. */
#include "eval/figures.h"

#include <math.h>

#include "base/alloc.h"

/* Per-user figures that have a value. */
typedef struct columns {
    size_t n;
    size_t at[VT_CUTOFFS_MAX * VT_METRICS]; /* place in a row of users */
} columns;

static void find_columns(columns *out, const vt_evaluation *evaluation)
{
    size_t width = evaluation->n_cutoffs * VT_METRICS;
    out->n = 0;
    for (size_t f = 0; f < width; f++) {
        bool any = false;
        for (size_t u = 0; u < (size_t)evaluation->users && !any; u++) {
            any = !isnan(evaluation->per_user[u * width + f]);
        }
        if (any) {
            out->at[out->n++] = f;
        }
    }
}

void vt_pair_means(const void *context, const double *sum, size_t n_rows, double *figure)
{
    size_t n = *(const size_t *)context;
    (void)n_rows;
    for (size_t f = 0; f < n; f++) {
        figure[f] = sum[2 * f + 1] > 0 ? sum[2 * f] / sum[2 * f + 1] : (double)NAN;
    }
}

int vt_evaluation_figures(vt_evaluation *evaluation, const vt_resampling *resampling, vt_error *err)
{
    const vt_metric_info *metrics = vt_metrics();
    size_t n_users = (size_t)evaluation->users;
    size_t width = evaluation->n_cutoffs * VT_METRICS;
    columns used;
    double total[VT_CUTOFFS_MAX * VT_METRICS * 2] = {0};
    double value[VT_CUTOFFS_MAX * VT_METRICS];
    vt_bounds bounds[VT_CUTOFFS_MAX * VT_METRICS];
    find_columns(&used, evaluation);
    vt_statistic statistic = {used.n, vt_pair_means, &used.n};
    double *rows = vt_alloc(n_users * used.n, 2 * sizeof *rows, err);
    if (rows == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t u = 0; u < n_users; u++) {
        for (size_t f = 0; f < used.n; f++) {
            double x = evaluation->per_user[u * width + used.at[f]];
            double *pair = rows + (u * used.n + f) * 2;
            pair[0] = isnan(x) ? 0 : x;
            pair[1] = isnan(x) ? 0 : 1;
            total[2 * f] += pair[0];
            total[2 * f + 1] += pair[1];
        }
    }
    vt_pair_means(&used.n, total, n_users, value);
    int status = vt_bootstrap_statistic(bounds, value, rows, n_users, 2 * used.n, &statistic, resampling, err);
    vt_free(rows);
    if (status != VT_OK) {
        return status;
    }
    for (size_t c = 0; c < width; c++) {
        if (metrics[c % VT_METRICS].per_user) {
            evaluation->figure[c / VT_METRICS][c % VT_METRICS] = (vt_figure){NAN, NAN, NAN};
        }
    }
    for (size_t f = 0; f < used.n; f++) {
        evaluation->figure[used.at[f] / VT_METRICS][used.at[f] % VT_METRICS] =
            (vt_figure){value[f], bounds[f].low, bounds[f].high};
    }
    return VT_OK;
}
