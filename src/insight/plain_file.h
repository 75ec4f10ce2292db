/*
 * A plain file: a table with a header, as a spreadsheet or a database exports it, read whole. It is what the estimators
 * work on where there is no shop. Legend: N rows, F columns.
 */
#ifndef VT_INSIGHT_PLAIN_FILE_H
#define VT_INSIGHT_PLAIN_FILE_H

#include "insight/plain_rows.h"

typedef struct vt_plain_file {
    const char *path;     /* as it was given; borrowed */
    size_t n, n_columns;  /* N, F */
    const vt_str *column; /* (F) names, without white space at the ends */
    const vt_str *cell;   /* (N, F) row-major, likewise; "" where nothing stands */
    const int64_t *line;  /* (N) on which a row begins, from 1 */
    size_t skipped;       /* rows that could not be read */
    char why[256];        /* of the first of them, a phrase with its line; "" */
    struct vt_plain_storage *storage;
} vt_plain_file;

/**
 * Reads a CSV file, maybe compressed. Rows with another number of fields than the header are skipped and counted. The
 * caller frees it. VT_ERR_FORMAT: no header, two columns of one name; VT_ERR_LIMIT: more than 20 million cells.
 */
int vt_plain_file_read(vt_plain_file **out, const char *path, vt_error *err);

/** Frees; NULL is allowed. */
void vt_plain_file_free(vt_plain_file *file);

/** The column of that name (case does not matter); false when there is none. */
bool vt_plain_file_find(size_t *out, const vt_plain_file *file, const char *name);

/** As vt_plain_file_find(); VT_ERR_USAGE names the columns that are there. `what` says what it is for: "the prices". */
int vt_plain_file_column(size_t *out, const vt_plain_file *file, const char *name, const char *what, vt_error *err);

static inline vt_str vt_plain_cell(const vt_plain_file *file, size_t row, size_t column)
{
    return file->cell[row * file->n_columns + column];
}

#endif
