/* Which model of a shop answers: the one that is named, else the newest; what is said when it cannot be used. */
#include "tea_shop.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "engine.h"
#include "fault.h"
#include "hand_vectors.h"
#include "vitrine/choice.h"
#include "vitrine/weights.h"

enum { NAMES = 256 };

/* A model file of the shop, `age` seconds old. */
static void put_model(const tea_shop *tea, const char *kind, const char *name, int age)
{
    vt_error err = VT_ERROR_INIT;
    vt_model *model = NULL;
    char folder[PATH_MAX], path[PATH_MAX];
    vt_fit_options options;
    vt_fit_options_init(&options);
    options.threads = 1;
    check_ok(vt_model_fit(&model, kind, tea->train, &options, &err));
    snprintf(folder, sizeof folder, "%s/models", vt_shop_path(tea->shop));
    mkdir(folder, 0700);
    check_ok(vt_model_path(path, sizeof path, vt_shop_path(tea->shop), name, &err));
    check_ok(vt_model_save(model, path, &err));
    vt_model_free(model);
    const struct timespec times[2] = {{1700000000 - age, 0}, {1700000000 - age, 0}};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void damage(const tea_shop *tea, const char *name)
{
    vt_error err = VT_ERROR_INIT;
    char path[PATH_MAX];
    check_ok(vt_model_path(path, sizeof path, vt_shop_path(tea->shop), name, &err));
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    fseek(file, -1, SEEK_END);
    fputc('x', file);
    fclose(file);
}

/* engine_close() is due also after a failure. */
static int choose_of(engine *a, vt_chosen_model *chosen, vt_shop *shop, const char *name, vt_error *err)
{
    vt_live_options options;
    vt_recommender_options of_recommender;
    vt_live_options_init(&options);
    vt_recommender_options_init(&of_recommender);
    *a = (engine){NULL, NULL};
    int status = vt_live_open(&a->live, vt_shop_path(shop), &options, err);
    return status != VT_OK ? status
                           : vt_recommender_choose(&a->recommender, chosen, a->live, name, &of_recommender, err);
}

static void a_shop_without_models_says_what_to_do(void **state)
{
    (void)state;
    tea_shop tea;
    vt_error err = VT_ERROR_INIT;
    vt_chosen_model chosen;
    vt_model_info info;
    tea_shop_init(&tea, NULL);
    engine a;
    check_ok(choose_of(&a, &chosen, tea.shop, NULL, &err));
    assert_false(vt_recommender_describe(a.recommender, &info));
    engine_close(&a);
    assert_string_equal(chosen.name, "");
    assert_int_equal(chosen.why.code, VT_ERR_NOT_FOUND);
    assert_non_null(strstr(chosen.why.message, "has no model yet"));
    assert_int_equal(choose_of(&a, &chosen, tea.shop, "ease", &err), VT_ERR_NOT_FOUND);
    engine_close(&a);
    tea_shop_done(&tea);
}

static int add_name(void *context, const vt_model_file *file)
{
    char *names = context;
    size_t used = strlen(names);
    snprintf(names + used, NAMES - used, "%s ", file->name);
    assert_true(file->bytes > 0 && file->written <= 1700000000);
    return VT_OK;
}

static void the_newest_answers(void **state)
{
    (void)state;
    tea_shop tea;
    vt_error err = VT_ERROR_INIT;
    vt_chosen_model chosen;
    vt_model_info info;
    char names[NAMES] = "", path[PATH_MAX];
    tea_shop_init(&tea, NULL);
    put_model(&tea, "itemknn", "old", 60);
    put_model(&tea, "popularity", "new", 10);
    put_model(&tea, "ease", "older", 90);
    check_ok(vt_model_files(vt_shop_path(tea.shop), add_name, names, &err));
    assert_string_equal(names, "new old older ");
    engine a;
    check_ok(choose_of(&a, &chosen, tea.shop, NULL, &err));
    assert_string_equal(chosen.name, "new");
    assert_true(!chosen.named && chosen.why.code == VT_OK);
    assert_true(vt_recommender_describe(a.recommender, &info));
    assert_string_equal(info.kind->name, "popularity");
    engine_close(&a);
    check_ok(choose_of(&a, &chosen, tea.shop, "old", &err));
    assert_true(chosen.named && vt_recommender_describe(a.recommender, &info));
    engine_close(&a);
    /* the path of a file does as well */
    check_ok(vt_model_path(path, sizeof path, vt_shop_path(tea.shop), "older", &err));
    check_ok(choose_of(&a, &chosen, tea.shop, path, &err));
    assert_string_equal(chosen.name, "older");
    engine_close(&a);
    tea_shop_done(&tea);
}

static void one_that_cannot_be_used_is_said(void **state)
{
    (void)state;
    tea_shop tea;
    vt_error err = VT_ERROR_INIT;
    vt_chosen_model chosen;
    vt_model_info info;
    engine a;
    tea_shop_init(&tea, NULL);
    put_model(&tea, "popularity", "bad", 10);
    damage(&tea, "bad");
    check_ok(choose_of(&a, &chosen, tea.shop, NULL, &err));
    assert_false(vt_recommender_describe(a.recommender, &info));
    engine_close(&a);
    assert_string_equal(chosen.name, "bad");
    assert_int_equal(chosen.why.code, VT_ERR_CORRUPT);
    assert_false(chosen.fallback);
    assert_int_equal(choose_of(&a, &chosen, tea.shop, "bad", &err), VT_ERR_CORRUPT);
    engine_close(&a);
    assert_non_null(strstr(err.message, "bad.safetensors is damaged"));
    tea_shop_done(&tea);
}

/* With nobody naming one: `name` answers in the place of one that cannot be used, by a model of this kind. */
static void expect_fallback(vt_shop *shop, const char *name, const char *kind)
{
    vt_error err = VT_ERROR_INIT;
    vt_chosen_model chosen;
    vt_model_info info;
    engine a;
    char said[300];
    check_ok(choose_of(&a, &chosen, shop, NULL, &err));
    assert_string_equal(chosen.name, name);
    assert_true(chosen.fallback && !chosen.active && !chosen.named);
    assert_int_equal(chosen.why.code, VT_ERR_CORRUPT);
    snprintf(said, sizeof said,
             "is damaged: its checksum does not fit; make it again; the model %s answers in its place", name);
    assert_non_null(strstr(chosen.why.message, said));
    assert_true(vt_recommender_describe(a.recommender, &info));
    assert_string_equal(info.kind->name, kind);
    engine_close(&a);
}

static void the_last_good_one_takes_the_place_of_a_damaged_one(void **state)
{
    (void)state;
    tea_shop tea;
    vt_error err = VT_ERROR_INIT;
    vt_chosen_model chosen;
    engine a;
    tea_shop_init(&tea, NULL);
    put_model(&tea, "ease", "oldest", 90);
    put_model(&tea, "itemknn", "good", 60);
    put_model(&tea, "popularity", "bad", 20);
    put_model(&tea, "popularity", "newest", 10);
    damage(&tea, "bad");
    damage(&tea, "newest");
    expect_fallback(tea.shop, "good", "itemknn");
    /* One that somebody names is used or is an error. */
    assert_int_equal(choose_of(&a, &chosen, tea.shop, "newest", &err), VT_ERR_CORRUPT);
    engine_close(&a);
    /* What answered before the active one goes before what is newer. */
    put_model(&tea, "popularity", "newest", 10);
    check_ok(vt_model_activate(vt_shop_path(tea.shop), "oldest", &err));
    check_ok(vt_model_activate(vt_shop_path(tea.shop), "good", &err));
    damage(&tea, "good");
    expect_fallback(tea.shop, "oldest", "ease");
    tea_shop_done(&tea);
}

static void one_of_what_is_popular_takes_no_place(void **state)
{
    (void)state;
    tea_shop tea;
    vt_error err = VT_ERROR_INIT;
    vt_chosen_model chosen;
    vt_model_info info;
    engine a;
    tea_shop_init(&tea, NULL);
    put_model(&tea, "popularity", "sold", 60);
    put_model(&tea, "itemknn", "bad", 10);
    damage(&tea, "bad");
    check_ok(choose_of(&a, &chosen, tea.shop, NULL, &err));
    assert_true(!chosen.fallback && chosen.why.code == VT_ERR_CORRUPT);
    assert_string_equal(chosen.name, "bad");
    assert_false(vt_recommender_describe(a.recommender, &info));
    engine_close(&a);
    tea_shop_done(&tea);
}

static int choose(void *context, vt_error *err)
{
    vt_chosen_model chosen;
    engine a;
    int status = choose_of(&a, &chosen, context, NULL, err);
    assert_true(status != VT_OK || chosen.why.code == VT_OK);
    engine_close(&a);
    return status;
}

static int choose_another(void *context, vt_error *err)
{
    vt_chosen_model chosen;
    engine a;
    int status = choose_of(&a, &chosen, context, NULL, err);
    assert_true(status != VT_OK || (chosen.fallback && strcmp(chosen.name, "good") == 0));
    engine_close(&a);
    return status;
}

static void memory_that_runs_out_is_no_reason_to_do_without(void **state)
{
    (void)state;
    tea_shop tea;
    tea_shop_init(&tea, NULL);
    put_model(&tea, "itemknn", "itemknn", 10);
    assert_true(fault_allocations(choose, tea.shop) > 3);
    put_model(&tea, "itemknn", "good", 60);
    damage(&tea, "itemknn");
    assert_true(fault_allocations(choose_another, tea.shop) > 3);
    tea_shop_done(&tea);
}

static int count_rows(void *context, const vt_weight *weight)
{
    (void)weight;
    ++*(int *)context;
    return VT_OK;
}

static int weights_of(vt_shop *shop, const char *name)
{
    int n = 0;
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_weights_each(shop, name, count_rows, &n, &err));
    return n;
}

