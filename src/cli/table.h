/* Tables of text for a person: aligned by what is seen (UTF-8), numbers to the right, wide tables cut into panels. */
#ifndef VT_CLI_TABLE_H
#define VT_CLI_TABLE_H

#include "base/buf.h"
#include "vitrine/str.h"

typedef struct vt_table vt_table;

typedef enum vt_align {
    VT_LEFT,
    VT_RIGHT,
    VT_RIGHT_JOINED /* to the right, and never parted from the column before */
} vt_align;

/* An empty table. The caller frees it. Failures of the calls that fill it show in vt_table_print(). */
int vt_table_create(vt_table **out, vt_error *err);
void vt_table_free(vt_table *table);

/* Adds a column, before the first cell. `max_width` columns at most (0: any), longer texts end in "…". */
void vt_table_column(vt_table *table, const char *title, vt_align align, size_t max_width);

/* Adds the next cell, row by row. Control characters are replaced. */
void vt_table_cell(vt_table *table, vt_str text);
void vt_table_text(vt_table *table, const char *text);
void vt_table_count(vt_table *table, int64_t number); /* with thousands separators, "-" for VT_NONE */
void vt_table_printf(vt_table *table, const char *format, ...) VT_PRINTF(2, 3);

/*
 * Appends the table. When it is wider than `width` columns, columns that do not fit go to further panels below, each
 * with the first column again. Titles are left out when all are empty.
 */
int vt_table_print(vt_buf *out, const vt_table *table, size_t width, vt_error *err);

/* Columns of a terminal that `text` takes. */
size_t vt_text_width(vt_str text);

#endif
