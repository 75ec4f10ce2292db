/*
 * From a request to an answer. All is read from one state of the store. Choosing is a prefix law: the list by scores
 * is cut, and only what is missing at its end is filled, so the first 5 of 50 are the 5.
 */
#include "recommend/answer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/options.h"
#include "math/topk.h"
#include "recommend/filters.h"
#include "recommend/item_rows.h"

void vt_request_init_sized(vt_request *request, size_t size)
{
    const vt_request defaults = {.n = 10, .price_min = VT_NONE, .price_max = VT_NONE, .now = VT_NONE};
    vt_options_init(request, size, &defaults, sizeof defaults);
}

void vt_given_event_init(vt_given_event *event)
{
    *event = (vt_given_event){.time = VT_NONE, .kind = -1, .value = (double)NAN};
}

/* Without a model: the shop's own items, and how often each was bought, liked or rated. */
static int describe_shop(vt_asking *a, vt_error *err)
{
    vt_item_rows rows = {0};
    int status = vt_shop_items_load(&a->items, a->store, err);
    if (status != VT_OK) {
        return status;
    }
    size_t n = (size_t)a->items.ids.n;
    a->counts = vt_alloc(n, sizeof *a->counts, err);
    status = a->counts == NULL ? VT_ERR_NO_MEMORY : vt_item_rows_load(&rows, a->store, &a->items.ids, err);
    if (status == VT_OK) {
        status = vt_item_rows_count(a->counts, &rows, a->store, n, err);
    }
    vt_item_rows_done(&rows);
    a->info = (vt_model_info){.kind = vt_model_kind_find("popularity"),
                              .positive = "purchase|like|rating",
                              .n_items = a->items.ids.n,
                              .items = a->items.ids,
                              .item_count = a->counts};
    return status;
}

int vt_asking_begin(vt_asking *a, vt_shop *shop, const vt_model *model, const vt_request *request, vt_error *err)
{
    *a = (vt_asking){.shop = shop, .store = vt_shop_store(shop), .model = model, .request = request};
    int status = vt_request_check(request, err);
    if (status != VT_OK) {
        return status;
    }
    a->now = request->now == VT_NONE ? vt_now() : request->now;
    status = vt_store_read_begin(a->store, err);
    if (status != VT_OK) {
        return status;
    }
    a->reading = true;
    if (model != NULL) {
        vt_model_describe(model, &a->info);
    } else {
        status = describe_shop(a, err);
    }
    if (status != VT_OK) {
        return status;
    }
    status = vt_catalogue_load(&a->catalogue, a->store, &a->info.items, err);
    if (status != VT_OK) {
        return status;
    }
    if (model != NULL && a->catalogue->n_stored == 0) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "the model knows none of the items of shop %s; train a model on this shop", vt_shop_path(shop));
    }
    size_t n_items = (size_t)a->info.n_items;
    a->allowed = vt_alloc(n_items, sizeof *a->allowed, err);
    a->scores = vt_alloc_aligned(n_items, sizeof *a->scores, err);
    a->placed = vt_alloc((size_t)request->n, sizeof *a->placed, err);
    if (a->allowed == NULL || a->scores == NULL || a->placed == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    return vt_filter(a->allowed, a->catalogue, request, a->now, err);
}

void vt_asking_done(vt_asking *a)
{
    if (a->reading) {
        vt_store_read_end(a->store);
    }
    vt_catalogue_free(a->catalogue);
    vt_free(a->allowed);
    vt_free(a->scores);
    vt_free(a->placed);
    vt_pipeline_done(&a->pipeline);
    vt_rules_done(&a->loaded);
    vt_shop_items_done(&a->items);
    vt_free(a->counts);
    vt_free(a->disliked);
    vt_free(a->interval);
}

int vt_asking_choose(vt_asking *a, vt_error *err)
{
    size_t n = (size_t)a->request->n;
    int32_t *chosen = vt_alloc(n, sizeof *chosen, err);
    if (chosen == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t i = 0; i < a->info.n_items; i++) {
        a->scores[i] = a->allowed[i] ? a->scores[i] : -INFINITY;
    }
    a->n_placed = vt_topk(a->scores, (size_t)a->info.n_items, n, chosen);
    for (size_t i = 0; i < a->n_placed; i++) {
        a->placed[i] = (vt_placed){.item = chosen[i], .score = a->scores[chosen[i]]};
    }
    vt_free(chosen);
    return VT_OK;
}

int vt_answer_begin(vt_answer *out, vt_store *store, size_t n, vt_error *err)
{
    vt_answer answer = {.n = n};
    int status = vt_arena_create(&answer.storage, 0, err);
    if (status == VT_OK) {
        answer.items = vt_arena_alloc(answer.storage, n, sizeof *answer.items, err);
        status = answer.items == NULL ? VT_ERR_NO_MEMORY
                                      : vt_store_get(store, "currency", answer.currency, sizeof answer.currency, err);
    }
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        answer.items[i] = (vt_recommendation){0};
    }
    if (status != VT_OK) {
        vt_answer_done(&answer);
        return status;
    }
    *out = answer;
    return VT_OK;
}

typedef struct naming {
    vt_arena *arena;
    vt_recommendation *row;
    vt_error *err;
} naming;

/* A copy that lives in the arena, "" for what is not given; NULL when memory ran out. */
static const char *keep(naming *n, vt_str text)
{
    return vt_arena_str(n->arena, text.ptr == NULL ? vt_str_of("") : text, n->err).ptr;
}

static int name_item(void *context, int64_t row, const vt_item *item)
{
    naming *n = context;
    (void)row;
    n->row->item = keep(n, item->id);
    n->row->title = keep(n, item->title);
    n->row->category = keep(n, item->category);
    n->row->brand = keep(n, item->brand);
    n->row->price = item->price;
    bool all = n->row->item != NULL && n->row->title != NULL && n->row->category != NULL && n->row->brand != NULL;
    return all ? VT_OK : VT_ERR_NO_MEMORY;
}

int vt_answer_name(vt_answer *answer, vt_recommendation *row, vt_store *store, vt_str id, vt_error *err)
{
    naming n = {answer->storage, row, err};
    return vt_store_item(store, id, name_item, &n, err);
}

int vt_asking_answer(vt_answer *out, vt_asking *a, vt_error *err)
{
    vt_answer answer = {0};
    int status = vt_answer_begin(&answer, a->store, a->n_placed, err);
    if (status != VT_OK) {
        return status;
    }
    answer.history = a->history;
    answer.ignored = a->ignored;
    for (int32_t i = 0; i < a->info.n_items; i++) {
        answer.candidates += a->allowed[i];
    }
    vt_str source = vt_arena_str(answer.storage, vt_str_of(a->info.kind->name), err);
    status = source.ptr == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    const char *const sources[] = {source.ptr, "likeness", "popularity", "orders", "categories", "attributes"};
    for (size_t i = 0; status == VT_OK && i < a->n_placed; i++) {
        const vt_placed *placed = &a->placed[i];
        vt_recommendation *row = &answer.items[i];
        status = vt_answer_name(&answer, row, a->store, vt_ids_get(&a->info.items, placed->item), err);
        row->score = (double)placed->score;
        row->source = sources[placed->by];
        row->change = (double)placed->change;
        row->rank = placed->rank;
    }
    if (status == VT_OK && a->rules != NULL) {
        vt_rules_text(answer.rules, sizeof answer.rules, a->rules);
        status = vt_asking_name_rules(&answer, a, err);
    }
    memcpy(answer.degraded, a->degraded, sizeof answer.degraded);
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
