/*
 * From the bytes of a text file to UTF-8 with "\n": UTF-16, Windows-1252 and files whose lines end with "\r" alone are
 * told apart from the bytes as they come, so that pipes work too.
 */
#ifndef VT_BASE_ENCODING_H
#define VT_BASE_ENCODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vitrine/error.h"

typedef enum vt_encoding {
    VT_ENCODING_BYTES,   /* as they are; no text */
    VT_ENCODING_AUTO,    /* told apart */
    VT_ENCODING_UNICODE, /* UTF-8 or UTF-16, told apart; bytes that are neither stay */
    VT_ENCODING_UTF8,
    VT_ENCODING_UTF16, /* by its mark, else little endian */
    VT_ENCODING_UTF16_BE,
    VT_ENCODING_WINDOWS_1252,
    VT_ENCODING_COUNT
} vt_encoding;

/** "UTF-8", "UTF-16", "Windows-1252"; "" for those that are told apart. Static storage. */
const char *vt_encoding_name(vt_encoding encoding);

/** The encoding of such a name as users write it ("utf8", "UTF-16LE", "cp1252", "latin-1"); false for others. */
bool vt_encoding_find(vt_encoding *out, const char *name);

/** The code point of a byte from 0x80 on in Windows-1252; 0 where it has none. */
uint32_t vt_windows_code(unsigned char byte);

typedef struct vt_decoder vt_decoder;

int vt_decoder_create(vt_decoder **out, vt_encoding encoding, vt_error *err);
void vt_decoder_free(vt_decoder *decoder);

/** What the bytes turned out to be so far: UTF8 also while all of them are ASCII. */
vt_encoding vt_decoder_found(const vt_decoder *decoder);

/** True when lines end with "\r" alone. */
bool vt_decoder_carriage(const vt_decoder *decoder);

/** Reads raw bytes as vt_stream_read() does. */
typedef int vt_decoder_source(void *context, void *bytes, size_t size, size_t *got, vt_error *err);

/** The next bytes of text; `*got` is 0 at the end. `size` at least 16. */
int vt_decoder_read(vt_decoder *decoder, vt_decoder_source *source, void *context, void *bytes, size_t size,
                    size_t *got, vt_error *err);

#endif
