/*
 * vitrine doctor: is this installation, this machine and this shop sound? Each check is a row with a verdict; anything
 * broken makes the exit code VT_ERR_CORRUPT, what merely should be known is a note.
 */
#include "common.h"
#include "vitrine/doctor.h"

typedef struct doctor {
    vt_cli *cli;
    vt_table *table;
    vt_json_writer writer;
    int bad;
    char first_bad[512];
} doctor;

static int on_check(void *context, const vt_check *check)
{
    static const char *const words[] = {"ok", "note", "BAD"};
    static const char *const json_words[] = {"ok", "note", "bad"};
    doctor *d = context;
    if (check->verdict == VT_VERDICT_BAD && d->bad++ == 0) {
        snprintf(d->first_bad, sizeof d->first_bad, "%s: %.400s", check->name, check->detail);
    }
    if (d->cli->json) {
        vt_json_object(&d->writer, NULL);
        vt_json_text(&d->writer, "check", vt_str_of(check->name));
        vt_json_text(&d->writer, "verdict", vt_str_of(json_words[check->verdict]));
        vt_json_text(&d->writer, "detail", vt_str_of(check->detail));
        vt_json_object_end(&d->writer);
    } else {
        vt_table_text(d->table, words[check->verdict]);
        vt_table_text(d->table, check->name);
        vt_table_text(d->table, check->detail);
    }
    return VT_OK;
}

static int run_doctor(vt_cli *cli, const vt_args *args, vt_error *err)
{
    (void)args;
    doctor d = {.cli = cli};
    int status = vt_table_create(&d.table, err);
    if (status != VT_OK) {
        return status;
    }
    vt_table_column(d.table, "", VT_LEFT, 0);
    vt_table_column(d.table, "", VT_LEFT, 0);
    vt_table_column(d.table, "", VT_LEFT, 0);
    if (cli->json) {
        vt_cli_json_begin(&d.writer, cli);
        vt_json_array(&d.writer, "checks");
    }
    status = vt_doctor(cli->shop, on_check, &d, &cli->progress, err);
    vt_display_end(cli->display);
    if (status == VT_OK && cli->json) {
        vt_json_array_end(&d.writer);
        vt_json_bool(&d.writer, "sound", d.bad == 0);
        status = vt_cli_json_end(&d.writer, cli, err);
    } else if (status == VT_OK) {
        status = vt_table_print(&cli->out, d.table, SIZE_MAX / 2, err);
    }
    vt_json_writer_abort(&d.writer);
    vt_table_free(d.table);
    if (status == VT_OK && d.bad > 0) {
        cli->result_stands = true;
        return vt_fail(err, VT_ERR_CORRUPT, "%d of the checks found damage; first: %s", d.bad, d.first_bad);
    }
    return status;
}

const vt_command vt_command_doctor = {
    .name = "doctor",
    .summary = "check the installation, the machine and the shop",
    .details =
        "Shows the versions of the linked parts and flags known-bad ones, the processor, free space, and whether "
        "the shop, its snapshots and its models are intact. Exits with 9 when something is damaged.",
    .examples = "vitrine --shop s doctor",
    .run = run_doctor,
};
