/* The tea shop with two models, for tests of lists that a recommender makes. */
#ifndef VT_TEST_RECOMMEND_FIXTURE_H
#define VT_TEST_RECOMMEND_FIXTURE_H

#include "tea_shop.h"

#include "engine.h"

typedef struct fixture {
    tea_shop tea;
    vt_model *model; /* itemknn */
    vt_model *popularity;
} fixture;

static inline void fit(const fixture *f, vt_model **out, const char *kind)
{
    vt_error err = VT_ERROR_INIT;
    vt_fit_options options;
    vt_fit_options_init(&options);
    options.threads = 1;
    check_ok(vt_model_fit(out, kind, f->tea.train, &options, &err));
}

static inline int setup(void **state)
{
    static fixture f;
    f = (fixture){0};
    tea_shop_init(&f.tea, NULL);
    fit(&f, &f.model, "itemknn");
    fit(&f, &f.popularity, "popularity");
    *state = &f;
    return 0;
}

static inline int teardown(void **state)
{
    fixture *f = *state;
    vt_model_free(f->model);
    vt_model_free(f->popularity);
    tea_shop_done(&f->tea);
    return 0;
}

static inline vt_request request_of(const char *user, int32_t n)
{
    vt_request request;
    vt_request_init(&request);
    request.user = user;
    request.n = n;
    request.now = TEA_NOW;
    return request;
}

/* Items and sources of an answer: "mint:itemknn green:popularity ". */
static inline void check_answer(const vt_answer *answer, const char *expected)
{
    char text[256] = "";
    for (size_t i = 0; i < answer->n; i++) {
        size_t length = strlen(text);
        snprintf(text + length, sizeof text - length, "%s:%s ", answer->items[i].item, answer->items[i].source);
    }
    assert_string_equal(text, expected);
}

static inline void check_rules(const vt_recommendation *row, const char *expected)
{
    char text[256] = "";
    for (size_t i = 0; i < row->n_rules; i++) {
        size_t length = strlen(text);
        snprintf(text + length, sizeof text - length, "%s%s", i == 0 ? "" : "; ", row->rules[i]);
    }
    assert_string_equal(text, expected);
}

#endif
