/* The kinds of models with their parameters, ranges and presets, for the help of those who fit. */
#include "common.h"

/* "0.001 to 10", "cosine, bm25, ..." of a parameter. */
static int add_param_range(vt_buf *out, const vt_param_spec *param, vt_error *err)
{
    const char *choice = NULL;
    size_t len = 0;
    int status = VT_OK;
    if (param->type == VT_PARAM_TEXT) {
        return param->choices[0] == '\0' ? VT_OK : vt_buf_printf(out, err, " (default %s)", param->choices);
    }
    if (param->type != VT_PARAM_CHOICE) {
        return vt_buf_printf(out, err, " (%g to %g%s%s; default %g)", param->min, param->max,
                             param->unit[0] == '\0' ? "" : " ", param->unit, param->fallback);
    }
    status = vt_buf_add_text(out, ": ", err);
    for (size_t i = 0; status == VT_OK && vt_choice_at(param->choices, i, &choice, &len); i++) {
        status = vt_buf_printf(out, err, "%s%.*s", i == 0 ? "" : ", ", (int)len, choice);
    }
    if (status == VT_OK && vt_choice_at(param->choices, (size_t)param->fallback, &choice, &len)) {
        status = vt_buf_printf(out, err, " (default %.*s)", (int)len, choice);
    }
    return status;
}

static int help_model(vt_buf *out, const vt_model_kind *kind, vt_error *err)
{
    vt_buf text;
    vt_buf_init(&text, 65536);
    int status = vt_buf_printf(out, err, "\n%s - %s\n", kind->name, kind->summary);
    if (status == VT_OK && kind->source != NULL && kind->source[0] != '\0') {
        status = vt_buf_add_text(out, "  ", err);
        if (status == VT_OK) {
            status = vt_help_wrap(out, kind->source, 2, 2, 79, err);
        }
    }
    for (size_t i = 0; i < kind->n_params && status == VT_OK; i++) {
        vt_buf_clear(&text);
        status = vt_buf_add_text(&text, kind->params[i].help, err);
        if (status == VT_OK) {
            status = add_param_range(&text, &kind->params[i], err);
        }
        if (status == VT_OK) {
            status = vt_buf_printf(out, err, "  %-17s ", kind->params[i].name);
        }
        if (status == VT_OK) {
            status = vt_help_wrap(out, text.data, 20, 20, 79, err);
        }
    }
    for (size_t i = 0; i < kind->n_presets && status == VT_OK; i++) {
        vt_buf_clear(&text);
        status = vt_buf_printf(&text, err, "%s: ", kind->presets[i].help);
        for (const char *c = kind->presets[i].settings; *c != '\0' && status == VT_OK; c++) {
            status = vt_buf_add(&text, *c == ',' ? ", " : c, *c == ',' ? 2 : 1, err); /* blanks let lines break */
        }
        if (status == VT_OK) {
            status = vt_buf_printf(out, err, "  preset %-10s ", kind->presets[i].name);
        }
        if (status == VT_OK) {
            status = vt_help_wrap(out, text.data, 20, 20, 79, err);
        }
    }
    vt_buf_done(&text);
    return status;
}

int vt_help_models(vt_buf *out, vt_error *err)
{
    size_t n = 0;
    const vt_model_kind *const *kinds = vt_model_kinds(&n);
    int status = vt_buf_add_text(out, "\nmodels and their parameters:\n", err);
    for (size_t i = 0; i < n && status == VT_OK; i++) {
        status = help_model(out, kinds[i], err);
    }
    return status;
}
