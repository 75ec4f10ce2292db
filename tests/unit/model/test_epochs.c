/*
 * What kinds that are fitted in epochs promise beside the contract of all: a stopped fit goes on to the same bytes, a
 * checkpoint of anything else is refused, the best epoch is kept, and a fit that diverges says so.
 */
#include "ways.h"

#include <math.h>

#include "math/safetensors.h"

/* Where the n-th report of a fit's progress, counted from 1, is that of a stop. */
typedef struct stop {
    int at;
    int reports;
} stop;

static int stop_at(void *context, const vt_progress_state *state)
{
    stop *s = context;
    (void)state;
    return ++s->reports == s->at;
}

typedef struct between {
    int epoch;
    const data *asked; /* a list is asked for between epochs, which must leave nothing behind; NULL: none */
} between;

/* Goodness after each epoch: best in the second, then worse. */
static int second_is_best(void *context, const vt_model *model, double *value, vt_error *err)
{
    between *b = context;
    (void)err;
    if (b->asked != NULL) {
        vt_user_state query = state_of(b->asked, 0);
        vt_free(scores_of(b->asked, model, &query));
    }
    b->epoch++;
    *value = b->epoch == 2 ? 9.0 : 1.0 / b->epoch;
    return VT_OK;
}

/* A fit in epochs with a checkpoint in `s`; the settings after those of the way. */
static int fit_to(vt_model **out, const data *d, const way *w, vt_fit_options *options, const char *more, vt_error *err)
{
    const char *settings[] = {w->settings == NULL ? "" : w->settings, more};
    options->settings = settings;
    options->n_settings = 2;
    int status = vt_model_fit(out, w->kind, d->train, options, err);
    options->settings = NULL;
    return status;
}

static void check_same_file(const vt_model *a, const vt_model *b, const way *w)
{
    size_t size[2] = {0, 0};
    char *bytes[2] = {file_of(a, &size[0]), file_of(b, &size[1])};
    if (size[0] != size[1] || memcmp(bytes[0], bytes[1], size[0]) != 0) {
        fail_msg("%s %s: a resumed fit gives another model", w->kind, w->settings);
    }
    vt_free(bytes[0]);
    vt_free(bytes[1]);
}

#define FOUR_EPOCHS "epochs=4,patience=0"

static void resuming(const way *w)
{
    if ((vt_model_kind_find(w->kind)->abilities & VT_MODEL_EPOCHS) == 0) {
        return;
    }
    data d = random_data(1);
    vt_error err = VT_ERROR_INIT;
    vt_model *whole = NULL, *model = NULL;
    scratch s;
    scratch_init(&s);
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s", scratch_path(&s, "checkpoint"));
    stop counter = {0, 0};
    vt_progress progress = {stop_at, &counter};
    vt_fit_options options = options_of(&d);
    options.progress = &progress;
    options.threads = 2;
    check_ok(fit_to(&whole, &d, w, &options, FOUR_EPOCHS, &err));
    int all = counter.reports;
    options.checkpoint = path;
    for (int at = 1; at <= all; at++) {
        counter = (stop){at, 0};
        options.resume = false;
        assert_int_equal(fit_to(&model, &d, w, &options, FOUR_EPOCHS, &err), VT_ERR_CANCELLED);
        assert_null(model);
        options.resume = vt_file_exists(path); /* not before the first epoch is over */
        assert_true(options.resume == (strstr(err.message, path) != NULL));
        assert_true(options.resume || at < all);
        check_ok(fit_to(&model, &d, w, &options, FOUR_EPOCHS, &err));
        assert_false(vt_file_exists(path));
        check_same_file(model, whole, w);
        vt_model_free(model);
        model = NULL;
    }
    assert_int_equal(fit_to(&model, &d, w, &options, FOUR_EPOCHS, &err), VT_ERR_NOT_FOUND);
    vt_model_free(whole);
    scratch_done(&s);
    data_done(&d);
}

static void a_stopped_fit_goes_on_to_the_same_bytes(void **state)
{
    (void)state;
    for_every_way(resuming);
}

/* Tries to go on; it must be refused with a sentence that names the file, and the file must stay. */
static void check_refused(const data *d, const way *w, vt_fit_options options, const char *more, int expected)
{
    vt_error err = VT_ERROR_INIT;
    vt_model *model = NULL;
    options.resume = true;
    int status = fit_to(&model, d, w, &options, more, &err);
    if (status != expected && !(expected == VT_ERR_CORRUPT && (status == VT_ERR_FORMAT || status == VT_ERR_LIMIT))) {
        fail_msg("%s %s: status %d \"%s\", %d is expected", w->kind, w->settings, status, err.message, expected);
    }
    assert_null(model);
    assert_true(vt_file_exists(options.checkpoint));
    assert_true(strlen(err.message) > 20);
}

