/* An explanation for a person. */
#ifndef VT_CLI_EXPLAIN_PRINT_H
#define VT_CLI_EXPLAIN_PRINT_H

#include "cli.h"
#include "vitrine/why.h"

/* The sentence, the parts with their sum, the past events, what is ahead and what would change it. */
int vt_cli_print_why(vt_cli *cli, const vt_why *why, vt_error *err);

#endif
