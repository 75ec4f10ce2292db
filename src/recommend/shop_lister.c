/* The pipeline behind the callback of evaluation, so that what is evaluated is the code that answers. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "recommend/pipeline.h"
#include "vitrine/evaluation.h"
#include "vitrine/recommend.h"

enum { STATES = 16 /* scored at once */, NAME_RULES = 120 /* bytes of rules in the name */ };
enum { LIST_BYTES = 64 << 10, ITEM_BYTES = 24 /* of scratch */ };

typedef struct shop_lister {
    vt_lister lister; /* first: the pointer to it is the pointer to all */
    vt_view *view;
    vt_item_vectors *vectors[2]; /* VT_ENCODER_TEXT, VT_ENCODER_IMAGE; NULL without */
    vt_like_rows *rows[2];
    vt_fitted *fitted;
    vt_pipeline pipeline; /* but for the counts, which are each model's own */
    char name[160];
} shop_lister;

/* What one call works with. */
typedef struct working {
    float *scores;     /* (STATES, I) */
    uint8_t *allowed;  /* (I) */
    vt_placed *placed; /* (k) */
    vt_arena *arena;
} working;

/* Candidates of a query, without what the user has, and only what was sampled where that is asked. */
static void allow(uint8_t *allowed, const vt_query *query, size_t n_items)
{
    memcpy(allowed, query->allowed, n_items);
    if (query->only != NULL) {
        memset(allowed, 0, n_items);
        for (size_t i = 0; i < query->n_only; i++) {
            allowed[query->only[i]] = query->allowed[query->only[i]];
        }
    }
    for (size_t i = 0; i < query->n_exclude; i++) {
        allowed[query->exclude[i]] = 0;
    }
}

/* `anyone`: the model knows what to say to someone without any event. */
static int list_one(const vt_pipeline *p, const working *w, const vt_query *query, const float *scores, bool anyone,
                    size_t k, int32_t *items, vt_error *err)
{
    size_t n = 0;
    allow(w->allowed, query, (size_t)p->view->n_items);
    vt_listing listing = {
        .scores = query->state.n > 0 || anyone ? scores : NULL,
        .allowed = w->allowed,
        .history = query->state.item,
        .n_history = query->state.n,
        .now = query->state.now,
        .n = k,
        .scratch = w->arena,
    };
    vt_pipeline_block(w->allowed, p);
    vt_arena_reset(w->arena);
    int status = vt_pipeline_list(w->placed, &n, p, &listing, err);
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        items[i] = w->placed[i].item;
    }
    if (status == VT_OK && n < k) {
        items[n] = -1;
    }
    return status;
}

static int list(void *context, const vt_model *model, const vt_query *queries, size_t n, size_t k, int32_t *items,
                vt_error *err)
{
    const shop_lister *s = context;
    vt_model_info info;
    vt_user_state states[STATES];
    vt_model_describe(model, &info);
    size_t n_items = (size_t)s->view->n_items;
    if (info.n_items != s->view->n_items) {
        return vt_fail(err, VT_ERR_USAGE, "the model has other items than those that lists are made of");
    }
    bool anyone = (info.kind->abilities & VT_MODEL_ANYONE) != 0;
    vt_pipeline p = s->pipeline;
    p.item_count = info.item_count;
    working w = {vt_alloc_aligned(STATES * (n_items + 1), sizeof *w.scores, err),
                 vt_alloc(n_items, sizeof *w.allowed, err), vt_alloc(k, sizeof *w.placed, err), NULL};
    int status = w.scores == NULL || w.allowed == NULL || w.placed == NULL
                     ? VT_ERR_NO_MEMORY
                     : vt_arena_create(&w.arena, LIST_BYTES + n_items * ITEM_BYTES, err);
    for (size_t begin = 0; status == VT_OK && begin < n; begin += STATES) {
        size_t rows = n - begin < STATES ? n - begin : STATES;
        for (size_t r = 0; r < rows; r++) {
            states[r] = queries[begin + r].state;
        }
        status = vt_model_score(model, states, rows, w.scores, err);
        for (size_t r = 0; status == VT_OK && r < rows; r++) {
            status =
                list_one(&p, &w, &queries[begin + r], w.scores + r * n_items, anyone, k, items + (begin + r) * k, err);
        }
    }
    vt_free(w.scores);
    vt_free(w.allowed);
    vt_free(w.placed);
    vt_arena_free(w.arena);
    return status;
}

