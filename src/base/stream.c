/*
 * Bytes come from a file or from memory in large blocks, go through the unpacker when the first bytes ask for it, and
 * leave as blocks or as lines. Lines are found by memchr in one buffer that moves only when it runs empty, so that a
 * line costs no call and no copy beyond that.
 */
#include "base/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/unpack.h"

enum { RAW_BLOCK = 128 << 10, LINE_BLOCK = 256 << 10 };

struct vt_stream {
    int fd;                  /* -1: memory or a source */
    vt_stream_source source; /* read NULL: none */
    char *name;
    int64_t size;
    vt_unpack *unpack;        /* NULL: plain */
    vt_decoder *decoder;      /* NULL: bytes as they are */
    unsigned char *raw_block; /* NULL: memory */
    const unsigned char *raw; /* bytes of the file not yet handed on */
    size_t raw_len;
    int64_t fetched; /* bytes of the file so far, raw_len included */
    bool raw_end;
    bool end; /* the unpacked bytes are at their end */

    char *lines; /* (lines_size) bytes; lines_begin to lines_end are not yet handed out */
    size_t lines_size, lines_begin, lines_end;
    int64_t line_number;
    bool skip; /* the rest of an overlong line is dropped */
};

/* Up to `size` bytes of the file as it lies on disk; 0 sets raw_end. */
static int fetch(vt_stream *stream, void *bytes, size_t size, size_t *got, vt_error *err)
{
    ssize_t n = 0;
    if (stream->source.read != NULL) {
        size_t given = 0;
        int status = stream->source.read(stream->source.context, bytes, size, &given, err);
        stream->raw_end = given == 0;
        stream->fetched += status == VT_OK ? (int64_t)given : 0;
        *got = given;
        return status;
    }
    if (stream->fd >= 0) {
        do {
            n = read(stream->fd, bytes, size);
        } while (n < 0 && errno == EINTR);
    }
    if (n < 0) {
        return vt_fail_errno(err, errno, "cannot read %s", stream->name);
    }
    stream->raw_end = n == 0;
    stream->fetched += n;
    *got = (size_t)n;
    return VT_OK;
}

/* Adds to the raw bytes at hand, which stand at the beginning of the block. */
static int fetch_raw(vt_stream *stream, vt_error *err)
{
    size_t got = 0;
    size_t have = stream->raw_len;
    int status = fetch(stream, stream->raw_block + have, RAW_BLOCK - have, &got, err);
    if (status == VT_OK) {
        stream->raw = stream->raw_block;
        stream->raw_len += got;
    }
    return status;
}

static bool ends_with(const char *name, const char *end)
{
    size_t len = strlen(name);
    size_t end_len = strlen(end);
    return len >= end_len && memcmp(name + len - end_len, end, end_len) == 0;
}

/* Looks at the first bytes and sets the unpacker up. */
static int choose(vt_stream *stream, vt_error *err)
{
    vt_packing packing = vt_packing_of(stream->raw, stream->raw_len);
    switch (packing) {
    case VT_PACKING_NONE:
        if (vt_packing_cut(stream->raw, stream->raw_len) &&
            (ends_with(stream->name, ".gz") || ends_with(stream->name, ".zst"))) {
            return vt_fail_at(err, VT_ERR_CORRUPT, stream->fetched,
                              "%s ends too early, at byte %lld: it is cut off; copy or download it again", stream->name,
                              (long long)stream->fetched);
        }
        return VT_OK;
    case VT_PACKING_GZIP:
    case VT_PACKING_ZSTD:
        return vt_unpack_create(&stream->unpack, packing, err);
    default:
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "%s is packed with %s; unpack it first (plain, gzip and zstd files are read)", stream->name,
                       vt_packing_name(packing));
    }
}

