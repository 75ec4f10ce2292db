/*
 * ZIP files, as far as a folder of photos needs them: stored and deflated entries, ZIP64, checksums. Names are only
 * ever compared and checked, never opened: what is unpacked goes to memory. One thread at a time uses a zip.
 */
#ifndef VT_IMPORT_ZIP_H
#define VT_IMPORT_ZIP_H

#include "base/buf.h"
#include "vitrine/str.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct vt_zip vt_zip;

/** One entry of the directory. */
typedef struct vt_zip_entry {
    vt_str name; /* as in the file, borrowed from the zip */
    uint64_t index;
    uint64_t packed;
    uint64_t size; /* unpacked, as the directory says */
    uint32_t crc;
    bool encrypted;
    bool deflated;
    bool read; /* stored or deflated; other methods are not read */
} vt_zip_entry;

/**
 * Maps the file and reads its directory. VT_ERR_FORMAT: no ZIP; VT_ERR_CORRUPT: damaged or cut off; VT_ERR_LIMIT:
 * a directory of more than VT_ZIP_ENTRIES_MAX entries or VT_ZIP_DIRECTORY_BYTES_MAX bytes. The caller closes it.
 */
int vt_zip_open(vt_zip **out, const char *path, vt_error *err);
void vt_zip_close(vt_zip *zip);

/** As vt_zip_open() over memory that outlives it; `name` stands in messages. */
int vt_zip_memory(vt_zip **out, const void *bytes, size_t len, const char *name, vt_error *err);

size_t vt_zip_count(const vt_zip *zip);
vt_zip_entry vt_zip_at(const vt_zip *zip, size_t index);

/** A digest of the directory: equal for equal contents. 32 hexadecimal digits and a NUL. */
void vt_zip_digest(const vt_zip *zip, char out[33]);

/**
 * Unpacks an entry in place of what `out` holds. VT_ERR_CORRUPT for damage; VT_ERR_LIMIT for more than the buffer's
 * cap or a ratio no photo has (a bomb); VT_ERR_UNSUPPORTED for encryption and other methods.
 */
int vt_zip_unpack(const vt_zip *zip, const vt_zip_entry *entry, vt_buf *out, vt_error *err);

/**
 * True for a name that stays inside the folder it is unpacked to: relative, "/" between parts, no part empty, "." or
 * "..", no backslash, colon or control character, at most 255 bytes a part and 1,000 in all.
 */
bool vt_zip_name_safe(vt_str name);

#endif
