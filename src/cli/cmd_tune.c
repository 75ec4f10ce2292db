/* vitrine tune: good settings of a kind of model, found on validation events and kept as the preset "tuned". */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "fresh_vectors.h"
#include "protocol_args.h"
#include "vitrine/links.h"
#include "vitrine/tuning.h"

/* Values of a repeated option, borrowed from argv; freed with vt_free. */
static const char **values_of(size_t *n, const vt_args *args, const char *name, size_t extra, vt_error *err)
{
    *n = vt_args_count(args, name);
    const char **values = vt_alloc(*n + extra + 1, sizeof *values, err);
    for (size_t i = 0; values != NULL && i < *n; i++) {
        values[i] = vt_args_at(args, name, i);
    }
    return values;
}

static void told(void *context, const vt_trial *trial)
{
    vt_cli *cli = context;
    if (trial->error[0] != '\0') {
        vt_display_note(cli->display, "trial %d failed (%s): %s", (int)trial->number, trial->settings, trial->error);
        return;
    }
    vt_display_note(cli->display, "trial %d: %.4f with %.0f %% of the budget%s%s%s", (int)trial->number, trial->value,
                    100 * trial->share, trial->kept ? ", as before" : "", trial->settings[0] == '\0' ? "" : ", ",
                    trial->settings);
}

static int print_json(vt_cli *cli, const vt_tuning *tuning, const vt_tuning_result *r, const char *settings,
                      vt_error *err)
{
    vt_json_writer w;
    vt_cli_json_begin(&w, cli);
    vt_json_text(&w, "model", vt_str_of(tuning->kind));
    vt_json_text(&w, "protocol", vt_str_of(r->protocol));
    vt_json_text(&w, "metric", vt_str_of(r->metric));
    vt_json_int(&w, "trials", r->trials);
    vt_json_int(&w, "whole", r->whole);
    vt_json_int(&w, "failed", r->failed);
    vt_json_bool(&w, "out_of_time", r->out_of_time);
    const vt_trial *trials[] = {&r->first, &r->best};
    const char *const names[] = {"first", "best"};
    for (size_t i = 0; i < 2; i++) {
        vt_json_object(&w, names[i]);
        vt_json_int(&w, "trial", trials[i]->number);
        vt_json_text(&w, "drawn", vt_str_of(trials[i]->settings));
        vt_json_number(&w, "value", trials[i]->value);
        vt_json_number(&w, "low", trials[i]->low);
        vt_json_number(&w, "high", trials[i]->high);
        vt_json_object_end(&w);
    }
    vt_json_text(&w, "settings", vt_str_of(settings));
    vt_json_text(&w, "log", vt_str_of(tuning->log));
    return vt_cli_json_end(&w, cli, err);
}

static void figure_text(char *out, size_t size, const vt_trial *trial)
{
    if (isnan(trial->low)) {
        snprintf(out, size, "%.4f", trial->value);
    } else {
        snprintf(out, size, "%.4f (%.4f-%.4f)", trial->value, trial->low, trial->high);
    }
}

/* "--param k=57 --param shrink=3.2". */
static void param_line(char *out, size_t size, const char *settings)
{
    size_t used = 0;
    out[0] = '\0';
    while (settings[0] != '\0' && used < size) {
        size_t len = strcspn(settings, ",");
        int n = snprintf(out + used, size - used, "%s--param %.*s", used == 0 ? "" : " ", (int)len, settings);
        used += n > 0 ? (size_t)n : 0;
        settings += len + (settings[len] == ',');
    }
}

