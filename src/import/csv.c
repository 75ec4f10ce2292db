/*
 * CSV of any shop: the header is matched to the fields of a table, each row becomes one record. Cells that cannot be
 * read reject their row; empty cells and the words for nothing ("N/A") are not given.
 */
#include <stdio.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/number.h"
#include "import/csv_tables.h"
#include "import/money.h"
#include "import/text.h"

static const vt_csv_table *const tables[] = {&vt_csv_events, &vt_csv_items, &vt_csv_users, &vt_csv_item_links,
                                             &vt_csv_user_links};

static const vt_csv_table *find_table(const char *name)
{
    for (size_t i = 0; name != NULL && i < sizeof tables / sizeof tables[0]; i++) {
        if (strcmp(tables[i]->name, name) == 0) {
            return tables[i];
        }
    }
    return name != NULL && strcmp(name, "links") == 0 ? &vt_csv_item_links : NULL;
}

bool vt_csv_money(vt_csv_work *work, size_t field, const vt_str *row, vt_str currency, int64_t *out, int *status,
                  vt_error *err)
{
    *status = VT_OK;
    if (currency.len != 3 && work->currency[0] != '\0') {
        currency = vt_str_of(work->currency);
    }
    return vt_money_cell(work->source, &work->columns, field, row, currency, out, status, err);
}

bool vt_csv_whole(vt_csv_work *work, size_t field, const vt_str *row, int64_t *out, int *status, vt_error *err)
{
    vt_str cell = vt_columns_get(&work->columns, field, row);
    double number = 0;
    *status = VT_OK;
    if (vt_text_missing(cell)) {
        return true;
    }
    if (vt_parse_real(&number, cell) && number > -1e15 && number < 1e15 && (double)(int64_t)number == number) {
        *out = (int64_t)number;
        return true;
    }
    *status =
        vt_sink_reject(work->source->sink, err, "not a whole number", "\"%s\" is \"%.*s\"; a whole number is expected",
                       vt_columns_name(&work->columns, field), VT_SHOWN(cell));
    return false;
}

bool vt_csv_time(vt_csv_work *work, size_t field, const vt_str *row, int64_t *out, int *status, vt_error *err)
{
    vt_str cell = vt_columns_get(&work->columns, field, row);
    *status = VT_OK;
    if (vt_text_missing(cell) || vt_parse_time(out, cell, vt_csv_time_unit(work, field), NULL) == VT_OK) {
        return true;
    }
    *status = vt_sink_reject(work->source->sink, err, "time is no time",
                             "\"%s\" is \"%.*s\"; seconds, milliseconds or YYYY-MM-DD HH:MM:SS is expected",
                             vt_columns_name(&work->columns, field), VT_SHOWN(cell));
    return false;
}

const char *vt_csv_time_unit(const vt_csv_work *work, size_t field)
{
    char name[64];
    vt_column_name(name, sizeof name, vt_str_of(vt_columns_name(&work->columns, field)));
    size_t len = strlen(name);
    return len > 3 && memcmp(name + len - 3, "_ms", 3) == 0 ? "ms" : work->unit;
}

void vt_csv_name_currency(vt_csv_work *work, size_t field)
{
    static const char codes[][4] = {"USD", "EUR", "GBP", "JPY", "CHF", "CAD", "AUD", "NZD", "CNY", "INR",
                                    "BRL", "MXN", "SEK", "NOK", "DKK", "PLN", "CZK", "TRY", "KRW", "ZAR"};
    char name[64];
    vt_column_name(name, sizeof name, vt_str_of(vt_columns_name(&work->columns, field)));
    size_t len = strlen(name);
    work->currency[0] = '\0';
    for (size_t i = 0; len > 4 && name[len - 4] == '_' && i < sizeof codes / sizeof codes[0]; i++) {
        if (vt_text_same((vt_str){name + len - 3, 3}, codes[i])) {
            memcpy(work->currency, codes[i], sizeof work->currency);
        }
    }
}

/* A text, or with "|" in it a list of texts. */
static void write_attribute(vt_json_writer *writer, const char *name, vt_str cell)
{
    if (memchr(cell.ptr, '|', cell.len) == NULL) {
        vt_json_text(writer, name, cell);
        return;
    }
    vt_text_list(writer, name, cell, '|');
}

static int write_mapped(vt_csv_work *work, const vt_str *row, bool *any, vt_error *err)
{
    const vt_columns *columns = &work->columns;
    vt_json_writer writer;
    vt_buf_clear(&work->attributes);
    vt_json_writer_init(&writer, &work->attributes, false);
    vt_json_object(&writer, NULL);
    *any = false;
    for (size_t i = 0; i < columns->n_attributes; i++) {
        char name[128];
        vt_str cell = vt_trim(row[columns->attributes[i].column]);
        if (cell.len > 0) {
            snprintf(name, sizeof name, "%.*s", VT_STR_ARGS(columns->attributes[i].name));
            write_attribute(&writer, name, cell);
            *any = true;
        }
    }
    vt_json_object_end(&writer);
    return vt_json_writer_done(&writer, err);
}

