/* An explanation for a person, for a program, and as a picture. */
#ifndef VT_CLI_EXPLAIN_PRINT_H
#define VT_CLI_EXPLAIN_PRINT_H

#include "cli.h"
#include "vitrine/why.h"

/* The sentence, the parts with their sum, the past events, what is ahead and what would change it. */
int vt_cli_print_why(vt_cli *cli, const vt_why *why, vt_error *err);

/* Members of an open JSON object. */
void vt_cli_json_why(vt_json_writer *writer, const vt_why *why);

/* The array "parts" of an open JSON object. */
void vt_cli_json_parts(vt_json_writer *writer, const vt_explanation *explanation);

#endif
