/* Reads which models are evaluated, and gives each --param and --preset to those that have it. */
#include "evaluated.h"

#include <string.h>

#include "base/alloc.h"
#include "base/suggest.h"
#include "vitrine/tuning.h"

#define MODELS_MAX 64

bool vt_evaluated_is_fitted(const vt_evaluated *entry)
{
    return entry->model == NULL && !entry->lists;
}

/* "MODEL.name" or "name": what is set, and of whom. */
typedef struct address {
    const char *kind; /* NULL: of all that have it */
    size_t kind_len;
    const char *name;
    size_t name_len;
} address;

static address address_of(const char *text, size_t len)
{
    const char *dot = memchr(text, '.', len);
    const char *name = dot == NULL ? text : dot + 1;
    return (address){dot == NULL ? NULL : text, dot == NULL ? 0 : (size_t)(dot - text), name,
                     len - (size_t)(name - text)};
}

static bool is_meant(const vt_evaluated *entry, const address *to)
{
    return vt_evaluated_is_fitted(entry) && (to->kind == NULL || (strlen(entry->name) == to->kind_len &&
                                                                  memcmp(entry->name, to->kind, to->kind_len) == 0));
}

static bool has_param(const vt_model_kind *kind, const address *to)
{
    for (size_t i = 0; i < kind->n_params; i++) {
        const char *name = kind->params[i].name;
        if (strlen(name) == to->name_len && memcmp(name, to->name, to->name_len) == 0) {
            return true;
        }
    }
    return false;
}

static int no_such_param(const vt_evaluated_list *list, const char *text, const address *to, vt_error *err)
{
    vt_suggestion near;
    vt_suggestion_init(&near, to->name, to->name_len);
    for (size_t i = 0; i < list->n; i++) {
        const vt_model_kind *kind = is_meant(&list->entry[i], to) ? list->entry[i].kind : NULL;
        for (size_t p = 0; kind != NULL && p < kind->n_params; p++) {
            vt_suggestion_offer(&near, kind->params[p].name, strlen(kind->params[p].name));
        }
    }
    if (near.best != NULL) {
        return vt_fail(err, VT_ERR_USAGE,
                       "--param %s: no model asked for has a parameter \"%.*s\"; did you mean \"%.*s\"?", text,
                       (int)to->name_len, to->name, (int)near.best_len, near.best);
    }
    return vt_fail(err, VT_ERR_USAGE,
                   "--param %s: no model asked for has a parameter \"%.*s\"; \"vitrine help train\" lists them", text,
                   (int)to->name_len, to->name);
}

/* Gives one --param to the models it is meant for: "MODEL.name=value", or "name=value" for all that know the name. */
static int give_param(vt_evaluated_list *list, const char *text, vt_error *err)
{
    address to = address_of(text, strcspn(text, "="));
    bool taken = false;
    for (size_t i = 0; i < list->n; i++) {
        vt_evaluated *entry = &list->entry[i];
        if (is_meant(entry, &to) && has_param(entry->kind, &to)) {
            entry->settings[entry->n_settings++] = to.name;
            taken = true;
        }
    }
    return taken ? VT_OK : no_such_param(list, text, &to, err);
}

/* Gives one model a preset: of its kind, or what tuning left in the shop. */
static int take_preset(vt_evaluated *entry, const vt_cli *cli, const char *name, bool *taken, vt_error *err)
{
    if (strcmp(name, VT_TUNED_PRESET) == 0) {
        vt_error why = VT_ERROR_INIT;
        int status = vt_tuned_read(entry->tuned, sizeof entry->tuned, cli->shop, entry->kind->name, &why);
        if (status == VT_OK) {
            entry->settings[entry->n_settings++] = entry->tuned;
            *taken = true;
        }
        return status == VT_OK || status == VT_ERR_NOT_FOUND ? VT_OK : vt_fail(err, why.code, "%s", why.message);
    }
    for (size_t p = 0; p < entry->kind->n_presets; p++) {
        if (strcmp(entry->kind->presets[p].name, name) == 0) {
            entry->preset = name;
            *taken = true;
        }
    }
    return VT_OK;
}

