/* vitrine config show: what a server of the shop would be set to, and where each setting comes from. */
#include <string.h>

#include "base/number.h"
#include "common.h"
#include "settings.h"

static const char *const origins[] = {"default", "file", "environment", "flag"};

static void put_value(vt_json_writer *w, const vt_setting *v)
{
    if (v->text == NULL) {
        vt_json_null(w, "value");
    } else if (v->option->type == VT_OPTION_FLAG) {
        vt_json_bool(w, "value", strcmp(v->text, "true") == 0);
    } else if (v->option->type == VT_OPTION_INT || v->option->type == VT_OPTION_REAL) {
        double number = 0;
        vt_parse_real(&number, vt_str_of(v->text));
        vt_json_number(w, "value", number);
    } else {
        vt_json_text(w, "value", vt_str_of(v->text));
    }
}

static int print_json(vt_cli *cli, const vt_settings *s, vt_error *err)
{
    char where[PATH_MAX + 64];
    vt_json_writer w;
    vt_cli_json_begin(&w, cli);
    vt_json_text(&w, "file", s->file_found ? vt_str_of(s->file) : (vt_str){NULL, 0});
    vt_json_array(&w, "settings");
    for (size_t i = 0; i < s->n; i++) {
        const vt_setting *v = &s->values[i];
        vt_setting_origin(where, sizeof where, s, v);
        vt_json_object(&w, NULL);
        vt_json_text(&w, "name", vt_str_of(v->name));
        put_value(&w, v);
        vt_json_text(&w, "origin", vt_str_of(origins[v->origin]));
        vt_json_text(&w, "where", vt_str_of(where));
        vt_json_text(&w, "variable", vt_str_of(v->variable));
        vt_json_object_end(&w);
    }
    vt_json_array_end(&w);
    return vt_cli_json_end(&w, cli, err);
}

static int print_table(vt_cli *cli, const vt_settings *s, bool origin, vt_error *err)
{
    char where[PATH_MAX + 64];
    vt_table *table = NULL;
    int status = vt_table_create(&table, err);
    if (status != VT_OK) {
        return status;
    }
    vt_table_column(table, "setting", VT_LEFT, 0);
    vt_table_column(table, "value", VT_LEFT, 0);
    if (origin) {
        vt_table_column(table, "from", VT_LEFT, 0);
    }
    for (size_t i = 0; i < s->n; i++) {
        const vt_setting *v = &s->values[i];
        vt_table_text(table, v->name);
        vt_table_text(table, v->text == NULL ? "-" : v->text);
        if (origin) {
            vt_setting_origin(where, sizeof where, s, v);
            vt_table_text(table, where);
        }
    }
    status = vt_table_print(&cli->out, table, (size_t)cli->width, err);
    vt_table_free(table);
    return status;
}

static int run_show(vt_cli *cli, const vt_args *args, vt_error *err)
{
    vt_settings settings;
    int status = vt_settings_read(&settings, cli, args, err);
    if (status != VT_OK) {
        return status;
    }
    status =
        cli->json ? print_json(cli, &settings, err) : print_table(cli, &settings, vt_args_given(args, "origin"), err);
    vt_settings_done(&settings);
    return status;
}

static const vt_option show_options[] = {
    {.name = "origin", .help = "also where each value comes from"},
    {.name = NULL},
};

const vt_command vt_command_config_show = {
    .name = "config show",
    .summary = "show the settings of a server",
    .details =
        "A flag beats the environment, the environment beats config.toml in the shop's folder (with --shops: in "
        "that folder), and that beats the default. The option --private-key is $VITRINE_SERVE_PRIVATE_KEY in the "
        "environment and private_key below [serve] in the file; flags are true or false there. Options of serve "
        "show what a server that is started with them would have.",
    .options = (const vt_option *const[]){show_options, vt_options_serve, NULL},
    .examples = "vitrine --shop s config show --origin\nvitrine --shop s config show --workers 8 --json",
    .run = run_show,
};
