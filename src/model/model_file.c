/*
 * Model files: safetensors with the shop's ids, item counts and the kind's tensors, and in the metadata what the model
 * is and where it comes from. docs/formats/model.md describes it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "dataset/ids.h"
#include "model/model.h"
#include "model/registry.h"

#define FORMAT_NAME "vitrine-model"
enum { FORMAT_VERSION = 1, MODEL_METADATA = 14 };

static const char *const encoder_field[2] = {"text_encoder", "image_encoder"};

int vt_tensor_list_add(vt_tensor_list *list, const char *name, vt_dtype dtype, int64_t rows, int64_t columns,
                       const void *data, vt_error *err)
{
    if (list->n == list->capacity) {
        size_t capacity = list->capacity == 0 ? 16 : 2 * list->capacity;
        vt_tensor *grown = vt_realloc(list->tensor, capacity, sizeof *grown, err);
        if (grown == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        list->tensor = grown;
        list->capacity = capacity;
    }
    char whole[160];
    int len = snprintf(whole, sizeof whole, "%s%s", list->prefix == NULL ? "" : list->prefix, name);
    char *copy = vt_strndup(whole, (size_t)len, err);
    if (copy == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    list->tensor[list->n++] = (vt_tensor){copy, dtype, columns == 0 ? 1 : 2, {rows, columns == 0 ? 1 : columns}, data};
    return VT_OK;
}

int vt_tensor_list_take(vt_tensor_list *list, const char *name, vt_dtype dtype, int64_t rows, int64_t columns,
                        void *data, vt_error *err)
{
    void **grown = vt_realloc(list->owned, list->n_owned + 1, sizeof *grown, err);
    if (grown == NULL) {
        vt_free(data);
        return VT_ERR_NO_MEMORY;
    }
    list->owned = grown;
    list->owned[list->n_owned++] = data;
    return vt_tensor_list_add(list, name, dtype, rows, columns, data, err);
}

void vt_tensor_list_done(vt_tensor_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        vt_free((void *)(uintptr_t)list->tensor[i].name);
    }
    for (size_t i = 0; i < list->n_owned; i++) {
        vt_free(list->owned[i]);
    }
    vt_free(list->owned);
    vt_free(list->tensor);
}

static int add_ids(vt_tensor_list *list, const vt_own_ids *ids, const char *offset, const char *text, vt_error *err)
{
    int status = vt_tensor_list_add(list, offset, VT_I64, (int64_t)ids->n + 1, 0, ids->offset, err);
    return status == VT_OK ? vt_tensor_list_add(list, text, VT_U8, ids->offset[ids->n], 0, ids->text, err) : status;
}

int vt_model_save(const vt_model *model, const char *path, vt_error *err)
{
    char seed[24], events[24], until[24], version[8], report[96];
    snprintf(seed, sizeof seed, "%" PRIu64, model->seed);
    snprintf(events, sizeof events, "%" PRId64, model->n_interactions);
    snprintf(until, sizeof until, "%" PRId64, model->until);
    snprintf(version, sizeof version, "%d", FORMAT_VERSION);
    snprintf(report, sizeof report, "%d %d %.17g %.17g", model->report.epochs, model->report.best, model->report.loss,
             model->report.value);
    vt_text_pair metadata[MODEL_METADATA] = {
        {"format", FORMAT_NAME},           {"version", version},
        {"kind", model->ops->kind.name},   {"settings", model->settings.data},
        {"snapshot", model->snapshot},     {"trained_on", model->trained_on},
        {"positive", model->positive},     {"seed", seed},
        {"interactions", events},          {"fit", report},
        {"validation", model->validation},
    };
    /* what there is nothing to say of is not said */
    size_t n_metadata = model->report.epochs > 0 ? 11 : 9;
    if (model->until != VT_NONE) {
        metadata[n_metadata++] = (vt_text_pair){"until", until};
    }
    for (size_t k = 0; k < 2; k++) {
        if (model->encoder[k][0] != '\0') {
            metadata[n_metadata++] = (vt_text_pair){encoder_field[k], model->encoder[k]};
        }
    }
    vt_tensor_list list = {.prefix = NULL};
    int status = add_ids(&list, &model->users, "users.offset", "users.text", err);
    if (status == VT_OK) {
        status = add_ids(&list, &model->items, "items.offset", "items.text", err);
    }
    if (status == VT_OK) {
        status = vt_tensor_list_add(&list, "items.count", VT_I64, model->items.n, 0, model->item_count, err);
    }
    if (status == VT_OK) {
        status = model->ops->save(model->state, &list, err);
    }
    if (status == VT_OK) {
        status = vt_safetensors_write(path, list.tensor, list.n, metadata, n_metadata, err);
    }
    vt_tensor_list_done(&list);
    return status;
}

