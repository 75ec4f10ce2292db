/* Products are read first, so that order lines without a SKU find the product they name. */
#include "import/shop_files.h"

#include <stdio.h>

#include "import/look.h"

typedef struct open_file {
    vt_stream *stream;
    vt_csv *csv;
    vt_columns columns;
    const vt_shop_file *kind;
} open_file;

static void close_file(vt_source *source, open_file *file)
{
    vt_columns_done(&file->columns);
    vt_csv_free(file->csv);
    vt_source_close(source, file->stream);
    *file = (open_file){0};
}

/* True when the columns are there that make a file one of this kind. */
static bool fits(const vt_shop_file *kind, const vt_columns *columns)
{
    for (size_t k = 0; k < 2 && kind->needs[k].n > 0; k++) {
        bool any = false;
        for (size_t i = 0; i < kind->needs[k].n; i++) {
            any = any || vt_columns_has(columns, kind->needs[k].any[i]);
        }
        if (!any) {
            return false;
        }
    }
    return true;
}

/* "name and regular_price", as the fields are called in a map. */
static void list_needs(char out[200], const vt_shop_file *kind)
{
    size_t len = 0;
    out[0] = '\0';
    for (size_t k = 0; k < 2 && kind->needs[k].n > 0; k++) {
        for (size_t i = 0; i < kind->needs[k].n && len < 199; i++) {
            const char *before = i > 0 ? " or " : k > 0 ? " and " : "";
            int n = snprintf(out + len, 200 - len, "%s%s", before, kind->fields[kind->needs[k].any[i]].name);
            len += n < 0 ? 200 : (size_t)n;
        }
    }
}

static int no_kind(const char *path, const char *system, const vt_shop_file files[2], const vt_columns *columns,
                   vt_error *err)
{
    char list[VT_COLUMNS_LIST];
    char needs[2][200];
    vt_columns_list(list, columns);
    list_needs(needs[0], &files[0]);
    list_needs(needs[1], &files[1]);
    return vt_fail(
        err, VT_ERR_FORMAT,
        "%s is neither a %s nor an order export of %s: products need columns for %s, orders for %s. Map them "
        "with --map, such as --map %s=COLUMN; its columns are %s",
        path, "product", system, needs[0], needs[1], files[0].fields[files[0].needs[0].any[0]].name, list);
}

static int match(const vt_source *source, const vt_shop_file files[2], size_t which, const char *path,
                 const vt_str *header, size_t n, vt_columns *columns, vt_error *err)
{
    const vt_columns_spec spec = {.file = path,
                                  .fields = files[which].fields,
                                  .n_fields = files[which].n_fields,
                                  .others = files[1 - which].fields,
                                  .n_others = files[1 - which].n_fields,
                                  .map = source->options->map};
    return vt_columns_match(columns, &spec, header, n, err);
}

int vt_shop_files_tell(const vt_shop_file files[2], const vt_str *header, size_t n)
{
    int found = -1;
    for (int i = 1; found < 0 && i >= 0; i--) {
        vt_columns columns = {0};
        const vt_columns_spec spec = {.file = "", .fields = files[i].fields, .n_fields = files[i].n_fields};
        if (vt_columns_match(&columns, &spec, header, n, NULL) == VT_OK && fits(&files[i], &columns)) {
            found = i;
        }
        vt_columns_done(&columns);
    }
    return found;
}

static int open_and_tell(vt_source *source, const char *system, const vt_shop_file files[2], const char *path,
                         open_file *file, vt_error *err)
{
    const vt_str *header = NULL;
    size_t n = 0;
    *file = (open_file){0};
    int status = vt_source_open(source, &file->stream, path, err);
    if (status == VT_OK) {
        status = vt_source_table(source, &file->csv, file->stream, err);
    }
    if (status == VT_OK) {
        status = vt_source_header(source, file->csv, &header, &n, err);
    }
    if (status == VT_OK && n == 0) {
        status =
            vt_fail(err, VT_ERR_FORMAT, "%s is empty; a first line with the names of the columns is expected", path);
    }
    /* Orders first: theirs are the columns that no other file has. */
    for (size_t i = 2; status == VT_OK && file->kind == NULL && i-- > 0;) {
        vt_columns_done(&file->columns);
        status = match(source, files, i, path, header, n, &file->columns, err);
        file->kind = status == VT_OK && fits(&files[i], &file->columns) ? &files[i] : NULL;
    }
    if (status == VT_OK && file->kind == NULL) {
        status = no_kind(path, system, files, &file->columns, err);
    }
    if (status != VT_OK) {
        close_file(source, file);
    }
    return status;
}

