/* vitrine train: a snapshot of the shop into a model file. */
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "common.h"
#include "vitrine/evaluation.h"

/* The values of --param, borrowed from argv; freed with vt_free. */
static int read_settings(const char ***out, size_t *n, const vt_args *args, vt_error *err)
{
    size_t count = vt_args_count(args, "param");
    const char **settings = vt_alloc(count + 1, sizeof *settings, err);
    if (settings == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        settings[i] = vt_args_at(args, "param", i);
    }
    *out = settings;
    *n = count;
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

static int print_result(vt_cli *cli, const vt_model_info *info, const char *path, double seconds, vt_error *err)
{
    struct stat file;
    int64_t bytes = stat(path, &file) == 0 ? file.st_size : 0;
    if (cli->json) {
        vt_json_writer w;
        vt_cli_json_begin(&w, cli);
        vt_json_text(&w, "model", vt_str_of(info->kind->name));
        vt_json_text(&w, "file", vt_str_of(path));
        vt_json_text(&w, "settings", vt_str_of(info->settings));
        vt_json_text(&w, "snapshot", vt_str_of(info->snapshot));
        vt_json_text(&w, "trained_on", vt_str_of(info->trained_on));
        vt_json_int(&w, "seed", (int64_t)info->seed);
        vt_json_int(&w, "users", info->n_users);
        vt_json_int(&w, "items", info->n_items);
        vt_json_int(&w, "interactions", info->n_interactions);
        vt_json_number(&w, "fit_seconds", seconds);
        vt_json_int(&w, "bytes", bytes);
        return vt_cli_json_end(&w, cli, err);
    }
    char text[32];
    vt_table *table = NULL;
    int status = vt_pairs_create(&table, err);
    if (status != VT_OK) {
        return status;
    }
    vt_pairs_text(table, "model", info->kind->name);
    vt_pairs_text(table, "settings", info->settings);
    vt_pairs_text(table, "trained on", info->trained_on);
    vt_pairs_count(table, "interactions", info->n_interactions);
    vt_pairs_count(table, "users", info->n_users);
    vt_pairs_count(table, "items", info->n_items);
    vt_format_duration(text, seconds);
    vt_pairs_text(table, "fitted in", text);
    vt_pairs_text(table, "file", path);
    vt_format_bytes(text, bytes);
    vt_pairs_text(table, "size", text);
    status = vt_table_print(&cli->out, table, (size_t)cli->width, err);
    vt_table_free(table);
    return status;
}

/* The interactions to fit on, and their name. */
static int choose_interactions(vt_interactions **out, char name[VT_TRAINED_ON_BYTES], const vt_snapshot *snapshot,
                               const vt_split_spec *spec, const vt_args *args, vt_error *err)
{
    vt_split *split = NULL;
    int status = vt_split_create(&split, snapshot, spec, vt_cli_seed(args), 0, false, err);
    if (status == VT_OK) {
        vt_evaluation_trained_on(name, split);
        status = vt_interactions_create(out, snapshot, split, 1U << VT_PART_TRAIN, err);
    }
    vt_split_free(split);
    return status;
}

/* Fits, saves and reports. */
static int fit(vt_cli *cli, const vt_args *args, const vt_interactions *train, const char *kind,
               const vt_fit_options *options, vt_error *err)
{
    char path[4096];
    char stage[96];
    vt_model *model = NULL;
    snprintf(stage, sizeof stage, "fitting %.80s", kind);
    vt_display_stage(cli->display, stage);
    double began = vt_seconds();
    int status = vt_model_fit(&model, kind, train, options, err);
    double seconds = vt_seconds() - began;
    if (status == VT_OK) {
        status = choose_path(path, sizeof path, cli, args, kind, err);
    }
    if (status == VT_OK) {
        status = vt_model_save(model, path, err);
    }
    vt_display_end(cli->display);
    if (status == VT_OK) {
        vt_model_info info;
        vt_model_describe(model, &info);
        status = print_result(cli, &info, path, seconds, err);
    }
    vt_model_free(model);
    return status;
}

/* What can be found wrong before the shop is opened. */
static int check(const vt_model_kind **kind, vt_split_spec *spec, const vt_args *args, const vt_fit_options *options,
                 vt_error *err)
{
    char settings[512];
    int status = vt_cli_model_kind(kind, vt_args_operand(args, 0), err);
    if (status == VT_OK) {
        status = vt_cli_settings(settings, sizeof settings, *kind, options->preset, options->settings,
                                 options->n_settings, err);
    }
    if (status == VT_OK) {
        status = vt_split_parse(spec, vt_args_text(args, "split"), err);
    }
    return status == VT_OK ? vt_positive_check(vt_args_text(args, "positive"), err) : status;
}

static int run_train(vt_cli *cli, const vt_args *args, vt_error *err)
{
    vt_shop *shop = NULL;
    vt_snapshot *snapshot = NULL;
    vt_interactions *train = NULL;
    const vt_model_kind *kind = NULL;
    const char **settings = NULL;
    vt_cli_vectors vectors = {NULL, NULL};
    vt_split_spec spec;
    char name[VT_TRAINED_ON_BYTES];
    vt_fit_options options;
    vt_fit_options_init(&options);
    int status = read_settings(&settings, &options.n_settings, args, err);
    if (status != VT_OK) {
        return status;
    }
    options.settings = settings;
    options.preset = vt_args_text(args, "preset");
    options.seed = vt_cli_seed(args);
    options.threads = cli->threads;
    options.trained_on = name;
    options.progress = &cli->progress;
    status = check(&kind, &spec, args, &options, err);
    if (status == VT_OK) {
        status = vt_cli_open_shop(&shop, cli, VT_SHOP_READ, err);
    }
    if (status == VT_OK) {
        status = vt_cli_snapshot(&snapshot, cli, shop, args, err);
    }
    if (status == VT_OK) {
        status = choose_interactions(&train, name, snapshot, &spec, args, err);
    }
    if (status == VT_OK && (kind->abilities & VT_MODEL_NEEDS_VECTORS) != 0) {
        status = vt_cli_vectors_open(&vectors, cli, err);
        options.text = vectors.text;
        options.image = vectors.image;
    }
    if (status == VT_OK) {
        status = fit(cli, args, train, kind->name, &options, err);
    }
    vt_display_end(cli->display);
    vt_cli_vectors_done(&vectors);
    vt_interactions_free(train);
    vt_snapshot_free(snapshot);
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
    {.name = "preset", .type = VT_OPTION_TEXT, .value = "NAME", .help = "a named set of parameters, see below"},
    {.name = "split",
     .type = VT_OPTION_TEXT,
     .value = "SPEC",
     .fallback = "none",
     .words = VT_WORDS_SPLITS,
     .help = "fit on the training part of this split only, so that evaluate --model-file can judge the file"},
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
        "The model is fitted on a snapshot of the shop as it stands; a file of the same name is replaced when the "
        "new one is whole. Loading it needs no training data.",
    .operands =
        (const vt_operand[]){
            {.name = "MODEL", .words = VT_WORDS_MODEL_KINDS, .help = "kind of model, see below"},
            {.name = NULL},
        },
    .options = (const vt_option *const[]){train_options, vt_options_data, vt_options_seed, NULL},
    .more_help = vt_help_models,
    .examples = "vitrine --shop s train itemknn --param k=50\n"
                "vitrine --shop s train ials --split leave-last-out --out ials-train.safetensors",
    .fits = true,
    .run = run_train,
};
