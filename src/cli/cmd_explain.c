/* vitrine explain: why an item is recommended to a user, or why it is not higher. */
#include <string.h>

#include "answer_print.h"
#include "common.h"
#include "engine.h"
#include "explain_print.h"
#include "given_events.h"
#include "vitrine/json.h"
#include "vitrine/report.h"

static int draw(const vt_cli *cli, const char *path, const vt_why *why, vt_error *err)
{
    vt_text picture = {NULL, 0};
    if (why->n_events == 0) {
        return vt_fail(err, VT_ERR_UNSUPPORTED, "there are no past events to draw in %s", path);
    }
    int status = vt_why_svg(&picture, why, err);
    status = status == VT_OK ? vt_cli_save(cli, path, &picture, "picture", err) : status;
    vt_text_free(&picture);
    return status;
}

static int print_json(vt_cli *cli, const vt_why *why, const vt_request *request, const char *model, vt_error *err)
{
    vt_text json = {NULL, 0};
    return vt_cli_print_json(cli, &json, vt_why_json(&json, why, request, model, true, err), err);
}

/* USER ITEM, or ITEM alone where events make a visitor. */
static int read_operands(vt_request *request, const vt_args *args, vt_error *err)
{
    const char *first = vt_args_operand(args, 0), *second = vt_args_operand(args, 1);
    if (second == NULL && request->n_events == 0) {
        return vt_fail(err, VT_ERR_USAGE, "explain needs USER and ITEM, or events of a visitor and ITEM; \"%s\" is one",
                       first);
    }
    request->user = second == NULL ? NULL : first;
    request->item = second == NULL ? first : second;
    return VT_OK;
}

static int run_explain(vt_cli *cli, const vt_args *args, vt_error *err)
{
    vt_cli_engine engine = {0};
    vt_given_events events = {0};
    vt_request request;
    vt_why why;
    vt_model_info info;
    memset(&why, 0, sizeof why);
    vt_request_init(&request);
    int status = vt_cli_read_events(&events, args, err);
    if (status == VT_OK) {
        request.events = events.event;
        request.n_events = events.n;
        status = read_operands(&request, args, err);
    }
    if (status == VT_OK) {
        status = vt_cli_open_live(&engine.live, cli, err);
    }
    if (status == VT_OK) {
        status = vt_cli_open_recommender(&engine, cli, args, VT_CLI_MODEL, err);
    }
    if (status == VT_OK) {
        vt_display_stage(cli->display, "leaving events out");
        status = vt_explain(&why, engine.recommender, &request, err);
    }
    vt_display_end(cli->display);
    if (status == VT_OK && vt_args_given(args, "heatmap")) {
        status = draw(cli, vt_args_text(args, "heatmap"), &why, err);
    }
    if (status == VT_OK) {
        vt_cli_note_ignored(cli, why.ignored);
        bool there = vt_recommender_describe(engine.recommender, &info);
        if (there && (info.kind->abilities & VT_MODEL_EXPLAINS) == 0) {
            vt_display_note(cli->display,
                            "a model of kind %s cannot take its scores apart; what each event does is told",
                            info.kind->name);
        }
        status = cli->json ? print_json(cli, &why, &request, engine.model, err) : vt_cli_print_why(cli, &why, err);
    }
    vt_why_done(&why);
    vt_given_events_done(&events);
    vt_cli_engine_done(&engine);
    return status;
}

static const vt_option heatmap_option[] = {
    {.name = "heatmap",
     .type = VT_OPTION_TEXT,
     .value = "FILE",
     .words = VT_WORDS_FILES,
     .help = "past events against what they do, as a picture (SVG): relations, attention, leaving out"},
    {.name = NULL},
};

const vt_command vt_command_explain = {
    .name = "explain",
    .summary = "say why an item is recommended to a user",
    .details =
        "The score of the item taken apart into named numbers whose sum it is; what each past event does, by leaving "
        "it "
        "out and scoring again; where the item ten places higher is ahead, and what would change the place. Place is "
        "that by score among what may be recommended, before rules. docs/explain.md says what each number means.\n\n"
        "Models that cannot take their scores apart tell what each event does.",
    .operands =
        (const vt_operand[]){
            {.name = "USER", .help = "the user's id in the shop; left out for a visitor with --event or --history"},
            {.name = "ITEM", .optional = true, .help = "the item's id in the shop"},
            {.name = NULL},
        },
    .options = (const vt_option *const[]){vt_options_model, vt_options_events, heatmap_option, NULL},
    .examples = "vitrine --shop s explain u17 JUG-1 --model fusion --heatmap why.svg\n"
                "vitrine --shop s explain JUG-1 --event TEA-06@2026-11-01 --json",
    .run = run_explain,
};
