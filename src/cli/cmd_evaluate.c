/* vitrine evaluate: models side by side under one protocol, as a table. */
#include "contest.h"
#include "protocol_args.h"

static int run_evaluate(vt_cli *cli, const vt_args *args, vt_error *err)
{
    vt_contest contest = {.n = 0};
    int status = vt_contest_run(&contest, cli, args, err);
    vt_display_end(cli->display);
    if (status == VT_OK) {
        vt_report report = vt_contest_report(&contest);
        status = vt_report_print(cli, &report, err);
    }
    vt_contest_done(&contest);
    return status;
}

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
    .options =
        (const vt_option *const[]){vt_options_protocol, vt_options_contest, vt_options_data, vt_options_seed, NULL},
    .examples = "vitrine --shop s evaluate popularity itemknn ials --at 5,10,20\n"
                "vitrine --shop s evaluate itemknn --split leave-last-out --on valid --param k=50",
    .fits = true,
    .run = run_evaluate,
};
