/* Which model of a shop answers: the one that is named, else the newest; what is said when it cannot be used. */
#include "tea_shop.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "fault.h"
#include "hand_vectors.h"
#include "vitrine/choice.h"

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

static void a_shop_without_models_says_what_to_do(void **state)
{
    (void)state;
    tea_shop tea;
    vt_error err = VT_ERROR_INIT;
    vt_chosen_model chosen;
    tea_shop_init(&tea, NULL);
    check_ok(vt_model_choose(&chosen, tea.shop, NULL, 1, &err));
    assert_null(chosen.model);
    assert_string_equal(chosen.name, "");
    assert_int_equal(chosen.why.code, VT_ERR_NOT_FOUND);
    assert_non_null(strstr(chosen.why.message, "has no model yet"));
    assert_int_equal(vt_model_choose(&chosen, tea.shop, "ease", 1, &err), VT_ERR_NOT_FOUND);
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
    check_ok(vt_model_choose(&chosen, tea.shop, NULL, 1, &err));
    assert_string_equal(chosen.name, "new");
    assert_true(!chosen.named && chosen.why.code == VT_OK);
    vt_model_describe(chosen.model, &info);
    assert_string_equal(info.kind->name, "popularity");
    vt_chosen_model_done(&chosen);
    check_ok(vt_model_choose(&chosen, tea.shop, "old", 1, &err));
    assert_true(chosen.named && chosen.model != NULL);
    vt_chosen_model_done(&chosen);
    /* the path of a file does as well */
    check_ok(vt_model_path(path, sizeof path, vt_shop_path(tea.shop), "older", &err));
    check_ok(vt_model_choose(&chosen, tea.shop, path, 1, &err));
    assert_string_equal(chosen.name, "older");
    vt_chosen_model_done(&chosen);
    tea_shop_done(&tea);
}

static void one_that_cannot_be_used_is_said(void **state)
{
    (void)state;
    tea_shop tea;
    vt_error err = VT_ERROR_INIT;
    vt_chosen_model chosen;
    tea_shop_init(&tea, NULL);
    put_model(&tea, "itemknn", "good", 60);
    put_model(&tea, "popularity", "bad", 10);
    damage(&tea, "bad");
    check_ok(vt_model_choose(&chosen, tea.shop, NULL, 1, &err));
    assert_null(chosen.model);
    assert_string_equal(chosen.name, "bad");
    assert_int_equal(chosen.why.code, VT_ERR_CORRUPT);
    vt_chosen_model_done(&chosen);
    assert_int_equal(vt_model_choose(&chosen, tea.shop, "bad", 1, &err), VT_ERR_CORRUPT);
    assert_non_null(strstr(err.message, "bad.safetensors is damaged"));
    tea_shop_done(&tea);
}

static int choose(void *context, vt_error *err)
{
    vt_chosen_model chosen;
    int status = vt_model_choose(&chosen, context, NULL, 1, err);
    if (status == VT_OK) {
        assert_non_null(chosen.model);
        vt_chosen_model_done(&chosen);
    }
    return status;
}

static void memory_that_runs_out_is_no_reason_to_do_without(void **state)
{
    (void)state;
    tea_shop tea;
    tea_shop_init(&tea, NULL);
    put_model(&tea, "itemknn", "itemknn", 10);
    assert_true(fault_allocations(choose, tea.shop) > 3);
    tea_shop_done(&tea);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_shop_without_models_says_what_to_do),
        cmocka_unit_test(the_newest_answers),
        cmocka_unit_test(one_that_cannot_be_used_is_said),
        cmocka_unit_test(memory_that_runs_out_is_no_reason_to_do_without),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
