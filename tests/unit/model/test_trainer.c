/*
 * The loop of fits in epochs, with a training of two numbers: each epoch halves the way to 1 and counts itself. What a
 * kind sees of progress, validation, checkpoints and divergence is asked here; that every kind keeps to it is in
 * test_epochs.c.
 */
#include "scratch.h"

#include <math.h>

#include "base/alloc.h"
#include "base/file.h"
#include "model/model.h"
#include "model/trainer.h"

/* A fit of nothing: only what the trainer reads of it. */
typedef struct toy {
    vt_model *model;
    vt_fit_options options;
    vt_fit_report report;
    vt_validation validation;
    vt_progress progress;
    vt_fit fit;
    vt_training training;
    vt_train_array arrays[2];
    double way;    /* model: the way that is left */
    int32_t steps; /* not the model's */
    int prepared, stop_in, reports, told;
    int wrong_in;           /* epoch, from 1, that gives NaN */
    const double *goodness; /* by epoch */
    double best_seen_way;   /* way in the model when it was evaluated last */
    char detail[128];
} toy;

static int toy_epoch(void *context, vt_trainer *trainer, int epoch, double *loss, vt_error *err)
{
    toy *t = context;
    int status = vt_trainer_report(trainer, 0.5, t->way, err);
    if (status != VT_OK) {
        return status;
    }
    t->way *= 0.5;
    t->steps++;
    if (epoch + 1 == t->wrong_in) {
        t->way = NAN;
    }
    *loss = t->way;
    return VT_OK;
}

static int toy_prepare(void *context, vt_error *err)
{
    (void)err;
    ((toy *)context)->prepared++;
    return VT_OK;
}

static int toy_evaluate(void *context, const vt_model *model, double *value, vt_error *err)
{
    toy *t = context;
    (void)err;
    assert_ptr_equal(model->state, t);
    t->best_seen_way = t->way;
    *value = t->goodness[t->steps - 1];
    return VT_OK;
}

static int toy_progress(void *context, const vt_progress_state *state)
{
    toy *t = context;
    assert_string_equal(state->unit, "epochs");
    assert_true(state->done <= state->total);
    snprintf(t->detail, sizeof t->detail, "%s", state->detail);
    return ++t->reports == t->stop_in;
}

static void toy_init(toy *t, int epochs)
{
    vt_error err = VT_ERROR_INIT;
    memset(t, 0, sizeof *t);
    size_t count = 0;
    t->way = 1.0;
    vt_fit_options_init(&t->options);
    t->options.report = &t->report;
    check_ok(vt_model_create(&t->model, &vt_model_popularity, &err));
    t->model->state = t;
    check_ok(vt_params_text(&t->model->settings, &t->model->params, &err));
    t->model->trained_on = vt_strndup("all", 3, &err);
    assert_non_null(vt_model_kinds(&count));
    t->progress = (vt_progress){toy_progress, t};
    t->fit = (vt_fit){.params = &t->model->params,
                      .seed = 1,
                      .threads = 1,
                      .options = &t->options,
                      .model = t->model,
                      .progress = &t->progress};
    t->arrays[0] = (vt_train_array){"way", VT_F64, &t->way, 1, true};
    t->arrays[1] = (vt_train_array){"steps", VT_I32, &t->steps, 1, false};
    t->training = (vt_training){.array = t->arrays,
                                .n_arrays = 2,
                                .epochs = epochs,
                                .every = 1,
                                .epoch = toy_epoch,
                                .prepare = toy_prepare,
                                .context = t};
}

static void toy_done(toy *t)
{
    t->model->state = NULL; /* it was the toy's */
    vt_model_free(t->model);
}

static void runs_all_epochs_without_validation(void **state)
{
    (void)state;
    toy t;
    vt_error err = VT_ERROR_INIT;
    toy_init(&t, 5);
    check_ok(vt_train(&t.training, &t.fit, &err));
    assert_true(fabs(t.way - 1.0 / 32.0) < 1e-15);
    assert_int_equal(t.steps, 5);
    assert_int_equal(t.prepared, 1);
    assert_int_equal(t.report.epochs, 5);
    assert_int_equal(t.report.best, 5);
    assert_true(fabs(t.report.loss - 1.0 / 32.0) < 1e-15);
    assert_true(isnan(t.report.value));
    assert_true(t.reports >= 6); /* one at the start, one an epoch */
    toy_done(&t);
}

