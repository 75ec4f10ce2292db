/* Reads who is judged under which protocol, fits and judges. evaluate_print.c shows what comes out. */
#include "contest.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "fresh_vectors.h"
#include "protocol_args.h"
#include "rules_args.h"
#include "suggest.h"

#define MODELS_MAX 64

/* ---- which models, with which parameters ------------------------------------------------------------------------- */

/* True for a kind that is fitted here, and so takes parameters. */
static bool is_fitted(const vt_contestant *entry)
{
    return entry->model == NULL && !entry->lists;
}

static bool has_param(const vt_model_kind *kind, const char *name, size_t len)
{
    for (size_t i = 0; i < kind->n_params; i++) {
        if (strlen(kind->params[i].name) == len && memcmp(kind->params[i].name, name, len) == 0) {
            return true;
        }
    }
    return false;
}

/* Gives one --param to the models it is meant for: "MODEL.name=value", or "name=value" for all that know the name. */
static int deal_param(vt_contest *c, const char *text, vt_error *err)
{
    size_t end = strcspn(text, "=");
    const char *dot = memchr(text, '.', end);
    const char *name = dot == NULL ? text : dot + 1;
    size_t name_len = end - (size_t)(name - text);
    vt_suggestion near;
    vt_suggestion_init(&near, name, name_len);
    size_t taken = 0;
    for (size_t i = 0; i < c->n; i++) {
        vt_contestant *entry = &c->entries[i];
        if (!is_fitted(entry)) {
            continue;
        }
        if (dot != NULL &&
            (strlen(entry->name) != (size_t)(dot - text) || memcmp(entry->name, text, (size_t)(dot - text)) != 0)) {
            continue;
        }
        if (has_param(entry->kind, name, name_len)) {
            entry->settings[entry->n_settings++] = name;
            taken++;
            continue;
        }
        for (size_t p = 0; p < entry->kind->n_params; p++) {
            vt_suggestion_offer(&near, entry->kind->params[p].name, strlen(entry->kind->params[p].name));
        }
    }
    if (taken > 0) {
        return VT_OK;
    }
    if (near.best != NULL) {
        return vt_fail(err, VT_ERR_USAGE,
                       "--param %s: no model asked for has a parameter \"%.*s\"; did you mean \"%.*s\"?", text,
                       (int)name_len, name, (int)near.best_len, near.best);
    }
    return vt_fail(err, VT_ERR_USAGE,
                   "--param %s: no model asked for has a parameter \"%.*s\"; \"vitrine help train\" lists them", text,
                   (int)name_len, name);
}

/* Gives one contestant a preset: of its kind, or what tuning left in the shop. */
static int take_preset(vt_contestant *entry, const vt_cli *cli, const char *name, size_t *taken, vt_error *err)
{
    if (strcmp(name, VT_TUNED_PRESET) == 0) {
        vt_error why = VT_ERROR_INIT;
        int status = vt_tuned_read(entry->tuned, sizeof entry->tuned, cli->shop, entry->kind->name, &why);
        if (status == VT_OK) {
            entry->settings[entry->n_settings++] = entry->tuned;
            ++*taken;
        }
        return status == VT_OK || status == VT_ERR_NOT_FOUND ? VT_OK : vt_fail(err, why.code, "%s", why.message);
    }
    for (size_t p = 0; p < entry->kind->n_presets; p++) {
        if (strcmp(entry->kind->presets[p].name, name) == 0) {
            entry->preset = name;
            ++*taken;
        }
    }
    return VT_OK;
}

/* Gives a --preset to the models that have it. */
static int deal_preset(vt_contest *c, const vt_cli *cli, const char *text, vt_error *err)
{
    const char *dot = strchr(text, '.');
    const char *name = dot == NULL ? text : dot + 1;
    size_t taken = 0;
    for (size_t i = 0; i < c->n; i++) {
        vt_contestant *entry = &c->entries[i];
        if (!is_fitted(entry) || (dot != NULL && (strlen(entry->name) != (size_t)(dot - text) ||
                                                  memcmp(entry->name, text, (size_t)(dot - text)) != 0))) {
            continue;
        }
        int status = take_preset(entry, cli, name, &taken, err);
        if (status != VT_OK) {
            return status;
        }
    }
    if (taken == 0 && strcmp(name, VT_TUNED_PRESET) == 0) {
        return vt_fail(err, VT_ERR_USAGE,
                       "--preset %s: no model asked for was tuned in this shop; \"vitrine tune MODEL\" does it", text);
    }
    if (taken == 0) {
        return vt_fail(err, VT_ERR_USAGE,
                       "--preset %s: no model asked for has a preset of that name; \"vitrine help train\" lists them",
                       text);
    }
    return VT_OK;
}

