/* What an evaluation compares, from the command line: kinds that are fitted, model files, files of lists. */
#ifndef VT_CLI_EVALUATED_H
#define VT_CLI_EVALUATED_H

#include "common.h"
#include "vitrine/tuning.h"

typedef struct vt_evaluated {
    const char *name; /* of the kind, or the path of the file */
    const vt_model_kind *kind;
    vt_model *model; /* loaded from a file; NULL for the others */
    bool lists;
    const char **settings;
    size_t n_settings;
    const char *preset;
    char tuned[VT_SETTINGS_BYTES]; /* settings of the preset "tuned" */
    char shown[VT_SETTINGS_BYTES]; /* every parameter, as the result names it */
} vt_evaluated;

typedef struct vt_evaluated_list {
    vt_evaluated *entry;
    size_t n;
    const vt_evaluated *baseline; /* NULL: none */
} vt_evaluated_list;

/* MODEL... */
extern const vt_operand vt_operands_evaluation[];

/* --on --param --preset --model-file --lists --baseline --slices --pipeline. */
extern const vt_option vt_options_evaluation[];

/*
 * All that the command line names, with their parameters; a wrong one is found here, before any work. With
 * `has_baseline` the first is the baseline unless --baseline names another. `out` is zero before, and
 * vt_evaluated_done() is called whatever comes of it.
 */
int vt_evaluated_read(vt_evaluated_list *out, const vt_cli *cli, const vt_args *args, bool has_baseline, vt_error *err);
void vt_evaluated_done(vt_evaluated_list *list);

/* True for a kind that is fitted here, and so takes parameters. */
bool vt_evaluated_is_fitted(const vt_evaluated *entry);

/* Every parameter as text; with a snapshot as the fit will take them. */
int vt_evaluated_settings(vt_evaluated *entry, const vt_snapshot *snapshot, vt_error *err);

/* How one is fitted; what is not said of it is as vt_fit_options_init() leaves it. */
vt_fit_options vt_evaluated_fit(const vt_evaluated *entry);

#endif
