/*
 * What a shop in memory costs. Each mode prints one line of numbers, milliseconds unless said otherwise:
 *
 *     bench_live open SHOP                 opening from a snapshot file, memory of the process in MiB
 *     bench_live refresh SHOP RUNS         a commit of one event, and a refresh after it (medians)
 *     bench_live request SHOP MODEL RUNS   a request end to end, the model's scoring alone, one product of a matrix
 *                                          of the model's shape with a vector by OpenBLAS (medians); requests a
 *                                          second; dimensions
 *     bench_live fresh SHOP KIND USERS     60 fresh sales of the least sold item: its median place before them, after a
 *                                          refresh, and by a model fitted anew; rank correlation of the last two
 *                                          rankings of all items (mean over users)
 *     bench_live period SHOP RUNS          revenue of the last 30 days: order lines of them, reading these, and one
 *                                          pass through all events (medians)
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
#include "live/timeline.h"
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

/* ---- figures of a period ----------------------------------------------------------------------------------------- */

static int64_t revenue_of_lines(const vt_view *view, int64_t from, int64_t *n)
{
    vt_lines lines;
    vt_line_span span;
    int64_t sum = 0;
    *n = 0;
    vt_lines_begin(&lines, view, from, INT64_MAX);
    while (vt_lines_next(&lines, &span)) {
        for (int64_t i = 0; i < span.n; i++) {
            if (vt_lines_counts(&lines, &span, i) && span.kind[i] == VT_EVENT_PURCHASE &&
                span.state[i] != VT_LINE_CANCELLED && span.unit_price[i] != VT_NONE) {
                sum += span.unit_price[i] * (int64_t)span.quantity[i];
                ++*n;
            }
        }
    }
    return sum;
}

static int64_t revenue_of_events(const vt_view *view, int64_t from)
{
    vt_view_events e;
    int64_t sum = 0;
    vt_view_events_begin(&e, view);
    while (vt_view_events_next(&e)) {
        const vt_span *s = &e.span;
        if (s->kind[e.k] == VT_EVENT_PURCHASE && s->time[e.k] >= from && s->state[e.k] != VT_LINE_CANCELLED &&
            s->unit_price[e.k] != VT_NONE) {
            sum += s->unit_price[e.k] * (int64_t)s->quantity[e.k];
        }
    }
    return sum;
}

static int run_period(const char *path, size_t runs, vt_error *err)
{
    vt_live *live = NULL;
    double *ms = vt_alloc(2 * runs, sizeof *ms, err);
    int status = ms == NULL ? VT_ERR_NO_MEMORY : open_live(&live, path, err);
    vt_view *view = status == VT_OK ? vt_live_view(live) : NULL;
    int64_t from = view == NULL ? 0 : vt_view_last_time(view) - 30 * (int64_t)86400, n = 0;
    for (size_t i = 0; status == VT_OK && i < runs; i++) {
        double began = vt_seconds();
        int64_t revenue = revenue_of_lines(view, from, &n);
        ms[i] = since(began);
        began = vt_seconds();
        if (revenue_of_events(view, from) != revenue) {
            status = vt_fail(err, VT_ERR_FAILED, "two ways to one revenue do not agree");
        }
        ms[runs + i] = since(began);
    }
    if (status == VT_OK) {
        printf("%lld %.4f %.4f\n", (long long)n, median(ms, runs), median(ms + runs, runs));
    }
    vt_view_release(view);
    vt_live_close(live);
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
    bool allocated = matrix != NULL && x != NULL && y != NULL;
    for (size_t i = 0; allocated && i < items * d; i++) {
        matrix[i] = (float)(i % 97) * 0.01F;
    }
    for (size_t i = 0; allocated && i < d; i++) {
        x[i] = (float)i * 0.1F;
    }
    for (size_t i = 0; allocated && i < runs; i++) {
        double began = vt_seconds();
        cblas_sgemv(CblasRowMajor, CblasNoTrans, (int)items, (int)d, 1.0F, matrix, (int)d, x, 1, 0.0F, y, 1);
        ms[i] = since(began);
    }
    vt_free(matrix);
    vt_free(x);
    vt_free(y);
    return allocated ? VT_OK : VT_ERR_NO_MEMORY;
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

/* ---- fresh sales ------------------------------------------------------------------------------------------------- */

static int fit_now(vt_model **out, vt_shop *shop, const char *kind, vt_error *err)
{
    vt_snapshot_options freeze;
    vt_fit_options options;
    vt_snapshot *snapshot = NULL;
    vt_interactions *train = NULL;
    vt_snapshot_options_init(&freeze);
    vt_fit_options_init(&options);
    int status = vt_snapshot_take(&snapshot, shop, &freeze, err);
    status = status != VT_OK ? status : vt_interactions_create(&train, snapshot, NULL, 0, err);
    status = status != VT_OK ? status : vt_model_fit(out, kind, train, &options, err);
    vt_interactions_free(train);
    vt_snapshot_free(snapshot);
    return status;
}

/* Scores of all items of the view for a user, as served at `now`. */
static int scores_of(float *out, vt_recommender *r, const char *user, int64_t now, vt_error *err)
{
    vt_context c = {0};
    vt_request request;
    vt_request_init(&request);
    request.user = user;
    request.now = now;
    int status = vt_context_begin(&c, r, &request, err);
    status = status != VT_OK ? status : vt_context_history(&c, err);
    if (status == VT_OK) {
        vt_user_state state = vt_context_state(&c);
        status = vt_model_score(c.bound->model, &state, 1, c.raw, err);
    }
    if (status == VT_OK) {
        vt_context_spread(&c);
        memcpy(out, c.scores, (size_t)c.view->n_items * sizeof *out);
    }
    vt_context_done(&c);
    return status;
}

static const float *ranked;

static int by_score(const void *a, const void *b)
{
    float x = ranked[*(const int32_t *)a], y = ranked[*(const int32_t *)b];
    return x > y ? -1 : x < y ? 1 : *(const int32_t *)a - *(const int32_t *)b;
}

static void places(int32_t *place, int32_t *order, const float *score, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        order[i] = i;
    }
    ranked = score;
    qsort(order, (size_t)n, sizeof *order, by_score);
    for (int32_t k = 0; k < n; k++) {
        place[order[k]] = k;
    }
}

