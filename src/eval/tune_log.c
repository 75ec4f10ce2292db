/* A line is written and synced after each trial, so a killed search loses at most the trial that it was at. */
#include "eval/tune_log.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/json.h"
#include "base/stream.h"

static int keep(vt_tune_log *log, const vt_trial *trial, vt_error *err)
{
    if (log->n == log->capacity) {
        size_t capacity = log->capacity == 0 ? 64 : 2 * log->capacity;
        vt_trial *grown = vt_realloc(log->trial, capacity, sizeof *grown, err);
        if (grown == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        log->trial = grown;
        log->capacity = capacity;
    }
    log->trial[log->n++] = *trial;
    return VT_OK;
}

static void copy_text(char *out, size_t size, vt_str text)
{
    snprintf(out, size, "%.*s", (int)(text.len < size ? text.len : size - 1), text.ptr == NULL ? "" : text.ptr);
}

static double number_of(yyjson_val *object, const char *key, double missing)
{
    double value = missing;
    return vt_json_real(object, key, &value) ? value : missing;
}

static int read_trial(vt_tune_log *log, yyjson_val *line, vt_error *err)
{
    vt_trial trial = {.kept = true};
    if (!vt_str_equal(vt_json_str(line, "search"), vt_str_of(log->key))) {
        return VT_OK;
    }
    trial.number = (int32_t)number_of(line, "trial", -1);
    trial.rung = (int32_t)number_of(line, "rung", -1);
    trial.share = number_of(line, "share", NAN);
    trial.value = number_of(line, "value", NAN);
    trial.low = number_of(line, "low", NAN);
    trial.high = number_of(line, "high", NAN);
    trial.epochs = (int32_t)number_of(line, "epochs", 0);
    trial.seconds = number_of(line, "seconds", 0);
    copy_text(trial.settings, sizeof trial.settings, vt_json_str(line, "settings"));
    copy_text(trial.error, sizeof trial.error, vt_json_str(line, "error"));
    return keep(log, &trial, err);
}

int vt_tune_log_read(vt_tune_log *log, vt_error *err)
{
    vt_stream *stream = NULL;
    vt_json_reader *reader = NULL;
    if (log->path == NULL || !vt_file_exists(log->path)) {
        return VT_OK;
    }
    int status = vt_stream_open(&stream, log->path, err);
    if (status == VT_OK) {
        status = vt_json_reader_create(&reader, err);
    }
    while (status == VT_OK) {
        vt_str line;
        yyjson_val *root = NULL;
        vt_error why = VT_ERROR_INIT;
        status = vt_stream_line(stream, &line, err);
        if (status != VT_OK || line.ptr == NULL) {
            break;
        }
        if (vt_json_read(reader, line, &root, &why) == VT_OK) {
            status = read_trial(log, root, err);
        } else if (why.code == VT_ERR_NO_MEMORY) {
            status = vt_fail(err, why.code, "%s", why.message);
        }
    }
    vt_json_reader_free(reader);
    vt_stream_close(stream);
    return status;
}

static void put_trial(vt_json_writer *w, const vt_tune_log *log, const vt_trial *trial, const char *metric)
{
    vt_json_object(w, NULL);
    vt_json_text(w, "search", vt_str_of(log->key));
    vt_json_int(w, "trial", trial->number);
    vt_json_int(w, "rung", trial->rung);
    vt_json_number(w, "share", trial->share);
    vt_json_text(w, "settings", vt_str_of(trial->settings));
    vt_json_text(w, "metric", vt_str_of(metric));
    vt_json_number(w, "value", trial->value);
    vt_json_number(w, "low", trial->low);
    vt_json_number(w, "high", trial->high);
    vt_json_int(w, "epochs", trial->epochs);
    vt_json_number(w, "seconds", trial->seconds);
    if (trial->error[0] != '\0') {
        vt_json_text(w, "error", vt_str_of(trial->error));
    }
    vt_json_object_end(w);
}

int vt_tune_log_add(vt_tune_log *log, const vt_trial *trial, const char *metric, vt_error *err)
{
    vt_buf line;
    vt_json_writer w;
    int status = keep(log, trial, err);
    if (status != VT_OK || log->path == NULL) {
        return status;
    }
    vt_buf_init(&line, 1 << 16);
    vt_json_writer_init(&w, &line, false);
    put_trial(&w, log, trial, metric);
    status = vt_json_writer_done(&w, err);
    if (status == VT_OK) {
        status = vt_buf_add_text(&line, "\n", err);
    }
    if (status == VT_OK) {
        status = vt_file_append(log->path, line.data, line.len, err);
    }
    vt_buf_done(&line);
    return status;
}

const vt_trial *vt_tune_log_find(const vt_tune_log *log, const vt_trial *wanted)
{
    for (size_t i = 0; i < log->n; i++) {
        const vt_trial *trial = &log->trial[i];
        if (trial->number == wanted->number && fabs(trial->share - wanted->share) < 1e-9 &&
            strcmp(trial->settings, wanted->settings) == 0) {
            return trial;
        }
    }
    return NULL;
}

void vt_tune_log_done(vt_tune_log *log)
{
    vt_free(log->trial);
    *log = (vt_tune_log){.path = NULL};
}
