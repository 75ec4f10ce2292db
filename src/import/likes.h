/*
 * Named mappings: which columns of well-known data sets and shop systems are which fields, as rows of one table. A data
 * set of several files has a row for each; of two rows with the same columns the file is read once for each (order
 * lines that name their products).
 */
#ifndef VT_IMPORT_LIKES_H
#define VT_IMPORT_LIKES_H

#include <stdbool.h>

#include "base/time_text.h"
#include "vitrine/importer.h"
#include "vitrine/str.h"

enum { VT_LIKE_STEPS = 4 /* names, orders, items and users, events */ };

typedef struct vt_like_file {
    const char *name;    /* of the mapping */
    const char *columns; /* all of these, written as vt_word_key() does, tell the file; "" of files without a header */
    const char *table;   /* of the csv kind, or "orders", "names" or "properties" */
    int step;            /* files of lower steps are read first */
    const char *map;
    vt_day_order days;     /* where the column does not tell */
    const char *event_map; /* NULL: none */
    bool no_header;
    bool comma_paths; /* a cell of categories holds several paths with commas between them, below "Default Category" */
    bool repeats;     /* equal rows without an order are different events */
    bool by_order;    /* a row is of an order: of the one item that it has, where it has only one */
    bool known;       /* files are taken for this one without being asked, since no others have these columns */
} vt_like_file;

/** The row of mapping `name` that a file with this header is, or NULL. */
const vt_like_file *vt_like_find(const char *name, const vt_str *header, size_t n);

/** The next row for the same file, or NULL. */
const vt_like_file *vt_like_next(const vt_like_file *file);

/** The row for a file that nobody named a mapping for, `table` NULL: of any table; or NULL. */
const vt_like_file *vt_like_recognise(const vt_str *header, size_t n, const char *table);

/** True for a name of vt_import_likes(). */
bool vt_like_exists(const char *name);

/** True when files of that mapping have no header. */
bool vt_like_headless(const char *name);

#endif
