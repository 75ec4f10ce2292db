/* The protocol of an evaluation from the command line. */
#ifndef VT_CLI_PROTOCOL_ARGS_H
#define VT_CLI_PROTOCOL_ARGS_H

#include "common.h"
#include "vitrine/evaluation.h"

extern const vt_option
    vt_options_protocol[]; /* --split --at --state --candidates --test-items --seen --negatives ... */

/* Reads those options; the test part is evaluated. What contradicts itself is VT_ERR_USAGE, before any work. */
int vt_cli_protocol(vt_protocol *protocol, vt_split_spec *spec, vt_cli *cli, const vt_args *args, vt_error *err);

#endif
