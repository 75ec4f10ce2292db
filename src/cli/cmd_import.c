/* vitrine import: files into the shop, and an import back out of it. */
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/suggest.h"
#include "common.h"
#include "import.h"
#include "vitrine/bulk.h"

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
        return vt_import_print(cli, &report, false, NULL, vt_seconds() - began, err);
    }
    status = vt_buf_printf(&cli->out, err, "import %lld was taken back\n", (long long)id);
    return status;
}

/* The options that text sets: as the library calls them. */
static const char *const texts[] = {"table",       "like",        "map",          "currency",   "time-unit",
                                    "time-format", "time-zone",   "encoding",     "event-kind", "event-map",
                                    "status-map",  "zero-rating", "decimal-mark", "as",         "rating-scale"};
static const char *const flags[] = {"no-header", "no-quotes", "dry-run"};

static int set_options(vt_import_options *options, const vt_args *args, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; status == VT_OK && i < sizeof texts / sizeof texts[0]; i++) {
        const char *text = vt_args_text(args, texts[i]);
        status = text == NULL ? VT_OK : vt_import_options_set(options, texts[i], text, err);
    }
    for (size_t i = 0; status == VT_OK && i < sizeof flags / sizeof flags[0]; i++) {
        status = vt_args_given(args, flags[i]) ? vt_import_options_set(options, flags[i], "true", err) : VT_OK;
    }
    return status;
}

