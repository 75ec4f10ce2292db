/*
 * A search takes a list from one or two rankers (words by BM25, vectors by cosine) and fuses them. What the filters do
 * not let through is in no list. A ranker that cannot answer is left out as long as another can, and the answer says
 * so.
 */
#include "vitrine/search.h"

#include <stdio.h>
#include <string.h>

#include "base/options.h"
#include "base/pool.h"
#include "math/kernels.h"
#include "recommend/context.h"
#include "recommend/query_vector.h"
#include "recommend/ranked.h"
#include "recommend/vector_rows.h"
#include "store/store.h"

/* One search at work. Legend: I items of the view, N vectors. */
typedef struct searching {
    const vt_search_query *query; /* borrowed */
    vt_context context;
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
    int n_given = (query->text != NULL) + (query->photo != NULL) + (query->request.item != NULL);
    if (n_given != 1) {
        return vt_fail(err, VT_ERR_USAGE, "a search is for a text, for a photo or for an item; give one of them");
    }
    if (query->text != NULL && strspn(query->text, " \t\r\n") == strlen(query->text)) {
        return vt_fail(err, VT_ERR_USAGE, "the text to search for is empty");
    }
    return VT_OK;
}

/* ---- rankers ----------------------------------------------------------------------------------------------------- */

typedef struct matching {
    searching *search;
    vt_ranked *list;
} matching;

static int take_match(void *context, int64_t row, vt_str id, double score)
{
    matching *m = context;
    const vt_context *c = &m->search->context;
    int32_t item = vt_view_find_item(c->view, id);
    (void)row;
    if (item >= 0 && c->allowed[item]) {
        m->list->item[m->list->n] = item;
        m->list->score[m->list->n++] = (float)score;
    }
    return m->list->n == VT_RANKED_MAX ? VT_ERR_CANCELLED : VT_OK;
}

/* The words are the store's: one search at a time reads them. */
static int ask_words(searching *s, vt_error *err)
{
    vt_recommender *r = s->context.recommender;
    vt_ranked *list = &s->lists[s->n_lists];
    matching m = {s, list};
    list->source = "words";
    list->n = 0;
    pthread_mutex_lock(&r->storing);
    int status = vt_store_match(vt_shop_store(r->shop), vt_str_of(s->query->text), -1, take_match, &m, err);
    pthread_mutex_unlock(&r->storing);
    status = status == VT_ERR_CANCELLED ? VT_OK : status; /* enough */
    s->n_lists += status == VT_OK;
    return status;
}

/* An index over more vectors than a list has places, unless one question alone is asked. Under `comparing`. */
static int make_index(vt_compared *compared, const vt_recommender *r, vt_error *err)
{
    const vt_item_vectors *v = compared->vectors;
    const vt_rows rows = vt_vector_rows(v);
    bool pays = !r->options.once && v->n > VT_RANKED_MAX && v->d <= VT_FLAT_DIMENSIONS_MAX;
    return compared->flat != NULL || !pays
               ? VT_OK
               : vt_flat_create(&compared->flat, &rows, vt_threads(r->options.threads), err);
}

/*
 * Ranks by the cosine with `vector`; vectors of items that the shop has no more are passed over. The index gives as
 * many places as an answer through it can have.
 */
