/*
 * JSON, read and written through yyjson: read with our limits (depth, duplicate keys), written with the keys in the
 * order given and numbers that read back equal.
 */
#ifndef VT_BASE_JSON_H
#define VT_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <yyjson.h>

#include "base/buf.h"
#include "vitrine/error.h"
#include "vitrine/str.h"

/** A parser that reuses its memory from text to text. */
typedef struct vt_json_reader vt_json_reader;
int vt_json_reader_create(vt_json_reader **out, vt_error *err);
void vt_json_reader_free(vt_json_reader *reader);

/** From now on NaN and Infinity are numbers, as programs write them that do not know better. */
void vt_json_reader_allow_nan(vt_json_reader *reader);

/**
 * Reads one JSON text; the root is valid until the next call. VT_ERR_FORMAT with the byte in `position` for bad JSON,
 * invalid UTF-8, depth over VT_JSON_DEPTH_MAX or a key that occurs twice in one object. Read values with yyjson's own
 * functions (yyjson_obj_get and so on).
 */
int vt_json_read(vt_json_reader *reader, vt_str text, yyjson_val **root, vt_error *err);

/** The member's text; "not given" when missing or not a string. */
vt_str vt_json_str(yyjson_val *object, const char *key);

/** A number, or a string that holds one; false otherwise. */
bool vt_json_real(yyjson_val *object, const char *key, double *out);

#define VT_JSON_WRITER_DEPTH 32

/**
 * Gathers a document and writes it behind what a buffer holds. Errors stick: check once with vt_json_writer_done().
 * The whole document is in memory until then, some 50 bytes a member and the texts: write what grows without bound in
 * parts. Each writer ends with vt_json_writer_done() or vt_json_writer_abort().
 */
typedef struct vt_json_writer {
    vt_buf *out;
    yyjson_mut_doc *doc;
    yyjson_mut_val *open[VT_JSON_WRITER_DEPTH]; /* objects and arrays that have no end yet */
    int depth;
    bool pretty;
    vt_error error;
} vt_json_writer;

void vt_json_writer_init(vt_json_writer *writer, vt_buf *out, bool pretty); /* pretty: two spaces a level */
void vt_json_object(vt_json_writer *writer, const char *key);               /* key NULL at the root and in arrays */
void vt_json_object_end(vt_json_writer *writer);
void vt_json_array(vt_json_writer *writer, const char *key);
void vt_json_array_end(vt_json_writer *writer);
void vt_json_text(vt_json_writer *writer, const char *key, vt_str text); /* not given: null; bad UTF-8: U+FFFD */
void vt_json_int(vt_json_writer *writer, const char *key, int64_t number);
void vt_json_number(vt_json_writer *writer, const char *key, double number); /* NaN and infinities: null */
void vt_json_bool(vt_json_writer *writer, const char *key, bool value);
void vt_json_null(vt_json_writer *writer, const char *key);
void vt_json_raw(vt_json_writer *writer, const char *key, vt_str json); /* JSON that is known to be right, as it is */

/** Appends one value of a document that was read, as JSON on one line. */
int vt_json_write_value(vt_buf *out, const yyjson_val *value, vt_error *err);

/** Writes the document and frees it. VT_ERR_NO_MEMORY, VT_ERR_LIMIT past the buffer's cap or the depth, VT_ERR_FAILED
 * for a document that is not whole; the buffer is untouched then. */
int vt_json_writer_done(vt_json_writer *writer, vt_error *err);

/** Frees a document that is not to be written; nothing to do after vt_json_writer_done() or for a zeroed writer. */
void vt_json_writer_abort(vt_json_writer *writer);

#endif
