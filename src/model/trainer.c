/* Training in epochs: the loop that every kind shares. */
#include "model/trainer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "model/checkpoint.h"
#include "model/model.h"

/* A killed process loses at most so much of a fit. */
#define CHECKPOINT_SECONDS 60.0

struct vt_trainer {
    const vt_training *training;
    const vt_fit *fit;
    vt_training_state state;
    void **last;    /* (n_arrays) as after the last whole epoch; kept for a checkpoint */
    void **kept;    /* (n_arrays) as after the best one; NULL where an array is none of the model's */
    double written; /* when a checkpoint was written last */
    char stage[96];
    char detail[128];
};

static const vt_validation *validation_of(const vt_trainer *t)
{
    return t->fit->options->validation;
}

static size_t bytes_of(const vt_train_array *array)
{
    return array->n * vt_dtype_bytes(array->dtype);
}

/* Copies arrays from or to where they are kept; the model's only, or all. */
static void copy_arrays(const vt_training *training, void *const *store, bool out, bool model_only)
{
    for (size_t a = 0; a < training->n_arrays; a++) {
        const vt_train_array *array = &training->array[a];
        if (array->n > 0 && (array->is_model || !model_only)) {
            memcpy(out ? store[a] : array->data, out ? array->data : store[a], bytes_of(array));
        }
    }
}

/* A NaN or an infinity times 0 is NaN and stays so. Eight sums, since one would wait for itself. */
static bool floats_finite(const float *x, size_t n)
{
    float sum[8] = {0};
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        for (size_t k = 0; k < 8; k++) {
            sum[k] += x[i + k] * 0.0F;
        }
    }
    for (; i < n; i++) {
        sum[0] += x[i] * 0.0F;
    }
    bool finite = true;
    for (size_t k = 0; k < 8; k++) {
        finite = finite && isfinite(sum[k]);
    }
    return finite;
}

static bool all_finite(const vt_training *training)
{
    for (size_t a = 0; a < training->n_arrays; a++) {
        const vt_train_array *array = &training->array[a];
        bool finite = true;
        if (array->dtype == VT_F32) {
            finite = floats_finite(array->data, array->n);
        } else if (array->dtype == VT_F64) {
            const double *x = array->data;
            for (size_t i = 0; i < array->n; i++) {
                finite = finite && isfinite(x[i]);
            }
        }
        if (!finite) {
            return false;
        }
    }
    return true;
}

int vt_trainer_report(vt_trainer *trainer, double share, double loss, vt_error *err)
{
    vt_training_state *state = &trainer->state;
    int len = snprintf(trainer->detail, sizeof trainer->detail, "loss %.4f", loss);
    if (state->best > 0) {
        snprintf(trainer->detail + len, sizeof trainer->detail - (size_t)len, ", %s %.4f at best (epoch %d)",
                 validation_of(trainer)->metric, state->value, state->best);
    }
    vt_progress_state progress = {trainer->stage, "epochs", (double)state->epoch + share,
                                  (double)trainer->training->epochs, trainer->detail};
    return vt_progress_report(trainer->fit->progress, &progress, err);
}

/* Puts the last whole epoch on disk; where it is, or why it is not, goes to the end of a message. */
static void leave_checkpoint(vt_trainer *t, char *note, size_t size)
{
    const char *path = t->fit->options->checkpoint;
    vt_error why = VT_ERROR_INIT;
    note[0] = '\0';
    if (path == NULL || t->state.epoch == 0) {
        return;
    }
    if (vt_checkpoint_write(path, t->training, t->fit, &t->state, t->last, t->kept, &why) == VT_OK) {
        snprintf(note, size, "; the state after epoch %d is in %s", t->state.epoch, path);
    } else {
        snprintf(note, size, "; its state could not be kept: %s", why.message);
    }
}

static int diverged(vt_trainer *t, double loss, vt_error *err)
{
    char note[4600];
    leave_checkpoint(t, note, sizeof note);
    return vt_fail(err, VT_ERR_FAILED,
                   "fitting %s diverged in epoch %d (loss %g, not all numbers are finite); try a smaller learning rate "
                   "or more regularization%s",
                   t->fit->params->kind->name, t->state.epoch + 1, loss, note);
}

/* Asks how good the model is now, and keeps it when it is the best yet. */
static int validate(vt_trainer *t, vt_error *err)
{
    const vt_validation *validation = validation_of(t);
    vt_training_state *state = &t->state;
    double value = NAN;
    int status = t->training->prepare == NULL ? VT_OK : t->training->prepare(t->training->context, err);
    if (status == VT_OK) {
        status = validation->evaluate(validation->context, t->fit->model, &value, err);
    }
    if (status != VT_OK) {
        return status;
    }
    if (state->best == 0 || value * validation->good > state->value * validation->good) {
        state->best = state->epoch;
        state->value = value;
        copy_arrays(t->training, t->kept, true, true);
    } else {
        state->stopped = t->training->patience > 0 && state->epoch - state->best >= t->training->patience;
    }
    return VT_OK;
}

