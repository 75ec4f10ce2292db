/* Reading settings: the file first, then the environment over it, then the flags over both. */
#include "settings.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/suggest.h"
#include "base/toml.h"
#include "option_values.h"

#define SECTION "serve"
#define VARIABLE "VITRINE_SERVE_"

enum { FILE_BYTES_MAX = 1 << 20 };

typedef struct reading {
    vt_settings *settings;
    const vt_cli *cli;
} reading;

/* ---- names ------------------------------------------------------------------------------------------------------- */

static void name_settings(vt_settings *s)
{
    for (const vt_option *o = vt_options_serve; o->name != NULL && s->n < VT_SETTINGS_MAX; o++) {
        vt_setting *v = &s->values[s->n++];
        v->option = o;
        snprintf(v->name, sizeof v->name, "%s", o->name);
        for (char *c = v->name; *c != '\0'; c++) {
            *c = *c == '-' ? '_' : *c;
        }
        snprintf(v->variable, sizeof v->variable, VARIABLE "%s", o->name);
        for (char *c = v->variable; *c != '\0'; c++) {
            *c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
        }
    }
}

static vt_setting *find(vt_settings *s, const char *name)
{
    for (size_t i = 0; i < s->n; i++) {
        if (strcmp(s->values[i].name, name) == 0) {
            return &s->values[i];
        }
    }
    return NULL;
}

