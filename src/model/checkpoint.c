/* Checkpoints of fits in epochs, as safetensors; docs/formats/model.md describes them. */
#include "model/checkpoint.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/number.h"
#include "model/model.h"

#define FORMAT_NAME "vitrine-checkpoint"

enum { IDENTITY = 6, NUMBERS = 5, TEXT_BYTES = 48 };

/* What a fit is: a checkpoint of another one is refused. Borrowed from the fit. */
static void identity_of(vt_text_pair pair[IDENTITY], const vt_fit *fit, char seed[TEXT_BYTES])
{
    snprintf(seed, TEXT_BYTES, "%" PRIu64, fit->seed);
    pair[0] = (vt_text_pair){"kind", fit->params->kind->name};
    pair[1] = (vt_text_pair){"settings", fit->model->settings.data};
    pair[2] = (vt_text_pair){"snapshot", fit->model->snapshot};
    pair[3] = (vt_text_pair){"trained_on", fit->model->trained_on};
    pair[4] = (vt_text_pair){"positive", fit->model->positive};
    pair[5] = (vt_text_pair){"seed", seed};
}

int vt_checkpoint_write(const char *path, const vt_training *training, const vt_fit *fit,
                        const vt_training_state *state, void *const *last, void *const *kept, vt_error *err)
{
    char seed[TEXT_BYTES], text[NUMBERS][TEXT_BYTES];
    vt_text_pair pair[IDENTITY + NUMBERS + 1];
    identity_of(pair, fit, seed);
    snprintf(text[0], TEXT_BYTES, "%d", state->epoch);
    snprintf(text[1], TEXT_BYTES, "%d", state->best);
    snprintf(text[2], TEXT_BYTES, "%.17g", state->value);
    snprintf(text[3], TEXT_BYTES, "%.17g", state->loss);
    snprintf(text[4], TEXT_BYTES, "%d", state->stopped);
    static const char *const names[NUMBERS] = {"epoch", "best", "value", "loss", "stopped"};
    for (size_t i = 0; i < NUMBERS; i++) {
        pair[IDENTITY + i] = (vt_text_pair){names[i], text[i]};
    }
    pair[IDENTITY + NUMBERS] = (vt_text_pair){"format", FORMAT_NAME};
    vt_tensor_list list = {.prefix = NULL};
    int status = VT_OK;
    for (size_t a = 0; status == VT_OK && a < training->n_arrays; a++) {
        const vt_train_array *array = &training->array[a];
        list.prefix = NULL;
        status = vt_tensor_list_add(&list, array->name, array->dtype, (int64_t)array->n, 0, last[a], err);
        if (status == VT_OK && state->best > 0 && kept[a] != NULL) {
            list.prefix = "best.";
            status = vt_tensor_list_add(&list, array->name, array->dtype, (int64_t)array->n, 0, kept[a], err);
        }
    }
    if (status == VT_OK) {
        status = vt_safetensors_write(path, list.tensor, list.n, pair, sizeof pair / sizeof pair[0], err);
    }
    vt_tensor_list_done(&list);
    return status;
}

/* That the file is of this very fit. */
static int check_identity(const vt_safetensors *file, const char *path, const vt_fit *fit, vt_error *err)
{
    char seed[TEXT_BYTES];
    vt_text_pair pair[IDENTITY];
    const char *format = vt_safetensors_metadata(file, "format");
    if (format == NULL || strcmp(format, FORMAT_NAME) != 0) {
        return vt_fail(err, VT_ERR_FORMAT, "%s is no checkpoint of a fit; remove it and train from the start", path);
    }
    if (vt_safetensors_metadata(file, "vitrine.checksum") == NULL) {
        return vt_fail(err, VT_ERR_CORRUPT, "%s has lost its checksum; train from the start", path);
    }
    identity_of(pair, fit, seed);
    for (size_t i = 0; i < IDENTITY; i++) {
        const char *text = vt_safetensors_metadata(file, pair[i].name);
        if (text == NULL || strcmp(text, pair[i].value) != 0) {
            return vt_fail(err, VT_ERR_USAGE,
                           "%s is of another fit: its %s is \"%s\", this one's \"%s\"; train with what it was begun "
                           "with, or without resuming",
                           path, pair[i].name, text == NULL ? "" : text, pair[i].value);
        }
    }
    return VT_OK;
}

