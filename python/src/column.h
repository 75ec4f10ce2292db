/*
 * A column of a table as the library wants it, copied out of whatever it came from: texts end to end, whole numbers,
 * reals, or times in seconds. Legend: N rows.
 */
#ifndef VT_PYTHON_COLUMN_H
#define VT_PYTHON_COLUMN_H

#include "handle.h"

typedef enum vt_column_type { VT_COLUMN_TEXT, VT_COLUMN_WHOLE, VT_COLUMN_REAL, VT_COLUMN_TIME } vt_column_type;

typedef struct vt_column {
    vt_column_type type;
    int64_t n;
    int32_t
        *code; /* (N) of texts that are told by number: which one, any where it is missing; NULL: text i is row i's */
    int64_t n_texts; /* N without codes */
    int64_t *offset; /* (n_texts + 1) */
    char *text;
    size_t text_capacity;
    int64_t *whole;   /* (N) also seconds of times */
    double *real;     /* (N) */
    uint8_t *missing; /* (N) 1 where there is no value; always there */
} vt_column;

extern const vt_handle_kind vt_column_kind;

/** A column with room for `n` values, all missing; NULL with an exception. */
vt_column *vt_column_new(vt_column_type type, int64_t n);
void vt_column_free(void *column);

/** The text of row `at`, given in the order of the rows; a missing one is "". False with an exception. */
bool vt_column_set_text(vt_column *column, int64_t at, const char *text, size_t len, bool missing);

/** A handle, or NULL with an exception. */
PyObject *vt_column_handle(vt_column *column);

/** The text of row `at`. */
vt_str vt_column_text(const vt_column *column, int64_t at);

/** Ids out of a column of texts or whole numbers, in place; false with an exception that says which row is none. */
bool vt_column_make_ids(vt_column *column, const char *what);

/** A function of the extension: columns by name out of an Arrow stream. */
PyObject *vt_columns_from_arrow(PyObject *module, PyObject *args);

#endif
