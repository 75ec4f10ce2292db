/* vitrine backup, restore: a shop as one file, and back. */
#include <string.h>

#include "base/clock.h"
#include "base/format.h"
#include "common.h"
#include "vitrine/backup.h"

/* What the file holds, as JSON or as a line for a person. */
static int say(vt_cli *cli, const char *what, const char *file, const vt_backup_report *report, vt_error *err)
{
    char bytes[32], files[32], made[32];
    if (cli->json) {
        vt_json_writer w;
        vt_cli_json_begin(&w, cli);
        vt_json_text(&w, "file", vt_str_of(file));
        vt_json_text(&w, "shop", vt_str_of(report->shop));
        vt_json_int(&w, "revision", report->revision);
        vt_json_int(&w, "schema", report->schema);
        vt_json_int(&w, "files", report->files);
        vt_json_int(&w, "bytes", report->bytes);
        vt_json_time(&w, "made", report->made_at);
        vt_json_text(&w, "version", vt_str_of(report->version));
        return vt_cli_json_end(&w, cli, err);
    }
    vt_format_bytes(bytes, report->bytes);
    vt_format_count(files, report->files);
    vt_format_time(made, report->made_at);
    vt_display_note(cli->display, "%s: revision %lld of %s, %s files, %s", what, (long long)report->revision, made,
                    files, bytes);
    return VT_OK;
}

static int run_backup(vt_cli *cli, const vt_args *args, vt_error *err)
{
    const char *file = vt_args_operand(args, 0);
    vt_backup_report report;
    vt_shop *shop = NULL;
    int status = vt_cli_open_shop(&shop, cli, VT_SHOP_READ, err);
    status = status != VT_OK ? status : vt_shop_backup(shop, file, &cli->progress, &report, err);
    vt_shop_close(shop);
    vt_display_end(cli->display);
    return status != VT_OK ? status : say(cli, file, file, &report, err);
}

const vt_command vt_command_backup = {
    .name = "backup",
    .summary = "write a shop to one file",
    .details = "The file holds the shop as it stands at one moment, also while a server or an import writes: neither "
               "waits. It is a ZIP archive with the store, models, vectors, images, settings and manifest.json, and is "
               "read back before it gets its name. Snapshots are left out, since they are made again. The disk needs "
               "place for the file and for a copy of the store beside it.",
    .operands =
        (const vt_operand[]){
            {.name = "FILE", .words = VT_WORDS_FILES, .help = "the file to make; it must not be there"},
            {.name = NULL},
        },
    .examples = "vitrine --shop s backup s-2027-01-31.zip",
    .run = run_backup,
};

static int run_restore(vt_cli *cli, const vt_args *args, vt_error *err)
{
    const char *file = vt_args_operand(args, 0);
    vt_backup_report report;
    if (!cli->shop_given) {
        return vt_fail(err, VT_ERR_USAGE, "name the folder of the new shop: vitrine --shop NEW restore %s", file);
    }
    int status = vt_shop_restore(cli->shop, file, &cli->progress, &report, err);
    vt_display_end(cli->display);
    return status != VT_OK ? status : say(cli, cli->shop, file, &report, err);
}

const vt_command vt_command_restore = {
    .name = "restore",
    .summary = "make a shop of a backup",
    .details = "--shop names the folder, which is missing or empty: a shop is never written over. Every file is "
               "compared with the size and the hash in the manifest; a damaged backup makes no shop.",
    .operands =
        (const vt_operand[]){
            {.name = "FILE", .words = VT_WORDS_FILES, .help = "what \"vitrine backup\" has written"},
            {.name = NULL},
        },
    .examples = "vitrine --shop restored restore s-2027-01-31.zip",
    .run = run_restore,
};
