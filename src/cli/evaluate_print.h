/* The result of an evaluation for a person: a row a model. */
#ifndef VT_CLI_EVALUATE_PRINT_H
#define VT_CLI_EVALUATE_PRINT_H

#include "cli.h"
#include "vitrine/report.h"

/* What stands in tables besides a line a model with the main metrics, as bits. */
enum {
    VT_SHOW_ALL = 1 << 0,   /* the other metrics */
    VT_SHOW_SLICES = 1 << 1 /* where there are any */
};

/* The tables, or the JSON, which always has all, into `cli->out`. */
int vt_cli_print_report(vt_cli *cli, const vt_report *report, unsigned show, vt_error *err);

#endif
