/*
 * Which vectors of items a fit reads, by its kind and settings: the one rule for what is encoded before a fit and for
 * the encoders that a fitted model names in its file.
 */
#include "model/vectors_read.h"

#include <string.h>

#include "model/members.h"
#include "model/params.h"
#include "model/registry.h"

enum { BOTH = VT_VECTORS_TEXT | VT_VECTORS_IMAGE };

/* Of a choice such as by=image or without=both; 0 for choices that are not about vectors. */
static unsigned vectors_named(vt_str choice)
{
    return vt_str_equal(choice, vt_str_of("text"))    ? VT_VECTORS_TEXT
           : vt_str_equal(choice, vt_str_of("image")) ? VT_VECTORS_IMAGE
           : vt_str_equal(choice, vt_str_of("both"))  ? BOTH
                                                      : 0;
}

static int add_member(void *context, size_t index, const char *kind, const char *preset, const char *settings,
                      vt_error *err)
{
    unsigned *read = context, of_member = 0;
    vt_params params = {NULL, NULL, NULL};
    (void)index;
    int status = vt_params_init(&params, &vt_model_ops_find(kind)->kind, err);
    if (status != VT_OK) {
        return status;
    }
    if (preset != NULL) {
        status = vt_params_preset(&params, preset, err);
    }
    if (status == VT_OK) {
        status = vt_params_set(&params, settings, err);
    }
    if (status == VT_OK) {
        status = vt_params_vectors(&of_member, &params, err);
    }
    vt_params_done(&params);
    *read |= of_member;
    return status;
}

/* Members that the fit chooses itself are chosen by what vectors there are. */
static int vectors_of_members(unsigned *read, const char *members, vt_error *err)
{
    *read = strcmp(members, "auto") == 0 ? BOTH : 0;
    return *read != 0 ? VT_OK : vt_members_each(members, "members", add_member, read, err);
}

int vt_params_vectors(unsigned *out, const vt_params *params, vt_error *err)
{
    const vt_model_kind *kind = params->kind;
    unsigned read = (kind->abilities & (VT_MODEL_NEEDS_VECTORS | VT_MODEL_USES_VECTORS)) != 0 ? BOTH : 0;
    int status = VT_OK;
    for (size_t p = 0; status == VT_OK && read != 0 && p < kind->n_params; p++) {
        const vt_param_spec *spec = &kind->params[p];
        bool choice = spec->type == VT_PARAM_CHOICE;
        if (choice && strcmp(spec->name, "by") == 0) {
            read = vectors_named(vt_params_choice(spec->choices, (size_t)params->value[p]));
        } else if (choice && strcmp(spec->name, "without") == 0) {
            read &= ~vectors_named(vt_params_choice(spec->choices, (size_t)params->value[p]));
        } else if (spec->type == VT_PARAM_REAL && strcmp(spec->name, "text") == 0) { /* the weight of a prior */
            read = params->value[p] > 0.0 ? VT_VECTORS_TEXT : 0;
        } else if (spec->type == VT_PARAM_TEXT && strcmp(spec->name, "members") == 0) {
            status = vectors_of_members(&read, params->text[p], err);
        }
    }
    if (status == VT_OK) {
        *out = read;
    }
    return status;
}

int vt_model_vectors(unsigned *out, const vt_model_kind *kind, const char *settings, vt_error *err)
{
    vt_params params;
    int status = vt_params_init(&params, kind, err);
    if (status != VT_OK) {
        return status;
    }
    status = vt_params_set(&params, settings, err);
    if (status == VT_OK) {
        status = vt_params_vectors(out, &params, err);
    }
    vt_params_done(&params);
    return status;
}
