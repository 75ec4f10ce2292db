/*
 * A search asks one or two judges for a list each (words by BM25, vectors by cosine) and fuses them. All is read from
 * one state of the store; what the filters do not let through is in no list. A judge that cannot answer is left out as
 * long as another can, and the answer says so.
 */
#include "vitrine/search.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/options.h"
#include "recommend/answer.h"
#include "recommend/filters.h"
#include "recommend/query_vector.h"
#include "recommend/ranked.h"
#include "recommend/searcher.h"

/* One search at work. Legend: I items of the shop. */
typedef struct searching {
    vt_searcher *searcher; /* borrowed, like the next two */
    vt_store *store;
    const vt_search_query *query;
    bool reading;
    uint8_t *allowed; /* (I) */
    vt_ranked *lists; /* (2) */
    size_t n_lists;
    char degraded[1100];
} searching;

void vt_search_query_init_sized(vt_search_query *query, size_t size)
{
    vt_search_query defaults = {.by = VT_SEARCH_BOTH};
    vt_request_init(&defaults.request);
    vt_options_init(query, size, &defaults, sizeof defaults);
}

static int check(const vt_search_query *query, vt_error *err)
{
    int status = vt_options_check(query->size, sizeof *query, "vt_search_query", err);
    if (status != VT_OK) {
        return status;
    }
    int asked = (query->text != NULL) + (query->photo != NULL) + (query->request.item != NULL);
    if (asked != 1) {
        return vt_fail(err, VT_ERR_USAGE, "a search is for a text, for a photo or for an item; give one of them");
    }
    if (query->text != NULL && strspn(query->text, " \t\r\n") == strlen(query->text)) {
        return vt_fail(err, VT_ERR_USAGE, "the text to search for is empty");
    }
    return vt_request_check(&query->request, err);
}