/* Gives a --preset to the models that have it. */
static int give_preset(vt_evaluated_list *list, const vt_cli *cli, const char *text, vt_error *err)
{
    address to = address_of(text, strlen(text));
    bool taken = false;
    int status = VT_OK;
    for (size_t i = 0; i < list->n && status == VT_OK; i++) {
        if (is_meant(&list->entry[i], &to)) {
            status = take_preset(&list->entry[i], cli, to.name, &taken, err);
        }
    }
    if (status == VT_OK && !taken && strcmp(to.name, VT_TUNED_PRESET) == 0) {
        return vt_fail(err, VT_ERR_USAGE,
                       "--preset %s: no model asked for was tuned in this shop; \"vitrine tune MODEL\" does it", text);
    }
    if (status == VT_OK && !taken) {
        return vt_fail(err, VT_ERR_USAGE,
                       "--preset %s: no model asked for has a preset of that name; \"vitrine help train\" lists them",
                       text);
    }
    return status;
}

vt_fit_options vt_evaluated_fit(const vt_evaluated *entry)
{
    vt_fit_options options;
    vt_fit_options_init(&options);
    options.preset = entry->preset;
    options.settings = entry->settings;
    options.n_settings = entry->n_settings;
    return options;
}

int vt_evaluated_settings(vt_evaluated *entry, const vt_snapshot *snapshot, vt_error *err)
{
    if (vt_evaluated_is_fitted(entry)) {
        const vt_fit_options options = vt_evaluated_fit(entry);
        return vt_model_settings(entry->shown, sizeof entry->shown, entry->kind->name, &options, snapshot, err);
    }
    if (entry->model != NULL) {
        vt_model_info info;
        vt_model_describe(entry->model, &info);
        snprintf(entry->shown, sizeof entry->shown, "%s", info.settings);
    }
    return VT_OK;
}

/* One of them: operands come first, then model files, then lists. */
static int read_entry(vt_evaluated_list *list, const vt_args *args, size_t i, vt_error *err)
{
    vt_evaluated *entry = &list->entry[i];
    size_t n_files = vt_args_count(args, "model-file");
    list->n = i + 1;
    entry->settings =
        vt_alloc(vt_args_count(args, "param") + vt_args_count(args, "preset") + 1, sizeof *entry->settings, err);
    if (entry->settings == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    if (i < args->n_operands) {
        entry->name = vt_args_operand(args, i);
        return vt_cli_model_kind(&entry->kind, entry->name, err);
    }
    i -= args->n_operands;
    if (i < n_files) {
        entry->name = vt_args_at(args, "model-file", i);
        return vt_model_load(&entry->model, entry->name, err);
    }
    entry->name = vt_args_at(args, "lists", i - n_files);
    entry->lists = true;
    return VT_OK;
}

static int read_entries(vt_evaluated_list *list, const vt_args *args, vt_error *err)
{
    size_t n = args->n_operands + vt_args_count(args, "model-file") + vt_args_count(args, "lists");
    if (n == 0) {
        return vt_fail(err, VT_ERR_USAGE,
                       "%s needs MODEL (one or more of the kinds of models), --model-file or --lists; \"vitrine help "
                       "%s\" says more",
                       args->command->name, args->command->name);
    }
    if (n > MODELS_MAX) {
        return vt_fail(err, VT_ERR_LIMIT, "at most %d models are evaluated at once", MODELS_MAX);
    }
    list->entry = vt_alloc_zero(n, sizeof *list->entry, err);
    int status = list->entry == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t i = 0; i < n && status == VT_OK; i++) {
        status = read_entry(list, args, i, err);
    }
    return status;
}

/* The one that the others are compared with. */
static int find_baseline(vt_evaluated_list *list, const char *name, vt_error *err)
{
    vt_suggestion near;
    vt_suggestion_init(&near, name, strlen(name));
    for (size_t i = 0; i < list->n; i++) {
        if (strcmp(list->entry[i].name, name) == 0) {
            list->baseline = &list->entry[i];
            return VT_OK;
        }
        vt_suggestion_offer(&near, list->entry[i].name, strlen(list->entry[i].name));
    }
    return vt_fail(err, VT_ERR_USAGE, "--baseline %s: that is none of those that are evaluated%s%.*s%s", name,
                   near.best == NULL ? "; name it as a MODEL too" : "; did you mean \"",
                   near.best == NULL ? 0 : (int)near.best_len, near.best == NULL ? "" : near.best,
                   near.best == NULL ? "" : "\"?");
}

