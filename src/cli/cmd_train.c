/* vitrine train: a snapshot of the shop into a model file. */
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "common.h"
#include "fresh_vectors.h"
#include "model_selection.h"
#include "vitrine/choice.h"
#include "vitrine/links.h"
#include "vitrine/tuning.h"
#include "vitrine/weights.h"

/*
 * --preset and the values of --param, borrowed from argv and `tuned` (VT_SETTINGS_BYTES); freed with vt_free. The
 * preset of tuning is no row of the kind but settings of the shop.
 */
static int read_settings(const char ***out, vt_fit_options *options, char *tuned, const vt_cli *cli,
                         const vt_args *args, vt_error *err)
{
    size_t count = vt_args_count(args, "param");
    const char *preset = vt_args_text(args, "preset");
    const char **settings = vt_alloc(count + 2, sizeof *settings, err);
    if (settings == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    *out = settings;
    options->settings = settings;
    options->preset = preset;
    if (preset != NULL && args->n_operands > 0 && strcmp(preset, VT_TUNED_PRESET) == 0) {
        const vt_model_kind *kind = NULL;
        int status = vt_cli_model_kind(&kind, vt_args_operand(args, 0), err);
        if (status == VT_OK) {
            status = vt_tuned_read(tuned, VT_SETTINGS_BYTES, cli->shop, kind->name, err);
        }
        if (status != VT_OK) {
            return status;
        }
        options->preset = NULL;
        settings[options->n_settings++] = tuned;
    }
    for (size_t i = 0; i < count; i++) {
        settings[options->n_settings++] = vt_args_at(args, "param", i);
    }
    return VT_OK;
}

/* Where the model goes: --out, else the shop's file for its kind, whose folder is made. */
static int choose_path(char *out, size_t size, vt_cli *cli, const vt_args *args, const char *kind, vt_error *err)
{
    const char *given = vt_args_text(args, "out");
    if (given != NULL) {
        int len = snprintf(out, size, "%s", given);
        return len < 0 || (size_t)len >= size ? vt_fail(err, VT_ERR_LIMIT, "the path after --out is too long") : VT_OK;
    }
    char folder[4000];
    int status = vt_path_join(folder, sizeof folder, cli->shop, "models", err);
    if (status == VT_OK) {
        status = vt_dir_create(folder, err);
    }
    return status == VT_OK ? vt_model_path(out, size, cli->shop, kind, err) : status;
}

/* Where a stopped fit leaves its state: beside the model, under a name that is no model's. */
static int choose_checkpoint(char *out, size_t size, const char *path, vt_error *err)
{
    int len = snprintf(out, size, "%s.checkpoint", path);
    return len < 0 || (size_t)len >= size ? vt_fail(err, VT_ERR_LIMIT, "the path %s is too long", path) : VT_OK;
}

/* How a fit is to be told of. */
typedef struct outcome {
    const vt_model_info *info;
    const vt_fit_options *options;
    const vt_selection_result *chosen; /* NULL: the model was named */
    const char *path;
    double seconds;
} outcome;

static int print_json(vt_cli *cli, const outcome *o, int64_t bytes, vt_error *err)
{
    const vt_model_info *info = o->info;
    const vt_fit_options *options = o->options;
    vt_json_writer w;
    vt_cli_json_begin(&w, cli);
    vt_json_text(&w, "model", vt_str_of(info->kind->name));
    vt_json_text(&w, "file", vt_str_of(o->path));
    vt_json_text(&w, "settings", vt_str_of(info->settings));
    vt_json_text(&w, "snapshot", vt_str_of(info->snapshot));
    vt_json_text(&w, "trained_on", vt_str_of(info->trained_on));
    vt_json_int(&w, "seed", (int64_t)info->seed);
    vt_json_int(&w, "users", info->n_users);
    vt_json_int(&w, "items", info->n_items);
    vt_json_int(&w, "interactions", info->n_interactions);
    vt_json_number(&w, "fit_seconds", o->seconds);
    if (options->report->epochs > 0) {
        vt_json_int(&w, "epochs", options->report->epochs);
        vt_json_int(&w, "best_epoch", options->report->best);
        vt_json_number(&w, "loss", options->report->loss);
    }
    if (options->report->epochs > 0 && options->validation != NULL) {
        vt_json_text(&w, "validation", vt_str_of(options->validation->metric));
        vt_json_number(&w, "validation_value", options->report->value);
    }
    vt_json_int(&w, "bytes", bytes);
    if (o->chosen != NULL) {
        vt_cli_selection_json(&w, o->chosen);
    }
    return vt_cli_json_end(&w, cli, err);
}

static int print_result(vt_cli *cli, const outcome *o, vt_error *err)
{
    const vt_model_info *info = o->info;
    const vt_fit_options *options = o->options;
    struct stat file;
    int64_t bytes = stat(o->path, &file) == 0 ? file.st_size : 0;
    if (cli->json) {
        return print_json(cli, o, bytes, err);
    }
    char text[96];
    vt_table *table = NULL;
    int status = o->chosen == NULL ? VT_OK : vt_cli_print_selection(cli, o->chosen, err);
    status = status != VT_OK ? status : vt_pairs_create(&table, err);
    if (status != VT_OK) {
        return status;
    }
    vt_pairs_text(table, "model", info->kind->name);
    vt_pairs_text(table, "settings", info->settings);
    vt_pairs_text(table, "trained on", info->trained_on);
    vt_pairs_count(table, "interactions", info->n_interactions);
    vt_pairs_count(table, "users", info->n_users);
    vt_pairs_count(table, "items", info->n_items);
    if (options->report->epochs > 0) {
        vt_cli_format_epochs(text, sizeof text, options->report,
                             options->validation == NULL ? NULL : options->validation->metric);
        vt_pairs_text(table, "epochs", text);
    }
    vt_format_duration(text, o->seconds);
    vt_pairs_text(table, "fitted in", text);
    vt_pairs_text(table, "file", o->path);
    vt_format_bytes(text, bytes);
    vt_pairs_text(table, "size", text);
    status = vt_table_print(&cli->out, table, (size_t)cli->width, err);
    vt_table_free(table);
    return status;
}

/* What a fit is made of beside its options. */
typedef struct material {
    vt_snapshot *snapshot;
    vt_split *split;
    vt_interactions *train;
    vt_cli_vectors vectors;
    vt_user_links *links;
    char trained_on[VT_TRAINED_ON_BYTES];
    vt_validation validation;
    vt_validation_part part;
    vt_fit_report report;
    char settings[VT_SETTINGS_BYTES]; /* every parameter */
    vt_selection_result selection;
    const vt_selection_result *chosen; /* NULL: the model was named */
} material;

static void material_done(material *m)
{
    vt_cli_vectors_done(&m->vectors);
    vt_user_links_free(m->links);
    vt_interactions_free(m->train);
    vt_split_free(m->split);
    vt_snapshot_free(m->snapshot);
    vt_selection_result_done(&m->selection);
}

/* Chooses a model where none is named; `kind`, the preset and `setting` (one place) become those of the best. */
static int choose(material *m, vt_fit_options *options, const vt_model_kind **kind, const char **setting, vt_cli *cli,
                  vt_shop *shop, const vt_split_spec *spec, const vt_args *args, vt_error *err)
{
    int status = vt_cli_snapshot(&m->snapshot, cli, shop, args, err);
    status = status != VT_OK ? status : vt_cli_vectors_refresh(cli, shop, VT_VECTORS_TEXT | VT_VECTORS_IMAGE, err);
    status = status != VT_OK ? status : vt_cli_vectors_open(&m->vectors, cli, err);
    status = status != VT_OK ? status : vt_user_links_load(&m->links, shop, m->snapshot, err);
    if (status != VT_OK) {
        return status;
    }
    options->text = m->vectors.text;
    options->image = m->vectors.image;
    options->links = m->links;
    status = vt_cli_select(&m->selection, cli, args, m->snapshot, spec, options, err);
    if (status == VT_OK) {
        const vt_selection_trial *best = &m->selection.trial[m->selection.best];
        m->chosen = &m->selection;
        *kind = vt_model_kind_find(best->kind);
        options->preset = best->preset;
        if (m->selection.settings[0] != '\0') {
            *setting = m->selection.settings;
            options->n_settings = 1;
        }
        status = vt_model_settings(m->settings, sizeof m->settings, best->kind, options, m->snapshot, err);
    }
    return status;
}

/* Reads from the shop what a kind is fitted on, and points the options at it. */
static int gather(material *m, vt_fit_options *options, vt_cli *cli, vt_shop *shop, const vt_model_kind *kind,
                  const vt_split_spec *spec, const vt_args *args, vt_error *err)
{
    unsigned vectors = 0;
    bool is_named = m->chosen == NULL;
    int status = is_named ? vt_cli_snapshot(&m->snapshot, cli, shop, args, err) : VT_OK;
    if (status == VT_OK) {
        status = vt_split_create(&m->split, m->snapshot, spec, vt_cli_seed(args), 0, false, err);
    }
    if (status == VT_OK) {
        vt_evaluation_trained_on(m->trained_on, m->split);
        status = vt_interactions_create(&m->train, m->snapshot, m->split, 1U << VT_PART_TRAIN | VT_PARTS_SIGNALS, err);
    }
    if (status == VT_OK && is_named) {
        status = vt_model_vectors(&vectors, kind, m->settings, err);
    }
    if (status == VT_OK && is_named) {
        status = vt_cli_vectors_refresh(cli, shop, vectors, err);
    }
    if (status == VT_OK && is_named && (kind->abilities & (VT_MODEL_NEEDS_VECTORS | VT_MODEL_USES_VECTORS)) != 0) {
        status = vt_cli_vectors_open(&m->vectors, cli, err);
    }
    if (status == VT_OK && is_named) {
        status = vt_user_links_load(&m->links, shop, m->snapshot, err);
    }
    if (status == VT_OK) {
        vt_protocol protocol;
        vt_protocol_init(&protocol);
        protocol.threads = options->threads;
        if (vt_validation_init(&m->validation, &m->part, kind->name, m->snapshot, m->split, &protocol)) {
            options->validation = &m->validation;
        }
        options->trained_on = m->trained_on;
        options->text = m->vectors.text;
        options->image = m->vectors.image;
        options->links = m->links;
        options->report = &m->report;
    }
    return status;
}

/* Into the shop under the name of its kind, or into the file that was asked for. */
static int save(vt_cli *cli, const vt_args *args, const char *path, const vt_model_kind *kind, const vt_model *model,
                const vt_interactions *train, vt_error *err)
{
    vt_error unrecorded = VT_ERROR_INIT;
    if (vt_args_given(args, "out")) {
        return vt_model_save(model, path, err);
    }
    int status = vt_model_save_in(cli->shop, kind->name, model, train, &unrecorded, err);
    if (unrecorded.code != VT_OK) {
        vt_display_note(cli->display, "what the model weighs was not written to the shop: %s", unrecorded.message);
    }
    return status;
}

/* Fits, saves and reports. */
static int fit(vt_cli *cli, const vt_args *args, const material *m, const vt_model_kind *kind, vt_fit_options *options,
               vt_error *err)
{
    char path[4096], checkpoint[4200], stage[96];
    vt_model *model = NULL;
    int status = choose_path(path, sizeof path, cli, args, kind->name, err);
    if (status == VT_OK) {
        status = choose_checkpoint(checkpoint, sizeof checkpoint, path, err);
    }
    if (status != VT_OK) {
        return status;
    }
    bool in_epochs = (kind->abilities & VT_MODEL_EPOCHS) != 0;
    options->checkpoint = in_epochs ? checkpoint : NULL;
    options->resume = vt_args_given(args, "resume");
    if (options->resume && !in_epochs) {
        return vt_fail(err, VT_ERR_USAGE,
                       "%s is not fitted in epochs, so there is nothing to resume; leave --resume out", kind->name);
    }
    snprintf(stage, sizeof stage, "fitting %.80s", kind->name);
    vt_display_stage(cli->display, stage);
    double began = vt_seconds();
    status = vt_model_fit(&model, kind->name, m->train, options, err);
    double seconds = vt_seconds() - began;
    if (status == VT_OK) {
        status = save(cli, args, path, kind, model, m->train, err);
    }
    vt_display_end(cli->display);
    if (status == VT_OK) {
        vt_model_info info;
        vt_model_describe(model, &info);
        const outcome o = {&info, options, m->chosen, path, seconds};
        status = print_result(cli, &o, err);
    }
    vt_model_free(model);
    return status;
}

/* What says nothing while no model is named. */
static int check_unnamed(const vt_args *args, vt_error *err)
{
    static const char *const of_a_model[] = {"param", "preset", "resume"};
    for (size_t i = 0; i < sizeof of_a_model / sizeof *of_a_model; i++) {
        if (vt_args_given(args, of_a_model[i])) {
            return vt_fail(
                err, VT_ERR_USAGE,
                "--%s is for one kind of model; name it (vitrine train MODEL), or leave --%s out and a model "
                "is chosen",
                of_a_model[i], of_a_model[i]);
        }
    }
    double seconds = 0;
    return vt_cli_budget(&seconds, vt_args_text(args, "budget"), err);
}

/* What can be found wrong before the shop is opened. */
static int check(const vt_model_kind **kind, vt_split_spec *spec, char settings[VT_SETTINGS_BYTES], const vt_args *args,
                 const vt_fit_options *options, vt_error *err)
{
    bool is_named = args->n_operands > 0;
    int status = is_named ? vt_cli_model_kind(kind, vt_args_operand(args, 0), err) : check_unnamed(args, err);
    if (status == VT_OK && is_named) {
        status = vt_model_settings(settings, VT_SETTINGS_BYTES, (*kind)->name, options, NULL, err);
    }
    if (status == VT_OK) {
        status = vt_split_parse(spec, vt_args_text(args, "split"), err);
    }
    return status == VT_OK ? vt_positive_check(vt_args_text(args, "positive"), err) : status;
}

static int run_train(vt_cli *cli, const vt_args *args, vt_error *err)
{
    vt_shop *shop = NULL;
    const vt_model_kind *kind = NULL;
    const char **settings = NULL;
    material m;
    vt_split_spec spec;
    char tuned[VT_SETTINGS_BYTES];
    vt_fit_options options;
    memset(&m, 0, sizeof m);
    vt_fit_options_init(&options);
    int status = read_settings(&settings, &options, tuned, cli, args, err);
    options.seed = vt_cli_seed(args);
    options.threads = cli->threads;
    options.progress = &cli->progress;
    status = status != VT_OK ? status : check(&kind, &spec, m.settings, args, &options, err);
    if (status == VT_OK) {
        status = vt_cli_open_shop(&shop, cli, VT_SHOP_READ, err);
    }
    if (status == VT_OK && kind == NULL) {
        status = choose(&m, &options, &kind, &settings[0], cli, shop, &spec, args, err);
    }
    if (status == VT_OK) {
        status = gather(&m, &options, cli, shop, kind, &spec, args, err);
    }
    if (status == VT_OK) {
        status = fit(cli, args, &m, kind, &options, err);
    }
    vt_display_end(cli->display);
    material_done(&m);
    vt_shop_close(shop);
    vt_free((void *)(uintptr_t)settings);
    return status;
}

static const vt_option train_options[] = {
    {.name = "param",
     .type = VT_OPTION_TEXT,
     .repeated = true,
     .value = "NAME=VALUE",
     .help = "sets a parameter of the model, see below"},
    {.name = "preset",
     .type = VT_OPTION_TEXT,
     .value = "NAME",
     .help = "a named set of parameters, see below, or tuned: what vitrine tune found in this shop"},
    {.name = "split",
     .type = VT_OPTION_TEXT,
     .value = "SPEC",
     .fallback = "none",
     .words = VT_WORDS_SPLITS,
     .help = "fit on the training part of this split only, so that evaluate --model-file can take the file"},
    {.name = "resume",
     .type = VT_OPTION_FLAG,
     .help = "go on with a fit that was stopped, to the same model as without the stop"},
    {.name = "out",
     .type = VT_OPTION_TEXT,
     .value = "FILE",
     .words = VT_WORDS_FILES,
     .help = "where to write the model (default: models/MODEL.safetensors in the shop)"},
    {.name = NULL},
};

const vt_command vt_command_train = {
    .name = "train",
    .summary = "fit a model on a shop and keep it as a file",
    .details =
        "Without MODEL, kinds and presets that fit the shop's data are tried on its newest events, and the best is "
        "fitted on all. The model is fitted on a snapshot of the shop as it stands; a file of the same name is "
        "replaced when the new one is whole. Loading it needs no training data. A model that is fitted in epochs is "
        "evaluated between them on the validation part of the split, if it has one, and the best epoch is kept; "
        "stopped by Ctrl-C, it leaves its state beside the model's file for --resume.",
    .operands =
        (const vt_operand[]){
            {.name = "MODEL",
             .optional = true,
             .words = VT_WORDS_MODEL_KINDS,
             .help = "kind of model, see below; without it the one that ranks the newest events best is chosen"},
            {.name = NULL},
        },
    .options = (const vt_option *const[]){train_options, vt_options_selection, vt_options_data, vt_options_seed, NULL},
    .more_help = vt_help_models,
    .examples = "vitrine --shop s train\n"
                "vitrine --shop s train itemknn --param k=50\n"
                "vitrine --shop s train ials --split leave-last-out --out ials-train.safetensors",
    .run = run_train,
};
