/* How a fit in epochs went is kept in the model file; files that do not say, or say nonsense, are read all the same. */
#include "fitting.h"

#include "math/safetensors.h"
#include "model/model.h"
#include "scratch.h"

static const event_row rows[] = {{"u", "a", 1, 5, 0, 0}, {"u", "b", 2, 5, 0, 0}, {"v", "a", 1, 5, 0, 0}};

static vt_model *popularity_of(data *d)
{
    vt_fit_options options;
    vt_model *model = NULL;
    vt_error err = VT_ERROR_INIT;
    *d = data_of(rows, 3);
    vt_fit_options_init(&options);
    options.threads = 1;
    check_ok(vt_model_fit(&model, "popularity", d->train, &options, &err));
    return model;
}

/* Saves, loads and describes. */
static vt_model *again(const vt_model *model, vt_model_info *info)
{
    scratch s;
    vt_model *loaded = NULL;
    vt_error err = VT_ERROR_INIT;
    scratch_init(&s);
    const char *path = scratch_path(&s, "m.safetensors");
    check_ok(vt_model_save(model, path, &err));
    check_ok(vt_model_load(&loaded, path, &err));
    vt_model_describe(loaded, info);
    scratch_done(&s);
    return loaded;
}

static void kept_in_the_file(void **state)
{
    (void)state;
    data d;
    vt_model_info info;
    vt_model *model = popularity_of(&d);
    vt_model_describe(model, &info);
    assert_null(info.fit);
    assert_null(info.validation);
    vt_model *loaded = again(model, &info);
    assert_null(info.fit);
    vt_model_free(loaded);
    model->report = (vt_fit_report){34, 24, 0.1, 1.0 / 3};
    snprintf(model->validation, sizeof model->validation, "NDCG@10");
    loaded = again(model, &info);
    assert_non_null(info.fit);
    assert_int_equal(info.fit->epochs, 34);
    assert_int_equal(info.fit->best, 24);
    assert_true(info.fit->loss == 0.1 && info.fit->value == 1.0 / 3);
    assert_string_equal(info.validation, "NDCG@10");
    vt_model_free(loaded);
    model->validation[0] = '\0'; /* all epochs were run, without validation */
    model->report = (vt_fit_report){5, 5, 0.25, (double)NAN};
    loaded = again(model, &info);
    assert_int_equal(info.fit->epochs, 5);
    assert_true(isnan(info.fit->value));
    assert_null(info.validation);
    vt_model_free(loaded);
    model->report = (vt_fit_report){5, 9, 0.25, 0.5}; /* the best of five is no ninth */
    loaded = again(model, &info);
    assert_null(info.fit);
    vt_model_free(loaded);
    vt_model_free(model);
    data_done(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(kept_in_the_file)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
