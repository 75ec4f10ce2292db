/* Resamples run in parallel; each writes a row of figures, and bounds are read from the sorted columns. */
#include "eval/bootstrap.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/pool.h"
#include "base/rng.h"

#define BLOCK 8 /* resamples */

typedef struct job {
    const double *rows;
    size_t n_rows;
    size_t n_columns;
    uint64_t seed;
    const vt_statistic *statistic;
    double *figure; /* (n_figures, resamples) */
    size_t resamples;
} job;

static int resample(void *context, int worker, size_t begin, size_t end, vt_error *err)
{
    (void)worker;
    const job *j = context;
    size_t n_figures = j->statistic->n_figures;
    double *sum = vt_alloc(j->n_columns + n_figures, sizeof *sum, err);
    if (sum == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    double *figure = sum + j->n_columns;
    for (size_t r = begin; r < end; r++) {
        vt_rng rng = vt_rng_at(j->seed, "bootstrap", r, 0);
        for (size_t c = 0; c < j->n_columns; c++) {
            sum[c] = 0;
        }
        for (size_t i = 0; i < j->n_rows; i++) {
            const double *row = j->rows + vt_rng_below(&rng, j->n_rows) * j->n_columns;
            for (size_t c = 0; c < j->n_columns; c++) {
                sum[c] += row[c];
            }
        }
        j->statistic->compute(j->statistic->context, sum, j->n_rows, figure);
        for (size_t f = 0; f < n_figures; f++) {
            j->figure[f * j->resamples + r] = figure[f];
        }
    }
    vt_free(sum);
    return VT_OK;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* NaN when there is nothing. */
static double quantile(const double *sorted, size_t n, double q)
{
    if (n == 0) {
        return NAN;
    }
    double at = q * (double)(n - 1);
    size_t below = (size_t)at;
    double part = at - (double)below;
    return below + 1 < n ? sorted[below] + part * (sorted[below + 1] - sorted[below]) : sorted[below];
}

/* Moves the numbers to the front; gives how many. */
static size_t drop_nan(double *x, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isnan(x[i])) {
            x[kept++] = x[i];
        }
    }
    return kept;
}

/* Of a figure that is `value` over all users. */
static double p_value(const double *figure, size_t n, double value)
{
    size_t far = 0;
    if (isnan(value)) {
        return NAN;
    }
    for (size_t i = 0; i < n; i++) {
        far += fabs(figure[i] - value) >= fabs(value);
    }
    return (double)(1 + far) / (double)(1 + n);
}

int vt_bootstrap_statistic(vt_bounds *bounds, const double *value, const double *rows, size_t n_rows, size_t n_columns,
                           const vt_statistic *statistic, const vt_resampling *resampling, vt_error *err)
{
    if (resampling->resamples <= 0 || n_rows == 0) {
        for (size_t f = 0; f < statistic->n_figures; f++) {
            bounds[f] = (vt_bounds){NAN, NAN, NAN};
        }
        return VT_OK;
    }
    size_t n = (size_t)resampling->resamples;
    job j = {.rows = rows,
             .n_rows = n_rows,
             .n_columns = n_columns,
             .seed = resampling->seed,
             .statistic = statistic,
             .resamples = n};
    j.figure = vt_alloc(n * statistic->n_figures, sizeof *j.figure, err);
    if (j.figure == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int status = vt_parallel_for(resampling->threads, n, BLOCK, resample, NULL, &j, err);
    for (size_t f = 0; status == VT_OK && f < statistic->n_figures; f++) {
        double *figure = j.figure + f * n;
        size_t kept = drop_nan(figure, n);
        qsort(figure, kept, sizeof *figure, by_value);
        bounds[f].low = quantile(figure, kept, 0.025);
        bounds[f].high = quantile(figure, kept, 0.975);
        bounds[f].p = value == NULL ? (double)NAN : p_value(figure, kept, value[f]);
    }
    vt_free(j.figure);
    return status;
}

static void means(const void *context, const double *sum, size_t n_rows, double *figure)
{
    size_t n_columns = *(const size_t *)context;
    for (size_t c = 0; c < n_columns; c++) {
        figure[c] = sum[c] / (double)n_rows;
    }
}

int vt_bootstrap(double *low, double *high, const double *rows, size_t n_rows, size_t n_columns, int32_t resamples,
                 uint64_t seed, int threads, vt_error *err)
{
    vt_statistic statistic = {n_columns, means, &n_columns};
    vt_resampling resampling = {resamples, seed, threads};
    vt_bounds *bounds = vt_alloc(n_columns, sizeof *bounds, err);
    if (bounds == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int status = vt_bootstrap_statistic(bounds, NULL, rows, n_rows, n_columns, &statistic, &resampling, err);
    for (size_t c = 0; status == VT_OK && c < n_columns; c++) {
        low[c] = bounds[c].low;
        high[c] = bounds[c].high;
    }
    vt_free(bounds);
    return status;
}
