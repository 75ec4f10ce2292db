/*
 * Parameters by table: one row a parameter gives its parsing, its range, its messages and its text in the model file.
 */
#include "model/params.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/suggest.h"
#include "model/registry.h"

static int set_text(char **out, vt_str text, vt_error *err)
{
    char *copy = vt_strndup(text.ptr, text.len, err);
    if (copy == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_free(*out);
    *out = copy;
    return VT_OK;
}

int vt_params_init(vt_params *params, const vt_model_kind *kind, vt_error *err)
{
    *params = (vt_params){kind, NULL, NULL};
    params->value = vt_alloc(kind->n_params, sizeof *params->value, err);
    params->text = params->value == NULL ? NULL : vt_alloc_zero(kind->n_params, sizeof *params->text, err);
    int status = params->text == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t i = 0; status == VT_OK && i < kind->n_params; i++) {
        params->value[i] = kind->params[i].fallback;
        if (kind->params[i].type == VT_PARAM_TEXT) {
            status = set_text(&params->text[i], vt_str_of(kind->params[i].choices), err);
        }
    }
    if (status != VT_OK) {
        vt_params_done(params);
    }
    return status;
}

void vt_params_done(vt_params *params)
{
    for (size_t i = 0; params->text != NULL && i < params->kind->n_params; i++) {
        vt_free(params->text[i]);
    }
    vt_free(params->text);
    vt_free(params->value);
    params->text = NULL;
    params->value = NULL;
}

static int unknown(const vt_model_kind *kind, vt_str name, vt_error *err)
{
    vt_suggestion near;
    vt_suggestion_init(&near, name.ptr, name.len);
    for (size_t i = 0; i < kind->n_params; i++) {
        vt_suggestion_offer(&near, kind->params[i].name, strlen(kind->params[i].name));
    }
    if (near.best != NULL) {
        return vt_fail(err, VT_ERR_USAGE, "%s has no parameter \"%.*s\"; did you mean \"%.*s\"?", kind->name,
                       VT_STR_ARGS(name), (int)near.best_len, near.best);
    }
    vt_buf names;
    vt_buf_init(&names, 512);
    for (size_t i = 0; i < kind->n_params; i++) {
        vt_buf_printf(&names, NULL, "%s%s", i == 0 ? "" : ", ", kind->params[i].name);
    }
    int status = vt_fail(err, VT_ERR_USAGE, "%s has no parameter \"%.*s\"; it has %s", kind->name, VT_STR_ARGS(name),
                         names.data == NULL ? "none of that name" : names.data);
    vt_buf_done(&names);
    return status;
}

/* Choice number `index` of "a|b|c", "not given" past the last. */
vt_str vt_params_choice(const char *choices, size_t index)
{
    for (const char *at = choices;; index--) {
        size_t len = strcspn(at, "|");
        if (index == 0) {
            return (vt_str){at, len};
        }
        if (at[len] == '\0') {
            return (vt_str){NULL, 0};
        }
        at += len + 1;
    }
}

static int read_value(double *out, const vt_model_kind *kind, const vt_param_spec *spec, vt_str text, vt_error *err)
{
    if (spec->type == VT_PARAM_CHOICE) {
        for (size_t i = 0;; i++) {
            vt_str name = vt_params_choice(spec->choices, i);
            if (name.ptr == NULL) {
                return vt_fail(err, VT_ERR_USAGE, "%s: %s is \"%.*s\"; one of %s is expected", kind->name, spec->name,
                               VT_STR_ARGS(text), spec->choices);
            }
            if (vt_str_equal(name, text)) {
                *out = (double)i;
                return VT_OK;
            }
        }
    }
    double value = 0.0;
    bool whole = spec->type == VT_PARAM_INT;
    if (!vt_parse_real(&value, text) || (whole && floor(value) < value) || value < spec->min || value > spec->max) {
        return vt_fail(err, VT_ERR_USAGE, "%s: %s is \"%.*s\"; a %snumber from %.15g to %.15g%s%s is expected",
                       kind->name, spec->name, VT_STR_ARGS(text), whole ? "whole " : "", spec->min, spec->max,
                       spec->unit[0] == '\0' ? "" : " ", spec->unit);
    }
    *out = value;
    return VT_OK;
}

