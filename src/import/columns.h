/*
 * Which column of a file holds which field: by the caller's map, by a named mapping, by the field's name, or by a name
 * that is common for it; and the cells of a row by field. What of a file is used, and what is not, is known here.
 */
#ifndef VT_IMPORT_COLUMNS_H
#define VT_IMPORT_COLUMNS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/csv.h"
#include "vitrine/str.h"

#define VT_COLUMNS_FIELDS 40      /* fields of one table */
#define VT_COLUMNS_ATTRIBUTES 256 /* columns mapped as attributes.NAME */

/** What the cells of a field are. */
typedef enum vt_cell_type {
    VT_CELL_TEXT,
    VT_CELL_EVENT, /* a word for a kind of event */
    VT_CELL_ID,
    VT_CELL_CODE, /* a text in which "NA" means something: Namibia */
    VT_CELL_NUMBER,
    VT_CELL_RATING,
    VT_CELL_MONEY,
    VT_CELL_TIME
} vt_cell_type;

/** One field of a table. */
typedef struct vt_column_field {
    const char *name;
    const char *aliases; /* blank between them, written as vt_word_key() writes them; the first found counts */
    vt_cell_type type;
    bool by_alias; /* the name itself is for maps alone: a column of that name may be anything ("id") */
} vt_column_field;

/** What is to be matched. */
typedef struct vt_columns_spec {
    const char *file; /* stands in messages */
    const vt_column_field *fields;
    size_t n_fields;
    const vt_column_field *others; /* fields that a map may name too, of another file of the same import; may be NULL */
    size_t n_others;
    const char *map;  /* "field=column,..." of the caller, NULL: none */
    const char *like; /* the same of a named mapping, NULL: none; columns that are not there are passed over */
} vt_columns_spec;

/** Cells that said "nothing" with a word, for a note. */
typedef struct vt_columns_nothing {
    int64_t count;
    int column; /* of the first */
    char word[16];
} vt_columns_nothing;

typedef struct vt_columns {
    const vt_column_field *fields;
    size_t n_fields;
    vt_str *header; /* names as in the file, (n) */
    size_t n;
    char *texts;                        /* behind the header */
    int column[VT_COLUMNS_FIELDS];      /* of each field, -1: none */
    vt_str constant[VT_COLUMNS_FIELDS]; /* of a field mapped to a text; borrowed from the map */
    struct {
        vt_str name; /* borrowed from the map */
        int column;
    } attributes[VT_COLUMNS_ATTRIBUTES];
    size_t n_attributes;
    vt_columns_nothing *nothing;
} vt_columns;

/**
 * Matches the header's columns to the fields. In the map "attributes.NAME=column" gives free attributes, "field=#2" the
 * second column and field="text" the same text in each row; it must outlive the result. VT_ERR_USAGE for a field or
 * column that does not exist, with those that do. Done by vt_columns_done().
 */
int vt_columns_match(vt_columns *out, const vt_columns_spec *spec, const vt_str *header, size_t n, vt_error *err);
void vt_columns_done(vt_columns *columns);

/** True when the field has a column or a text of its own. */
bool vt_columns_has(const vt_columns *columns, size_t field);

/**
 * The field's text in a row, trimmed and without the apostrophe that exporters put before what a spreadsheet would read
 * as a formula or a number; "not given" when it has no column, is empty or says "nothing" by a word, which is counted.
 */
vt_str vt_columns_get(const vt_columns *columns, size_t field, const vt_str *row);

/** The cell of a field that has a column, trimmed and without a spreadsheet's escape; words for nothing stay. */
vt_str vt_columns_peek(const vt_columns *columns, size_t field, const vt_str *row);

/** The name of the field's column as in the file; the field's own name when it has none. Borrowed. */
const char *vt_columns_name(const vt_columns *columns, size_t field);

/** VT_ERR_FORMAT, naming the field and the columns that the file has, when the field has no column. */
int vt_columns_require(const vt_columns *columns, const char *file, size_t field, vt_error *err);

enum { VT_COLUMNS_LIST = 600 };

/** The columns of the file in one line, as many as fit. */
void vt_columns_list(char out[VT_COLUMNS_LIST], const vt_columns *columns);

/** What a column is used for: a field's name, "attributes.NAME", or NULL. Borrowed, valid until the next call. */
const char *vt_columns_use(const vt_columns *columns, size_t column, char buffer[64]);

/** The first column whose name stands there a second time, -1: none. */
int vt_columns_twice(const vt_columns *columns);

/** True when one of the header's columns, written as vt_word_key() does, is `name`. */
bool vt_column_exists(const vt_str *header, size_t n, const char *name);

#endif
