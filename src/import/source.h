/*
 * What a kind of source is: a row of the table in kinds.c, and a run() that opens files and hands records to the sink.
 * To add a kind: one file with its run(), one row in the table, one section in docs/import.md.
 */
#ifndef VT_IMPORT_SOURCE_H
#define VT_IMPORT_SOURCE_H

#include "base/csv.h"
#include "base/decimal.h"
#include "base/json.h"
#include "base/time_text.h"
#include "import/columns.h"
#include "import/known.h"
#include "import/sink.h"

/** What is known of the spellings in the file at hand. */
typedef struct vt_forms {
    vt_mark mark; /* of decimals; VT_MARK_UNCLEAR: the file has both */
    /* of each field, where its column tells; VT_MARK_NONE: that of the file */
    vt_mark marks[VT_COLUMNS_FIELDS];
    bool purchases; /* a word of the column of kinds means a purchase; else "checkout" does */
    vt_time_form time;
} vt_forms;

/** The decimal mark of a field. */
vt_mark vt_forms_mark(const vt_forms *forms, size_t field);

/** Options that not every kind takes. */
enum {
    VT_TAKES_TABLE = 1,
    VT_TAKES_MAP = 2,
    VT_TAKES_LIKE = 4,
    VT_TAKES_ROWS = 8,    /* no_header, no_quotes */
    VT_TAKES_FORMS = 16,  /* decimal_mark, time_format */
    VT_TAKES_KIND = 32,   /* event_kind */
    VT_TAKES_EVENTS = 64, /* event_map, zero_kind, time_unit */
    VT_TAKES_STATUS = 128,
    VT_TAKES_TEXT = 256, /* encoding */
    VT_TAKES_ZONE = 512  /* time_zone */
};

/** What a run() works with. */
typedef struct vt_source {
    const vt_import_options *options;
    vt_sink *sink;
    const vt_known *known; /* items of the shop, for kinds that ask for them; else NULL */
    const char *folder;    /* of the shop; NULL in a dry run without one */
    char currency[4];      /* of prices that name none; what a file says before its first record may be put here */
    bool currency_known;   /* from the caller or the shop: no file may give another */
    vt_forms forms;        /* of the file at hand; time.zone is that of the import */
    bool mark_given;       /* forms.mark is the caller's */
    bool scale_given;      /* the scale of ratings is the caller's */
    bool json;             /* the files are JSON, which is never Windows-1252 */
    vt_encoding encoding;  /* of text files */
    vt_buf numbers;        /* names of the columns of a file without a header */
    vt_buf created;        /* paths of files made in the shop, a NUL behind each; removed when the import fails */
} vt_source;

typedef struct vt_source_kind {
    vt_import_kind info;
    double rating_min; /* the scale when the caller gives none */
    double rating_max;
    vt_known_use known;
    unsigned takes;
    int (*run)(vt_source *source, vt_error *err); /* on the reading thread */
} vt_source_kind;

/** The kind of that name, or NULL. Static storage. */
const vt_source_kind *vt_source_kind_find(const char *name);

/**
 * Opens a text file (also .xlsx, as CSV) without making it the one that rows come from; closed by vt_stream_close().
 */
int vt_source_stream(vt_source *source, vt_stream **out, const char *path, vt_error *err);

/** A reader of the stream's rows by the options. */
int vt_source_table(vt_source *source, vt_csv **out, vt_stream *stream, vt_error *err);

/**
 * The names of the columns: the first row, or "1", "2", ... of a file without them, whose first row comes again.
 * `*n` is 0 for an empty file. Valid until the next row.
 */
int vt_source_header(vt_source *source, vt_csv *csv, const vt_str **header, size_t *n, vt_error *err);

/** Opens a file as the one that rows come from now. Closed by vt_source_close(), which takes NULL. */
int vt_source_open(vt_source *source, vt_stream **out, const char *path, vt_error *err);
void vt_source_close(vt_source *source, vt_stream *stream);

/** True for the status of a row that is broken while the rest of its file can be read. */
bool vt_source_row_bad(int status);

/** Counts the row and rejects it with the reader's error, whose message begins with file and line. */
int vt_source_reject_row(vt_source *source, int64_t line, const char *reason, const vt_error *why, vt_error *err);

/**
 * The next line of the stream as a row: blank and overlong ones are dealt with. `line->ptr` is NULL at the end.
 */
int vt_source_line(vt_source *source, vt_stream *stream, vt_str *line, vt_error *err);

/** Notes what all of a CSV says once it is read: quotes that are characters, an end within a line. */
void vt_source_csv_end(vt_source *source, const vt_csv *csv);

/** The next row of the CSV as a row: broken ones are rejected. `*n` is 0 at the end. */
int vt_source_csv_row(vt_source *source, vt_csv *csv, const vt_str **fields, size_t *n, vt_error *err);

int vt_source_amazon(vt_source *source, vt_error *err);
int vt_source_csv(vt_source *source, vt_error *err);
int vt_source_movielens(vt_source *source, vt_error *err);
int vt_source_sequences(vt_source *source, vt_error *err);
int vt_source_baskets(vt_source *source, vt_error *err);
int vt_source_attributes(vt_source *source, vt_error *err);
int vt_source_images(vt_source *source, vt_error *err);
int vt_source_shopify(vt_source *source, vt_error *err);
int vt_source_woocommerce(vt_source *source, vt_error *err);

#endif