static int put(vt_setting *v, const char *text, vt_origin origin, int line, vt_error *err)
{
    char *copy = vt_strndup(text, strlen(text), err);
    if (copy == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_free(v->text);
    v->text = copy;
    v->origin = origin;
    v->line = line;
    return VT_OK;
}

/* ---- the file ---------------------------------------------------------------------------------------------------- */

static int unknown(const vt_settings *s, const vt_toml_entry *e, vt_error *err)
{
    vt_suggestion near;
    const char *wanted = e->key == NULL ? e->section : e->key;
    vt_suggestion_init(&near, wanted, strlen(wanted));
    if (e->key == NULL) {
        vt_suggestion_offer(&near, SECTION, strlen(SECTION));
        return near.best != NULL
                   ? vt_fail(err, VT_ERR_USAGE, "%s:%d: there is no section [%s]; did you mean [" SECTION "]?", s->file,
                             e->line, wanted)
                   : vt_fail(err, VT_ERR_USAGE, "%s:%d: there is no section [%s]; [" SECTION "] is the only one",
                             s->file, e->line, wanted);
    }
    for (size_t i = 0; i < s->n; i++) {
        vt_suggestion_offer(&near, s->values[i].name, strlen(s->values[i].name));
    }
    return near.best != NULL
               ? vt_fail(err, VT_ERR_USAGE, "%s:%d: there is no setting \"%s\"; did you mean \"%.*s\"?", s->file,
                         e->line, wanted, (int)near.best_len, near.best)
               : vt_fail(err, VT_ERR_USAGE, "%s:%d: there is no setting \"%s\"; \"vitrine config show\" lists them",
                         s->file, e->line, wanted);
}

static const char *expected_type(vt_option_type type, vt_toml_type found)
{
    switch (type) {
    case VT_OPTION_INT:
        return found == VT_TOML_INTEGER ? NULL : "a whole number without quotes";
    case VT_OPTION_REAL:
        return found == VT_TOML_INTEGER || found == VT_TOML_REAL ? NULL : "a number without quotes";
    case VT_OPTION_FLAG:
        return found == VT_TOML_BOOL ? NULL : "true or false without quotes";
    case VT_OPTION_TEXT:
    case VT_OPTION_INTS:
    case VT_OPTION_CHOICE:
        break;
    }
    return found == VT_TOML_TEXT ? NULL : "a text in quotes";
}

static int on_entry(void *context, const vt_toml_entry *e, vt_error *err)
{
    vt_settings *s = context;
    char shown[PATH_MAX + 80];
    if (e->key == NULL) {
        return strcmp(e->section, SECTION) == 0 ? VT_OK : unknown(s, e, err);
    }
    if (e->section[0] == '\0') {
        return vt_fail(err, VT_ERR_USAGE,
                       "%s:%d: \"%s\" stands before the first section; settings of the server stand "
                       "below [" SECTION "]",
                       s->file, e->line, e->key);
    }
    vt_setting *v = find(s, e->key);
    if (v == NULL) {
        return unknown(s, e, err);
    }
    if (strcmp(v->name, "shops") == 0) {
        return vt_fail(err, VT_ERR_USAGE, "%s:%d: which shops are served is said by --shops or $%s, not in a shop",
                       s->file, e->line, v->variable);
    }
    if (v->origin == VT_ORIGIN_FILE) {
        return vt_fail(err, VT_ERR_USAGE, "%s:%d: %s stands in line %d already", s->file, e->line, e->key, v->line);
    }
    snprintf(shown, sizeof shown, "%s:%d: %s", s->file, e->line, e->key);
    const char *wanted = expected_type(v->option->type, e->type);
    int status = wanted != NULL ? vt_fail(err, VT_ERR_USAGE, "%s is \"%s\"; %s is expected", shown, e->value, wanted)
                 : v->option->type == VT_OPTION_FLAG ? VT_OK
                                                     : vt_option_check(v->option, shown, e->value, err);
    return status != VT_OK ? status : put(v, e->value, VT_ORIGIN_FILE, e->line, err);
}

static int read_file(vt_settings *s, const char *folder, vt_error *err)
{
    char *text = NULL;
    size_t size = 0;
    int status = vt_path_join(s->file, sizeof s->file, folder, "config.toml", err);
    if (status != VT_OK || !vt_file_exists(s->file)) {
        return status;
    }
    s->file_found = true;
    status = vt_file_read(&text, &size, s->file, FILE_BYTES_MAX, err);
    status = status != VT_OK ? status : vt_toml_read(s->file, (vt_str){text, size}, on_entry, s, err);
    vt_free(text);
    return status;
}

/* ---- the environment --------------------------------------------------------------------------------------------- */

static const char *truth(const char *text)
{
    static const char *const words[][2] = {{"true", "true"},   {"1", "true"},  {"yes", "true"},
                                           {"false", "false"}, {"0", "false"}, {"no", "false"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(text, words[i][0]) == 0) {
            return words[i][1];
        }
    }
    return NULL;
}

/* One variable; an empty one is as if it were not there. */
static int read_variable(vt_setting *v, vt_error *err)
{
    char shown[80];
    const char *text = getenv(v->variable);
    if (text == NULL || text[0] == '\0') {
        return VT_OK;
    }
    snprintf(shown, sizeof shown, "$%s", v->variable);
    if (v->option->type == VT_OPTION_FLAG) {
        const char *word = truth(text);
        return word != NULL ? put(v, word, VT_ORIGIN_ENVIRONMENT, 0, err)
                            : vt_fail(err, VT_ERR_USAGE, "%s is \"%s\"; true or false is expected", shown, text);
    }
    int status = vt_option_check(v->option, shown, text, err);
    return status != VT_OK ? status : put(v, text, VT_ORIGIN_ENVIRONMENT, 0, err);
}

/* A name that means nothing is a slip more often than not; but others may set it too, so it is no error. */
static void warn_of_unknown(const vt_settings *s, const vt_cli *cli)
{
    for (char **at = environ; at != NULL && *at != NULL; at++) {
        size_t len = strcspn(*at, "=");
        bool known = strncmp(*at, VARIABLE, strlen(VARIABLE)) != 0;
        vt_suggestion near;
        vt_suggestion_init(&near, *at, len);
        for (size_t i = 0; i < s->n && !known; i++) {
            known = strlen(s->values[i].variable) == len && memcmp(*at, s->values[i].variable, len) == 0;
            vt_suggestion_offer(&near, s->values[i].variable, strlen(s->values[i].variable));
        }
        if (!known) {
            vt_display_warn(cli->display, "vitrine: $%.*s is no setting%s%s%s", (int)len, *at,
                            near.best == NULL ? "" : "; did you mean $", near.best == NULL ? "" : near.best,
                            near.best == NULL ? "" : "?");
        }
    }
}

/* ---- all of them ------------------------------------------------------------------------------------------------- */

static int read_flags(vt_settings *s, const vt_args *args, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; i < s->n && status == VT_OK; i++) {
        vt_setting *v = &s->values[i];
        if (vt_args_given(args, v->option->name)) {
            bool flag = v->option->type == VT_OPTION_FLAG;
            status = put(v, flag ? "true" : vt_args_text(args, v->option->name), VT_ORIGIN_FLAG, 0, err);
        } else if (v->text == NULL && v->option->fallback != NULL) {
            status = put(v, v->option->fallback, VT_ORIGIN_DEFAULT, 0, err);
        } else if (v->text == NULL && v->option->type == VT_OPTION_FLAG) {
            status = put(v, "false", VT_ORIGIN_DEFAULT, 0, err);
        }
    }
    return status;
}

