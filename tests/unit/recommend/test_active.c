/* Naming the model that answers, going back, and what ends it. */
#include "tea_shop.h"

#include <sys/stat.h>

#include "store/shop_folder.h"
#include "vitrine/choice.h"

static void put_model(const tea_shop *tea, const char *kind, const char *name)
{
    vt_error err = VT_ERROR_INIT;
    vt_model *model = NULL;
    vt_fit_options options;
    vt_fit_options_init(&options);
    options.threads = 1;
    check_ok(vt_model_fit(&model, kind, tea->train, &options, &err));
    check_ok(vt_model_save_in(vt_shop_path(tea->shop), name, model, NULL, NULL, &err));
    vt_model_free(model);
}

static const char *answering(const tea_shop *tea)
{
    static char name[256];
    char path[PATH_MAX];
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_model_find(path, sizeof path, vt_shop_path(tea->shop), NULL, &err));
    vt_model_name(name, sizeof name, path);
    return name;
}

static void the_active_one_answers_until_another_is_saved(void **state)
{
    (void)state;
    tea_shop tea;
    vt_error err = VT_ERROR_INIT;
    vt_active_model active;
    char name[256];
    tea_shop_init(&tea, NULL);
    const char *shop = vt_shop_path(tea.shop);
    put_model(&tea, "itemknn", "first");
    put_model(&tea, "popularity", "second");
    assert_string_equal(answering(&tea), "second");
    assert_int_equal(vt_model_rollback(name, sizeof name, shop, &err), VT_ERR_NOT_FOUND);
    check_ok(vt_model_activate(shop, "first", &err));
    assert_string_equal(answering(&tea), "first");
    check_ok(vt_model_active(&active, shop, &err));
    assert_string_equal(active.previous, "second");
    check_ok(vt_model_activate(shop, "first", &err)); /* once more changes nothing */
    check_ok(vt_model_rollback(name, sizeof name, shop, &err));
    assert_string_equal(name, "second");
    assert_string_equal(answering(&tea), "second");
    check_ok(vt_model_rollback(name, sizeof name, shop, &err));
    assert_string_equal(answering(&tea), "first");
    put_model(&tea, "popularity", "third");
    assert_string_equal(answering(&tea), "third");
    check_ok(vt_model_active(&active, shop, &err));
    assert_string_equal(active.name, "");
    tea_shop_done(&tea);
}

static void what_cannot_answer_is_not_activated(void **state)
{
    (void)state;
    tea_shop tea;
    vt_error err = VT_ERROR_INIT;
    char path[PATH_MAX];
    tea_shop_init(&tea, NULL);
    const char *shop = vt_shop_path(tea.shop);
    put_model(&tea, "itemknn", "good");
    put_model(&tea, "popularity", "bad");
    check_ok(vt_model_activate(shop, "good", &err));
    assert_int_equal(vt_model_activate(shop, "none", &err), VT_ERR_NOT_FOUND);
    assert_int_equal(vt_model_activate(shop, "../models/good", &err), VT_ERR_NOT_FOUND);
    check_ok(vt_model_path(path, sizeof path, shop, "bad", &err));
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    fseek(file, -1, SEEK_END);
    fputc('x', file);
    fclose(file);
    assert_int_equal(vt_model_activate(shop, "bad", &err), VT_ERR_CORRUPT);
    assert_string_equal(answering(&tea), "good");
    /* a model that somebody removed: the newest of those that are left */
    check_ok(vt_model_path(path, sizeof path, shop, "good", &err));
    assert_int_equal(remove(path), 0);
    assert_string_equal(answering(&tea), "bad");
    tea_shop_done(&tea);
}

/* Deleting a shop takes the file along, and no file that only ends like it. */
static void the_file_is_the_shop_s(void **state)
{
    (void)state;
    tea_shop tea;
    vt_error err = VT_ERROR_INIT;
    char shop[PATH_MAX];
    static const char other[] = "shop/models/radioactive";
    struct stat there;
    tea_shop_init(&tea, NULL);
    snprintf(shop, sizeof shop, "%s", vt_shop_path(tea.shop));
    put_model(&tea, "itemknn", "first");
    check_ok(vt_model_activate(shop, "first", &err));
    scratch_write(&tea.files, other, "x", 1);
    vt_shop_close(tea.shop);
    tea.shop = NULL;
    vt_shop_folder_remove(shop);
    assert_int_equal(stat(scratch_path(&tea.files, other), &there), 0);
    assert_int_not_equal(stat(scratch_path(&tea.files, "shop/models/active"), &there), 0);
    assert_int_equal(remove(scratch_path(&tea.files, other)), 0);
    tea_shop_done(&tea);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_active_one_answers_until_another_is_saved),
        cmocka_unit_test(what_cannot_answer_is_not_activated),
        cmocka_unit_test(the_file_is_the_shop_s),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