static int set_one(vt_params *params, vt_str setting, vt_error *err)
{
    const char *equal = memchr(setting.ptr, '=', setting.len);
    if (equal == NULL) {
        return vt_fail(err, VT_ERR_USAGE, "\"%.*s\" is no setting of %s; name=value is expected", VT_STR_ARGS(setting),
                       params->kind->name);
    }
    vt_str name = vt_trim((vt_str){setting.ptr, (size_t)(equal - setting.ptr)});
    vt_str text = vt_trim((vt_str){equal + 1, setting.len - (size_t)(equal + 1 - setting.ptr)});
    for (size_t i = 0; i < params->kind->n_params; i++) {
        const vt_param_spec *spec = &params->kind->params[i];
        if (vt_str_equal(name, vt_str_of(spec->name)) && spec->type == VT_PARAM_TEXT) {
            return set_text(&params->text[i], text, err);
        }
        if (vt_str_equal(name, vt_str_of(spec->name))) {
            return read_value(&params->value[i], params->kind, spec, text, err);
        }
    }
    return unknown(params->kind, name, err);
}

int vt_params_set(vt_params *params, const char *settings, vt_error *err)
{
    for (const char *at = settings;;) {
        size_t len = strcspn(at, ",");
        if (vt_trim((vt_str){at, len}).len > 0) {
            int status = set_one(params, (vt_str){at, len}, err);
            if (status != VT_OK) {
                return status;
            }
        }
        if (at[len] == '\0') {
            return VT_OK;
        }
        at += len + 1;
    }
}

int vt_params_preset(vt_params *params, const char *preset, vt_error *err)
{
    const vt_model_kind *kind = params->kind;
    for (size_t i = 0; i < kind->n_presets; i++) {
        if (strcmp(kind->presets[i].name, preset) == 0) {
            return vt_params_set(params, kind->presets[i].settings, err);
        }
    }
    vt_buf names;
    vt_buf_init(&names, 512);
    for (size_t i = 0; i < kind->n_presets; i++) {
        vt_buf_printf(&names, NULL, "%s%s", i == 0 ? "; it has " : ", ", kind->presets[i].name);
    }
    int status = vt_fail(err, VT_ERR_USAGE, "%s has no preset \"%s\"%s", kind->name, preset,
                         names.data == NULL ? "" : names.data);
    vt_buf_done(&names);
    return status;
}

bool vt_params_timed(const vt_model_kind *kind, vt_str name)
{
    const char *timed = vt_model_ops_find(kind->name)->timed;
    for (size_t i = 0; timed != NULL && vt_params_choice(timed, i).ptr != NULL; i++) {
        if (vt_str_equal(vt_params_choice(timed, i), name)) {
            return true;
        }
    }
    return false;
}

int vt_params_text(vt_buf *out, const vt_params *params, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; status == VT_OK && i < params->kind->n_params; i++) {
        const vt_param_spec *spec = &params->kind->params[i];
        const char *comma = i == 0 ? "" : ",";
        if (spec->type == VT_PARAM_TEXT) {
            status = vt_buf_printf(out, err, "%s%s=%s", comma, spec->name, params->text[i]);
        } else if (spec->type == VT_PARAM_CHOICE) {
            vt_str name = vt_params_choice(spec->choices, (size_t)params->value[i]);
            status = vt_buf_printf(out, err, "%s%s=%.*s", comma, spec->name, VT_STR_ARGS(name));
        } else {
            /* The shortest text that reads back to the same number. */
            char text[40];
            for (int digits = 6; digits <= 17; digits++) {
                snprintf(text, sizeof text, "%.*g", digits, params->value[i]);
                double back = 0.0;
                if (vt_parse_real(&back, vt_str_of(text)) && !(back < params->value[i]) && !(back > params->value[i])) {
                    break;
                }
            }
            status = vt_buf_printf(out, err, "%s%s=%s", comma, spec->name, text);
        }
    }
    return status == VT_OK ? vt_buf_reserve(out, 1, err) : status;
}
