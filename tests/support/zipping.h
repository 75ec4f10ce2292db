/* ZIP files for tests, made entry by entry, with the means to make them wrong. */
#ifndef VT_TEST_ZIPPING_H
#define VT_TEST_ZIPPING_H

#include <zlib.h>

#include "check.h"

/** A ZIP being made; init with {0}. `bytes` holds `len` bytes and is freed with free(). */
typedef struct zipping {
    unsigned char *bytes;
    size_t len;
    unsigned char directory[1 << 16];
    size_t directory_len;
    unsigned count;
} zipping;

static inline void zipping_raw(zipping *z, const void *bytes, size_t len)
{
    z->bytes = realloc(z->bytes, z->len + len + 1);
    assert_non_null(z->bytes);
    memcpy(z->bytes + z->len, bytes, len);
    z->len += len;
}

static inline size_t zipping_put(unsigned char *p, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        p[i] = (unsigned char)(value >> 8 * i);
    }
    return bytes;
}

/** One entry of the directory, with all its fields as given. */
typedef struct zipping_entry {
    const char *name;
    unsigned flags, method;
    uint32_t crc;
    uint64_t packed, size, offset;
    bool zip64; /* the numbers stand in the extra field */
} zipping_entry;

static inline void zipping_list(zipping *z, const zipping_entry *entry)
{
    unsigned char *p = z->directory + z->directory_len;
    size_t name = strlen(entry->name);
    size_t extra = entry->zip64 ? 28 : 0;
    assert_in_range(z->directory_len + 46 + name + extra, 0, sizeof z->directory);
    memset(p, 0, 46);
    zipping_put(p, 0x02014B50, 4);
    zipping_put(p + 8, entry->flags, 2);
    zipping_put(p + 10, entry->method, 2);
    zipping_put(p + 16, entry->crc, 4);
    zipping_put(p + 20, entry->zip64 ? 0xFFFFFFFF : entry->packed, 4);
    zipping_put(p + 24, entry->zip64 ? 0xFFFFFFFF : entry->size, 4);
    zipping_put(p + 28, name, 2);
    zipping_put(p + 30, extra, 2);
    zipping_put(p + 42, entry->zip64 ? 0xFFFFFFFF : entry->offset, 4);
    memcpy(p + 46, entry->name, name);
    p += 46 + name;
    if (entry->zip64) {
        zipping_put(p, 1, 2);
        zipping_put(p + 2, 24, 2);
        zipping_put(p + 4, entry->size, 8);
        zipping_put(p + 12, entry->packed, 8);
        zipping_put(p + 20, entry->offset, 8);
    }
    z->directory_len += 46 + name + extra;
    z->count++;
}

/** A whole entry, deflated or stored. Gives what it listed, so that a test may list it again with a change. */
static inline zipping_entry zipping_add(zipping *z, const char *name, const void *bytes, size_t len, bool deflated)
{
    unsigned char local[30] = {0};
    uLong bound = compressBound((uLong)len) + 64;
    unsigned char *packed = malloc(bound);
    assert_non_null(packed);
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = (z_const Bytef *)(uintptr_t)bytes;
    stream.avail_in = (uInt)len;
    stream.next_out = packed;
    stream.avail_out = (uInt)bound;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    zipping_entry entry = {.name = name,
                           .method = deflated ? 8 : 0,
                           .crc = (uint32_t)crc32(0, bytes, (uInt)len),
                           .packed = deflated ? stream.total_out : len,
                           .size = len,
                           .offset = z->len};
    deflateEnd(&stream);
    zipping_put(local, 0x04034B50, 4);
    zipping_put(local + 26, strlen(name), 2);
    zipping_raw(z, local, sizeof local);
    zipping_raw(z, name, strlen(name));
    zipping_raw(z, deflated ? packed : bytes, (size_t)entry.packed);
    free(packed);
    return entry;
}

/** As zipping_add(), and lists the entry. */
static inline void zipping_file(zipping *z, const char *name, const void *bytes, size_t len, bool deflated)
{
    zipping_entry entry = zipping_add(z, name, bytes, len, deflated);
    zipping_list(z, &entry);
}

/** The directory and the end; `zip64` writes the 64-bit end too. */
static inline void zipping_end(zipping *z, bool zip64)
{
    unsigned char end64[76] = {0};
    unsigned char end[22] = {0};
    size_t directory = z->len;
    zipping_raw(z, z->directory, z->directory_len);
    if (zip64) {
        zipping_put(end64, 0x06064B50, 4);
        zipping_put(end64 + 24, z->count, 8);
        zipping_put(end64 + 32, z->count, 8);
        zipping_put(end64 + 40, z->directory_len, 8);
        zipping_put(end64 + 48, directory, 8);
        zipping_put(end64 + 56, 0x07064B50, 4);
        zipping_put(end64 + 64, z->len, 8);
        zipping_raw(z, end64, sizeof end64);
    }
    zipping_put(end, 0x06054B50, 4);
    zipping_put(end + 8, zip64 ? 0xFFFF : z->count, 2);
    zipping_put(end + 10, zip64 ? 0xFFFF : z->count, 2);
    zipping_put(end + 12, zip64 ? 0xFFFFFFFF : z->directory_len, 4);
    zipping_put(end + 16, zip64 ? 0xFFFFFFFF : directory, 4);
    zipping_raw(z, end, sizeof end);
}

#endif
