/*
 * From a request to an answer, over one view of the shop. Choosing is a prefix law: the list by scores is cut, and only
 * what is missing at its end is filled, so the first 5 of 50 are the 5.
 */
#include "recommend/context.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/number.h"
#include "base/options.h"
#include "math/kernels.h"
#include "math/topk.h"
#include "recommend/filters.h"
#include "recommend/replenish.h"

void vt_request_init_sized(vt_request *request, size_t size)
{
    const vt_request defaults = {.n = 10, .price_min = VT_NONE, .price_max = VT_NONE, .now = VT_NONE};
    vt_options_init(request, size, &defaults, sizeof defaults);
}

/* Nothing on a side of the colon is no bound. */
static bool read_bound(int64_t *out, vt_str text, int digits)
{
    *out = VT_NONE;
    return text.len == 0 || (vt_parse_money(out, text, digits) && *out >= 0);
}

int vt_request_price(vt_request *request, const char *text, const char *currency, vt_error *err)
{
    int64_t low = VT_NONE, high = VT_NONE;
    const char *colon = strchr(text, ':');
    int digits = vt_currency_digits(currency);
    if (colon == NULL || text[1] == '\0' || !read_bound(&low, (vt_str){text, (size_t)(colon - text)}, digits) ||
        !read_bound(&high, vt_str_of(colon + 1), digits)) {
        return vt_fail(err, VT_ERR_USAGE,
                       "the price is \"%.60s\"; a smallest and a largest are expected, such as 0:25, 10: or :9.99",
                       text);
    }
    if (low != VT_NONE && high != VT_NONE && low > high) {
        return vt_fail(err, VT_ERR_USAGE, "the price is \"%.60s\"; the first is larger than the second", text);
    }
    request->price_min = low;
    request->price_max = high;
    return VT_OK;
}

void vt_given_event_init(vt_given_event *event)
{
    *event = (vt_given_event){.time = VT_NONE, .kind = -1, .value = (double)NAN};
}

/* ---- beginning --------------------------------------------------------------------------------------------------- */

static int make_room(vt_context *c, vt_error *err)
{
    vt_arena *arena = c->scratch->arena;
    size_t n = (size_t)c->view->n_items, m = (size_t)c->serving->numbers->n_model;
    c->allowed = vt_arena_alloc(arena, n, sizeof *c->allowed, err);
    c->scores = vt_arena_alloc(arena, n, sizeof *c->scores, err);
    c->raw = c->serving->numbers->to_model == NULL ? c->scores : vt_arena_alloc(arena, m, sizeof *c->raw, err);
    c->placed = vt_arena_alloc(arena, (size_t)c->request->n, sizeof *c->placed, err);
    return c->allowed == NULL || c->scores == NULL || c->raw == NULL || c->placed == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

/* What is on sale, or all. */
static int allow(vt_context *c, vt_error *err)
{
    size_t n = (size_t)c->view->n_items;
    vt_on_sale *on_sale = NULL;
    if (c->request->keep_unavailable) {
        memset(c->allowed, 1, n);
        return VT_OK;
    }
    int status = vt_serving_on_sale(&on_sale, c->serving, c->now, err);
    if (status == VT_OK) {
        memcpy(c->allowed, on_sale->allowed, n);
    }
    vt_on_sale_release(on_sale);
    return status;
}

int vt_context_begin(vt_context *c, vt_recommender *recommender, const vt_request *request, vt_error *err)
{
    vt_serving *serving = vt_recommender_take(recommender);
    int status = vt_context_begin_on(c, recommender, serving, request, err);
    vt_serving_release(serving);
    return status;
}

int vt_context_begin_on(vt_context *c, vt_recommender *recommender, vt_serving *serving, const vt_request *request,
                        vt_error *err)
{
    *c = (vt_context){.recommender = recommender, .request = request, .user = -1};
    int status = vt_request_check(request, err);
    if (status != VT_OK) {
        return status;
    }
    c->now = request->now == VT_NONE ? vt_now() : request->now;
    c->serving = vt_serving_hold(serving);
    c->view = c->serving->view;
    c->bound = c->serving->bound;
    status = vt_scratch_take(&c->scratch, recommender, c->view->n_items, err);
    status = status != VT_OK ? status : make_room(c, err);
    status = status != VT_OK ? status : allow(c, err);
    return status != VT_OK ? status : vt_filter(c->allowed, c->view, request, err);
}

void vt_context_done(vt_context *c)
{
    vt_pipeline_done(&c->pipeline);
    vt_fitted_release(c->fitted);
    vt_history_done(&c->history);
    vt_again_release(c->again);
    vt_scratch_give(c->recommender, c->scratch);
    vt_serving_release(c->serving);
    *c = (vt_context){0};
}

int vt_context_item(int32_t *out, const vt_context *c, const char *id, vt_error *err)
{
    int32_t item = vt_view_find_item(c->view, vt_str_of(id));
    if (item < 0) {
        return vt_fail(err, VT_ERR_NOT_FOUND,
                       "no item \"%s\" in shop %s; ids are case-sensitive and written as they were imported", id,
                       vt_live_path(c->recommender->live));
    }
    *out = item;
    return VT_OK;
}

int vt_context_model_item(int32_t *out, const vt_context *c, const char *id, vt_error *err)
{
    int32_t item = -1;
    int status = vt_context_item(&item, c, id, err);
    item = status == VT_OK ? vt_numbers_model(c->serving->numbers, item) : -1;
    if (status == VT_OK && item < 0) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "item \"%s\" is not in the model, which was fitted before it came or without it; train again",
                       id);
    }
    *out = status == VT_OK ? item : *out;
    return status;
}

/* ---- scores and choice ------------------------------------------------------------------------------------------- */

