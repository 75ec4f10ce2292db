/* Lists of all customers into the shop. Filters and rules are those of one list. */
#include "recommend_all.h"

#include "answer_print.h"
#include "base/alloc.h"
#include "common.h"
#include "engine.h"
#include "rules_args.h"
#include "vitrine/next_items.h"

int vt_cli_request_rules(vt_request *request, vt_rules *rules, const char ***ids, vt_cli *cli, const vt_args *args,
                         vt_error *err)
{
    vt_shop *shop = NULL;
    size_t n = vt_args_count(args, "fewer-like");
    request->keep_seen = vt_args_given(args, "keep-seen");
    *ids = vt_alloc(n, sizeof **ids, err);
    for (size_t i = 0; *ids != NULL && i < n; i++) {
        (*ids)[i] = vt_args_at(args, "fewer-like", i);
    }
    request->fewer_like = *ids;
    request->n_fewer_like = n;
    request->rules = rules;
    int status = *ids == NULL ? VT_ERR_NO_MEMORY : vt_cli_open_shop(&shop, cli, VT_SHOP_READ, err);
    status = status != VT_OK ? status : vt_cli_rules(rules, shop, args, err);
    vt_shop_close(shop);
    return status;
}

static int print_done(vt_cli *cli, const vt_next_items *done, vt_error *err)
{
    vt_table *table = NULL;
    if (cli->json) {
        vt_json_writer w;
        vt_cli_json_begin(&w, cli);
        vt_json_int(&w, "customers", done->customers);
        vt_json_int(&w, "buyers", done->buyers);
        vt_json_int(&w, "rows", done->rows);
        return vt_cli_json_end(&w, cli, err);
    }
    int status = vt_pairs_create(&table, err);
    if (status == VT_OK) {
        vt_pairs_count(table, "customers with orders", done->buyers);
        vt_pairs_count(table, "customers with a list", done->customers);
        vt_pairs_count(table, "rows", done->rows);
        status = vt_table_print(&cli->out, table, (size_t)cli->width, err);
    }
    vt_table_free(table);
    return status;
}

/* What belongs to the list of one user cannot be given. */
static int check_alone(const vt_args *args, vt_error *err)
{
    static const char *const alone[] = {"event", "history", "explain", "fewer-like"};
    if (vt_args_operand(args, 0) != NULL) {
        return vt_fail(err, VT_ERR_USAGE, "--all is for all customers; leave USER out");
    }
    for (size_t i = 0; i < sizeof alone / sizeof alone[0]; i++) {
        if (vt_args_given(args, alone[i])) {
            return vt_fail(err, VT_ERR_USAGE, "--%s is for the list of one user; --all has none", alone[i]);
        }
    }
    return VT_OK;
}

int vt_cli_recommend_all(vt_cli *cli, const vt_args *args, vt_error *err)
{
    vt_cli_engine engine = {0};
    vt_request request;
    vt_rules rules;
    vt_next_items done;
    const char **fewer = NULL;
    vt_rules_init(&rules);
    int status = check_alone(args, err);
    status = status == VT_OK ? vt_cli_open_live(&engine.live, cli, err) : status;
    status = status == VT_OK ? vt_cli_read_request(&request, engine.live, args, err) : status;
    status = status == VT_OK ? vt_cli_request_rules(&request, &rules, &fewer, cli, args, err) : status;
    status = status == VT_OK ? vt_cli_open_recommender(&engine, cli, args, VT_CLI_MODEL, err) : status;
    if (status == VT_OK) {
        vt_next_items_options options;
        vt_next_items_options_init(&options);
        options.request = &request;
        options.customers = vt_args_int(args, "customers");
        options.threads = cli->threads;
        options.progress = &cli->progress;
        status = vt_next_items_store(&done, engine.recommender, &options, err);
    }
    vt_display_end(cli->display);
    if (status == VT_OK) {
        status = print_done(cli, &done, err);
        if (done.degraded[0] != '\0') {
            vt_display_note(cli->display, "%s", done.degraded);
        }
    }
    vt_rules_done(&rules);
    vt_free(fewer);
    vt_cli_engine_done(&engine);
    return status;
}
