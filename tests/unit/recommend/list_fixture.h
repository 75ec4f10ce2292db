/* Lists made of known scores over the eight products of the tea shop. */
#ifndef VT_TEST_LIST_FIXTURE_H
#define VT_TEST_LIST_FIXTURE_H

#include "tea_shop.h"

#include "engine.h"
#include "recommend/pipeline.h"

enum { BARE, BLACK, CUP, GONE, GREEN, LATER, MINT, POT };

typedef struct fixture {
    tea_shop tea;
    engine engine;
    vt_view *view;
    vt_rules rules;
    vt_shop_rule row[4]; /* those of the rules */
    vt_occasion occasion;
    vt_listing listing;
    float scores[TEA_ITEMS];
    uint8_t allowed[TEA_ITEMS];
    int64_t count[TEA_ITEMS];
    int32_t history[8];
    int32_t disliked[4];
    vt_placed placed[TEA_ITEMS];
    size_t n;
    vt_arena *arena;
} fixture;

/* Relevance: green 1, black .9, gone .8, mint .6, pot .5, cup 0; later and bare have no score. */
static inline int setup(void **state)
{
    static fixture f;
    vt_error err = VT_ERROR_INIT;
    const float scores[TEA_ITEMS] = {-INFINITY, 19, 10, 18, 20, -INFINITY, 16, 15};
    const int64_t count[TEA_ITEMS] = {0, 30, 10, 10, 40, 20, 20, 20};
    f = (fixture){0};
    tea_shop_init(&f.tea, NULL);
    check_ok(engine_open(&f.engine, f.tea.shop, NULL, NULL, &err));
    f.view = vt_live_view(f.engine.live);
    check_ok(vt_arena_create(&f.arena, 0, &err));
    vt_rules_init(&f.rules);
    f.rules.shop_rules = f.row;
    f.occasion.now = TEA_NOW;
    memcpy(f.scores, scores, sizeof scores);
    memcpy(f.count, count, sizeof count);
    memset(f.allowed, 1, sizeof f.allowed);
    f.listing = (vt_listing){.scores = f.scores,
                             .allowed = f.allowed,
                             .history = f.history,
                             .disliked = f.disliked,
                             .now = TEA_NOW,
                             .n = TEA_ITEMS};
    *state = &f;
    return 0;
}

static inline int teardown(void **state)
{
    fixture *f = *state;
    vt_rules_done(&f->rules);
    vt_view_release(f->view);
    engine_close(&f->engine);
    vt_arena_free(f->arena);
    tea_shop_done(&f->tea);
    return 0;
}

static inline int make_list(void *context, vt_error *err)
{
    fixture *f = context;
    vt_pipeline p;
    vt_fitted *fitted = NULL;
    vt_likeness likeness = {.view = f->view};
    vt_arena_free(f->arena);
    f->arena = NULL;
    int status = vt_arena_create(&f->arena, 1, err); /* each piece is an allocation, which may fail */
    status = status != VT_OK ? status : vt_fitted_create(&fitted, &f->rules, f->view, err);
    status = status != VT_OK ? status : vt_pipeline_init(&p, &f->rules, fitted, &f->occasion, &likeness, err);
    if (status == VT_OK) {
        uint8_t allowed[TEA_ITEMS];
        memcpy(allowed, f->allowed, sizeof allowed);
        vt_pipeline_block(allowed, &p);
        p.item_count = f->count;
        f->listing.allowed = allowed;
        f->listing.scratch = f->arena;
        status = vt_pipeline_list(f->placed, &f->n, &p, &f->listing, err);
        vt_pipeline_done(&p);
    }
    vt_fitted_release(fitted);
    return status;
}

static inline void set(fixture *f, const char *name, const char *value)
{
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_rules_set(&f->rules, name, value, &err));
}

/* The list as "green black | later bare": what popularity has filled in stands behind the bar. */
static inline void check_list(fixture *f, const char *expected)
{
    char text[128] = "";
    vt_error err = VT_ERROR_INIT;
    check_ok(make_list(f, &err));
    for (size_t i = 0; i < f->n; i++) {
        vt_str id = vt_ids_get(&f->tea.snapshot->items, f->placed[i].item);
        bool turn =
            f->placed[i].by == VT_PLACED_BY_POPULARITY && (i == 0 || f->placed[i - 1].by != VT_PLACED_BY_POPULARITY);
        size_t length = strlen(text);
        snprintf(text + length, sizeof text - length, "%s%.*s ", turn ? "| " : "", VT_STR_ARGS(id));
    }
    assert_string_equal(text, expected);
}

static inline void near(float value, double expected)
{
    if (fabs((double)value - expected) > 1e-6) {
        fail_msg("%.7f instead of %.7f", (double)value, expected);
    }
}

#endif
