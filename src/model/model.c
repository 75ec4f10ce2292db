/* Models of every kind: fitting, scoring and description. Their files are in model_file.c. */
#include "model/model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/options.h"
#include "math/team.h"
#include "model/registry.h"
#include "model/vectors_read.h"
#include "vitrine/encoder.h"

void vt_fit_options_init_sized(vt_fit_options *options, size_t size)
{
    const vt_fit_options defaults = {.seed = 42};
    vt_options_init(options, size, &defaults, sizeof defaults);
}

int vt_model_create(vt_model **out, const vt_model_ops *ops, vt_error *err)
{
    vt_model *model = vt_alloc_zero(1, sizeof *model, err);
    if (model == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    model->ops = ops;
    vt_buf_init(&model->settings, (size_t)64 << 10);
    int status = vt_params_init(&model->params, &ops->kind, err);
    if (status != VT_OK) {
        vt_model_free(model);
        return status;
    }
    *out = model;
    return VT_OK;
}

void vt_model_free(vt_model *model)
{
    if (model != NULL) {
        if (model->state != NULL) {
            model->ops->free(model->state);
        }
        vt_params_done(&model->params);
        vt_buf_done(&model->settings);
        vt_free(model->trained_on);
        vt_free(model->users.offset);
        vt_free(model->users.text);
        vt_free(model->items.offset);
        vt_free(model->items.text);
        vt_free(model->item_count);
        vt_free(model);
    }
}

int vt_own_ids_copy(vt_own_ids *out, int32_t n, const int64_t *offset, const char *text, vt_error *err)
{
    size_t bytes = (size_t)offset[n];
    out->n = n;
    out->offset = vt_alloc((size_t)n + 1, sizeof *out->offset, err);
    out->text = out->offset == NULL ? NULL : vt_alloc(bytes, 1, err);
    if (out->text == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    memcpy(out->offset, offset, ((size_t)n + 1) * sizeof *offset);
    if (bytes > 0) {
        memcpy(out->text, text, bytes);
    }
    return VT_OK;
}

/* The newest time in the data, signals among them. */
static int64_t newest_of(const vt_interactions *train)
{
    int64_t newest = VT_NONE;
    for (const vt_interactions *part = train; part != NULL; part = part == train ? train->signals : NULL) {
        for (int64_t e = 0; e < part->n; e++) {
            newest = part->time[e] > newest ? part->time[e] : newest; /* VT_NONE is the smallest */
        }
    }
    return newest;
}

/* Copies what describes the data, so that the model stands alone. */
static int keep_data(vt_model *model, const vt_interactions *train, vt_error *err)
{
    const vt_snapshot *snapshot = train->snapshot;
    snprintf(model->snapshot, sizeof model->snapshot, "%s", snapshot->hash);
    snprintf(model->positive, sizeof model->positive, "%s", snapshot->positive_rule);
    model->n_interactions = train->n;
    model->until = newest_of(train);
    int status = vt_own_ids_copy(&model->users, snapshot->users.n, snapshot->users.offset, snapshot->users.text, err);
    if (status == VT_OK) {
        status = vt_own_ids_copy(&model->items, snapshot->items.n, snapshot->items.offset, snapshot->items.text, err);
    }
    if (status != VT_OK) {
        return status;
    }
    model->item_count = vt_alloc_zero((size_t)train->n_items, sizeof *model->item_count, err);
    if (model->item_count == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int64_t e = 0; e < train->n; e++) {
        model->item_count[train->item[e]]++;
    }
    return VT_OK;
}

static int keep_encoders(vt_model *model, const vt_fit_options *options, vt_error *err)
{
    const vt_item_vectors *given[2] = {options->text, options->image};
    static const unsigned bit[2] = {VT_VECTORS_TEXT, VT_VECTORS_IMAGE};
    unsigned read = 0;
    int status = vt_params_vectors(&read, &model->params, err);
    for (size_t k = 0; k < 2; k++) {
        if (given[k] != NULL && given[k]->hash != NULL && (read & bit[k]) != 0) {
            snprintf(model->encoder[k], sizeof model->encoder[k], "%s", given[k]->hash);
        }
    }
    return status;
}

int vt_model_check_vectors(const vt_model *model, const vt_item_vectors *text, const vt_item_vectors *image,
                           vt_error *err)
{
    const vt_item_vectors *given[2] = {text, image};
    static const char *const of[2] = {"texts", "photos"}, *const option[2] = {"--text", "--image"};
    for (size_t k = 0; k < 2; k++) {
        const char *fitted = model->encoder[k];
        if (given[k] != NULL && given[k]->hash != NULL && fitted[0] != '\0' && strcmp(fitted, given[k]->hash) != 0) {
            return vt_fail(err, VT_ERR_UNSUPPORTED,
                           "the model %s was fitted on vectors of the encoder %s, the shop's %s have those of %s (%s): "
                           "fit it again, or encode with the former one (\"vitrine encode %s NAME\")",
                           model->ops->kind.name, fitted, of[k], given[k]->encoder, given[k]->hash, option[k]);
        }
    }
    return VT_OK;
}

int vt_model_fit(vt_model **out, const char *kind, const vt_interactions *train, const vt_fit_options *options,
                 vt_error *err)
{
    const char *trained_on = options->trained_on == NULL ? "all" : options->trained_on;
    vt_model *model = NULL;
    int status = vt_model_prepare(&model, kind, options, train->snapshot, err);
    if (status != VT_OK) {
        return status;
    }
    vt_fit_options reported = *options;
    reported.report = &model->report;
    vt_fit fit = {
        .train = train,
        .text = options->text,
        .image = options->image,
        .params = &model->params,
        .seed = options->seed,
        .threads = vt_team(options->threads),
        .options = &reported,
        .model = model,
        .progress = options->progress,
    };
    status = vt_model_check_fit(model->ops, &fit, err);
    if (status != VT_OK) {
        goto out;
    }
    model->seed = options->seed;
    status = keep_encoders(model, options, err);
    if (status != VT_OK) {
        goto out;
    }
    model->trained_on = vt_strndup(trained_on, strlen(trained_on), err);
    status = model->trained_on == NULL ? VT_ERR_NO_MEMORY : keep_data(model, train, err);
    if (status == VT_OK) {
        status = model->ops->fit(&model->state, &fit, err);
    }
    if (status == VT_OK) {
        if (options->report != NULL) {
            *options->report = model->report;
        }
        if (options->validation != NULL && model->report.epochs > 0) {
            snprintf(model->validation, sizeof model->validation, "%s", options->validation->metric);
        }
        *out = model;
        model = NULL;
    }
out:
    vt_model_free(model);
    return status;
}

bool vt_model_term_at(vt_model_term *out, const vt_model *model, size_t at)
{
    return model->ops->term != NULL && model->ops->term(out, model->state, at);
}

int vt_model_weights(const vt_model *model, vt_weight_each each, void *context, vt_error *err)
{
    return model->ops->weights == NULL ? VT_OK : model->ops->weights(model->state, each, context, err);
}

void vt_model_describe(const vt_model *model, vt_model_info *info)
{
    *info = (vt_model_info){
        .kind = &model->ops->kind,
        .settings = model->settings.data,
        .snapshot = model->snapshot,
        .trained_on = model->trained_on,
        .positive = model->positive,
        .seed = model->seed,
        .n_users = model->users.n,
        .n_items = model->items.n,
        .n_interactions = model->n_interactions,
        .until = model->until,
        .fit = model->report.epochs > 0 ? &model->report : NULL,
        .validation = model->validation[0] != '\0' ? model->validation : NULL,
        .users = {model->users.n, model->users.offset, model->users.text},
        .items = {model->items.n, model->items.offset, model->items.text},
        .item_count = model->item_count,
        .signals = model->ops->signals == NULL ? 0 : model->ops->signals(model->state),
        .vectors = (model->encoder[0][0] != '\0' ? 1U : 0) | (model->encoder[1][0] != '\0' ? 2U : 0),
    };
}

static int check_history(const vt_model *model, const vt_user_state *history, vt_error *err)
{
    for (size_t i = 0; i < history->n; i++) {
        if (history->item[i] < 0 || history->item[i] >= model->items.n) {
            return vt_fail(err, VT_ERR_USAGE, "item %d of a history is not one of the %d items of the model",
                           (int)history->item[i], (int)model->items.n);
        }
    }
    return VT_OK;
}

/* A state may come from outside: ids are checked here, once, so that kinds need not. */
static int check_state(const vt_model *model, const vt_user_state *state, vt_error *err)
{
    if (state->user < -1 || state->user >= model->users.n) {
        return vt_fail(err, VT_ERR_USAGE, "user %d is not one of the %d users of the model", (int)state->user,
                       (int)model->users.n);
    }
    const vt_user_state *parts[] = {state, state->signals};
    for (size_t p = 0; p < 2 && parts[p] != NULL; p++) {
        int status = check_history(model, parts[p], err);
        if (status != VT_OK) {
            return status;
        }
    }
    if (state->known != NULL && state->known->n_items != model->items.n) {
        return vt_fail(err, VT_ERR_USAGE, "item times are given for %d items; the model has %d",
                       (int)state->known->n_items, (int)model->items.n);
    }
    return VT_OK;
}

static int check_items(const vt_model *model, const int32_t *items, size_t n, vt_error *err)
{
    for (size_t i = 0; i < n; i++) {
        if (items[i] < 0 || items[i] >= model->items.n) {
            return vt_fail(err, VT_ERR_USAGE, "item %d is not one of the %d items of the model", (int)items[i],
                           (int)model->items.n);
        }
    }
    return VT_OK;
}

int vt_model_score(const vt_model *model, const vt_user_state *states, size_t n_states, float *scores, vt_error *err)
{
    for (size_t s = 0; s < n_states; s++) {
        int status = check_state(model, &states[s], err);
        if (status != VT_OK) {
            return status;
        }
    }
    return n_states == 0 ? VT_OK : model->ops->score(model->state, states, n_states, scores, err);
}

int vt_model_predict(const vt_model *model, const vt_user_state *state, const int32_t *items, size_t n, float *ratings,
                     vt_error *err)
{
    if (model->ops->predict == NULL) {
        return vt_fail(err, VT_ERR_UNSUPPORTED, "%s ranks items and predicts no ratings", model->ops->kind.name);
    }
    int status = check_state(model, state, err);
    status = status == VT_OK ? check_items(model, items, n, err) : status;
    return status == VT_OK ? model->ops->predict(model->state, state, items, n, ratings, err) : status;
}

/* Which kinds have an ability, for messages. */
static void name_kinds(char *names, size_t size, unsigned ability)
{
    size_t count = 0, len = 0;
    const vt_model_kind *const *kinds = vt_model_kinds(&count);
    names[0] = '\0';
    for (size_t i = 0; i < count && len < size; i++) {
        if ((kinds[i]->abilities & ability) != 0) {
            len += (size_t)snprintf(names + len, size - len, "%s%s", len == 0 ? "" : ", ", kinds[i]->name);
        }
    }
}

int vt_model_explain(vt_explanation *out, const vt_model *model, const vt_user_state *state, const int32_t *items,
                     size_t n, vt_error *err)
{
    if (model->ops->explain == NULL) {
        char names[256];
        name_kinds(names, sizeof names, VT_MODEL_EXPLAINS);
        return vt_fail(err, VT_ERR_UNSUPPORTED, "a model of kind %s cannot take its scores apart; these kinds can: %s",
                       model->ops->kind.name, names);
    }
    int status = check_state(model, state, err);
    status = status == VT_OK ? check_items(model, items, n, err) : status;
    if (status != VT_OK) {
        return status;
    }
    vt_explanation *made = vt_alloc_zero(n, sizeof *made, err);
    if (made == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    status = n == 0 ? VT_OK : model->ops->explain(made, model->state, state, items, n, err);
    for (size_t i = 0; i < n && status != VT_OK; i++) {
        vt_explanation_done(&made[i]);
    }
    if (status == VT_OK && n > 0) {
        memcpy(out, made, n * sizeof *made);
    }
    vt_free(made);
    return status;
}

int vt_model_similar(const vt_model *model, int32_t item, float *scores, vt_error *err)
{
    if (model->ops->similar == NULL) {
        return vt_fail(err, VT_ERR_UNSUPPORTED, "%s does not know similar items; itemknn and ials do",
                       model->ops->kind.name);
    }
    if (item < 0 || item >= model->items.n) {
        return vt_fail(err, VT_ERR_USAGE, "item %d is not one of the %d items of the model", (int)item,
                       (int)model->items.n);
    }
    return model->ops->similar(model->state, item, scores, err);
}

int vt_model_user_vector(float **vector, size_t *n, const vt_model *model, const vt_user_state *state, vt_error *err)
{
    if (model->ops->user_vector == NULL) {
        return vt_fail(err, VT_ERR_UNSUPPORTED, "%s has no user vectors; ials has", model->ops->kind.name);
    }
    int status = check_state(model, state, err);
    return status == VT_OK ? model->ops->user_vector(vector, n, model->state, state, err) : status;
}

void vt_model_vector_free(float *vector)
{
    vt_free(vector);
}
