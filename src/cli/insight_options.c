/* Options of the insight commands. A group is a table, and a command names the groups it has. */
#include "insight_options.h"

#include <stdio.h>
#include <string.h>

/* ---- tables ------------------------------------------------------------------------------------------------------ */

const vt_option vt_insight_scope_options[] = {
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

const vt_option vt_insight_shown_options[] = {
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

const vt_option vt_insight_table_option[] = {
    {.name = "table", .type = VT_OPTION_TEXT, .value = "FILE", .help = "a CSV file with a header, maybe compressed"},
    {.name = NULL},
};

const vt_option vt_insight_transactions_option[] = {
    {.name = "transactions",
     .type = VT_OPTION_TEXT,
     .value = "FILE",
     .help = "read this file in place of the shop, a CSV, maybe compressed"},
    {.name = NULL},
};

const vt_option vt_insight_seed_option[] = {
    {.name = "seed",
     .type = VT_OPTION_INT,
     .value = "N",
     .fallback = "42",
     .min = 0,
     .max = INT32_MAX,
     .help = "of everything random: same seed, same answer"},
    {.name = NULL},
};

const vt_option vt_insight_elasticity_options[] = {
    {.name = "quantity", .type = VT_OPTION_TEXT, .value = "COLUMN", .fallback = "quantity", .help = "the pieces sold"},
    {.name = "price", .type = VT_OPTION_TEXT, .value = "COLUMN", .fallback = "price", .help = "the price of a piece"},
    {.name = "by", .type = VT_OPTION_TEXT, .value = "COLUMN", .help = "one estimate for each value of this column"},
    {.name = NULL},
};

const vt_option vt_insight_goods_options[] = {
    {.name = "period",
     .type = VT_OPTION_TEXT,
     .value = "SPAN",
     .fallback = "30d",
     .help = "weeks up to its end count, of a shop"},
    {.name = "category", .type = VT_OPTION_TEXT, .value = "PATH", .help = "goods of this category alone, of a shop"},
    {.name = "brand", .type = VT_OPTION_TEXT, .value = "NAME", .help = "goods of this brand alone, of a shop"},
    {.name = NULL},
};

const vt_option vt_insight_churn_options[] = {
    {.name = "target",
     .type = VT_OPTION_TEXT,
     .value = "COLUMN",
     .fallback = "churned",
     .help = "who was lost: yes or no; nothing for customers to foretell"},
    {.name = NULL},
};

const vt_option vt_insight_baskets_options[] = {
    {.name = "support",
     .type = VT_OPTION_REAL,
     .value = "SHARE",
     .fallback = "0.001",
     .min = 0,
     .max = 1,
     .help = "of the baskets, at least, that hold all items of a rule; above 0"},
    {.name = "confidence",
     .type = VT_OPTION_REAL,
     .value = "SHARE",
     .fallback = "0.5",
     .min = 0,
     .max = 1,
     .help = "of the baskets with the left side, at least, that hold the right one too"},
    {.name = NULL},
};

const vt_option vt_insight_clv_options[] = {
    {.name = "until",
     .type = VT_OPTION_TEXT,
     .value = "DAY",
     .help = "the last day that counts, as 2026-09-30; what came later shows how well it was foreseen"},
    {.name = "horizon",
     .type = VT_OPTION_INT,
     .value = "MONTHS",
     .fallback = "12",
     .min = 1,
     .max = 1000,
     .help = "months ahead"},
    {.name = "unit",
     .type = VT_OPTION_CHOICE,
     .value = "UNIT",
     .fallback = "week",
     .choices = "day|week|month",
     .help = "the unit of time of the parameters"},
    {.name = NULL},
};

const vt_option vt_insight_item_option[] = {
    {.name = "item",
     .type = VT_OPTION_TEXT,
     .value = "ID",
     .help = "of this product alone: what each price should bring, and what those tried brought"},
    {.name = NULL},
};

const vt_option vt_insight_rhythm_options[] = {
    {.name = "user", .type = VT_OPTION_TEXT, .value = "ID", .help = "of this customer alone, order by order"},
    {.name = "horizon",
     .type = VT_OPTION_INT,
     .value = "MONTHS",
     .fallback = "12",
     .min = 1,
     .max = 1000,
     .help = "months ahead in which the next order may come"},
    {.name = NULL},
};

const vt_option vt_insight_service_option[] = {
    {.name = "service",
     .type = VT_OPTION_REAL,
     .value = "SHARE",
     .fallback = "0.95",
     .min = 0.001,
     .max = 0.999,
     .help = "chance that stock lasts until goods arrive"},
    {.name = NULL},
};

const vt_option vt_insight_demand_options[] = {
    {.name = "series",
     .type = VT_OPTION_TEXT,
     .value = "FILE",
     .help = "a CSV file of (series, period, value), or with a series in each column or row; maybe compressed"},
    {.name = "season",
     .type = VT_OPTION_INT,
     .value = "PERIODS",
     .fallback = "0",
     .min = 0,
     .max = 100000,
     .help = "periods of a season, 1 for none; 0: as the periods suggest, 12 for months"},
    {.name = "horizon",
     .type = VT_OPTION_INT,
     .value = "PERIODS",
     .fallback = "12",
     .min = 1,
     .max = 1000,
     .help = "periods to foresee: of --unit for a shop, of its own step for a file"},
    {.name = "backtest", .help = "hold the last periods out and say how well each method would have foreseen them"},
    {.name = "holidays",
     .type = VT_OPTION_TEXT,
     .value = "FILE",
     .help = "a CSV file of days known beforehand, past and to come: date, name, and maybe until; holidays, closed "
             "days, promotions"},
    {.name = "unit",
     .type = VT_OPTION_CHOICE,
     .value = "UNIT",
     .fallback = "week",
     .choices = "day|week|month",
     .help = "of the periods of a shop"},
    {.name = NULL},
};

const vt_option vt_insight_lead_option[] = {
    {.name = "lead-days",
     .type = VT_OPTION_INT,
     .value = "DAYS",
     .fallback = "14",
     .min = 0,
     .max = 365,
     .help = "days from ordering to having"},
    {.name = NULL},
};

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* The option of a command that sets `name`: words of a command line are joined by hyphens. */
static const vt_option *option_of(const vt_args *args, const char *name)
{
    char option[32];
    snprintf(option, sizeof option, "%s", strcmp(name, "n") == 0 ? "number" : name);
    for (char *c = option; *c != '\0'; c++) {
        *c = *c == '_' ? '-' : *c;
    }
    return vt_option_find(args->command, option, strlen(option));
}

int vt_insight_options_read(vt_insight_options *out, const vt_cli *cli, const vt_args *args, vt_error *err)
{
    int status = VT_OK;
    vt_insight_options_init(out);
    out->progress = &cli->progress;
    for (size_t i = 0; vt_insight_option_at(i) != NULL && status == VT_OK; i++) {
        const char *name = vt_insight_option_at(i);
        const vt_option *option = option_of(args, name);
        if (option == NULL) {
            continue;
        }
        const char *value = option->type == VT_OPTION_FLAG ? (vt_args_given(args, option->name) ? "true" : "false")
                                                           : vt_args_text(args, option->name);
        if (strcmp(name, "price") == 0 && vt_option_find(args->command, "quantity", 8) != NULL) {
            name = "price_column"; /* beside --quantity, --price names a column */
        }
        status = value == NULL ? VT_OK : vt_insight_options_set(out, name, value, err);
    }
    return status;
}

const char *vt_insight_file_option(const vt_args *args)
{
    static const char *const names[] = {"transactions", "series", "table"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (vt_option_find(args->command, names[i], strlen(names[i])) != NULL) {
            return names[i];
        }
    }
    return NULL;
}