/* Spearman's: 1 - 6 sum d^2 / (n^3 - n). */
static double correlation(const int32_t *a, const int32_t *b, int32_t n)
{
    double sum = 0, m = (double)n;
    for (int32_t i = 0; i < n; i++) {
        double d = (double)a[i] - (double)b[i];
        sum += d * d;
    }
    return 1 - 6 * sum / (m * m * m - m);
}

typedef struct fresh {
    vt_live *live;
    vt_shop *shop;
    vt_recommender *before, *anew;
    vt_model *model, *second;
    int32_t user[USERS], n_users, item, n_items;
    int64_t now;
    float *score;
    int32_t *order, *place[3];
    double *at[3];
} fresh;

static int sell_sixty(const fresh *f, vt_error *err)
{
    enum { SALES = 60 };
    vt_view *view = vt_live_view(f->live);
    vt_store *store = vt_shop_store(f->shop);
    vt_str id = vt_view_item_id(view, f->item);
    int status = vt_store_begin(store, NULL, NULL, NULL, err);
    for (int n = 0; status == VT_OK && n < SALES; n++) {
        vt_event event;
        vt_put done;
        vt_event_init(&event);
        event.user = vt_view_user_id(view, (int32_t)((int64_t)n * 997 % view->n_users));
        event.item = id;
        event.kind = VT_EVENT_PURCHASE;
        event.time = f->now - SALES + n;
        status = vt_store_put_event(store, &event, &done, err);
    }
    status = status != VT_OK ? status : vt_store_commit(store, 0, err);
    vt_view_release(view);
    return status;
}

static int rank_user(const fresh *f, int32_t *place, vt_recommender *r, int32_t u, vt_error *err)
{
    char id[600];
    vt_view *view = vt_live_view(f->live);
    vt_str text = vt_view_user_id(view, f->user[u]);
    snprintf(id, sizeof id, "%.*s", VT_STR_ARGS(text));
    vt_view_release(view);
    int status = scores_of(f->score, r, id, f->now, err);
    if (status == VT_OK) {
        places(place, f->order, f->score, f->n_items);
    }
    return status;
}

