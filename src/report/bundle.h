/*
 * The dashboard as web/ makes it, inside of the library: the files that a server shows, and those that a report puts
 * into one page. The table is generated (script/lib/web_bundle.py); built without Node it is empty.
 */
#ifndef VT_REPORT_BUNDLE_H
#define VT_REPORT_BUNDLE_H

#include <stddef.h>

#include "vitrine/error.h"
#include "vitrine/str.h"
#include "vitrine/text.h"

/** One file; static storage. */
typedef struct vt_bundle_file {
    const char *name; /* "index.html", "assets/app.js" */
    const char *type; /* of the media */
    const char *gzip; /* its bytes, packed */
    size_t gzip_bytes;
    size_t bytes;             /* unpacked */
    unsigned char sha256[32]; /* of the unpacked bytes */
} vt_bundle_file;

extern const vt_bundle_file vt_bundle_files[];
extern const size_t vt_bundle_n_files;

/** The file of this name; NULL: there is none. */
const vt_bundle_file *vt_bundle_find(vt_str name);

/** Its bytes, unpacked, with a NUL behind them; freed by vt_text_free(). */
int vt_bundle_unpack(vt_text *out, const vt_bundle_file *file, vt_error *err);

#endif
