/* Models within a model: their names and settings, fitting them, and their files. */
#include "model/members.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/limits.h"
#include "math/topk.h"
#include "model/params.h"
#include "model/registry.h"

enum { MEMBER_BYTES = 512 };

/* One member's text into kind, preset ("" without) and settings ("" without). */
static int split_member(char *kind, char *preset, char *settings, const char *owner, const char *text, size_t len,
                        vt_error *err)
{
    size_t name = strcspn(text, ":(+");
    const char *open = memchr(text, '(', len), *colon = memchr(text, ':', name < len ? name + 1 : len);
    kind[0] = preset[0] = settings[0] = '\0';
    if (len >= MEMBER_BYTES || (open != NULL && text[len - 1] != ')')) {
        return vt_fail(
            err, VT_ERR_USAGE,
            "%s: \"%.*s\" is no member; a model such as ease, ease:reviews or ease(half_life=90;keep=0) is expected",
            owner, (int)(len < 60 ? len : 60), text);
    }
    snprintf(kind, MEMBER_BYTES, "%.*s", (int)(name < len ? name : len), text);
    if (colon != NULL) {
        size_t end = open == NULL ? len : (size_t)(open - text);
        snprintf(preset, MEMBER_BYTES, "%.*s", (int)(end - (size_t)(colon + 1 - text)), colon + 1);
    }
    if (open != NULL) {
        snprintf(settings, MEMBER_BYTES, "%.*s", (int)(len - (size_t)(open + 1 - text) - 1), open + 1);
        for (char *c = settings; *c != '\0'; c++) {
            *c = *c == ';' ? ',' : *c;
        }
    }
    return VT_OK;
}

int vt_members_each(const char *members, const char *owner, vt_member_each each, void *context, vt_error *err)
{
    char kind[MEMBER_BYTES], preset[MEMBER_BYTES], settings[MEMBER_BYTES];
    const char *at = members;
    for (size_t index = 0;; index++) {
        size_t len = strcspn(at, "+");
        int status = split_member(kind, preset, settings, owner, at, len, err);
        if (status != VT_OK) {
            return status;
        }
        if (index == VT_MEMBERS_MAX) {
            return vt_fail(err, VT_ERR_LIMIT, "%s: at most %d members are possible", owner, VT_MEMBERS_MAX);
        }
        const vt_model_ops *ops = vt_model_ops_find(kind);
        if (ops == NULL || ops == &vt_model_hybrid || ops == &vt_model_ranker) {
            return vt_fail(err, VT_ERR_USAGE, "%s: \"%s\" cannot be a member; \"vitrine help train\" lists the models",
                           owner, kind);
        }
        status = each(context, index, kind, preset[0] == '\0' ? NULL : preset, settings, err);
        if (status != VT_OK || at[len] == '\0') {
            return status;
        }
        at += len + 1;
    }
}

/* An unfitted model of that kind with its parameters set. */
static int create_member(vt_model **out, const char *kind, const char *preset, const char *settings, vt_error *err)
{
    vt_model *model = NULL;
    int status = vt_model_create(&model, vt_model_ops_find(kind), err);
    if (status == VT_OK && preset != NULL) {
        status = vt_params_preset(&model->params, preset, err);
    }
    if (status == VT_OK) {
        status = vt_params_set(&model->params, settings, err);
    }
    if (status != VT_OK) {
        vt_model_free(model);
        return status;
    }
    *out = model;
    return VT_OK;
}

