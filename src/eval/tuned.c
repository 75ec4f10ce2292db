/* What tuning leaves in a shop: one small JSON file a kind, beside the log of its trials. */
#include <stdio.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/json.h"
#include "vitrine/tuning.h"

static int path_of(char *out, size_t size, const char *shop, const char *kind, const char *suffix, vt_error *err)
{
    char folder[4000];
    char name[300];
    int status = vt_path_join(folder, sizeof folder, shop, "models/tune", err);
    snprintf(name, sizeof name, "%.250s%s", kind, suffix);
    return status == VT_OK ? vt_path_join(out, size, folder, name, err) : status;
}

int vt_tuned_log_path(char *out, size_t size, const char *shop, const char *kind, vt_error *err)
{
    char folder[4000];
    int status = vt_path_join(folder, sizeof folder, shop, "models/tune", err);
    if (status == VT_OK) {
        status = vt_dir_create(folder, err);
    }
    return status == VT_OK ? path_of(out, size, shop, kind, ".jsonl", err) : status;
}

static void put_result(vt_json_writer *w, const char *kind, const char *settings, const vt_tuning_result *result,
                       const char *snapshot)
{
    vt_json_object(w, NULL);
    vt_json_text(w, "model", vt_str_of(kind));
    vt_json_text(w, "settings", vt_str_of(settings));
    vt_json_text(w, "protocol", vt_str_of(result->protocol));
    vt_json_text(w, "snapshot", vt_str_of(snapshot));
    vt_json_text(w, "metric", vt_str_of(result->metric));
    vt_json_number(w, "value", result->best.value);
    vt_json_int(w, "trial", result->best.number);
    vt_json_int(w, "trials", result->trials);
    vt_json_object_end(w);
}

int vt_tuned_write(const char *shop, const char *kind, const char *settings, const vt_tuning_result *result,
                   const char *snapshot, vt_error *err)
{
    char path[4400];
    vt_buf text;
    vt_json_writer w;
    int status = path_of(path, sizeof path, shop, kind, ".json", err);
    if (status != VT_OK) {
        return status;
    }
    vt_buf_init(&text, 1 << 16);
    vt_json_writer_init(&w, &text, true);
    put_result(&w, kind, settings, result, snapshot);
    status = vt_json_writer_done(&w, err);
    if (status == VT_OK) {
        status = vt_buf_add_text(&text, "\n", err);
    }
    if (status == VT_OK) {
        status = vt_file_put(path, text.data, text.len, true, err);
    }
    vt_buf_done(&text);
    return status;
}

int vt_tuned_read(char *out, size_t size, const char *shop, const char *kind, vt_error *err)
{
    char path[4400];
    char *text = NULL;
    size_t len = 0;
    vt_json_reader *reader = NULL;
    yyjson_val *root = NULL;
    int status = path_of(path, sizeof path, shop, kind, ".json", err);
    if (status == VT_OK && !vt_file_exists(path)) {
        return vt_fail(err, VT_ERR_NOT_FOUND, "no settings of %s were tuned in this shop; \"vitrine tune %s\" does it",
                       kind, kind);
    }
    if (status == VT_OK) {
        status = vt_file_read(&text, &len, path, 1 << 16, err);
    }
    if (status == VT_OK) {
        status = vt_json_reader_create(&reader, err);
    }
    if (status == VT_OK) {
        vt_error why = VT_ERROR_INIT;
        status = vt_json_read(reader, (vt_str){text, len}, &root, &why);
        vt_str settings = status == VT_OK ? vt_json_str(root, "settings") : (vt_str){NULL, 0};
        if (settings.ptr == NULL || settings.len >= size) {
            status = vt_fail(err, VT_ERR_FORMAT, "%s is damaged; \"vitrine tune %s\" writes it anew", path, kind);
        } else {
            snprintf(out, size, "%.*s", VT_STR_ARGS(settings));
        }
    }
    vt_json_reader_free(reader);
    vt_free(text);
    return status;
}
