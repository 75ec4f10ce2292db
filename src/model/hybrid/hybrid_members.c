/* The members of a hybrid: their names and settings, and fitting them. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/limits.h"
#include "model/hybrid/hybrid.h"
#include "model/params.h"
#include "model/registry.h"

enum { MEMBER_BYTES = 512, EASE_ITEMS_MAX = 20000 };

/* One member's text into kind, preset ("" without) and settings ("" without). */
static int split_member(char *kind, char *preset, char *settings, const char *text, size_t len, vt_error *err)
{
    size_t name = strcspn(text, ":(+");
    const char *open = memchr(text, '(', len), *colon = memchr(text, ':', name < len ? name + 1 : len);
    kind[0] = preset[0] = settings[0] = '\0';
    if (len >= MEMBER_BYTES || (open != NULL && text[len - 1] != ')')) {
        return vt_fail(
            err, VT_ERR_USAGE,
            "hybrid: \"%.*s\" is no member; a model such as ease, ease:reviews or ease(half_life=90;keep=0) is "
            "expected",
            (int)(len < 60 ? len : 60), text);
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

int vt_hybrid_each_member(const char *members,
                          int (*each)(void *context, size_t index, const char *kind, const char *preset,
                                      const char *settings, vt_error *err),
                          void *context, vt_error *err)
{
    char kind[MEMBER_BYTES], preset[MEMBER_BYTES], settings[MEMBER_BYTES];
    const char *at = members;
    for (size_t index = 0;; index++) {
        size_t len = strcspn(at, "+");
        int status = split_member(kind, preset, settings, at, len, err);
        if (status != VT_OK) {
            return status;
        }
        if (index == VT_HYBRID_MEMBERS_MAX) {
            return vt_fail(err, VT_ERR_LIMIT, "hybrid: at most %d members are possible", VT_HYBRID_MEMBERS_MAX);
        }
        if (strcmp(kind, "hybrid") == 0 || vt_model_ops_find(kind) == NULL) {
            return vt_fail(err, VT_ERR_USAGE,
                           "hybrid: \"%s\" cannot be a member; \"vitrine help train\" lists the models", kind);
        }
        status = each(context, index, kind, preset[0] == '\0' ? NULL : preset, settings, err);
        if (status != VT_OK || at[len] == '\0') {
            return status;
        }
        at += len + 1;
    }
}

int vt_hybrid_member_create(vt_model **out, const char *kind, const char *preset, const char *settings, vt_error *err)
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

/* The members to use when none are named: those whose needs the data meet. */
static int add_default_members(vt_buf *text, const vt_fit *fit, vt_error *err)
{
    int status = vt_buf_add_text(text, "itemknn", err);
    if (status == VT_OK && fit->train->n_items <= EASE_ITEMS_MAX) {
        status = vt_buf_add_text(text, "+ease", err);
    }
    if (status == VT_OK && fit->text != NULL) {
        status = vt_buf_add_text(text, "+content(pool=max;sharpness=1)+content(by=text)", err);
    }
    if (status == VT_OK && fit->image != NULL) {
        status = vt_buf_add_text(text, "+content(by=image)", err);
    }
    return status;
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

int vt_hybrid_take_members(char **out, const vt_fit *fit, vt_error *err)
{
    const char *members = fit->params->text[VT_HYBRID_MEMBERS];
    int status = VT_OK;
    vt_buf text;
    vt_buf_init(&text, 2 * VT_HYBRID_MEMBERS_MAX * MEMBER_BYTES);
    if (strcmp(members, "auto") == 0) {
        status = add_default_members(&text, fit, err);
    } else if (fit->train->snapshot->time_min == VT_NONE) {
        status = vt_hybrid_each_member(members, add_member, &text, err);
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

/* A member is fitted with what the hybrid is given. */
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

int vt_hybrid_check(const vt_fit *fit, vt_error *err)
{
    char *members = NULL;
    int status = vt_hybrid_take_members(&members, fit, err);
    if (status == VT_OK) {
        status = vt_hybrid_each_member(members, check_member, (void *)(uintptr_t)fit, err);
    }
    vt_free(members);
    return status;
}

typedef struct fitting {
    vt_hybrid *m;
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
        vt_model_free(f->m->member[index]);
        f->m->member[index] = model;
        f->m->n_members = index + 1;
    }
    return status;
}

int vt_hybrid_fit_members(vt_hybrid *m, const vt_fit *fit, const vt_interactions *train, vt_error *err)
{
    fitting f = {m, fit, train};
    return vt_hybrid_each_member(m->members, fit_member, &f, err);
}
