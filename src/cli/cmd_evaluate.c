/* vitrine evaluate: models side by side under one protocol, as a table. */
#include "base/file.h"
#include "evaluation_keep.h"
#include "evaluation_run.h"
#include "protocol_args.h"
#include "quality_log.h"
#include "rules_args.h"

/* Where final figures go; "" when these are none. */
static int choose_log(char *out, size_t size, const vt_cli *cli, const vt_args *args, vt_error *err)
{
    const char *log = vt_args_text(args, "log");
    if (!vt_args_given(args, "final")) {
        return log == NULL ? VT_OK : vt_fail(err, VT_ERR_USAGE, "--log is for final figures; give --final too");
    }
    if (vt_args_choice(args, "on") != 0) {
        return vt_fail(err, VT_ERR_USAGE, "final figures are of the test part; leave --on valid out");
    }
    if (log == NULL) {
        return vt_path_join(out, size, cli->shop, "quality.log", err);
    }
    int len = snprintf(out, size, "%s", log);
    return len < 0 || (size_t)len >= size ? vt_fail(err, VT_ERR_LIMIT, "the path after --log is too long") : VT_OK;
}

typedef struct wishes {
    char log[4400]; /* of final figures; "" when these are none */
    bool keep;
    bool all; /* metrics */
} wishes;

/* Prints the figures, and puts them where else they are wanted. */
static int finish(void *context, vt_cli *cli, vt_report *report, vt_error *err)
{
    const wishes *w = context;
    const char *log = w->log;
    int status = vt_cli_print_report(cli, report, VT_SHOW_SLICES | (w->all ? VT_SHOW_ALL : 0U), err);
    if (status == VT_OK && log[0] != '\0') {
        status = vt_quality_log_add(log, report, err);
    }
    if (status == VT_OK && log[0] != '\0') {
        vt_display_note(cli->display, "the figures were added to %s", log);
    }
    if (status == VT_OK && w->keep) {
        status = vt_evaluation_keep(cli, report, err);
    }
    return status;
}

static int run_evaluate(vt_cli *cli, const vt_args *args, vt_error *err)
{
    vt_evaluation_run run = {.wants_slices = false};
    wishes w = {.log = "", .keep = vt_args_given(args, "keep"), .all = vt_args_given(args, "all")};
    int status = choose_log(w.log, sizeof w.log, cli, args, err);
    if (status == VT_OK) {
        status = vt_evaluation_run_all(&run, cli, args, err);
    }
    status = vt_evaluation_run_finish(&run, cli, status, finish, &w, err);
    vt_evaluation_run_done(&run);
    return status;
}

static const vt_option evaluate_options[] = {
    {.name = "final",
     .type = VT_OPTION_FLAG,
     .help = "add the figures to the log of final ones, with protocol, settings and commit: for settings that were "
             "chosen on validation events, evaluated once"},
    {.name = "log",
     .type = VT_OPTION_TEXT,
     .value = "FILE",
     .words = VT_WORDS_FILES,
     .help = "the log for --final (default: quality.log in the shop)"},
    {.name = "keep",
     .type = VT_OPTION_FLAG,
     .help = "keep the figures in the shop in place of those before, so that the dashboard shows which method ranks "
             "best"},
    {.name = NULL},
};

const vt_command vt_command_evaluate = {
    .name = "evaluate",
    .summary = "measure how well models rank what customers chose next",
    .details =
        "Every model is fitted anew on the training part of the split and ranks all candidates for every held-out "
        "event. The first line names the protocol: figures of different protocols are not comparable.",
    .operands = vt_operands_evaluation,
    .options = (const vt_option *const[]){vt_options_protocol, vt_options_evaluation, evaluate_options, vt_options_data,
                                          vt_options_seed, vt_options_rules, NULL},
    .examples = "vitrine --shop s evaluate popularity itemknn ials --at 5,10,20\n"
                "vitrine --shop s evaluate itemknn --split leave-last-out --on valid --param k=50\n"
                "vitrine --shop s evaluate itemknn --pipeline --diversity 0.3",
    .run = run_evaluate,
};