void vt_context_spread(vt_context *c)
{
    const vt_numbers *n = c->serving->numbers;
    for (int32_t i = 0; n->to_model != NULL && i < n->n_view; i++) {
        c->scores[i] = n->to_model[i] < 0 ? -INFINITY : c->raw[n->to_model[i]];
    }
}

int vt_context_pipeline(vt_context *c, bool compares, vt_error *err)
{
    vt_likeness likeness = {.view = c->view, .cache = c->scratch->like};
    vt_occasion occasion;
    int status = c->rules == &c->serving->rules->rules ? vt_serving_fitted(&c->fitted, c->serving, err)
                                                       : vt_fitted_create(&c->fitted, c->rules, c->view, err);
    if (status == VT_OK) {
        status = vt_occasion_init(&occasion, c->fitted, c->view, c->user, c->request, c->scratch->arena, err);
        occasion.now = c->now;
    }
    if (status == VT_OK && (compares || vt_rules_compare(c->rules))) {
        status = vt_recommender_rows(&likeness.text, c->recommender, c->serving, VT_ENCODER_TEXT, err);
        status = status != VT_OK
                     ? status
                     : vt_recommender_rows(&likeness.image, c->recommender, c->serving, VT_ENCODER_IMAGE, err);
    }
    status = status != VT_OK ? status : vt_pipeline_init(&c->pipeline, c->rules, c->fitted, &occasion, &likeness, err);
    c->pipeline.compares = c->pipeline.compares || compares;
    return status;
}

int vt_context_choose(vt_context *c, vt_error *err)
{
    size_t n = (size_t)c->request->n, n_items = (size_t)c->view->n_items;
    int32_t *chosen = vt_arena_alloc(c->scratch->arena, n, sizeof *chosen, err);
    if (chosen == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_kernels_best()->mask(c->scores, c->scores, c->allowed, n_items);
    c->n_placed = vt_topk(c->scores, n_items, n, chosen);
    for (size_t i = 0; i < c->n_placed; i++) {
        c->placed[i] = (vt_placed){.item = chosen[i], .score = c->scores[chosen[i]]};
    }
    return VT_OK;
}

/* ---- the answer -------------------------------------------------------------------------------------------------- */

int vt_answer_begin(vt_answer *out, const vt_view *view, size_t n, vt_error *err)
{
    enum { ROW_BYTES = 512 }; /* a usual row and its texts; for a larger block malloc tidies its heap each time */
    vt_answer answer = {.n = n};
    int status = vt_arena_create(&answer.storage, ROW_BYTES * (n + 1), err);
    if (status == VT_OK) {
        answer.items = vt_arena_alloc(answer.storage, n, sizeof *answer.items, err);
        status = answer.items == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        answer.items[i] = (vt_recommendation){0};
    }
    if (status != VT_OK) {
        vt_answer_done(&answer);
        return status;
    }
    memcpy(answer.currency, view->currency, sizeof answer.currency);
    *out = answer;
    return VT_OK;
}

int vt_answer_name(vt_answer *answer, vt_recommendation *row, const vt_view *view, int32_t item, vt_error *err)
{
    row->item = vt_arena_str(answer->storage, vt_view_item_id(view, item), err).ptr;
    row->title = vt_arena_str(answer->storage, vt_view_item_title(view, item), err).ptr;
    row->category = vt_arena_str(answer->storage, vt_view_category(view, vt_view_item_category(view, item)), err).ptr;
    row->brand = vt_arena_str(answer->storage, vt_view_brand(view, vt_view_item_brand(view, item)), err).ptr;
    row->price = vt_view_item_price(view, item);
    bool all = row->item != NULL && row->title != NULL && row->category != NULL && row->brand != NULL;
    return all ? VT_OK : VT_ERR_NO_MEMORY;
}

static int name_rows(vt_answer *answer, const vt_context *c, vt_error *err)
{
    vt_str source = vt_arena_str(answer->storage, vt_str_of(c->bound->info.kind->name), err);
    int status = source.ptr == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    const char *const sources[] = {source.ptr, "likeness", "popularity", "orders", "categories", "attributes"};
    for (size_t i = 0; status == VT_OK && i < c->n_placed; i++) {
        const vt_placed *placed = &c->placed[i];
        vt_recommendation *row = &answer->items[i];
        status = vt_answer_name(answer, row, c->view, placed->item, err);
        row->score = (double)placed->score;
        row->source = sources[placed->by];
        row->change = (double)placed->change;
        row->rank = placed->rank;
    }
    return status;
}

int vt_context_answer(vt_answer *out, const vt_context *c, vt_error *err)
{
    vt_answer answer = {0};
    int status = vt_answer_begin(&answer, c->view, c->n_placed, err);
    if (status != VT_OK) {
        return status;
    }
    answer.history = (int64_t)c->history.n;
    answer.ignored = c->ignored;
    answer.candidates = (int64_t)vt_kernels_best()->count(c->allowed, (size_t)c->view->n_items);
    status = name_rows(&answer, c, err);
    if (status == VT_OK && c->rules != NULL) {
        status = vt_context_name_rules(&answer, c, err);
    }
    memcpy(answer.degraded, c->degraded, sizeof answer.degraded);
    if (status != VT_OK) {
        vt_answer_done(&answer);
        return status;
    }
    *out = answer;
    return VT_OK;
}

void vt_answer_done(vt_answer *answer)
{
    if (answer != NULL) {
        for (size_t i = 0; answer->explanations != NULL && i < answer->n; i++) {
            vt_explanation_done(&answer->explanations[i]);
        }
        vt_arena_free(answer->storage);
        *answer = (vt_answer){0};
    }
}
