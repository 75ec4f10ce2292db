/* Routes of models: which there are, training one, which one answers. */
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/json_values.h"
#include "base/limits.h"
#include "base/number.h"
#include "serve/handlers.h"
#include "serve/served_shop.h"
#include "serve/trainer.h"
#include "vitrine/tuning.h"

enum { HEADER_BYTES_MAX = 1 << 20, SETTINGS_MAX = 64 };

/* ---- list -------------------------------------------------------------------------------------------------------- */

typedef struct models_list {
    vt_call *call;
    vt_json_writer *json;
    char answers[256];
    vt_active_model active;
    vt_error *err;
} models_list;

/* The metadata of a model file (safetensors), without reading its tensors; NULL where it cannot be read. */
static yyjson_val *read_metadata(char **header, vt_call *call, const char *path)
{
    unsigned char size[8];
    size_t len = 0, got = 0;
    uint64_t bytes = 0;
    yyjson_val *root = NULL;
    *header = NULL;
    if (vt_file_head(size, sizeof size, &got, path, NULL) != VT_OK || got < sizeof size) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof size; i++) {
        bytes |= (uint64_t)size[i] << 8 * i;
    }
    len = bytes > HEADER_BYTES_MAX ? 0 : (size_t)bytes;
    *header = len == 0 ? NULL : vt_alloc(len + sizeof size, 1, NULL);
    if (*header == NULL || vt_file_head(*header, len + sizeof size, &got, path, NULL) != VT_OK ||
        got < len + sizeof size ||
        vt_json_read(call->json, (vt_str){*header + sizeof size, len}, &root, NULL) != VT_OK) {
        return NULL;
    }
    return yyjson_obj_get(root, "__metadata__");
}

static int put_model(void *context, const vt_model_file *file)
{
    models_list *l = context;
    vt_json_writer *w = l->json;
    char *header = NULL;
    yyjson_val *metadata = read_metadata(&header, l->call, file->path);
    vt_json_object(w, NULL);
    vt_json_text(w, "name", vt_str_of(file->name));
    vt_json_text(w, "kind", vt_json_str(metadata, "kind"));
    vt_json_text(w, "settings", vt_json_str(metadata, "settings"));
    vt_json_text(w, "trained_on", vt_json_str(metadata, "trained_on"));
    vt_json_time(w, "written", file->written);
    vt_json_int(w, "bytes", file->bytes);
    vt_json_bool(w, "active", strcmp(file->name, l->answers) == 0);
    vt_json_bool(w, "previous", strcmp(file->name, l->active.previous) == 0);
    vt_json_object_end(w);
    vt_free(header);
    return VT_OK;
}

static void copy_answering(char out[256], vt_served_shop *shop)
{
    vt_engine *engine = vt_served_shop_engine(shop);
    snprintf(out, 256, "%s", engine->chosen.name);
    vt_engine_release(engine);
}

static int list_models(vt_call *call, vt_error *err)
{
    vt_reply_object object;
    models_list l = {.call = call, .err = err};
    copy_answering(l.answers, call->shop);
    int status = vt_model_active(&l.active, call->shop->path, err);
    if (status != VT_OK) {
        return status;
    }
    vt_reply_object_begin(&object);
    l.json = &object.json;
    vt_json_array(&object.json, "models");
    status = vt_model_files(call->shop->path, put_model, &l, err);
    if (status != VT_OK) {
        vt_json_writer_abort(&object.json);
        return status;
    }
    vt_json_array_end(&object.json);
    return vt_reply_object_end(call, 200, &object, err);
}

/* ---- training ---------------------------------------------------------------------------------------------------- */

static int check_members(yyjson_val *root, vt_error *err)
{
    size_t at, n;
    yyjson_val *key, *value;
    if (!yyjson_is_obj(root)) {
        return vt_fail(err, VT_ERR_FORMAT, "the body is not an object");
    }
    yyjson_obj_foreach(root, at, n, key, value)
    {
        const char *name = yyjson_get_str(key);
        bool is_params = strcmp(name, "params") == 0,
             is_text = strcmp(name, "kind") == 0 || strcmp(name, "preset") == 0;
        if (!is_params && !is_text) {
            return vt_fail(err, VT_ERR_FORMAT, "a training has no member \"%.60s\"; it has kind, params and preset",
                           name);
        }
        if (!yyjson_is_null(value) && (is_text ? !yyjson_is_str(value) : !yyjson_is_obj(value))) {
            return vt_fail(err, VT_ERR_FORMAT, "\"%s\" is not as expected: %s", name,
                           is_text ? "a text" : "an object of parameters and their values");
        }
    }
    return VT_OK;
}

/* "name=value" of each parameter, in the call's arena. */
static int read_params(const char **settings, size_t *n, vt_call *call, yyjson_val *params, vt_error *err)
{
    size_t at, n_params;
    yyjson_val *key, *value;
    *n = 0;
    yyjson_obj_foreach(params, at, n_params, key, value)
    {
        vt_buf text;
        vt_buf_init(&text, VT_REPLY_BYTES_MAX);
        int status = *n == SETTINGS_MAX ? vt_fail(err, VT_ERR_LIMIT, "at most %d parameters can be set", SETTINGS_MAX)
                                        : vt_buf_printf(&text, err, "%s=", yyjson_get_str(key));
        if (status == VT_OK && yyjson_is_str(value)) {
            status = vt_buf_add_text(&text, yyjson_get_str(value), err);
        } else if (status == VT_OK) {
            status = vt_json_write_value(&text, value, err);
        }
        vt_str copy = {NULL, 0};
        if (status == VT_OK) {
            copy = vt_arena_str(call->arena, (vt_str){text.data, text.len}, err);
            status = copy.ptr == NULL ? VT_ERR_NO_MEMORY : VT_OK;
        }
        vt_buf_done(&text);
        if (status != VT_OK) {
            return status;
        }
        settings[(*n)++] = copy.ptr;
    }
    return VT_OK;
}

