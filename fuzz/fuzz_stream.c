/*
 * Streams: the same bytes and the same status for every size of piece, and lines that are the bytes cut at \n. Unpacks
 * at most one megabyte of what a bomb would give.
 */
#include "fuzz.h"

#include <string.h>

#include "base/stream.h"

enum { BYTES_MAX = 1 << 20 };

static int drain(const uint8_t *data, size_t size, size_t piece, char *out, size_t *len, int *full)
{
    vt_stream *stream = NULL;
    vt_error err = VT_ERROR_INIT;
    int status = vt_stream_memory(&stream, data, size, "fuzz.gz", &err);
    *len = 0;
    while (status == VT_OK && *len < BYTES_MAX) {
        size_t want = BYTES_MAX - *len < piece ? BYTES_MAX - *len : piece;
        size_t got = 0;
        status = vt_stream_read(stream, out + *len, want, &got, &err);
        fuzz_require(got <= want && vt_stream_consumed(stream) <= (int64_t)size);
        fuzz_require(status == VT_OK || err.message[0] != '\0');
        if (status != VT_OK || got == 0) {
            break;
        }
        *len += got;
    }
    *full = *len == BYTES_MAX;
    vt_stream_close(stream);
    return status;
}

/* The lines of the stream against the bytes that were read before. */
static void check_lines(const uint8_t *data, size_t size, const char *bytes, size_t len)
{
    vt_stream *stream = NULL;
    vt_error err = VT_ERROR_INIT;
    vt_str line = {"", 0};
    fuzz_require(vt_stream_memory(&stream, data, size, "fuzz.gz", &err) == VT_OK);
    const char *p = bytes;
    const char *end = bytes + len;
    for (int64_t number = 1; p < end; number++) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        size_t n = stop == NULL ? (size_t)(end - p) : (size_t)(stop - p);
        const char *next = stop == NULL ? end : stop + 1;
        n -= stop != NULL && n > 0 && p[n - 1] == '\r';
        if (number == 1 && n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
            p += 3;
            n -= 3;
        }
        fuzz_require(vt_stream_line(stream, &line, &err) == VT_OK);
        fuzz_require(vt_str_equal(line, (vt_str){p, n}) && vt_stream_line_number(stream) == number);
        p = next;
    }
    fuzz_require(vt_stream_line(stream, &line, &err) == VT_OK && line.ptr == NULL);
    vt_stream_close(stream);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char out[BYTES_MAX];
    static char again[BYTES_MAX];
    size_t len = 0;
    size_t again_len = 0;
    int full = 0;
    int again_full = 0;
    int status = drain(data, size, BYTES_MAX, out, &len, &full);
    size_t piece = size > 0 ? 1U + data[size - 1] * 7U : 1U;
    if (len / piece < 100000) {
        int second = drain(data, size, piece, again, &again_len, &again_full);
        fuzz_require(full || again_full || second == status);
        if (status == VT_OK && second == VT_OK) {
            fuzz_require(len == again_len && memcmp(out, again, len) == 0);
        }
    }
    if (status == VT_OK && !full) {
        check_lines(data, size, out, len);
    }
    return 0;
}