/* The parameters of each contestant as text; a wrong one is found here, before any work. */
static int show_settings(vt_contest *c, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; i < c->n && status == VT_OK; i++) {
        vt_contestant *entry = &c->entries[i];
        if (entry->model != NULL) {
            vt_model_info info;
            vt_model_describe(entry->model, &info);
            snprintf(entry->shown, sizeof entry->shown, "%s", info.settings);
        } else if (is_fitted(entry)) {
            status = vt_cli_settings(entry->shown, sizeof entry->shown, entry->kind, entry->preset, entry->settings,
                                     entry->n_settings, err);
        }
    }
    return status;
}

/* One contestant: operands come first, then model files, then lists. */
static int add_contestant(vt_contest *c, const vt_cli *cli, const vt_args *args, size_t i, vt_error *err)
{
    vt_contestant *entry = &c->entries[i];
    size_t n_files = vt_args_count(args, "model-file");
    c->n = i + 1;
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
        return vt_cli_load_model(&entry->model, entry->name, cli, NULL, err);
    }
    entry->name = vt_args_at(args, "lists", i - n_files);
    entry->lists = true;
    return VT_OK;
}

/* The row that the others are compared with. */
static int find_baseline(vt_contest *c, const char *name, vt_error *err)
{
    vt_suggestion near;
    vt_suggestion_init(&near, name, strlen(name));
    for (size_t i = 0; i < c->n; i++) {
        if (strcmp(c->entries[i].name, name) == 0) {
            c->baseline = &c->entries[i];
            return VT_OK;
        }
        vt_suggestion_offer(&near, c->entries[i].name, strlen(c->entries[i].name));
    }
    return vt_fail(err, VT_ERR_USAGE, "--baseline %s: that is none of those that are judged%s%.*s%s", name,
                   near.best == NULL ? "; name it as a MODEL too" : "; did you mean \"",
                   near.best == NULL ? 0 : (int)near.best_len, near.best == NULL ? "" : near.best,
                   near.best == NULL ? "" : "\"?");
}

static int add_contestants(vt_contest *c, const vt_cli *cli, const vt_args *args, vt_error *err)
{
    size_t n = args->n_operands + vt_args_count(args, "model-file") + vt_args_count(args, "lists");
    int status = VT_OK;
    if (n == 0) {
        return vt_fail(err, VT_ERR_USAGE,
                       "%s needs MODEL (one or more of the kinds of models), --model-file or --lists; \"vitrine help "
                       "%s\" says more",
                       args->command->name, args->command->name);
    }
    if (n > MODELS_MAX) {
        return vt_fail(err, VT_ERR_LIMIT, "at most %d models are evaluated at once", MODELS_MAX);
    }
    c->entries = vt_alloc_zero(n, sizeof *c->entries, err);
    c->rows = c->entries == NULL ? NULL : vt_alloc_zero(n, sizeof *c->rows, err);
    if (c->rows == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n && status == VT_OK; i++) {
        status = add_contestant(c, cli, args, i, err);
    }
    for (size_t i = 0; i < vt_args_count(args, "preset") && status == VT_OK; i++) {
        status = deal_preset(c, cli, vt_args_at(args, "preset", i), err);
    }
    for (size_t i = 0; i < vt_args_count(args, "param") && status == VT_OK; i++) {
        status = deal_param(c, vt_args_at(args, "param", i), err);
    }
    if (status == VT_OK && vt_args_text(args, "baseline") != NULL) {
        status = find_baseline(c, vt_args_text(args, "baseline"), err);
    } else if (status == VT_OK && c->has_baseline) {
        c->baseline = &c->entries[0];
    }
    return status == VT_OK ? show_settings(c, err) : status;
}

/* ---- the work ---------------------------------------------------------------------------------------------------- */

/* Says what of a file of lists was not judged. */
static void note_lists(vt_cli *cli, const char *path, const vt_lists_counts *counts)
{
    const struct {
        int64_t n;
        const char *what;
    } notes[] = {
        {counts->strangers, "lines of users that the shop does not know were passed over"},
        {counts->missing, "judged users have no line, and count as lists without a hit"},
        {counts->padding, "\"-1\" in place of items were dropped"},
        {counts->repeated, "items that stood in their list already were dropped"},
        {counts->seen, "items of the users' histories were dropped"},
        {counts->foreign, "items that are no candidates were dropped"},
    };
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) {
        if (notes[i].n > 0) {
            char number[32];
            vt_format_count(number, notes[i].n);
            vt_display_note(cli->display, "%s: %s %s", path, number, notes[i].what);
        }
    }
}

