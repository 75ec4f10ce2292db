/* One pass over the shop's rows; nothing is printed before all were read. */
#include "shop_list.h"

void vt_shop_list_cell(vt_shop_list *list, vt_str text)
{
    char copy[600];
    snprintf(copy, sizeof copy, "%.*s", VT_STR_ARGS(text));
    vt_table_text(list->table, text.len == 0 ? "-" : copy);
}

int vt_shop_list_run(vt_cli *cli, const vt_shop_list_kind *kind, vt_error *err)
{
    vt_shop_list list = {.cli = cli};
    vt_shop *shop = NULL;
    int status = vt_cli_open_shop(&shop, cli, VT_SHOP_READ, err);
    status = status != VT_OK ? status : vt_table_create(&list.table, err);
    if (status != VT_OK) {
        vt_shop_close(shop);
        return status;
    }
    for (size_t i = 0; i < kind->n_columns; i++) {
        vt_table_column(list.table, kind->columns[i], VT_LEFT, 0);
    }
    if (cli->json) {
        vt_cli_json_begin(&list.writer, cli);
        vt_json_array(&list.writer, kind->member);
    }
    status = kind->each(shop, &list, err);
    vt_shop_close(shop);
    if (status == VT_OK && cli->json) {
        vt_json_array_end(&list.writer);
        status = vt_cli_json_end(&list.writer, cli, err);
    } else if (status == VT_OK && list.n == 0) {
        vt_display_note(cli->display, "%s", kind->none);
    } else if (status == VT_OK) {
        status = vt_table_print(&cli->out, list.table, (size_t)cli->width, err);
    }
    vt_json_writer_abort(&list.writer);
    vt_table_free(list.table);
    return status;
}