static int create(vt_stream **out, const char *name, vt_error *err)
{
    vt_stream *stream = vt_alloc_zero(1, sizeof *stream, err);
    if (stream == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    stream->fd = -1;
    stream->name = vt_strndup(name, strlen(name), err);
    if (stream->name == NULL) {
        vt_free(stream);
        return VT_ERR_NO_MEMORY;
    }
    *out = stream;
    return VT_OK;
}

int vt_stream_open(vt_stream **out, const char *path, vt_error *err)
{
    vt_stream *stream = NULL;
    struct stat info;
    int status = create(&stream, path, err);
    if (status != VT_OK) {
        return status;
    }
    stream->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (stream->fd < 0 || fstat(stream->fd, &info) != 0) {
        status = vt_fail_errno(err, errno, "cannot open %s", path);
        goto out;
    }
    if (S_ISDIR(info.st_mode)) {
        status = vt_fail(err, VT_ERR_FORMAT, "%s is a folder; a file is expected", path);
        goto out;
    }
    stream->size = S_ISREG(info.st_mode) ? info.st_size : 0;
    stream->raw_block = vt_alloc(RAW_BLOCK, 1, err);
    if (stream->raw_block == NULL) {
        status = VT_ERR_NO_MEMORY;
        goto out;
    }
    while (status == VT_OK && stream->raw_len < VT_PACKING_MAGIC && !stream->raw_end) {
        status = fetch_raw(stream, err);
    }
    if (status == VT_OK) {
        status = choose(stream, err);
    }
    if (status == VT_OK) {
        *out = stream;
        stream = NULL;
    }
out:
    vt_stream_close(stream);
    return status;
}

int vt_stream_memory(vt_stream **out, const void *bytes, size_t len, const char *name, vt_error *err)
{
    vt_stream *stream = NULL;
    int status = create(&stream, name, err);
    if (status != VT_OK) {
        return status;
    }
    stream->raw = bytes;
    stream->raw_len = len;
    stream->fetched = stream->size = (int64_t)len;
    stream->raw_end = true;
    status = choose(stream, err);
    if (status != VT_OK) {
        vt_stream_close(stream);
        return status;
    }
    *out = stream;
    return VT_OK;
}

int vt_stream_of(vt_stream **out, const vt_stream_source *source, const char *name, vt_error *err)
{
    int status = create(out, name, err);
    if (status != VT_OK) {
        source->close(source->context);
        return status;
    }
    (*out)->source = *source;
    return VT_OK;
}

void vt_stream_close(vt_stream *stream)
{
    if (stream == NULL) {
        return;
    }
    if (stream->fd >= 0) {
        close(stream->fd);
    }
    if (stream->source.close != NULL) {
        stream->source.close(stream->source.context);
    }
    vt_unpack_free(stream->unpack);
    vt_decoder_free(stream->decoder);
    vt_free(stream->raw_block);
    vt_free(stream->lines);
    vt_free(stream->name);
    vt_free(stream);
}

static int read_plain(vt_stream *stream, void *bytes, size_t size, size_t *got, vt_error *err)
{
    if (stream->raw_len == 0) {
        int status = stream->raw_end ? VT_OK : fetch(stream, bytes, size, got, err);
        stream->end = stream->raw_end;
        return status;
    }
    size_t n = size < stream->raw_len ? size : stream->raw_len;
    memcpy(bytes, stream->raw, n);
    stream->raw += n;
    stream->raw_len -= n;
    *got = n;
    return VT_OK;
}

/* Puts the file and the byte around the unpacker's reason. */
static int unpack_failed(const vt_stream *stream, int status, const vt_error *reason, vt_error *err)
{
    long long at = stream->fetched - (int64_t)stream->raw_len;
    if (status != VT_ERR_CORRUPT) {
        return vt_fail_at(err, (vt_code)status, at, "%s: %s", stream->name, reason->message);
    }
    if (stream->raw_end && stream->raw_len == 0) {
        return vt_fail_at(err, VT_ERR_CORRUPT, at,
                          "%s ends too early, at byte %lld: it is cut off; copy or download it again", stream->name,
                          at);
    }
    return vt_fail_at(err, VT_ERR_CORRUPT, at, "%s is damaged near byte %lld (%s); copy or download it again",
                      stream->name, at, reason->message);
}

static int read_packed(vt_stream *stream, void *bytes, size_t size, size_t *got, vt_error *err)
{
    vt_unpack_io io = {.out = bytes, .out_len = size};
    while (io.got == 0 && !io.finished) {
        int status = VT_OK;
        if (stream->raw_len == 0 && !stream->raw_end) {
            status = fetch_raw(stream, err);
            if (status != VT_OK) {
                return status;
            }
        }
        vt_error reason = VT_ERROR_INIT;
        io.in = stream->raw;
        io.in_len = stream->raw_len;
        io.last = stream->raw_end;
        status = vt_unpack_step(stream->unpack, &io, &reason);
        stream->raw = io.in;
        stream->raw_len = io.in_len;
        if (status != VT_OK) {
            return unpack_failed(stream, status, &reason, err);
        }
    }
    stream->end = io.finished;
    *got = io.got;
    return VT_OK;
}

static int read_bytes(void *context, void *bytes, size_t size, size_t *got, vt_error *err)
{
    vt_stream *stream = context;
    size_t n = 0;
    int status = VT_OK;
    if (!stream->end && size > 0) {
        status = (stream->unpack == NULL ? read_plain : read_packed)(stream, bytes, size, &n, err);
    }
    if (status == VT_OK) {
        *got = n;
    }
    return status;
}

int vt_stream_read(vt_stream *stream, void *bytes, size_t size, size_t *got, vt_error *err)
{
    return stream->decoder == NULL ? read_bytes(stream, bytes, size, got, err)
                                   : vt_decoder_read(stream->decoder, read_bytes, stream, bytes, size, got, err);
}

int vt_stream_set_text(vt_stream *stream, vt_encoding encoding, vt_error *err)
{
    return vt_decoder_create(&stream->decoder, encoding, err);
}

vt_encoding vt_stream_encoding(const vt_stream *stream)
{
    return stream->decoder == NULL ? VT_ENCODING_BYTES : vt_decoder_found(stream->decoder);
}

/* Makes room behind the bytes at hand and reads more. `*got` is 0 at the end. */
static int fill_lines(vt_stream *stream, size_t *got, vt_error *err)
{
    size_t have = stream->lines_end - stream->lines_begin;
    if (stream->lines_begin > 0) {
        memmove(stream->lines, stream->lines + stream->lines_begin, have);
        stream->lines_begin = 0;
        stream->lines_end = have;
    }
    if (stream->lines_size - have < LINE_BLOCK / 2) {
        size_t size = stream->lines_size * 2 + LINE_BLOCK;
        char *lines = vt_realloc(stream->lines, size, 1, err);
        if (lines == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        stream->lines = lines;
        stream->lines_size = size;
    }
    int status = vt_stream_read(stream, stream->lines + have, stream->lines_size - have, got, err);
    if (status == VT_OK) {
        stream->lines_end += *got;
    }
    return status;
}

/* The end of the line that begins at lines_begin, as a number of bytes; `*found` when it ends with \n. */
static int find_end(vt_stream *stream, size_t *len, bool *found, vt_error *err)
{
    size_t seen = 0;
    for (;;) {
        size_t have = stream->lines_end - stream->lines_begin;
        const char *begin = have == 0 ? NULL : stream->lines + stream->lines_begin;
        const char *end = have == seen ? NULL : memchr(begin + seen, '\n', have - seen);
        if (end != NULL || have > VT_LINE_BYTES_MAX) {
            *len = end != NULL ? (size_t)(end - begin) : have;
            *found = end != NULL;
            return VT_OK;
        }
        seen = have;
        size_t got = 0;
        int status = fill_lines(stream, &got, err);
        if (status != VT_OK) {
            return status;
        }
        if (got == 0) {
            *len = have;
            *found = false;
            return VT_OK;
        }
    }
}

/* Drops what is left of an overlong line. */
static int skip_line(vt_stream *stream, vt_error *err)
{
    while (stream->skip) {
        size_t len = 0;
        bool found = false;
        int status = find_end(stream, &len, &found, err);
        if (status != VT_OK) {
            return status;
        }
        stream->lines_begin += len + found;
        stream->skip = !found && len > VT_LINE_BYTES_MAX;
    }
    return VT_OK;
}

int vt_stream_line(vt_stream *stream, vt_str *line, vt_error *err)
{
    size_t len = 0;
    bool found = false;
    int status = skip_line(stream, err);
    if (status == VT_OK) {
        status = find_end(stream, &len, &found, err);
    }
    if (status != VT_OK) {
        return status;
    }
    if (len == 0 && !found) {
        *line = (vt_str){NULL, 0};
        return VT_OK;
    }
    const char *begin = stream->lines + stream->lines_begin;
    stream->lines_begin += len + found;
    stream->line_number++;
    if (len > VT_LINE_BYTES_MAX) {
        stream->skip = !found;
        return vt_fail_at(err, VT_ERR_LIMIT, stream->line_number,
                          "%s:%lld: the line has more than %zu bytes; is this a file of lines?", stream->name,
                          (long long)stream->line_number, VT_LINE_BYTES_MAX);
    }
    if (found && len > 0 && begin[len - 1] == '\r') {
        len--;
    }
    if (stream->line_number == 1 && len >= 3 && memcmp(begin, "\xef\xbb\xbf", 3) == 0) {
        begin += 3;
        len -= 3;
    }
    *line = (vt_str){begin, len};
    return VT_OK;
}

int64_t vt_stream_line_number(const vt_stream *stream)
{
    return stream->line_number;
}

const char *vt_stream_name(const vt_stream *stream)
{
    return stream->name;
}

int64_t vt_stream_consumed(const vt_stream *stream)
{
    int64_t consumed = stream->fetched - (int64_t)stream->raw_len;
    /* Lines of a plain file that wait in the buffer are bytes of the file. */
    int64_t waiting = (int64_t)(stream->lines_end - stream->lines_begin);
    return stream->unpack != NULL ? consumed : consumed > waiting ? consumed - waiting : 0;
}

int64_t vt_stream_size(const vt_stream *stream)
{
    return stream->size;
}
