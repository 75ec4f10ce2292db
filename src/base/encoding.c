/*
 * As long as a file is ASCII or UTF-8 its bytes go straight to the caller's buffer and are only looked at; from the
 * first byte that is neither on, a second buffer holds what is still to be turned into UTF-8. A file with no character
 * past ASCII before that byte lost nothing by being passed on.
 */
#include "base/encoding.h"

#include <string.h>
#include <strings.h>
#include <utf8proc.h>

#include "base/alloc.h"
#include "base/number.h"

enum { RAW = 64 << 10, LOOK = 512 };

struct vt_decoder {
    vt_encoding encoding; /* AUTO and UNICODE until it is known */
    bool carriage;
    bool begun;
    unsigned char *raw; /* (raw_size) bytes still to be decoded: raw_begin to raw_end */
    size_t raw_size, raw_begin, raw_end;
    bool at_end;
};

static const struct {
    const char *name;
    vt_encoding encoding;
} names[] = {
    {"UTF-8", VT_ENCODING_UTF8},
    {"utf8", VT_ENCODING_UTF8},
    {"UTF-16", VT_ENCODING_UTF16},
    {"utf16", VT_ENCODING_UTF16},
    {"utf-16le", VT_ENCODING_UTF16},
    {"utf-16be", VT_ENCODING_UTF16_BE},
    {"Windows-1252", VT_ENCODING_WINDOWS_1252},
    {"cp1252", VT_ENCODING_WINDOWS_1252},
    {"latin-1", VT_ENCODING_WINDOWS_1252},
    {"latin1", VT_ENCODING_WINDOWS_1252},
    {"iso-8859-1", VT_ENCODING_WINDOWS_1252},
    {"iso-8859-15", VT_ENCODING_WINDOWS_1252},
    {"auto", VT_ENCODING_AUTO},
};

const char *vt_encoding_name(vt_encoding encoding)
{
    static const char *const shown[VT_ENCODING_COUNT] = {[VT_ENCODING_UTF8] = "UTF-8",
                                                         [VT_ENCODING_UTF16] = "UTF-16",
                                                         [VT_ENCODING_UTF16_BE] = "UTF-16",
                                                         [VT_ENCODING_WINDOWS_1252] = "Windows-1252"};
    return shown[encoding] == NULL ? "" : shown[encoding];
}

bool vt_encoding_find(vt_encoding *out, const char *name)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcasecmp(name, names[i].name) == 0) {
            *out = names[i].encoding;
            return true;
        }
    }
    return false;
}

int vt_decoder_create(vt_decoder **out, vt_encoding encoding, vt_error *err)
{
    vt_decoder *decoder = vt_alloc_zero(1, sizeof *decoder, err);
    if (decoder == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    decoder->encoding = encoding;
    *out = decoder;
    return VT_OK;
}

void vt_decoder_free(vt_decoder *decoder)
{
    if (decoder != NULL) {
        vt_free(decoder->raw);
        vt_free(decoder);
    }
}

vt_encoding vt_decoder_found(const vt_decoder *decoder)
{
    bool open = decoder->encoding == VT_ENCODING_AUTO || decoder->encoding == VT_ENCODING_UNICODE;
    return open ? VT_ENCODING_UTF8 : decoder->encoding;
}

bool vt_decoder_carriage(const vt_decoder *decoder)
{
    return decoder->carriage;
}

static bool wide(vt_encoding encoding)
{
    return encoding == VT_ENCODING_UTF16 || encoding == VT_ENCODING_UTF16_BE;
}

/* UTF-16 by its mark, or by the NUL of every second byte that Western texts have. */
static void look_for_utf16(vt_decoder *d, const unsigned char *bytes, size_t n)
{
    size_t nul[2] = {0, 0};
    if (n >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0)) {
        d->encoding = bytes[0] == 0xFF ? VT_ENCODING_UTF16 : VT_ENCODING_UTF16_BE;
        return;
    }
    size_t looked = (n < LOOK ? n : LOOK) & ~(size_t)1;
    for (size_t i = 0; i < looked; i++) {
        nul[i % 2] += bytes[i] == 0;
    }
    if (looked >= 16 && nul[1] > looked / 4 && nul[0] == 0) {
        d->encoding = VT_ENCODING_UTF16;
    } else if (looked >= 16 && nul[0] > looked / 4 && nul[1] == 0) {
        d->encoding = VT_ENCODING_UTF16_BE;
    }
}

