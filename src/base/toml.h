/*
 * A small, strict part of TOML 1.0, for settings: comments, [section], and key = value with strings on one line,
 * integers, floats and booleans. Debian 12 has no C library for TOML. Dates, arrays, tables within tables and dotted
 * keys are refused with a sentence; what is read here means the same to any reader of TOML.
 */
#ifndef VT_BASE_TOML_H
#define VT_BASE_TOML_H

#include "vitrine/error.h"
#include "vitrine/str.h"

typedef enum vt_toml_type { VT_TOML_TEXT, VT_TOML_INTEGER, VT_TOML_REAL, VT_TOML_BOOL } vt_toml_type;

/** One entry; texts are valid during the call. */
typedef struct vt_toml_entry {
    const char *section; /* "" before the first */
    const char *key;     /* NULL: the heading of the section itself */
    vt_toml_type type;
    const char *value; /* a string without its quotes, a number without "_", "true" or "false" */
    int line;          /* from 1 */
} vt_toml_entry;

typedef int (*vt_toml_each)(void *context, const vt_toml_entry *entry, vt_error *err);

/**
 * Calls `each` for every heading and entry until it returns non-zero, which is then returned. VT_ERR_FORMAT says where
 * in the file, called `name` in messages, something else stands.
 */
int vt_toml_read(const char *name, vt_str text, vt_toml_each each, void *context, vt_error *err);

#endif
