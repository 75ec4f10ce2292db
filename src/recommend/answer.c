/*
 * From a request to an answer. All is read from one state of the store. Choosing is a prefix law: the list by scores
 * is cut, and only what is missing at its end is filled, so the first 5 of 50 are the 5.
 */
#include "recommend/answer.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/clock.h"
#include "math/topk.h"
#include "recommend/filters.h"

void vt_request_init(vt_request *request)
{
    *request = (vt_request){.n = 10, .price_min = VT_NONE, .price_max = VT_NONE, .now = VT_NONE};
}

int vt_asking_begin(vt_asking *a, vt_shop *shop, const vt_model *model, const vt_request *request, vt_error *err)
{
    *a = (vt_asking){.shop = shop, .store = vt_shop_store(shop), .model = model, .request = request};
    int status = vt_request_check(request, err);
    if (status != VT_OK) {
        return status;
    }
    vt_model_describe(model, &a->info);
    a->now = request->now == VT_NONE ? vt_now() : request->now;
    status = vt_store_read_begin(a->store, err);
    if (status != VT_OK) {
        return status;
    }
    a->reading = true;
    status = vt_catalogue_load(&a->catalogue, a->store, &a->info.items, err);
    if (status != VT_OK) {
        return status;
    }
    if (a->catalogue->n_stored == 0) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "the model knows none of the items of shop %s; train a model on this shop", vt_shop_path(shop));
    }
    size_t n_items = (size_t)a->info.n_items;
    a->allowed = vt_alloc(n_items, sizeof *a->allowed, err);
    a->scores = vt_alloc_aligned(n_items, sizeof *a->scores, err);
    a->chosen = vt_alloc((size_t)request->n, sizeof *a->chosen, err);
    if (a->allowed == NULL || a->scores == NULL || a->chosen == NULL) {
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
    vt_free(a->chosen);
}

void vt_asking_choose(vt_asking *a)
{
    for (int32_t i = 0; i < a->info.n_items; i++) {
        a->scores[i] = a->allowed[i] ? a->scores[i] : -INFINITY;
    }
    a->n_chosen = vt_topk(a->scores, (size_t)a->info.n_items, (size_t)a->request->n, a->chosen);
    a->n_scored = a->n_chosen;
}

typedef struct bought {
    int64_t count;
    int32_t item;
} bought;

static int by_count(const void *a, const void *b)
{
    const bought *x = a;
    const bought *y = b;
    if (x->count != y->count) {
        return x->count > y->count ? -1 : 1;
    }
    return (x->item > y->item) - (x->item < y->item);
}

int vt_asking_fill(vt_asking *a, vt_error *err)
{
    size_t wanted = (size_t)a->request->n;
    if (a->n_chosen == wanted) {
        return VT_OK;
    }
    uint8_t *listed = vt_alloc_zero((size_t)a->info.n_items, sizeof *listed, err);
    bought *rest = vt_alloc((size_t)a->info.n_items, sizeof *rest, err);
    int status = VT_ERR_NO_MEMORY;
    if (listed == NULL || rest == NULL) {
        goto out;
    }
    size_t n = 0;
    for (size_t i = 0; i < a->n_chosen; i++) {
        listed[a->chosen[i]] = 1;
    }
    for (int32_t i = 0; i < a->info.n_items; i++) {
        if (a->allowed[i] && !listed[i]) {
            rest[n++] = (bought){a->info.item_count[i], i};
        }
    }
    qsort(rest, n, sizeof *rest, by_count);
    for (size_t i = 0; i < n && a->n_chosen < wanted; i++) {
        a->chosen[a->n_chosen++] = rest[i].item;
    }
    status = VT_OK;
out:
    vt_free(listed);
    vt_free(rest);
    return status;
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
    int status = vt_answer_begin(&answer, a->store, a->n_chosen, err);
    if (status != VT_OK) {
        return status;
    }
    answer.history = a->history;
    for (int32_t i = 0; i < a->info.n_items; i++) {
        answer.candidates += a->allowed[i];
    }
    vt_str source = vt_arena_str(answer.storage, vt_str_of(a->info.kind->name), err);
    status = source.ptr == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t i = 0; status == VT_OK && i < a->n_chosen; i++) {
        bool scored = i < a->n_scored;
        int32_t item = a->chosen[i];
        status = vt_answer_name(&answer, &answer.items[i], a->store, vt_ids_get(&a->info.items, item), err);
        answer.items[i].score = scored ? (double)a->scores[item] : (double)a->info.item_count[item];
        answer.items[i].source = scored ? source.ptr : "popularity";
    }
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
        vt_arena_free(answer->storage);
        *answer = (vt_answer){0};
    }
}
