/* Models side by side under one protocol: what `evaluate` and `compare` have in common. */
#ifndef VT_CLI_EVALUATION_RUN_H
#define VT_CLI_EVALUATION_RUN_H

#include "evaluate_print.h"
#include "evaluated.h"
#include "vitrine/links.h"
#include "vitrine/rules.h"

typedef struct vt_evaluation_run {
    bool wants_slices; /* whether --slices is given or not */
    bool has_baseline; /* the first model, unless --baseline names another */
    vt_evaluated_list models;
    vt_split_spec spec;
    vt_protocol protocol;
    int32_t trials; /* of tuning in each fold; 0: settings as they are given */
    vt_snapshot *snapshot;
    vt_shop *shop;
    vt_cli_vectors vectors;
    vt_user_links *links;
    vt_rules rules;          /* of --pipeline */
    const vt_lister *lister; /* likewise; NULL: best scores are the lists */
    vt_report report;        /* of those that were evaluated, in the order of `models` */
    vt_report_row *rows;     /* (models.n) what the report shows */
    vt_report_failure *failures;
} vt_evaluation_run;

/*
 * Reads the command line, opens the shop, checks all models and evaluates them. When one fails all the same, the report
 * has the others, and the error says which failed and why. `*run` is zero but for its two wishes before, and
 * vt_evaluation_run_done() is called whatever comes of it.
 */
int vt_evaluation_run_all(vt_evaluation_run *run, vt_cli *cli, const vt_args *args, vt_error *err);
void vt_evaluation_run_done(vt_evaluation_run *run);

/*
 * What a command does with the report: writes and prints it, with `finish`, when at least one model was evaluated.
 * `status` and `err` are those of vt_evaluation_run_all(); so is what is returned, unless `finish` fails where it did
 * not.
 */
int vt_evaluation_run_finish(vt_evaluation_run *run, vt_cli *cli, int status,
                             int (*finish)(void *context, vt_cli *cli, vt_report *report, vt_error *err), void *context,
                             vt_error *err);

#endif
