/* vitrine key create, list, revoke: who may call the shop's server. */
#include <string.h>

#include "base/clock.h"
#include "shop_list.h"
#include "vitrine/key.h"

static void scopes_text(char out[64], unsigned scopes)
{
    out[0] = '\0';
    for (size_t i = 0; i < VT_SCOPES; i++) {
        if ((scopes & (1U << i)) != 0) {
            size_t used = strlen(out);
            snprintf(out + used, 64 - used, "%s%s", used > 0 ? "," : "", vt_scope_name(i));
        }
    }
}

/* ---- create ------------------------------------------------------------------------------------------------------ */

static int run_create(vt_cli *cli, const vt_args *args, vt_error *err)
{
    char text[VT_KEY_BYTES], id[VT_KEY_ID_BYTES];
    unsigned scopes = 0;
    int64_t expires = VT_NONE;
    const char *until = vt_args_text(args, "expires"), *name = vt_args_text(args, "name");
    vt_shop *shop = NULL;
    if (until != NULL && vt_parse_time(&expires, vt_str_of(until), NULL, NULL) != VT_OK) {
        return vt_fail(err, VT_ERR_USAGE, "--expires is \"%s\"; a day or a time such as 2027-01-31 is expected", until);
    }
    int status = vt_scopes_parse(&scopes, vt_args_text(args, "scope"), err);
    status = status != VT_OK ? status : vt_cli_open_shop(&shop, cli, VT_SHOP_CREATE, err);
    if (status == VT_OK) {
        status = vt_key_create(text, id, shop, name == NULL ? "" : name, scopes, expires, err);
    }
    vt_shop_close(shop);
    if (status != VT_OK) {
        return status;
    }
    if (cli->json) {
        vt_json_writer w;
        vt_cli_json_begin(&w, cli);
        vt_json_text(&w, "id", vt_str_of(id));
        vt_json_text(&w, "key", vt_str_of(text));
        return vt_cli_json_end(&w, cli, err);
    }
    vt_display_note(cli->display, "key %s; it is shown this once, keep it where only the caller reads it", id);
    return vt_buf_printf(&cli->out, err, "%s\n", text);
}

static const vt_option create_options[] = {
    {.name = "scope",
     .type = VT_OPTION_TEXT,
     .value = "SCOPES",
     .fallback = "events,read",
     .help = "joined by commas: read (lists, items), events (telling them), write (items, users, orders, models), "
             "report (customers, figures), admin (keys, backup, erasure), view (figures without customers' ids)"},
    {.name = "name", .type = VT_OPTION_TEXT, .value = "TEXT", .help = "what the key is for"},
    {.name = "expires",
     .type = VT_OPTION_TEXT,
     .value = "TIME",
     .help = "from when on it is worth nothing: 2027-01-31"},
    {.name = NULL},
};

const vt_command vt_command_key_create = {
    .name = "key create",
    .summary = "make a key for callers of the server",
    .details =
        "The key is printed once; the shop keeps its hash alone. A storefront's key, which visitors can see, should "
        "have the scopes events and read: it shows nothing of customers.",
    .options = (const vt_option *const[]){create_options, NULL},
    .examples = "vitrine --shop s key create --scope events,read --name storefront",
    .run = run_create,
};

/* ---- list -------------------------------------------------------------------------------------------------------- */

static int on_key(void *context, const vt_key *key)
{
    vt_shop_list *list = context;
    char scopes[64], made[16], expires[16], text[128];
    scopes_text(scopes, key->scopes);
    list->n++;
    if (list->cli->json) {
        vt_json_object(&list->writer, NULL);
        vt_json_text(&list->writer, "id", key->id);
        vt_json_text(&list->writer, "name", key->name);
        vt_json_text(&list->writer, "scopes", vt_str_of(scopes));
        vt_json_time(&list->writer, "made", key->made_at);
        vt_json_time(&list->writer, "expires", key->expires_at);
        vt_json_object_end(&list->writer);
        return VT_OK;
    }
    vt_format_date(made, key->made_at);
    vt_format_date(expires, key->expires_at);
    snprintf(text, sizeof text, "%.*s", VT_STR_ARGS(key->id));
    vt_table_text(list->table, text);
    snprintf(text, sizeof text, "%.*s", VT_STR_ARGS(key->name));
    vt_table_text(list->table, text);
    vt_table_text(list->table, scopes);
    vt_table_text(list->table, made);
    vt_table_text(list->table, expires);
    return VT_OK;
}

static int each_key(vt_shop *shop, vt_shop_list *list, vt_error *err)
{
    return vt_keys_each(shop, on_key, list, err);
}

static int run_list(vt_cli *cli, const vt_args *args, vt_error *err)
{
    static const char *const columns[] = {"key", "name", "scopes", "made", "expires"};
    static const vt_shop_list_kind keys = {"keys", columns, sizeof columns / sizeof columns[0],
                                           "the shop has no keys; \"vitrine key create\" makes one", each_key};
    (void)args;
    return vt_shop_list_run(cli, &keys, err);
}

const vt_command vt_command_key_list = {
    .name = "key list",
    .summary = "list the keys of a shop",
    .examples = "vitrine --shop s key list",
    .run = run_list,
};

/* ---- revoke ------------------------------------------------------------------------------------------------------ */

static int run_revoke(vt_cli *cli, const vt_args *args, vt_error *err)
{
    vt_shop *shop = NULL;
    int status = vt_cli_open_shop(&shop, cli, VT_SHOP_WRITE, err);
    if (status == VT_OK) {
        status = vt_key_revoke(shop, vt_args_operand(args, 0), err);
    }
    vt_shop_close(shop);
    if (status == VT_OK) {
        vt_display_note(cli->display, "key %s is revoked", vt_args_operand(args, 0));
    }
    return status;
}

const vt_command vt_command_key_revoke = {
    .name = "key revoke",
    .summary = "take a key out of use",
    .operands =
        (const vt_operand[]){
            {.name = "KEY", .help = "its id, as \"vitrine key list\" shows it"},
            {.name = NULL},
        },
    .examples = "vitrine --shop s key revoke k3f09a1c2",
    .run = run_revoke,
};
