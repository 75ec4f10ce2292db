/* Figures of an evaluation, kept in the shop for the dashboard. */
#ifndef VT_CLI_EVALUATION_KEEP_H
#define VT_CLI_EVALUATION_KEEP_H

#include "cli.h"
#include "evaluate_print.h"

/* Puts the figures at ten items, or at the longest list, in place of those that the shop keeps. */
int vt_evaluation_keep(vt_cli *cli, const vt_report *report, vt_error *err);

#endif
