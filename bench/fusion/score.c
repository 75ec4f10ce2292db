/*
 * How long a fusion model takes to answer: scores of all items for one user, the ten best and their reasons; and the
 * scores once more after one event was added. Histories are drawn at random. One line:
 *
 *     items, events, median and p99 of: scores, with ten best and reasons, scores after one event more (milliseconds)
 *
 * Usage: bench_score MODEL EVENTS RUNS
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/number.h"
#include "base/rng.h"
#include "math/topk.h"
#include "vitrine/explanation.h"
#include "vitrine/model.h"

enum { K = 10, SERIES = 3, DAY = 86400 };

typedef struct bench {
    vt_model *model;
    size_t n_items, events, runs;
    int32_t *item;
    int64_t *time;
    float *scores;
    double *took; /* (SERIES, runs) milliseconds */
} bench;

/* A history of one event more than is asked about at first, an event a week. */
static vt_user_state draw(const bench *b, size_t run)
{
    vt_rng rng = vt_rng_at(1, "bench-score", run, 0);
    for (size_t h = 0; h <= b->events; h++) {
        b->item[h] = (int32_t)vt_rng_below(&rng, b->n_items);
        b->time[h] = ((int64_t)h + 1000) * 7 * DAY;
    }
    return (vt_user_state){.user = -1, .n = b->events, .item = b->item, .time = b->time, .now = VT_NONE};
}

static int answer(const bench *b, size_t run, vt_error *err)
{
    vt_user_state state = draw(b, run);
    vt_explanation why[K] = {0};
    int32_t best[K];
    double began = vt_seconds();
    int status = vt_model_score(b->model, &state, 1, b->scores, err);
    double scored = vt_seconds();
    if (status == VT_OK) {
        size_t n = vt_topk(b->scores, b->n_items, K, best);
        status = vt_model_explain(why, b->model, &state, best, n, err);
    }
    double explained = vt_seconds();
    for (size_t i = 0; i < K; i++) {
        vt_explanation_done(&why[i]);
    }
    if (status != VT_OK) {
        return status;
    }
    state.n++;
    double asked = vt_seconds();
    status = vt_model_score(b->model, &state, 1, b->scores, err);
    double again = vt_seconds();
    b->took[run] = 1e3 * (scored - began);
    b->took[b->runs + run] = 1e3 * (explained - began);
    b->took[2 * b->runs + run] = 1e3 * (again - asked);
    return status;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    bench b = {.model = NULL};
    vt_error err = VT_ERROR_INIT;
    int64_t events = 0, runs = 0;
    if (argc != 4 || !vt_parse_int(&events, vt_str_of(argv[2])) || !vt_parse_int(&runs, vt_str_of(argv[3])) ||
        events < 0 || runs < 1) {
        fprintf(stderr, "usage: bench_score MODEL EVENTS RUNS\n");
        return 2;
    }
    b.events = (size_t)events;
    b.runs = (size_t)runs;
    int status = vt_model_load(&b.model, argv[1], &err);
    if (status == VT_OK) {
        vt_model_info info;
        vt_model_describe(b.model, &info);
        b.n_items = (size_t)info.n_items;
        b.item = vt_alloc(b.events + 1, sizeof *b.item, &err);
        b.time = vt_alloc(b.events + 1, sizeof *b.time, &err);
        b.scores = vt_alloc_aligned(b.n_items, sizeof *b.scores, &err);
        b.took = vt_alloc(b.runs * SERIES, sizeof *b.took, &err);
        bool allocated = b.item != NULL && b.time != NULL && b.scores != NULL && b.took != NULL;
        status = allocated ? answer(&b, 0, &err) : VT_ERR_NO_MEMORY; /* once to warm up */
    }
    for (size_t run = 0; run < b.runs && status == VT_OK; run++) {
        status = answer(&b, run, &err);
    }
    if (status == VT_OK) {
        printf("%zu\t%zu", b.n_items, b.events);
        for (size_t s = 0; s < SERIES; s++) {
            double *row = b.took + s * b.runs;
            qsort(row, b.runs, sizeof *row, ascending);
            printf("\t%.3f\t%.3f", row[b.runs / 2], row[b.runs * 99 / 100]);
        }
        printf("\n");
    } else {
        fprintf(stderr, "bench_score: %s\n", err.message);
    }
    vt_free(b.item);
    vt_free(b.time);
    vt_free(b.scores);
    vt_free(b.took);
    vt_model_free(b.model);
    return status == VT_OK ? 0 : 1;
}
