/* vitrine compare: models side by side, tested against a baseline, with a report to hand on. */
#include "evaluation_run.h"
#include "protocol_args.h"
#include "report.h"
#include "rules_args.h"

/* Writes the report to the file `context`, NULL for none, and prints all but its slices. */
static int finish(void *context, vt_cli *cli, vt_report *report, vt_error *err)
{
    const char *path = context;
    int status = path == NULL ? VT_OK : vt_report_write(path, report, err);
    if (status == VT_OK && path != NULL) {
        vt_display_note(cli->display, "the report is in %s", path);
    }
    report->brief = true;
    return status == VT_OK ? vt_report_print(cli, report, err) : status;
}

static int run_compare(vt_cli *cli, const vt_args *args, vt_error *err)
{
    vt_evaluation_run run = {.wants_slices = true, .has_baseline = true};
    const char *path = vt_args_text(args, "report");
    int status = path == NULL ? VT_OK : vt_report_check(path, err);
    if (status == VT_OK) {
        status = vt_evaluation_run_all(&run, cli, args, err);
    }
    status = vt_evaluation_run_finish(&run, cli, status, finish, (void *)(uintptr_t)path, err);
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
    .operands =
        (const vt_operand[]){
            {.name = "MODEL",
             .optional = true,
             .repeated = true,
             .words = VT_WORDS_MODEL_KINDS,
             .help = "kinds of models, one row each"},
            {.name = NULL},
        },
    .options = (const vt_option *const[]){compare_options, vt_options_evaluation, vt_options_protocol, vt_options_data,
                                          vt_options_seed, vt_options_rules, NULL},
    .examples = "vitrine --shop s compare itemknn ials ease --preset tuned --report compare.html\n"
                "vitrine --shop s compare popularity itemknn --baseline popularity --at 5,10 --report compare.md",
    .fits = true,
    .run = run_compare,
};