static void refusing(const way *w)
{
    if ((vt_model_kind_find(w->kind)->abilities & VT_MODEL_EPOCHS) == 0) {
        return;
    }
    data d = random_data(1), other = random_data(2);
    vt_error err = VT_ERROR_INIT;
    vt_model *model = NULL;
    scratch s;
    scratch_init(&s);
    char path[PATH_MAX], *bytes = NULL;
    size_t size = 0;
    snprintf(path, sizeof path, "%s", scratch_path(&s, "checkpoint"));
    stop counter = {0, 0};
    vt_progress progress = {stop_at, &counter};
    vt_fit_options options = options_of(&d);
    options.progress = &progress;
    check_ok(fit_to(&model, &d, w, &options, FOUR_EPOCHS, &err));
    vt_model_free(model);
    model = NULL;
    options.checkpoint = path;
    counter = (stop){counter.reports, 0}; /* in the last epoch */
    assert_int_equal(fit_to(&model, &d, w, &options, FOUR_EPOCHS, &err), VT_ERR_CANCELLED);
    options.progress = NULL;
    check_refused(&d, w, options, "epochs=5,patience=0", VT_ERR_USAGE);
    check_refused(&other, w, options, FOUR_EPOCHS, VT_ERR_USAGE);
    options.seed++;
    check_refused(&d, w, options, FOUR_EPOCHS, VT_ERR_USAGE);
    options.seed--;
    check_ok(vt_file_read(&bytes, &size, path, 1 << 24, &err));
    for (size_t at = 0; at < size; at += at < 40 ? 7 : size / 20) {
        bytes[at] = (char)(bytes[at] ^ 16);
        scratch_write(&s, "checkpoint", bytes, size);
        check_refused(&d, w, options, FOUR_EPOCHS, VT_ERR_CORRUPT);
        bytes[at] = (char)(bytes[at] ^ 16);
        scratch_write(&s, "checkpoint", bytes, at);
        check_refused(&d, w, options, FOUR_EPOCHS, VT_ERR_CORRUPT);
    }
    vt_free(bytes);
    scratch_done(&s);
    data_done(&d);
    data_done(&other);
}

static void checkpoints_of_others_and_damaged_ones_are_refused(void **state)
{
    (void)state;
    for_every_way(refusing);
}

static void early(const way *w)
{
    if ((vt_model_kind_find(w->kind)->abilities & VT_MODEL_EPOCHS) == 0) {
        return;
    }
    data d = random_data(1);
    vt_error err = VT_ERROR_INIT;
    vt_model *model = NULL, *stopped = NULL;
    vt_fit_report report = {0};
    between context = {0, &d};
    vt_validation validation = {"goodness", 1, second_is_best, &context};
    vt_fit_options options = options_of(&d);
    options.validation = &validation;
    options.report = &report;
    check_ok(fit_to(&model, &d, w, &options, "epochs=9,patience=3", &err));
    assert_int_equal(report.epochs, 5);
    assert_int_equal(report.best, 2);
    assert_true(fabs(report.value - 9.0) < 1e-12);
    assert_true(isfinite(report.loss));
    /* all epochs are run without patience and no list is asked for, and the model is that of the same epoch */
    context = (between){0, NULL};
    check_ok(fit_to(&stopped, &d, w, &options, "epochs=9,patience=0", &err));
    assert_int_equal(report.epochs, 9);
    assert_int_equal(report.best, 2);
    for (int32_t u = 0; u < d.train->n_users; u++) {
        vt_user_state query = state_of(&d, u);
        float *a = scores_of(&d, model, &query), *b = scores_of(&d, stopped, &query);
        assert_memory_equal(a, b, (size_t)d.train->n_items * sizeof *a);
        vt_free(a);
        vt_free(b);
    }
    vt_model_free(model);
    vt_model_free(stopped);
    data_done(&d);
}

static void the_best_epoch_is_kept(void **state)
{
    (void)state;
    for_every_way(early);
}

static void diverging(const way *w)
{
    const vt_model_kind *kind = vt_model_kind_find(w->kind);
    bool has_rate = false;
    for (size_t p = 0; p < kind->n_params; p++) {
        has_rate = has_rate || strcmp(kind->params[p].name, "learning_rate") == 0;
    }
    /* least squares take no steps, and those of Adam are no longer than the rate */
    if ((kind->abilities & VT_MODEL_EPOCHS) == 0 || !has_rate || strcmp(kind->name, "lightgcn") == 0 ||
        strcmp(kind->name, "fusion") == 0 || (w->settings != NULL && strstr(w->settings, "als") != NULL)) {
        return;
    }
    data d = random_data(1);
    vt_error err = VT_ERROR_INIT;
    vt_model *model = NULL;
    scratch s;
    scratch_init(&s);
    vt_fit_options options = options_of(&d);
    options.checkpoint = scratch_path(&s, "checkpoint");
    assert_int_equal(fit_to(&model, &d, w, &options, "learning_rate=1000,epochs=200", &err), VT_ERR_FAILED);
    assert_null(model);
    assert_non_null(strstr(err.message, "diverged in epoch "));
    assert_non_null(strstr(err.message, "smaller learning rate"));
    long epoch = strtol(strstr(err.message, "diverged in epoch ") + 18, NULL, 10);
    assert_true(vt_file_exists(options.checkpoint) == (epoch > 1));
    if (epoch > 1) {
        /* of the last good epoch, and a resumed fit diverges there again */
        char text[32];
        vt_safetensors *file = NULL;
        snprintf(text, sizeof text, "%ld", epoch - 1);
        check_ok(vt_safetensors_open(&file, options.checkpoint, &err));
        assert_string_equal(vt_safetensors_metadata(file, "epoch"), text);
        vt_safetensors_close(file);
        options.resume = true;
        assert_int_equal(fit_to(&model, &d, w, &options, "learning_rate=1000,epochs=200", &err), VT_ERR_FAILED);
    }
    scratch_done(&s);
    data_done(&d);
}

static void a_fit_that_diverges_says_so(void **state)
{
    (void)state;
    for_every_way(diverging);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stopped_fit_goes_on_to_the_same_bytes),
        cmocka_unit_test(checkpoints_of_others_and_damaged_ones_are_refused),
        cmocka_unit_test(the_best_epoch_is_kept),
        cmocka_unit_test(a_fit_that_diverges_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
