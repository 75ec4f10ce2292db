/*
 * CSV as RFC 4180 has it, read row by row: BOM, comma, semicolon, tab or "|" (told from the first line, which may be
 * "sep=;"), quoted fields with doubled quotes and newlines, packed files; and files with tabs in which quotes are no
 * more than characters.
 */
#ifndef VT_BASE_CSV_H
#define VT_BASE_CSV_H

#include "base/stream.h"

typedef struct vt_csv vt_csv;

/** A reader over a stream that outlives it. `delimiter` 0: told from the first line. */
int vt_csv_create(vt_csv **out, vt_stream *stream, char delimiter, vt_error *err);
void vt_csv_free(vt_csv *csv);

/** What a quote is. */
typedef enum vt_csv_quotes {
    VT_CSV_QUOTES_AUTO, /* told from the file where tabs separate, else as VT_CSV_QUOTES_ON */
    VT_CSV_QUOTES_ON,   /* opens and closes a field */
    VT_CSV_QUOTES_OFF   /* a character like others; a line is a row */
} vt_csv_quotes;

/** Before the first row; the default is VT_CSV_QUOTES_AUTO. */
void vt_csv_set_quotes(vt_csv *csv, vt_csv_quotes quotes);

/** Before the first row: blanks may separate fields, where the first two lines have as many words and no other mark. */
void vt_csv_allow_blanks(vt_csv *csv);

/** The mark between fields, once a row was read; a blank stands for a run of them. */
char vt_csv_delimiter(const vt_csv *csv);

/** True when quotes are characters, once a row was read. */
bool vt_csv_unquoted(const vt_csv *csv);

/**
 * The next row: `*fields` (n) valid until the next call, `*n` is 0 at the end. Empty lines are skipped. VT_ERR_FORMAT
 * with the line for a quote that is not closed (also one that takes in whole rows up to the next quote) or stands
 * inside a field, VT_ERR_LIMIT for rows over the caps: after these two the next call goes on behind the line on which
 * the bad row began. Where tabs separate, such a row is read with its quotes as characters if it then has the width of
 * the first row. The stream's errors end the reading.
 */
int vt_csv_row(vt_csv *csv, const vt_str **fields, size_t *n, vt_error *err);

/** Gives the last row once more at the next vt_csv_row(): of a file without a header the first row is one of data. */
void vt_csv_again(vt_csv *csv);

/** True when the last row of the file has no line end, as of a file that was cut off. */
bool vt_csv_unended(const vt_csv *csv);

/** The line on which the last row began, from 1. */
int64_t vt_csv_line(const vt_csv *csv);

/** Appends a field to `out`, quoted where RFC 4180 asks for it. */
struct vt_buf;
int vt_csv_write_field(struct vt_buf *out, vt_str field, bool first, vt_error *err);

#endif
