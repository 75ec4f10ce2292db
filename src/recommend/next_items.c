/* Customers are answered in blocks by all threads; a list is kept as numbers until all are there. */
#include "vitrine/next_items.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/options.h"
#include "base/pool.h"
#include "live/timeline.h"
#include "recommend/recommender.h"
#include "vitrine/results.h"

enum { BLOCK = 32 };

/* A customer with orders. */
typedef struct buyer {
    int64_t last;
    int32_t lines, user;
} buyer;

typedef struct listing {
    vt_recommender *recommender;
    const vt_view *view;
    const vt_next_items_options *options;
    const vt_request *request;
    const buyer *buyer; /* (n) */
    size_t n, length;
    int32_t *item;          /* (n, length) -1: none */
    double *score;          /* (n, length) */
    int64_t *history;       /* (n) events used */
    char (*degraded)[1100]; /* (threads) */
} listing;

void vt_next_items_options_init_sized(vt_next_items_options *options, size_t size)
{
    static const vt_next_items_options defaults = {.size = sizeof defaults, .customers = 10000};
    vt_options_init(options, size, &defaults, sizeof defaults);
}

static int most_lines_first(const void *a, const void *b)
{
    const buyer *x = a, *y = b;
    if (x->lines != y->lines) {
        return x->lines > y->lines ? -1 : 1;
    }
    if (x->last != y->last) {
        return x->last > y->last ? -1 : 1;
    }
    return (x->user > y->user) - (x->user < y->user);
}

