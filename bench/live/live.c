/*
 * What a shop in memory costs. Each mode prints one line of numbers, milliseconds unless said otherwise:
 *
 *     bench_live open SHOP                 opening from a snapshot file, memory of the process in MiB
 *     bench_live refresh SHOP RUNS         a commit of one event, and a refresh after it (medians)
 *     bench_live request SHOP MODEL RUNS   a request end to end, the model's scoring alone, one product of a matrix
 *                                          of the model's shape with a vector by OpenBLAS (medians); requests a
 *                                          second; dimensions
 *     bench_live complement SHOP RUNS      what goes with an item: the first question, then the median
 */
#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/number.h"
#include "base/rng.h"
#include "recommend/context.h"
#include "store/store.h"

enum { HISTORY_LEAST = 2, USERS = 200 };

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *ms, size_t n)
{
    qsort(ms, n, sizeof *ms, by_size);
    return ms[n / 2];
}

static double since(double began)
{
    return (vt_seconds() - began) * 1e3;
}

/* Resident memory in MiB, with mapped files and without. */
static void print_memory(void)
{
    char line[256];
    double all = 0, files = 0;
    FILE *status = fopen("/proc/self/status", "r");
    while (status != NULL && fgets(line, sizeof line, status) != NULL) {
        long kib = strtol(line + strcspn(line, "0123456789"), NULL, 10);
        all = strncmp(line, "VmRSS:", 6) == 0 ? (double)kib / 1024 : all;
        files = strncmp(line, "RssFile:", 8) == 0 ? (double)kib / 1024 : files;
    }
    if (status != NULL) {
        fclose(status);
    }
    printf("%.1f %.1f\n", all, files);
}

static int open_live(vt_live **out, const char *shop, vt_error *err)
{
    vt_live_options options;
    vt_live_options_init(&options);
    options.tail_max = 1000000;
    return vt_live_open(out, shop, &options, err);
}

static int run_open(const char *shop, vt_error *err)
{
    vt_live *live = NULL;
    double began = vt_seconds();
    int status = open_live(&live, shop, err);
    if (status == VT_OK) {
        printf("%.2f ", since(began));
        print_memory();
    }
    vt_live_close(live);
    return status;
}

/* ---- refresh ----------------------------------------------------------------------------------------------------- */

static int put_one(vt_shop *shop, const char *user, const char *item, size_t number, vt_error *err)
{
    vt_store *store = vt_shop_store(shop);
    vt_event event;
    vt_put done;
    char id[64];
    snprintf(id, sizeof id, "bench-%zu-%lld", number, (long long)vt_now());
    vt_event_init(&event);
    event.id = vt_str_of(id);
    event.user = vt_str_of(user);
    event.item = vt_str_of(item);
    event.kind = VT_EVENT_PURCHASE;
    event.time = vt_now();
    event.unit_price = 100;
    int status = vt_store_begin(store, NULL, NULL, NULL, err);
    status = status != VT_OK ? status : vt_store_put_event(store, &event, &done, err);
    return status != VT_OK ? status : vt_store_commit(store, 0, err);
}

static int run_refresh(const char *path, size_t runs, vt_error *err)
{
    vt_live *live = NULL;
    vt_shop *shop = NULL;
    double *ms = vt_alloc(2 * runs, sizeof *ms, err);
    int status = ms == NULL ? VT_ERR_NO_MEMORY : vt_shop_open(&shop, path, VT_SHOP_WRITE, err);
    status = status != VT_OK ? status : open_live(&live, path, err);
    vt_view *view = status == VT_OK ? vt_live_view(live) : NULL;
    for (size_t i = 0; status == VT_OK && i < runs; i++) {
        char user[600], item[600];
        vt_rng rng = vt_rng_at(3, "bench-live", i, 0);
        vt_str who = vt_view_user_id(view, (int32_t)vt_rng_below(&rng, (uint64_t)view->snapshot->n_users));
        vt_str what = vt_view_item_id(view, (int32_t)vt_rng_below(&rng, (uint64_t)view->snapshot->n_items));
        snprintf(user, sizeof user, "%.*s", VT_STR_ARGS(who));
        snprintf(item, sizeof item, "%.*s", VT_STR_ARGS(what));
        double began = vt_seconds();
        status = put_one(shop, user, item, i, err);
        ms[i] = since(began);
        began = vt_seconds();
        status = status != VT_OK ? status : vt_live_refresh(live, NULL, err);
        ms[runs + i] = since(began);
    }
    if (status == VT_OK) {
        printf("%.4f %.4f\n", median(ms, runs), median(ms + runs, runs));
    }
    vt_view_release(view);
    vt_live_close(live);
    vt_shop_close(shop);
    vt_free(ms);
    return status;
}

