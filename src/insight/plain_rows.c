/* Rows come from base/csv.h; here they lose white space, and bad ones their power to end the reading. */
#include "insight/plain_rows.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/number.h"

int vt_plain_rows_open(vt_plain_rows *out, const char *path, vt_error *err)
{
    *out = (vt_plain_rows){.path = path};
    int status = vt_stream_open(&out->stream, path, err);
    return status != VT_OK ? status : vt_csv_create(&out->csv, out->stream, 0, err);
}

void vt_plain_rows_close(vt_plain_rows *rows)
{
    vt_csv_free(rows->csv);
    vt_stream_close(rows->stream);
    vt_free(rows->trimmed);
    rows->csv = NULL;
    rows->stream = NULL;
    rows->trimmed = NULL;
    rows->capacity = 0;
}

/* The next row, trimmed into an array that grows. */
static int read_row(vt_plain_rows *rows, vt_error *err)
{
    const vt_str *fields = NULL;
    size_t n = 0;
    rows->n = 0;
    int status = vt_csv_row(rows->csv, &fields, &n, err);
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        status = vt_alloc_next(&rows->trimmed, &rows->capacity, i, sizeof *rows->trimmed, err);
        if (status == VT_OK) {
            rows->trimmed[i] = vt_trim(fields[i]);
        }
    }
    if (status == VT_OK) {
        rows->fields = rows->trimmed;
        rows->n = n;
        rows->line = vt_csv_line(rows->csv);
    }
    return status;
}

static bool is_text(const vt_plain_rows *rows)
{
    for (size_t i = 0; i < rows->n; i++) {
        if (!vt_utf8_valid(rows->fields[i])) {
            return false;
        }
    }
    return true;
}

int vt_plain_rows_next(vt_plain_rows *rows, vt_error *err)
{
    for (;;) {
        vt_error bad = VT_ERROR_INIT;
        const char *why = "is no row of a table";
        int status = read_row(rows, &bad);
        if (status == VT_OK && !is_text(rows)) {
            why = "is not UTF-8";
            status =
                vt_fail_at(&bad, VT_ERR_FORMAT, rows->line, "%s:%lld: the row is not UTF-8; save the file as UTF-8",
                           rows->path, (long long)rows->line);
            rows->n = 0;
        }
        if (status == VT_OK) {
            return VT_OK;
        }
        if (rows->strict || (status != VT_ERR_FORMAT && status != VT_ERR_LIMIT)) {
            return vt_fail_at(err, bad.code, bad.position, "%s", bad.message);
        }
        vt_plain_rows_skip(rows, vt_csv_line(rows->csv), why);
    }
}

void vt_plain_rows_skip(vt_plain_rows *rows, int64_t line, const char *why)
{
    if (rows->skipped++ == 0 || line < rows->why_line) {
        rows->why_line = line;
        snprintf(rows->why, sizeof rows->why, "line %lld %s", (long long)line, why);
    }
}

int vt_plain_rows_keep(vt_str **out, const vt_plain_rows *rows, vt_arena *arena, vt_error *err)
{
    vt_str *kept = vt_arena_alloc(arena, rows->n, sizeof *kept, err);
    for (size_t i = 0; kept != NULL && i < rows->n; i++) {
        kept[i] = rows->fields[i].len == 0 ? (vt_str){"", 0} : vt_arena_str(arena, rows->fields[i], err);
        kept = kept[i].ptr == NULL ? NULL : kept;
    }
    if (kept == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    *out = kept;
    return VT_OK;
}

bool vt_plain_same(vt_str a, vt_str b)
{
    return a.len == b.len && (a.len == 0 || strncasecmp(a.ptr, b.ptr, a.len) == 0);
}

size_t vt_plain_find(const vt_str *column, size_t n, const char *words)
{
    for (const char *word = words; *word != '\0';) {
        size_t len = strcspn(word, " ");
        for (size_t i = 0; i < n; i++) {
            if (vt_plain_same(column[i], (vt_str){word, len})) {
                return i;
            }
        }
        word += len + strspn(word + len, " ");
    }
    return n;
}

bool vt_plain_missing(vt_str cell)
{
    static const char *const words[] = {"na", "n/a", "nan", "null", "none", "?", "-"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (vt_plain_same(cell, vt_str_of(words[i]))) {
            return true;
        }
    }
    return cell.len == 0;
}
