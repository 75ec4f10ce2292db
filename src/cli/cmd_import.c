/* vitrine import: files into the shop, and an import back out of it. */
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/suggest.h"
#include "common.h"
#include "import.h"

#define REJECTS_SHOWN 10

/* Where rejected rows go: the first ones to stderr, all of them to a file. */
typedef struct rejects {
    vt_cli *cli;
    vt_file_writer *file;
    int64_t count;
    int status; /* of writing the file */
    vt_error err;
} rejects;

static void on_reject(void *context, const vt_import_reject *reject)
{
    rejects *to = context;
    if (to->count++ < REJECTS_SHOWN) {
        vt_display_warn(to->cli->display, "%s", reject->message);
    }
    if (to->file != NULL && to->status == VT_OK) {
        to->status = vt_file_write(to->file, reject->message, strlen(reject->message), &to->err);
        if (to->status == VT_OK) {
            to->status = vt_file_write(to->file, "\n", 1, &to->err);
        }
    }
}

static int check_kind(const char *name, vt_error *err)
{
    size_t n = 0;
    const vt_import_kind *kinds = vt_import_kinds(&n);
    vt_suggestion near;
    vt_suggestion_init(&near, name, strlen(name));
    char all[256] = "";
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            return VT_OK;
        }
        vt_suggestion_offer(&near, kinds[i].name, strlen(kinds[i].name));
        int len = snprintf(all + used, sizeof all - used, "%s%s", i == 0 ? "" : ", ", kinds[i].name);
        used += len > 0 && (size_t)len < sizeof all - used ? (size_t)len : 0;
    }
    if (near.best != NULL) {
        return vt_fail(err, VT_ERR_USAGE, "there is no kind of import \"%s\"; did you mean \"%.*s\"? Possible are: %s",
                       name, (int)near.best_len, near.best, all);
    }
    return vt_fail(err, VT_ERR_USAGE, "there is no kind of import \"%s\"; possible are: %s", name, all);
}

/* ---- the work ---------------------------------------------------------------------------------------------------- */

static int run_undo(vt_cli *cli, const vt_args *args, vt_error *err)
{
    if (vt_args_operand(args, 0) != NULL) {
        return vt_fail(err, VT_ERR_USAGE, "import --undo takes an import back and reads no files; leave out \"%s\"",
                       vt_args_operand(args, 0));
    }
    vt_shop *shop = NULL;
    vt_import_report report;
    memset(&report, 0, sizeof report);
    double began = vt_seconds();
    int64_t id = vt_args_int(args, "undo");
    int status = vt_cli_open_shop(&shop, cli, VT_SHOP_WRITE, err);
    if (status == VT_OK) {
        vt_display_stage(cli->display, "taking the import back");
        status = vt_import_undo(shop, id, &report, err);
    }
    vt_shop_close(shop);
    vt_display_end(cli->display);
    if (status != VT_OK) {
        return status;
    }
    if (cli->json) {
        return vt_import_print(cli, &report, false, vt_seconds() - began, err);
    }
    status = vt_buf_printf(&cli->out, err, "import %lld was taken back\n", (long long)id);
    return status;
}

/* Options of the command as options of the library; `paths` is the operands behind the kind. */
static int read_options(vt_import_options *options, vt_cli *cli, const vt_args *args, vt_error *err)
{
    vt_import_options_init(options);
    options->kind = vt_args_operand(args, 0);
    if (options->kind == NULL) {
        return vt_fail(err, VT_ERR_USAGE, "import needs KIND and PATH; \"vitrine help import\" lists the kinds");
    }
    int status = check_kind(options->kind, err);
    if (status != VT_OK) {
        return status;
    }
    options->paths = args->operands + 1;
    options->n_paths = args->n_operands - 1;
    if (options->n_paths == 0) {
        return vt_fail(err, VT_ERR_USAGE, "import %s needs the files to read; \"vitrine help import\" says which",
                       options->kind);
    }
    options->table = vt_args_text(args, "table");
    options->map = vt_args_text(args, "map");
    options->currency = vt_args_text(args, "currency");
    options->time_unit = vt_args_text(args, "time-unit");
    if (vt_args_given(args, "event-kind")) {
        options->event_kind = (vt_event_kind)vt_args_choice(args, "event-kind");
        options->event_kind_given = true;
    }
    if (vt_args_given(args, "as")) {
        static const vt_part parts[] = {VT_PART_TRAIN, VT_PART_VALID, VT_PART_TEST};
        options->part = parts[vt_args_choice(args, "as")];
    }
    options->dry_run = vt_args_given(args, "dry-run");
    options->progress = &cli->progress;
    return VT_OK;
}