/* True when what is left at the end of a block may be a character that goes on in the next one. */
static bool cut_off(const unsigned char *p, size_t left)
{
    size_t want = *p >= 0xF0 ? 4 : *p >= 0xE0 ? 3 : *p >= 0xC2 ? 2 : 0;
    for (size_t i = 1; i < left; i++) {
        if ((p[i] & 0xC0U) != 0x80U) {
            return false;
        }
    }
    return left < want;
}

/* Characters of more than one byte, and bytes that are part of none. */
static void count(const unsigned char *bytes, size_t n, size_t *good, size_t *bad)
{
    for (size_t i = 0; i < n;) {
        if (bytes[i] < 0x80) {
            i++;
            continue;
        }
        utf8proc_int32_t code = 0;
        utf8proc_ssize_t used = utf8proc_iterate(bytes + i, (utf8proc_ssize_t)(n - i), &code);
        if (used > 0) {
            *good += 1;
            i += (size_t)used;
        } else {
            *bad += !cut_off(bytes + i, n - i);
            i++;
        }
    }
}

/* Tells UTF-8 from Windows-1252 where the block has a byte past ASCII. */
static void look(vt_decoder *d, const unsigned char *bytes, size_t n)
{
    size_t good = 0;
    size_t bad = 0;
    if (vt_ascii((vt_str){(const char *)bytes, n})) {
        return;
    }
    count(bytes, n, &good, &bad);
    if (good + bad > 0) {
        d->encoding = good >= bad ? VT_ENCODING_UTF8 : VT_ENCODING_WINDOWS_1252;
    }
}

static void look_first(vt_decoder *d, const unsigned char *bytes, size_t n)
{
    d->begun = true;
    if (d->encoding == VT_ENCODING_AUTO || d->encoding == VT_ENCODING_UNICODE || d->encoding == VT_ENCODING_UTF16) {
        look_for_utf16(d, bytes, n);
    }
    size_t step = wide(d->encoding) ? 2 : 1;
    const unsigned char *code = bytes + (d->encoding == VT_ENCODING_UTF16_BE);
    bool lines = false;
    for (size_t i = 0; i + step <= n && !lines; i += step) {
        lines = code[i] == '\n';
        d->carriage = d->carriage || code[i] == '\r';
    }
    d->carriage = d->carriage && !lines;
    if (d->encoding == VT_ENCODING_UNICODE) {
        d->encoding = VT_ENCODING_UTF8;
    }
}

