/* One way to read the filters and one way to print items, whatever found them. */
#include "answer_print.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/number.h"
#include "common.h"
#include "vitrine/json.h"

const vt_option vt_options_filter[] = {
    {.name = "number",
     .letter = 'n',
     .type = VT_OPTION_INT,
     .value = "N",
     .fallback = "10",
     .min = 1,
     .max = VT_RESULTS_MAX,
     .help = "how many items"},
    {.name = "category",
     .type = VT_OPTION_TEXT,
     .value = "PATH",
     .help = "only items of this category, or of one below it"},
    {.name = "brand", .type = VT_OPTION_TEXT, .value = "NAME", .help = "only items of this brand"},
    {.name = "price",
     .type = VT_OPTION_TEXT,
     .value = "MIN:MAX",
     .help = "only items in this range of prices in the shop's currency, both included: 0:25, 10: or :9.99"},
    {.name = "keep-unavailable", .help = "also what is out of stock or not on sale"},
    {.name = NULL},
};

const vt_option vt_options_model[] = {
    {.name = "model",
     .type = VT_OPTION_TEXT,
     .value = "NAME|FILE",
     .words = VT_WORDS_MODEL_KINDS,
     .help = "a model of the shop or a model file (default: the shop's newest)"},
    {.name = NULL},
};

int vt_cli_print_json(vt_cli *cli, vt_text *json, int status, vt_error *err)
{
    status = status == VT_OK ? vt_buf_add(&cli->out, json->data, json->len, err) : status;
    vt_text_free(json);
    return status;
}

int vt_cli_read_request(vt_request *request, vt_live *live, const vt_args *args, vt_error *err)
{
    vt_request_init(request);
    request->n = (int32_t)vt_args_int(args, "number");
    request->category = vt_args_text(args, "category");
    request->brand = vt_args_text(args, "brand");
    request->keep_unavailable = vt_args_given(args, "keep-unavailable");
    const char *price = vt_args_text(args, "price");
    if (price == NULL) {
        return VT_OK;
    }
    vt_live_state state;
    vt_live_describe(live, &state);
    return vt_request_price(request, price, state.currency, err);
}

static void table_rules(vt_table *table, const vt_recommendation *r)
{
    char text[512] = "";
    for (size_t i = 0; i < r->n_rules; i++) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%s", i == 0 ? "" : "; ", r->rules[i]);
    }
    vt_table_text(table, text[0] == '\0' ? "-" : text);
}

int vt_cli_print_answer(vt_cli *cli, const vt_answer *answer, vt_error *err)
{
    vt_table *table = NULL;
    bool ruled = false;
    int status = vt_table_create(&table, err);
    if (status != VT_OK) {
        return status;
    }
    for (size_t i = 0; i < answer->n; i++) {
        ruled = ruled || answer->items[i].n_rules > 0;
    }
    vt_table_column(table, "#", VT_RIGHT, 0);
    vt_table_column(table, "item", VT_LEFT, 40);
    vt_table_column(table, "score", VT_RIGHT, 0);
    vt_table_column(table, "price", VT_RIGHT, 0);
    vt_table_column(table, "source", VT_LEFT, 0);
    if (ruled) {
        vt_table_column(table, "rules", VT_LEFT, 48);
    }
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
        if (ruled) {
            table_rules(table, r);
        }
        vt_table_text(table, r->title == NULL || r->title[0] == '\0' ? "-" : r->title);
    }
    status = vt_table_print(&cli->out, table, (size_t)cli->width, err);
    vt_table_free(table);
    for (size_t i = 0; i < answer->n && status == VT_OK && answer->explanations != NULL; i++) {
        status = vt_buf_printf(&cli->out, err, "%s%zu  ", i == 0 ? "\n" : "", i + 1);
        status = status == VT_OK ? vt_output_clean(&cli->out, vt_str_of(answer->items[i].reason), err) : status;
        status = status == VT_OK ? vt_buf_add_text(&cli->out, "\n", err) : status;
    }
    return status;
}

void vt_cli_note_short(vt_cli *cli, const vt_answer *answer, int32_t n)
{
    if (answer->n < (size_t)n) {
        vt_display_note(cli->display, "%zu of %d items: no more pass the filters", answer->n, (int)n);
    }
}

int vt_cli_search(vt_cli *cli, vt_recommender *recommender, const vt_search_query *query, vt_error *err)
{
    vt_found found = {0};
    int status = vt_search(&found, recommender, query, err);
    vt_display_end(cli->display);
    if (status == VT_OK && cli->json) {
        vt_text json = {NULL, 0};
        status = vt_cli_print_json(cli, &json, vt_found_json(&json, &found, query, true, err), err);
    } else if (status == VT_OK) {
        status = vt_cli_print_answer(cli, &found.answer, err);
    }
    if (status == VT_OK && found.degraded[0] != '\0') {
        vt_display_note(cli->display, "%s", found.degraded);
    }
    if (status == VT_OK && found.answer.n < (size_t)query->request.n) {
        vt_display_note(cli->display, "%zu of %d items: no more are found, or pass the filters", found.answer.n,
                        (int)query->request.n);
    }
    vt_found_done(&found);
    return status;
}