static int begin(searching *s, vt_error *err)
{
    const vt_request *request = &s->query->request;
    int status = vt_store_read_begin(s->store, err);
    if (status != VT_OK) {
        return status;
    }
    s->reading = true;
    status = vt_searcher_refresh(s->searcher, err);
    if (status == VT_OK) {
        s->allowed = vt_alloc((size_t)s->searcher->items.ids.n, sizeof *s->allowed, err);
        s->lists = vt_alloc(2, sizeof *s->lists, err);
        status = s->allowed == NULL || s->lists == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    if (status == VT_OK) {
        status = vt_filter(s->allowed, s->searcher->catalogue, request,
                           request->now == VT_NONE ? vt_now() : request->now, err);
    }
    return status;
}

static void done(searching *s)
{
    if (s->reading) {
        vt_store_read_end(s->store);
    }
    vt_free(s->allowed);
    vt_free(s->lists);
}

/* ---- judges ------------------------------------------------------------------------------------------------------ */

typedef struct matching {
    searching *search;
    vt_ranked *list;
} matching;

static int take_match(void *context, int64_t row, vt_str id, double score)
{
    matching *m = context;
    int32_t item = vt_ids_find(&m->search->searcher->items.ids, id);
    (void)row;
    if (item >= 0 && m->search->allowed[item]) {
        m->list->item[m->list->n] = item;
        m->list->score[m->list->n++] = (float)score;
    }
    return m->list->n == VT_RANKED_MAX ? VT_ERR_CANCELLED : VT_OK;
}

static int ask_words(searching *s, vt_error *err)
{
    vt_ranked *list = &s->lists[s->n_lists];
    matching m = {s, list};
    list->source = "words";
    list->n = 0;
    int status = vt_store_match(s->store, vt_str_of(s->query->text), -1, take_match, &m, err);
    status = status == VT_ERR_CANCELLED ? VT_OK : status; /* enough */
    s->n_lists += status == VT_OK;
    return status;
}

/*
 * Ranks by the cosine with `vector`; vectors of items that the shop has no more are passed over. The index gives as
 * many places as an answer through it can have.
 */
static int rank_vectors(searching *s, const vt_compared *compared, const char *source, const float *vector,
                        vt_error *err)
{
    const vt_item_vectors *vectors = compared->vectors;
    size_t n = (size_t)vectors->n;
    vt_ranked *list = &s->lists[s->n_lists];
    uint8_t *allowed = vt_alloc(n, sizeof *allowed, err);
    if (allowed == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n; i++) {
        allowed[i] = compared->item[i] >= 0 && s->allowed[compared->item[i]];
    }
    list->source = source;
    if (compared->flat != NULL && (size_t)s->query->request.n <= VT_FLAT_NEAREST_MAX) {
        list->n = vt_flat_search(compared->flat, list->item, list->score, vector, allowed, VT_FLAT_NEAREST_MAX);
    } else {
        list->n = vt_nearest(list->item, list->score, vectors->data, n, vectors->d, vector, allowed, VT_RANKED_MAX);
    }
    for (size_t i = 0; i < list->n; i++) {
        list->item[i] = compared->item[list->item[i]];
    }
    s->n_lists++;
    vt_free(allowed);
    return VT_OK;
}

/* The vector to compare with: of the text, of the photo, or the item's own. */
static int query_vector(float *vector, const searching *s, vt_compared *compared, const char *source, vt_error *err)
{
    const vt_search_query *query = s->query;
    const vt_item_vectors *vectors = compared->vectors;
    int threads = s->searcher->threads;
    if (query->text != NULL) {
        return vt_query_text(vector, &compared->encoder, vectors, query->text, threads, err);
    }
    if (query->photo != NULL) {
        return vt_query_photo(vector, &compared->encoder, vectors, query->photo, threads, err);
    }
    int32_t row = vt_ids_find(&vectors->ids, vt_str_of(query->request.item));
    if (row < 0) {
        return vt_fail(err, VT_ERR_NOT_FOUND,
                       "item \"%s\" has no %s vector: it has no %s, or came after the last \"vitrine encode\"",
                       query->request.item, source, source);
    }
    memcpy(vector, vectors->data + (size_t)row * vectors->d, vectors->d * sizeof *vector);
    return VT_OK;
}

static int ask_vectors(searching *s, vt_encoder_kind kind, vt_error *err)
{
    const char *source = kind == VT_ENCODER_TEXT ? "text" : "image";
    vt_compared *compared = NULL;
    float *vector = NULL;
    int status = vt_searcher_compared(&compared, s->searcher, kind, err);
    if (status == VT_OK) {
        vector = vt_alloc(compared->vectors->d, sizeof *vector, err);
        status = vector == NULL ? VT_ERR_NO_MEMORY : query_vector(vector, s, compared, source, err);
    }
    if (status == VT_OK) {
        status = rank_vectors(s, compared, source, vector, err);
    }
    vt_free(vector);
    return status;
}

/* Asks for vectors; what is not there is noted, and the search goes on. */
static int try_vectors(searching *s, vt_encoder_kind kind, const char *without, vt_error *err)
{
    vt_error why = VT_ERROR_INIT;
    int status = ask_vectors(s, kind, &why);
    if (status == VT_ERR_NOT_FOUND || status == VT_ERR_UNSUPPORTED) {
        snprintf(s->degraded, sizeof s->degraded, "%s: %s", without, why.message);
        return VT_OK;
    }
    return status == VT_OK ? VT_OK : vt_fail(err, why.code, "%s", why.message);
}

static int ask_beside(searching *s, vt_error *err)
{
    const char *id = s->query->request.item;
    int status = vt_find_item(s->store, id, vt_shop_path(s->searcher->shop), err);
    if (status != VT_OK) {
        return status;
    }
    s->allowed[vt_ids_find(&s->searcher->items.ids, vt_str_of(id))] = 0;
    if (s->query->by != VT_SEARCH_BOTH) {
        return ask_vectors(s, s->query->by == VT_SEARCH_TEXT ? VT_ENCODER_TEXT : VT_ENCODER_IMAGE, err);
    }
    status = try_vectors(s, VT_ENCODER_IMAGE, "only texts were compared", err);
    if (status != VT_OK) {
        return status;
    }
    return s->n_lists > 0 ? try_vectors(s, VT_ENCODER_TEXT, "only photos were compared", err)
                          : ask_vectors(s, VT_ENCODER_TEXT, err);
}

static int ask(searching *s, vt_error *err)
{
    if (s->query->photo != NULL) {
        return ask_vectors(s, VT_ENCODER_IMAGE, err);
    }
    if (s->query->request.item != NULL) {
        return ask_beside(s, err);
    }
    int status = ask_words(s, err);
    return status == VT_OK ? try_vectors(s, VT_ENCODER_TEXT, "only words were compared", err) : status;
}

/* ---- the answer -------------------------------------------------------------------------------------------------- */

/* "words+text" for an item of both lists. */
static const char *source_of(const searching *s, uint8_t found_by)
{
    if (found_by == 3) {
        return strcmp(s->lists[0].source, "words") == 0 ? "words+text" : "text+image";
    }
    return s->lists[found_by == 2].source;
}

static int answer_all(vt_found *out, const searching *s, vt_error *err)
{
    vt_fused fused[VT_RANKED_MAX];
    size_t n = 0;
    vt_found found = {0};
    int status = vt_fuse(fused, &n, s->lists, s->n_lists, s->searcher->items.ids.n, (size_t)s->query->request.n, err);
    if (status == VT_OK) {
        status = vt_answer_begin(&found.answer, s->store, n, err);
    }
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        vt_recommendation *row = &found.answer.items[i];
        status = vt_answer_name(&found.answer, row, s->store, vt_ids_get(&s->searcher->items.ids, fused[i].item), err);
        row->score = (double)fused[i].score;
        row->source = source_of(s, fused[i].found_by);
    }
    if (status != VT_OK) {
        vt_found_done(&found);
        return status;
    }
    for (int32_t i = 0; i < s->searcher->items.ids.n; i++) {
        found.answer.candidates += s->allowed[i];
    }
    memcpy(found.degraded, s->degraded, sizeof found.degraded);
    *out = found;
    return VT_OK;
}

int vt_searcher_ask(vt_found *out, vt_searcher *searcher, const vt_search_query *query, vt_error *err)
{
    searching s = {.searcher = searcher, .store = vt_shop_store(searcher->shop), .query = query};
    int status = check(query, err);
    if (status == VT_OK) {
        status = begin(&s, err);
    }
    if (status == VT_OK) {
        status = ask(&s, err);
    }
    if (status == VT_OK) {
        status = answer_all(out, &s, err);
    }
    done(&s);
    return status;
}

int vt_search(vt_found *out, vt_shop *shop, const vt_search_query *query, vt_error *err)
{
    vt_searcher searcher;
    vt_searcher_init(&searcher, shop, query->threads, true);
    int status = vt_searcher_ask(out, &searcher, query, err);
    vt_searcher_done(&searcher);
    return status;
}

void vt_found_done(vt_found *found)
{
    if (found != NULL) {
        vt_answer_done(&found->answer);
        *found = (vt_found){0};
    }
}

int vt_search_waiting(vt_shop *shop, int64_t *items, vt_error *err)
{
    return vt_store_unindexed(vt_shop_store(shop), items, err);
}

int vt_search_prepare(vt_shop *shop, vt_error *err)
{
    return vt_store_index(vt_shop_store(shop), err);
}