/* Bytes that came straight into the caller's buffer and must be decoded after all. */
static int put_back(vt_decoder *d, const void *bytes, size_t n, vt_error *err)
{
    size_t size = n < RAW ? RAW : n;
    d->raw = vt_alloc(size, 1, err);
    if (d->raw == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    memcpy(d->raw, bytes, n);
    d->raw_size = size;
    d->raw_end = n;
    return VT_OK;
}

static void end_lines(const vt_decoder *d, char *bytes, size_t n)
{
    for (char *p = bytes; d->carriage && p != NULL; p++) {
        p = memchr(p, '\r', (size_t)(bytes + n - p));
        if (p == NULL) {
            break;
        }
        *p = '\n';
    }
}

static size_t put_code(char *out, utf8proc_int32_t code)
{
    return (size_t)utf8proc_encode_char(code, (utf8proc_uint8_t *)out);
}

/* One character; 0 when its bytes are not all there. */
static size_t take_utf16(const vt_decoder *d, const unsigned char *p, size_t n, utf8proc_int32_t *code)
{
    size_t low = d->encoding == VT_ENCODING_UTF16_BE;
    if (n < 2) {
        *code = 0xFFFD;
        return d->at_end ? n : 0;
    }
    unsigned first = p[low] | (unsigned)p[1 - low] << 8;
    *code = (utf8proc_int32_t)first;
    if (first < 0xD800 || first > 0xDFFF) {
        return 2;
    }
    *code = 0xFFFD;
    if (first >= 0xDC00 || (n < 4 && d->at_end)) {
        return 2;
    }
    if (n < 4) {
        return 0;
    }
    unsigned second = p[2 + low] | (unsigned)p[3 - low] << 8;
    if (second < 0xDC00 || second > 0xDFFF) {
        return 2;
    }
    *code = (utf8proc_int32_t)(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
    return 4;
}

uint32_t vt_windows_code(unsigned char byte)
{
    static const uint16_t codes[32] = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                       0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                       0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                       0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};
    return byte >= 0x80 && byte < 0xA0 ? codes[byte - 0x80] : byte;
}

/* Decodes what is there into up to `size` bytes. */
static size_t decode(vt_decoder *d, char *out, size_t size)
{
    size_t n = 0;
    while (d->raw_begin < d->raw_end && n + 4 <= size) {
        const unsigned char *p = d->raw + d->raw_begin;
        utf8proc_int32_t code = 0;
        size_t used = 1;
        if (wide(d->encoding)) {
            used = take_utf16(d, p, d->raw_end - d->raw_begin, &code);
        } else {
            uint32_t meant = *p < 0x80 ? *p : vt_windows_code(*p);
            code = (utf8proc_int32_t)(meant == 0 ? *p : meant);
        }
        if (used == 0) {
            break;
        }
        d->raw_begin += used;
        if (code < 0x80) {
            out[n++] = (char)code;
        } else {
            n += put_code(out + n, code);
        }
    }
    return n;
}

static int fill(vt_decoder *d, vt_decoder_source *source, void *context, vt_error *err)
{
    size_t have = d->raw_end - d->raw_begin;
    size_t got = 0;
    if (d->raw == NULL) {
        int status = put_back(d, "", 0, err);
        if (status != VT_OK) {
            return status;
        }
    }
    memmove(d->raw, d->raw + d->raw_begin, have);
    d->raw_begin = 0;
    d->raw_end = have;
    int status = source(context, d->raw + have, d->raw_size - have, &got, err);
    if (status == VT_OK) {
        d->raw_end += got;
        d->at_end = got == 0;
    }
    return status;
}

static int read_decoded(vt_decoder *d, vt_decoder_source *source, void *context, char *bytes, size_t size, size_t *got,
                        vt_error *err)
{
    size_t n = decode(d, bytes, size);
    while (n == 0 && !d->at_end) {
        int status = fill(d, source, context, err);
        if (status != VT_OK) {
            return status;
        }
        n = decode(d, bytes, size);
    }
    end_lines(d, bytes, n);
    *got = n;
    return VT_OK;
}

int vt_decoder_read(vt_decoder *d, vt_decoder_source *source, void *context, void *bytes, size_t size, size_t *got,
                    vt_error *err)
{
    size_t n = 0;
    bool straight = !wide(d->encoding) && d->encoding != VT_ENCODING_WINDOWS_1252;
    if (!straight && d->begun) {
        return read_decoded(d, source, context, bytes, size, got, err);
    }
    int status = source(context, bytes, size, &n, err);
    if (status != VT_OK) {
        return status;
    }
    if (!d->begun) {
        look_first(d, bytes, n);
    }
    if (d->encoding == VT_ENCODING_AUTO) {
        look(d, bytes, n);
    }
    if (wide(d->encoding) || d->encoding == VT_ENCODING_WINDOWS_1252) {
        status = put_back(d, bytes, n, err);
        return status == VT_OK ? read_decoded(d, source, context, bytes, size, got, err) : status;
    }
    end_lines(d, bytes, n);
    *got = n;
    return VT_OK;
}
