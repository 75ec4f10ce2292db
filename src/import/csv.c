/*
 * CSV of any shop: the header is matched to the fields of a table, each row becomes one record. Cells that cannot be
 * read reject their row; empty cells and the words for nothing ("N/A") are not given.
 */
#include <stdio.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/number.h"
#include "import/cells.h"
#include "import/csv_tables.h"
#include "import/likes.h"
#include "import/look.h"
#include "import/recognise.h"
#include "import/words.h"

static const vt_csv_table *const tables[] = {&vt_csv_events,     &vt_csv_items,  &vt_csv_users, &vt_csv_item_links,
                                             &vt_csv_user_links, &vt_csv_orders, &vt_csv_names, &vt_csv_properties};
enum { PUBLIC_TABLES = 5 /* the others are parts of named mappings */ };

/* Of the caller's options only the public tables. */
static const vt_csv_table *find_table(const char *name, bool any)
{
    size_t count = any ? sizeof tables / sizeof tables[0] : PUBLIC_TABLES;
    for (size_t i = 0; name != NULL && i < count; i++) {
        if (strcmp(tables[i]->name, name) == 0) {
            return tables[i];
        }
    }
    return name != NULL && strcmp(name, "links") == 0 ? &vt_csv_item_links : NULL;
}

/* Columns that fit, when the table has all it needs; events need somebody too. */
static size_t count_fits(const vt_csv_table *table, const vt_str *header, size_t n)
{
    vt_columns columns = {0};
    const vt_columns_spec spec = {.file = "", .fields = table->fields, .n_fields = table->n_fields};
    size_t fits = 0;
    if (vt_columns_match(&columns, &spec, header, n, NULL) != VT_OK) {
        return 0;
    }
    for (size_t i = 0; i < table->n_fields; i++) {
        fits += columns.column[i] >= 0;
    }
    for (size_t i = 0; i < table->n_required; i++) {
        fits = columns.column[table->required[i]] >= 0 ? fits : 0;
    }
    bool somebody = table != &vt_csv_events || vt_csv_event_has_user(&columns);
    vt_columns_done(&columns);
    return somebody ? fits : 0;
}

const char *vt_csv_tell(const vt_str *header, size_t n, size_t *fits)
{
    const char *best = NULL;
    *fits = 0;
    for (size_t i = 0; i < PUBLIC_TABLES; i++) {
        size_t count = count_fits(tables[i], header, n);
        if (count > *fits) {
            *fits = count;
            best = tables[i]->name;
        }
    }
    return best;
}

bool vt_csv_money(vt_csv_work *work, size_t field, const vt_str *row, vt_str currency, int64_t *out, int *status,
                  vt_error *err)
{
    if (currency.len != 3 && work->currency[0] != '\0') {
        currency = vt_str_of(work->currency);
    }
    return vt_cell_money(work->source, &work->columns, field, row, currency, out, status, err);
}

