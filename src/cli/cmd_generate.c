/* vitrine generate: a synthetic shop to try everything on. */
#include <stdio.h>

#include "base/clock.h"
#include "common.h"
#include "vitrine/generator.h"

static const vt_option options[] = {
    {.name = "products",
     .type = VT_OPTION_INT,
     .value = "N",
     .fallback = "1000",
     .min = 35,
     .max = 1000000,
     .help = "products of the catalogue, in 35 sub-categories"},
    {.name = "users",
     .type = VT_OPTION_INT,
     .value = "N",
     .fallback = "5000",
     .min = 10,
     .max = 10000000,
     .help = "customers, each with an order at least"},
    {.name = "orders",
     .type = VT_OPTION_INT,
     .value = "N",
     .min = 1,
     .max = 100000000,
     .help = "orders, met within 1 %; not given: as many as the reviews need"},
    {.name = "reviews",
     .type = VT_OPTION_INT,
     .value = "N",
     .min = 1,
     .max = 100000000,
     .help = "reviews, met exactly; not given: 15000, or with --orders three for ten products bought"},
    {.name = "photos",
     .type = VT_OPTION_INT,
     .value = "N",
     .min = 0,
     .max = 1000000,
     .help = "products that have photos, evenly spread; not given: all, at most 2000"},
    {.name = "stock-outs",
     .type = VT_OPTION_FLAG,
     .help = "products run out of stock, and what was wanted then is lost"},
    {.name = NULL},
};

static int print_json(vt_cli *cli, const vt_generate_report *report, int64_t seed, vt_error *err)
{
    vt_json_writer json;
    vt_cli_json_begin(&json, cli);
    vt_json_text(&json, "shop", vt_str_of(cli->shop));
    vt_json_int(&json, "generator_version", VT_GENERATOR_VERSION);
    vt_json_int(&json, "seed", seed);
    vt_json_int(&json, "products", report->products);
    vt_json_int(&json, "photos", report->photos);
    vt_json_int(&json, "users", report->users);
    vt_json_int(&json, "orders", report->orders);
    vt_json_int(&json, "lines", report->lines);
    vt_json_int(&json, "reviews", report->reviews);
    vt_json_int(&json, "events", report->events);
    return vt_cli_json_end(&json, cli, err);
}

static int print_table(vt_cli *cli, const vt_generate_report *report, double seconds, vt_error *err)
{
    const struct {
        const char *name;
        int64_t number;
    } rows[] = {
        {"products", report->products}, {"photos", report->photos},     {"users", report->users},
        {"orders", report->orders},     {"order lines", report->lines}, {"reviews", report->reviews},
        {"events", report->events},
    };
    vt_table *table = NULL;
    char duration[32];
    int status = vt_table_create(&table, err);
    if (status != VT_OK) {
        return status;
    }
    vt_table_column(table, "", VT_LEFT, 0);
    vt_table_column(table, "", VT_RIGHT, 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        vt_table_text(table, rows[i].name);
        vt_table_count(table, rows[i].number);
    }
    status = vt_table_print(&cli->out, table, (size_t)cli->width, err);
    vt_table_free(table);
    vt_format_duration(duration, seconds);
    return status != VT_OK
               ? status
               : vt_buf_printf(&cli->out, err, "%s holds the shop; made in %s. What is behind it: %s/truth.json\n",
                               cli->shop, duration, cli->shop);
}

static int run_generate(vt_cli *cli, const vt_args *args, vt_error *err)
{
    vt_generate_options wanted;
    vt_generate_report report;
    double began = vt_seconds();
    vt_generate_options_init(&wanted);
    wanted.products = vt_args_int(args, "products");
    wanted.users = vt_args_int(args, "users");
    wanted.seed = vt_cli_seed(args);
    wanted.threads = cli->threads;
    wanted.progress = &cli->progress;
    if (vt_args_given(args, "orders")) {
        wanted.orders = vt_args_int(args, "orders");
        wanted.reviews = 0;
    }
    if (vt_args_given(args, "reviews")) {
        wanted.reviews = vt_args_int(args, "reviews");
    }
    if (vt_args_given(args, "photos")) {
        wanted.photos = vt_args_int(args, "photos");
    }
    wanted.stock_outs = vt_args_given(args, "stock-outs");
    vt_display_stage(cli->display, "drawing products and customers");
    int status = vt_generate(cli->shop, &wanted, &report, err);
    vt_display_end(cli->display);
    if (status != VT_OK) {
        return status;
    }
    return cli->json ? print_json(cli, &report, (int64_t)wanted.seed, err)
                     : print_table(cli, &report, vt_seconds() - began, err);
}

const vt_command vt_command_generate = {
    .name = "generate",
    .summary = "make a synthetic shop whose truth is known",
    .details =
        "Simulates a shop over two years: products with texts, photos, prices and promotions; customers with tastes, "
        "friends and habits; their visits, orders, returns and reviews. The folder must be missing or empty; on "
        "failure nothing is left in it. Everything that the simulation knew stands in truth.json.\n"
        "\n"
        "Same options and seed, same shop, on any number of threads. About 99.7 % of all pairs of user and product are "
        "empty at the defaults; --products 12000 --users 50000 --reviews 150000 leaves 99.97 % of them empty.",
    .options = (const vt_option *const[]){options, vt_options_seed, NULL},
    .examples = "vitrine --shop demo generate\n"
                "vitrine --shop big generate --products 20000 --users 200000 --orders 1000000 --seed 7",
    .run = run_generate,
};
