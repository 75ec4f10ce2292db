/* vitrine model list, info, activate, rollback: the model files of a shop. */
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "common.h"
#include "vitrine/choice.h"

typedef struct model_rows {
    vt_cli *cli;
    vt_table *table;
    vt_json_writer writer;
    size_t n;
    char answers[256], previous[256]; /* "" for none */
    vt_error *err;
} model_rows;

static void put_json(vt_json_writer *w, const vt_model_file *file, const vt_model_info *info)
{
    vt_json_text(w, "name", vt_str_of(file->name));
    vt_json_text(w, "file", vt_str_of(file->path));
    vt_json_text(w, "kind", vt_str_of(info->kind->name));
    vt_json_text(w, "settings", vt_str_of(info->settings));
    vt_json_text(w, "snapshot", vt_str_of(info->snapshot));
    vt_json_text(w, "trained_on", vt_str_of(info->trained_on));
    vt_json_int(w, "seed", (int64_t)info->seed);
    vt_json_int(w, "users", info->n_users);
    vt_json_int(w, "items", info->n_items);
    vt_json_int(w, "interactions", info->n_interactions);
    if (info->fit != NULL) {
        vt_json_int(w, "epochs", info->fit->epochs);
        vt_json_int(w, "best_epoch", info->fit->best);
        vt_json_number(w, "loss", info->fit->loss);
    }
    if (info->validation != NULL) {
        vt_json_text(w, "validation", vt_str_of(info->validation));
        vt_json_number(w, "validation_value", info->fit->value);
    }
    vt_json_int(w, "bytes", file->bytes);
    vt_json_time(w, "written", file->written);
}

static bool answers(const model_rows *rows, const vt_model_file *file)
{
    return strcmp(file->name, rows->answers) == 0;
}

static bool answered_before(const model_rows *rows, const vt_model_file *file)
{
    return strcmp(file->name, rows->previous) == 0;
}

/* One file as a row; a damaged one says why. */
static int on_model(void *context, const vt_model_file *file)
{
    model_rows *rows = context;
    vt_model *model = NULL;
    vt_error why = VT_ERROR_INIT;
    int status = file->written != VT_NONE ? vt_model_load(&model, file->path, &why)
                                          : vt_fail(&why, VT_ERR_IO, "%s cannot be read", file->path);
    if (status == VT_ERR_NO_MEMORY) {
        return vt_fail(rows->err, why.code, "%s", why.message);
    }
    rows->n++;
    vt_model_info info;
    if (status == VT_OK) {
        vt_model_describe(model, &info);
    }
    if (rows->cli->json) {
        vt_json_object(&rows->writer, NULL);
        if (status == VT_OK) {
            put_json(&rows->writer, file, &info);
            vt_json_bool(&rows->writer, "active", answers(rows, file));
            vt_json_bool(&rows->writer, "previous", answered_before(rows, file));
        } else {
            vt_json_text(&rows->writer, "name", vt_str_of(file->name));
            vt_json_text(&rows->writer, "file", vt_str_of(file->path));
            vt_json_text(&rows->writer, "error", vt_str_of(why.message));
        }
        vt_json_object_end(&rows->writer);
    } else if (status == VT_OK) {
        char text[96];
        vt_table_text(rows->table, file->name);
        vt_table_text(rows->table, answers(rows, file) ? "now" : answered_before(rows, file) ? "before" : "-");
        vt_table_text(rows->table, info.kind->name);
        vt_format_time(text, file->written);
        vt_table_text(rows->table, text);
        vt_format_bytes(text, file->bytes);
        vt_table_text(rows->table, text);
        vt_table_count(rows->table, info.n_interactions);
        vt_table_printf(rows->table, "%.12s", info.snapshot);
        vt_table_text(rows->table, info.trained_on);
        if (info.fit != NULL) {
            vt_cli_format_epochs(text, sizeof text, info.fit, info.validation);
        }
        vt_table_text(rows->table, info.fit != NULL ? text : "-");
        vt_table_text(rows->table, info.settings);
    } else {
        vt_display_warn(rows->cli->display, "vitrine: %s", why.message);
    }
    vt_model_free(model);
    return vt_interrupted() ? VT_ERR_CANCELLED : VT_OK;
}