bool vt_csv_attributes(vt_csv_work *work, size_t whole, const vt_str *row, vt_str *out, int *status, vt_error *err)
{
    vt_str cell = vt_columns_get(&work->columns, whole, row);
    vt_str merged = {NULL, 0};
    vt_error why = VT_ERROR_INIT;
    bool any = false;
    *status = VT_OK;
    if (!vt_text_missing(cell)) {
        *status = vt_merge_attributes(work->merger, (vt_str){NULL, 0}, cell, &merged, &why);
    }
    if (*status == VT_OK) {
        *status = write_mapped(work, row, &any, &why);
    }
    if (*status == VT_OK && any) {
        *status = vt_merge_attributes(work->merger, merged, (vt_str){work->attributes.data, work->attributes.len},
                                      &merged, &why);
    }
    if (vt_source_row_bad(*status)) {
        *status = vt_sink_reject(work->source->sink, err, "attributes are no JSON object", "\"%s\": %s",
                                 vt_columns_name(&work->columns, whole), why.message);
        return false;
    }
    if (*status != VT_OK && err != NULL) {
        *err = why;
    }
    *out = merged;
    return *status == VT_OK;
}

/* Too few cells reject a row; so do more than the header has, unless they are empty. */
static bool right_width(size_t columns, const vt_str *row, size_t n)
{
    bool right = n >= columns;
    for (size_t i = columns; right && i < n; i++) {
        right = row[i].len == 0;
    }
    return right;
}

static int read_rows(vt_csv_work *work, const vt_csv_table *table, vt_csv *csv, vt_error *err)
{
    int status = VT_OK;
    while (status == VT_OK) {
        const vt_str *row = NULL;
        size_t n = 0;
        status = vt_source_csv_row(work->source, csv, &row, &n, err);
        if (status != VT_OK || n == 0) {
            break;
        }
        status = right_width(work->columns.n, row, n)
                     ? table->row(work, row, err)
                     : vt_sink_reject(work->source->sink, err, "wrong number of fields",
                                      "%zu fields; the header has %zu columns", n, work->columns.n);
    }
    return status;
}

static int match(vt_csv_work *work, const vt_csv_table *table, const char *path, vt_csv *csv, vt_error *err)
{
    const vt_str *header = NULL;
    size_t n = 0;
    int status = vt_csv_row(csv, &header, &n, err);
    if (status == VT_OK && n == 0) {
        status =
            vt_fail(err, VT_ERR_FORMAT, "%s is empty; a first line with the names of the columns is expected", path);
    }
    if (status == VT_OK) {
        status = vt_columns_match(&work->columns, path, table->fields, table->n_fields, header, n,
                                  work->source->options->map, err);
    }
    for (size_t i = 0; status == VT_OK && i < table->n_required; i++) {
        status = vt_columns_require(&work->columns, path, table->required[i], err);
    }
    if (status == VT_OK && table->begin != NULL) {
        table->begin(work);
    }
    return status;
}

static int read_file(vt_csv_work *work, const vt_csv_table *table, const char *path, vt_error *err)
{
    vt_stream *stream = NULL;
    vt_csv *csv = NULL;
    int status = vt_source_open(work->source, &stream, path, err);
    if (status == VT_OK) {
        status = vt_csv_create(&csv, stream, '\0', err);
    }
    if (status == VT_OK) {
        status = match(work, table, path, csv, err);
    }
    if (status == VT_OK) {
        status = read_rows(work, table, csv, err);
    }
    vt_columns_done(&work->columns);
    vt_csv_free(csv);
    vt_source_close(work->source, stream);
    return status;
}

int vt_source_csv(vt_source *source, vt_error *err)
{
    const vt_csv_table *table = find_table(source->options->table);
    vt_csv_work work = {.source = source, .unit = source->options->time_unit};
    if (table == NULL) {
        const char *given = source->options->table;
        return given == NULL
                   ? vt_fail(
                         err, VT_ERR_USAGE,
                         "a CSV needs the name of its table (--table): events, items, users, item-links or user-links")
                   : vt_fail(err, VT_ERR_USAGE,
                             "there is no table \"%s\"; events, items, users, item-links and user-links are read",
                             given);
    }
    vt_buf_init(&work.attributes, VT_LINE_BYTES_MAX * 2);
    vt_buf_init(&work.category, VT_LINE_BYTES_MAX * 2);
    int status = vt_merger_create(&work.merger, err);
    if (status == VT_OK) {
        work.images = vt_alloc(VT_TEXT_IMAGES_MAX, sizeof *work.images, err);
        status = work.images == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    for (size_t i = 0; status == VT_OK && i < source->options->n_paths; i++) {
        status = read_file(&work, table, source->options->paths[i], err);
    }
    vt_free(work.images);
    vt_merger_free(work.merger);
    vt_buf_done(&work.attributes);
    vt_buf_done(&work.category);
    return status;
}