static int print_result(vt_cli *cli, const vt_tuning *tuning, const vt_tuning_result *r, vt_error *err)
{
    char text[4096];
    char title[64];
    vt_table *table = NULL;
    int status = vt_buf_printf(&cli->out, err, "protocol: %s\n\n", r->protocol);
    if (status == VT_OK) {
        status = vt_pairs_create(&table, err);
    }
    if (status != VT_OK) {
        return status;
    }
    snprintf(text, sizeof text, "%d, %d of them with the whole budget%s", (int)r->trials, (int)r->whole,
             r->out_of_time ? "; time was up" : "");
    vt_pairs_text(table, "trials", text);
    if (r->failed > 0) {
        vt_pairs_count(table, "failed", r->failed);
    }
    figure_text(text, sizeof text, &r->first);
    snprintf(title, sizeof title, "%s at first", r->metric);
    vt_pairs_text(table, title, text);
    figure_text(text, sizeof text, &r->best);
    snprintf(title, sizeof title, "%s at best", r->metric);
    vt_pairs_text(table, title, text);
    param_line(text, sizeof text, r->settings);
    vt_pairs_text(table, "best settings", text[0] == '\0' ? "those at first" : text);
    snprintf(text, sizeof text, "--preset %s", VT_TUNED_PRESET);
    vt_pairs_text(table, "kept as", text);
    vt_pairs_text(table, "all trials", tuning->log);
    status = vt_table_print(&cli->out, table, (size_t)cli->width, err);
    vt_table_free(table);
    return status;
}

/* Everything the best settings lead to, so that the preset stands for itself. `settings` has room for one more. */
static int whole_settings(char *out, size_t size, const vt_tuning *tuning, const char **settings, const char *best,
                          const vt_snapshot *snapshot, vt_error *err)
{
    vt_fit_options options = tuning->fit;
    if (best[0] != '\0') {
        settings[options.n_settings++] = best;
    }
    return vt_model_settings(out, size, tuning->kind, &options, snapshot, err);
}

static int search(vt_cli *cli, const vt_model_kind *kind, vt_tuning *tuning, const vt_snapshot *snapshot,
                  const char **settings, vt_error *err)
{
    char all[VT_SETTINGS_BYTES];
    vt_tuning_result result;
    vt_error why = VT_ERROR_INIT;
    int status = vt_tune(&result, snapshot, tuning, &why);
    vt_display_end(cli->display);
    if (status == VT_ERR_CANCELLED) {
        return vt_fail(err, status, "%s; what is done stands in %s, and the same command goes on from there",
                       why.message, tuning->log);
    }
    if (status != VT_OK) {
        return vt_fail(err, why.code, "%s", why.message);
    }
    status = whole_settings(all, sizeof all, tuning, settings, result.settings, snapshot, err);
    if (status == VT_OK) {
        status = vt_tuned_write(cli->shop, kind->name, all, &result, snapshot->hash, err);
    }
    if (status != VT_OK) {
        return status;
    }
    return cli->json ? print_json(cli, tuning, &result, all, err) : print_result(cli, tuning, &result, err);
}

/* `shown` (VT_SETTINGS_BYTES) are the settings that the search begins with. */
static int read_options(vt_tuning *tuning, const vt_model_kind **kind, char *shown, vt_cli *cli, const vt_args *args,
                        vt_error *err)
{
    tuning->kind = vt_args_operand(args, 0);
    tuning->fit.preset = vt_args_text(args, "preset");
    tuning->fit.seed = vt_cli_seed(args);
    tuning->fit.threads = cli->threads;
    tuning->fit.progress = &cli->progress;
    tuning->trials = (int32_t)vt_args_int(args, "trials");
    tuning->told = told;
    tuning->context = cli;
    int status = vt_cli_model_kind(kind, tuning->kind, err);
    if (status == VT_OK) {
        status = vt_model_settings(shown, VT_SETTINGS_BYTES, (*kind)->name, &tuning->fit, NULL, err);
    }
    if (status == VT_OK) {
        status = vt_cli_budget(&tuning->budget, vt_args_text(args, "budget"), err);
    }
    return status == VT_OK ? vt_cli_protocol(&tuning->protocol, &tuning->spec, cli, args, err) : status;
}

