/* What an import did, as text or as JSON. */
#include "import.h"

#include "common.h"

const char *vt_plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

static void json_counts(vt_json_writer *writer, const char *key, const vt_import_counts *counts)
{
    vt_json_object(writer, key);
    vt_json_int(writer, "added", counts->added);
    vt_json_int(writer, "changed", counts->changed);
    vt_json_int(writer, "same", counts->same);
    vt_json_object_end(writer);
}

static int print_json(vt_cli *cli, const vt_import_report *report, bool dry_run, double seconds, vt_error *err)
{
    vt_json_writer writer;
    vt_cli_json_begin(&writer, cli);
    if (report->import_id == 0) {
        vt_json_null(&writer, "import");
    } else {
        vt_json_int(&writer, "import", report->import_id);
    }
    vt_json_bool(&writer, "dry_run", dry_run);
    vt_json_text(&writer, "recognised", report->note[0] == '\0' ? (vt_str){NULL, 0} : vt_str_of(report->note));
    vt_json_int(&writer, "rows", report->rows);
    vt_json_int(&writer, "bytes", report->bytes);
    vt_json_int(&writer, "rejected", report->rejected);
    vt_json_array(&writer, "reasons");
    for (int i = 0; i < VT_IMPORT_REASONS && report->reasons[i].count > 0; i++) {
        vt_json_object(&writer, NULL);
        vt_json_text(&writer, "reason", vt_str_of(report->reasons[i].reason));
        vt_json_int(&writer, "count", report->reasons[i].count);
        vt_json_object_end(&writer);
    }
    vt_json_array_end(&writer);
    json_counts(&writer, "events", &report->events);
    json_counts(&writer, "items", &report->items);
    json_counts(&writer, "users", &report->users);
    json_counts(&writer, "links", &report->links);
    vt_json_number(&writer, "seconds", seconds);
    return vt_cli_json_end(&writer, cli, err);
}

static int64_t total(const vt_import_counts *counts)
{
    return counts->added + counts->changed + counts->same;
}

static void add_counts(vt_table *table, const char *name, const vt_import_counts *counts)
{
    if (total(counts) > 0) {
        vt_table_text(table, name);
        vt_table_count(table, counts->added);
        vt_table_count(table, counts->changed);
        vt_table_count(table, counts->same);
    }
}

static int print_counts(vt_cli *cli, const vt_import_report *report, vt_error *err)
{
    vt_table *table = NULL;
    if (total(&report->events) + total(&report->items) + total(&report->users) + total(&report->links) == 0) {
        return VT_OK;
    }
    int status = vt_table_create(&table, err);
    if (status != VT_OK) {
        return status;
    }
    vt_table_column(table, "", VT_LEFT, 0);
    vt_table_column(table, "added", VT_RIGHT, 0);
    vt_table_column(table, "changed", VT_RIGHT, 0);
    vt_table_column(table, "same", VT_RIGHT, 0);
    add_counts(table, "events", &report->events);
    add_counts(table, "items", &report->items);
    add_counts(table, "users", &report->users);
    add_counts(table, "links", &report->links);
    status = vt_table_print(&cli->out, table, (size_t)cli->width, err);
    vt_table_free(table);
    return status;
}

bool vt_import_all_rejected(const vt_import_report *report)
{
    return report->rows > 0 && report->rejected == report->rows;
}

static int print_text(vt_cli *cli, const vt_import_report *report, bool dry_run, double seconds, vt_error *err)
{
    char rows[32];
    char bytes[32];
    char time[32];
    vt_format_count(rows, report->rows);
    vt_format_bytes(bytes, report->bytes);
    vt_format_duration(time, seconds);
    int status = VT_OK;
    if (report->note[0] != '\0') {
        status = vt_output_clean(&cli->out, vt_str_of(report->note), err);
        if (status == VT_OK) {
            status = vt_buf_add(&cli->out, "\n", 1, err);
        }
    }
    if (status == VT_OK) {
        status =
            vt_buf_printf(&cli->out, err, "%s row%s read (%s) in %s\n", rows, vt_plural(report->rows), bytes, time);
    }
    if (status == VT_OK) {
        status = print_counts(cli, report, err);
    }
    if (status == VT_OK && report->rejected > 0) {
        char count[32];
        vt_format_count(count, report->rejected);
        status = vt_buf_printf(&cli->out, err, "%s row%s rejected\n", count, vt_plural(report->rejected));
        for (int i = 0; i < VT_IMPORT_REASONS && report->reasons[i].count > 0 && status == VT_OK; i++) {
            vt_format_count(count, report->reasons[i].count);
            status = vt_buf_printf(&cli->out, err, "  %s: ", count);
            if (status == VT_OK) {
                status = vt_output_clean(&cli->out, vt_str_of(report->reasons[i].reason), err);
            }
            if (status == VT_OK) {
                status = vt_buf_add(&cli->out, "\n", 1, err);
            }
        }
    }
    if (status != VT_OK) {
        return status;
    }
    if (dry_run) {
        return vt_buf_add_text(&cli->out, "dry run: nothing was stored\n", err);
    }
    if (report->import_id == 0 && report->rows == 0) {
        return vt_buf_add_text(&cli->out, "there was nothing to import\n", err);
    }
    if (report->import_id == 0) {
        return vt_buf_add_text(&cli->out,
                               vt_import_all_rejected(report) ? "nothing was stored\n"
                                                              : "the shop holds all of it already: nothing changed\n",
                               err);
    }
    return vt_buf_printf(&cli->out, err, "import %lld (undo: vitrine import --undo %lld)\n",
                         (long long)report->import_id, (long long)report->import_id);
}

int vt_import_print(vt_cli *cli, const vt_import_report *report, bool dry_run, double seconds, vt_error *err)
{
    return cli->json ? print_json(cli, report, dry_run, seconds, err) : print_text(cli, report, dry_run, seconds, err);
}