/* What the process would refuse is said at once. */
static int check_order(const vt_training_order *order, vt_error *err)
{
    vt_fit_options fit;
    char text[VT_SETTINGS_BYTES];
    if (order->kind == NULL) {
        return order->preset == NULL && order->n_settings == 0
                   ? VT_OK
                   : vt_fail(err, VT_ERR_FORMAT,
                             "\"params\" and \"preset\" are of a \"kind\" of model, which is missing");
    }
    vt_fit_options_init(&fit);
    fit.preset = order->preset != NULL && strcmp(order->preset, VT_TUNED_PRESET) == 0 ? NULL : order->preset;
    fit.settings = order->settings;
    fit.n_settings = order->n_settings;
    return vt_model_settings(text, sizeof text, order->kind, &fit, NULL, err);
}

static int answer_job(vt_call *call, int http, int64_t number, vt_error *err)
{
    vt_reply_object object;
    vt_reply_object_begin(&object);
    int status = vt_trainer_write_job(&object.json, call->shop->trainer, number, err);
    if (status != VT_OK) {
        vt_json_writer_abort(&object.json);
        return status;
    }
    return vt_reply_object_end(call, http, &object, err);
}

static int train(vt_call *call, vt_error *err)
{
    yyjson_val *root = NULL;
    const char *settings[SETTINGS_MAX];
    vt_training_order order = {.settings = settings};
    int64_t number = 0;
    int status = call->body.len == 0 ? VT_OK : vt_call_json(&root, call, err);
    if (status == VT_OK && root != NULL) {
        status = check_members(root, err);
        order.kind = yyjson_get_str(yyjson_obj_get(root, "kind"));
        order.preset = yyjson_get_str(yyjson_obj_get(root, "preset"));
        status = status != VT_OK ? status
                                 : read_params(settings, &order.n_settings, call, yyjson_obj_get(root, "params"), err);
    }
    status = status != VT_OK ? status : check_order(&order, err);
    status = status != VT_OK ? status : vt_trainer_start(&number, call->shop->trainer, &order, err);
    return status != VT_OK ? status : answer_job(call, 202, number, err);
}

static int get_job(vt_call *call, vt_error *err)
{
    int64_t number = 0;
    vt_str name = call->path_value[0];
    if (!vt_str_equal(name, vt_str_of("last")) && (!vt_parse_int(&number, name) || number < 1)) {
        return vt_fail(err, VT_ERR_NOT_FOUND, "a training is called by its number, or \"last\"");
    }
    return answer_job(call, 200, number, err);
}

/* ---- which one answers ------------------------------------------------------------------------------------------- */

static int answer_active(vt_call *call, const char *name, vt_error *err)
{
    char active[256];
    int status = vt_served_shop_activate(call->shop, name, err);
    if (status != VT_OK) {
        return status;
    }
    copy_answering(active, call->shop);
    vt_reply_object object;
    vt_reply_object_begin(&object);
    vt_json_text(&object.json, "active", vt_str_of(active));
    return vt_reply_object_end(call, 200, &object, err);
}

static int activate(vt_call *call, vt_error *err)
{
    return answer_active(call, call->path_value[0].ptr, err);
}

static int rollback(vt_call *call, vt_error *err)
{
    return answer_active(call, NULL, err);
}

const vt_route vt_routes_models[] = {
    {
        .method = "GET",
        .path = "/v1/models",
        .name = "listModels",
        .group = "Models",
        .scope = VT_SCOPE_WRITE,
        .summary = "The models of the shop",
        .details = "\"active\" is the one that answers, \"previous\" the one that a rollback returns to.",
        .answer = "Models",
        .handle = list_models,
    },
    {
        .method = "POST",
        .path = "/v1/models",
        .name = "trainModel",
        .begins_job = true,
        .group = "Models",
        .scope = VT_SCOPE_WRITE,
        .summary = "Train a model now",
        .details = "In a process of its own, with low priority. Without a body it is of the kind and the parameters of "
                   "the one that answers. It is compared with that one on events that neither has seen, and answers "
                   "from then on unless it is worse, as \"vitrine retrain\" says. One at a time.",
        .body = VT_BODY_JSON,
        .body_optional = true,
        .body_schema = "Training",
        .body_example = "{\"kind\":\"itemknn\",\"params\":{\"k\":50}}",
        .answer = "Job",
        .handle = train,
    },
    {
        .method = "GET",
        .path = "/v1/models/jobs/{job}",
        .name = "getTraining",
        .group = "Models",
        .scope = VT_SCOPE_WRITE,
        .summary = "How a training goes, or what came of it",
        .details =
            "By its number, or \"last\". Its state is waiting, running, accepted, refused, failed or stopped; the "
            "verdict has the figures of both models and why it was accepted or refused.",
        .answer = "Job",
        .handle = get_job,
    },
    {
        .method = "POST",
        .path = "/v1/models/{model}/activate",
        .name = "activateModel",
        .group = "Models",
        .slow = true,
        .scope = VT_SCOPE_WRITE,
        .summary = "Name the model that answers",
        .details = "No request is missed: those at work go on with the model that they hold.",
        .answer = "Active",
        .handle = activate,
    },
    {
        .method = "POST",
        .path = "/v1/models/rollback",
        .name = "rollbackModel",
        .group = "Models",
        .slow = true,
        .scope = VT_SCOPE_WRITE,
        .summary = "Let the model answer that did before",
        .details = "A second time goes forth again.",
        .answer = "Active",
        .handle = rollback,
    },
    {.method = NULL},
};
