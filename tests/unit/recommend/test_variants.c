/* Histories without an event, or with one more, against histories that are written out; places by hand. */
#include "tea_shop.h"

#include "base/alloc.h"
#include "recommend/variants.h"

static void places(void **state)
{
    (void)state;
    const float scores[] = {2.0F, 5.0F, 5.0F, -INFINITY, 1.0F};
    const uint8_t all[] = {1, 1, 1, 1, 1}, some[] = {1, 0, 1, 1, 0};
    const int32_t expected[] = {3, 1, 2, 0, 4}, among[] = {2, 1, 1, 0, 3};
    for (int32_t i = 0; i < 5; i++) {
        assert_int_equal(vt_rank_of(scores, all, 5, i), expected[i]);
        assert_int_equal(vt_rank_of(scores, some, 5, i), among[i]);
    }
}

/* Events are told apart by order and times, so that a wrong one left out shows. */
static void as_if_it_were_so(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    tea_shop tea;
    vt_fit_options options;
    vt_model *model = NULL;
    const char *settings = "epochs=1,dimensions=8";
    enum { ITEM = 7, OTHER = 3 }; /* pot, gone */
    float scores[TEA_ITEMS];
    const uint8_t allowed[TEA_ITEMS] = {1, 1, 1, 0, 1, 1, 1, 1};
    tea_shop_init(&tea, NULL);
    vt_fit_options_init(&options);
    options.settings = &settings;
    options.n_settings = 1;
    options.threads = 1;
    check_ok(vt_model_fit(&model, "fusion", tea.train, &options, &err));
    size_t n = (size_t)tea.train->ptr[1]; /* of ann */
    assert_int_equal(n, 3);
    vt_user_state query = {.user = 0,
                           .n = n,
                           .item = tea.train->item,
                           .time = tea.train->time,
                           .value = tea.train->value,
                           .kind = tea.train->kind,
                           .now = TEA_NOW};
    vt_variant variants[6];
    vt_outcome outcome[6];
    for (size_t v = 0; v < n; v++) {
        variants[v] = (vt_variant){(int64_t)v, -1};
    }
    variants[n] = (vt_variant){-1, -1};
    variants[n + 1] = (vt_variant){-1, OTHER};
    variants[n + 2] = (vt_variant){0, OTHER};
    check_ok(vt_variants_score(outcome, model, allowed, &query, ITEM, variants, n + 3, VT_EVENT_RATING, 4.0, &err));
    for (size_t v = 0; v < n + 3; v++) {
        int32_t item[4];
        int64_t time[4];
        float value[4];
        uint8_t kind[4];
        size_t to = 0;
        for (size_t h = 0; h < n; h++) {
            if ((int64_t)h != variants[v].without) {
                item[to] = query.item[h];
                time[to] = query.time[h];
                value[to] = query.value[h];
                kind[to++] = query.kind[h];
            }
        }
        if (variants[v].with >= 0) {
            item[to] = OTHER;
            time[to] = query.now;
            value[to] = 4.0F;
            kind[to++] = VT_EVENT_RATING;
        }
        vt_user_state written = query;
        written.n = to;
        written.item = item;
        written.time = time;
        written.value = value;
        written.kind = kind;
        check_ok(vt_model_score(model, &written, 1, scores, &err));
        assert_true(fabsf(scores[ITEM] - outcome[v].score) < 1e-5F);
        assert_int_equal(vt_rank_of(scores, allowed, (int32_t)TEA_ITEMS, ITEM), outcome[v].rank);
    }
    /* a first event, for nobody and without times */
    vt_user_state nobody = {.user = -1, .now = VT_NONE};
    check_ok(vt_variants_score(outcome, model, allowed, &nobody, ITEM, variants + n, 2, VT_EVENT_PURCHASE, (double)NAN,
                               &err));
    assert_true(isfinite(outcome[0].score) && isfinite(outcome[1].score));
    assert_true(fabsf(outcome[0].score - outcome[1].score) > 0.0F);
    vt_model_free(model);
    tea_shop_done(&tea);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(places), cmocka_unit_test(as_if_it_were_so)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
