/* vitrine insight: one command a kind of question. Options and how an answer is shown are the same for all. */
#include <string.h>

#include "answer_print.h"
#include "common.h"
#include "engine.h"
#include "insight_options.h"
#include "insight_print.h"

#define GROUP "insight "

/* ---- running ----------------------------------------------------------------------------------------------------- */

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

static bool is_about_shops(const char *kind)
{
    vt_insight_info info;
    for (size_t i = 0; vt_insight_kind_at(&info, i); i++) {
        if (strcmp(info.name, kind) == 0) {
            return info.shop;
        }
    }
    return false;
}

static int run_insight(vt_cli *cli, const vt_args *args, vt_error *err)
{
    const char *kind = args->command->name + strlen(GROUP), *option = vt_insight_file_option(args);
    const char *path = option == NULL ? NULL : vt_args_text(args, option);
    vt_insight_options options;
    vt_live *live = NULL;
    vt_insight *insight = NULL;
    int status;
    if (path == NULL && !is_about_shops(kind)) {
        return vt_fail(err, VT_ERR_USAGE, "name the file to read: --%s FILE", option);
    }
    status = vt_insight_options_read(&options, cli, args, err);
    if (status == VT_OK && path == NULL) {
        status = vt_cli_open_live(&live, cli, err);
    }
    vt_display_stage(cli->display, "counting");
    if (status == VT_OK) {
        status = path == NULL ? vt_insight_ask(&insight, live, kind, &options, err)
                              : vt_insight_file(&insight, path, kind, &options, err);
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
    .options = (const vt_option *const[]){vt_insight_scope_options, vt_insight_shown_options, NULL},
    .examples = "vitrine --shop s insight overview --period 30d --compare weekdays",
    .run = run_insight,
};

const vt_command vt_command_insight_elasticity = {
    .name = GROUP "elasticity",
    .summary = "say how sales answer to prices, and which to try",
    .details =
        "Reads the sales of a shop week by week, two years at most, or with --table a file with a row for each product "
        "and period, or for each price that was tried. Beside the named "
        "columns it uses \"date\", \"category\", \"promotion\" (0 to 1, yes or no), \"days\" (that a row is of) and "
        "\"cost\" where the file has them. Products with few sales or steady prices borrow from the others. The "
        "suggested price is the one of the highest margin where the cost is known, else of the highest revenue.",
    .options =
        (const vt_option *const[]){vt_insight_table_option, vt_insight_elasticity_options, vt_insight_goods_options,
                                   vt_insight_seed_option, vt_insight_shown_options, NULL},
    .examples = "vitrine insight elasticity --table prices.csv --quantity sales --price price --by brand\n"
                "vitrine --shop s insight elasticity --show categories",
    .run = run_insight,
};

const vt_command vt_command_insight_prices = {
    .name = GROUP "prices",
    .summary = "say which prices are worth trying",
    .details =
        "Products with enough evidence, the price of the highest margin within the prices tried (revenue where the "
        "cost is not known), and what it should bring a month with its interval. A suggestion to try for 14 days. "
        "--item shows the whole curve of one.",
    .options = (const vt_option *const[]){vt_insight_item_option, vt_insight_goods_options, vt_insight_seed_option,
                                          vt_insight_shown_options, NULL},
    .examples = "vitrine --shop s insight prices -n 20 --category Toys\n"
                "vitrine --shop s insight prices --item B00X",
    .run = run_insight,
};

const vt_command vt_command_insight_churn = {
    .name = GROUP "churn",
    .summary = "say who is about to be lost, how sure, and why",
    .details =
        "Reads what customers of a shop did, or with --table a file. Of a shop: a model is fitted as of an earlier "
        "day, tried on a later one, and applied at the end of the period; who places no order in the days within "
        "which 90 % of reorders come counts as lost. A file has a row for each customer: columns of numbers and of "
        "categories, missing values among them, "
        "and one that says who was lost. A quarter of the customers is held out to say how good the model is: the "
        "last ones where there is a column \"date\". A column \"value\" tells what a customer is worth. Boosted trees "
        "need LightGBM, which script/setup installs; without it a logistic regression answers.",
    .options = (const vt_option *const[]){vt_insight_table_option, vt_insight_churn_options, vt_insight_scope_options,
                                          vt_insight_seed_option, vt_insight_shown_options, NULL},
    .examples = "vitrine insight churn --table customers.csv --target churned\n"
                "vitrine --shop s insight churn --show customers -n 100",
    .run = run_insight,
};

const vt_command vt_command_insight_sales = {
    .name = GROUP "sales",
    .summary = "say what explains a change of sales, when people buy",
    .details = "The change split into volume and price, by category, brand, price and kind of customer; orders by "
               "weekday and hour; days beside those of the compared period.",
    .options = (const vt_option *const[]){vt_insight_scope_options, vt_insight_shown_options, NULL},
    .examples = "vitrine --shop s insight sales --period 3m --compare year",
    .run = run_insight,
};

const vt_command vt_command_insight_customers = {
    .name = GROUP "customers",
    .summary = "say who buys, who is new, and who spends more",
    .details = "Customers of a period by kind, region and age, and those who brought most.",
    .options = (const vt_option *const[]){vt_insight_scope_options, vt_insight_shown_options, NULL},
    .examples = "vitrine --shop s insight customers --period 2026-10",
    .run = run_insight,
};

const vt_command vt_command_insight_products = {
    .name = GROUP "products",
    .summary = "say what sells, what moved, and what lies in stock",
    .details = "Products by revenue with their share, course, views, margin, returns, rating and stock; ABC classes; "
               "what moved most.",
    .options = (const vt_option *const[]){vt_insight_scope_options, vt_insight_shown_options, NULL},
    .examples = "vitrine --shop s insight products -n 20 --category Clothing",
    .run = run_insight,
};

const vt_command vt_command_insight_segments = {
    .name = GROUP "segments",
    .summary = "group customers by recency, frequency and money",
    .details = "Seven segments as of the end of the period, with what one may do for each, and the grid of scores.",
    .options = (const vt_option *const[]){vt_insight_scope_options, vt_insight_shown_options, NULL},
    .examples = "vitrine --shop s insight segments --csv",
    .run = run_insight,
};

const vt_command vt_command_insight_sentiment = {
    .name = GROUP "sentiment",
    .summary = "say what reviews praise and criticise, by product",
    .details = "The share of reviews that speak for what they are about, and products by criticism with the phrases "
               "that tell reviews for from those against. \"vitrine encode --sentiment\" reads the words first.",
    .options = (const vt_option *const[]){vt_insight_scope_options, vt_insight_shown_options, NULL},
    .examples = "vitrine --shop s insight sentiment --period 3m\n"
                "vitrine --shop s insight sentiment --show phrases --csv",
    .run = run_insight,
};

const vt_command vt_command_insight_cohorts = {
    .name = GROUP "cohorts",
    .summary = "show who comes back, month by month",
    .details = "Customers by the month of their first order, the share who order again in each month after it, what "
               "they bring, and when the second order comes.",
    .options = (const vt_option *const[]){vt_insight_scope_options, vt_insight_shown_options, NULL},
    .examples = "vitrine --shop s insight cohorts --show retention",
    .run = run_insight,
};

const vt_command vt_command_insight_baskets = {
    .name = GROUP "baskets",
    .summary = "say what is bought together, and what dearer",
    .details =
        "Reads the orders of a shop, or with --transactions a file: a header and one item of a basket a row (the "
        "first two columns are basket and item), or one basket a line, its items separated by commas. Rules have one "
        "item on the right; those that chance may have made are marked. docs/metrics.md has the formulas.",
    .options = (const vt_option *const[]){vt_insight_transactions_option, vt_insight_baskets_options,
                                          vt_insight_scope_options, vt_insight_shown_options, NULL},
    .examples = "vitrine insight baskets --transactions groceries.csv --support 0.001 --confidence 0.5\n"
                "vitrine --shop s insight baskets --period 1y --show pairs -n 100",
    .run = run_insight,
};

const vt_command vt_command_insight_clv = {
    .name = GROUP "clv",
    .summary = "say what customers will buy and bring, and who still buys",
    .details =
        "Reads the order lines of a shop, or with --transactions a file: columns \"customer\", \"date\" and \"amount\" "
        "(or other usual names), or the lines of the CDNOW files. BG/NBD and Pareto/NBD are fitted, of which the "
        "likelier one foresees purchases, and Gamma-Gamma for amounts. docs/metrics.md has the formulas.",
    .options = (const vt_option *const[]){vt_insight_transactions_option, vt_insight_clv_options,
                                          vt_insight_scope_options, vt_insight_shown_options, NULL},
    .examples = "vitrine insight clv --transactions orders.csv --until 2026-09-30\n"
                "vitrine --shop s insight clv --horizon 6 --show customers -n 100",
    .run = run_insight,
};

const vt_command vt_command_insight_rhythm = {
    .name = GROUP "rhythm",
    .summary = "say how often customers order, and when they will next",
    .details =
        "Days between orders, of all and of each customer; the next order with an interval that holds it in 8 of 10 "
        "cases, if one comes in the months ahead; whose silence is too long. Reads a shop, or with --transactions a "
        "file as insight clv does. The list begins with those to write to.",
    .options = (const vt_option *const[]){vt_insight_transactions_option, vt_insight_rhythm_options,
                                          vt_insight_scope_options, vt_insight_shown_options, NULL},
    .examples = "vitrine --shop s insight rhythm -n 50 --csv\n"
                "vitrine --shop s insight rhythm --user u17",
    .run = run_insight,
};

const vt_command vt_command_insight_demand = {
    .name = GROUP "demand",
    .summary = "say what will be sold, and what to have in stock",
    .details =
        "Reads the sales of a shop, or with --series a file: rows of series, period and value (a column \"stockout\" "
        "marks periods in which goods ran out), a series in each column behind one of periods, or a series in each "
        "row. Periods are dates or numbers at equal steps. Forecasts are a combination of methods that is weighted by "
        "how each did before; series add up "
        "to their sum. docs/metrics.md defines every figure.",
    .options =
        (const vt_option *const[]){vt_insight_demand_options, vt_insight_service_option, vt_insight_lead_option,
                                   vt_insight_seed_option, vt_insight_scope_options, vt_insight_shown_options, NULL},
    .examples = "vitrine insight demand --series sales.csv --season 12 --horizon 12 --backtest\n"
                "vitrine --shop s insight demand --unit week --horizon 12 -n 20",
    .run = run_insight,
};

const vt_command vt_command_insight_stock = {
    .name = GROUP "stock",
    .summary = "say what runs out, what to order, and what lies",
    .details = "Demand until goods arrive for every product whose stock the shop tells, with safety stock, reorder "
               "point and the quantity to order; what lies in stock unsold. The stock is that of now. docs/metrics.md "
               "defines every figure.",
    .options = (const vt_option *const[]){vt_insight_service_option, vt_insight_lead_option, vt_insight_seed_option,
                                          vt_insight_scope_options, vt_insight_shown_options, NULL},
    .examples = "vitrine --shop s insight stock --service 0.95 --lead-days 14 --csv",
    .run = run_insight,
};

const vt_command vt_command_insight_trends = {
    .name = GROUP "trends",
    .summary = "show what rises and falls, and what has its season",
    .details =
        "Products and styles whose share of the pieces sold changed beyond chance, many looks taken into account; "
        "an index of the months by category; revenue by weeks with its trend, season and changes of level.",
    .options = (const vt_option *const[]){vt_insight_scope_options, vt_insight_shown_options, NULL},
    .examples = "vitrine --shop s insight trends --period 3m --compare previous",
    .run = run_insight,
};

const vt_command vt_command_insight_recommendations = {
    .name = GROUP "recommendations",
    .summary = "show what recommendations are followed by",
    .details =
        "Impressions, clicks, and what was bought within 7 days of a click, by place and by model. Money after a "
        "click is not money because of it: an experiment tells that.",
    .options = (const vt_option *const[]){vt_insight_scope_options, vt_insight_shown_options, NULL},
    .examples = "vitrine --shop s insight recommendations --period 3m",
    .run = run_insight,
};

const vt_command vt_command_insight_actions = {
    .name = GROUP "actions",
    .summary = "say what is worth doing today",
    .details = "What to order, reprice, show more, show together, win back, clear, and which data to mend, with the "
               "reason and "
               "what it may bring in a month; effects on the same goods count once. --lead-days is how long goods take "
               "to come.",
    .options =
        (const vt_option *const[]){vt_insight_scope_options, vt_insight_lead_option, vt_insight_shown_options, NULL},
    .examples = "vitrine --shop s insight actions --lead-days 21 -n 20",
    .run = run_insight,
};