/* ---- requests ---------------------------------------------------------------------------------------------------- */

/* Users who did something, drawn by chance. */
static size_t draw_users(int32_t user[USERS], const vt_view *view)
{
    size_t n = 0;
    vt_rng rng = vt_rng_at(5, "bench-live-users", 0, 0);
    for (int tries = 0; tries < 100000 && n < USERS; tries++) {
        int32_t u = (int32_t)vt_rng_below(&rng, (uint64_t)view->snapshot->n_users);
        if (view->snapshot->user_ptr[u + 1] - view->snapshot->user_ptr[u] >= HISTORY_LEAST) {
            user[n++] = u;
        }
    }
    return n;
}

/* The model's scoring of the same history, alone. */
static int score_alone(double *ms, vt_recommender *r, const vt_request *request, vt_error *err)
{
    vt_context c = {0};
    int status = vt_context_begin(&c, r, request, err);
    status = status != VT_OK ? status : vt_context_history(&c, err);
    if (status == VT_OK) {
        vt_user_state state = vt_context_state(&c);
        double began = vt_seconds();
        status = vt_model_score(c.bound->model, &state, 1, c.raw, err);
        *ms = since(began);
    }
    vt_context_done(&c);
    return status;
}

/* One product of an (items, dimensions) matrix with a vector: what a dot product model cannot go below. */
static int multiply(double *ms, size_t items, size_t d, size_t runs, vt_error *err)
{
    float *matrix = vt_alloc_aligned(items * d, sizeof *matrix, err);
    float *x = vt_alloc_aligned(d, sizeof *x, err), *y = vt_alloc_aligned(items, sizeof *y, err);
    bool room = matrix != NULL && x != NULL && y != NULL;
    for (size_t i = 0; room && i < items * d; i++) {
        matrix[i] = (float)(i % 97) * 0.01F;
    }
    for (size_t i = 0; room && i < d; i++) {
        x[i] = (float)i * 0.1F;
    }
    for (size_t i = 0; room && i < runs; i++) {
        double began = vt_seconds();
        cblas_sgemv(CblasRowMajor, CblasNoTrans, (int)items, (int)d, 1.0F, matrix, (int)d, x, 1, 0.0F, y, 1);
        ms[i] = since(began);
    }
    vt_free(matrix);
    vt_free(x);
    vt_free(y);
    return room ? VT_OK : VT_ERR_NO_MEMORY;
}

/* The size of a user's vector; 64 where the kind has none. */
static size_t dimensions(const vt_model *model, const vt_user_state *state)
{
    float *vector = NULL;
    size_t d = 0;
    if (vt_model_user_vector(&vector, &d, model, state, NULL) != VT_OK) {
        return 64;
    }
    vt_model_vector_free(vector);
    return d;
}

static int time_requests(double *ms, vt_recommender *r, const vt_view *view, size_t runs, vt_error *err)
{
    int32_t user[USERS];
    char id[600];
    vt_request request;
    size_t n = draw_users(user, view), d = 64;
    vt_request_init(&request);
    int status = n == 0 ? vt_fail(err, VT_ERR_FAILED, "nobody did anything in this shop") : VT_OK;
    for (size_t i = 0; status == VT_OK && i < runs; i++) {
        vt_str text = vt_view_user_id(view, user[i % n]);
        vt_answer answer = {0};
        snprintf(id, sizeof id, "%.*s", VT_STR_ARGS(text));
        request.user = id;
        /* Whoever comes second finds the statistics of this second made: they take turns. */
        status = i % 2 == 0 ? VT_OK : score_alone(&ms[runs + i], r, &request, err);
        double began = vt_seconds();
        status = status != VT_OK ? status : vt_recommend(&answer, r, &request, err);
        ms[i] = since(began);
        vt_answer_done(&answer);
        status = status != VT_OK || i % 2 != 0 ? status : score_alone(&ms[runs + i], r, &request, err);
    }
    vt_serving *serving = vt_recommender_take(r);
    if (status == VT_OK) {
        vt_user_state nobody = {.user = -1, .now = VT_NONE};
        d = dimensions(serving->bound->model, &nobody);
        status = multiply(ms + 2 * runs, (size_t)serving->bound->info.n_items, d, runs, err);
    }
    vt_serving_release(serving);
    if (status == VT_OK) {
        double sum = 0;
        for (size_t i = 0; i < runs; i++) {
            sum += ms[i];
        }
        printf("%.4f %.4f %.4f %.0f %zu\n", median(ms, runs), median(ms + runs, runs), median(ms + 2 * runs, runs),
               1e3 * (double)runs / sum, d);
    }
    return status;
}