static void keeps_the_best_and_stops_early(void **state)
{
    (void)state;
    static const double goodness[] = {5.0, 3.0, 4.0, 3.5, 1.0, 1.0};
    toy t;
    vt_error err = VT_ERROR_INIT;
    toy_init(&t, 6);
    t.goodness = goodness;
    t.validation = (vt_validation){"RMSE", -1, toy_evaluate, &t};
    t.options.validation = &t.validation;
    t.training.patience = 2;
    check_ok(vt_train(&t.training, &t.fit, &err));
    assert_int_equal(t.report.epochs, 4);
    assert_int_equal(t.report.best, 2);
    assert_true(fabs(t.report.value - 3.0) < 1e-15);
    assert_true(fabs(t.way - 0.25) < 1e-15); /* the model's is of the best epoch */
    assert_int_equal(t.steps, 4);            /* the rest of the last */
    assert_non_null(strstr(t.detail, "RMSE 3.0000 at best (epoch 2)"));
    toy_done(&t);
    /* every second epoch, and the last */
    toy_init(&t, 5);
    t.goodness = goodness;
    t.validation = (vt_validation){"RMSE", -1, toy_evaluate, &t};
    t.options.validation = &t.validation;
    t.training.every = 2;
    check_ok(vt_train(&t.training, &t.fit, &err));
    assert_int_equal(t.report.epochs, 5);
    assert_int_equal(t.report.best, 5);
    assert_int_equal(t.prepared, 4);
    toy_done(&t);
}

static void goes_on_from_a_checkpoint(void **state)
{
    (void)state;
    static const double goodness[] = {5.0, 3.0, 4.0, 3.5};
    scratch s;
    scratch_init(&s);
    toy t;
    vt_error err = VT_ERROR_INIT;
    toy_init(&t, 4);
    t.goodness = goodness;
    t.validation = (vt_validation){"RMSE", -1, toy_evaluate, &t};
    t.options.validation = &t.validation;
    t.options.checkpoint = scratch_path(&s, "c");
    t.stop_in = 5; /* the start, then in the fourth epoch */
    assert_int_equal(vt_train(&t.training, &t.fit, &err), VT_ERR_CANCELLED);
    assert_non_null(strstr(err.message, "the state after epoch 3 is in "));
    assert_non_null(strstr(err.message, t.options.checkpoint));
    t.way = 77.0; /* what is in memory does not matter */
    t.steps = 77;
    t.stop_in = 0;
    t.options.resume = true;
    check_ok(vt_train(&t.training, &t.fit, &err));
    assert_int_equal(t.steps, 4);
    assert_int_equal(t.report.epochs, 4);
    assert_int_equal(t.report.best, 2);
    assert_true(fabs(t.way - 0.25) < 1e-15);
    assert_false(vt_file_exists(t.options.checkpoint));
    /* there is none now */
    assert_int_equal(vt_train(&t.training, &t.fit, &err), VT_ERR_NOT_FOUND);
    assert_non_null(strstr(err.message, "train without resuming"));
    toy_done(&t);
    scratch_done(&s);
}

static void says_when_it_diverges(void **state)
{
    (void)state;
    scratch s;
    scratch_init(&s);
    toy t;
    vt_error err = VT_ERROR_INIT;
    toy_init(&t, 6);
    t.wrong_in = 3;
    t.options.checkpoint = scratch_path(&s, "c");
    assert_int_equal(vt_train(&t.training, &t.fit, &err), VT_ERR_FAILED);
    assert_non_null(strstr(err.message, "diverged in epoch 3 "));
    assert_non_null(strstr(err.message, "the state after epoch 2 is in "));
    t.wrong_in = 0;
    t.options.resume = true;
    check_ok(vt_train(&t.training, &t.fit, &err));
    assert_int_equal(t.steps, 6);
    assert_true(fabs(t.way - 1.0 / 64.0) < 1e-15);
    toy_done(&t);
    /* at once: there is nothing to keep */
    toy_init(&t, 6);
    t.wrong_in = 1;
    t.options.checkpoint = scratch_path(&s, "d");
    assert_int_equal(vt_train(&t.training, &t.fit, &err), VT_ERR_FAILED);
    assert_false(vt_file_exists(t.options.checkpoint));
    toy_done(&t);
    scratch_done(&s);
}

/* A checkpoint that cannot be written is told, and does not hide why the fit ended. */
static void says_when_a_checkpoint_cannot_be_written(void **state)
{
    (void)state;
    scratch s;
    scratch_init(&s);
    toy t;
    vt_error err = VT_ERROR_INIT;
    toy_init(&t, 4);
    t.stop_in = 3;
    t.options.checkpoint = scratch_path(&s, "c");
    vt_file_fail_after(0);
    int status = vt_train(&t.training, &t.fit, &err);
    vt_file_fail_after(-1);
    assert_int_equal(status, VT_ERR_CANCELLED);
    assert_non_null(strstr(err.message, "its state could not be kept: "));
    toy_done(&t);
    scratch_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_all_epochs_without_validation),
        cmocka_unit_test(keeps_the_best_and_stops_early),
        cmocka_unit_test(goes_on_from_a_checkpoint),
        cmocka_unit_test(says_when_it_diverges),
        cmocka_unit_test(says_when_a_checkpoint_cannot_be_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