static int find_answering(model_rows *rows, vt_error *err)
{
    char path[4096];
    vt_active_model active;
    vt_error none = VT_ERROR_INIT;
    int status = vt_model_active(&active, rows->cli->shop, err);
    if (status == VT_OK && vt_model_find(path, sizeof path, rows->cli->shop, NULL, &none) == VT_OK) {
        vt_model_name(rows->answers, sizeof rows->answers, path);
        snprintf(rows->previous, sizeof rows->previous, "%s", active.previous);
    }
    return status;
}

static int run_list(vt_cli *cli, const vt_args *args, vt_error *err)
{
    (void)args;
    if (!vt_shop_exists(cli->shop)) {
        return vt_fail(err, VT_ERR_NOT_FOUND, "there is no shop in %s; name its folder with --shop DIR", cli->shop);
    }
    model_rows rows = {.cli = cli, .err = err};
    int status = find_answering(&rows, err);
    status = status != VT_OK ? status : vt_table_create(&rows.table, err);
    if (status != VT_OK) {
        return status;
    }
    static const char *const titles[] = {"model",        "answers",  "kind",       "written (UTC)", "size",
                                         "interactions", "snapshot", "trained on", "epochs",        "settings"};
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++) {
        vt_table_column(rows.table, titles[i], i == 4 || i == 5 ? VT_RIGHT : VT_LEFT, 0);
    }
    if (cli->json) {
        vt_cli_json_begin(&rows.writer, cli);
        vt_json_array(&rows.writer, "models");
    }
    status = vt_model_files(cli->shop, on_model, &rows, err);
    if (status == VT_ERR_CANCELLED) {
        status = vt_fail(err, VT_ERR_CANCELLED, "stopped while listing models");
    }
    if (status == VT_OK && cli->json) {
        vt_json_array_end(&rows.writer);
        status = vt_cli_json_end(&rows.writer, cli, err);
    } else if (status == VT_OK && rows.n > 0) {
        status = vt_table_print(&cli->out, rows.table, (size_t)cli->width, err);
    } else if (status == VT_OK) {
        vt_display_note(cli->display, "the shop %s has no models; \"vitrine train MODEL\" makes one", cli->shop);
    }
    vt_json_writer_abort(&rows.writer);
    vt_table_free(rows.table);
    return status;
}

/* What a model weighs, for kinds that weigh parts. */
static void put_json_terms(vt_json_writer *w, const vt_model *model)
{
    vt_model_term term;
    vt_json_array(w, "terms");
    for (size_t k = 0; vt_model_term_at(&term, model, k); k++) {
        vt_json_object(w, NULL);
        vt_json_text(w, "name", vt_str_of(term.name));
        vt_json_number(w, "value", term.value);
        vt_json_object_end(w);
    }
    vt_json_array_end(w);
}

static void put_terms(vt_table *table, const vt_model *model)
{
    vt_model_term term;
    for (size_t k = 0; vt_model_term_at(&term, model, k); k++) {
        char value[32];
        snprintf(value, sizeof value, "%+.4f", term.value);
        vt_pairs_text(table, term.name, value);
    }
}