/* Removes a shop that this import made and could not fill, so that all is as it was; one that holds rows is left. */
static void remove_made(const char *path, bool had_folder)
{
    vt_shop *shop = NULL;
    vt_shop_info info;
    memset(&info, 0, sizeof info);
    if (vt_shop_open(&shop, path, VT_SHOP_READ, NULL) == VT_OK && vt_shop_describe(shop, &info, NULL) != VT_OK) {
        info.imports = 1;
    }
    vt_shop_close(shop);
    if (info.imports + info.events + info.items + info.users == 0 && vt_shop_delete(path, NULL) == VT_OK &&
        had_folder && !vt_dir_exists(path)) {
        vt_dir_create(path, NULL);
    }
}

static int import_into(vt_cli *cli, const vt_args *args, vt_import_options *options, vt_import_report *report,
                       vt_error *err)
{
    rejects to = {.cli = cli};
    vt_error_reset(&to.err);
    options->on_reject = on_reject;
    options->reject_context = &to;
    vt_shop *shop = NULL;
    bool had_shop = vt_shop_exists(cli->shop);
    bool had_folder = vt_dir_exists(cli->shop);
    bool maker = false; /* what stands in the folder afterwards comes from here */
    int status = VT_OK;
    const char *file = vt_args_text(args, "rejects");
    if (file != NULL) {
        status = vt_file_writer_open(&to.file, file, err);
    }
    if (status == VT_OK && (had_shop || !options->dry_run)) {
        vt_display_stage(cli->display, "opening the shop");
        status = vt_shop_open(&shop, cli->shop, options->dry_run ? VT_SHOP_READ : VT_SHOP_CREATE, err);
        maker = !had_shop && !options->dry_run && status != VT_ERR_EXISTS && status != VT_ERR_BUSY;
    }
    if (status == VT_OK) {
        status = vt_import(shop, options, report, err);
    }
    vt_display_end(cli->display);
    if (to.count > REJECTS_SHOWN) {
        char more[32];
        vt_format_count(more, to.count - REJECTS_SHOWN);
        vt_display_warn(cli->display, "%s more rejected row%s%s", more, vt_plural(to.count - REJECTS_SHOWN),
                        file == NULL ? "; --rejects FILE lists them all" : "");
    }
    if (status == VT_OK && to.status != VT_OK) {
        status = vt_fail(err, to.err.code, "%s", to.err.message);
    } else if (status == VT_OK && to.file != NULL) {
        status = vt_file_writer_commit(to.file, err);
        to.file = NULL;
    }
    vt_file_writer_abort(to.file);
    vt_shop_close(shop);
    if (status == VT_OK && vt_import_all_rejected(report)) {
        status = vt_fail(err, VT_ERR_FORMAT, "every row was rejected (%s), so nothing was stored; is this %s?",
                         report->reasons[0].reason, options->kind);
    }
    if (status != VT_OK && maker) {
        remove_made(cli->shop, had_folder);
    }
    return status;
}