/* One epoch and what follows it. */
static int advance(vt_trainer *t, vt_error *err)
{
    const vt_training *training = t->training;
    double loss = NAN;
    int status = training->epoch(training->context, t, t->state.epoch, &loss, err);
    if (status != VT_OK) {
        return status;
    }
    if (!isfinite(loss) || !all_finite(training)) {
        return diverged(t, loss, err);
    }
    t->state.epoch++;
    t->state.loss = loss;
    if (t->fit->options->checkpoint != NULL) {
        copy_arrays(training, t->last, true, false);
    }
    bool due = t->state.epoch % training->every == 0 || t->state.epoch == training->epochs;
    if (validation_of(t) != NULL && due) {
        status = validate(t, err);
    }
    if (status == VT_OK && t->fit->options->checkpoint != NULL && vt_seconds() - t->written > CHECKPOINT_SECONDS) {
        status = vt_checkpoint_write(t->fit->options->checkpoint, training, t->fit, &t->state, t->last, t->kept, err);
        t->written = vt_seconds();
    }
    return status;
}

static int make_room(vt_trainer *t, vt_error *err)
{
    size_t n = t->training->n_arrays;
    t->last = vt_alloc_zero(n, sizeof *t->last, err);
    t->kept = t->last == NULL ? NULL : vt_alloc_zero(n, sizeof *t->kept, err);
    if (t->kept == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t a = 0; a < n; a++) {
        const vt_train_array *array = &t->training->array[a];
        if (t->fit->options->checkpoint != NULL) {
            t->last[a] = vt_alloc(array->n, vt_dtype_bytes(array->dtype), err);
            if (t->last[a] == NULL) {
                return VT_ERR_NO_MEMORY;
            }
        }
        if (array->is_model && validation_of(t) != NULL) {
            t->kept[a] = vt_alloc(array->n, vt_dtype_bytes(array->dtype), err);
            if (t->kept[a] == NULL) {
                return VT_ERR_NO_MEMORY;
            }
        }
    }
    return VT_OK;
}

static void trainer_done(vt_trainer *t)
{
    for (size_t a = 0; a < t->training->n_arrays; a++) {
        if (t->last != NULL) {
            vt_free(t->last[a]);
        }
        if (t->kept != NULL) {
            vt_free(t->kept[a]);
        }
    }
    vt_free(t->last);
    vt_free(t->kept);
}

/* The state of the best epoch in place, and what is left behind by a fit that is through. */
static int finish(vt_trainer *t, vt_error *err)
{
    const vt_fit_options *options = t->fit->options;
    if (t->state.best > 0) {
        copy_arrays(t->training, t->kept, false, true);
    }
    int status = t->training->prepare == NULL ? VT_OK : t->training->prepare(t->training->context, err);
    if (status == VT_OK && options->report != NULL) {
        *options->report = (vt_fit_report){
            .epochs = t->state.epoch,
            .best = t->state.best > 0 ? t->state.best : t->state.epoch,
            .loss = t->state.loss,
            .value = t->state.best > 0 ? t->state.value : NAN,
        };
    }
    if (status == VT_OK && options->checkpoint != NULL) {
        remove(options->checkpoint); /* there may be none */
    }
    return status;
}

int vt_train(const vt_training *training, const vt_fit *fit, vt_error *err)
{
    vt_trainer t = {.training = training, .fit = fit, .written = vt_seconds()};
    snprintf(t.stage, sizeof t.stage, "fitting %s", fit->params->kind->name);
    int status = make_room(&t, err);
    if (status == VT_OK && fit->options->resume) {
        status = vt_checkpoint_read(fit->options->checkpoint, training, fit, &t.state, t.kept, err);
        copy_arrays(training, t.last, true, false);
    }
    if (status == VT_OK) {
        status = vt_trainer_report(&t, 0.0, t.state.loss, err);
    }
    while (status == VT_OK && t.state.epoch < training->epochs && !t.state.stopped) {
        status = advance(&t, err);
    }
    if (status == VT_OK) {
        status = finish(&t, err);
    } else if (status == VT_ERR_CANCELLED && t.state.epoch > 0) {
        char note[4600];
        leave_checkpoint(&t, note, sizeof note);
        status = vt_fail(err, VT_ERR_CANCELLED, "stopped while %s%s", t.stage, note);
    }
    trainer_done(&t);
    return status;
}
