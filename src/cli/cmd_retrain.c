/* vitrine retrain: a new model, compared with the one that answers, and put in its place where it is not worse. */
#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "base/alloc.h"
#include "common.h"
#include "vitrine/retrain.h"

enum { MEMORY_MIN = 512 /* MiB: OpenBLAS alone reserves a quarter of it, and waits where it cannot */ };

/* Before anything else runs: threads that are made later have the priority of this one. */
static int hold_back(const vt_args *args, vt_error *err)
{
    int nice = (int)vt_args_int(args, "nice");
    rlim_t bytes = (rlim_t)vt_args_int(args, "memory") << 20;
    const struct rlimit limit = {bytes, bytes};
    if (bytes > 0 && bytes < (rlim_t)MEMORY_MIN << 20) {
        return vt_fail(err, VT_ERR_USAGE, "--memory is 0 (any) or at least %d MiB, which a training needs", MEMORY_MIN);
    }
    if (nice > 0 && setpriority(PRIO_PROCESS, 0, nice) != 0) {
        return vt_fail_errno(err, errno, "cannot lower the priority");
    }
    if (bytes > 0 && setrlimit(RLIMIT_AS, &limit) != 0) {
        return vt_fail_errno(err, errno, "cannot limit the memory");
    }
    return VT_OK;
}

static void put_figure(vt_json_writer *w, const char *name, const vt_figure *figure)
{
    vt_json_object(w, name);
    vt_json_number(w, "value", figure->value);
    vt_json_number(w, "low", figure->low);
    vt_json_number(w, "high", figure->high);
    vt_json_object_end(w);
}

static int print_json(vt_cli *cli, const vt_retraining *v, vt_error *err)
{
    vt_json_writer w;
    vt_cli_json_begin(&w, cli);
    if (v->name[0] != '\0') {
        vt_json_text(&w, "name", vt_str_of(v->name));
    }
    vt_json_text(&w, "kind", vt_str_of(v->kind));
    vt_json_text(&w, "settings", vt_str_of(v->settings));
    vt_json_text(&w, "old", vt_str_of(v->old));
    vt_json_int(&w, "fitted_on", v->fitted_on);
    vt_json_number(&w, "fit_seconds", v->fit_seconds);
    vt_json_int(&w, "users", v->users);
    vt_json_int(&w, "events", v->events);
    if (v->compared) {
        vt_json_text(&w, "metric", vt_str_of("NDCG@10"));
        put_figure(&w, "candidate", &v->value);
        put_figure(&w, "current", &v->old_value);
        put_figure(&w, "difference", &v->difference.value);
        vt_json_number(&w, "p", v->difference.p);
    }
    vt_json_bool(&w, "accepted", v->accepted);
    vt_json_text(&w, "why", vt_str_of(v->why));
    return vt_cli_json_end(&w, cli, err);
}

static int print(vt_cli *cli, const vt_retraining *v, vt_error *err)
{
    if (cli->json) {
        return print_json(cli, v, err);
    }
    vt_table *table = NULL;
    int status = vt_pairs_create(&table, err);
    if (status != VT_OK) {
        return status;
    }
    vt_pairs_text(table, "kind", v->kind);
    vt_pairs_text(table, "compared with", v->old);
    vt_pairs_count(table, "fitted on", v->fitted_on);
    vt_pairs_count(table, "events held out", v->events);
    vt_pairs_text(table, "accepted", v->accepted ? "yes" : "no");
    vt_pairs_text(table, "why", v->why);
    vt_pairs_text(table, "answers now", v->name[0] != '\0' ? v->name : v->old);
    status = vt_table_print(&cli->out, table, (size_t)cli->width, err);
    vt_table_free(table);
    return status;
}

