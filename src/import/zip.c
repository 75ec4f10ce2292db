/*
 * libzip reads; here stand the limits that it does not know: how large a directory may be, what a photo may unpack to,
 * which methods are read. Of a file only the directory is mapped in; its entries are read one by one, so memory grows
 * with their number and not with their bytes.
 *
 * Deflated entries are taken from libzip as they are packed and inflated here, in one call from memory to memory:
 * libzip hands 8 KiB at a time to zlib, which then copies its window each time, and sets a new zlib up for each entry.
 */
#include "import/zip.h"

#include <zip.h>
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
    COMMENT_MAX = 65535,
    RATIO_MAX = 100,     /* photos are packed already */
    RATIO_FROM = 1 << 20 /* small entries may be anything */
};

/* For all entries in turn. */
typedef struct inflating {
    z_stream zlib;
    bool live;
    vt_buf packed;
} inflating;

struct vt_zip {
    char *name;
    vt_mapping mapping; /* empty for memory */
    const unsigned char *data;
    size_t size;
    const unsigned char *directory;
    size_t directory_size;
    zip_t *archive;
    inflating *inflating;
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

/* What libzip says, with its words where the file is at fault. */
static int failed(const vt_zip *zip, zip_error_t *error, vt_error *err)
{
    if (zip_error_code_zip(error) == ZIP_ER_MEMORY) {
        return vt_fail(err, VT_ERR_NO_MEMORY, "not enough memory to read %s", zip->name);
    }
    bool sum = zip_error_code_zip(error) == ZIP_ER_CRC;
    return corrupt(zip, sum ? "an entry has a wrong checksum" : zip_error_strerror(error), err);
}

static int check_count(const vt_zip *zip, uint64_t entries, vt_error *err)
{
    return entries <= VT_ZIP_ENTRIES_MAX ? VT_OK
                                         : vt_fail(err, VT_ERR_LIMIT, "%s has %llu entries; at most %zu are read",
                                                   zip->name, (unsigned long long)entries, VT_ZIP_ENTRIES_MAX);
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

/* Where the directory lies: before libzip takes memory for it its size is checked, and its bytes give the digest. */
static int find_directory(vt_zip *zip, vt_error *err)
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
    if (size > VT_ZIP_DIRECTORY_BYTES_MAX) {
        return vt_fail(err, VT_ERR_LIMIT, "%s has a directory of %llu bytes; at most %zu are read", zip->name,
                       (unsigned long long)size, VT_ZIP_DIRECTORY_BYTES_MAX);
    }
    zip->directory = zip->data + offset;
    zip->directory_size = (size_t)size;
    zip->n = (size_t)entries;
    return check_count(zip, entries, err);
}

static int open_archive(vt_zip *zip, vt_error *err)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip->mapping.size > 0 ? zip_source_file_create(zip->name, 0, -1, &error)
                                                 : zip_source_buffer_create(zip->data, zip->size, 0, &error);
    zip->archive = source == NULL ? NULL : zip_open_from_source(source, ZIP_RDONLY, &error);
    int status = zip->archive == NULL ? failed(zip, &error, err) : VT_OK;
    if (zip->archive == NULL) {
        zip_source_free(source);
    }
    zip_error_fini(&error);
    if (status == VT_OK) { /* the end counts to 65,535 and starts again, unless it is ZIP64 */
        uint64_t entries = (uint64_t)zip_get_num_entries(zip->archive, 0);
        if (entries % 65536 != zip->n % 65536 || entries < zip->n) {
            return corrupt(zip, "its end and its directory differ in the number of entries", err);
        }
        status = check_count(zip, entries, err);
        zip->n = (size_t)entries;
    }
    return status;
}

/* Entries that share their bytes are how small files unpack to petabytes. */
static int check_overlap(const vt_zip *zip, vt_error *err)
{
    uint64_t total = 0;
    for (size_t i = 0; i < zip->n; i++) {
        uint64_t packed = vt_zip_at(zip, i).packed;
        if (packed > zip->size || (total += packed) > zip->size) {
            return corrupt(zip, "its entries overlap", err);
        }
    }
    return VT_OK;
}

