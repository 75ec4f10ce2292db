/*
 * A file read as a stream of bytes, unpacked on the way: plain, gzip (several members too) and zstd are told apart by
 * their first bytes. A file that ends too early is an error, not a short file.
 */
#ifndef VT_BASE_STREAM_H
#define VT_BASE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/encoding.h"
#include "vitrine/error.h"
#include "vitrine/str.h"

typedef struct vt_stream vt_stream;

/**
 * VT_ERR_NOT_FOUND for a missing file, VT_ERR_FORMAT for a folder, VT_ERR_UNSUPPORTED for bzip2, xz and zip. Pipes are
 * read too. The caller closes it.
 */
int vt_stream_open(vt_stream **out, const char *path, vt_error *err);

/** A stream over memory that outlives it; for fuzzing and tests. Unpacks too. `name` stands in messages. */
int vt_stream_memory(vt_stream **out, const void *bytes, size_t len, const char *name, vt_error *err);
void vt_stream_close(vt_stream *stream);

/** Where the bytes of a stream come from that is no file. */
typedef struct vt_stream_source {
    int (*read)(void *context, void *bytes, size_t size, size_t *got, vt_error *err); /* as vt_stream_read() */
    void (*close)(void *context);
    void *context;
} vt_stream_source;

/** A stream over a source, which it owns from now on, also when it fails. Nothing is unpacked. */
int vt_stream_of(vt_stream **out, const vt_stream_source *source, const char *name, vt_error *err);

/**
 * From the first read on the bytes are a text in that encoding and come as UTF-8 with "\n" (encoding.h). Before the
 * first read only.
 */
int vt_stream_set_text(vt_stream *stream, vt_encoding encoding, vt_error *err);

/** What the text turned out to be; VT_ENCODING_BYTES without vt_stream_set_text(). */
vt_encoding vt_stream_encoding(const vt_stream *stream);

/**
 * Up to `size` bytes into `bytes`; `*got` is 0 at the end. VT_ERR_CORRUPT for a damaged or truncated file,
 * VT_ERR_UNSUPPORTED for zstd with a window over 128 MiB, VT_ERR_IO; never VT_ERR_FORMAT or VT_ERR_LIMIT, which speak
 * of one line or row and allow to go on.
 */
int vt_stream_read(vt_stream *stream, void *bytes, size_t size, size_t *got, vt_error *err);

/**
 * The next line without its end (\n or \r\n), valid until the next call; `line->ptr` is NULL at the end. A BOM at the
 * start is skipped. VT_ERR_LIMIT for a line over VT_LINE_BYTES_MAX; the call after it gives the next line. Do not mix
 * with vt_stream_read().
 */
int vt_stream_line(vt_stream *stream, vt_str *line, vt_error *err);

/** Number of the line that vt_stream_line() gave last, from 1. */
int64_t vt_stream_line_number(const vt_stream *stream);

const char *vt_stream_name(const vt_stream *stream);

/** Bytes consumed of the file as it lies on disk, and its size (0 when unknown). */
int64_t vt_stream_consumed(const vt_stream *stream);
int64_t vt_stream_size(const vt_stream *stream);

#endif
