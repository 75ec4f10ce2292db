/*
 * Forecasts and decompositions of many series, timed: bench_demand FILE HORIZON OUT [METHOD...].
 * FILE begins with "SERIES PERIOD VALUES"; then a line a series. The last HORIZON values are held out. Prints a line a
 * method: name, processor seconds, mean absolute scaled error, shares of the values held out in intervals of 80 and of
 * 95 %; OUT gets a line a forecast. The method "stl" takes all values apart instead, and OUT gets season and trend.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "insight/demand/forecast.h"
#include "insight/demand/series.h"
#include "insight/demand/stl.h"

typedef struct table {
    double *y;
    size_t series, period, n, horizon;
} table;

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void write_row(FILE *out, const char *name, const double *x, size_t n)
{
    fprintf(out, "%s", name);
    for (size_t i = 0; i < n; i++) {
        fprintf(out, " %.12g", x[i]);
    }
    fputc('\n', out);
}

/* Shares of the values held out that lie in their intervals of 80 and 95 %; values stay what they are under 0. */
static int cover(double *share, const table *t, vt_forecast_method method, vt_forecast_options o, vt_error *err)
{
    static const double levels[] = {.1, .9, .025, .975};
    size_t known = t->n - t->horizon, k = sizeof levels / sizeof levels[0];
    double *mean = malloc((k + 1) * t->horizon * sizeof *mean), *quantile = mean == NULL ? NULL : mean + t->horizon;
    int status = mean == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    share[0] = share[1] = 0.0;
    o.levels = levels;
    o.n_levels = k;
    for (size_t s = 0; status == VT_OK && s < t->series; s++) {
        const double *y = t->y + s * t->n;
        status = vt_forecast(mean, quantile, y, known, method, &o, err);
        for (size_t h = 0; status == VT_OK && h < 2 * t->horizon; h++) {
            size_t at = h % t->horizon, pair = h / t->horizon;
            const double *low = quantile + 2 * pair * t->horizon, *high = low + t->horizon;
            bool inside = low[at] <= y[known + at] && y[known + at] <= high[at];
            share[pair] += inside ? 1.0 / (double)(t->series * t->horizon) : 0.0;
        }
    }
    free(mean);
    return status;
}

static int forecast_all(const table *t, const char *name, FILE *out, vt_error *err)
{
    vt_forecast_method method;
    vt_forecast_options o;
    size_t known = t->n - t->horizon, scaled = 0;
    double *mean = malloc(t->horizon * t->series * sizeof *mean), error = 0.0;
    int status = vt_forecast_method_find(&method, name, err);
    vt_forecast_options_init(&o);
    o.period = t->period;
    o.horizon = t->horizon;
    if (status == VT_OK && mean != NULL) { /* warm, as the peer is */
        status = vt_forecast(mean, NULL, t->y, known, method, &o, err);
    }
    double begin = seconds();
    for (size_t s = 0; status == VT_OK && mean != NULL && s < t->series; s++) {
        status = vt_forecast(mean + s * t->horizon, NULL, t->y + s * t->n, known, method, &o, err);
    }
    double took = seconds() - begin;
    for (size_t s = 0; status == VT_OK && mean != NULL && s < t->series; s++) {
        const double *y = t->y + s * t->n, *f = mean + s * t->horizon;
        double scale = vt_series_scale(y, known, t->period), sum = 0.0;
        for (size_t h = 0; h < t->horizon; h++) {
            sum += fabs(f[h] - y[known + h]) / (double)t->horizon;
        }
        error += scale > 0.0 ? sum / scale : 0.0;
        scaled += scale > 0.0 ? 1U : 0U;
        write_row(out, name, f, t->horizon);
    }
    double share[2] = {0};
    status = status == VT_OK ? cover(share, t, method, o, err) : status;
    if (status == VT_OK) {
        printf("%s %.6f %.6f %.4f %.4f\n", name, took, error / (double)(scaled > 0 ? scaled : 1), share[0], share[1]);
    }
    free(mean);
    return status;
}

static int decompose_all(const table *t, FILE *out, vt_error *err)
{
    double *part = malloc(3 * t->n * sizeof *part);
    vt_stl_options o;
    vt_stl_options_init(&o, t->period, false);
    double took = 0.0;
    int status = part == NULL ? VT_ERR_NO_MEMORY : vt_stl(part, part + t->n, part + 2 * t->n, t->y, t->n, &o, err);
    for (size_t s = 0; status == VT_OK && part != NULL && s < t->series; s++) {
        double begin = seconds();
        status = vt_stl(part, part + t->n, part + 2 * t->n, t->y + s * t->n, t->n, &o, err);
        took += seconds() - begin;
        write_row(out, "stl", part, 2 * t->n);
    }
    if (status == VT_OK) {
        printf("stl %.6f 0 0 0\n", took);
    }
    free(part);
    return status;
}

static int read_table(table *t, const char *path)
{
    FILE *file = fopen(path, "r");
    if (file == NULL || fscanf(file, "%zu %zu %zu", &t->series, &t->period, &t->n) != 3 || t->n <= t->horizon) {
        return 1;
    }
    t->y = malloc(t->series * t->n * sizeof *t->y);
    for (size_t i = 0; t->y != NULL && i < t->series * t->n; i++) {
        if (fscanf(file, "%lf", &t->y[i]) != 1) {
            return 1;
        }
    }
    fclose(file);
    return t->y == NULL;
}

int main(int argc, char **argv)
{
    vt_error err = VT_ERROR_INIT;
    table t = {.horizon = argc > 2 ? (size_t)strtoul(argv[2], NULL, 10) : 0};
    if (argc < 5 || read_table(&t, argv[1]) != 0) {
        fprintf(stderr, "usage: bench_demand FILE HORIZON OUT METHOD...\n");
        return 2;
    }
    FILE *out = fopen(argv[3], "w");
    int status = out == NULL ? VT_ERR_IO : VT_OK;
    for (int a = 4; status == VT_OK && a < argc; a++) {
        status = strcmp(argv[a], "stl") == 0 ? decompose_all(&t, out, &err) : forecast_all(&t, argv[a], out, &err);
    }
    if (status != VT_OK) {
        fprintf(stderr, "%s\n", err.message);
    }
    if (out != NULL) {
        fclose(out);
    }
    free(t.y);
    return status != VT_OK;
}
