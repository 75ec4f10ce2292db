/* Cells are copied into an arena row by row; arrays of them grow. */
#include "insight/plain_file.h"

#include <stdio.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/csv.h"
#include "base/number.h"

enum { CELLS_MAX = 20000000, NAMES_MAX = 700 };

struct vt_plain_storage {
    vt_arena *texts;
    vt_str *column, *cell;
    int64_t *line;
    size_t cells, cells_capacity, lines_capacity;
};

void vt_plain_file_free(vt_plain_file *file)
{
    if (file == NULL) {
        return;
    }
    if (file->storage != NULL) {
        vt_arena_free(file->storage->texts);
        vt_free(file->storage->column);
        vt_free(file->storage->cell);
        vt_free(file->storage->line);
        vt_free(file->storage);
    }
    vt_free(file);
}

static bool same_name(vt_str a, vt_str b)
{
    return a.len == b.len && strncasecmp(a.ptr, b.ptr, a.len) == 0;
}

static int copy_cell(vt_str *out, vt_plain_file *file, vt_str text, vt_error *err)
{
    vt_str trimmed = vt_trim(text);
    *out = trimmed.len == 0 ? (vt_str){"", 0} : vt_arena_str(file->storage->texts, trimmed, err);
    return out->ptr == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

static int read_header(vt_plain_file *file, vt_csv *csv, vt_error *err)
{
    const vt_str *fields = NULL;
    size_t n = 0;
    int status = vt_csv_row(csv, &fields, &n, err);
    if (status == VT_OK && n == 0) {
        return vt_fail(err, VT_ERR_FORMAT, "%s is empty; a table with a header is expected", file->path);
    }
    vt_str *column = status == VT_OK ? vt_alloc_zero(n, sizeof *column, err) : NULL;
    if (column == NULL) {
        return status == VT_OK ? VT_ERR_NO_MEMORY : status;
    }
    file->storage->column = column;
    file->column = column;
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        status = copy_cell(&column[i], file, fields[i], err);
        for (size_t j = 0; status == VT_OK && j < i; j++) {
            if (column[i].len > 0 && same_name(column[i], column[j])) {
                status = vt_fail(err, VT_ERR_FORMAT, "%s has two columns \"%.60s\"", file->path, column[i].ptr);
            }
        }
    }
    file->n_columns = n;
    return status;
}

static void skip(vt_plain_file *file, int64_t line, const char *why)
{
    if (file->skipped++ == 0) {
        snprintf(file->why, sizeof file->why, "line %lld %s", (long long)line, why);
    }
}

static int add_row(vt_plain_file *file, const vt_str *fields, int64_t line, vt_error *err)
{
    struct vt_plain_storage *s = file->storage;
    if (s->cells + file->n_columns > CELLS_MAX) {
        return vt_fail(err, VT_ERR_LIMIT, "%s has more than %d cells", file->path, (int)CELLS_MAX);
    }
    int status = vt_alloc_next(&s->line, &s->lines_capacity, file->n, sizeof *s->line, err);
    for (size_t i = 0; status == VT_OK && i < file->n_columns; i++) {
        status = vt_alloc_next(&s->cell, &s->cells_capacity, s->cells + i, sizeof *s->cell, err);
        status = status == VT_OK ? copy_cell(&s->cell[s->cells + i], file, fields[i], err) : status;
    }
    if (status == VT_OK) {
        s->line[file->n++] = line;
        s->cells += file->n_columns;
    }
    return status;
}

static int read_rows(vt_plain_file *file, vt_csv *csv, vt_error *err)
{
    for (;;) {
        const vt_str *fields = NULL;
        size_t n = 0;
        vt_error row = VT_ERROR_INIT;
        int status = vt_csv_row(csv, &fields, &n, &row);
        if (status == VT_ERR_FORMAT || status == VT_ERR_LIMIT) {
            skip(file, vt_csv_line(csv), "is no row of a table");
            continue;
        }
        if (status != VT_OK) {
            return vt_fail(err, row.code, "%s", row.message);
        }
        if (n == 0) {
            return VT_OK;
        }
        if (n != file->n_columns) {
            skip(file, vt_csv_line(csv), "has another number of fields than the header");
            continue;
        }
        status = add_row(file, fields, vt_csv_line(csv), err);
        if (status != VT_OK) {
            return status;
        }
    }
}

static int read_stream(vt_plain_file *file, vt_stream *stream, vt_error *err)
{
    vt_csv *csv = NULL;
    file->storage = vt_alloc_zero(1, sizeof *file->storage, err);
    int status = file->storage == NULL ? VT_ERR_NO_MEMORY : vt_arena_create(&file->storage->texts, 0, err);
    status = status == VT_OK ? vt_csv_create(&csv, stream, 0, err) : status;
    status = status == VT_OK ? read_header(file, csv, err) : status;
    status = status == VT_OK ? read_rows(file, csv, err) : status;
    vt_csv_free(csv);
    if (status == VT_OK) {
        file->cell = file->storage->cell;
        file->line = file->storage->line;
    }
    return status;
}

int vt_plain_file_read(vt_plain_file **out, const char *path, vt_error *err)
{
    vt_stream *stream = NULL;
    vt_plain_file *file = vt_alloc_zero(1, sizeof *file, err);
    if (file == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    file->path = path;
    int status = vt_stream_open(&stream, path, err);
    status = status == VT_OK ? read_stream(file, stream, err) : status;
    vt_stream_close(stream);
    if (status != VT_OK) {
        vt_plain_file_free(file);
        return status;
    }
    *out = file;
    return VT_OK;
}

bool vt_plain_file_find(size_t *out, const vt_plain_file *file, const char *name)
{
    for (size_t i = 0; i < file->n_columns; i++) {
        if (same_name(file->column[i], vt_str_of(name))) {
            *out = i;
            return true;
        }
    }
    return false;
}

int vt_plain_file_column(size_t *out, const vt_plain_file *file, const char *name, const char *what, vt_error *err)
{
    vt_buf names;
    if (vt_plain_file_find(out, file, name)) {
        return VT_OK;
    }
    vt_buf_init(&names, NAMES_MAX);
    for (size_t i = 0; i < file->n_columns; i++) {
        if (vt_buf_printf(&names, NULL, "%s\"%.60s\"", i == 0 ? "" : ", ", file->column[i].ptr) != VT_OK) {
            break; /* the rest of a long list */
        }
    }
    vt_fail(err, VT_ERR_USAGE, "%s has no column \"%.60s\" for %s; it has %s", file->path, name, what,
            names.data == NULL ? "none" : names.data);
    vt_buf_done(&names);
    return VT_ERR_USAGE;
}

bool vt_plain_missing(vt_str cell)
{
    static const char *const words[] = {"na", "n/a", "nan", "null", "none", "?", "-"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (same_name(cell, vt_str_of(words[i]))) {
            return true;
        }
    }
    return cell.len == 0;
}
