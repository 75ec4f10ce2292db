/* vitrine evaluate: models side by side under one protocol. evaluate_print.c shows what comes out. */
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/number.h"
#include "common.h"
#include "evaluate.h"
#include "suggest.h"

#define MODELS_MAX 64

/* What is evaluated: a kind to be fitted, or a file. */
typedef struct contestant {
    const char *name; /* of the kind, or the path of the file */
    const vt_model_kind *kind;
    vt_model *model; /* loaded from a file; NULL for a kind */
    const char **settings;
    size_t n_settings;
    const char *preset;
    char shown[512]; /* every parameter, as the result names it */
} contestant;

typedef struct contest {
    contestant *entries;
    size_t n;
    vt_split_spec spec;
    vt_protocol protocol;
    vt_report_row *rows; /* (n) */
    vt_cli_vectors vectors;
} contest;

/* ---- which models, with which parameters ------------------------------------------------------------------------- */

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
static int deal_param(contest *c, const char *text, vt_error *err)
{
    size_t end = strcspn(text, "=");
    const char *dot = memchr(text, '.', end);
    const char *name = dot == NULL ? text : dot + 1;
    size_t name_len = end - (size_t)(name - text);
    vt_suggestion near;
    vt_suggestion_init(&near, name, name_len);
    size_t taken = 0;
    for (size_t i = 0; i < c->n; i++) {
        contestant *entry = &c->entries[i];
        if (entry->model != NULL) {
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

/* Gives a --preset to the models that have it. */
static int deal_preset(contest *c, const char *text, vt_error *err)
{
    const char *dot = strchr(text, '.');
    const char *name = dot == NULL ? text : dot + 1;
    size_t taken = 0;
    for (size_t i = 0; i < c->n; i++) {
        contestant *entry = &c->entries[i];
        if (entry->model != NULL || (dot != NULL && (strlen(entry->name) != (size_t)(dot - text) ||
                                                     memcmp(entry->name, text, (size_t)(dot - text)) != 0))) {
            continue;
        }
        for (size_t p = 0; p < entry->kind->n_presets; p++) {
            if (strcmp(entry->kind->presets[p].name, name) == 0) {
                entry->preset = name;
                taken++;
            }
        }
    }
    if (taken == 0) {
        return vt_fail(err, VT_ERR_USAGE,
                       "--preset %s: no model asked for has a preset of that name; \"vitrine help train\" lists them",
                       text);
    }
    return VT_OK;
}

/* The parameters of each contestant as text; a wrong one is found here, before any work. */
static int show_settings(contest *c, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; i < c->n && status == VT_OK; i++) {
        contestant *entry = &c->entries[i];
        if (entry->model != NULL) {
            vt_model_info info;
            vt_model_describe(entry->model, &info);
            snprintf(entry->shown, sizeof entry->shown, "%s", info.settings);
        } else {
            status = vt_cli_settings(entry->shown, sizeof entry->shown, entry->kind, entry->preset, entry->settings,
                                     entry->n_settings, err);
        }
    }
    return status;
}

static int add_contestants(contest *c, const vt_args *args, vt_error *err)
{
    size_t n_files = vt_args_count(args, "model-file");
    size_t n_params = vt_args_count(args, "param");
    if (args->n_operands + n_files == 0) {
        return vt_fail(err, VT_ERR_USAGE,
                       "evaluate needs MODEL (one or more of the kinds of models) or --model-file; "
                       "\"vitrine help evaluate\" says more");
    }
    if (args->n_operands + n_files > MODELS_MAX) {
        return vt_fail(err, VT_ERR_LIMIT, "at most %d models are evaluated at once", MODELS_MAX);
    }
    c->entries = vt_alloc_zero(args->n_operands + n_files, sizeof *c->entries, err);
    if (c->entries == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < args->n_operands + n_files; i++) {
        contestant *entry = &c->entries[i];
        c->n = i + 1;
        entry->settings = vt_alloc(n_params + 1, sizeof *entry->settings, err);
        if (entry->settings == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        int status = VT_OK;
        if (i < args->n_operands) {
            entry->name = vt_args_operand(args, i);
            status = vt_cli_model_kind(&entry->kind, entry->name, err);
        } else {
            entry->name = vt_args_at(args, "model-file", i - args->n_operands);
            status = vt_model_load(&entry->model, entry->name, err);
        }
        if (status != VT_OK) {
            return status;
        }
    }
    for (size_t i = 0; i < n_params; i++) {
        int status = deal_param(c, vt_args_at(args, "param", i), err);
        if (status != VT_OK) {
            return status;
        }
    }
    for (size_t i = 0; i < vt_args_count(args, "preset"); i++) {
        int status = deal_preset(c, vt_args_at(args, "preset", i), err);
        if (status != VT_OK) {
            return status;
        }
    }
    return show_settings(c, err);
}

/* ---- the protocol ------------------------------------------------------------------------------------------------ */

static int read_protocol(contest *c, vt_cli *cli, const vt_args *args, vt_error *err)
{
    vt_protocol *p = &c->protocol;
    vt_protocol_init(p);
    p->state = vt_args_choice(args, "state") == 0 ? VT_STATE_FROZEN : VT_STATE_LIVE;
    p->candidates = vt_args_choice(args, "candidates") == 0 ? VT_CANDIDATES_CATALOGUE : VT_CANDIDATES_TRAIN;
    p->test_items = vt_args_choice(args, "test-items") == 0 ? VT_TEST_ITEMS_ALL : VT_TEST_ITEMS_SEEN;
    p->seen = vt_args_choice(args, "seen") == 0 ? VT_SEEN_EXCLUDE : VT_SEEN_KEEP;
    p->judged = vt_args_choice(args, "on") == 0 ? VT_PART_TEST : VT_PART_VALID;
    p->seed = vt_cli_seed(args);
    p->n_cutoffs = vt_args_ints(args, "at", p->cutoff, VT_CUTOFFS_MAX);
    p->resamples = (int32_t)vt_args_int(args, "resamples");
    p->threads = cli->threads;
    p->progress = &cli->progress;
    const char *negatives = vt_args_text(args, "negatives");
    int64_t number = 0;
    if (negatives != NULL && vt_parse_int(&number, vt_str_of(negatives))) {
        if (number < 1 || number > 1000000) {
            return vt_fail(err, VT_ERR_USAGE,
                           "--negatives is %s; a number of items from 1 to 1000000, or a file, is expected", negatives);
        }
        p->negatives = (int32_t)number;
    } else {
        p->negatives_file = negatives;
    }
    int status = vt_split_parse(&c->spec, vt_args_text(args, "split"), err);
    if (status == VT_OK && c->spec.kind == VT_SPLIT_NONE) {
        return vt_fail(err, VT_ERR_USAGE,
                       "the split \"none\" leaves nothing to judge; choose one such as leave-one-out");
    }
    if (status == VT_OK) {
        status = vt_positive_check(vt_args_text(args, "positive"), err);
    }
    return status == VT_OK ? vt_protocol_check(p, err) : status;
}

/* ---- the work ---------------------------------------------------------------------------------------------------- */

/* Judges a model file, which must come from this very training part. */
static int judge_file(vt_evaluation *out, const contest *c, const contestant *entry, const vt_snapshot *snapshot,
                      vt_error *err)
{
    if (c->spec.kind == VT_SPLIT_KFOLD) {
        return vt_fail(err, VT_ERR_USAGE,
                       "kfold fits a model for every fold, so the file %s cannot be judged by it; evaluate its kind",
                       entry->name);
    }
    vt_split *split = NULL;
    vt_error why = VT_ERROR_INIT;
    int status =
        vt_split_create(&split, snapshot, &c->spec, c->protocol.seed, 0, c->protocol.judged == VT_PART_VALID, err);
    if (status != VT_OK) {
        return status;
    }
    status = vt_evaluation_accepts(entry->model, snapshot, split, &why);
    if (status != VT_OK) {
        status = vt_fail(err, why.code, "%s: %s", entry->name, why.message);
    } else {
        status = vt_evaluate(out, snapshot, split, &c->protocol, vt_rank_model, entry->model, err);
    }
    if (status == VT_OK) {
        status = vt_evaluation_add_ratings(out, entry->model, snapshot, split, &c->protocol, err);
    }
    vt_split_free(split);
    return status;
}

/* Fits a kind of model, once or once a fold, and judges it. */
static int judge_kind(vt_evaluation *out, const contest *c, const contestant *entry, const vt_snapshot *snapshot,
                      vt_error *err)
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
    if (c->spec.kind == VT_SPLIT_KFOLD) {
        return vt_evaluate_folds(out, entry->name, &options, snapshot, &c->spec, c->protocol.seed, inner, &c->protocol,
                                 err);
    }
    vt_split *split = NULL;
    int status = vt_split_create(&split, snapshot, &c->spec, c->protocol.seed, 0, inner, err);
    if (status == VT_OK) {
        status = vt_evaluate_model(out, entry->name, &options, snapshot, split, &c->protocol, err);
    }
    vt_split_free(split);
    return status;
}

static int judge_all(contest *c, const vt_snapshot *snapshot, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; i < c->n && status == VT_OK; i++) {
        const contestant *entry = &c->entries[i];
        vt_report_row *row = &c->rows[i];
        row->name = entry->name;
        snprintf(row->settings, sizeof row->settings, "%s", entry->shown);
        status = entry->model != NULL ? judge_file(&row->result, c, entry, snapshot, err)
                                      : judge_kind(&row->result, c, entry, snapshot, err);
    }
    return status;
}

static void contest_done(contest *c)
{
    for (size_t i = 0; i < c->n; i++) {
        vt_model_free(c->entries[i].model);
        vt_free((void *)(uintptr_t)c->entries[i].settings);
        if (c->rows != NULL) {
            vt_evaluation_done(&c->rows[i].result);
        }
    }
    vt_free(c->entries);
    vt_free(c->rows);
    vt_cli_vectors_done(&c->vectors);
}

/* Vectors are read only when a contestant wants them. */
static int open_vectors(contest *c, const vt_cli *cli, vt_error *err)
{
    for (size_t i = 0; i < c->n; i++) {
        if (c->entries[i].model == NULL &&
            (c->entries[i].kind->abilities & (VT_MODEL_NEEDS_VECTORS | VT_MODEL_USES_VECTORS)) != 0) {
            return vt_cli_vectors_open(&c->vectors, cli, err);
        }
    }
    return VT_OK;
}

static int run_evaluate(vt_cli *cli, const vt_args *args, vt_error *err)
{
    contest c;
    memset(&c, 0, sizeof c);
    vt_shop *shop = NULL;
    vt_snapshot *snapshot = NULL;
    int status = read_protocol(&c, cli, args, err);
    if (status == VT_OK) {
        status = add_contestants(&c, args, err);
    }
    if (status == VT_OK) {
        c.rows = vt_alloc_zero(c.n, sizeof *c.rows, err);
        status = c.rows == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    if (status == VT_OK) {
        status = vt_cli_open_shop(&shop, cli, VT_SHOP_READ, err);
    }
    if (status == VT_OK) {
        status = vt_cli_snapshot(&snapshot, cli, shop, args, err);
    }
    if (status == VT_OK) {
        status = open_vectors(&c, cli, err);
    }
    if (status == VT_OK) {
        status = judge_all(&c, snapshot, err);
    }
    vt_display_end(cli->display);
    if (status == VT_OK) {
        vt_report report = {c.rows, c.n, snapshot->hash, c.protocol.seed};
        status = vt_report_print(cli, &report, err);
    }
    contest_done(&c);
    vt_snapshot_free(snapshot);
    vt_shop_close(shop);
    return status;
}

static const vt_option evaluate_options[] = {
    {.name = "split",
     .type = VT_OPTION_TEXT,
     .value = "SPEC",
     .fallback = "leave-one-out",
     .words = VT_WORDS_SPLITS,
     .help = "which events are judged: leave-one-out, leave-last-out, time:0.8,0.1,0.1, ratio:0.75, ratio-global:0.75, "
             "kfold:5, cold-items:0.1, cold-users:0.1, given"},
    {.name = "at",
     .type = VT_OPTION_INTS,
     .value = "K,...",
     .fallback = "10",
     .min = 1,
     .max = VT_RESULTS_MAX,
     .help = "lengths of the lists that are judged, such as 5,10,20"},
    {.name = "on",
     .type = VT_OPTION_CHOICE,
     .value = "PART",
     .fallback = "test",
     .choices = "test|valid",
     .help = "judge on the test part, or on validation events to choose settings"},
    {.name = "state",
     .type = VT_OPTION_CHOICE,
     .value = "MODE",
     .fallback = "frozen",
     .choices = "frozen|live",
     .help = "histories stop at the split, or move on with every event before the judged one"},
    {.name = "candidates",
     .type = VT_OPTION_CHOICE,
     .value = "SET",
     .fallback = "catalogue",
     .choices = "catalogue|train",
     .help = "items that are ranked"},
    {.name = "test-items",
     .type = VT_OPTION_CHOICE,
     .value = "SET",
     .fallback = "all",
     .choices = "all|seen",
     .help = "judge all test events, or only those whose item is in the training part"},
    {.name = "seen",
     .type = VT_OPTION_CHOICE,
     .value = "RULE",
     .fallback = "exclude",
     .choices = "exclude|keep",
     .help = "leave out of the lists what the user has had, or keep it"},
    {.name = "negatives",
     .type = VT_OPTION_TEXT,
     .value = "FILE|N",
     .words = VT_WORDS_FILES,
     .help = "rank only the judged items and N sampled ones, or those of a file of lines \"user item item ...\" "
             "(default: rank all candidates)"},
    {.name = "param",
     .type = VT_OPTION_TEXT,
     .repeated = true,
     .value = "[MODEL.]NAME=VALUE",
     .help = "sets a parameter of one model, or of all that have it; \"vitrine help train\" lists them"},
    {.name = "preset",
     .type = VT_OPTION_TEXT,
     .repeated = true,
     .value = "[MODEL.]NAME",
     .help = "a named set of parameters, for one model or all that have it"},
    {.name = "model-file",
     .type = VT_OPTION_TEXT,
     .repeated = true,
     .value = "FILE",
     .words = VT_WORDS_FILES,
     .help = "judge a model file as it is; it must come from train with the same --split"},
    {.name = "resamples",
     .type = VT_OPTION_INT,
     .value = "N",
     .fallback = "1000",
     .max = 100000,
     .help = "bootstrap resamples for 95 % intervals, 0 for none"},
    {.name = NULL},
};

const vt_command vt_command_evaluate = {
    .name = "evaluate",
    .summary = "measure how well models rank what customers chose next",
    .details = "Every model is fitted anew on the training part of the split and ranks all candidates for every judged "
               "event. The first line names the protocol: figures of different protocols are not comparable.",
    .operands =
        (const vt_operand[]){
            {.name = "MODEL",
             .optional = true,
             .repeated = true,
             .words = VT_WORDS_MODEL_KINDS,
             .help = "kinds of models, one row each"},
            {.name = NULL},
        },
    .options = (const vt_option *const[]){evaluate_options, vt_options_data, vt_options_seed, NULL},
    .examples = "vitrine --shop s evaluate popularity itemknn ials --at 5,10,20\n"
                "vitrine --shop s evaluate itemknn --split leave-last-out --on valid --param k=50",
    .fits = true,
    .run = run_evaluate,
};