/* The newest model is the one that was saved last; its weights are rows when nobody else writes to the shop. */
static void a_model_is_saved_under_a_name(void **state)
{
    (void)state;
    tea_shop tea;
    vt_error err = VT_ERROR_INIT, unrecorded = VT_ERROR_INIT;
    vt_model *model = NULL, *loaded = NULL;
    vt_shop *reader = NULL;
    char path[PATH_MAX], found[PATH_MAX], shop[PATH_MAX];
    static const char *const settings[] = {"epochs=1", "dimensions=8"};
    vt_fit_options options;
    vt_fit_options_init(&options);
    options.threads = 1;
    options.settings = (const char *const *)settings;
    options.n_settings = 2;
    tea_shop_init(&tea, NULL);
    snprintf(shop, sizeof shop, "%s", vt_shop_path(tea.shop));
    check_ok(vt_model_fit(&model, "fusion", tea.train, &options, &err));
    check_ok(vt_model_save_in(shop, "spring", model, tea.train, &unrecorded, &err)); /* beside the writer of the test */
    assert_int_equal(unrecorded.code, VT_ERR_BUSY);
    check_ok(vt_model_path(path, sizeof path, shop, "spring", &err));
    check_ok(vt_model_find(found, sizeof found, shop, NULL, &err));
    assert_string_equal(found, path);
    check_ok(vt_model_load(&loaded, path, &err));
    vt_shop_close(tea.shop);
    tea.shop = NULL;
    check_ok(vt_model_save_in(shop, "spring", model, tea.train, &unrecorded, &err));
    assert_int_equal(unrecorded.code, VT_OK);
    check_ok(vt_shop_open(&reader, shop, VT_SHOP_READ, &err));
    assert_true(weights_of(reader, "spring") > 0);
    assert_int_equal(weights_of(reader, "fusion"), 0);
    static const char *const wrong[] = {"", ".hidden", "a/b"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(vt_model_save_in(shop, wrong[i], model, NULL, NULL, &err), VT_ERR_USAGE);
    }
    assert_int_equal(vt_model_save_in(scratch_path(&tea.files, "nowhere"), "x", model, NULL, NULL, &err),
                     VT_ERR_NOT_FOUND);
    vt_shop_close(reader);
    vt_model_free(loaded);
    vt_model_free(model);
    tea_shop_done(&tea);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_shop_without_models_says_what_to_do),
        cmocka_unit_test(a_model_is_saved_under_a_name),
        cmocka_unit_test(the_newest_answers),
        cmocka_unit_test(one_that_cannot_be_used_is_said),
        cmocka_unit_test(the_last_good_one_takes_the_place_of_a_damaged_one),
        cmocka_unit_test(one_of_what_is_popular_takes_no_place),
        cmocka_unit_test(memory_that_runs_out_is_no_reason_to_do_without),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
