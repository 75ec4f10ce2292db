/* Cells are copied into an arena as they come; widths are measured once, when the table is printed. */
#include "table.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <utf8proc.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "cli.h"

#define GAP 2
#define COLUMNS_MAX 128

typedef struct column {
    vt_str title;
    vt_align align;
    size_t max_width;
} column;

struct vt_table {
    vt_arena *arena;
    column columns[COLUMNS_MAX];
    size_t n_columns;
    vt_str *cells;
    size_t n_cells;
    size_t capacity;
    vt_error error; /* the first failure */
};

int vt_table_create(vt_table **out, vt_error *err)
{
    vt_table *table = vt_alloc_zero(1, sizeof *table, err);
    if (table == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int status = vt_arena_create(&table->arena, 4096, err);
    if (status != VT_OK) {
        vt_free(table);
        return status;
    }
    vt_error_reset(&table->error);
    *out = table;
    return VT_OK;
}

void vt_table_free(vt_table *table)
{
    if (table != NULL) {
        vt_arena_free(table->arena);
        vt_free(table->cells);
        vt_free(table);
    }
}

/* Bytes of the code point at `text` and what it shows; bad bytes count as one replacement character. */
static size_t next_point(vt_str text, size_t at, int *width)
{
    utf8proc_int32_t point = 0;
    utf8proc_ssize_t len =
        utf8proc_iterate((const utf8proc_uint8_t *)text.ptr + at, (utf8proc_ssize_t)(text.len - at), &point);
    if (len <= 0) {
        *width = 1;
        return 1;
    }
    *width = utf8proc_charwidth(point);
    return (size_t)len;
}

size_t vt_text_width(vt_str text)
{
    size_t total = 0;
    for (size_t at = 0; at < text.len;) {
        int width = 0;
        at += next_point(text, at, &width);
        total += width > 0 ? (size_t)width : 0;
    }
    return total;
}

/* Bytes of the beginning of `text` that takes at most `width` columns. */
static size_t prefix_of_width(vt_str text, size_t width)
{
    size_t total = 0;
    size_t at = 0;
    while (at < text.len) {
        int w = 0;
        size_t len = next_point(text, at, &w);
        total += w > 0 ? (size_t)w : 0;
        if (total > width) {
            break;
        }
        at += len;
    }
    return at;
}

void vt_table_column(vt_table *table, const char *title, vt_align align, size_t max_width)
{
    if (table->error.code != VT_OK) {
        return;
    }
    if (table->n_columns == COLUMNS_MAX) {
        vt_fail(&table->error, VT_ERR_LIMIT, "a table has at most %d columns", COLUMNS_MAX);
        return;
    }
    vt_str copy = vt_arena_str(table->arena, vt_str_of(title), &table->error);
    table->columns[table->n_columns++] = (column){copy, align, max_width};
}

static void add_cell(vt_table *table, vt_str text)
{
    if (table->n_cells == table->capacity) {
        size_t capacity = table->capacity == 0 ? 64 : table->capacity * 2;
        vt_str *cells = vt_realloc(table->cells, capacity, sizeof *cells, &table->error);
        if (cells == NULL) {
            return;
        }
        table->cells = cells;
        table->capacity = capacity;
    }
    table->cells[table->n_cells++] = text;
}

void vt_table_cell(vt_table *table, vt_str text)
{
    if (table->error.code != VT_OK) {
        return;
    }
    vt_buf clean;
    vt_buf_init(&clean, (size_t)64 << 20);
    if (vt_output_clean(&clean, text, &table->error) == VT_OK) {
        size_t max = table->n_columns == 0 ? 0 : table->columns[table->n_cells % table->n_columns].max_width;
        vt_str shown = {clean.data == NULL ? "" : clean.data, clean.len};
        if (max > 0 && vt_text_width(shown) > max) {
            clean.len = prefix_of_width(shown, max - 1);
            vt_buf_add_text(&clean, "…", &table->error);
            shown = (vt_str){clean.data, clean.len};
        }
        vt_str copy = vt_arena_str(table->arena, shown, &table->error);
        if (copy.ptr != NULL) {
            add_cell(table, copy);
        }
    }
    vt_buf_done(&clean);
}

void vt_table_text(vt_table *table, const char *text)
{
    vt_table_cell(table, vt_str_of(text));
}

void vt_table_count(vt_table *table, int64_t number)
{
    char text[32];
    vt_format_count(text, number);
    vt_table_text(table, text);
}

void vt_table_printf(vt_table *table, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    vt_table_text(table, text);
}

/* One cell with its padding; the last of a line is not padded to the right. */
static int print_cell(vt_buf *out, vt_str text, size_t width, vt_align align, bool last, vt_error *err)
{
    size_t shown = vt_text_width(text);
    int padding = width > shown ? (int)(width - shown) : 0;
    int status = VT_OK;
    if (align != VT_LEFT && padding > 0) {
        status = vt_buf_printf(out, err, "%*s", padding, "");
    }
    if (status == VT_OK && text.len > 0) {
        status = vt_buf_add(out, text.ptr, text.len, err);
    }
    if (status == VT_OK && !last) {
        int after = GAP + (align == VT_LEFT ? padding : 0);
        status = vt_buf_printf(out, err, "%*s", after, "");
    }
    return status;
}

/* A line of the panel: the first column and those from `begin` to `end`. `row` of SIZE_MAX is the titles. */
static int print_line(vt_buf *out, const vt_table *table, const size_t *widths, size_t row, size_t begin, size_t end,
                      vt_error *err)
{
    size_t start = out->len;
    int status = VT_OK;
    for (size_t c = 0; c < end && status == VT_OK; c++) {
        if (c > 0 && c < begin) {
            continue;
        }
        vt_str text = row == SIZE_MAX ? table->columns[c].title : table->cells[row * table->n_columns + c];
        status = print_cell(out, text, widths[c], table->columns[c].align, c + 1 == end, err);
    }
    while (out->len > start && out->data[out->len - 1] == ' ') {
        out->len--;
    }
    return status == VT_OK ? vt_buf_add(out, "\n", 1, err) : status;
}

/* The end of the panel that begins with column `begin`: as many columns as fit, at least one, joined ones together. */
static size_t panel_end(const vt_table *table, const size_t *widths, size_t begin, size_t width)
{
    size_t total = widths[0];
    size_t end = begin;
    while (end < table->n_columns) {
        size_t next = end + 1;
        size_t more = GAP + widths[end];
        while (next < table->n_columns && table->columns[next].align == VT_RIGHT_JOINED) {
            more += GAP + widths[next++];
        }
        if (end > begin && total + more > width) {
            break;
        }
        total += more;
        end = next;
    }
    return end;
}

int vt_table_print(vt_buf *out, const vt_table *table, size_t width, vt_error *err)
{
    if (table->error.code != VT_OK) {
        return vt_fail(err, table->error.code, "%s", table->error.message);
    }
    size_t widths[COLUMNS_MAX] = {0};
    bool titled = false;
    for (size_t c = 0; c < table->n_columns; c++) {
        widths[c] = vt_text_width(table->columns[c].title);
        titled = titled || table->columns[c].title.len > 0;
    }
    size_t rows = table->n_columns == 0 ? 0 : table->n_cells / table->n_columns;
    for (size_t i = 0; i < rows * table->n_columns; i++) {
        size_t w = vt_text_width(table->cells[i]);
        size_t c = i % table->n_columns;
        widths[c] = w > widths[c] ? w : widths[c];
    }
    int status = VT_OK;
    for (size_t begin = 1; status == VT_OK && (begin == 1 || begin < table->n_columns);) {
        size_t end = panel_end(table, widths, begin, width);
        if (begin > 1) {
            status = vt_buf_add(out, "\n", 1, err);
        }
        if (titled && status == VT_OK) {
            status = print_line(out, table, widths, SIZE_MAX, begin, end, err);
        }
        for (size_t r = 0; r < rows && status == VT_OK; r++) {
            status = print_line(out, table, widths, r, begin, end, err);
        }
        begin = end > begin ? end : begin + 1;
    }
    return status;
}
