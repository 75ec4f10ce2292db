/* The report of a comparison: one file that needs nothing beside it. */
#ifndef VT_CLI_REPORT_H
#define VT_CLI_REPORT_H

#include "base/buf.h"
#include "evaluate.h"

/* Writes the report as the end of `path` says, ".html" or ".md"; VT_ERR_USAGE for another. */
int vt_report_write(const char *path, const vt_report *report, vt_error *err);

/* VT_ERR_USAGE when the file's name says neither, so that this is known before any work. */
int vt_report_check(const char *path, vt_error *err);

int vt_report_html(vt_buf *out, const vt_report *report, vt_error *err);
int vt_report_markdown(vt_buf *out, const vt_report *report, vt_error *err);

/* Appends text as it stands in HTML. */
int vt_report_escape(vt_buf *out, vt_str text, vt_error *err);

/* Group number `index` of the slices of a report, in the order of its slices; NULL past the last. */
const char *vt_report_group(const vt_report *report, size_t index);

#endif
