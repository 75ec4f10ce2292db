/* Text files of any encoding: what is decoded is UTF-8 where the encoding is not that, however small the pieces. */
#include "fuzz.h"

#include <string.h>

#include "base/buf.h"
#include "base/number.h"
#include "base/stream.h"

static size_t read_all(vt_buf *out, const uint8_t *data, size_t size, vt_encoding encoding, size_t piece)
{
    vt_stream *stream = NULL;
    vt_error err = VT_ERROR_INIT;
    char bytes[4096];
    size_t got = 1;
    vt_buf_init(out, 1 << 24);
    if (vt_stream_memory(&stream, data, size, "fuzz", &err) != VT_OK) {
        return 0;
    }
    fuzz_require(vt_stream_set_text(stream, encoding, &err) == VT_OK);
    while (got > 0 && vt_stream_read(stream, bytes, piece, &got, &err) == VT_OK) {
        fuzz_require(got <= piece && vt_buf_add(out, bytes, got, &err) == VT_OK);
    }
    vt_encoding found = vt_stream_encoding(stream);
    if (found != VT_ENCODING_UTF8 && memchr(out->data == NULL ? "" : out->data, '\0', out->len) == NULL) {
        fuzz_require(vt_utf8_valid((vt_str){out->data, out->len}));
    }
    vt_stream_close(stream);
    return out->len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const vt_encoding encodings[] = {VT_ENCODING_AUTO, VT_ENCODING_UNICODE, VT_ENCODING_UTF16,
                                            VT_ENCODING_UTF16_BE, VT_ENCODING_WINDOWS_1252};
    for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++) {
        vt_buf large;
        vt_buf small;
        size_t all = read_all(&large, data, size, encodings[i], 4096);
        size_t pieces = read_all(&small, data, size, encodings[i], 16);
        for (size_t k = 0; k < all + pieces; k++) { /* which ends lines is told from the first piece */
            char *at = k < all ? &large.data[k] : &small.data[k - all];
            *at = *at == '\r' ? '\n' : *at;
        }
        if (encodings[i] > VT_ENCODING_UNICODE) { /* those that are told apart look at one piece */
            fuzz_require(all == pieces && (all == 0 || memcmp(large.data, small.data, all) == 0));
        }
        vt_buf_done(&large);
        vt_buf_done(&small);
    }
    return 0;
}
