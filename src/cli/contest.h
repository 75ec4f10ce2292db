/* Models side by side under one protocol: what `evaluate` and `compare` have in common. */
#ifndef VT_CLI_CONTEST_H
#define VT_CLI_CONTEST_H

#include "common.h"
#include "evaluate.h"
#include "tuned.h"
#include "vitrine/links.h"

/* What is judged: a kind to be fitted, a model file, or a file of lists. */
typedef struct vt_contestant {
    const char *name; /* of the kind, or the path of the file */
    const vt_model_kind *kind;
    vt_model *model; /* loaded from a file; NULL for the others */
    bool lists;
    const char **settings;
    size_t n_settings;
    const char *preset;
    char tuned[VT_SETTINGS_BYTES]; /* settings of the preset "tuned" */
    char shown[VT_SETTINGS_BYTES]; /* every parameter, as the result names it */
} vt_contestant;

typedef struct vt_contest {
    bool judges_slices; /* whether --slices is given or not */
    bool has_baseline;  /* the first contestant, unless --baseline names another */
    vt_contestant *entries;
    size_t n;
    const vt_contestant *baseline; /* NULL: none */
    vt_split_spec spec;
    vt_protocol protocol;
    vt_snapshot *snapshot;
    vt_shop *shop;
    vt_cli_vectors vectors;
    vt_user_links *links;
    vt_rules rules;          /* of --pipeline */
    const vt_lister *lister; /* likewise; NULL: best scores are judged */
    vt_report_row *rows;     /* (n) */
} vt_contest;

/* --on --param --preset --model-file --lists --baseline --slices --pipeline; the protocol's and the rules' beside. */
extern const vt_option vt_options_contest[];

/*
 * Reads the command line, opens the shop and judges all. `*contest` is zero but for its two wishes before, and
 * vt_contest_done() is called whatever comes of it.
 */
int vt_contest_run(vt_contest *contest, vt_cli *cli, const vt_args *args, vt_error *err);
void vt_contest_done(vt_contest *contest);

/* The report of a contest that was run; borrowed from it. */
vt_report vt_contest_report(const vt_contest *contest);

#endif
