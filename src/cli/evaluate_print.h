/* The result of an evaluation for a person: a row a model. */
#ifndef VT_CLI_EVALUATE_PRINT_H
#define VT_CLI_EVALUATE_PRINT_H

#include "cli.h"
#include "vitrine/report.h"

/* The tables or the JSON into `cli->out`. `brief`: tables without the slices, which stand in a file. */
int vt_cli_print_report(vt_cli *cli, const vt_report *report, bool brief, vt_error *err);

#endif
