/* Cells are copied into an arena row by row; arrays of them grow. */
#include "insight/plain_file.h"

#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"

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
        vt_free(file->storage->cell);
        vt_free(file->storage->line);
        vt_free(file->storage);
    }
    vt_free(file);
}

static int read_header(vt_plain_file *file, vt_plain_rows *rows, vt_error *err)
{
    struct vt_plain_storage *s = file->storage;
    rows->strict = true;
    int status = vt_plain_rows_next(rows, err);
    rows->strict = false;
    if (status == VT_OK && rows->n == 0) {
        return vt_fail(err, VT_ERR_FORMAT, "%s is empty; a table with a header is expected", file->path);
    }
    status = status == VT_OK ? vt_plain_rows_keep(&s->column, rows, s->texts, err) : status;
    for (size_t i = 0; status == VT_OK && i < rows->n; i++) {
        for (size_t j = 0; status == VT_OK && j < i; j++) {
            if (s->column[i].len > 0 && vt_plain_same(s->column[i], s->column[j])) {
                status = vt_fail(err, VT_ERR_FORMAT, "%s has two columns \"%.60s\"", file->path, s->column[i].ptr);
            }
        }
    }
    file->column = s->column;
    file->n_columns = status == VT_OK ? rows->n : 0;
    return status;
}

static int add_row(vt_plain_file *file, const vt_plain_rows *rows, vt_error *err)
{
    struct vt_plain_storage *s = file->storage;
    if (s->cells + file->n_columns > CELLS_MAX) {
        return vt_fail(err, VT_ERR_LIMIT, "%s has more than %d cells", file->path, (int)CELLS_MAX);
    }
    int status = vt_alloc_next(&s->line, &s->lines_capacity, file->n, sizeof *s->line, err);
    for (size_t i = 0; status == VT_OK && i < file->n_columns; i++) {
        vt_str text = rows->fields[i];
        status = vt_alloc_next(&s->cell, &s->cells_capacity, s->cells + i, sizeof *s->cell, err);
        if (status == VT_OK) {
            text = text.len == 0 ? (vt_str){"", 0} : vt_arena_str(s->texts, text, err);
            s->cell[s->cells + i] = text;
            status = text.ptr == NULL ? VT_ERR_NO_MEMORY : VT_OK;
        }
    }
    if (status == VT_OK) {
        s->line[file->n++] = rows->line;
        s->cells += file->n_columns;
    }
    return status;
}

static int read_all(vt_plain_file *file, vt_plain_rows *rows, vt_error *err)
{
    file->storage = vt_alloc_zero(1, sizeof *file->storage, err);
    int status = file->storage == NULL ? VT_ERR_NO_MEMORY : vt_arena_create(&file->storage->texts, 0, err);
    status = status == VT_OK ? read_header(file, rows, err) : status;
    while (status == VT_OK && (status = vt_plain_rows_next(rows, err)) == VT_OK && rows->n > 0) {
        if (rows->n != file->n_columns) {
            vt_plain_rows_skip(rows, rows->line, "has another number of fields than the header");
        } else {
            status = add_row(file, rows, err);
        }
    }
    if (status == VT_OK) {
        file->cell = file->storage->cell;
        file->line = file->storage->line;
        file->skipped = rows->skipped;
        memcpy(file->why, rows->why, sizeof file->why);
    }
    return status;
}

int vt_plain_file_read(vt_plain_file **out, const char *path, vt_error *err)
{
    vt_plain_rows rows;
    vt_plain_file *file = vt_alloc_zero(1, sizeof *file, err);
    if (file == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    file->path = path;
    int status = vt_plain_rows_open(&rows, path, err);
    status = status == VT_OK ? read_all(file, &rows, err) : status;
    vt_plain_rows_close(&rows);
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
        if (vt_plain_same(file->column[i], vt_str_of(name))) {
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
