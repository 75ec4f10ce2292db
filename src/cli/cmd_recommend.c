/* vitrine recommend, similar: items for a user or beside an item, from a model of the shop. */
#include <stdio.h>
#include <string.h>

#include "answer_print.h"
#include "base/alloc.h"
#include "common.h"
#include "engine.h"
#include "given_events.h"
#include "recommend_all.h"
#include "rules_args.h"
#include "vitrine/json.h"

static int print_json(vt_cli *cli, const vt_answer *answer, const vt_request *request, const char *model, vt_error *err)
{
    vt_text json = {NULL, 0};
    return vt_cli_print_json(cli, &json, vt_answer_json(&json, answer, request, model, true, err), err);
}

static int answer_request(vt_cli *cli, const vt_args *args, bool similar, vt_error *err)
{
    vt_cli_engine engine = {0};
    vt_answer answer;
    vt_request request;
    vt_rules rules;
    const char **fewer = NULL;
    vt_rules_init(&rules);
    vt_given_events events = {0};
    memset(&answer, 0, sizeof answer);
    int status = vt_cli_open_live(&engine.live, cli, err);
    if (status == VT_OK) {
        status = vt_cli_read_request(&request, engine.live, args, err);
    }
    if (status == VT_OK && !similar) {
        status = vt_cli_request_rules(&request, &rules, &fewer, cli, args, err);
    }
    if (status == VT_OK && !similar) {
        status = vt_cli_read_events(&events, args, err);
        request.events = events.event;
        request.n_events = events.n;
        request.explain = vt_args_given(args, "explain");
    }
    if (status == VT_OK) {
        status = vt_cli_open_recommender(&engine, cli, args, VT_CLI_MODEL_OR_NOT, err);
    }
    if (status == VT_OK && similar) {
        request.item = vt_args_operand(args, 0);
        status = vt_similar(&answer, engine.recommender, &request, err);
    } else if (status == VT_OK) {
        request.user = vt_args_operand(args, 0);
        status = vt_recommend(&answer, engine.recommender, &request, err);
    }
    vt_display_end(cli->display);
    if (status == VT_OK) {
        status =
            cli->json ? print_json(cli, &answer, &request, engine.model, err) : vt_cli_print_answer(cli, &answer, err);
        vt_cli_note_short(cli, &answer, request.n);
        if (answer.degraded[0] != '\0') {
            vt_display_note(cli->display, "%s", answer.degraded);
        }
        vt_cli_note_ignored(cli, answer.ignored);
    }
    vt_answer_done(&answer);
    vt_given_events_done(&events);
    vt_rules_done(&rules);
    vt_free(fewer);
    vt_cli_engine_done(&engine);
    return status;
}

static int run_recommend(vt_cli *cli, const vt_args *args, vt_error *err)
{
    return vt_args_given(args, "all") ? vt_cli_recommend_all(cli, args, err) : answer_request(cli, args, false, err);
}

/* Items beside one by what they say or show: no model is needed. */
static int run_beside(vt_cli *cli, const vt_args *args, vt_search_by by, vt_error *err)
{
    vt_cli_engine engine = {0};
    vt_search_query query;
    if (vt_args_given(args, "model")) {
        return vt_fail(err, VT_ERR_USAGE, "--model is for --by model; --by %s needs none", vt_args_text(args, "by"));
    }
    vt_search_query_init(&query);
    int status = vt_cli_open_live(&engine.live, cli, err);
    if (status == VT_OK) {
        status = vt_cli_read_request(&query.request, engine.live, args, err);
    }
    if (status == VT_OK) {
        status = vt_cli_open_recommender(&engine, cli, args, VT_CLI_NO_MODEL, err);
    }
    if (status == VT_OK) {
        query.by = by;
        query.request.item = vt_args_operand(args, 0);
        status = vt_cli_search(cli, engine.recommender, &query, err);
    }
    vt_cli_engine_done(&engine);
    return status;
}

static int run_similar(vt_cli *cli, const vt_args *args, vt_error *err)
{
    int by = vt_args_choice(args, "by"); /* text, image and both stand in the order of vt_search_by */
    return by == 0 ? answer_request(cli, args, true, err) : run_beside(cli, args, (vt_search_by)by, err);
}

static const vt_option all_options[] = {
    {.name = "all",
     .help = "for all customers, into the shop: insight shows there what each may buy next (-n rows each)"},
    {.name = "customers",
     .type = VT_OPTION_INT,
     .value = "N",
     .fallback = "10000",
     .min = 1,
     .max = INT32_MAX,
     .help = "with --all: so many at most, those with most order lines first"},
    {.name = NULL},
};

static const vt_option seen_option[] = {
    {.name = "keep-seen", .help = "also what the user has bought or rated"},
    {.name = "explain", .help = "with a sentence why for each item, and in --json the parts of its score"},
    {.name = "fewer-like",
     .type = VT_OPTION_TEXT,
     .repeated = true,
     .value = "ITEM",
     .help = "an item that the user dislikes, besides those of dislike events: it is left out, and what is like it "
             "falls"},
    {.name = NULL},
};

static const vt_option by_option[] = {
    {.name = "by",
     .type = VT_OPTION_CHOICE,
     .value = "WHAT",
     .fallback = "model",
     .choices = "model|text|image|both",
     .help =
         "what makes items similar: who bought them, as a model has it; what they say; what they look like; the last "
         "two together"},
    {.name = NULL},
};

const vt_command vt_command_recommend = {
    .name = "recommend",
    .summary = "recommend items to a user",
    .details = "The user's history is read from the shop as it stands now, also what happened after the model was "
               "trained. Seen and unavailable items are left out unless asked for.\n\n"
               "Rules act after the scores: those of the shop (\"vitrine shop set recommend.NAME VALUE\"), and those "
               "given here over them. docs/recommend.md explains each.\n\n"
               "A visitor whom nobody has seen is what they did: --event and --history without USER. With USER these "
               "events are added to the user's.\n\n"
               "--all makes the lists of all customers in one go and keeps them in the shop, in place of those made "
               "before; a server that runs must not hold the shop.",
    .operands =
        (const vt_operand[]){
            {.name = "USER", .optional = true, .help = "the user's id in the shop"},
            {.name = NULL},
        },
    .options = (const vt_option *const[]){vt_options_filter, vt_options_model, all_options, seen_option,
                                          vt_options_events, vt_options_rules, NULL},
    .examples = "vitrine --shop s recommend u17 -n 10 --category Beauty --price 0:25\n"
                "vitrine --shop s recommend --event JUG-1 --event TEA-06@2026-11-01 -n 10\n"
                "vitrine --shop s recommend u17 --brand-cap 2 --boost brand=Acme:1.2 --diversity 0.3\n"
                "vitrine --shop s recommend --all -n 3",
    .run = run_recommend,
};

const vt_command vt_command_similar = {
    .name = "similar",
    .summary = "list items similar to one",
    .details =
        "Without --by a model of the shop says what is similar; an item that is new to it is compared by texts and "
        "photos, or by category, brand and price. Texts and photos are compared by the vectors that \"vitrine encode\" "
        "has made.",
    .operands =
        (const vt_operand[]){
            {.name = "ITEM", .help = "the item's id in the shop"},
            {.name = NULL},
        },
    .options = (const vt_option *const[]){vt_options_filter, by_option, vt_options_model, NULL},
    .examples = "vitrine --shop s similar B00X -n 5 --json\nvitrine --shop s similar B00X --by image",
    .run = run_similar,
};
