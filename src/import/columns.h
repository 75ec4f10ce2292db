/*
 * Which column of a file holds which field: by the caller's map, by the field's name, or by a name that is common for
 * it.
 */
#ifndef VT_IMPORT_COLUMNS_H
#define VT_IMPORT_COLUMNS_H

#include <stdbool.h>

#include "base/csv.h"
#include "vitrine/str.h"

#define VT_COLUMNS_FIELDS 32      /* fields of one table */
#define VT_COLUMNS_ATTRIBUTES 256 /* columns mapped as attributes.NAME */

/** One field of a table. */
typedef struct vt_column_field {
    const char *name;
    const char *aliases; /* blank between them, written as vt_column_name() writes them; the first found counts */
} vt_column_field;

typedef struct vt_columns {
    const vt_column_field *fields;
    size_t n_fields;
    vt_str *header; /* names as in the file, (n) */
    size_t n;
    char *texts;                   /* behind the header */
    int column[VT_COLUMNS_FIELDS]; /* of each field, -1: none */
    struct {
        vt_str name; /* borrowed from the map */
        int column;
    } attributes[VT_COLUMNS_ATTRIBUTES];
    size_t n_attributes;
} vt_columns;

/**
 * Matches the header's columns to the fields. `map` is "field=column,..." (NULL: none), in which
 * "attributes.NAME=column" gives free attributes and must outlive the result; `file` stands in messages. VT_ERR_USAGE
 * for a field or column that does not exist, with those that do. Done by vt_columns_done().
 */
int vt_columns_match(vt_columns *out, const char *file, const vt_column_field *fields, size_t n_fields,
                     const vt_str *header, size_t n, const char *map, vt_error *err);
void vt_columns_done(vt_columns *columns);

/** The field's text in a row, trimmed; "not given" when it has no column or the cell is empty. */
vt_str vt_columns_get(const vt_columns *columns, size_t field, const vt_str *row);

/** The name of the field's column as in the file; the field's own name when it has none. Borrowed. */
const char *vt_columns_name(const vt_columns *columns, size_t field);

/** VT_ERR_FORMAT, naming the field and the columns that the file has, when the field has no column. */
int vt_columns_require(const vt_columns *columns, const char *file, size_t field, vt_error *err);

/** Lower case, with "_" for each run of bytes that are neither letters nor digits; (size) bytes with a NUL. */
void vt_column_name(char *out, size_t size, vt_str name);

/** True when one of the header's columns, written as vt_column_name() does, is `name`. */
bool vt_column_exists(const vt_str *header, size_t n, const char *name);

#endif
