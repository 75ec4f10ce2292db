/* vitrine recommend, similar: items for a user or beside an item, from a model of the shop. */
#include <string.h>

#include "base/number.h"
#include "common.h"
#include "store/store.h"

/* Reads one bound of --price in major units; nothing between the separators is no bound. */
static bool read_bound(int64_t *out, vt_str text, int digits)
{
    if (text.len == 0) {
        return true;
    }
    return vt_parse_money(out, text, digits) && *out >= 0;
}

static int read_price(vt_request *request, const char *text, const char *currency, vt_error *err)
{
    const char *colon = strchr(text, ':');
    int digits = vt_currency_digits(currency);
    if (colon == NULL || text[1] == '\0' ||
        !read_bound(&request->price_min, (vt_str){text, (size_t)(colon - text)}, digits) ||
        !read_bound(&request->price_max, vt_str_of(colon + 1), digits)) {
        return vt_fail(err, VT_ERR_USAGE,
                       "--price is \"%s\"; a smallest and a largest price are expected, such as 0:25, 10: or :9.99",
                       text);
    }
    if (request->price_min != VT_NONE && request->price_max != VT_NONE && request->price_min > request->price_max) {
        return vt_fail(err, VT_ERR_USAGE, "--price is \"%s\"; the first price is larger than the second", text);
    }
    return VT_OK;
}

static int read_request(vt_request *request, vt_shop *shop, const vt_args *args, vt_error *err)
{
    vt_request_init(request);
    request->n = (int32_t)vt_args_int(args, "number");
    request->category = vt_args_text(args, "category");
    request->brand = vt_args_text(args, "brand");
    request->keep_seen = vt_args_given(args, "keep-seen");
    request->keep_unavailable = vt_args_given(args, "keep-unavailable");
    const char *price = vt_args_text(args, "price");
    if (price == NULL) {
        return VT_OK;
    }
    char currency[8] = "";
    int status = vt_store_get(vt_shop_store(shop), "currency", currency, sizeof currency, err);
    return status == VT_OK ? read_price(request, price, currency, err) : status;
}

static int print_json(vt_cli *cli, const vt_answer *answer, const vt_request *request, const char *model, vt_error *err)
{
    vt_json_writer w;
    vt_cli_json_begin(&w, cli);
    vt_json_text(&w, request->item != NULL ? "item" : "user",
                 vt_str_of(request->item != NULL ? request->item : request->user));
    vt_json_text(&w, "model", vt_str_of(model));
    if (request->item == NULL) {
        vt_json_int(&w, "history", answer->history);
    }
    vt_json_int(&w, "candidates", answer->candidates);
    vt_json_text(&w, "currency", answer->currency[0] == '\0' ? (vt_str){NULL, 0} : vt_str_of(answer->currency));
    vt_json_array(&w, "items");
    for (size_t i = 0; i < answer->n; i++) {
        const vt_recommendation *r = &answer->items[i];
        vt_json_object(&w, NULL);
        vt_json_text(&w, "item", vt_str_of(r->item));
        vt_json_text(&w, "title", vt_str_of(r->title));
        vt_json_text(&w, "category", vt_str_of(r->category));
        vt_json_text(&w, "brand", vt_str_of(r->brand));
        vt_cli_json_money(&w, "price", r->price, answer->currency);
        vt_json_number(&w, "score", r->score);
        vt_json_text(&w, "source", vt_str_of(r->source));
        vt_json_object_end(&w);
    }
    vt_json_array_end(&w);
    return vt_cli_json_end(&w, cli, err);
}

static int print_text(vt_cli *cli, const vt_answer *answer, vt_error *err)
{
    vt_table *table = NULL;
    int status = vt_table_create(&table, err);
    if (status != VT_OK) {
        return status;
    }
    vt_table_column(table, "#", VT_RIGHT, 0);
    vt_table_column(table, "item", VT_LEFT, 40);
    vt_table_column(table, "score", VT_RIGHT, 0);
    vt_table_column(table, "price", VT_RIGHT, 0);
    vt_table_column(table, "source", VT_LEFT, 0);
    vt_table_column(table, "title", VT_LEFT, 50);
    for (size_t i = 0; i < answer->n; i++) {
        const vt_recommendation *r = &answer->items[i];
        char price[48];
        vt_format_money(price, r->price, answer->currency);
        vt_table_printf(table, "%zu", i + 1);
        vt_table_text(table, r->item);
        vt_table_printf(table, "%.4f", r->score);
        vt_table_text(table, price);
        vt_table_text(table, r->source);
        vt_table_text(table, r->title == NULL || r->title[0] == '\0' ? "-" : r->title);
    }
    status = vt_table_print(&cli->out, table, (size_t)cli->width, err);
    vt_table_free(table);
    return status;
}

static int answer_request(vt_cli *cli, const vt_args *args, bool similar, vt_error *err)
{
    char path[4096];
    char name[256];
    vt_shop *shop = NULL;
    vt_model *model = NULL;
    vt_answer answer;
    vt_request request;
    memset(&answer, 0, sizeof answer);
    int status = vt_cli_open_shop(&shop, cli, VT_SHOP_READ, err);
    if (status == VT_OK) {
        status = read_request(&request, shop, args, err);
    }
    if (status == VT_OK) {
        status = vt_cli_find_model(path, sizeof path, cli, vt_args_text(args, "model"), err);
    }
    if (status == VT_OK) {
        vt_model_name(name, sizeof name, path);
        if (!vt_args_given(args, "model")) {
            vt_display_note(cli->display, "model: %s (the newest of the shop)", name);
        }
        status = vt_model_load(&model, path, err);
    }
    if (status == VT_OK && similar) {
        request.item = vt_args_operand(args, 0);
        status = vt_similar(&answer, shop, model, &request, err);
    } else if (status == VT_OK) {
        request.user = vt_args_operand(args, 0);
        status = vt_recommend(&answer, shop, model, &request, err);
    }
    vt_display_end(cli->display);
    if (status == VT_OK) {
        status = cli->json ? print_json(cli, &answer, &request, name, err) : print_text(cli, &answer, err);
        if (answer.n < (size_t)request.n) {
            vt_display_note(cli->display, "%zu of %d items: no more pass the filters", answer.n, (int)request.n);
        }
    }
    vt_answer_done(&answer);
    vt_model_free(model);
    vt_shop_close(shop);
    return status;
}

static int run_recommend(vt_cli *cli, const vt_args *args, vt_error *err)
{
    return answer_request(cli, args, false, err);
}

static int run_similar(vt_cli *cli, const vt_args *args, vt_error *err)
{
    return answer_request(cli, args, true, err);
}

const vt_command vt_command_recommend = {
    .name = "recommend",
    .summary = "recommend items to a user",
    .details = "The user's history is read from the shop as it stands now, also what happened after the model was "
               "trained. Seen and unavailable items are left out unless asked for.",
    .operands =
        (const vt_operand[]){
            {.name = "USER", .help = "the user's id in the shop"},
            {.name = NULL},
        },
    .options = (const vt_option *const[]){vt_options_filter, NULL},
    .examples = "vitrine --shop s recommend u17 -n 10 --category Beauty --price 0:25",
    .run = run_recommend,
};

const vt_command vt_command_similar = {
    .name = "similar",
    .summary = "list items similar to one",
    .operands =
        (const vt_operand[]){
            {.name = "ITEM", .help = "the item's id in the shop"},
            {.name = NULL},
        },
    .options = (const vt_option *const[]){vt_options_filter, NULL},
    .examples = "vitrine --shop s similar B00X -n 5 --json",
    .run = run_similar,
};
