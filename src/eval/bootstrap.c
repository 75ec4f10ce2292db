/* Resamples run in parallel; each writes a row of means, and bounds are read from the sorted columns. */
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
    double *mean; /* (n_columns, resamples) */
    size_t resamples;
} job;

static int resample(void *context, int worker, size_t begin, size_t end, vt_error *err)
{
    (void)worker;
    const job *j = context;
    double *sum = vt_alloc(j->n_columns, sizeof *sum, err);
    if (sum == NULL) {
        return VT_ERR_NO_MEMORY;
    }
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
        for (size_t c = 0; c < j->n_columns; c++) {
            j->mean[c * j->resamples + r] = sum[c] / (double)j->n_rows;
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

static double quantile(const double *sorted, size_t n, double q)
{
    double at = q * (double)(n - 1);
    size_t below = (size_t)at;
    double part = at - (double)below;
    return below + 1 < n ? sorted[below] + part * (sorted[below + 1] - sorted[below]) : sorted[below];
}

int vt_bootstrap(double *low, double *high, const double *rows, size_t n_rows, size_t n_columns, int32_t resamples,
                 uint64_t seed, int threads, vt_error *err)
{
    if (resamples <= 0 || n_rows == 0) {
        for (size_t c = 0; c < n_columns; c++) {
            low[c] = NAN;
            high[c] = NAN;
        }
        return VT_OK;
    }
    size_t n = (size_t)resamples;
    job j = {.rows = rows, .n_rows = n_rows, .n_columns = n_columns, .seed = seed, .resamples = n};
    j.mean = vt_alloc(n * n_columns, sizeof *j.mean, err);
    if (j.mean == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int status = vt_parallel_for(threads, n, BLOCK, resample, NULL, &j, err);
    for (size_t c = 0; status == VT_OK && c < n_columns; c++) {
        double *mean = j.mean + c * n;
        qsort(mean, n, sizeof *mean, by_value);
        low[c] = quantile(mean, n, 0.025);
        high[c] = quantile(mean, n, 0.975);
    }
    vt_free(j.mean);
    return status;
}
