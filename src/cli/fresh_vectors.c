/* `encode` within other commands; it encodes nothing twice, so it costs a pass over the catalogue. */
#include "fresh_vectors.h"

#include <inttypes.h>
#include <string.h>

#include "vitrine/encoder.h"

/* The value of a parameter in "name=value,..."; not given when it is none of them. */
static vt_str setting_of(const char *settings, const char *name)
{
    size_t len = strlen(name);
    while (settings[0] != '\0') {
        size_t n = strcspn(settings, ",");
        if (n > len && memcmp(settings, name, len) == 0 && settings[len] == '=') {
            return (vt_str){settings + len + 1, n - len - 1};
        }
        settings += n + (settings[n] == ',');
    }
    return (vt_str){NULL, 0};
}

/* Kinds that other kinds are named in, such as the members of a hybrid. */
static unsigned wanted_by_members(const vt_model_kind *kind, const char *settings)
{
    unsigned wanted = 0;
    size_t n = 0;
    const vt_model_kind *const *kinds = vt_model_kinds(&n);
    for (size_t p = 0; p < kind->n_params; p++) {
        vt_str value = setting_of(settings, kind->params[p].name);
        for (size_t k = 0; kind->params[p].type == VT_PARAM_TEXT && value.ptr != NULL && k < n; k++) {
            bool named = memmem(value.ptr, value.len, kinds[k]->name, strlen(kinds[k]->name)) != NULL;
            wanted |= named && (kinds[k]->abilities & VT_MODEL_NEEDS_VECTORS) != 0 ? VT_WANTS_TEXT : 0;
        }
    }
    return wanted;
}

unsigned vt_cli_vectors_wanted(const vt_model_kind *kind, const char *settings)
{
    vt_str by = setting_of(settings, "by");
    vt_str text = setting_of(settings, "text");
    if ((kind->abilities & VT_MODEL_NEEDS_VECTORS) != 0) {
        return by.ptr == NULL                         ? VT_WANTS_TEXT | VT_WANTS_IMAGE
               : vt_str_equal(by, vt_str_of("image")) ? VT_WANTS_IMAGE
                                                      : VT_WANTS_TEXT;
    }
    if ((kind->abilities & VT_MODEL_USES_VECTORS) == 0) {
        return 0;
    }
    if ((kind->abilities & VT_MODEL_ALL_VECTORS) != 0) {
        vt_str without = setting_of(settings, "without");
        return (vt_str_equal(without, vt_str_of("text")) ? 0 : VT_WANTS_TEXT) |
               (vt_str_equal(without, vt_str_of("image")) ? 0 : VT_WANTS_IMAGE);
    }
    bool weighed = text.ptr != NULL && !vt_str_equal(text, vt_str_of("0"));
    return (weighed ? VT_WANTS_TEXT : 0) | wanted_by_members(kind, settings);
}

int vt_cli_vectors_refresh(vt_cli *cli, vt_shop *shop, unsigned wanted, vt_error *err)
{
    vt_encode_options options;
    vt_encode_report report;
    vt_error why = VT_ERROR_INIT;
    if (wanted == 0) {
        return VT_OK;
    }
    vt_encode_options_init(&options);
    options.skip_text = (wanted & VT_WANTS_TEXT) == 0;
    options.skip_image = (wanted & VT_WANTS_IMAGE) == 0;
    options.threads = cli->threads;
    options.progress = &cli->progress;
    int status = vt_encode_shop(&report, shop, &options, &why);
    vt_display_end(cli->display);
    if (status == VT_ERR_CANCELLED || status == VT_ERR_NO_MEMORY) {
        return vt_fail(err, why.code, "%s", why.message);
    }
    if (status != VT_OK) {
        vt_display_note(cli->display, "vectors of what is new were not made: %s", why.message);
        return VT_OK;
    }
    int64_t texts = report.text.encoded;
    int64_t photos = report.image.encoded;
    if (texts > 0 || photos > 0) {
        vt_display_note(cli->display,
                        "encoded %" PRId64 " texts and %" PRId64
                        " photos first: models asked for need their vectors, which were missing or of older content",
                        texts, photos);
    }
    return VT_OK;
}
