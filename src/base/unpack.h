/*
 * Unpacking of gzip and zstd, a step at a time, over bytes that the caller brings. Knows nothing of files: stream.c
 * reads, this unpacks, and stream.c puts the file and the byte into the message.
 */
#ifndef VT_BASE_UNPACK_H
#define VT_BASE_UNPACK_H

#include <stdbool.h>
#include <stddef.h>

#include "vitrine/error.h"

typedef struct vt_unpack vt_unpack;

typedef enum vt_packing {
    VT_PACKING_NONE,
    VT_PACKING_GZIP,
    VT_PACKING_ZSTD,
    VT_PACKING_BZIP2, /* the rest is told apart in order to be refused by name */
    VT_PACKING_XZ,
    VT_PACKING_ZIP
} vt_packing;

/** Bytes of a file's beginning that vt_packing_of() wants to see; a shorter file gives what it has. */
#define VT_PACKING_MAGIC 8

/** What the first bytes of a file say. */
vt_packing vt_packing_of(const unsigned char *bytes, size_t len);

/** True for less than the magic of gzip or zstd: what is left of a packed file cut off at once. */
bool vt_packing_cut(const unsigned char *bytes, size_t len);

/** "gzip", "zstd" and so on; "plain". */
const char *vt_packing_name(vt_packing packing);

/** A decoder for VT_PACKING_GZIP or VT_PACKING_ZSTD. */
int vt_unpack_create(vt_unpack **out, vt_packing packing, vt_error *err);
void vt_unpack_free(vt_unpack *unpack);

/** One step's bytes in and out; the step moves `in` and `in_len` on and sets `got` and `finished`. */
typedef struct vt_unpack_io {
    const unsigned char *in;
    size_t in_len;
    bool last; /* nothing comes after `in` */
    unsigned char *out;
    size_t out_len; /* > 0 */
    size_t got;
    bool finished; /* the packed data ended where it should */
} vt_unpack_io;

/**
 * Unpacks until `out` is full, `in` is used up, or the end. Without output and not finished it wants more input.
 * Errors give the reason alone: VT_ERR_CORRUPT for bytes that are damaged or end too early, VT_ERR_UNSUPPORTED for
 * zstd windows over 128 MiB, VT_ERR_NO_MEMORY.
 */
int vt_unpack_step(vt_unpack *unpack, vt_unpack_io *io, vt_error *err);

#endif