int vt_evaluated_read(vt_evaluated_list *out, const vt_cli *cli, const vt_args *args, bool has_baseline, vt_error *err)
{
    int status = read_entries(out, args, err);
    for (size_t i = 0; i < vt_args_count(args, "preset") && status == VT_OK; i++) {
        status = give_preset(out, cli, vt_args_at(args, "preset", i), err);
    }
    for (size_t i = 0; i < vt_args_count(args, "param") && status == VT_OK; i++) {
        status = give_param(out, vt_args_at(args, "param", i), err);
    }
    if (status == VT_OK && vt_args_text(args, "baseline") != NULL) {
        status = find_baseline(out, vt_args_text(args, "baseline"), err);
    } else if (status == VT_OK && has_baseline) {
        out->baseline = &out->entry[0];
    }
    for (size_t i = 0; i < out->n && status == VT_OK; i++) {
        status = vt_evaluated_settings(&out->entry[i], NULL, err);
    }
    return status;
}

void vt_evaluated_done(vt_evaluated_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        vt_model_free(list->entry[i].model);
        vt_free((void *)(uintptr_t)list->entry[i].settings);
    }
    vt_free(list->entry);
}

const vt_operand vt_operands_evaluation[] = {
    {.name = "MODEL",
     .optional = true,
     .repeated = true,
     .words = VT_WORDS_MODEL_KINDS,
     .help = "kinds of models, one row each"},
    {.name = NULL},
};

const vt_option vt_options_evaluation[] = {
    {.name = "on",
     .type = VT_OPTION_CHOICE,
     .value = "PART",
     .fallback = "test",
     .choices = "test|valid",
     .help = "evaluate on the test part, or on validation events to choose settings"},
    {.name = "param",
     .type = VT_OPTION_TEXT,
     .repeated = true,
     .value = "[MODEL.]NAME=VALUE",
     .help = "sets a parameter of one model, or of all that have it; \"vitrine help train\" lists them"},
    {.name = "preset",
     .type = VT_OPTION_TEXT,
     .repeated = true,
     .value = "[MODEL.]NAME",
     .help =
         "a named set of parameters, for one model or all that have it; tuned: what vitrine tune found in this shop"},
    {.name = "model-file",
     .type = VT_OPTION_TEXT,
     .repeated = true,
     .value = "FILE",
     .words = VT_WORDS_FILES,
     .help = "evaluate a model file as it is; it must come from train with the same --split"},
    {.name = "lists",
     .type = VT_OPTION_TEXT,
     .repeated = true,
     .value = "FILE",
     .words = VT_WORDS_FILES,
     .help = "evaluate lists that another program made: lines \"user item item ...\", best first, plain or packed"},
    {.name = "baseline",
     .type = VT_OPTION_TEXT,
     .value = "MODEL",
     .words = VT_WORDS_MODEL_KINDS,
     .help = "compare the others with this one of them: differences with 95 % intervals and p-values"},
    {.name = "pipeline",
     .help =
         "evaluate the lists that the shop shows: rules, diversity and filling up, as they stand in the shop and are "
         "given here; the protocol's name says which"},
    {.name = "all", .type = VT_OPTION_FLAG, .help = "all metrics in the table, not the main ones alone"},
    {.name = "tune",
     .type = VT_OPTION_INT,
     .value = "TRIALS",
     .fallback = "0",
     .max = 1000,
     .help =
         "with a split of folds: search the settings anew in the training part of each fold, so that no figure owes "
         "anything to their choice"},
    {.name = "cold-curve",
     .type = VT_OPTION_FLAG,
     .help =
         "also what items never sold gain, and the others lose, as a constant is added to the scores of the former"},
    {.name = "slices",
     .type = VT_OPTION_FLAG,
     .help = "figures of parts too: cold and warm users and items, most bought items, categories, length of history"},
    {.name = NULL},
};
