/*
 * JSON, read through yyjson with our limits (depth, duplicate keys) and written by a small writer of our own order:
 * keys as given, numbers that read back equal.
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

/** Writes into a buffer. Errors stick: check once with vt_json_writer_done. */
typedef struct vt_json_writer {
    vt_buf *out;
    vt_error error;
    int depth;
    bool first[VT_JSON_WRITER_DEPTH];
    bool pretty;
} vt_json_writer;

void vt_json_writer_init(vt_json_writer *writer, vt_buf *out, bool pretty);
void vt_json_object(vt_json_writer *writer, const char *key); /* key NULL at the root and in arrays */
void vt_json_object_end(vt_json_writer *writer);
void vt_json_array(vt_json_writer *writer, const char *key);
void vt_json_array_end(vt_json_writer *writer);
void vt_json_text(vt_json_writer *writer, const char *key, vt_str text); /* not given: null; bad UTF-8: U+FFFD */
void vt_json_int(vt_json_writer *writer, const char *key, int64_t number);
void vt_json_number(vt_json_writer *writer, const char *key, double number); /* NaN and infinities: null */
void vt_json_bool(vt_json_writer *writer, const char *key, bool value);
void vt_json_null(vt_json_writer *writer, const char *key);
int vt_json_writer_done(vt_json_writer *writer, vt_error *err);

#endif
