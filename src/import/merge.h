/*
 * Free attributes: JSON objects, kept canonical (no white space, keys in order of first appearance) and merged by
 * key.
 */
#ifndef VT_IMPORT_MERGE_H
#define VT_IMPORT_MERGE_H

#include "base/json.h"

/** Writes a value as yyjson read it. Keys that hold a NUL are left out. */
void vt_merge_value(vt_json_writer *writer, const char *key, yyjson_val *value);

typedef struct vt_merger vt_merger;
int vt_merger_create(vt_merger **out, vt_error *err);
void vt_merger_free(vt_merger *merger);

/**
 * The object `old` with the members of `fresh` in place of or behind its own, into `*merged`, valid until the next
 * call. `old` not given, or no object: `fresh` alone. VT_ERR_FORMAT when `fresh` is no JSON object, VT_ERR_LIMIT when
 * it nests too deep to be written.
 */
int vt_merge_attributes(vt_merger *merger, vt_str old, vt_str fresh, vt_str *merged, vt_error *err);

#endif
