/* Content: known answers worked by hand from vectors in the plane; what has no vector; what is refused. */
#include "fitting.h"

/* Angles from the first axis: a 0, b 60 degrees, c 90, d 180; e has no vector. */
static const float plane[] = {1.0F, 0.0F, 0.5F, 0.8660254F, 0.0F, 1.0F, -1.0F, 0.0F};
static const int64_t plane_offset[] = {0, 1, 2, 3, 4};
static const vt_item_vectors vectors = {4, 2, plane, {4, plane_offset, "abcd"}, "plane", "", NULL};

static const event_row rows[] = {
    {"u", "a", 100000, 5, 0, 0}, {"u", "c", 100086, 5, 0, 0}, {"v", "b", 100, 5, 0, 0},
    {"v", "d", 150, 5, 0, 0},    {"w", "e", 100, 5, 0, 0},
};

static vt_model *fitted_in_the_plane(const data *d, const char *settings)
{
    vt_error err = VT_ERROR_INIT;
    vt_model *model = NULL;
    vt_fit_options options = options_of(d);
    options.text = &vectors;
    options.settings = &settings;
    options.n_settings = 1;
    check_ok(vt_model_fit(&model, "content", d->train, &options, &err));
    return model;
}

static int32_t user_of(const data *d, const char *id)
{
    int32_t user = vt_ids_find(&d->snapshot->users, vt_str_of(id));
    assert_true(user >= 0);
    return user;
}

static void worked_by_hand(void **state)
{
    (void)state;
    data d = data_of(rows, sizeof rows / sizeof *rows);
    vt_model *model = fitted_in_the_plane(&d, "sharpness=2,half_life=0.001");
    vt_user_state u = state_of(&d, user_of(&d, "u"));
    float *scores = scores_of(&d, model, &u);
    /* c is the newest: weight 1; a came 86 s before, of 86.4 s: 0.5016. Squares of cosines, negative ones as 0. */
    assert_float_equal(scores[item_of(&d, "a")], 0.5016, 1e-4);
    assert_float_equal(scores[item_of(&d, "b")], 0.8754, 1e-4);
    assert_float_equal(scores[item_of(&d, "c")], 1.0, 1e-6);
    assert_float_equal(scores[item_of(&d, "d")], 0.0, 1e-6);
    assert_true(isinf(scores[item_of(&d, "e")]));
    vt_free(scores);
    vt_model_free(model);
    /* only the newest event */
    model = fitted_in_the_plane(&d, "sharpness=1,events=1");
    scores = scores_of(&d, model, &u);
    assert_float_equal(scores[item_of(&d, "b")], 0.8660254, 1e-6);
    assert_float_equal(scores[item_of(&d, "a")], 0.0, 1e-6);
    vt_free(scores);
    vt_model_free(model);
    data_done(&d);
}

static void nothing_known_of_a_user_without_vectors(void **state)
{
    (void)state;
    data d = data_of(rows, sizeof rows / sizeof *rows);
    vt_model *model = fitted_in_the_plane(&d, "sharpness=2");
    vt_user_state w = state_of(&d, user_of(&d, "w"));
    float *scores = scores_of(&d, model, &w);
    for (int32_t i = 0; i < d.train->n_items; i++) {
        assert_true(isinf(scores[i]) && scores[i] < 0.0F);
    }
    vt_free(scores);
    vt_model_free(model);
    data_done(&d);
}

static void needs_vectors(void **state)
{
    (void)state;
    data d = data_of(rows, sizeof rows / sizeof *rows);
    vt_error err = VT_ERROR_INIT;
    vt_model *model = NULL;
    vt_fit_options options;
    vt_fit_options_init(&options);
    assert_int_equal(vt_model_fit(&model, "content", d.train, &options, &err), VT_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "vitrine encode"));
    static const int64_t offset[] = {0, 1};
    const vt_item_vectors others = {1, 2, plane, {1, offset, "z"}, "plane", "", NULL};
    options.text = &others;
    assert_int_equal(vt_model_fit(&model, "content", d.train, &options, &err), VT_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "none of the items"));
    assert_null(model);
    data_done(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worked_by_hand),
        cmocka_unit_test(nothing_known_of_a_user_without_vectors),
        cmocka_unit_test(needs_vectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
