/* What an evaluation is made of: the protocol, the models, the data, all of it checked. */
#ifndef VT_CLI_EVALUATION_SETUP_H
#define VT_CLI_EVALUATION_SETUP_H

#include "evaluation_run.h"

/* Reads the command line, opens the shop and what models read of it, and checks every model against it. */
int vt_evaluation_set_up(vt_evaluation_run *run, vt_cli *cli, const vt_args *args, vt_error *err);

/* The split of the run; the caller frees it. */
int vt_evaluation_split(vt_split **out, const vt_evaluation_run *run, vt_error *err);

/* How one of its models is fitted. */
vt_fit_options vt_evaluation_fit(const vt_evaluation_run *run, const vt_evaluated *entry);

#endif