static int read_ids(vt_own_ids *out, const vt_safetensors *file, const char *path, const char *offset, const char *text,
                    vt_error *err)
{
    vt_ids ids;
    int status = vt_ids_read(&ids, file, offset, text, true, path, "fit the model again", err);
    return status == VT_OK ? vt_own_ids_copy(out, ids.n, ids.offset, ids.text, err) : status;
}

/* The number in a metadata text. */
static int read_number(int64_t *out, const vt_safetensors *file, const char *path, const char *name, vt_error *err)
{
    const char *text = vt_safetensors_metadata(file, name);
    if (text == NULL || !vt_parse_int(out, vt_str_of(text))) {
        return vt_fail(err, VT_ERR_CORRUPT, "%s: its %s is missing or no number; fit the model again", path, name);
    }
    return VT_OK;
}

/* What the file says it is, before anything is read from it. */
static int check_format(const vt_model_ops **ops, const vt_safetensors *file, const char *path, vt_error *err)
{
    const char *format = vt_safetensors_metadata(file, "format");
    if (format == NULL || strcmp(format, FORMAT_NAME) != 0) {
        return vt_fail(err, VT_ERR_FORMAT, "%s is a safetensors file, but no model of Vitrine", path);
    }
    if (vt_safetensors_metadata(file, "vitrine.checksum") == NULL) {
        return vt_fail(err, VT_ERR_CORRUPT, "%s has lost its checksum; fit the model again", path);
    }
    int64_t version = 0;
    int status = read_number(&version, file, path, "version", err);
    if (status != VT_OK) {
        return status;
    }
    if (version > FORMAT_VERSION) {
        return vt_fail(err, VT_ERR_VERSION,
                       "%s was written by a newer Vitrine (model format %d, this one reads up to %d); update or fit it "
                       "again",
                       path, (int)version, FORMAT_VERSION);
    }
    const char *kind = vt_safetensors_metadata(file, "kind");
    *ops = kind == NULL ? NULL : vt_model_ops_find(kind);
    if (*ops == NULL) {
        return vt_fail(err, VT_ERR_VERSION, "%s holds a model of kind \"%s\", which this Vitrine does not know", path,
                       kind == NULL ? "" : kind);
    }
    return VT_OK;
}