static int run_tune(vt_cli *cli, const vt_args *args, vt_error *err)
{
    char log[4400];
    char shown[VT_SETTINGS_BYTES];
    vt_shop *shop = NULL;
    vt_snapshot *snapshot = NULL;
    const vt_model_kind *kind = NULL;
    vt_cli_vectors vectors = {NULL, NULL};
    unsigned read = 0;
    vt_user_links *links = NULL;
    vt_tuning tuning;
    vt_tuning_init(&tuning);
    const char **settings = values_of(&tuning.fit.n_settings, args, "param", 1, err);
    const char **rows = values_of(&tuning.n_search, args, "search", 0, err);
    int status = settings == NULL || rows == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    tuning.fit.settings = settings;
    tuning.search = rows;
    if (status == VT_OK) {
        status = read_options(&tuning, &kind, shown, cli, args, err);
    }
    if (status == VT_OK) {
        status = vt_cli_open_shop(&shop, cli, VT_SHOP_READ, err);
    }
    if (status == VT_OK) {
        status = vt_cli_snapshot(&snapshot, cli, shop, args, err);
    }
    if (status == VT_OK) {
        status = vt_model_vectors(&read, kind, shown, err);
    }
    if (status == VT_OK) {
        status = vt_cli_vectors_refresh(cli, shop, read, err);
    }
    if (status == VT_OK) {
        status = vt_cli_vectors_open(&vectors, cli, err);
        tuning.fit.text = vectors.text;
        tuning.fit.image = vectors.image;
    }
    if (status == VT_OK) {
        status = vt_user_links_load(&links, shop, snapshot, err);
        tuning.fit.links = links;
    }
    if (status == VT_OK) {
        status = vt_tuned_log_path(log, sizeof log, cli->shop, kind->name, err);
        tuning.log = log;
    }
    if (status == VT_OK) {
        status = search(cli, kind, &tuning, snapshot, settings, err);
    }
    vt_display_end(cli->display);
    vt_cli_vectors_done(&vectors);
    vt_user_links_free(links);
    vt_snapshot_free(snapshot);
    vt_shop_close(shop);
    vt_free((void *)(uintptr_t)settings);
    vt_free((void *)(uintptr_t)rows);
    return status;
}

static const vt_option tune_options[] = {
    {.name = "trials",
     .type = VT_OPTION_INT,
     .value = "N",
     .fallback = "60",
     .min = 1,
     .max = 100000,
     .help = "different settings that are tried"},
    {.name = "budget",
     .type = VT_OPTION_TEXT,
     .value = "TIME",
     .fallback = "60m",
     .help = "after which no further trial begins, such as 90s, 60m or 2h, or none"},
    {.name = "search",
     .type = VT_OPTION_TEXT,
     .repeated = true,
     .value = "NAME=LOW:HIGH[:log]|A|B",
     .help = "a range, or values, of a parameter, beside what is searched of this kind anyway"},
    {.name = "param",
     .type = VT_OPTION_TEXT,
     .repeated = true,
     .value = "NAME=VALUE",
     .help = "sets a parameter, which is then not searched"},
    {.name = "preset", .type = VT_OPTION_TEXT, .value = "NAME", .help = "a named set of parameters to begin with"},
    {.name = NULL},
};

const vt_command vt_command_tune = {
    .name = "tune",
    .summary = "search for good settings of a model on validation events",
    .details =
        "Random search with successive halving: many settings are tried with a share of the epochs (or, for kinds "
        "without epochs, of the users), and the best third goes on with three times as much. Only validation events "
        "are "
        "evaluated, never the test part. Every trial is kept in the shop; the same command goes on where it was "
        "stopped, "
        "and "
        "with more --trials adds to them.\n\n"
        "The best settings become the preset \"tuned\" of this shop, for train, evaluate and compare.",
    .operands =
        (const vt_operand[]){
            {.name = "MODEL", .words = VT_WORDS_MODEL_KINDS, .help = "kind of model"},
            {.name = NULL},
        },
    .options = (const vt_option *const[]){tune_options, vt_options_protocol, vt_options_data, vt_options_seed, NULL},
    .examples = "vitrine --shop s tune itemknn --split leave-last-out --trials 60\n"
                "vitrine --shop s tune ials --param factors=128 --search regularization=0.001:1:log",
    .run = run_tune,
};