static int begin_fresh(fresh *f, const char *path, const char *kind, size_t users, vt_error *err)
{
    vt_recommender_options options;
    vt_recommender_options_init(&options);
    int status = vt_shop_open(&f->shop, path, VT_SHOP_WRITE, err);
    status = status != VT_OK ? status : open_live(&f->live, path, err);
    status = status != VT_OK ? status : fit_now(&f->model, f->shop, kind, err);
    status = status != VT_OK ? status : vt_recommender_create(&f->before, f->live, f->model, &options, err);
    if (status != VT_OK) {
        return status;
    }
    vt_view *view = vt_live_view(f->live);
    f->n_items = view->n_items;
    f->now = view->snapshot->time_max + 3600;
    f->n_users = (int32_t)draw_users(f->user, view);
    f->n_users = (size_t)f->n_users > users ? (int32_t)users : f->n_users;
    for (int32_t i = 0; i < view->n_items; i++) {
        f->item = vt_view_item_count(view, i) < vt_view_item_count(view, f->item) ? i : f->item;
    }
    vt_view_release(view);
    f->score = vt_alloc((size_t)f->n_items, sizeof *f->score, err);
    f->order = vt_alloc((size_t)f->n_items, sizeof *f->order, err);
    bool allocated = f->score != NULL && f->order != NULL;
    for (int k = 0; k < 3; k++) {
        f->place[k] = vt_alloc((size_t)f->n_items, sizeof *f->place[k], err);
        f->at[k] = vt_alloc(USERS, sizeof *f->at[k], err);
        allocated = allocated && f->place[k] != NULL && f->at[k] != NULL;
    }
    return allocated ? VT_OK : VT_ERR_NO_MEMORY;
}

static int compare_fresh(fresh *f, const char *kind, vt_error *err)
{
    vt_recommender_options options;
    double sum = 0;
    int status = VT_OK;
    vt_recommender_options_init(&options);
    for (int32_t u = 0; status == VT_OK && u < f->n_users; u++) {
        status = rank_user(f, f->place[0], f->before, u, err);
        f->at[0][u] = f->place[0][f->item] + 1;
    }
    status = status != VT_OK ? status : sell_sixty(f, err);
    status = status != VT_OK ? status : vt_live_refresh(f->live, NULL, err);
    status = status != VT_OK ? status : vt_recommender_refresh(f->before, err);
    status = status != VT_OK ? status : fit_now(&f->second, f->shop, kind, err);
    status = status != VT_OK ? status : vt_recommender_create(&f->anew, f->live, f->second, &options, err);
    for (int32_t u = 0; status == VT_OK && u < f->n_users; u++) {
        status = rank_user(f, f->place[1], f->before, u, err);
        status = status != VT_OK ? status : rank_user(f, f->place[2], f->anew, u, err);
        f->at[1][u] = f->place[1][f->item] + 1;
        f->at[2][u] = f->place[2][f->item] + 1;
        sum += correlation(f->place[1], f->place[2], f->n_items);
    }
    if (status == VT_OK) {
        size_t n = (size_t)f->n_users;
        printf("%.0f %.0f %.0f %.4f\n", median(f->at[0], n), median(f->at[1], n), median(f->at[2], n), sum / (double)n);
    }
    return status;
}

static int run_fresh(const char *path, const char *kind, size_t users, vt_error *err)
{
    fresh f = {.live = NULL};
    int status = begin_fresh(&f, path, kind, users, err);
    status = status != VT_OK ? status : compare_fresh(&f, kind, err);
    vt_recommender_free(f.anew);
    vt_recommender_free(f.before);
    vt_model_free(f.second);
    vt_model_free(f.model);
    vt_live_close(f.live);
    vt_shop_close(f.shop);
    for (int k = 0; k < 3; k++) {
        vt_free(f.place[k]);
        vt_free(f.at[k]);
    }
    vt_free(f.score);
    vt_free(f.order);
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
    } else if (strcmp(mode, "period") == 0 && counted) {
        status = run_period(argv[2], (size_t)runs, &err);
    } else if (strcmp(mode, "request") == 0 && counted && argc == 5) {
        status = run_requests(argv[2], argv[3], (size_t)runs, &err);
    } else if (strcmp(mode, "fresh") == 0 && counted && argc == 5) {
        status = run_fresh(argv[2], argv[3], (size_t)runs, &err);
    } else if (strcmp(mode, "complement") == 0 && counted) {
        status = run_complements(argv[2], (size_t)runs, &err);
    } else {
        vt_fail(&err, VT_ERR_USAGE,
                "usage: bench_live open|refresh|period|request|fresh|complement SHOP [MODEL|KIND] [RUNS]");
    }
    if (status != VT_OK) {
        fprintf(stderr, "bench_live: %s\n", err.message);
    }
    return status == VT_OK ? 0 : 1;
}