static int read_state(vt_training_state *state, const vt_safetensors *file, const char *path, int epochs, vt_error *err)
{
    static const char *const names[NUMBERS] = {"epoch", "best", "value", "loss", "stopped"};
    double number[NUMBERS];
    for (size_t i = 0; i < NUMBERS; i++) {
        const char *text = vt_safetensors_metadata(file, names[i]);
        char *end = NULL;
        number[i] = text == NULL ? 0.0 : strtod(text, &end);
        if (text == NULL || end == text || *end != '\0') {
            return vt_fail(err, VT_ERR_CORRUPT, "%s: its %s is no number; train from the start", path, names[i]);
        }
    }
    if (!(number[0] >= 1.0 && number[0] <= (double)epochs && number[1] >= 0.0 && number[1] <= number[0])) {
        return vt_fail(err, VT_ERR_CORRUPT, "%s: its epochs (%g of %d, best %g) cannot be; train from the start", path,
                       number[0], epochs, number[1]);
    }
    *state = (vt_training_state){(int)number[0], (int)number[1], number[2], number[3], number[4] > 0.0};
    return VT_OK;
}

/* The tensors of all arrays, checked; those of the best epoch behind them where there is one. */
static int find_tensors(vt_tensor *last, vt_tensor *best, const vt_safetensors *file, const vt_training *training,
                        const vt_training_state *state, vt_error *err)
{
    int status = VT_OK;
    for (size_t a = 0; status == VT_OK && a < training->n_arrays; a++) {
        const vt_train_array *array = &training->array[a];
        char name[128];
        snprintf(name, sizeof name, "best.%s", array->name);
        status = vt_safetensors_tensor(file, array->name, array->dtype, 1, (int64_t)array->n, 0, &last[a], err);
        if (status == VT_OK && state->best > 0 && array->is_model) {
            status = vt_safetensors_tensor(file, name, array->dtype, 1, (int64_t)array->n, 0, &best[a], err);
        }
    }
    return status;
}

int vt_checkpoint_read(const char *path, const vt_training *training, const vt_fit *fit, vt_training_state *state,
                       void *const *kept, vt_error *err)
{
    vt_safetensors *file = NULL;
    vt_training_state read = {0};
    vt_tensor *last = NULL, *best = NULL;
    if (path == NULL || !vt_file_exists(path)) {
        return vt_fail(err, VT_ERR_NOT_FOUND, "there is no checkpoint%s%s to resume from; train without resuming",
                       path == NULL ? "" : " ", path == NULL ? "" : path);
    }
    int status = vt_safetensors_open(&file, path, err);
    if (status == VT_OK) {
        status = check_identity(file, path, fit, err);
    }
    if (status == VT_OK) {
        status = read_state(&read, file, path, training->epochs, err);
    }
    if (status == VT_OK) {
        last = vt_alloc_zero(training->n_arrays, sizeof *last, err);
        best = last == NULL ? NULL : vt_alloc_zero(training->n_arrays, sizeof *best, err);
        status = best == NULL ? VT_ERR_NO_MEMORY : find_tensors(last, best, file, training, &read, err);
    }
    for (size_t a = 0; status == VT_OK && a < training->n_arrays; a++) {
        const vt_train_array *array = &training->array[a];
        size_t bytes = array->n * vt_dtype_bytes(array->dtype);
        if (bytes > 0) {
            memcpy(array->data, last[a].data, bytes);
        }
        if (bytes > 0 && best[a].data != NULL && kept[a] != NULL) {
            memcpy(kept[a], best[a].data, bytes);
        }
    }
    if (status == VT_OK) {
        if (fit->options->validation == NULL) {
            read.best = 0;
        }
        *state = read;
    }
    vt_free(last);
    vt_free(best);
    vt_safetensors_close(file);
    return status;
}