static int run_requests(const char *shop, const char *model, size_t runs, vt_error *err)
{
    vt_live *live = NULL;
    vt_recommender *r = NULL;
    vt_recommender_options options;
    double *ms = vt_alloc(3 * runs, sizeof *ms, err);
    vt_recommender_options_init(&options);
    int status = ms == NULL ? VT_ERR_NO_MEMORY : open_live(&live, shop, err);
    status = status != VT_OK ? status : vt_recommender_open(&r, live, model, &options, err);
    if (status == VT_OK) {
        vt_view *view = vt_live_view(live);
        status = time_requests(ms, r, view, runs, err);
        vt_view_release(view);
    }
    vt_recommender_free(r);
    vt_live_close(live);
    vt_free(ms);
    return status;
}

static int run_complements(const char *shop, size_t runs, vt_error *err)
{
    vt_live *live = NULL;
    vt_recommender *r = NULL;
    vt_recommender_options options;
    double *ms = vt_alloc(runs, sizeof *ms, err), first = 0;
    vt_recommender_options_init(&options);
    int status = ms == NULL ? VT_ERR_NO_MEMORY : open_live(&live, shop, err);
    status = status != VT_OK ? status : vt_recommender_create(&r, live, NULL, &options, err);
    vt_view *view = status == VT_OK ? vt_live_view(live) : NULL;
    for (size_t i = 0; status == VT_OK && i <= runs; i++) {
        char id[600];
        vt_request request;
        vt_complements found = {0};
        vt_str text = vt_view_item_id(view, (int32_t)(i * 7919 % (size_t)view->n_items));
        snprintf(id, sizeof id, "%.*s", VT_STR_ARGS(text));
        vt_request_init(&request);
        request.item = id;
        double began = vt_seconds();
        status = vt_complement(&found, r, &request, 1, err);
        *(i == 0 ? &first : &ms[i - 1]) = since(began);
        vt_complements_done(&found);
    }
    if (status == VT_OK) {
        printf("%.3f %.3f\n", first, median(ms, runs));
    }
    vt_view_release(view);
    vt_recommender_free(r);
    vt_live_close(live);
    vt_free(ms);
    return status;
}

int main(int argc, char **argv)
{
    vt_error err = VT_ERROR_INIT;
    int64_t runs = 0;
    const char *mode = argc > 2 ? argv[1] : "";
    int status = VT_ERR_USAGE;
    bool counted = argc > 3 && vt_parse_int(&runs, vt_str_of(argv[argc - 1])) && runs > 0;
    if (strcmp(mode, "open") == 0) {
        status = run_open(argv[2], &err);
    } else if (strcmp(mode, "refresh") == 0 && counted) {
        status = run_refresh(argv[2], (size_t)runs, &err);
    } else if (strcmp(mode, "request") == 0 && counted && argc == 5) {
        status = run_requests(argv[2], argv[3], (size_t)runs, &err);
    } else if (strcmp(mode, "complement") == 0 && counted) {
        status = run_complements(argv[2], (size_t)runs, &err);
    } else {
        vt_fail(&err, VT_ERR_USAGE, "usage: bench_live open|refresh|request|complement SHOP [MODEL] [RUNS]");
    }
    if (status != VT_OK) {
        fprintf(stderr, "bench_live: %s\n", err.message);
    }
    return status == VT_OK ? 0 : 1;
}