/* A member as text. What of a preset needs times is set to 0 where data have none, so that the file says it too. */
static int add_member(void *context, size_t index, const char *kind, const char *preset, const char *settings,
                      vt_error *err)
{
    vt_buf *text = context;
    const char *timed = preset == NULL ? NULL : vt_model_ops_find(kind)->timed;
    const char *mark = "(";
    int status = vt_buf_printf(text, err, "%s%s%s%s", index == 0 ? "" : "+", kind, preset == NULL ? "" : ":",
                               preset == NULL ? "" : preset);
    for (size_t i = 0; status == VT_OK && timed != NULL && vt_params_choice(timed, i).ptr != NULL; i++) {
        status = vt_buf_printf(text, err, "%s%.*s=0", mark, VT_STR_ARGS(vt_params_choice(timed, i)));
        mark = ";";
    }
    for (const char *at = settings; status == VT_OK && *at != '\0';) {
        size_t len = strcspn(at, ",");
        status = vt_buf_printf(text, err, "%s%.*s", mark, (int)len, at);
        at += len + (at[len] == ',');
        mark = ";";
    }
    return status == VT_OK && mark[0] == ';' ? vt_buf_add_text(text, ")", err) : status;
}

int vt_members_take(char **out, const char *owner, const char *asked, const char *automatic, const vt_fit *fit,
                    vt_error *err)
{
    const char *members = strcmp(asked, "auto") == 0 ? automatic : asked;
    int status = VT_OK;
    vt_buf text;
    vt_buf_init(&text, 2 * VT_MEMBERS_MAX * MEMBER_BYTES);
    if (fit->train->snapshot->time_min == VT_NONE) {
        status = vt_members_each(members, owner, add_member, &text, err);
    } else {
        status = vt_buf_add_text(&text, members, err);
    }
    if (status == VT_OK) {
        *out = vt_strndup(text.data, text.len, err);
        status = *out == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    vt_buf_done(&text);
    return status;
}

/* A member is fitted with what its owner is given. */
static vt_fit_options options_of(const vt_fit *fit, const char *preset, const char *const *settings)
{
    vt_fit_options options;
    vt_fit_options_init(&options);
    options.preset = preset;
    options.settings = settings;
    options.n_settings = 1;
    options.seed = fit->seed;
    options.threads = fit->threads;
    options.text = fit->text;
    options.image = fit->image;
    options.progress = fit->progress;
    return options;
}

static int check_member(void *context, size_t index, const char *kind, const char *preset, const char *settings,
                        vt_error *err)
{
    const vt_fit *fit = context;
    (void)index;
    const vt_fit_options options = options_of(fit, preset, &settings);
    return vt_model_check(kind, fit->train, &options, err);
}

size_t vt_members_count(const char *text)
{
    size_t n = 1;
    for (const char *c = text; *c != '\0'; c++) {
        n += *c == '+';
    }
    return n;
}

int vt_members_check(const char *text, const char *owner, const vt_fit *fit, vt_error *err)
{
    return vt_members_each(text, owner, check_member, (void *)(uintptr_t)fit, err);
}

typedef struct fitting {
    vt_members *members;
    const vt_fit *fit;
    const vt_interactions *train;
} fitting;

static int fit_member(void *context, size_t index, const char *kind, const char *preset, const char *settings,
                      vt_error *err)
{
    fitting *f = context;
    const vt_fit_options options = options_of(f->fit, preset, &settings);
    vt_model *model = NULL;
    int status = vt_model_fit(&model, kind, f->train, &options, err);
    if (status == VT_OK) {
        vt_model_free(f->members->model[index]);
        f->members->model[index] = model;
        f->members->n = index + 1;
    }
    return status;
}

int vt_members_fit(vt_members *members, const char *owner, const vt_fit *fit, const vt_interactions *train,
                   vt_error *err)
{
    fitting f = {members, fit, train};
    return vt_members_each(members->text, owner, fit_member, &f, err);
}

int vt_members_score(float *scores, const vt_members *members, size_t n_items, size_t stride,
                     const vt_user_state *states, size_t n, vt_error *err)
{
    int status = VT_OK;
    for (size_t k = 0; k < members->n && status == VT_OK; k++) {
        const vt_model *member = members->model[k];
        status = member->ops->score(member->state, states, n, scores + k * stride * n_items, err);
    }
    return status;
}

int vt_members_similar(float *scores, const vt_members *members, size_t n_items, int32_t item, vt_error *err)
{
    float *of = vt_alloc(n_items, sizeof *of, err);
    int32_t *rank = of == NULL ? NULL : vt_alloc(n_items, sizeof *rank, err);
    int status = rank == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t i = 0; i < n_items; i++) {
        scores[i] = -INFINITY;
    }
    for (size_t k = 0; k < members->n && status == VT_OK; k++) {
        const vt_model *member = members->model[k];
        if (member->ops->similar == NULL) {
            continue;
        }
        status = member->ops->similar(member->state, item, of, err);
        size_t found = status == VT_OK ? vt_topk(of, n_items, n_items, rank) : 0;
        for (size_t r = 0; r < found; r++) {
            float *score = &scores[rank[r]];
            *score = (isfinite(*score) ? *score : 0.0F) + 1.0F / (61.0F + (float)r);
        }
    }
    vt_free(of);
    vt_free(rank);
    return status;
}