/* Prices of products have no currency; that of the first order is taken for a shop that has none yet. */
static int peek_currency(vt_source *source, open_file *file, vt_error *err)
{
    const vt_str *row = NULL;
    size_t n = 0;
    vt_error why = VT_ERROR_INIT;
    if (source->currency_known || file->kind->currency == file->kind->n_fields) {
        return VT_OK;
    }
    int status = vt_csv_row(file->csv, &row, &n, &why);
    vt_str code = status == VT_OK && n >= file->columns.n ? vt_columns_get(&file->columns, file->kind->currency, row)
                                                          : (vt_str){NULL, 0};
    if (code.len == 3 && code.ptr[0] >= 'A' && code.ptr[0] <= 'Z') {
        memcpy(source->currency, code.ptr, 3);
        source->currency_known = true;
    }
    if (status == VT_OK || vt_source_row_bad(status)) {
        return VT_OK; /* a bad row is reported when the file is read */
    }
    return vt_fail_at(err, (vt_code)status, why.position, "%s", why.message);
}

/* Looks at a file without reading it; what was read for that is no progress. */
static int look_at(vt_source *source, const char *system, const vt_shop_file files[2], const char *path, vt_error *err)
{
    open_file file;
    int status = open_and_tell(source, system, files, path, &file, err);
    if (status == VT_OK) {
        status = peek_currency(source, &file, err);
        int64_t looked = vt_stream_consumed(file.stream);
        close_file(source, &file);
        vt_sink_consumed(source->sink, -looked);
    }
    return status;
}

static int read_one(vt_source *source, const char *system, const vt_shop_file files[2], const vt_shop_file *only,
                    const char *path, void *context, vt_error *err)
{
    open_file file;
    int status = open_and_tell(source, system, files, path, &file, err);
    if (status != VT_OK) {
        return status;
    }
    bool wanted = only == NULL || file.kind == only;
    if (wanted) {
        vt_sink_note(source->sink, "%s %s", system, file.kind->what);
        vt_telling_columns(vt_sink_telling(source->sink), &file.columns, path);
        source->forms.time.format = source->options->time_format;
        source->forms.time.order = VT_DAYS_UNKNOWN;
        status = vt_look(source, path, &file.columns, err);
        status = status == VT_OK ? file.kind->read(context, &file.columns, file.csv, err) : status;
        vt_source_csv_end(source, file.csv);
        if (file.columns.nothing->count > 0) {
            vt_sink_count(source->sink, "cells that say by a word that there is nothing", file.columns.nothing->count,
                          "\"%s\" in \"%.60s\"", file.columns.nothing->word,
                          file.columns.header[file.columns.nothing->column].ptr);
        }
    }
    int64_t looked = wanted ? 0 : vt_stream_consumed(file.stream);
    close_file(source, &file);
    vt_sink_consumed(source->sink, -looked);
    return status;
}

int vt_shop_files_read(vt_source *source, const char *system, const vt_shop_file files[2], void *context, vt_error *err)
{
    const char *const *paths = source->options->paths;
    size_t n = source->options->n_paths;
    int status = VT_OK;
    if (n == 1) { /* in one go, since it may be a pipe */
        return read_one(source, system, files, NULL, paths[0], context, err);
    }
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        status = look_at(source, system, files, paths[i], err);
    }
    for (size_t kind = 0; kind < 2; kind++) {
        for (size_t i = 0; status == VT_OK && i < n; i++) {
            status = read_one(source, system, files, &files[kind], paths[i], context, err);
        }
    }
    return status;
}

int vt_shop_files_row(vt_source *source, const vt_columns *columns, vt_csv *csv, const vt_str **row, vt_error *err)
{
    for (;;) {
        size_t n = 0;
        int status = vt_source_csv_row(source, csv, row, &n, err);
        if (status != VT_OK || n == 0) {
            *row = NULL;
            return status;
        }
        if (n >= columns->n) {
            return VT_OK;
        }
        status = vt_sink_reject(source->sink, err, "wrong number of fields", "%zu fields; the header has %zu columns",
                                n, columns->n);
        if (status != VT_OK) {
            return status;
        }
    }
}
