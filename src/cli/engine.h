/* The shop in memory and a recommender over it, for one request of a command. */
#ifndef VT_CLI_ENGINE_H
#define VT_CLI_ENGINE_H

#include "cli.h"
#include "vitrine/recommend.h"

/* Both, and the name of the model. Init with zeroes, done with vt_cli_engine_done(). */
typedef struct vt_cli_engine {
    vt_live *live;
    vt_recommender *recommender;
    char model[256]; /* name of the model; "" without */
} vt_cli_engine;

/* How much a command wants of a model. */
typedef enum vt_cli_wants {
    VT_CLI_NO_MODEL,
    VT_CLI_MODEL_OR_NOT, /* where no one is named and none can be used, the answer does without and says why */
    VT_CLI_MODEL
} vt_cli_wants;

/* Brings the shop into memory; the message of a missing one says how to make it. */
int vt_cli_open_live(vt_live **out, vt_cli *cli, vt_error *err);

/*
 * A recommender over the shop in engine->live, by --model or the newest model of the shop, which a note
 * names.
 */
int vt_cli_open_recommender(vt_cli_engine *engine, vt_cli *cli, const vt_args *args, vt_cli_wants wants, vt_error *err);

void vt_cli_engine_done(vt_cli_engine *engine);

#endif
