/* The log of final figures: a line a model, with all that is needed to evaluate it again. */
#ifndef VT_CLI_QUALITY_LOG_H
#define VT_CLI_QUALITY_LOG_H

#include "cli.h"
#include "evaluate_print.h"

/* Appends a JSON object a line for each row of the report: when, commit, protocol, snapshot, settings, figures. */
int vt_quality_log_add(const char *path, const vt_report *report, vt_error *err);

#endif