/* Judges a model file, which must come from this very training part. */
static int judge_model_file(vt_evaluation *out, const vt_contest *c, const vt_contestant *entry, const vt_split *split,
                            vt_error *err)
{
    vt_error why = VT_ERROR_INIT;
    int status = vt_evaluation_accepts(entry->model, c->snapshot, split, &why);
    if (status != VT_OK) {
        return vt_fail(err, why.code, "%s: %s", entry->name, why.message);
    }
    status = vt_evaluate_fitted(out, entry->model, c->snapshot, split, &c->protocol, err);
    return status == VT_OK ? vt_evaluation_add_ratings(out, entry->model, c->snapshot, split, &c->protocol, err)
                           : status;
}

/* Judges a file, of a model or of lists. */
static int judge_file(vt_evaluation *out, vt_cli *cli, const vt_contest *c, const vt_contestant *entry, vt_error *err)
{
    if (c->spec.kind == VT_SPLIT_KFOLD) {
        return vt_fail(err, VT_ERR_USAGE,
                       "kfold fits a model for every fold, so the file %s cannot be judged by it; %s", entry->name,
                       entry->lists ? "choose a split without folds" : "evaluate its kind");
    }
    vt_split *split = NULL;
    int status =
        vt_split_create(&split, c->snapshot, &c->spec, c->protocol.seed, 0, c->protocol.judged == VT_PART_VALID, err);
    if (status == VT_OK && entry->lists) {
        vt_lists_counts counts;
        status = vt_evaluate_lists(out, &counts, entry->name, c->snapshot, split, &c->protocol, err);
        if (status == VT_OK) {
            note_lists(cli, entry->name, &counts);
        }
    } else if (status == VT_OK) {
        status = judge_model_file(out, c, entry, split, err);
    }
    vt_split_free(split);
    return status;
}

/* Fits a kind of model, once or once a fold, and judges it. */
static int judge_kind(vt_evaluation *out, const vt_contest *c, const vt_contestant *entry, vt_error *err)
{
    bool inner = c->protocol.judged == VT_PART_VALID;
    vt_fit_options options;
    vt_fit_options_init(&options);
    options.preset = entry->preset;
    options.settings = entry->settings;
    options.n_settings = entry->n_settings;
    options.seed = c->protocol.seed;
    options.threads = c->protocol.threads;
    options.progress = c->protocol.progress;
    options.text = c->vectors.text;
    options.image = c->vectors.image;
    options.links = c->links;
    if (c->spec.kind == VT_SPLIT_KFOLD) {
        return vt_evaluate_folds(out, entry->name, &options, c->snapshot, &c->spec, c->protocol.seed, inner,
                                 &c->protocol, err);
    }
    vt_split *split = NULL;
    int status = vt_split_create(&split, c->snapshot, &c->spec, c->protocol.seed, 0, inner, err);
    if (status == VT_OK) {
        status = vt_evaluate_model(out, entry->name, &options, c->snapshot, split, &c->protocol, err);
    }
    vt_split_free(split);
    return status;
}

static int compare_slices(vt_report_row *row, const vt_evaluation *baseline, const vt_protocol *protocol, vt_error *err)
{
    size_t n = row->result.n_slices;
    row->slices = n == 0 ? NULL : vt_alloc_zero(n, sizeof *row->slices, err);
    int status = n > 0 && row->slices == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t s = 0; s < n && status == VT_OK; s++) {
        status = vt_slice_compare(&row->slices[s], &row->result.slices[s], &baseline->slices[s], protocol, err);
    }
    return status;
}

static int judge_all(vt_contest *c, vt_cli *cli, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; i < c->n && status == VT_OK; i++) {
        const vt_contestant *entry = &c->entries[i];
        vt_report_row *row = &c->rows[i];
        row->name = entry->name;
        row->settings = entry->shown;
        status =
            is_fitted(entry) ? judge_kind(&row->result, c, entry, err) : judge_file(&row->result, cli, c, entry, err);
    }
    for (size_t i = 0; i < c->n && status == VT_OK && c->baseline != NULL; i++) {
        const vt_evaluation *baseline = &c->rows[c->baseline - c->entries].result;
        if (&c->entries[i] != c->baseline) {
            c->rows[i].compared = true;
            status = vt_evaluation_compare(&c->rows[i].comparison, &c->rows[i].result, baseline, &c->protocol, err);
            if (status == VT_OK) {
                status = compare_slices(&c->rows[i], baseline, &c->protocol, err);
            }
        }
    }
    return status;
}

void vt_contest_done(vt_contest *c)
{
    for (size_t i = 0; i < c->n; i++) {
        vt_model_free(c->entries[i].model);
        vt_free((void *)(uintptr_t)c->entries[i].settings);
        vt_evaluation_done(&c->rows[i].result);
        vt_free(c->rows[i].slices);
    }
    vt_free(c->entries);
    vt_free(c->rows);
    vt_shop_lister_close(c->lister);
    vt_rules_done(&c->rules);
    vt_cli_vectors_done(&c->vectors);
    vt_user_links_free(c->links);
    vt_snapshot_free(c->snapshot);
    vt_shop_close(c->shop);
}