static int find_buyers(buyer **out, size_t *n, const vt_view *view, vt_error *err)
{
    size_t users = (size_t)view->n_users, found = 0;
    buyer *all = vt_alloc_zero(users, sizeof *all, err);
    vt_lines lines;
    vt_line_span span;
    if (all == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_lines_begin(&lines, view, INT64_MIN, INT64_MAX);
    while (vt_lines_next(&lines, &span)) {
        for (int64_t i = 0; i < span.n; i++) {
            if (span.user[i] >= 0 && span.kind[i] == VT_EVENT_PURCHASE && span.state[i] != VT_LINE_CANCELLED &&
                vt_lines_counts(&lines, &span, i)) {
                buyer *b = &all[span.user[i]];
                b->last = b->lines == 0 || span.time[i] > b->last ? span.time[i] : b->last;
                b->lines++;
            }
        }
    }
    for (size_t u = 0; u < users; u++) {
        if (all[u].lines > 0) {
            all[u].user = (int32_t)u;
            all[found++] = all[u];
        }
    }
    if (found > 0) {
        qsort(all, found, sizeof *all, most_lines_first);
    }
    *out = all;
    *n = found;
    return VT_OK;
}

/* ---- lists ------------------------------------------------------------------------------------------------------- */

static int recommend_one(listing *l, int worker, size_t k, vt_error *err)
{
    vt_str id = vt_view_user_id(l->view, l->buyer[k].user);
    char *user = vt_alloc(id.len + 1, 1, err);
    vt_request request = *l->request;
    vt_answer answer;
    if (user == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    memcpy(user, id.ptr, id.len);
    user[id.len] = '\0';
    request.user = user;
    request.item = NULL;
    request.explain = false;
    int status = vt_recommend(&answer, l->recommender, &request, err);
    if (status == VT_OK) {
        l->history[k] = answer.history;
        for (size_t i = 0; i < answer.n; i++) {
            l->item[k * l->length + i] = vt_view_find_item(l->view, vt_str_of(answer.items[i].item));
            l->score[k * l->length + i] = answer.items[i].score;
        }
        if (answer.degraded[0] != '\0' && l->degraded[worker][0] == '\0') {
            snprintf(l->degraded[worker], sizeof l->degraded[worker], "%s", answer.degraded);
        }
        vt_answer_done(&answer);
    }
    vt_free(user);
    return status;
}

static int recommend_block(void *context, int worker, size_t begin, size_t end, vt_error *err)
{
    int status = VT_OK;
    for (size_t k = begin; k < end && status == VT_OK; k++) {
        status = recommend_one(context, worker, k, err);
    }
    return status;
}

static int report(void *context, size_t done, vt_error *err)
{
    const listing *l = context;
    const vt_progress_state state = {"recommending", "customers", (double)done, (double)l->n, NULL};
    return vt_progress_report(l->options->progress, &state, err);
}

static int recommend_all(listing *l, vt_next_items *out, vt_error *err)
{
    int threads = vt_threads(l->options->threads);
    size_t cells = l->n * l->length;
    l->item = vt_alloc(cells, sizeof *l->item, err);
    l->score = vt_alloc(cells, sizeof *l->score, err);
    l->history = vt_alloc_zero(l->n, sizeof *l->history, err);
    l->degraded = vt_alloc_zero((size_t)threads, sizeof *l->degraded, err);
    if (l->item == NULL || l->score == NULL || l->history == NULL || l->degraded == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < cells; i++) {
        l->item[i] = -1;
    }
    int status = vt_parallel_for(threads, l->n, BLOCK, recommend_block, report, l, err);
    for (int t = 0; t < threads && out->degraded[0] == '\0'; t++) {
        memcpy(out->degraded, l->degraded[t], sizeof out->degraded);
    }
    return status;
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

static int write_rows(const listing *l, vt_next_items *out, vt_error *err)
{
    vt_shop *shop = NULL;
    size_t n = 0;
    vt_result *rows = vt_alloc(l->n * l->length, sizeof *rows, err);
    if (rows == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t k = 0; k < l->n; k++) {
        size_t before = n;
        for (size_t i = 0; i < l->length; i++) {
            int32_t item = l->item[k * l->length + i];
            if (item >= 0) {
                rows[n] = (vt_result){.subject = vt_view_user_id(l->view, l->buyer[k].user),
                                      .rank = (int64_t)(n - before) + 1,
                                      .object = vt_view_item_id(l->view, item),
                                      .value = l->score[k * l->length + i],
                                      .low = NAN,
                                      .high = NAN,
                                      .count = l->history[k],
                                      .made_at = VT_NONE};
                n++;
            }
        }
        out->customers += n > before;
    }
    const vt_result_rows kind = {"next_item", rows, n};
    int status = vt_shop_open(&shop, vt_live_path(l->recommender->live), VT_SHOP_WRITE, err);
    status = status == VT_OK ? vt_results_replace(shop, &kind, 1, err) : status;
    out->rows = (int64_t)n;
    vt_shop_close(shop);
    vt_free(rows);
    return status;
}

int vt_next_items_store(vt_next_items *out, vt_recommender *recommender, const vt_next_items_options *o, vt_error *err)
{
    vt_request fallback;
    vt_next_items done = {0};
    buyer *buyers = NULL;
    size_t n = 0;
    int status = vt_options_check(o->size, sizeof *o, "vt_next_items_options", err);
    if (status == VT_OK && o->customers < 1) {
        status = vt_fail(err, VT_ERR_USAGE, "lists are made for 1 customer or more");
    }
    if (status != VT_OK) {
        return status;
    }
    vt_request_init(&fallback);
    vt_view *view = vt_live_view(recommender->live);
    listing l = {
        .recommender = recommender, .view = view, .options = o, .request = o->request == NULL ? &fallback : o->request};
    if (l.request->n < 1 || l.request->n > 1000) {
        status = vt_fail(err, VT_ERR_USAGE, "a list has 1 to 1,000 items");
    }
    status = status == VT_OK ? find_buyers(&buyers, &n, view, err) : status;
    if (status == VT_OK) {
        done.buyers = (int64_t)n;
        l.buyer = buyers;
        l.n = (int64_t)n < o->customers ? n : (size_t)o->customers;
        l.length = (size_t)l.request->n;
        status = recommend_all(&l, &done, err);
    }
    status = status == VT_OK ? write_rows(&l, &done, err) : status;
    vt_free(l.item);
    vt_free(l.score);
    vt_free(l.history);
    vt_free(l.degraded);
    vt_free(buyers);
    vt_view_release(view);
    if (status == VT_OK) {
        *out = done;
    }
    return status;
}
