/* What the writers of reports share. */
#ifndef VT_REPORT_REPORT_H
#define VT_REPORT_REPORT_H

#include "base/buf.h"
#include "vitrine/report.h"

/** What a report or a picture may have at most. */
enum { VT_REPORT_BYTES_MAX = 64 << 20 };

/** Appends text as it stands in HTML and SVG. */
int vt_report_escape(vt_buf *out, vt_str text, vt_error *err);

/** Group number `index` of the slices of a report, in the order of its slices; NULL past the last. */
const char *vt_report_group(const vt_report *report, size_t index);

#endif
