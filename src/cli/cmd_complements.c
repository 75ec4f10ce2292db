/* vitrine complements: what goes with an item, and on what evidence. */
#include <inttypes.h>

#include "answer_print.h"
#include "common.h"
#include "engine.h"
#include "vitrine/json.h"

static int print_json(vt_cli *cli, const vt_complements *found, const vt_request *request, vt_error *err)
{
    vt_text json = {NULL, 0};
    return vt_cli_print_json(cli, &json, vt_complements_json(&json, found, request, true, err), err);
}

static int print_table(vt_cli *cli, const vt_complements *found, vt_error *err)
{
    vt_table *table = NULL;
    int status = vt_table_create(&table, err);
    if (status != VT_OK) {
        return status;
    }
    vt_table_column(table, "#", VT_RIGHT, 0);
    vt_table_column(table, "item", VT_LEFT, 40);
    vt_table_column(table, "score", VT_RIGHT, 0);
    vt_table_column(table, "together", VT_RIGHT, 0);
    vt_table_column(table, "by chance", VT_RIGHT, 0);
    vt_table_column(table, "lift", VT_RIGHT, 0);
    vt_table_column(table, "by", VT_LEFT, 0);
    vt_table_column(table, "price", VT_RIGHT, 0);
    vt_table_column(table, "title", VT_LEFT, 50);
    for (size_t i = 0; i < found->answer.n; i++) {
        const vt_recommendation *r = &found->answer.items[i];
        const vt_evidence *e = &found->evidence[i];
        char price[48];
        vt_format_money(price, r->price, found->answer.currency);
        vt_table_printf(table, "%zu", i + 1);
        vt_table_text(table, r->item);
        vt_table_printf(table, "%.4f", r->score);
        vt_table_count(table, e->together);
        vt_table_printf(table, "%.2f", e->expected);
        vt_table_printf(table, "%.2f", e->lift);
        vt_table_text(table, r->source);
        vt_table_text(table, price);
        vt_table_text(table, r->title[0] == '\0' ? "-" : r->title);
    }
    status = vt_table_print(&cli->out, table, (size_t)cli->width, err);
    vt_table_free(table);
    return status;
}

static int run_complements(vt_cli *cli, const vt_args *args, vt_error *err)
{
    vt_cli_engine engine = {0};
    vt_request request;
    vt_complements found = {.evidence = NULL};
    int status = vt_cli_open_live(&engine.live, cli, err);
    if (status == VT_OK) {
        status = vt_cli_read_request(&request, engine.live, args, err);
    }
    if (status == VT_OK) {
        status = vt_cli_open_recommender(&engine, cli, args, VT_CLI_NO_MODEL, err);
    }
    if (status == VT_OK) {
        request.item = vt_args_operand(args, 0);
        vt_display_stage(cli->display, "reading orders");
        status = vt_complement(&found, engine.recommender, &request, (int32_t)vt_args_int(args, "days"), err);
    }
    vt_display_end(cli->display);
    if (status == VT_OK) {
        status = cli->json ? print_json(cli, &found, &request, err) : print_table(cli, &found, err);
        if (found.answer.degraded[0] != '\0') {
            vt_display_note(cli->display, "%s", found.answer.degraded);
        }
        if (found.answer.n < (size_t)request.n) {
            vt_display_note(cli->display, "%zu of %d items: no more go with it, or pass the filters", found.answer.n,
                            (int)request.n);
        }
    }
    vt_complements_done(&found);
    vt_cli_engine_done(&engine);
    return status;
}

static const vt_option complements_options[] = {
    {.name = "days",
     .type = VT_OPTION_INT,
     .value = "N",
     .fallback = "1",
     .max = 365,
     .help = "purchases without an order number by one user within N days are one order"},
    {.name = NULL},
};

const vt_command vt_command_complements = {
    .name = "complements",
    .summary = "list what goes with an item, not in its place",
    .details = "Counts what is bought in one order with the item, against chance, and takes off what is looked at or "
               "said in its place. An item with few sales answers by its category. No model is needed; "
               "docs/recommend.md has the formula.",
    .operands =
        (const vt_operand[]){
            {.name = "ITEM", .help = "the item's id in the shop"},
            {.name = NULL},
        },
    .options = (const vt_option *const[]){vt_options_filter, complements_options, NULL},
    .examples = "vitrine --shop s complements B00X -n 5",
    .run = run_complements,
};
