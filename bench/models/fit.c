/*
 * Times fitting a model and ranking the top 10 for all users, for bench/models/run, which runs the peer beside it on
 * the same pairs and evaluates both lists by the same code.
 *
 *     bench_fit PAIRS KIND THREADS SEED LISTS [name=value ...]
 *
 * PAIRS: a line "users items", then lines "user item" of numbers from 0. LISTS: one line of items a user, best first;
 * what the user has is left out. Prints the seconds of fitting and of ranking.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/pool.h"
#include "dataset/builder.h"
#include "vitrine/evaluation.h"

enum { K = 10, QUERIES_AT_ONCE = 256 };

typedef struct ranking {
    vt_model *model;
    const vt_query *queries;
    int32_t *items; /* (U, K) */
} ranking;

static int fail(const vt_error *err)
{
    fprintf(stderr, "bench_fit: %s\n", err->message);
    return 1;
}

static int add_rows(vt_builder *builder, FILE *file, vt_error *err)
{
    int users = 0, items = 0, user = 0, item = 0, status = VT_OK;
    if (fscanf(file, "%d %d", &users, &items) != 2) {
        return vt_fail(err, VT_ERR_FORMAT, "the first line is not \"users items\"");
    }
    char id[16];
    for (int u = 0; status == VT_OK && u < users; u++) {
        vt_user row;
        vt_user_init(&row);
        snprintf(id, sizeof id, "%08d", u); /* sorted by bytes, so dense ids are the numbers */
        row.id = vt_str_of(id);
        status = vt_builder_add_user(builder, VT_NONE, &row, err);
    }
    for (int i = 0; status == VT_OK && i < items; i++) {
        vt_item row;
        vt_item_init(&row);
        snprintf(id, sizeof id, "%08d", i);
        row.id = vt_str_of(id);
        status = vt_builder_add_item(builder, VT_NONE, &row, err);
    }
    for (int64_t n = 0; status == VT_OK && fscanf(file, "%d %d", &user, &item) == 2; n++) {
        vt_event_row row = {.id = n, .user = user, .item = item, .time = n, .quantity = 1, .unit_price = VT_NONE};
        row.value = (double)NAN;
        row.kind = VT_EVENT_PURCHASE;
        status = vt_builder_add_event(builder, &row, err);
    }
    return status;
}

static int read_pairs(vt_snapshot **out, const char *path, vt_error *err)
{
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return vt_fail(err, VT_ERR_NOT_FOUND, "cannot open %s", path);
    }
    vt_snapshot_options options;
    vt_snapshot_options_init(&options);
    vt_builder *builder = NULL;
    int status = vt_builder_create(&builder, &options, err);
    if (status == VT_OK) {
        status = add_rows(builder, file, err);
    }
    if (status == VT_OK) {
        status = vt_builder_finish(out, builder, NULL, err);
    }
    vt_builder_free(builder);
    fclose(file);
    return status;
}

static int compare_items(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* One query a user: the history of the fit, its items left out. `sorted` (N) holds them ascending. */
static int make_queries(vt_query **out, int32_t **sorted, uint8_t **allowed, const vt_interactions *train,
                        vt_error *err)
{
    vt_query *queries = vt_alloc_zero((size_t)train->n_users, sizeof *queries, err);
    int32_t *items = vt_alloc((size_t)train->n, sizeof *items, err);
    uint8_t *all = vt_alloc((size_t)train->n_items, 1, err);
    if (queries == NULL || items == NULL || all == NULL) {
        return VT_ERR_NO_MEMORY; /* the program ends */
    }
    memset(all, 1, (size_t)train->n_items);
    memcpy(items, train->item, (size_t)train->n * sizeof *items);
    for (int32_t u = 0; u < train->n_users; u++) {
        int64_t begin = train->ptr[u];
        size_t n = (size_t)(train->ptr[u + 1] - begin);
        qsort(items + begin, n, sizeof *items, compare_items);
        vt_user_state state = {.user = u, .n = n, .item = train->item + begin, .now = VT_NONE, .as_fitted = true};
        queries[u] = (vt_query){.state = state, .exclude = items + begin, .n_exclude = n, .allowed = all};
    }
    *out = queries;
    *sorted = items;
    *allowed = all;
    return VT_OK;
}

static int rank_block(void *context, int worker, size_t begin, size_t end, vt_error *err)
{
    ranking *r = context;
    (void)worker;
    return vt_rank_model(r->model, r->queries + begin, end - begin, K, r->items + begin * K, err);
}

static int write_lists(const char *path, const ranking *r, int32_t n_users)
{
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        return 1;
    }
    for (int32_t u = 0; u < n_users; u++) {
        for (int k = 0; k < K && r->items[u * K + k] >= 0; k++) {
            fprintf(file, "%s%" PRId32, k == 0 ? "" : " ", r->items[u * K + k]);
        }
        fputc('\n', file);
    }
    return fclose(file);
}

int main(int argc, char **argv)
{
    if (argc < 6) {
        fprintf(stderr, "use: bench_fit PAIRS KIND THREADS SEED LISTS [name=value ...]\n");
        return 2;
    }
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *snapshot = NULL;
    vt_interactions *train = NULL;
    vt_query *queries = NULL;
    int32_t *sorted = NULL;
    uint8_t *allowed = NULL;
    int threads = (int)strtol(argv[3], NULL, 10);
    if (read_pairs(&snapshot, argv[1], &err) != VT_OK ||
        vt_interactions_create(&train, snapshot, NULL, 0, &err) != VT_OK ||
        make_queries(&queries, &sorted, &allowed, train, &err) != VT_OK) {
        return fail(&err);
    }
    vt_fit_options options;
    vt_fit_options_init(&options);
    options.threads = threads;
    options.seed = strtoull(argv[4], NULL, 10);
    options.settings = (const char *const *)(argv + 6);
    options.n_settings = (size_t)(argc - 6);
    ranking r = {NULL, queries, vt_alloc((size_t)train->n_users * K, sizeof(int32_t), &err)};
    double begin = vt_seconds();
    if (r.items == NULL || vt_model_fit(&r.model, argv[2], train, &options, &err) != VT_OK) {
        return fail(&err);
    }
    double fitted = vt_seconds();
    if (vt_parallel_for(threads, (size_t)train->n_users, QUERIES_AT_ONCE, rank_block, NULL, &r, &err) != VT_OK) {
        return fail(&err);
    }
    double ranked = vt_seconds();
    if (write_lists(argv[5], &r, train->n_users) != 0) {
        return fail(&err);
    }
    printf("%.6f %.6f\n", fitted - begin, ranked - fitted);
    vt_free(r.items);
    vt_model_free(r.model);
    vt_free(queries);
    vt_free(sorted);
    vt_free(allowed);
    vt_interactions_free(train);
    vt_snapshot_free(snapshot);
    return 0;
}
