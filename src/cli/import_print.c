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

/* Notes, columns, samples and how events and catalogue meet. */
static void json_told(vt_json_writer *writer, const vt_import_report *report)
{
    const vt_import_coverage *c = &report->coverage;
    vt_json_array(writer, "notes");
    for (int i = 0; i < VT_IMPORT_NOTES && report->notes[i][0] != '\0'; i++) {
        vt_json_text(writer, NULL, vt_str_of(report->notes[i]));
    }
    vt_json_array_end(writer);
    vt_json_array(writer, "columns");
    for (int i = 0; i < VT_IMPORT_COLUMNS && report->columns[i].column[0] != '\0'; i++) {
        const char *field = report->columns[i].field;
        vt_json_object(writer, NULL);
        vt_json_text(writer, "column", vt_str_of(report->columns[i].column));
        vt_json_text(writer, "field", field[0] == '\0' ? (vt_str){NULL, 0} : vt_str_of(field));
        vt_json_object_end(writer);
    }
    vt_json_array_end(writer);
    vt_json_object(writer, "coverage");
    vt_json_int(writer, "events", c->events);
    vt_json_int(writer, "without_user", c->no_user);
    vt_json_int(writer, "without_time", c->no_time);
    vt_json_int(writer, "without_price", c->no_price);
    vt_json_int(writer, "items", c->items);
    vt_json_int(writer, "in_catalogue", c->in_catalogue);
    vt_json_object_end(writer);
    vt_json_array(writer, "samples");
    for (int i = 0; i < VT_IMPORT_SAMPLES && report->samples[i][0] != '\0'; i++) {
        vt_json_text(writer, NULL, vt_str_of(report->samples[i]));
    }
    vt_json_array_end(writer);
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
    json_told(&writer, report);
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

static int add_line(vt_cli *cli, const char *text, vt_error *err)
{
    int status = vt_output_clean(&cli->out, vt_str_of(text), err);
    return status == VT_OK ? vt_buf_add(&cli->out, "\n", 1, err) : status;
}

/* The columns that were used, or those that were not, in one line; nothing when there are none. */
static int print_columns(vt_cli *cli, const vt_import_report *report, bool used, vt_error *err)
{
    int status = VT_OK;
    bool any = false;
    for (int i = 0; status == VT_OK && i < VT_IMPORT_COLUMNS && report->columns[i].column[0] != '\0'; i++) {
        const vt_import_column *c = &report->columns[i];
        if ((c->field[0] != '\0') != used) {
            continue;
        }
        status = vt_buf_add_text(&cli->out, any ? ", " : used ? "columns: " : "not used: ", err);
        status = status == VT_OK ? vt_output_clean(&cli->out, vt_str_of(c->column), err) : status;
        if (status == VT_OK && used) {
            status = vt_buf_printf(&cli->out, err, " (%s)", c->field);
        }
        any = true;
    }
    return status == VT_OK && any ? vt_buf_add(&cli->out, "\n", 1, err) : status;
}

static int print_lack(vt_cli *cli, int64_t count, const char *what, vt_error *err)
{
    char number[32];
    vt_format_count(number, count);
    return count == 0
               ? VT_OK
               : vt_buf_printf(&cli->out, err, "%s of the events ha%s no %s\n", number, count == 1 ? "s" : "ve", what);
}

static int print_coverage(vt_cli *cli, const vt_import_coverage *c, vt_error *err)
{
    char line[256];
    int status = print_lack(cli, c->no_user, "user", err);
    status = status == VT_OK ? print_lack(cli, c->no_time, "time", err) : status;
    status = status == VT_OK ? print_lack(cli, c->no_price, "price", err) : status;
    if (status != VT_OK || c->items == 0 || c->in_catalogue == c->items || c->present[0] == '\0') {
        return status;
    }
    snprintf(
        line, sizeof line, "%lld of the %lld items of the events %s in the catalogue: \"%s\" is not, \"%s\" is there",
        (long long)c->in_catalogue, (long long)c->items, c->in_catalogue == 1 ? "is" : "are", c->missing, c->present);
    return add_line(cli, line, err);
}

/* What one should know beyond the counts. */
static int print_told(vt_cli *cli, const vt_import_report *report, vt_error *err)
{
    int status = print_columns(cli, report, true, err);
    status = status == VT_OK ? print_columns(cli, report, false, err) : status;
    for (int i = 0; status == VT_OK && i < VT_IMPORT_NOTES && report->notes[i][0] != '\0'; i++) {
        status = add_line(cli, report->notes[i], err);
    }
    status = status == VT_OK ? print_coverage(cli, &report->coverage, err) : status;
    if (status == VT_OK && report->samples[0][0] != '\0') {
        status = vt_buf_add_text(&cli->out, "as it would be stored:\n", err);
    }
    for (int i = 0; status == VT_OK && i < VT_IMPORT_SAMPLES && report->samples[i][0] != '\0'; i++) {
        status = vt_buf_add_text(&cli->out, "  ", err);
        status = status == VT_OK ? add_line(cli, report->samples[i], err) : status;
    }
    return status;
}

static int print_text(vt_cli *cli, const vt_import_report *report, bool dry_run, const char *snapshot, double seconds,
                      vt_error *err)
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
    if (status == VT_OK) {
        status = print_told(cli, report, err);
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
    if (snapshot != NULL && report->events.added > 0) {
        return vt_buf_printf(&cli->out, err, "snapshot %s; train, evaluate and tune take it with --snapshot\n",
                             snapshot);
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

int vt_import_print(vt_cli *cli, const vt_import_report *report, bool dry_run, const char *snapshot, double seconds,
                    vt_error *err)
{
    return cli->json ? print_json(cli, report, dry_run, seconds, err)
                     : print_text(cli, report, dry_run, snapshot, seconds, err);
}
