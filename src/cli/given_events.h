/* Events of a visitor, given on the command line or in a file. */
#ifndef VT_CLI_GIVEN_EVENTS_H
#define VT_CLI_GIVEN_EVENTS_H

#include "cli.h"
#include "options.h"
#include "vitrine/given.h"

extern const vt_option vt_options_events[]; /* --event --history */

/* Reads --event and --history, in that order. VT_ERR_USAGE, and VT_ERR_FORMAT with file and line. */
int vt_cli_read_events(vt_given_events *out, const vt_args *args, vt_error *err);

/* Says how many of them the model does not count. */
void vt_cli_note_ignored(const vt_cli *cli, int64_t n);

#endif
