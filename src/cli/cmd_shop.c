/* vitrine shop list, set, delete. */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "common.h"
#include "vitrine/rules.h"

#define RULE "recommend." /* settings whose names begin so are rules */

/* ---- list -------------------------------------------------------------------------------------------------------- */

typedef struct shop_list {
    vt_cli *cli;
    const char *folder;
    vt_table *table;
    vt_json_writer writer;
    size_t found;
    vt_error *err;
} shop_list;

/* One shop as a row; one that cannot be opened says why. */
static int add_shop(shop_list *list, const char *path)
{
    vt_shop *shop = NULL;
    vt_shop_info info;
    vt_error why = VT_ERROR_INIT;
    memset(&info, 0, sizeof info);
    int status = vt_shop_open(&shop, path, VT_SHOP_READ, &why);
    if (status == VT_OK) {
        status = vt_shop_describe(shop, &info, &why);
    }
    vt_shop_close(shop);
    if (status == VT_ERR_NO_MEMORY) {
        return vt_fail(list->err, why.code, "%s", why.message);
    }
    list->found++;
    if (list->cli->json) {
        vt_json_object(&list->writer, NULL);
        vt_json_text(&list->writer, "path", vt_str_of(path));
        if (status == VT_OK) {
            vt_json_int(&list->writer, "users", info.users);
            vt_json_int(&list->writer, "items", info.items);
            vt_json_int(&list->writer, "events", info.events);
            vt_json_int(&list->writer, "bytes", info.bytes);
        } else {
            vt_json_text(&list->writer, "error", vt_str_of(why.message));
        }
        vt_json_object_end(&list->writer);
        return VT_OK;
    }
    vt_table_text(list->table, path);
    if (status != VT_OK) {
        for (int i = 0; i < 4; i++) {
            vt_table_text(list->table, "-");
        }
        vt_display_warn(list->cli->display, "vitrine: %s", why.message);
        return VT_OK;
    }
    char bytes[32];
    vt_format_bytes(bytes, info.bytes);
    vt_table_count(list->table, info.users);
    vt_table_count(list->table, info.items);
    vt_table_count(list->table, info.events);
    vt_table_text(list->table, bytes);
    return VT_OK;
}

static int on_folder(void *context, const char *name)
{
    shop_list *list = context;
    char path[4096];
    if (strcmp(list->folder, ".") == 0) {
        snprintf(path, sizeof path, "%s", name);
    } else if (vt_path_join(path, sizeof path, list->folder, name, NULL) != VT_OK) {
        return 0;
    }
    if (!vt_shop_exists(path)) {
        return 0;
    }
    if (vt_interrupted()) {
        return vt_fail(list->err, VT_ERR_CANCELLED, "stopped while listing shops");
    }
    return add_shop(list, path);
}

static int run_list(vt_cli *cli, const vt_args *args, vt_error *err)
{
    const char *folder = vt_args_operand(args, 0);
    shop_list list = {.cli = cli, .folder = folder == NULL ? "." : folder, .err = err};
    if (!vt_dir_exists(list.folder)) {
        return vt_fail(err, VT_ERR_NOT_FOUND, "there is no folder %s", list.folder);
    }
    int status = vt_table_create(&list.table, err);
    if (status != VT_OK) {
        return status;
    }
    vt_table_column(list.table, "shop", VT_LEFT, 0);
    vt_table_column(list.table, "users", VT_RIGHT, 0);
    vt_table_column(list.table, "items", VT_RIGHT, 0);
    vt_table_column(list.table, "events", VT_RIGHT, 0);
    vt_table_column(list.table, "size", VT_RIGHT, 0);
    if (cli->json) {
        vt_cli_json_begin(&list.writer, cli);
        vt_json_array(&list.writer, "shops");
    }
    if (vt_shop_exists(list.folder)) {
        status = add_shop(&list, list.folder);
    }
    if (status == VT_OK) {
        status = vt_dir_list(list.folder, on_folder, &list, err);
    }
    if (status == VT_OK && cli->json) {
        vt_json_array_end(&list.writer);
        status = vt_cli_json_end(&list.writer, cli, err);
    } else if (status == VT_OK && list.found > 0) {
        status = vt_table_print(&cli->out, list.table, (size_t)cli->width, err);
    } else if (status == VT_OK) {
        vt_display_note(cli->display, "there are no shops in %s; \"vitrine --shop DIR import\" makes one", list.folder);
    }
    vt_json_writer_abort(&list.writer);
    vt_table_free(list.table);
    return status;
}

/* ---- set --------------------------------------------------------------------------------------------------------- */