/*
 * The rules that act, and by what items are compared. Of more text than there is room for the end gives way to a hash,
 * so that other rules have another name.
 */
static void name(shop_lister *s, const vt_rules *rules)
{
    char text[4096];
    vt_rules acting = *rules; /* borrows the boosts */
    const vt_pipeline *p = &s->pipeline;
    acting.replenish = false;
    vt_rules_text(text, sizeof text, &acting);
    for (size_t r = 0; r < p->n_acting; r++) {
        size_t used = strcmp(text, "none") == 0 ? 0 : strlen(text);
        if (p->acting[r]->id != NULL) {
            snprintf(text + used, sizeof text - used, "%s%s", used > 0 ? "," : "", p->acting[r]->text);
        }
    }
    size_t length = strlen(text);
    if (length > NAME_RULES) {
        uint64_t hash = vt_hash64(text, length, 0);
        snprintf(text + NAME_RULES - 20, sizeof text - NAME_RULES, "...#%016" PRIx64, hash);
    }
    const vt_likeness *like = &p->likeness;
    const char *by = like->text != NULL && like->image != NULL ? " by text+image"
                     : like->text != NULL                      ? " by text"
                     : like->image != NULL                     ? " by image"
                                                               : " by attributes";
    snprintf(s->name, sizeof s->name, "pipeline(%.*s%s)", NAME_RULES, text, p->compares ? by : "");
}

/* Vectors of one kind, where the shop has them. */
static int open_rows(shop_lister *s, const char *shop, vt_encoder_kind kind, vt_error *err)
{
    vt_error none = VT_ERROR_INIT;
    int status = vt_item_vectors_open(&s->vectors[kind], shop, kind, &none);
    if (status == VT_ERR_NOT_FOUND) { /* items are compared by what else is known */
        return VT_OK;
    }
    return status != VT_OK ? vt_fail(err, none.code, "%s", none.message)
                           : vt_like_rows_create(&s->rows[kind], s->view, s->vectors[kind], err);
}

int vt_shop_lister_open(const vt_lister **out, const char *shop, const vt_rules *rules, const vt_snapshot *items,
                        vt_error *err)
{
    shop_lister *s = vt_alloc_zero(1, sizeof *s, err);
    if (s == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    s->lister = (vt_lister){s->name, list, s};
    int status = vt_view_of_snapshot(&s->view, items, err);
    if (vt_rules_compare(rules)) {
        status = status != VT_OK ? status : open_rows(s, shop, VT_ENCODER_TEXT, err);
        status = status != VT_OK ? status : open_rows(s, shop, VT_ENCODER_IMAGE, err);
    }
    if (status == VT_OK) {
        vt_likeness likeness = {s->view, s->rows[VT_ENCODER_TEXT], s->rows[VT_ENCODER_IMAGE], NULL};
        const vt_occasion always = {.now = VT_NONE};
        status = vt_fitted_create(&s->fitted, rules, s->view, err);
        status = status != VT_OK ? status : vt_pipeline_init(&s->pipeline, rules, s->fitted, &always, &likeness, err);
    }
    if (status != VT_OK) {
        vt_shop_lister_close(&s->lister);
        return status;
    }
    name(s, rules);
    *out = &s->lister;
    return VT_OK;
}

void vt_shop_lister_close(const vt_lister *lister)
{
    if (lister != NULL) {
        shop_lister *s = lister->context;
        vt_pipeline_done(&s->pipeline);
        vt_fitted_release(s->fitted);
        for (size_t k = 0; k < 2; k++) {
            vt_like_rows_release(s->rows[k]);
            vt_item_vectors_free(s->vectors[k]);
        }
        vt_view_of_snapshot_free(s->view);
        vt_free(s);
    }
}