void vt_members_name(char *name, size_t size, const vt_members *members, size_t at)
{
    const vt_model_ops *ops = members->model[at]->ops;
    size_t same = 1;
    for (size_t k = 0; k < at; k++) {
        same += members->model[k]->ops == ops;
    }
    if (same > 1) {
        snprintf(name, size, "%s %zu", ops->kind.name, same);
    } else {
        snprintf(name, size, "%s", ops->kind.name);
    }
}

void vt_members_done(vt_members *members)
{
    for (size_t k = 0; k < VT_MEMBERS_MAX; k++) {
        vt_model_free(members->model[k]);
    }
    vt_free(members->text);
    *members = (vt_members){NULL, {NULL}, 0};
}

/*
 * ---- files --------------------------------------------------------------------------------------------------------
 */

int vt_members_save(const vt_members *members, const char *owner, vt_tensor_list *list, vt_error *err)
{
    char name[48];
    const char *outer = list->prefix;
    snprintf(name, sizeof name, "%s.members", owner);
    int status = vt_tensor_list_add(list, name, VT_U8, (int64_t)strlen(members->text), 0, members->text, err);
    for (size_t k = 0; status == VT_OK && k < members->n; k++) {
        char prefix[24];
        snprintf(prefix, sizeof prefix, "member%zu.", k);
        list->prefix = prefix;
        status = members->model[k]->ops->save(members->model[k]->state, list, err);
        list->prefix = outer;
    }
    return status;
}

/* What the members are loaded from. */
typedef struct loading {
    vt_members *members;
    const vt_safetensors *file;
    int32_t n_users, n_items;
} loading;

static int load_member(void *context, size_t index, const char *kind, const char *preset, const char *settings,
                       vt_error *err)
{
    loading *l = context;
    vt_safetensors *part = NULL;
    char prefix[24];
    snprintf(prefix, sizeof prefix, "member%zu.", index);
    int status = create_member(&l->members->model[index], kind, preset, settings, err);
    if (status != VT_OK) {
        return status;
    }
    vt_model *member = l->members->model[index];
    l->members->n = index + 1;
    member->users.n = l->n_users;
    member->items.n = l->n_items;
    status = vt_safetensors_within(&part, l->file, prefix, err);
    if (status == VT_OK) {
        status = member->ops->load(&member->state, part, &member->params, l->n_users, l->n_items, err);
    }
    vt_safetensors_close(part);
    return status;
}

int vt_members_load(vt_members *members, const char *owner, const vt_safetensors *file, int32_t n_users,
                    int32_t n_items, vt_error *err)
{
    char name[48];
    vt_tensor text;
    snprintf(name, sizeof name, "%s.members", owner);
    int status = vt_safetensors_tensor(file, name, VT_U8, 1, -1, 0, &text, err);
    if (status != VT_OK) {
        return status;
    }
    loading l = {members, file, n_users, n_items};
    members->text = vt_strndup(text.data, (size_t)text.shape[0], err);
    return members->text == NULL ? VT_ERR_NO_MEMORY : vt_members_each(members->text, owner, load_member, &l, err);
}