static int run_import(vt_cli *cli, const vt_args *args, vt_error *err)
{
    if (vt_args_given(args, "undo")) {
        return run_undo(cli, args, err);
    }
    vt_import_options options;
    int status = read_options(&options, cli, args, err);
    if (status != VT_OK) {
        return status;
    }
    vt_import_report *report = vt_alloc_zero(1, sizeof *report, err);
    if (report == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    double began = vt_seconds();
    status = import_into(cli, args, &options, report, err);
    if (status == VT_OK || (status == VT_ERR_FORMAT && vt_import_all_rejected(report))) {
        int printed = vt_import_print(cli, report, options.dry_run, vt_seconds() - began, err);
        cli->result_stands = status != VT_OK && printed == VT_OK; /* the counts say what is wrong */
        status = printed == VT_OK ? status : printed;
    }
    vt_free(report);
    return status;
}

static int help_kinds(vt_buf *out, vt_error *err)
{
    size_t n = 0;
    const vt_import_kind *kinds = vt_import_kinds(&n);
    int status = vt_buf_add_text(out, "\nkinds of files:\n", err);
    for (size_t i = 0; i < n && status == VT_OK; i++) {
        status = vt_buf_printf(out, err, "  %-12s ", kinds[i].name);
        if (status == VT_OK) {
            status = vt_help_wrap(out, kinds[i].summary, 15, 15, 79, err);
        }
        if (status == VT_OK) {
            status = vt_buf_printf(out, err, "%15s%s\n", "", kinds[i].paths);
        }
    }
    return status;
}

static const vt_option import_options[] = {
    {.name = "table",
     .type = VT_OPTION_CHOICE,
     .value = "TABLE",
     .choices = "events|items|users|item-links|user-links|links",
     .help = "csv: what a row is"},
    {.name = "map",
     .type = VT_OPTION_TEXT,
     .value = "FIELD=COLUMN,...",
     .help =
         "csv: which column holds which field (default: columns named as fields); images: a CSV file of file and item"},
    {.name = "as",
     .type = VT_OPTION_CHOICE,
     .value = "PART",
     .choices = "train|valid|test",
     .help = "the rows are this part of a published split, for evaluate --split given"},
    {.name = "currency",
     .type = VT_OPTION_TEXT,
     .value = "CODE",
     .help = "ISO 4217 code of prices that name none (default: the shop's, else USD)"},
    {.name = "time-unit",
     .type = VT_OPTION_CHOICE,
     .value = "UNIT",
     .choices = "s|ms",
     .help = "csv: unit of times given as numbers (default: told from their size)"},
    {.name = "event-kind",
     .type = VT_OPTION_CHOICE,
     .value = "KIND",
     .choices = "view|cart|purchase|return|rating|like|dislike|impression|click",
     .help = "csv: kind of rows that name none"},
    {.name = "dry-run", .help = "read and check everything, store nothing"},
    {.name = "rejects",
     .type = VT_OPTION_TEXT,
     .value = "FILE",
     .words = VT_WORDS_FILES,
     .help = "write a sentence for every rejected row to FILE"},
    {.name = "undo",
     .type = VT_OPTION_INT,
     .value = "ID",
     .min = 1,
     .max = 9007199254740991.0,
     .help = "take import ID back (\"shop info\" lists them); reads no files"},
    {.name = NULL},
};

const vt_command vt_command_import = {
    .name = "import",
    .summary = "read files into a shop, which is made when there is none",
    .details = "A row is stored once: importing the same files again changes nothing. Rows that cannot be right are "
               "left out, counted and named with file, line and reason. A file that cannot be read to its end leaves "
               "the shop as it was.",
    .operands =
        (const vt_operand[]){
            {.name = "KIND", .optional = true, .words = VT_WORDS_IMPORT_KINDS, .help = "kind of files, see below"},
            {.name = "PATH", .optional = true, .repeated = true, .words = VT_WORDS_FILES, .help = "files or folders"},
            {.name = NULL},
        },
    .options = (const vt_option *const[]){import_options, NULL},
    .more_help = help_kinds,
    .examples = "vitrine --shop s import amazon reviews.jsonl.gz meta.jsonl.gz\n"
                "vitrine --shop s import csv orders.csv --table events --map user=customer,item=sku,time=date\n"
                "vitrine --shop s import --undo 3",
    .run = run_import,
};