static int run_retrain(vt_cli *cli, const vt_args *args, vt_error *err)
{
    vt_retrain_options options;
    vt_retraining verdict;
    vt_shop *shop = NULL;
    const vt_model_kind *kind = NULL;
    size_t n = vt_args_count(args, "param");
    const char **settings = vt_alloc(n + 1, sizeof *settings, err);
    int status = settings == NULL ? VT_ERR_NO_MEMORY : hold_back(args, err);
    for (size_t i = 0; i < n && status == VT_OK; i++) {
        settings[i] = vt_args_at(args, "param", i);
    }
    vt_retrain_options_init(&options);
    options.kind = vt_args_operand(args, 0);
    options.preset = vt_args_text(args, "preset");
    options.settings = settings;
    options.n_settings = n;
    options.old = vt_args_text(args, "model");
    options.positive = vt_args_text(args, "positive");
    options.holdout = vt_args_real(args, "holdout");
    options.force = vt_args_given(args, "force");
    options.seed = vt_cli_seed(args);
    options.threads = cli->threads;
    options.progress = &cli->progress;
    if (status == VT_OK && options.kind != NULL) {
        status = vt_cli_model_kind(&kind, options.kind, err);
    }
    status = status != VT_OK ? status : vt_cli_open_shop(&shop, cli, VT_SHOP_READ, err);
    status = status != VT_OK ? status : vt_retrain(&verdict, shop, &options, err);
    vt_display_end(cli->display);
    vt_shop_close(shop);
    vt_free((void *)(uintptr_t)settings);
    return status == VT_OK ? print(cli, &verdict, err) : status;
}

static const vt_option retrain_options[] = {
    {.name = "param",
     .type = VT_OPTION_TEXT,
     .repeated = true,
     .value = "NAME=VALUE",
     .help = "sets a parameter of the new model; without these those of the one that answers"},
    {.name = "preset",
     .type = VT_OPTION_TEXT,
     .value = "NAME",
     .help = "a named set of parameters, or tuned: what vitrine tune found in this shop"},
    {.name = "model", .type = VT_OPTION_TEXT, .value = "NAME", .help = "compare with this one (default: what answers)"},
    {.name = "holdout",
     .type = VT_OPTION_REAL,
     .value = "SHARE",
     .fallback = "0.1",
     .min = .001,
     .max = .5,
     .help = "newest part of the events that is held out, of which there are at most 20,000"},
    {.name = "positive",
     .type = VT_OPTION_TEXT,
     .value = "RULE",
     .help = "which events count (default: as for the model that answers)"},
    {.name = "force", .type = VT_OPTION_FLAG, .help = "let the new model answer whatever the comparison says"},
    {.name = "nice",
     .type = VT_OPTION_INT,
     .value = "N",
     .fallback = "0",
     .min = 0,
     .max = 19,
     .help = "how far other processes go first"},
    {.name = "memory",
     .type = VT_OPTION_INT,
     .value = "MIB",
     .fallback = "0",
     .min = 0,
     .max = 1 << 30,
     .help = "address space that it may take, 512 at least; 0: any"},
    {.name = NULL},
};

const vt_command vt_command_retrain = {
    .name = "retrain",
    .summary = "fit a model anew and let it answer where it is not worse",
    .details =
        "The newest events are held out, a model of the kind and with the parameters of the one that answers is fitted "
        "on what lies before, and both are evaluated on what was held out: NDCG@10, as a server would answer, and only "
        "events that came after the old model's fit. The new one answers from then on, unless it is significantly "
        "worse (the 95 % interval of the difference lies below 0) or more than 2 % worse in the figure itself. Where "
        "fewer than 200 users have such events nothing is fitted. The first model of a shop is compared with what is "
        "popular.\n\n"
        "What was compared is what answers: models/KIND-TIME.safetensors. Of such files the newest three, the one that "
        "answers and the one before stay. \"vitrine model rollback\" goes back.",
    .operands =
        (const vt_operand[]){
            {.name = "MODEL",
             .optional = true,
             .words = VT_WORDS_MODEL_KINDS,
             .help = "kind of the new model (default: that of the one that answers, itemknn without one)"},
            {.name = NULL},
        },
    .options = (const vt_option *const[]){retrain_options, vt_options_seed, NULL},
    .examples = "vitrine --shop s retrain\nvitrine --shop s retrain ials --preset tuned --json",
    .run = run_retrain,
};
