/*
 * The directory at the end of the file is the truth; the header before an entry only says where its bytes begin. Every
 * number is checked against the size of the file before it is used.
 */
#include "import/zip.h"

#include <zlib.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"

enum {
    END_SIZE = 22,
    END64_SIZE = 56,
    LOCATOR_SIZE = 20,
    CENTRAL_SIZE = 46,
    LOCAL_SIZE = 30,
    COMMENT_MAX = 65535,
    RATIO_MAX = 100,     /* photos are packed already */
    RATIO_FROM = 1 << 20 /* small entries may be anything */
};

struct vt_zip {
    char *name;
    vt_mapping mapping; /* empty for memory */
    const unsigned char *data;
    size_t size;
    const unsigned char *directory;
    size_t directory_size;
    vt_zip_entry *entries;
    size_t n;
};

static unsigned u16(const unsigned char *p)
{
    return (unsigned)p[0] | (unsigned)p[1] << 8;
}

static uint32_t u32(const unsigned char *p)
{
    return (uint32_t)u16(p) | (uint32_t)u16(p + 2) << 16;
}

static uint64_t u64(const unsigned char *p)
{
    return (uint64_t)u32(p) | (uint64_t)u32(p + 4) << 32;
}

static int corrupt(const vt_zip *zip, const char *what, vt_error *err)
{
    return vt_fail(err, VT_ERR_CORRUPT, "%s is damaged (%s); copy or download it again", zip->name, what);
}

/* The end record: the last one whose comment ends with the file. */
static const unsigned char *find_end(const vt_zip *zip)
{
    size_t most = (size_t)END_SIZE + COMMENT_MAX;
    for (size_t back = END_SIZE; back <= zip->size && back <= most; back++) {
        const unsigned char *p = zip->data + zip->size - back;
        if (u32(p) == 0x06054B50U && u16(p + 20) == back - END_SIZE) {
            return p;
        }
    }
    return NULL;
}

/* Where the directory lies and how many entries it has. */
static int find_directory(vt_zip *zip, uint64_t *count, vt_error *err)
{
    const unsigned char *end = find_end(zip);
    if (end == NULL) {
        bool begins = zip->size >= 4 && u32(zip->data) == 0x04034B50U;
        return begins ? corrupt(zip, "its end is missing: it is cut off", err)
                      : vt_fail(err, VT_ERR_FORMAT, "%s is no ZIP file", zip->name);
    }
    uint64_t entries = u16(end + 10);
    uint64_t size = u32(end + 12);
    uint64_t offset = u32(end + 16);
    size_t at = (size_t)(end - zip->data);
    if ((entries == 0xFFFF || size == 0xFFFFFFFFU || offset == 0xFFFFFFFFU) && at >= LOCATOR_SIZE &&
        u32(end - LOCATOR_SIZE) == 0x07064B50U) {
        uint64_t end64 = u64(end - LOCATOR_SIZE + 8);
        if (zip->size < END64_SIZE || end64 > zip->size - END64_SIZE || u32(zip->data + end64) != 0x06064B50U) {
            return corrupt(zip, "its ZIP64 end is missing", err);
        }
        const unsigned char *p = zip->data + end64;
        entries = u64(p + 32);
        size = u64(p + 40);
        offset = u64(p + 48);
    }
    if (offset > zip->size || size > zip->size - offset || entries > size / CENTRAL_SIZE) {
        return corrupt(zip, "its directory lies outside it", err);
    }
    if (entries > VT_ZIP_ENTRIES_MAX) {
        return vt_fail(err, VT_ERR_LIMIT, "%s has %llu entries; at most %zu are read", zip->name,
                       (unsigned long long)entries, VT_ZIP_ENTRIES_MAX);
    }
    zip->directory = zip->data + offset;
    zip->directory_size = (size_t)size;
    *count = entries;
    return VT_OK;
}

/* The 64-bit numbers of an entry stand in its extra field, in the order of those that are full. */
static void read_extra(vt_zip_entry *entry, const unsigned char *p, size_t len)
{
    while (len >= 4) {
        size_t size = u16(p + 2);
        if (size > len - 4) {
            return;
        }
        if (u16(p) == 1) {
            const unsigned char *value = p + 4;
            uint64_t *fields[] = {&entry->size, &entry->packed, &entry->offset};
            for (size_t i = 0; i < 3; i++) {
                if (*fields[i] == 0xFFFFFFFFU && size >= 8) {
                    *fields[i] = u64(value);
                    value += 8;
                    size -= 8;
                }
            }
            return;
        }
        p += 4 + size;
        len -= 4 + size;
    }
}

