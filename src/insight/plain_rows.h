/*
 * Rows of a plain file, a CSV that may be packed, one after the other: what all readers of such files share. A row that
 * cannot be read, or is not UTF-8, is counted and left out, and the first of them is told.
 */
#ifndef VT_INSIGHT_PLAIN_ROWS_H
#define VT_INSIGHT_PLAIN_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/csv.h"

typedef struct vt_plain_rows {
    const char *path;     /* as it was given; borrowed */
    const vt_str *fields; /* (n) of the row, without white space at the ends; valid until the next call */
    size_t n;             /* 0: behind the last row */
    int64_t line;         /* on which the row begins, from 1 */
    size_t skipped;       /* rows that could not be read or used */
    char why[256];        /* of the first of them in the file: "line 4 names no basket"; "" */
    bool strict;          /* a row that cannot be read is an error; set by the reader */
    int64_t why_line;     /* private, as is what follows */
    vt_str *trimmed;
    size_t capacity;
    vt_stream *stream;
    vt_csv *csv;
} vt_plain_rows;

/** Opens a file; errors of vt_stream_open(). Closed by vt_plain_rows_close(), also when it failed. */
int vt_plain_rows_open(vt_plain_rows *out, const char *path, vt_error *err);
void vt_plain_rows_close(vt_plain_rows *rows);

/** Goes on to the next row that can be read. */
int vt_plain_rows_next(vt_plain_rows *rows, vt_error *err);

/** Counts a row as skipped; `why` follows "line 4 ". */
void vt_plain_rows_skip(vt_plain_rows *rows, int64_t line, const char *why);

/** The fields of the row, copied (n), each ended by NUL. */
int vt_plain_rows_keep(vt_str **out, const vt_plain_rows *rows, vt_arena *arena, vt_error *err);

/** Whether two names are one: case does not matter. */
bool vt_plain_same(vt_str a, vt_str b);

/**
 * The place among `n` columns of the one that has the first of some words (apart by spaces, case does not matter) as
 * its name, else the second and so on; n: none has any.
 */
size_t vt_plain_find(const vt_str *column, size_t n, const char *words);

/** True for a cell that says nothing: "", "NA", "N/A", "NaN", "null", "none", "?" and "-", in any case. */
bool vt_plain_missing(vt_str cell);

#endif
