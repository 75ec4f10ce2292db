/* What is said before a fit: the parameters that a preset leads to in these data, and what the data do not have. */
#include "fitting.h"
#include "scratch.h"

/* An order without times; purchases, so no ratings. */
static const event_row order[] = {
    {"ann", "tea", VT_NONE, 0, VT_EVENT_PURCHASE, 0}, {"ann", "pot", VT_NONE, 0, VT_EVENT_PURCHASE, 0},
    {"bob", "pot", VT_NONE, 0, VT_EVENT_PURCHASE, 0}, {"bob", "cup", VT_NONE, 0, VT_EVENT_PURCHASE, 0},
    {"cat", "tea", VT_NONE, 0, VT_EVENT_PURCHASE, 0}, {"cat", "cup", VT_NONE, 0, VT_EVENT_PURCHASE, 0},
};
static const event_row rated[] = {
    {"ann", "tea", 10, 5, 0, 0}, {"ann", "pot", 20, 4, 0, 0}, {"bob", "pot", 30, 3, 0, 0}};
enum { ORDER = sizeof order / sizeof *order, RATED = sizeof rated / sizeof *rated };

static vt_fit_options fit_of(const char *preset, const char *const *settings)
{
    vt_fit_options options;
    vt_fit_options_init(&options);
    options.preset = preset;
    options.settings = settings;
    options.n_settings = settings == NULL ? 0 : 1;
    return options;
}

static void check_settings(const data *d, const char *kind, const char *preset, const char *settings,
                           const char *expected)
{
    char text[1024];
    vt_error err = VT_ERROR_INIT;
    const vt_fit_options options = fit_of(preset, settings == NULL ? NULL : &settings);
    check_ok(vt_model_settings(text, sizeof text, kind, &options, d == NULL ? NULL : d->snapshot, &err));
    assert_string_equal(text, expected);
}

static void a_preset_leaves_out_what_needs_times(void **state)
{
    (void)state;
    data without = data_of(order, ORDER), with = data_of(rated, RATED);
    check_settings(&with, "popularity", "recent", NULL, "window=90,half_life=0,counts=events");
    check_settings(NULL, "popularity", "recent", NULL, "window=90,half_life=0,counts=events");
    check_settings(&without, "popularity", "recent", NULL, "window=0,half_life=0,counts=events");
    check_settings(&without, "popularity", "recent", "window=7", "window=7,half_life=0,counts=events");
    check_settings(&without, "itemknn", "ratings", NULL,
                   "k=500,similarity=bm25,shrink=1.3,half_life=365,pair_half_life=0,k1=1.95,b=0.75");
    vt_model *model = NULL;
    vt_error err = VT_ERROR_INIT;
    const vt_fit_options options = fit_of("ratings", NULL);
    check_ok(vt_model_fit(&model, "ease", without.train, &options, &err));
    vt_model_info info;
    vt_model_describe(model, &info);
    assert_non_null(strstr(info.settings, "event_half_life=0,"));
    vt_model_free(model);
    data_done(&without);
    data_done(&with);
}

