/* Pictures of a comparison as SVG: bars with intervals, quality against time, dots by slice. No scripts, no fonts. */
#ifndef VT_REPORT_CHART_H
#define VT_REPORT_CHART_H

#include "base/buf.h"
#include "vitrine/report.h"

/* One bar a row for that metric at cutoff number `k`, with its interval. */
int vt_chart_bars(vt_buf *out, const vt_report *report, size_t k, int metric, vt_error *err);

/* The metric against the seconds of the fit, on a logarithmic axis; rows that were not fitted here are left out. */
int vt_chart_time(vt_buf *out, const vt_report *report, size_t k, int metric, vt_error *err);

/* How many rows the picture above would show. */
size_t vt_chart_fitted(const vt_report *report);

/* The slices of one group: a line a slice, in it a dot with an interval for each row of the report. */
int vt_chart_slices(vt_buf *out, const vt_report *report, const char *group, size_t k, int metric, vt_error *err);

/* Name of colour number `i`, as the style sheet of the report has them. */
#define VT_CHART_COLOURS 8

#endif
