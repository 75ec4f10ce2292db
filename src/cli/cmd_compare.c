/* vitrine compare: models side by side, tested against a baseline, with a report to hand on. */
#include <string.h>

#include "evaluation_run.h"
#include "protocol_args.h"
#include "rules_args.h"
#include "vitrine/report.h"

static const struct {
    const char *suffix;
    int (*make)(vt_text *out, const vt_report *report, vt_error *err);
} forms[] = {
    {".html", vt_report_html},
    {".md", vt_report_markdown},
};

enum { FORMS = sizeof forms / sizeof *forms };

static size_t form_of(const char *path)
{
    size_t len = strlen(path);
    for (size_t i = 0; i < FORMS; i++) {
        size_t n = strlen(forms[i].suffix);
        if (len > n && strcmp(path + len - n, forms[i].suffix) == 0) {
            return i;
        }
    }
    return FORMS;
}

typedef struct wishes {
    const char *path; /* of the report; NULL: none is written */
    unsigned show;
} wishes;

/* Writes the report where one is wanted, and prints all but its slices. */
static int finish(void *context, vt_cli *cli, vt_report *report, vt_error *err)
{
    const wishes *w = context;
    const char *path = w->path;
    vt_text text = {NULL, 0};
    int status = path == NULL ? VT_OK : forms[form_of(path)].make(&text, report, err);
    if (status == VT_OK && path != NULL) {
        status = vt_cli_save(cli, path, &text, "report", err);
    }
    vt_text_free(&text);
    return status == VT_OK ? vt_cli_print_report(cli, report, w->show, err) : status;
}

static int run_compare(vt_cli *cli, const vt_args *args, vt_error *err)
{
    vt_evaluation_run run = {.wants_slices = true, .has_baseline = true};
    const char *path = vt_args_text(args, "report");
    wishes w = {path, vt_args_given(args, "all") ? VT_SHOW_ALL : 0U};
    int status = VT_OK;
    if (path != NULL && form_of(path) == FORMS) { /* known before any work */
        status = vt_fail(err, VT_ERR_USAGE, "--report %s: a file that ends in .html or .md is expected", path);
    }
    if (status == VT_OK) {
        status = vt_evaluation_run_all(&run, cli, args, err);
    }
    status = vt_evaluation_run_finish(&run, cli, status, finish, &w, err);
    vt_evaluation_run_done(&run);
    return status;
}

static const vt_option compare_options[] = {
    {.name = "report",
     .type = VT_OPTION_TEXT,
     .value = "FILE",
     .words = VT_WORDS_FILES,
     .help = "write tables and pictures to this file, which ends in .html or .md"},
    {.name = NULL},
};

const vt_command vt_command_compare = {
    .name = "compare",
    .summary = "compare models with intervals, paired tests and a report",
    .details =
        "As evaluate, with all slices, and tested against the first model or the one that --baseline names. The "
        "report is one file that needs nothing beside it: tables, bars with intervals, quality against the time of "
        "fitting, and quality by slice.",
    .operands = vt_operands_evaluation,
    .options = (const vt_option *const[]){compare_options, vt_options_evaluation, vt_options_protocol, vt_options_data,
                                          vt_options_seed, vt_options_rules, NULL},
    .examples = "vitrine --shop s compare itemknn ials ease --preset tuned --report compare.html\n"
                "vitrine --shop s compare popularity itemknn --baseline popularity --at 5,10 --report compare.md",
    .run = run_compare,
};
