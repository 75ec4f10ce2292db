/*
 * What a kind of source is: a row of the table in kinds.c, and a run() that opens files and hands records to the sink.
 * To add a kind: one file with its run(), one row in the table, one section in docs/import.md.
 */
#ifndef VT_IMPORT_SOURCE_H
#define VT_IMPORT_SOURCE_H

#include "base/csv.h"
#include "base/json.h"
#include "import/known.h"
#include "import/sink.h"

/** What a run() works with. */
typedef struct vt_source {
    const vt_import_options *options;
    vt_sink *sink;
    const vt_known *known; /* items of the shop, for kinds that ask for them; else NULL */
    const char *folder;    /* of the shop; NULL in a dry run without one */
    char currency[4];      /* of prices that name none; what a file says before its first record may be put here */
    bool currency_known;   /* from the caller or the shop: no file may give another */
    vt_buf created;        /* paths of files made in the shop, a NUL behind each; removed when the import fails */
} vt_source;

typedef struct vt_source_kind {
    vt_import_kind info;
    double rating_min; /* the scale when the caller gives none */
    double rating_max;
    vt_known_use known;
    int (*run)(vt_source *source, vt_error *err); /* on the reading thread */
} vt_source_kind;

/** The kind of that name, or NULL. Static storage. */
const vt_source_kind *vt_source_kind_find(const char *name);

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

/** The next row of the CSV as a row: broken ones are rejected. `*n` is 0 at the end. */
int vt_source_csv_row(vt_source *source, vt_csv *csv, const vt_str **fields, size_t *n, vt_error *err);

int vt_source_amazon(vt_source *source, vt_error *err);
int vt_source_csv(vt_source *source, vt_error *err);
int vt_source_movielens(vt_source *source, vt_error *err);
int vt_source_sequences(vt_source *source, vt_error *err);
int vt_source_attributes(vt_source *source, vt_error *err);
int vt_source_images(vt_source *source, vt_error *err);
int vt_source_shopify(vt_source *source, vt_error *err);
int vt_source_woocommerce(vt_source *source, vt_error *err);

#endif
