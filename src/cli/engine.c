/* Opening for one question: memory, then the model, then the recommender. */
#include "engine.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "common.h"
#include "vitrine/choice.h"

/* A snapshot of a small shop is made before anybody could read of it. */
typedef struct patience {
    const vt_progress *progress;
    double begin; /* seconds */
} patience;

#define PATIENCE 0.1 /* seconds */

static int report(void *context, const vt_progress_state *state)
{
    const patience *p = context;
    return vt_seconds() - p->begin < PATIENCE ? 0 : p->progress->report(p->progress->context, state);
}

int vt_cli_open_live(vt_live **out, vt_cli *cli, vt_error *err)
{
    vt_error why = VT_ERROR_INIT;
    vt_live_options options;
    patience p = {&cli->progress, vt_seconds()};
    const vt_progress progress = {report, &p};
    vt_live_options_init(&options);
    options.progress = &progress;
    int status = vt_live_open(out, cli->shop, &options, &why);
    if (status == VT_OK) {
        return VT_OK;
    }
    if (status == VT_ERR_NOT_FOUND) {
        return vt_fail(err, VT_ERR_NOT_FOUND,
                       "there is no shop in %s; name its folder with --shop DIR, or make one with \"vitrine import\"",
                       cli->shop);
    }
    return vt_fail(err, why.code, "%s", why.message);
}

/* Says which model was chosen where nobody named one, and what came after its fit. */
static void note_model(vt_cli *cli, const vt_chosen_model *chosen, int64_t added)
{
    if (chosen->fallback) {
        vt_display_note(cli->display, "%s", chosen->why.message);
    } else if (!chosen->named && chosen->name[0] != '\0') {
        vt_display_note(cli->display, "model: %s (the %s of the shop)", chosen->name,
                        chosen->active ? "active one" : "newest");
    }
    if (added > 0) {
        vt_display_note(cli->display,
                        "%" PRId64 " item%s came after the fit and take%s part by what the shop says of %s", added,
                        added == 1 ? "" : "s", added == 1 ? "s" : "", added == 1 ? "it" : "them");
    }
}

int vt_cli_open_recommender(vt_cli_engine *engine, vt_cli *cli, const vt_args *args, vt_cli_wants wants, vt_error *err)
{
    vt_chosen_model chosen;
    vt_recommender_options options;
    vt_recommender_options_init(&options);
    options.threads = cli->threads;
    options.once = true;
    if (wants == VT_CLI_NO_MODEL) {
        return vt_recommender_create(&engine->recommender, engine->live, NULL, &options, err);
    }
    int status =
        vt_recommender_choose(&engine->recommender, &chosen, engine->live, vt_args_text(args, "model"), &options, err);
    if (status != VT_OK) {
        return status;
    }
    snprintf(engine->model, sizeof engine->model, "%s", chosen.name);
    note_model(cli, &chosen, vt_recommender_added(engine->recommender));
    return chosen.why.code == VT_OK || chosen.fallback || wants == VT_CLI_MODEL_OR_NOT
               ? VT_OK
               : vt_fail(err, chosen.why.code, "%s", chosen.why.message);
}

void vt_cli_engine_done(vt_cli_engine *engine)
{
    vt_recommender_free(engine->recommender);
    vt_live_close(engine->live);
    *engine = (vt_cli_engine){0};
}
