/* The result of `vitrine evaluate`: a row a model. */
#ifndef VT_CLI_EVALUATE_H
#define VT_CLI_EVALUATE_H

#include "cli.h"
#include "vitrine/evaluation.h"

typedef struct vt_report_row {
    const char *name;     /* of the kind, or the path of the file */
    const char *settings; /* every parameter; "" when unknown */
    vt_evaluation result;
    bool compared;               /* with the baseline: */
    vt_comparison comparison;    /* this minus that */
    vt_slice_comparison *slices; /* (result.n_slices) likewise; NULL: not compared */
} vt_report_row;

/* One that could not be evaluated. */
typedef struct vt_report_failure {
    const char *name; /* as of a row */
    vt_error error;
} vt_report_failure;

typedef struct vt_report {
    const vt_report_row *rows;
    size_t n_rows; /* at least 1 */
    const vt_report_failure *failures;
    size_t n_failures;
    const char *baseline; /* name of its row; NULL: none */
    const char *snapshot;
    uint64_t seed;
    bool brief; /* tables without the slices, which stand in a file */
} vt_report;

/* The metric of a slice, as it stands among all metrics. */
const vt_metric_info *vt_report_slice_metric(int metric);

/* The JSON into `cli->out`. */
int vt_report_json(vt_cli *cli, const vt_report *report, vt_error *err);

/* The table or the JSON into `cli->out`. */
int vt_report_print(vt_cli *cli, const vt_report *report, vt_error *err);

#endif
