/* vitrine insight: one command a kind of question; what is asked and how the answer is shown is the same for all. */
#include <string.h>

#include "answer_print.h"
#include "asked.h"
#include "common.h"
#include "insight_print.h"

#define GROUP "insight "

/* ---- options ----------------------------------------------------------------------------------------------------- */

static const vt_option scope_options[] = {
    {.name = "period",
     .type = VT_OPTION_TEXT,
     .value = "SPAN",
     .fallback = "30d",
     .help = "30d, 8w, 3m or 1y up to now, days such as 2026-10-01..2026-10-31, a month, a year, or all"},
    {.name = "compare",
     .type = VT_OPTION_CHOICE,
     .value = "WITH",
     .fallback = "previous",
     .choices = "previous|weekdays|year|none",
     .help = "what the period is compared with"},
    {.name = "category", .type = VT_OPTION_TEXT, .value = "PATH", .help = "goods of this category alone, or below it"},
    {.name = "brand", .type = VT_OPTION_TEXT, .value = "NAME", .help = "goods of this brand alone"},
    {.name = "price",
     .type = VT_OPTION_TEXT,
     .value = "LOW:HIGH",
     .help = "pieces at a price between, in major units; either side may be empty"},
    {.name = "customers",
     .type = VT_OPTION_CHOICE,
     .value = "KIND",
     .choices = "new|returning|premium",
     .help = "customers of this kind alone"},
    {.name = "segment",
     .type = VT_OPTION_CHOICE,
     .value = "NAME",
     .choices = "champions|loyal|promising|newcomers|fading|at-risk|lost",
     .help = "customers of this segment alone"},
    {.name = NULL},
};

static const vt_option shown_options[] = {
    {.name = "number",
     .letter = 'n',
     .type = VT_OPTION_INT,
     .value = "N",
     .fallback = "10",
     .min = 1,
     .max = 100000,
     .help = "rows of each table"},
    {.name = "show", .type = VT_OPTION_TEXT, .value = "TABLE", .help = "this table alone; figures for the figures"},
    {.name = "csv", .help = "print a table as CSV: the one that --show names, else the first"},
    {.name = NULL},
};

/* ---- asking ------------------------------------------------------------------------------------------------------ */

/* An option's text, NULL where it was not given or the command does not have it. */
static const char *text_of(const vt_args *args, const char *name)
{
    return vt_option_find(args->command, name, strlen(name)) == NULL ? NULL : vt_args_text(args, name);
}

static void read_options(vt_insight_options *out, const vt_cli *cli, const vt_args *args)
{
    vt_insight_options_init(out);
    out->progress = &cli->progress;
    out->n = (int32_t)vt_args_int(args, "number");
    out->period = text_of(args, "period");
    out->compare = text_of(args, "compare");
    out->category = text_of(args, "category");
    out->brand = text_of(args, "brand");
    out->price = text_of(args, "price");
    out->customers = text_of(args, "customers");
    out->segment = text_of(args, "segment");
}

static int show(vt_cli *cli, const vt_args *args, const vt_insight *insight, vt_error *err)
{
    vt_text text = {NULL, 0};
    const char *table = vt_args_text(args, "show");
    if (cli->json) {
        return vt_cli_print_json(cli, &text, vt_insight_json(&text, insight, true, err), err);
    }
    if (vt_args_given(args, "csv")) {
        bool figures = table == NULL ? insight->n_tables == 0 : strcmp(table, "figures") == 0;
        const char *which = figures ? NULL : table == NULL ? insight->tables[0].id : table;
        return vt_cli_print_json(cli, &text, vt_insight_csv(&text, insight, which, err), err);
    }
    return vt_insight_print(cli, insight, table, (size_t)vt_args_int(args, "number"), err);
}

static int run_insight(vt_cli *cli, const vt_args *args, vt_error *err)
{
    const char *kind = args->command->name + strlen(GROUP);
    vt_insight_options options;
    vt_live *live = NULL;
    vt_insight *insight = NULL;
    read_options(&options, cli, args);
    int status = vt_cli_open_live(&live, cli, err);
    if (status == VT_OK) {
        vt_display_stage(cli->display, "counting");
        status = vt_insight_ask(&insight, live, kind, &options, err);
    }
    vt_display_end(cli->display);
    status = status == VT_OK ? show(cli, args, insight, err) : status;
    vt_insight_free(insight);
    vt_live_close(live);
    return status;
}

/* ---- commands ---------------------------------------------------------------------------------------------------- */

const vt_command vt_command_insight_overview = {
    .name = GROUP "overview",
    .summary = "say how business goes, and what made the difference",
    .details =
        "Revenue, orders, customers and visits of a period beside an earlier one; what categories, brands, prices "
        "and kinds of customers add to the change. docs/metrics.md defines every figure.",
    .options = (const vt_option *const[]){scope_options, shown_options, NULL},
    .examples = "vitrine --shop s insight overview --period 30d --compare weekdays",
    .run = run_insight,
};
