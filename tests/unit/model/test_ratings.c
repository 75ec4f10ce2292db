/* What kinds that predict ratings promise beside the contract of all. */
#include "ways.h"

#include <math.h>

#include "model/pairs.h"

/* False for kinds that learn a vector of each user, which a stranger who did the same has not. */
static bool knows_by_history(const way *w)
{
    return strcmp(w->kind, "mlp-fusion") != 0;
}

static void ratings(const way *w)
{
    if ((vt_model_kind_find(w->kind)->abilities & VT_MODEL_RATES) == 0) {
        return;
    }
    data d = large_data();
    vt_error err = VT_ERROR_INIT;
    vt_model *model = NULL;
    float *rating = vt_alloc((size_t)d.train->n_items, sizeof *rating, &err), one = 0.0F, first = 0.0F;
    int32_t *items = vt_alloc((size_t)d.train->n_items, sizeof *items, &err);
    check_ok(fit_with(&model, &d, w->kind, w->settings, 2, &err));
    vt_user_state states[4] = {state_of(&d, 7), state_of(&d, 7), {.user = -1, .now = VT_NONE}, state_of(&d, 9)};
    states[1].user = -1;
    states[1].as_fitted = false;
    states[3].value = NULL; /* what was rated is known, how is not */
    states[3].as_fitted = false;
    for (int32_t i = 0; i < d.train->n_items; i++) {
        items[i] = i;
    }
    for (int s = 0; s < 4; s++) {
        check_ok(vt_model_predict(model, &states[s], items, (size_t)d.train->n_items, rating, &err));
        for (int32_t i = 0; i < d.train->n_items; i++) {
            if (!(rating[i] >= 1.0F && rating[i] <= 5.0F)) {
                fail_msg("%s %s: state %d, item %d: %g", w->kind, w->settings, s, (int)i, (double)rating[i]);
            }
        }
        check_ok(vt_model_predict(model, &states[s], &items[3], 1, &one, &err));
        assert_true(fabsf(one - rating[3]) < 1e-5F);
        if (s == 0) {
            first = one;
        } else if (s == 1 && knows_by_history(w)) { /* a stranger who did the same */
            assert_true(fabsf(one - first) < 1e-4F);
        }
    }
    items[0] = d.train->n_items;
    assert_int_equal(vt_model_predict(model, &states[0], items, 1, rating, &err), VT_ERR_USAGE);
    vt_model_free(model);
    vt_free(items);
    vt_free(rating);
    data_done(&d);
    /* purchases alone cannot teach ratings */
    static const event_row rows[] = {{"ann", "tea", 5, 0, VT_EVENT_PURCHASE, 0}};
    data bought = data_of(rows, 1);
    assert_int_equal(fit_with(&model, &bought, w->kind, w->settings, 1, &err), VT_ERR_UNSUPPORTED);
    data_done(&bought);
}

static void ratings_are_on_the_scale(void **state)
{
    (void)state;
    for_every_way(ratings);
}

/* A shop that rates from 0 to 10 does so where nobody gave more than a 5 yet. */
static void the_scale_is_that_of_the_shop(void **state)
{
    (void)state;
    static const event_row rows[] = {
        {"ann", "tea", 5, 5, 0, 0}, {"ann", "pot", 6, 3, 0, 0}, {"bob", "tea", 7, 4, 0, 0}};
    enum { ROWS = sizeof rows / sizeof *rows };
    static const vt_builder_origin tens = {.rating_low = 0.0, .rating_high = 10.0}, none = {0};
    for (int kept = 0; kept < 2; kept++) {
        vt_error err = VT_ERROR_INIT;
        vt_snapshot_options options;
        vt_builder *builder = NULL;
        vt_snapshot *snapshot = NULL;
        vt_interactions *train = NULL;
        vt_pair_set set;
        vt_snapshot_options_init(&options);
        check_ok(vt_builder_create(&builder, &options, &err));
        check_ok(feed_rows(builder, rows, ROWS, &err));
        check_ok(vt_builder_finish(&snapshot, builder, kept ? &tens : &none, &err));
        check_ok(vt_interactions_create(&train, snapshot, NULL, 0, &err));
        check_ok(vt_pair_set_init(&set, train, &err));
        assert_true(set.low == (kept ? 0.0F : 3.0F) && set.high == (kept ? 10.0F : 5.0F) && set.mean == 4.0);
        vt_pair_set_done(&set);
        vt_interactions_free(train);
        vt_snapshot_free(snapshot);
        vt_builder_free(builder);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ratings_are_on_the_scale),
        cmocka_unit_test(the_scale_is_that_of_the_shop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
