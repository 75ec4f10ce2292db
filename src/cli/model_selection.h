/* `vitrine train` without a model: the choice, as a table and in JSON. */
#ifndef VT_CLI_MODEL_SELECTION_H
#define VT_CLI_MODEL_SELECTION_H

#include "common.h"
#include "vitrine/selection.h"

/* Tries models on the data, and says each while it goes on. `fit`: seed, threads, vectors, links, progress. */
int vt_cli_select(vt_selection_result *out, vt_cli *cli, const vt_args *args, const vt_snapshot *snapshot,
                  const vt_split_spec *spec, const vt_fit_options *fit, vt_error *err);

/* One line a model, the best first; the chosen one is marked. */
int vt_cli_print_selection(vt_cli *cli, const vt_selection_result *result, vt_error *err);

/* "selection": {...} into an open object. */
void vt_cli_selection_json(vt_json_writer *w, const vt_selection_result *result);

/* Options of a command that chooses. */
extern const vt_option vt_options_selection[];

#endif