static int rank_vectors(searching *s, const vt_compared *compared, const vt_like_rows *rows, const char *source,
                        const float *vector, vt_error *err)
{
    const vt_item_vectors *vectors = compared->vectors;
    const vt_context *c = &s->context;
    size_t n = (size_t)vectors->n;
    vt_ranked *list = &s->lists[s->n_lists];
    uint8_t *allowed = vt_arena_alloc(c->scratch->arena, n, sizeof *allowed, err);
    int32_t *item = vt_arena_alloc(c->scratch->arena, n, sizeof *item, err);
    if (allowed == NULL || item == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    memset(allowed, 0, n);
    for (int32_t i = 0; i < rows->n_items; i++) {
        if (rows->row[i] >= 0) {
            allowed[rows->row[i]] = c->allowed[i];
            item[rows->row[i]] = i;
        }
    }
    list->source = source;
    if (compared->flat != NULL && (size_t)s->query->request.n <= VT_FLAT_NEAREST_MAX) {
        list->n = vt_flat_search(compared->flat, list->item, list->score, vector, allowed, VT_FLAT_NEAREST_MAX);
    } else {
        const vt_rows all = vt_vector_rows(vectors);
        list->n = vt_nearest(list->item, list->score, &all, vector, allowed, VT_RANKED_MAX);
    }
    for (size_t i = 0; i < list->n; i++) {
        list->item[i] = item[list->item[i]];
    }
    s->n_lists++;
    return VT_OK;
}

/* The vector to compare with: of the text, of the photo, or the item's own. Encoders are used by one at a time. */
static int query_vector(float *vector, const searching *s, vt_compared *compared, const char *source, vt_error *err)
{
    const vt_search_query *query = s->query;
    const vt_item_vectors *vectors = compared->vectors;
    int threads = s->context.recommender->options.threads;
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
    const float *own = vt_item_vector(vectors, row, vector);
    if (own != vector) {
        memcpy(vector, own, vectors->d * sizeof *vector);
    }
    return VT_OK;
}

static int ask_vectors(searching *s, vt_encoder_kind kind, vt_error *err)
{
    const char *source = kind == VT_ENCODER_TEXT ? "text" : "image";
    vt_context *c = &s->context;
    vt_recommender *r = c->recommender;
    vt_compared *compared = NULL;
    const vt_like_rows *rows = NULL;
    int status = vt_recommender_vectors(&compared, r, kind, err);
    if (status == VT_OK && compared->vectors == NULL) {
        return vt_fail(err, VT_ERR_NOT_FOUND, "%s", compared->missing);
    }
    status = status != VT_OK ? status : vt_recommender_rows(&rows, r, c->serving, kind, err);
    float *vector =
        status != VT_OK ? NULL : vt_arena_alloc(c->scratch->arena, compared->vectors->d, sizeof *vector, err);
    if (vector == NULL) {
        return status != VT_OK ? status : VT_ERR_NO_MEMORY;
    }
    pthread_mutex_lock(&r->comparing);
    status = query_vector(vector, s, compared, source, err);
    status = status != VT_OK ? status : make_index(compared, r, err);
    pthread_mutex_unlock(&r->comparing);
    return status != VT_OK ? status : rank_vectors(s, compared, rows, source, vector, err);
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
    int32_t item = -1;
    int status = vt_context_item(&item, &s->context, s->query->request.item, err);
    if (status != VT_OK) {
        return status;
    }
    s->context.allowed[item] = 0;
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
    const vt_view *view = s->context.view;
    vt_fused *fused = vt_arena_alloc(s->context.scratch->arena, VT_RANKED_MAX, sizeof *fused, err);
    size_t n = 0;
    vt_found found = {0};
    int status = fused == NULL
                     ? VT_ERR_NO_MEMORY
                     : vt_fuse(fused, &n, s->lists, s->n_lists, view->n_items, (size_t)s->query->request.n, err);
    if (status == VT_OK) {
        status = vt_answer_begin(&found.answer, view, n, err);
    }
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        vt_recommendation *row = &found.answer.items[i];
        status = vt_answer_name(&found.answer, row, view, fused[i].item, err);
        row->score = (double)fused[i].score;
        row->source = source_of(s, fused[i].found_by);
    }
    if (status != VT_OK) {
        vt_found_done(&found);
        return status;
    }
    found.answer.candidates = (int64_t)vt_kernels_best()->count(s->context.allowed, (size_t)view->n_items);
    memcpy(found.degraded, s->degraded, sizeof found.degraded);
    *out = found;
    return VT_OK;
}

int vt_search(vt_found *out, vt_recommender *recommender, const vt_search_query *query, vt_error *err)
{
    searching s = {.query = query};
    int status = check(query, err);
    if (status != VT_OK) {
        return status;
    }
    status = vt_context_begin(&s.context, recommender, &query->request, err);
    if (status == VT_OK) {
        s.lists = vt_arena_alloc(s.context.scratch->arena, 2, sizeof *s.lists, err);
        status = s.lists == NULL ? VT_ERR_NO_MEMORY : ask(&s, err);
    }
    if (status == VT_OK) {
        status = answer_all(out, &s, err);
    }
    vt_context_done(&s.context);
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
