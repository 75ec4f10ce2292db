/* Products are read first, so that order lines without a SKU find the product they name. */
#include "import/shop_files.h"

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

static int open_and_tell(vt_source *source, const char *system, const vt_shop_file files[2], const char *path,
                         open_file *file, vt_error *err)
{
    const vt_str *header = NULL;
    size_t n = 0;
    *file = (open_file){0};
    int status = vt_source_open(source, &file->stream, path, err);
    if (status == VT_OK) {
        status = vt_csv_create(&file->csv, file->stream, '\0', err);
    }
    if (status == VT_OK) {
        status = vt_csv_row(file->csv, &header, &n, err);
    }
    for (size_t i = 0; status == VT_OK && file->kind == NULL && i < 2; i++) {
        file->kind = files[i].is(header, n) ? &files[i] : NULL;
    }
    if (status == VT_OK && file->kind == NULL) {
        status = vt_fail(err, VT_ERR_FORMAT,
                         "%s is neither a product nor an order export of %s; its first line has other columns", path,
                         system);
    }
    if (status == VT_OK) {
        status = vt_columns_match(&file->columns, path, file->kind->fields, file->kind->n_fields, header, n, NULL, err);
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
        status = file.kind->read(context, &file.columns, file.csv, err);
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