/* The words, and behind them what the environment and the file say as if it had been typed. */
static int extend_args(vt_settings *s, const vt_args *args, vt_error *err)
{
    s->args = *args;
    s->args.values = vt_alloc(args->n_values + s->n, sizeof *s->args.values, err);
    if (s->args.values == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    if (args->n_values > 0) {
        memcpy(s->args.values, args->values, args->n_values * sizeof *args->values);
    }
    for (size_t i = 0; i < s->n; i++) {
        const vt_setting *v = &s->values[i];
        bool said = v->origin == VT_ORIGIN_FILE || v->origin == VT_ORIGIN_ENVIRONMENT;
        if (said && (v->option->type != VT_OPTION_FLAG || strcmp(v->text, "true") == 0)) {
            s->args.values[s->args.n_values++] = (vt_option_value){v->option, v->text};
        }
    }
    return VT_OK;
}

int vt_settings_read(vt_settings *out, vt_cli *cli, const vt_args *args, vt_error *err)
{
    memset(out, 0, sizeof *out);
    name_settings(out);
    const char *shops = vt_args_given(args, "shops") ? vt_args_text(args, "shops") : getenv(VARIABLE "SHOPS");
    int status = read_file(out, shops != NULL && shops[0] != '\0' ? shops : cli->shop, err);
    for (size_t i = 0; i < out->n && status == VT_OK; i++) {
        status = read_variable(&out->values[i], err);
    }
    status = status != VT_OK ? status : read_flags(out, args, err);
    status = status != VT_OK ? status : extend_args(out, args, err);
    if (status != VT_OK) {
        vt_settings_done(out);
        return status;
    }
    warn_of_unknown(out, cli);
    return VT_OK;
}

void vt_settings_done(vt_settings *settings)
{
    for (size_t i = 0; i < settings->n; i++) {
        vt_free(settings->values[i].text);
    }
    vt_free(settings->args.values);
    memset(settings, 0, sizeof *settings);
}

void vt_setting_origin(char *out, size_t size, const vt_settings *settings, const vt_setting *setting)
{
    switch (setting->origin) {
    case VT_ORIGIN_FLAG:
        snprintf(out, size, "flag --%s", setting->option->name);
        return;
    case VT_ORIGIN_ENVIRONMENT:
        snprintf(out, size, "environment $%s", setting->variable);
        return;
    case VT_ORIGIN_FILE:
        snprintf(out, size, "%s:%d", settings->file, setting->line);
        return;
    case VT_ORIGIN_DEFAULT:
        break;
    }
    snprintf(out, size, "default");
}