/* Vectors that somebody needs, of what is new since they were made. */
static int refresh_vectors(const vt_contest *c, vt_cli *cli, vt_error *err)
{
    unsigned wanted = 0;
    for (size_t i = 0; i < c->n; i++) {
        wanted |= is_fitted(&c->entries[i]) ? vt_cli_vectors_wanted(c->entries[i].kind, c->entries[i].shown) : 0;
    }
    return vt_cli_vectors_refresh(cli, c->shop, wanted, err);
}

/* Lists as the shop shows them, where they are asked for. */
static int open_lister(vt_contest *c, const vt_args *args, vt_error *err)
{
    vt_rules rules;
    if (!vt_args_given(args, "pipeline")) {
        return VT_OK;
    }
    int status = vt_cli_rules(&rules, c->shop, args, err);
    if (status == VT_OK) {
        c->rules = rules;
        status = vt_shop_lister_open(&c->lister, c->shop, &c->rules, &c->snapshot->items, err);
        c->protocol.lister = c->lister;
    }
    return status;
}

static int check_pipeline(const vt_args *args, vt_error *err)
{
    bool asked = vt_args_given(args, "pipeline");
    if (!asked && vt_cli_rules_given(args)) {
        return vt_fail(err, VT_ERR_USAGE, "rules are for lists as the shop shows them; give --pipeline too");
    }
    if (asked && vt_args_count(args, "lists") > 0) {
        return vt_fail(err, VT_ERR_USAGE,
                       "--lists are judged as they are, without --pipeline; judge them on their own");
    }
    return VT_OK;
}

int vt_contest_run(vt_contest *c, vt_cli *cli, const vt_args *args, vt_error *err)
{
    int status = check_pipeline(args, err);
    if (status == VT_OK) {
        status = vt_cli_protocol(&c->protocol, &c->spec, cli, args, err);
    }
    c->protocol.judged = vt_args_choice(args, "on") == 0 ? VT_PART_TEST : VT_PART_VALID;
    c->protocol.slices = c->judges_slices || vt_args_given(args, "slices");
    if (status == VT_OK) {
        status = add_contestants(c, cli, args, err);
    }
    if (status == VT_OK) {
        status = vt_cli_open_shop(&c->shop, cli, VT_SHOP_READ, err);
    }
    if (status == VT_OK) {
        status = vt_cli_snapshot(&c->snapshot, cli, c->shop, args, err);
    }
    if (status == VT_OK) {
        status = refresh_vectors(c, cli, err);
    }
    if (status == VT_OK) {
        status = vt_cli_vectors_open(&c->vectors, cli, err);
        c->protocol.text = c->vectors.text;
        c->protocol.image = c->vectors.image;
    }
    if (status == VT_OK) {
        status = vt_user_links_load(&c->links, c->shop, c->snapshot, err);
    }
    if (status == VT_OK) {
        status = open_lister(c, args, err);
    }
    return status == VT_OK ? judge_all(c, cli, err) : status;
}

vt_report vt_contest_report(const vt_contest *c)
{
    return (vt_report){.rows = c->rows,
                       .n_rows = c->n,
                       .baseline = c->baseline == NULL ? NULL : c->baseline->name,
                       .snapshot = c->snapshot->hash,
                       .seed = c->protocol.seed};
}

const vt_option vt_options_contest[] = {
    {.name = "on",
     .type = VT_OPTION_CHOICE,
     .value = "PART",
     .fallback = "test",
     .choices = "test|valid",
     .help = "judge on the test part, or on validation events to choose settings"},
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
     .help = "judge a model file as it is; it must come from train with the same --split"},
    {.name = "lists",
     .type = VT_OPTION_TEXT,
     .repeated = true,
     .value = "FILE",
     .words = VT_WORDS_FILES,
     .help = "judge lists that another program made: lines \"user item item ...\", best first, plain or packed"},
    {.name = "baseline",
     .type = VT_OPTION_TEXT,
     .value = "MODEL",
     .words = VT_WORDS_MODEL_KINDS,
     .help = "compare the others with this one of them: differences with 95 % intervals and p-values"},
    {.name = "pipeline",
     .help = "judge the lists that the shop shows: rules, diversity and filling up, as they stand in the shop and are "
             "given here; the protocol's name says which"},
    {.name = "slices",
     .type = VT_OPTION_FLAG,
     .help = "judge parts too: cold and warm users and items, most bought items, categories, length of history"},
    {.name = NULL},
};