static bool same_name(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* What all files are, looked at one by one: they must be of one kind, table and mapping. */
static int recognise(vt_import_options *options, vt_import_guess *guess, vt_error *err)
{
    int status = vt_import_recognise(guess, options->paths[0], err);
    for (size_t i = 1; status == VT_OK && i < options->n_paths; i++) {
        vt_import_guess next;
        memset(&next, 0, sizeof next);
        status = vt_import_recognise(&next, options->paths[i], err);
        if (status == VT_OK && (!same_name(guess->kind, next.kind) || !same_name(guess->table, next.table) ||
                                !same_name(guess->like, next.like))) {
            status = vt_fail(err, VT_ERR_USAGE,
                             "%s is taken for %s and %s for %s; import them one after the other, or say their kind",
                             options->paths[0], guess->table != NULL ? guess->table : guess->kind, options->paths[i],
                             next.table != NULL ? next.table : next.kind);
        }
    }
    if (status == VT_OK) {
        options->kind = guess->kind;
        options->table = options->table == NULL && options->like == NULL ? guess->table : options->table;
        options->like = options->table == NULL && options->like == NULL ? guess->like : options->like;
    }
    return status;
}

static bool is_kind(const char *name)
{
    size_t n = 0;
    const vt_import_kind *kinds = vt_import_kinds(&n);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* Options of the command as options of the library. `guess` is set when the files say what they are, without a kind. */
static int read_options(vt_import_options *options, vt_import_guess *guess, vt_cli *cli, const vt_args *args,
                        vt_error *err)
{
    vt_import_options_init(options);
    const char *first = vt_args_operand(args, 0);
    if (first == NULL) {
        return vt_fail(err, VT_ERR_USAGE, "import needs KIND and PATH; \"vitrine help import\" lists the kinds");
    }
    bool named = is_kind(first) || (!vt_file_exists(first) && !vt_dir_exists(first));
    int status = named ? check_kind(first, err) : VT_OK;
    if (status != VT_OK) {
        return status;
    }
    options->kind = first;
    options->paths = args->operands + named;
    options->n_paths = args->n_operands - named;
    options->progress = &cli->progress;
    if (options->n_paths == 0) {
        return vt_fail(err, VT_ERR_USAGE, "import %s needs the files to read; \"vitrine help import\" says which",
                       options->kind);
    }
    status = set_options(options, args, err);
    return status == VT_OK && !named ? recognise(options, guess, err) : status;
}

/* "import csv --table events", for a message. */
static void write_command(char out[160], const vt_import_guess *guess)
{
    snprintf(out, 160, "import %s%s%s", guess->kind,
             guess->table != NULL  ? " --table "
             : guess->like != NULL ? " --like "
                                   : "",
             guess->table != NULL  ? guess->table
             : guess->like != NULL ? guess->like
                                   : "");
}

/* Adds to a message about a file of another form what the file seems to be. */
static void suggest_kind(const vt_import_options *options, vt_error *err)
{
    char command[160];
    vt_import_guess guess;
    memset(&guess, 0, sizeof guess);
    if (err == NULL || err->code != VT_ERR_FORMAT || options->n_paths == 0 ||
        vt_import_recognise(&guess, options->paths[0], NULL) != VT_OK ||
        (same_name(guess.kind, options->kind) && same_name(guess.table, options->table))) {
        return;
    }
    write_command(command, &guess);
    const vt_error before = *err;
    vt_fail_at(err, before.code, before.position, "%s. It looks like \"%s\" (%s)", before.message, command, guess.why);
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
    const char *snapshot = vt_args_text(args, "snapshot");
    bool had_shop = vt_shop_exists(cli->shop);
    bool had_folder = vt_dir_exists(cli->shop);
    bool maker = false; /* what stands in the folder afterwards comes from here */
    int status = VT_OK;
    const char *file = vt_args_text(args, "rejects");
    if (file != NULL) {
        status = vt_file_writer_open(&to.file, file, err);
    }
    if (status == VT_OK && snapshot == NULL && (had_shop || !options->dry_run)) {
        vt_display_stage(cli->display, "opening the shop");
        status = vt_shop_open(&shop, cli->shop, options->dry_run ? VT_SHOP_READ : VT_SHOP_CREATE, err);
        maker = !had_shop && !options->dry_run && status != VT_ERR_EXISTS && status != VT_ERR_BUSY;
    }
    if (status == VT_OK) {
        status = snapshot == NULL ? vt_import(shop, options, report, err)
                                  : vt_snapshot_import(snapshot, options, NULL, report, err);
    }
    if (status == VT_OK && snapshot != NULL && !had_shop) { /* an empty one, where models of the snapshot will lie */
        status = vt_shop_open(&shop, cli->shop, VT_SHOP_CREATE, err);
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
    vt_import_guess guess;
    memset(&guess, 0, sizeof guess);
    int status = read_options(&options, &guess, cli, args, err);
    if (status == VT_OK && options.dry_run && vt_args_given(args, "snapshot")) {
        status = vt_fail(err, VT_ERR_USAGE, "a dry run makes no snapshot; leave out --dry-run or --snapshot");
    }
    if (status != VT_OK) {
        return status;
    }
    vt_import_report *report = vt_alloc_zero(1, sizeof *report, err);
    if (report == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    double began = vt_seconds();
    status = import_into(cli, args, &options, report, err);
    if (status != VT_OK && guess.kind == NULL) {
        suggest_kind(&options, err);
    }
    if (guess.kind != NULL) {
        char command[160];
        char note[600];
        write_command(command, &guess);
        snprintf(note, sizeof note, "taken for \"%s\" (%s)%s%s", command, guess.why,
                 report->note[0] == '\0' ? "" : "; ", report->note);
        memcpy(report->note, note, sizeof report->note - 1);
    }
    if (status == VT_OK || (status == VT_ERR_FORMAT && vt_import_all_rejected(report))) {
        int printed =
            vt_import_print(cli, report, options.dry_run, vt_args_text(args, "snapshot"), vt_seconds() - began, err);
        cli->result_stands = status != VT_OK && printed == VT_OK; /* the counts say what is wrong */
        status = printed == VT_OK ? status : printed;
    }
    vt_free(report);
    return status;
}

static int help_likes(vt_buf *out, vt_error *err)
{
    size_t n = 0;
    const vt_import_like *likes = vt_import_likes(&n);
    int status = vt_buf_add_text(out, "\nnames for --like:\n", err);
    for (size_t i = 0; i < n && status == VT_OK; i++) {
        status = vt_buf_printf(out, err, "  %-20s ", likes[i].name);
        status = status == VT_OK ? vt_help_wrap(out, likes[i].summary, 23, 23, 79, err) : status;
    }
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
    return status == VT_OK ? help_likes(out, err) : status;
}

static const vt_option import_options[] = {
    {.name = "table",
     .type = VT_OPTION_CHOICE,
     .value = "TABLE",
     .choices = "events|items|users|item-links|user-links|links",
     .help = "csv: what a row is"},
    {.name = "like",
     .type = VT_OPTION_TEXT,
     .value = "NAME",
     .words = VT_WORDS_IMPORT_LIKES,
     .help = "csv: files of a known data set or shop system, see below"},
    {.name = "map",
     .type = VT_OPTION_TEXT,
     .value = "FIELD=COLUMN,...",
     .help =
         "csv, shopify, woocommerce: which column holds which field (default: columns named as fields); COLUMN may be "
         "#2 for the second, or a text in quotes; images: a CSV file of file and item"},
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
    {.name = "time-format",
     .type = VT_OPTION_TEXT,
     .value = "FORMAT",
     .help = "how the file writes times, such as %d/%m/%Y %H:%M (default: told from the column)"},
    {.name = "time-zone",
     .type = VT_OPTION_TEXT,
     .value = "ZONE",
     .help = "zone of times that name none, such as Europe/Berlin (default: the shop's, else UTC)"},
    {.name = "decimal-mark",
     .type = VT_OPTION_CHOICE,
     .value = "MARK",
     .choices = "point|comma",
     .help = "what begins decimals (default: told from the file)"},
    {.name = "encoding",
     .type = VT_OPTION_TEXT,
     .value = "NAME",
     .help = "utf-8, utf-16 or windows-1252 (default: told from the bytes)"},
    {.name = "no-header", .help = "csv: the first line is a row; columns are #1, #2, ... in --map"},
    {.name = "no-quotes", .help = "csv: a quote is a character like others"},
    {.name = "rating-scale",
     .type = VT_OPTION_TEXT,
     .value = "MIN:MAX",
     .help = "smallest and largest rating (default: by the kind, in csv also told from the ratings)"},
    {.name = "zero-rating",
     .type = VT_OPTION_CHOICE,
     .value = "KIND",
     .choices = "view|cart|purchase|like|click",
     .help = "csv: what a rating of 0 means where it is none"},
    {.name = "event-map",
     .type = VT_OPTION_TEXT,
     .value = "WORD=KIND,...",
     .help = "csv: what words in the column of kinds mean; \"ignore\" leaves such rows out"},
    {.name = "status-map",
     .type = VT_OPTION_TEXT,
     .value = "WORD=STATE,...",
     .help = "csv, woocommerce: what statuses of orders mean: sold, open, cancelled or refunded"},
    {.name = "event-kind",
     .type = VT_OPTION_CHOICE,
     .value = "KIND",
     .choices = "view|cart|purchase|return|rating|like|dislike|impression|click",
     .help = "csv: kind of rows that name none"},
    {.name = "dry-run", .help = "read and check everything, show five rows as they would be stored, store nothing"},
    {.name = "rejects",
     .type = VT_OPTION_TEXT,
     .value = "FILE",
     .words = VT_WORDS_FILES,
     .help = "write a sentence for every rejected row to FILE"},
    {.name = "snapshot",
     .type = VT_OPTION_TEXT,
     .value = "FILE",
     .words = VT_WORDS_FILES,
     .help = "read into a snapshot FILE.vsnap and not into the shop, for data to fit models on: quicker, but nothing "
             "can be added to it or taken back"},
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
               "the shop as it was. Without a kind the files are looked into: what they are taken for is said.",
    .operands =
        (const vt_operand[]){
            {.name = "KIND",
             .optional = true,
             .words = VT_WORDS_IMPORT_KINDS,
             .help = "kind of files, see below; left out: told from the files"},
            {.name = "PATH", .optional = true, .repeated = true, .words = VT_WORDS_FILES, .help = "files or folders"},
            {.name = NULL},
        },
    .options = (const vt_option *const[]){import_options, NULL},
    .more_help = help_kinds,
    .examples = "vitrine --shop s import amazon reviews.jsonl.gz meta.jsonl.gz\n"
                "vitrine --shop s import csv orders.csv --table events --map user=customer,item=sku,time=date\n"
                "vitrine --shop s import --dry-run orders.xlsx\n"
                "vitrine --shop s import csv olist/*.csv --like olist\n"
                "vitrine --shop s import --undo 3",
    .run = run_import,
};