static int read_directory(vt_zip *zip, uint64_t count, vt_error *err)
{
    const unsigned char *p = zip->directory;
    size_t left = zip->directory_size;
    uint64_t total = 0;
    zip->entries = vt_alloc((size_t)count, sizeof *zip->entries, err);
    if (zip->entries == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (zip->n = 0; zip->n < count; zip->n++) {
        if (left < CENTRAL_SIZE || u32(p) != 0x02014B50U) {
            return corrupt(zip, "its directory ends too early", err);
        }
        size_t name = u16(p + 28);
        size_t extra = u16(p + 30);
        size_t whole = CENTRAL_SIZE + name + extra + u16(p + 32);
        if (whole > left) {
            return corrupt(zip, "its directory ends too early", err);
        }
        vt_zip_entry *entry = &zip->entries[zip->n];
        *entry = (vt_zip_entry){.name = {(const char *)p + CENTRAL_SIZE, name},
                                .flags = (uint16_t)u16(p + 8),
                                .method = (uint16_t)u16(p + 10),
                                .crc = u32(p + 16),
                                .packed = u32(p + 20),
                                .size = u32(p + 24),
                                .offset = u32(p + 42)};
        read_extra(entry, p + CENTRAL_SIZE + name, extra);
        /* Entries that share their bytes are how small files unpack to petabytes. */
        if (entry->packed > zip->size || (total += entry->packed) > zip->size) {
            return corrupt(zip, "its entries overlap", err);
        }
        p += whole;
        left -= whole;
    }
    return VT_OK;
}

static int create(vt_zip **out, vt_mapping mapping, const void *bytes, size_t len, const char *name, vt_error *err)
{
    uint64_t count = 0;
    vt_zip *zip = vt_alloc_zero(1, sizeof *zip, err);
    if (zip == NULL) {
        vt_file_unmap(&mapping);
        return VT_ERR_NO_MEMORY;
    }
    zip->mapping = mapping;
    zip->data = bytes;
    zip->size = len;
    zip->name = vt_strndup(name, strlen(name), err);
    int status = zip->name == NULL ? VT_ERR_NO_MEMORY : find_directory(zip, &count, err);
    if (status == VT_OK) {
        status = read_directory(zip, count, err);
    }
    if (status != VT_OK) {
        vt_zip_close(zip);
        return status;
    }
    *out = zip;
    return VT_OK;
}

int vt_zip_open(vt_zip **out, const char *path, vt_error *err)
{
    vt_mapping mapping = {NULL, 0};
    int status = vt_file_map(&mapping, path, err);
    return status == VT_OK ? create(out, mapping, mapping.data, mapping.size, path, err) : status;
}

int vt_zip_memory(vt_zip **out, const void *bytes, size_t len, const char *name, vt_error *err)
{
    return create(out, (vt_mapping){NULL, 0}, bytes, len, name, err);
}

void vt_zip_close(vt_zip *zip)
{
    if (zip != NULL) {
        vt_file_unmap(&zip->mapping);
        vt_free(zip->entries);
        vt_free(zip->name);
        vt_free(zip);
    }
}

size_t vt_zip_count(const vt_zip *zip)
{
    return zip->n;
}

const vt_zip_entry *vt_zip_at(const vt_zip *zip, size_t index)
{
    return &zip->entries[index];
}

void vt_zip_digest(const vt_zip *zip, char out[33])
{
    unsigned char bytes[16];
    vt_digest digest;
    vt_digest_init(&digest, sizeof bytes);
    vt_digest_add(&digest, zip->directory, zip->directory_size);
    vt_digest_done(&digest, bytes, sizeof bytes);
    vt_hex(out, bytes, sizeof bytes);
}

/* Where the bytes of an entry begin. */
static int find_bytes(const vt_zip *zip, const vt_zip_entry *entry, const unsigned char **bytes, vt_error *err)
{
    if (zip->size < LOCAL_SIZE || entry->offset > zip->size - LOCAL_SIZE ||
        u32(zip->data + entry->offset) != 0x04034B50U) {
        return corrupt(zip, "an entry is not where the directory says", err);
    }
    const unsigned char *local = zip->data + entry->offset;
    uint64_t begin = entry->offset + LOCAL_SIZE + u16(local + 26) + u16(local + 28);
    if (begin > zip->size || entry->packed > zip->size - begin) {
        return corrupt(zip, "an entry ends behind the end of the file", err);
    }
    *bytes = zip->data + begin;
    return VT_OK;
}

static voidpf zip_alloc(voidpf context, uInt items, uInt size)
{
    (void)context;
    return vt_alloc(items, size, NULL);
}

static void zip_free(voidpf context, voidpf memory)
{
    (void)context;
    vt_free(memory);
}

static int inflate_entry(const vt_zip *zip, const vt_zip_entry *entry, const unsigned char *bytes, vt_buf *out,
                         vt_error *err)
{
    z_stream z = {.zalloc = zip_alloc, .zfree = zip_free};
    if (inflateInit2(&z, -MAX_WBITS) != Z_OK) {
        return vt_fail(err, VT_ERR_NO_MEMORY, "not enough memory to unpack %s", zip->name);
    }
    z.next_in = (z_const Bytef *)(uintptr_t)bytes;
    z.avail_in = (uInt)entry->packed; /* both under the caps that were checked */
    z.next_out = (Bytef *)out->data;
    z.avail_out = (uInt)entry->size;
    int result = inflate(&z, Z_FINISH);
    uint64_t written = z.total_out;
    inflateEnd(&z);
    return result == Z_STREAM_END && written == entry->size ? VT_OK : corrupt(zip, "an entry does not unpack", err);
}

int vt_zip_unpack(const vt_zip *zip, const vt_zip_entry *entry, vt_buf *out, vt_error *err)
{
    const unsigned char *bytes = NULL;
    if ((entry->flags & 1U) != 0 || (entry->method != 0 && entry->method != 8)) {
        return vt_fail(err, VT_ERR_UNSUPPORTED, "%s is %s; pack it again as a plain ZIP", zip->name,
                       (entry->flags & 1U) != 0 ? "encrypted" : "packed by a method that is not read");
    }
    if (entry->size > out->cap || entry->size > UINT32_MAX || entry->packed > UINT32_MAX ||
        (entry->size > RATIO_FROM && entry->size / RATIO_MAX > entry->packed)) {
        return vt_fail(err, VT_ERR_LIMIT, "it unpacks to %llu bytes from %llu; photos of at most %zu bytes are read",
                       (unsigned long long)entry->size, (unsigned long long)entry->packed, out->cap);
    }
    int status = find_bytes(zip, entry, &bytes, err);
    vt_buf_clear(out);
    if (status == VT_OK) {
        status = vt_buf_reserve(out, (size_t)entry->size, err);
    }
    if (status == VT_OK && entry->method == 0) {
        if (entry->packed != entry->size) {
            return corrupt(zip, "a stored entry has two sizes", err);
        }
        memcpy(out->data, bytes, (size_t)entry->size);
    } else if (status == VT_OK) {
        status = inflate_entry(zip, entry, bytes, out, err);
    }
    if (status != VT_OK) {
        return status;
    }
    if (crc32(0, (const Bytef *)out->data, (uInt)entry->size) != entry->crc) {
        return corrupt(zip, "an entry has a wrong checksum", err);
    }
    out->len = (size_t)entry->size;
    return VT_OK;
}

bool vt_zip_name_safe(vt_str name)
{
    if (name.len == 0 || name.len > 1000) {
        return false;
    }
    size_t begin = 0;
    for (size_t i = 0; i <= name.len; i++) {
        unsigned char c = i == name.len ? '/' : (unsigned char)name.ptr[i];
        if (c == '/') {
            vt_str part = {name.ptr + begin, i - begin};
            if (part.len == 0 || part.len > 255 || vt_str_equal(part, vt_str_of(".")) ||
                vt_str_equal(part, vt_str_of(".."))) {
                return false;
            }
            begin = i + 1;
        } else if (c < 0x20 || c == 0x7F || c == '\\' || c == ':') {
            return false;
        }
    }
    return true;
}
