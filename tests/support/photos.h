/* Photos for tests: those of fuzz/corpus/image, and means to put bytes between theirs. */
#ifndef VT_TEST_PHOTOS_H
#define VT_TEST_PHOTOS_H

#include <zlib.h>

#include "check.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/file.h"
#include "encode/image.h"

/** Reads fuzz/corpus/image/NAME; done by vt_buf_done. */
static inline void photo_read(vt_buf *photo, const char *name)
{
    char path[512];
    char *data = NULL;
    size_t size = 0;
    vt_error err = VT_ERROR_INIT;
    const char *source = getenv("VITRINE_SOURCE");
    snprintf(path, sizeof path, "%s/fuzz/corpus/image/%s", source == NULL ? "." : source, name);
    check_ok(vt_file_read(&data, &size, path, (size_t)1 << 20, &err));
    vt_buf_init(photo, (size_t)1 << 30);
    check_ok(vt_buf_add(photo, data, size, &err));
    vt_free(data);
}

/** A copy of `photo` with `len` more bytes at `at`. */
static inline void photo_insert(vt_buf *out, const vt_buf *photo, size_t at, const void *bytes, size_t len)
{
    vt_error err = VT_ERROR_INIT;
    assert_true(at <= photo->len);
    vt_buf_init(out, (size_t)1 << 30);
    check_ok(vt_buf_add(out, photo->data, at, &err));
    check_ok(vt_buf_add(out, bytes, len, &err));
    check_ok(vt_buf_add(out, photo->data + at, photo->len - at, &err));
}

static inline void photo_big_endian(uint8_t out[4], size_t value)
{
    for (int i = 0; i < 4; i++) {
        out[i] = (uint8_t)(value >> 8 * (3 - i));
    }
}

/** Appends a chunk of a PNG, or its signature when `kind` is NULL. */
static inline void photo_chunk(vt_buf *png, const char *kind, const void *data, size_t len)
{
    vt_error err = VT_ERROR_INIT;
    uint8_t word[4];
    if (kind == NULL) {
        check_ok(vt_buf_add(png, "\x89PNG\r\n\x1A\n", 8, &err));
        return;
    }
    photo_big_endian(word, len);
    check_ok(vt_buf_add(png, word, 4, &err));
    check_ok(vt_buf_add(png, kind, 4, &err));
    check_ok(vt_buf_add(png, data, len, &err));
    photo_big_endian(word, crc32(crc32(0, (const Bytef *)kind, 4), data, (uInt)len));
    check_ok(vt_buf_add(png, word, 4, &err));
}

/** Signature and header of a PNG in 8-bit RGB. */
static inline void photo_png_begin(vt_buf *png, size_t width, size_t height)
{
    uint8_t header[13] = {[8] = 8, [9] = 2};
    vt_buf_init(png, (size_t)1 << 30);
    photo_big_endian(header, width);
    photo_big_endian(header + 4, height);
    photo_chunk(png, NULL, NULL, 0);
    photo_chunk(png, "IHDR", header, sizeof header);
}

/** Decoded whole; `least_side` > 0: at a smaller scale, with no side under that. */
static inline int photo_decode(vt_image *out, const vt_buf *photo, int least_side, vt_error *err)
{
    const vt_image_recipe whole = {.resize = least_side, .fit = VT_IMAGE_LETTERBOX};
    return vt_image_decode(out, (const uint8_t *)photo->data, photo->len, least_side > 0 ? &whole : NULL, err);
}

/** Two hexadecimal digits a byte. */
static inline int photo_hex(const char *digits)
{
    int value = 0;
    for (int i = 0; i < 2; i++) {
        value = value * 16 + (digits[i] <= '9' ? digits[i] - '0' : digits[i] - 'a' + 10);
    }
    return value;
}

/** The lines of tests/golden/images.txt that begin with `kind`, one by one: `each` gets the words behind it. */
static inline int photo_golden(const char *kind, void (*each)(char *words))
{
    char path[512];
    char *text = NULL;
    size_t size = 0;
    int lines = 0;
    vt_error err = VT_ERROR_INIT;
    const char *source = getenv("VITRINE_SOURCE");
    snprintf(path, sizeof path, "%s/tests/golden/images.txt", source == NULL ? "." : source);
    check_ok(vt_file_read(&text, &size, path, (size_t)1 << 20, &err));
    for (char *next = text; *next != '\0';) {
        char *line = next;
        next += strcspn(next, "\n");
        next += *next == '\n' ? (*next = '\0', 1) : 0;
        size_t length = strlen(kind);
        if (strncmp(line, kind, length) == 0 && line[length] == ' ') {
            each(line + length + 1);
            lines++;
        }
    }
    vt_free(text);
    return lines;
}

/** The next word of a line, which it ends. */
static inline char *photo_word(char **line)
{
    char *word = *line;
    *line += strcspn(*line, " ");
    *line += **line == ' ' ? (**line = '\0', 1) : 0;
    return word;
}

static inline int photo_number(char **line)
{
    return (int)strtol(photo_word(line), NULL, 10);
}

#endif
