/* The first sheet of an .xlsx file, as the text of a CSV file. */
#ifndef VT_IMPORT_XLSX_H
#define VT_IMPORT_XLSX_H

#include <stdbool.h>

#include "base/stream.h"

/** True when the file is a ZIP with a workbook in it, whatever its name. */
bool vt_xlsx_is(const char *path);

/** A stream over the sheet's rows as CSV, times as YYYY-MM-DD HH:MM:SS. Closed by vt_stream_close(). */
int vt_xlsx_open(vt_stream **out, const char *path, vt_error *err);

#endif
