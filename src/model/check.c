/*
 * What of a fit can be said before it: all parameters that its preset and settings lead to, and whether data, vectors
 * and links are there that it cannot do without. vt_model_fit() begins with the same.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/options.h"
#include "base/pool.h"
#include "model/model.h"
#include "model/registry.h"

static int unknown_kind(const char *kind, vt_error *err)
{
    size_t count = 0;
    const vt_model_kind *const *kinds = vt_model_kinds(&count);
    char names[256] = "";
    for (size_t i = 0, len = 0; i < count && len < sizeof names; i++) {
        len += (size_t)snprintf(names + len, sizeof names - len, "%s%s", i == 0 ? "" : ", ", kinds[i]->name);
    }
    return vt_fail(err, VT_ERR_USAGE, "there is no model \"%s\"; one of %s is expected", kind, names);
}

static bool has_times(const vt_snapshot *snapshot)
{
    return snapshot == NULL || snapshot->time_min != VT_NONE;
}

/* The preset, less what needs times where there are none, and the settings over it. */
static int apply_settings(vt_model *model, const vt_fit_options *options, bool timed, vt_error *err)
{
    int status = VT_OK;
    if (options->preset != NULL) {
        status = vt_params_preset(&model->params, options->preset, err);
    }
    const vt_model_kind *kind = &model->ops->kind;
    for (size_t p = 0; status == VT_OK && !timed && p < kind->n_params; p++) {
        if (vt_params_timed(kind, vt_str_of(kind->params[p].name))) {
            model->params.value[p] = 0.0;
        }
    }
    for (size_t i = 0; status == VT_OK && i < options->n_settings; i++) {
        status = vt_params_set(&model->params, options->settings[i], err);
    }
    return status == VT_OK ? vt_params_text(&model->settings, &model->params, err) : status;
}

int vt_model_prepare(vt_model **out, const char *kind, const vt_fit_options *options, const vt_snapshot *snapshot,
                     vt_error *err)
{
    vt_model *model = NULL;
    int status = vt_options_check(options->size, sizeof *options, "vt_fit_options", err);
    if (status != VT_OK) {
        return status;
    }
    const vt_model_ops *ops = vt_model_ops_find(kind);
    if (ops == NULL) {
        return unknown_kind(kind, err);
    }
    status = vt_model_create(&model, ops, err);
    if (status == VT_OK) {
        status = apply_settings(model, options, has_times(snapshot), err);
    }
    if (status != VT_OK) {
        vt_model_free(model);
        return status;
    }
    *out = model;
    return VT_OK;
}

static bool has_ratings(const vt_interactions *train)
{
    for (int64_t e = 0; e < train->n; e++) {
        if (!isnan(train->value[e])) {
            return true;
        }
    }
    return false;
}

int vt_model_check_fit(const vt_model_ops *ops, const vt_fit *fit, vt_error *err)
{
    if (fit->train->n == 0) {
        return vt_fail(err, VT_ERR_USAGE, "there is nothing to fit %s on: the training part has no events",
                       ops->kind.name);
    }
    bool timed = has_times(fit->train->snapshot);
    for (size_t p = 0; !timed && p < ops->kind.n_params; p++) {
        const char *name = ops->kind.params[p].name;
        if (fit->params->value[p] > 0.0 && vt_params_timed(&ops->kind, vt_str_of(name))) {
            return vt_fail(err, VT_ERR_UNSUPPORTED,
                           "%s: %s needs the time of every event; these data have an order only", ops->kind.name, name);
        }
    }
    if ((ops->kind.abilities & VT_MODEL_RATES) != 0 && !has_ratings(fit->train)) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "%s learns from ratings and these data have none; itemknn, ials and others rank without",
                       ops->kind.name);
    }
    return ops->check == NULL ? VT_OK : ops->check(fit, err);
}

int vt_model_check(const char *kind, const vt_interactions *train, const vt_fit_options *options, vt_error *err)
{
    vt_model *model = NULL;
    int status = vt_model_prepare(&model, kind, options, train->snapshot, err);
    if (status == VT_OK) {
        const vt_fit fit = {
            .train = train,
            .text = options->text,
            .image = options->image,
            .params = &model->params,
            .seed = options->seed,
            .threads = vt_threads(options->threads),
            .options = options,
            .model = model,
        };
        status = vt_model_check_fit(model->ops, &fit, err);
    }
    vt_model_free(model);
    return status;
}

int vt_model_settings(char *out, size_t size, const char *kind, const vt_fit_options *options,
                      const vt_snapshot *snapshot, vt_error *err)
{
    vt_model *model = NULL;
    int status = vt_model_prepare(&model, kind, options, snapshot, err);
    if (status == VT_OK && model->settings.len >= size) {
        status = vt_fail(err, VT_ERR_LIMIT, "the settings of %s take %zu bytes; %zu are possible", kind,
                         model->settings.len + 1, size);
    }
    if (status == VT_OK) {
        snprintf(out, size, "%s", model->settings.data == NULL ? "" : model->settings.data);
    }
    vt_model_free(model);
    return status;
}
