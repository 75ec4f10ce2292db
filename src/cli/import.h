/* The result of `vitrine import`. */
#ifndef VT_CLI_IMPORT_H
#define VT_CLI_IMPORT_H

#include "cli.h"
#include "vitrine/importer.h"

/* "s" but for one. */
const char *vt_plural(int64_t count);

/* True when rows were read and none of them could be right. */
bool vt_import_all_rejected(const vt_import_report *report);

/* The counts as text or JSON into `cli->out`. */
int vt_import_print(vt_cli *cli, const vt_import_report *report, bool dry_run, const char *snapshot, double seconds,
                    vt_error *err);

#endif
