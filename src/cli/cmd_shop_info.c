/* vitrine shop info: what a shop holds, its settings and its imports. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "common.h"
#include "vitrine/rules.h"

typedef struct import_rows {
    vt_table *table;
    vt_json_writer *writer;
} import_rows;

static int on_import(void *context, const vt_shop_import *row)
{
    import_rows *rows = context;
    char time[32];
    if (rows->writer != NULL) {
        vt_json_object(rows->writer, NULL);
        vt_json_int(rows->writer, "id", row->id);
        vt_json_time(rows->writer, "time", row->time);
        vt_json_text(rows->writer, "kind", vt_str_of(row->kind));
        vt_json_text(rows->writer, "source", vt_str_of(row->source));
        vt_json_int(rows->writer, "added", row->added);
        vt_json_int(rows->writer, "rejected", row->rejected);
        vt_json_object_end(rows->writer);
        return 0;
    }
    vt_format_time(time, row->time);
    vt_table_printf(rows->table, "%lld", (long long)row->id);
    vt_table_text(rows->table, time);
    vt_table_text(rows->table, row->kind);
    vt_table_count(rows->table, row->added);
    vt_table_count(rows->table, row->rejected);
    vt_table_text(rows->table, row->source);
    return 0;
}

static int info_json(vt_cli *cli, vt_shop *shop, const vt_shop_info *info, const char *rules, vt_error *err)
{
    vt_json_writer writer;
    vt_cli_json_begin(&writer, cli);
    vt_json_text(&writer, "path", vt_str_of(cli->shop));
    vt_json_text(&writer, "id", vt_str_of(info->id));
    vt_json_int(&writer, "users", info->users);
    vt_json_int(&writer, "items", info->items);
    vt_json_int(&writer, "events", info->events);
    vt_json_object(&writer, "events_by_kind");
    for (int i = 0; i < VT_EVENT_KINDS; i++) {
        vt_json_int(&writer, vt_event_kind_name(i), info->events_by_kind[i]);
    }
    vt_json_object_end(&writer);
    vt_json_int(&writer, "reviews", info->reviews);
    vt_json_int(&writer, "user_links", info->user_links);
    vt_json_int(&writer, "item_links", info->item_links);
    vt_json_time(&writer, "time_min", info->time_min);
    vt_json_time(&writer, "time_max", info->time_max);
    vt_json_text(&writer, "currency", info->currency[0] == '\0' ? (vt_str){NULL, 0} : vt_str_of(info->currency));
    vt_json_text(&writer, "time_zone", vt_str_of(info->time_zone));
    vt_json_int(&writer, "revision", info->revision);
    vt_json_int(&writer, "schema", info->schema);
    vt_json_int(&writer, "bytes", info->bytes);
    vt_json_text(&writer, "rules", vt_str_of(rules));
    vt_json_array(&writer, "imports");
    import_rows rows = {NULL, &writer};
    int status = vt_shop_imports(shop, on_import, &rows, err);
    vt_json_array_end(&writer);
    status = status == VT_OK ? vt_cli_json_end(&writer, cli, err) : status;
    vt_json_writer_abort(&writer);
    return status;
}

static void fill_info(vt_table *table, const vt_cli *cli, const vt_shop_info *info)
{
    char text[96];
    vt_pairs_text(table, "shop", cli->shop);
    vt_pairs_text(table, "id", info->id);
    vt_pairs_count(table, "users", info->users);
    vt_pairs_count(table, "items", info->items);
    vt_pairs_count(table, "events", info->events);
    for (int i = 0; i < VT_EVENT_KINDS; i++) {
        if (info->events_by_kind[i] > 0) {
            snprintf(text, sizeof text, "  %s", vt_event_kind_name(i));
            vt_pairs_count(table, text, info->events_by_kind[i]);
        }
    }
    vt_pairs_count(table, "reviews", info->reviews);
    vt_pairs_count(table, "user links", info->user_links);
    vt_pairs_count(table, "item links", info->item_links);
    char from[16];
    char to[16];
    vt_format_date(from, info->time_min);
    vt_format_date(to, info->time_max);
    snprintf(text, sizeof text, "%s to %s", from, to);
    vt_pairs_text(table, "time", info->time_min == VT_NONE ? "-" : text);
    vt_pairs_text(table, "currency", info->currency[0] == '\0' ? "-" : info->currency);
    vt_pairs_text(table, "time zone", info->time_zone);
    vt_pairs_count(table, "revision", info->revision);
    vt_pairs_count(table, "schema", info->schema);
    char bytes[32];
    vt_format_bytes(bytes, info->bytes);
    vt_pairs_text(table, "size", bytes);
}

static int info_text(vt_cli *cli, vt_shop *shop, const vt_shop_info *info, const char *rules, vt_error *err)
{
    vt_table *pairs = NULL;
    vt_table *imports = NULL;
    int status = vt_pairs_create(&pairs, err);
    if (status == VT_OK) {
        status = vt_table_create(&imports, err);
    }
    if (status == VT_OK) {
        fill_info(pairs, cli, info);
        if (strcmp(rules, "none") != 0) {
            vt_pairs_text(pairs, "rules", rules);
        }
        vt_table_column(imports, "import", VT_RIGHT, 0);
        vt_table_column(imports, "time", VT_LEFT, 0);
        vt_table_column(imports, "kind", VT_LEFT, 0);
        vt_table_column(imports, "added", VT_RIGHT, 0);
        vt_table_column(imports, "rejected", VT_RIGHT, 0);
        vt_table_column(imports, "source", VT_LEFT, 60);
        import_rows rows = {imports, NULL};
        status = vt_shop_imports(shop, on_import, &rows, err);
    }
    if (status == VT_OK) {
        status = vt_table_print(&cli->out, pairs, (size_t)cli->width, err);
    }
    if (status == VT_OK && info->imports > 0) {
        status = vt_buf_add(&cli->out, "\n", 1, err);
        if (status == VT_OK) {
            status = vt_table_print(&cli->out, imports, (size_t)cli->width, err);
        }
    }
    vt_table_free(pairs);
    vt_table_free(imports);
    return status;
}

static int read_rules(char *out, size_t size, vt_shop *shop, vt_error *err)
{
    vt_rules rules;
    int status = vt_rules_load(&rules, shop, err);
    if (status == VT_OK) {
        vt_rules_text(out, size, &rules);
        vt_rules_done(&rules);
    }
    return status;
}

static int run_info(vt_cli *cli, const vt_args *args, vt_error *err)
{
    char rules[4096];
    (void)args;
    vt_shop *shop = NULL;
    vt_shop_info info;
    int status = vt_cli_open_shop(&shop, cli, VT_SHOP_READ, err);
    if (status == VT_OK) {
        status = vt_shop_describe(shop, &info, err);
    }
    if (status == VT_OK) {
        status = read_rules(rules, sizeof rules, shop, err);
    }
    if (status == VT_OK) {
        status = cli->json ? info_json(cli, shop, &info, rules, err) : info_text(cli, shop, &info, rules, err);
    }
    vt_shop_close(shop);
    return status;
}

const vt_command vt_command_shop_info = {
    .name = "shop info",
    .summary = "show what a shop holds and its imports",
    .examples = "vitrine --shop s shop info",
    .run = run_info,
};