static int run_set(vt_cli *cli, const vt_args *args, vt_error *err)
{
    const char *name = vt_args_operand(args, 0), *value = vt_args_operand(args, 1);
    vt_shop *shop = NULL;
    int status = vt_cli_open_shop(&shop, cli, VT_SHOP_WRITE, err);
    if (status == VT_OK && strncmp(name, RULE, strlen(RULE)) == 0) {
        status = vt_rules_save(shop, name + strlen(RULE), value, err);
    } else if (status == VT_OK) {
        status = vt_shop_set(shop, name, value, err);
    }
    vt_shop_close(shop);
    if (status != VT_OK) {
        return status;
    }
    if (cli->json) {
        vt_json_writer writer;
        vt_cli_json_begin(&writer, cli);
        vt_json_text(&writer, name, vt_str_of(value));
        return vt_cli_json_end(&writer, cli, err);
    }
    vt_display_note(cli->display, "%s of the shop %s is %s", name, cli->shop, value);
    return VT_OK;
}

/* ---- delete ------------------------------------------------------------------------------------------------------ */

/* Asks on the terminal; true for y or yes. */
static bool confirmed(const vt_cli *cli)
{
    char answer[16] = "";
    fprintf(stderr, "Delete the shop %s with all that it holds? [y/N] ", cli->shop);
    fflush(stderr);
    struct pollfd input = {STDIN_FILENO, POLLIN, 0}; /* unlike fgets, poll ends at a signal */
    return poll(&input, 1, -1) > 0 && fgets(answer, sizeof answer, stdin) != NULL &&
           (answer[0] == 'y' || answer[0] == 'Y');
}

static int run_delete(vt_cli *cli, const vt_args *args, vt_error *err)
{
    if (!vt_shop_exists(cli->shop)) {
        return vt_fail(err, VT_ERR_NOT_FOUND, "there is no shop in %s; nothing was deleted", cli->shop);
    }
    if (!vt_args_given(args, "yes")) {
        if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) {
            return vt_fail(err, VT_ERR_USAGE,
                           "shop delete asks on a terminal and there is none; give --yes to delete %s without asking",
                           cli->shop);
        }
        if (!confirmed(cli)) {
            return vt_fail(err, VT_ERR_CANCELLED, "nothing was deleted");
        }
    }
    int status = vt_shop_delete(cli->shop, err);
    if (status != VT_OK) {
        return status;
    }
    if (cli->json) {
        vt_json_writer writer;
        vt_cli_json_begin(&writer, cli);
        vt_json_text(&writer, "deleted", vt_str_of(cli->shop));
        return vt_cli_json_end(&writer, cli, err);
    }
    vt_display_note(cli->display, "deleted the shop %s", cli->shop);
    return VT_OK;
}

static int help_rules(vt_buf *out, vt_error *err)
{
    const char *name = NULL, *help = NULL;
    int status = vt_buf_add_text(out, "\nrules of recommending:\n", err);
    for (size_t i = 0; status == VT_OK && vt_rules_name(i, &name, &help); i++) {
        status = vt_buf_printf(out, err, "  " RULE "%-14s ", name);
        if (status == VT_OK) {
            status = vt_help_wrap(out, help, 27, 27, 79, err);
        }
    }
    return status;
}

const vt_command vt_command_shop_list = {
    .name = "shop list",
    .summary = "list the shops in a folder",
    .operands =
        (const vt_operand[]){
            {.name = "DIR", .optional = true, .words = VT_WORDS_FOLDERS, .help = "the folder (default: this one)"},
            {.name = NULL},
        },
    .examples = "vitrine shop list ~/shops",
    .run = run_list,
};

const vt_command vt_command_shop_set = {
    .name = "shop set",
    .summary = "set the currency, the time zone or a rule of a shop",
    .details = "currency is given to money that comes without one (ISO 4217, such as EUR); it cannot be changed once "
               "set. time_zone is an IANA name, such as Europe/Berlin: days of all totals begin and end by it. "
               "recommend.NAME is a rule of recommending; an empty value goes back to its default.",
    .operands =
        (const vt_operand[]){
            {.name = "NAME", .help = "currency, time_zone or recommend.NAME"},
            {.name = "VALUE", .help = "what it is to be"},
            {.name = NULL},
        },
    .examples = "vitrine --shop s shop set time_zone Europe/Berlin\n"
                "vitrine --shop s shop set recommend.brand_cap 2",
    .more_help = help_rules,
    .run = run_set,
};

static const vt_option delete_options[] = {
    {.name = "yes", .help = "do not ask"},
    {.name = NULL},
};

const vt_command vt_command_shop_delete = {
    .name = "shop delete",
    .summary = "delete a shop with all that it holds",
    .details = "Files in the folder that are not the shop's stay, and the folder with them. Without --yes it asks on a "
               "terminal and refuses elsewhere.",
    .options = (const vt_option *const[]){delete_options, NULL},
    .examples = "vitrine --shop s shop delete --yes",
    .run = run_delete,
};