static void what_data_do_not_have_is_said_before_the_fit(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *settings;
        int status;
        const char *message; /* a part of it */
    } cases[] = {
        {"popularity", "window=7", VT_ERR_UNSUPPORTED, "popularity: window needs the time of every event"},
        {"itemknn", "pair_half_life=7", VT_ERR_UNSUPPORTED, "itemknn: pair_half_life needs the time"},
        {"ease", "event_half_life=7", VT_ERR_UNSUPPORTED, "ease: event_half_life needs the time"},
        {"ease", "text=1", VT_ERR_UNSUPPORTED, "no vectors of them"},
        {"content", "by=image", VT_ERR_UNSUPPORTED, "content compares photos"},
        {"vbpr", "by=text", VT_ERR_UNSUPPORTED, "vbpr learns from words"},
        {"mf", "factors=4", VT_ERR_UNSUPPORTED, "mf learns from ratings and these data have none"},
        {"svdpp", "factors=4", VT_ERR_UNSUPPORTED, "svdpp learns from ratings"},
        {"lightgcn", "links=yes", VT_ERR_USAGE, "no users are linked"},
        {"sasrec", "dimensions=30,heads=4", VT_ERR_USAGE, "a multiple of heads"},
        {"fusion", "dimensions=30,heads=4", VT_ERR_USAGE, "heads=4 does not divide"},
        {"hybrid", "members=itemknn+mf", VT_ERR_UNSUPPORTED, "mf learns from ratings"},
        {"hybrid", "members=itemknn+content", VT_ERR_UNSUPPORTED, "content compares words"},
        {"hybrid", "members=popularity:trend(window=3)", VT_ERR_UNSUPPORTED, "popularity: window needs"},
        {"hybrid", "members=itemkn", VT_ERR_USAGE, "\"itemkn\" cannot be a member"},
        {"itemknn", "k=0", VT_ERR_USAGE, "k is \"0\""},
        {"itemkn", "k=1", VT_ERR_USAGE, "there is no model \"itemkn\""},
    };
    data d = data_of(order, ORDER);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        vt_error err = VT_ERROR_INIT;
        const vt_fit_options options = fit_of(NULL, &cases[i].settings);
        assert_int_equal(vt_model_check(cases[i].kind, d.train, &options, &err), cases[i].status);
        assert_non_null(strstr(err.message, cases[i].message));
        vt_model *model = NULL;
        vt_error same = VT_ERROR_INIT;
        assert_int_equal(vt_model_fit(&model, cases[i].kind, d.train, &options, &same), cases[i].status);
        assert_string_equal(same.message, err.message);
    }
    data_done(&d);
}

static void what_can_be_fitted_passes(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *settings;
    } cases[] = {{"popularity", "window=7"}, {"mf", "factors=4"},        {"content", "by=text"},
                 {"ease", "text=1"},         {"sasrec", "dimensions=8"}, {"hybrid", "members=mf+content:reviews"}};
    vt_error err = VT_ERROR_INIT;
    data d = data_of(rated, RATED);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        vt_fit_options options = fit_of(NULL, &cases[i].settings);
        options.text = &d.vectors;
        check_ok(vt_model_check(cases[i].kind, d.train, &options, &err));
    }
    data_done(&d);
}

static void a_hybrid_without_times_is_read_back(void **state)
{
    (void)state;
    data d = data_of(order, ORDER);
    vt_error err = VT_ERROR_INIT;
    vt_model *model = fitted(&d, "hybrid", "members=popularity:trend+ease:ratings(half_life=3;nu=0)"), *read = NULL;
    scratch folder;
    scratch_init(&folder);
    check_ok(vt_model_save(model, scratch_path(&folder, "m.safetensors"), &err));
    check_ok(vt_model_load(&read, scratch_path(&folder, "m.safetensors"), &err));
    scratch_done(&folder);
    vt_user_state ann = {.user = 0, .now = VT_NONE};
    float *before = scores_of(&d, model, &ann), *after = scores_of(&d, read, &ann);
    assert_memory_equal(before, after, (size_t)d.train->n_items * sizeof *before);
    vt_free(before);
    vt_free(after);
    vt_model_free(model);
    vt_model_free(read);
    data_done(&d);
}

static void settings_that_do_not_fit_their_buffer_are_refused(void **state)
{
    (void)state;
    char text[16] = "as before";
    vt_error err = VT_ERROR_INIT;
    const vt_fit_options options = fit_of(NULL, NULL);
    assert_int_equal(vt_model_settings(text, sizeof text, "popularity", &options, NULL, &err), VT_ERR_LIMIT);
    assert_string_equal(text, "as before");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_preset_leaves_out_what_needs_times),
        cmocka_unit_test(what_data_do_not_have_is_said_before_the_fit),
        cmocka_unit_test(what_can_be_fitted_passes),
        cmocka_unit_test(a_hybrid_without_times_is_read_back),
        cmocka_unit_test(settings_that_do_not_fit_their_buffer_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