static voidpf zlib_alloc(voidpf context, uInt count, uInt size)
{
    (void)context;
    return vt_alloc(count, size, NULL);
}

static void zlib_free(voidpf context, voidpf memory)
{
    (void)context;
    vt_free(memory);
}

static int make_inflating(inflating **out, vt_error *err)
{
    inflating *made = vt_alloc_zero(1, sizeof *made, err);
    if (made == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_buf_init(&made->packed, VT_PHOTO_BYTES_MAX * 2);
    made->zlib.zalloc = zlib_alloc;
    made->zlib.zfree = zlib_free;
    made->live = inflateInit2(&made->zlib, -15) == Z_OK; /* the largest window, no frame */
    *out = made;
    return made->live ? VT_OK : vt_fail(err, VT_ERR_NO_MEMORY, "not enough memory to unpack; close other programs");
}

static void free_inflating(inflating *made)
{
    if (made != NULL) {
        if (made->live) {
            inflateEnd(&made->zlib);
        }
        vt_buf_done(&made->packed);
        vt_free(made);
    }
}

static int create(vt_zip **out, vt_mapping mapping, const void *bytes, size_t len, const char *name, vt_error *err)
{
    vt_zip *zip = vt_alloc_zero(1, sizeof *zip, err);
    if (zip == NULL) {
        vt_file_unmap(&mapping);
        return VT_ERR_NO_MEMORY;
    }
    zip->mapping = mapping;
    zip->data = bytes;
    zip->size = len;
    zip->name = vt_strndup(name, strlen(name), err);
    int status = zip->name == NULL ? VT_ERR_NO_MEMORY : find_directory(zip, err);
    if (status == VT_OK) {
        status = open_archive(zip, err);
    }
    if (status == VT_OK) {
        status = check_overlap(zip, err);
    }
    if (status == VT_OK) {
        status = make_inflating(&zip->inflating, err);
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
    vt_mapping mapping = {NULL, 0, -1};
    int status = vt_file_map(&mapping, path, err);
    return status == VT_OK ? create(out, mapping, mapping.data, mapping.size, path, err) : status;
}

int vt_zip_memory(vt_zip **out, const void *bytes, size_t len, const char *name, vt_error *err)
{
    return create(out, (vt_mapping){NULL, 0, -1}, bytes, len, name, err);
}

void vt_zip_close(vt_zip *zip)
{
    if (zip != NULL) {
        if (zip->archive != NULL) {
            zip_discard(zip->archive);
        }
        free_inflating(zip->inflating);
        vt_file_unmap(&zip->mapping);
        vt_free(zip->name);
        vt_free(zip);
    }
}

size_t vt_zip_count(const vt_zip *zip)
{
    return zip->n;
}

vt_zip_entry vt_zip_at(const vt_zip *zip, size_t index)
{
    zip_stat_t stat;
    zip_stat_init(&stat);
    zip_stat_index(zip->archive, index, ZIP_FL_ENC_RAW, &stat); /* of a directory that was read it cannot fail */
    return (vt_zip_entry){.name = vt_str_of(stat.name),
                          .index = index,
                          .packed = stat.comp_size,
                          .size = stat.size,
                          .crc = stat.crc,
                          .encrypted = stat.encryption_method != ZIP_EM_NONE,
                          .deflated = stat.comp_method == ZIP_CM_DEFLATE,
                          .read = stat.comp_method == ZIP_CM_STORE || stat.comp_method == ZIP_CM_DEFLATE};
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

/* All bytes of an entry, and the look behind them that makes libzip compare size and checksum. */
static int read_entry(const vt_zip *zip, const vt_zip_entry *entry, vt_buf *out, vt_error *err)
{
    char behind = 0;
    zip_file_t *file = zip_fopen_index(zip->archive, entry->index, 0);
    if (file == NULL) {
        return failed(zip, zip_get_error(zip->archive), err);
    }
    int status = VT_OK;
    zip_int64_t got = zip_fread(file, out->data, entry->size);
    if (got >= 0 && (uint64_t)got == entry->size) {
        got = zip_fread(file, &behind, 1);
        status = got > 0 ? corrupt(zip, "an entry is larger than the directory says", err) : VT_OK;
    } else if (got >= 0) {
        status = corrupt(zip, "an entry is smaller than the directory says", err);
    }
    if (got < 0) {
        status = failed(zip, zip_file_get_error(file), err);
    } else if (status == VT_OK && entry->size == 0 && entry->crc != 0) { /* libzip sums nothing up there */
        status = corrupt(zip, "an entry has a wrong checksum", err);
    }
    zip_fclose(file);
    return status;
}

/* The bytes of an entry as they are packed, which libzip checks nothing of. */
static int read_packed(const vt_zip *zip, const vt_zip_entry *entry, vt_error *err)
{
    vt_buf *packed = &zip->inflating->packed;
    vt_buf_clear(packed);
    int status = vt_buf_reserve(packed, (size_t)entry->packed, err);
    if (status != VT_OK) {
        return status;
    }
    zip_file_t *file = zip_fopen_index(zip->archive, entry->index, ZIP_FL_COMPRESSED);
    if (file == NULL) {
        return failed(zip, zip_get_error(zip->archive), err);
    }
    zip_int64_t got = zip_fread(file, packed->data, entry->packed);
    if (got < 0) {
        status = failed(zip, zip_file_get_error(file), err);
    } else if ((uint64_t)got != entry->packed) {
        status = corrupt(zip, "an entry ends behind the end of the file", err);
    }
    zip_fclose(file);
    return status;
}

static int inflate_entry(const vt_zip *zip, const vt_zip_entry *entry, vt_buf *out, vt_error *err)
{
    z_stream *zlib = &zip->inflating->zlib;
    int status = read_packed(zip, entry, err);
    if (status != VT_OK) {
        return status;
    }
    inflateReset(zlib);
    zlib->next_in = (Bytef *)zip->inflating->packed.data;
    zlib->avail_in = (uInt)entry->packed;
    zlib->next_out = (Bytef *)out->data;
    zlib->avail_out = (uInt)entry->size;
    int code = inflate(zlib, Z_FINISH);
    if (code == Z_MEM_ERROR) {
        return vt_fail(err, VT_ERR_NO_MEMORY, "not enough memory to read %s", zip->name);
    }
    if (code == Z_BUF_ERROR || code == Z_OK) {
        bool full = zlib->avail_out == 0 && zlib->avail_in > 0;
        return corrupt(zip, full ? "an entry is larger than the directory says" : "an entry is cut off", err);
    }
    if (code != Z_STREAM_END) {
        return corrupt(zip, "an entry cannot be unpacked", err);
    }
    if (zlib->avail_out > 0) {
        return corrupt(zip, "an entry is smaller than the directory says", err);
    }
    bool same = crc32(crc32(0, NULL, 0), (const Bytef *)out->data, (uInt)entry->size) == entry->crc;
    return same ? VT_OK : corrupt(zip, "an entry has a wrong checksum", err);
}

int vt_zip_unpack(const vt_zip *zip, const vt_zip_entry *entry, vt_buf *out, vt_error *err)
{
    if (entry->encrypted || !entry->read) {
        return vt_fail(err, VT_ERR_UNSUPPORTED, "%s is %s; pack it again as a plain ZIP", zip->name,
                       entry->encrypted ? "encrypted" : "packed by a method that is not read");
    }
    if (entry->size > out->cap || (entry->size > RATIO_FROM && entry->size / RATIO_MAX > entry->packed)) {
        return vt_fail(err, VT_ERR_LIMIT, "it unpacks to %llu bytes from %llu; photos of at most %zu bytes are read",
                       (unsigned long long)entry->size, (unsigned long long)entry->packed, out->cap);
    }
    vt_buf_clear(out);
    int status = vt_buf_reserve(out, (size_t)entry->size, err);
    if (status == VT_OK) { /* packed to more than twice its size is damage: libzip says which */
        bool here =
            entry->deflated && entry->size > 0 && entry->size <= VT_PHOTO_BYTES_MAX && entry->packed <= 2 * entry->size;
        status = here ? inflate_entry(zip, entry, out, err) : read_entry(zip, entry, out, err);
    }
    if (status == VT_OK) {
        out->len = (size_t)entry->size;
    }
    return status;
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