void vt_csv_name_currency(vt_csv_work *work, size_t field)
{
    static const char codes[][4] = {"USD", "EUR", "GBP", "JPY", "CHF", "CAD", "AUD", "NZD", "CNY", "INR",
                                    "BRL", "MXN", "SEK", "NOK", "DKK", "PLN", "CZK", "TRY", "KRW", "ZAR"};
    char name[VT_WORD_BYTES];
    vt_word_key(name, sizeof name, vt_str_of(vt_columns_name(&work->columns, field)));
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
        if (!vt_word_nothing(cell)) {
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
    if (cell.ptr != NULL) {
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

/* What a message adds where the first line is no header but a row. */
static const char *advice(const vt_str *header, size_t n)
{
    double number = 0;
    for (size_t i = 0; i < n; i++) {
        if (vt_parse_real(&number, vt_trim(header[i]))) {
            return "; if the first line is a row, say --no-header and map columns by number, such as "
                   "--map user=#1,item=#2";
        }
    }
    return "";
}

/* What the caller, or a named mapping, says of this file. */
static void choose(vt_csv_work *work, const vt_like_file *like)
{
    const vt_import_options *options = work->source->options;
    vt_time_form *time = &work->source->forms.time;
    work->like = like;
    work->event_map = options->event_map != NULL ? options->event_map : like == NULL ? NULL : like->event_map;
    time->format = options->time_format;
    time->unit = options->time_unit;
    time->order = like == NULL ? VT_DAYS_UNKNOWN : like->days;
    vt_sink_keep_repeats(work->source->sink, like != NULL && like->repeats);
}

static int match(vt_csv_work *work, const vt_csv_table *table, const char *path, const vt_str *header, size_t n,
                 vt_error *err)
{
    const vt_columns_spec spec = {.file = path,
                                  .fields = table->fields,
                                  .n_fields = table->n_fields,
                                  .map = work->source->options->map,
                                  .like = work->like == NULL ? NULL : work->like->map};
    int status = vt_columns_match(&work->columns, &spec, header, n, err);
    for (size_t i = 0; status == VT_OK && i < table->n_required; i++) {
        vt_error why = VT_ERROR_INIT;
        status = vt_columns_require(&work->columns, path, table->required[i], &why);
        if (status != VT_OK) {
            status = vt_fail(err, why.code, "%s%s", why.message, advice(header, n));
        }
    }
    if (status == VT_OK) {
        vt_telling_columns(vt_sink_telling(work->source->sink), &work->columns, path);
        status = vt_look(work->source, path, &work->columns, err);
    }
    if (status == VT_OK && table->begin != NULL) {
        status = table->begin(work, err);
    }
    return status;
}

/* Cells that said "nothing" by a word, and what the end of the file says. */
static void tell(const vt_csv_work *work, const vt_csv *csv)
{
    const vt_columns *columns = &work->columns;
    vt_sink *sink = work->source->sink;
    if (columns->nothing != NULL && columns->nothing->count > 0) {
        vt_sink_count(sink, "cells that say by a word that there is nothing", columns->nothing->count,
                      "\"%s\" in \"%.60s\"", columns->nothing->word, columns->header[columns->nothing->column].ptr);
    }
    if (csv != NULL) {
        vt_source_csv_end(work->source, csv);
    }
}

/* The named mapping that the columns belong to, where the caller names none. */
static const vt_like_file *recognise(vt_csv_work *work, const vt_csv_table *table, const vt_str *header, size_t n)
{
    const vt_like_file *like = work->source->options->map == NULL ? vt_like_recognise(header, n, table->name) : NULL;
    if (like != NULL) {
        vt_sink_note(work->source->sink, "read like %s", like->name);
    }
    return like;
}

/* The file's table: the caller's, else that of the named mapping its columns belong to. */
static int read_file(vt_csv_work *work, const vt_csv_table *table, const vt_like_file *like, const char *path,
                     vt_error *err)
{
    vt_stream *stream = NULL;
    vt_csv *csv = NULL;
    const vt_str *header = NULL;
    size_t n = 0;
    int status = vt_source_open(work->source, &stream, path, err);
    if (status == VT_OK) {
        status = vt_source_table(work->source, &csv, stream, err);
    }
    if (status == VT_OK) {
        status = vt_source_header(work->source, csv, &header, &n, err);
    }
    if (status == VT_OK && n == 0) {
        status =
            vt_fail(err, VT_ERR_FORMAT, "%s is empty; a first line with the names of the columns is expected", path);
    }
    if (status == VT_OK) {
        choose(work, like != NULL ? like : recognise(work, table, header, n));
        status = match(work, table, path, header, n, err);
    }
    if (status == VT_OK) {
        status = read_rows(work, table, csv, err);
    }
    if (status == VT_OK) {
        tell(work, csv);
    }
    vt_columns_done(&work->columns);
    vt_csv_free(csv);
    vt_source_close(work->source, stream);
    return status;
}

/* ---- tables in memory -------------------------------------------------------------------------------------------- */

enum { CONSUMED_AT_ONCE = 512 /* rows between two steps of progress */ };

static int read_cells(vt_csv_work *work, const vt_csv_table *table, const vt_import_rows *rows, vt_str *cells,
                      vt_error *err)
{
    vt_sink *sink = work->source->sink;
    int status = VT_OK;
    for (int64_t at = 0; status == VT_OK && at < rows->n; at++) {
        size_t bytes = 0;
        rows->cells(rows->context, at, cells);
        for (size_t i = 0; i < rows->n_columns; i++) {
            bytes += cells[i].len;
        }
        status = vt_sink_row(sink, at + 2, err);
        if (status == VT_OK) {
            status = bytes > VT_LINE_BYTES_MAX ? vt_sink_reject(sink, err, "row too long", "the row is too long")
                                               : table->row(work, cells, err);
        }
        if (at % CONSUMED_AT_ONCE == CONSUMED_AT_ONCE - 1) {
            vt_sink_consumed(sink, CONSUMED_AT_ONCE);
        }
    }
    vt_sink_consumed(sink, rows->n % CONSUMED_AT_ONCE);
    return status;
}

static int read_memory(vt_csv_work *work, const vt_csv_table *table, const vt_import_rows *rows, vt_error *err)
{
    vt_str *cells = vt_alloc_zero(rows->n_columns + 1, sizeof *cells, err);
    if (cells == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < rows->n_columns; i++) {
        cells[i] = vt_str_of(rows->columns[i]);
    }
    int status = vt_sink_file(work->source->sink, rows->name, NULL, err);
    if (status == VT_OK) {
        choose(work, recognise(work, table, cells, rows->n_columns));
        status = match(work, table, rows->name, cells, rows->n_columns, err);
    }
    if (status == VT_OK) {
        status = read_cells(work, table, rows, cells, err);
    }
    if (status == VT_OK) {
        tell(work, NULL);
    }
    vt_columns_done(&work->columns);
    vt_free(cells);
    return status;
}

/* ---- files of a named mapping ------------------------------------------------------------------------------------ */

/* Which file of the mapping this is, by its columns. */
static int tell_file(vt_source *source, const vt_like_file **out, const char *path, vt_error *err)
{
    vt_stream *stream = NULL;
    vt_csv *csv = NULL;
    const vt_str *header = NULL;
    size_t n = 0;
    int status = vt_source_stream(source, &stream, path, err);
    if (status == VT_OK) {
        status = vt_source_table(source, &csv, stream, err);
    }
    if (status == VT_OK) {
        status = vt_csv_row(csv, &header, &n, err);
    }
    if (status == VT_OK) {
        *out = vt_like_find(source->options->like, header, n);
        if (*out == NULL) {
            status =
                vt_fail(err, VT_ERR_FORMAT, "%s has not the columns of a file of %s; its first line is \"%.*s...\"",
                        path, source->options->like,
                        n == 0               ? 0
                        : header[0].len > 60 ? 60
                                             : (int)header[0].len,
                        n == 0 ? "" : header[0].ptr);
        }
    }
    vt_csv_free(csv);
    vt_stream_close(stream);
    return status;
}

/* All files, those that others look things up in first. */
static int read_like(vt_csv_work *work, vt_error *err)
{
    const vt_import_options *options = work->source->options;
    const vt_like_file **files = vt_alloc_zero(options->n_paths, sizeof *files, err);
    int status = files == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t i = 0; status == VT_OK && i < options->n_paths; i++) {
        status = tell_file(work->source, &files[i], options->paths[i], err);
    }
    for (int step = 0; step < VT_LIKE_STEPS; step++) {
        for (size_t i = 0; status == VT_OK && i < options->n_paths; i++) {
            for (const vt_like_file *file = files[i]; status == VT_OK && file != NULL; file = vt_like_next(file)) {
                if (file->step == step) {
                    status = read_file(work, find_table(file->table, true), file, options->paths[i], err);
                }
            }
        }
    }
    status = status == VT_OK ? vt_csv_put_properties(work, err) : status;
    vt_sink_note(work->source->sink, "read like %s", options->like);
    vt_free(files);
    return status;
}

static int read_tables(vt_csv_work *work, const vt_csv_table *table, vt_error *err)
{
    const vt_import_options *options = work->source->options;
    if (options->table == NULL && options->like != NULL && options->rows == NULL) {
        return read_like(work, err);
    }
    if (table == NULL) {
        return options->table == NULL
                   ? vt_fail(
                         err, VT_ERR_USAGE,
                         "a CSV needs the name of its table (--table): events, items, users, item-links or user-links")
                   : vt_fail(err, VT_ERR_USAGE,
                             "there is no table \"%s\"; events, items, users, item-links and user-links are read",
                             options->table);
    }
    int status = options->rows == NULL ? VT_OK : read_memory(work, table, options->rows, err);
    for (size_t i = 0; status == VT_OK && i < options->n_paths; i++) {
        status = read_file(work, table, NULL, options->paths[i], err);
    }
    return status;
}

int vt_source_csv(vt_source *source, vt_error *err)
{
    vt_csv_work work = {.source = source};
    vt_buf *bufs[] = {&work.attributes, &work.category, &work.title, &work.description, &work.brand};
    for (size_t i = 0; i < sizeof bufs / sizeof bufs[0]; i++) {
        vt_buf_init(bufs[i], VT_LINE_BYTES_MAX * 4);
    }
    int status = vt_merger_create(&work.merger, err);
    if (status == VT_OK) {
        work.images = vt_alloc(VT_TEXT_IMAGES_MAX, sizeof *work.images, err);
        status = work.images == NULL ? VT_ERR_NO_MEMORY : vt_csv_lookups_create(&work.lookups, err);
    }
    if (status == VT_OK) {
        status = read_tables(&work, find_table(source->options->table, false), err);
    }
    vt_csv_properties_free(work.properties);
    vt_csv_lookups_free(work.lookups);
    vt_free(work.images);
    vt_merger_free(work.merger);
    for (size_t i = 0; i < sizeof bufs / sizeof bufs[0]; i++) {
        vt_buf_done(bufs[i]);
    }
    return status;
}