static int print_info(vt_cli *cli, const vt_model_file *file, const vt_model *model, vt_error *err)
{
    vt_model_info of_model, *info = &of_model;
    vt_model_describe(model, info);
    if (cli->json) {
        vt_json_writer w;
        vt_cli_json_begin(&w, cli);
        put_json(&w, file, info);
        put_json_terms(&w, model);
        return vt_cli_json_end(&w, cli, err);
    }
    char text[96];
    vt_table *table = NULL;
    int status = vt_pairs_create(&table, err);
    if (status != VT_OK) {
        return status;
    }
    vt_pairs_text(table, "model", file->name);
    vt_pairs_text(table, "kind", info->kind->name);
    vt_pairs_text(table, "what", info->kind->summary);
    vt_pairs_text(table, "settings", info->settings);
    vt_pairs_text(table, "snapshot", info->snapshot);
    vt_pairs_text(table, "trained on", info->trained_on);
    snprintf(text, sizeof text, "%llu", (unsigned long long)info->seed);
    vt_pairs_text(table, "seed", text);
    vt_pairs_count(table, "users", info->n_users);
    vt_pairs_count(table, "items", info->n_items);
    vt_pairs_count(table, "interactions", info->n_interactions);
    if (info->fit != NULL) {
        vt_cli_format_epochs(text, sizeof text, info->fit, info->validation);
        vt_pairs_text(table, "epochs", text);
    }
    vt_pairs_text(table, "file", file->path);
    vt_format_bytes(text, file->bytes);
    vt_pairs_text(table, "size", text);
    vt_format_time(text, file->written);
    vt_pairs_text(table, "written (UTC)", text);
    put_terms(table, model);
    status = vt_table_print(&cli->out, table, (size_t)cli->width, err);
    vt_table_free(table);
    return status;
}

static int run_info(vt_cli *cli, const vt_args *args, vt_error *err)
{
    char path[4096];
    vt_model *model = NULL;
    char name[256];
    vt_model_file file;
    int status = vt_model_find(path, sizeof path, cli->shop, vt_args_operand(args, 0), err);
    if (status == VT_OK) {
        status = vt_model_load(&model, path, err);
    }
    if (status == VT_OK) {
        status = vt_model_file_describe(&file, name, sizeof name, path, err);
    }
    if (status == VT_OK) {
        status = print_info(cli, &file, model, err);
    }
    vt_model_free(model);
    return status;
}

/* ---- which one answers ------------------------------------------------------------------------------------------- */

static int print_active(vt_cli *cli, const char *name, vt_error *err)
{
    if (cli->json) {
        vt_json_writer w;
        vt_cli_json_begin(&w, cli);
        vt_json_text(&w, "active", vt_str_of(name));
        return vt_cli_json_end(&w, cli, err);
    }
    return vt_buf_printf(&cli->out, err, "%s answers from now on\n", name);
}

static int run_activate(vt_cli *cli, const vt_args *args, vt_error *err)
{
    const char *name = vt_args_operand(args, 0);
    int status = vt_model_activate(cli->shop, name, err);
    return status == VT_OK ? print_active(cli, name, err) : status;
}

static int run_rollback(vt_cli *cli, const vt_args *args, vt_error *err)
{
    char name[256];
    (void)args;
    int status = vt_model_rollback(name, sizeof name, cli->shop, err);
    return status == VT_OK ? print_active(cli, name, err) : status;
}

const vt_command vt_command_model_list = {
    .name = "model list",
    .summary = "list the models of a shop",
    .examples = "vitrine --shop s model list",
    .run = run_list,
};

const vt_command vt_command_model_info = {
    .name = "model info",
    .summary = "show what a model file says of itself",
    .operands =
        (const vt_operand[]){
            {.name = "MODEL",
             .optional = true,
             .words = VT_WORDS_MODEL_KINDS,
             .help = "a model of the shop or a model file (default: the one that answers)"},
            {.name = NULL},
        },
    .examples = "vitrine --shop s model info itemknn",
    .run = run_info,
};

const vt_command vt_command_model_activate = {
    .name = "model activate",
    .summary = "name the model that answers",
    .details = "It answers until another one is activated, \"vitrine retrain\" puts a better one in its place, or "
               "\"vitrine train\" fits one, which answers as the newest.",
    .operands =
        (const vt_operand[]){
            {.name = "NAME", .help = "a model of the shop, as \"vitrine model list\" names it"},
            {.name = NULL},
        },
    .examples = "vitrine --shop s model activate itemknn",
    .run = run_activate,
};

const vt_command vt_command_model_rollback = {
    .name = "model rollback",
    .summary = "let the model answer that did before",
    .details = "A second time goes forth again.",
    .examples = "vitrine --shop s model rollback",
    .run = run_rollback,
};
