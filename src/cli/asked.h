/* The shop in memory and a recommender over it, for one question of a command. */
#ifndef VT_CLI_ASKED_H
#define VT_CLI_ASKED_H

#include "cli.h"
#include "vitrine/recommend.h"

/* What a command asks. Init with zeroes, done with vt_cli_asked_done(). */
typedef struct vt_cli_asked {
    vt_live *live;
    vt_recommender *recommender;
    char model[256]; /* name of the model; "" without */
} vt_cli_asked;

/* How much a command wants of a model. */
typedef enum vt_cli_wants {
    VT_CLI_NO_MODEL,
    VT_CLI_MODEL_OR_NOT, /* where no one is named and none can be used, the answer does without and says why */
    VT_CLI_MODEL
} vt_cli_wants;

/* Brings the shop into memory; the message of a missing one says how to make it. */
int vt_cli_open_live(vt_live **out, vt_cli *cli, vt_error *err);

/*
 * A recommender over the shop that stands in asked->live, by --model or the newest model of the shop, which a note
 * names.
 */
int vt_cli_open_recommender(vt_cli_asked *asked, vt_cli *cli, const vt_args *args, vt_cli_wants wants, vt_error *err);

void vt_cli_asked_done(vt_cli_asked *asked);

#endif