static int read_description(vt_model *model, const vt_safetensors *file, const char *path, vt_error *err)
{
    const char *settings = vt_safetensors_metadata(file, "settings");
    const char *snapshot = vt_safetensors_metadata(file, "snapshot");
    const char *trained_on = vt_safetensors_metadata(file, "trained_on");
    const char *positive = vt_safetensors_metadata(file, "positive");
    const char *seed = vt_safetensors_metadata(file, "seed");
    if (settings == NULL || snapshot == NULL || strlen(snapshot) >= sizeof model->snapshot || trained_on == NULL ||
        positive == NULL || strlen(positive) >= sizeof model->positive || seed == NULL ||
        seed[strspn(seed, "0123456789")] != '\0') {
        return vt_fail(err, VT_ERR_CORRUPT, "%s: its description is not complete; fit the model again", path);
    }
    snprintf(model->snapshot, sizeof model->snapshot, "%s", snapshot);
    snprintf(model->positive, sizeof model->positive, "%s", positive);
    for (size_t k = 0; k < 2; k++) {
        const char *hash = vt_safetensors_metadata(file, encoder_field[k]);
        snprintf(model->encoder[k], sizeof model->encoder[k], "%.64s", hash == NULL ? "" : hash);
    }
    model->seed = strtoull(seed, NULL, 10);
    const char *until = vt_safetensors_metadata(file, "until");
    if (until == NULL || !vt_parse_int(&model->until, vt_str_of(until))) {
        model->until = VT_NONE;
    }
    model->trained_on = vt_strndup(trained_on, strlen(trained_on), err);
    if (model->trained_on == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_error inner = VT_ERROR_INIT;
    int status = vt_params_set(&model->params, settings, &inner);
    if (status != VT_OK) {
        return vt_fail(err, status == VT_ERR_USAGE ? VT_ERR_CORRUPT : (vt_code)status, "%s: %s", path, inner.message);
    }
    status = vt_params_text(&model->settings, &model->params, err);
    return status == VT_OK ? read_number(&model->n_interactions, file, path, "interactions", err) : status;
}

/* How the fit went, where the file says it: "epochs best loss value". What cannot be read is not known. */
static void read_report(vt_model *model, const vt_safetensors *file)
{
    const char *text = vt_safetensors_metadata(file, "fit");
    const char *metric = vt_safetensors_metadata(file, "validation");
    double number[4];
    for (size_t i = 0; i < 4; i++) {
        char *end = NULL;
        number[i] = text == NULL ? 0 : strtod(text, &end);
        if (text == NULL || end == text) {
            return;
        }
        text = end;
    }
    if (number[0] >= 1 && number[0] <= INT32_MAX && number[1] >= 1 && number[1] <= number[0]) {
        model->report = (vt_fit_report){(int)number[0], (int)number[1], number[2], number[3]};
        snprintf(model->validation, sizeof model->validation, "%.31s", metric == NULL ? "" : metric);
    }
}

static int read_counts(vt_model *model, const vt_safetensors *file, const char *path, vt_error *err)
{
    vt_tensor counts;
    int status = vt_safetensors_tensor(file, "items.count", VT_I64, 1, model->items.n, 0, &counts, err);
    if (status != VT_OK) {
        return status;
    }
    size_t n = (size_t)model->items.n;
    const int64_t *count = counts.data;
    for (size_t i = 0; i < n; i++) {
        if (count[i] < 0) {
            return vt_fail(err, VT_ERR_CORRUPT, "%s: an item count is negative; fit the model again", path);
        }
    }
    model->item_count = vt_alloc(n, sizeof *count, err);
    if (model->item_count == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    if (n > 0) {
        memcpy(model->item_count, count, n * sizeof *count);
    }
    return VT_OK;
}

int vt_model_load(vt_model **out, const char *path, vt_error *err)
{
    vt_safetensors *file = NULL;
    vt_model *model = NULL;
    const vt_model_ops *ops = NULL;
    int status = vt_safetensors_open(&file, path, err);
    if (status == VT_OK) {
        status = check_format(&ops, file, path, err);
    }
    if (status == VT_OK) {
        status = vt_model_create(&model, ops, err);
    }
    if (status == VT_OK) {
        status = read_description(model, file, path, err);
    }
    if (status == VT_OK) {
        read_report(model, file);
    }
    if (status == VT_OK) {
        status = read_ids(&model->users, file, path, "users.offset", "users.text", err);
    }
    if (status == VT_OK) {
        status = read_ids(&model->items, file, path, "items.offset", "items.text", err);
    }
    if (status == VT_OK) {
        status = read_counts(model, file, path, err);
    }
    if (status == VT_OK) {
        status = ops->load(&model->state, file, &model->params, model->users.n, model->items.n, err);
    }
    if (status == VT_OK) {
        *out = model;
        model = NULL;
    }
    vt_model_free(model);
    vt_safetensors_close(file);
    return status;
}
