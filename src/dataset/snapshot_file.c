/*
 * Snapshot files: the block of memory, written and mapped as it is. A reader trusts nothing: the hash finds damage, and
 * whatever is used as an index is checked, so that a file made to harm is refused too. A shop that opens its own file
 * again, unchanged since it was found whole, checks the little that needs no pass over it (snapshot_stamp.h).
 */
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "dataset/builder.h"
#include "dataset/snapshot_check.h"
#include "dataset/snapshot_place.h"
#include "dataset/snapshot_stamp.h"

int vt_snapshot_write(const vt_snapshot *snapshot, const char *path, vt_error *err)
{
    return vt_file_put(path, snapshot->storage->data, snapshot->storage->size, true, err);
}

static int corrupt(const char *path, const char *what, vt_error *err)
{
    return vt_fail(err, VT_ERR_CORRUPT, "%s is damaged: %s; delete it, it will be made anew", path, what);
}

/* A file that may have been found whole before; `stamp` NULL: whatever it was, it is checked. */
typedef struct seen_file {
    const char *stamp;
    vt_file_identity identity;
    int64_t now;
    bool whole;
} seen_file;

/*
 * Header, hash, version: in this order, since the header and the hash are the same in all versions. The hash is not
 * worked out for a file that was found whole with the one that the header tells.
 */
static int check_header(seen_file *seen, const vt_mapping *file, const char *path, vt_error *err)
{
    vt_snapshot_header header;
    unsigned char hash[VT_SNAPSHOT_HASH_BYTES];
    char told[2 * VT_SNAPSHOT_HASH_BYTES + 1];
    if (file->size < sizeof header || memcmp(file->data, VT_SNAPSHOT_MAGIC, sizeof header.magic) != 0) {
        return corrupt(path, "it does not begin like a snapshot", err);
    }
    memcpy(&header, file->data, sizeof header);
    if (header.endian != VT_SNAPSHOT_ENDIAN) {
        return corrupt(path, "its byte order is not this machine's", err);
    }
    if (header.size != file->size) {
        return corrupt(path, header.size > file->size ? "it is cut off" : "it goes on behind its end", err);
    }
    vt_hex(told, header.hash, sizeof header.hash);
    seen->whole = seen->stamp != NULL && vt_snapshot_stamp_holds(seen->stamp, &seen->identity, told, seen->now);
    if (!seen->whole) {
        vt_layout_hash(hash, file->data, file->size);
        if (memcmp(hash, header.hash, sizeof hash) != 0) {
            return corrupt(path, "its content does not match its checksum", err);
        }
    }
    if (header.version > VT_SNAPSHOT_VERSION) {
        return vt_fail(err, VT_ERR_VERSION,
                       "%s has format %u, this version reads up to %u; use the newer Vitrine that wrote it", path,
                       header.version, VT_SNAPSHOT_VERSION);
    }
    if (header.version < VT_SNAPSHOT_VERSION) {
        return vt_fail(err, VT_ERR_UNSUPPORTED, "%s has the older format %u; it is made anew when it is needed", path,
                       header.version);
    }
    if (header.sections != VT_SECTIONS) {
        return corrupt(path, "its sections are not those of its version", err);
    }
    return VT_OK;
}

/* Names, types and places of the sections. */
static bool table_holds(const vt_mapping *file)
{
    size_t begin = sizeof(vt_snapshot_header) + VT_SECTIONS * sizeof(vt_snapshot_row);
    if (file->size < begin) {
        return false;
    }
    for (int i = 0; i < VT_SECTIONS; i++) {
        const vt_section_info *info = &vt_section_table[i];
        vt_snapshot_row row;
        vt_snapshot_row expected = {0};
        memcpy(&row, file->data + sizeof(vt_snapshot_header) + (size_t)i * sizeof row, sizeof row);
        memcpy(expected.name, info->name, strlen(info->name));
        memcpy(expected.type, info->type, strlen(info->type));
        if (memcmp(row.name, expected.name, sizeof row.name) != 0 ||
            memcmp(row.type, expected.type, sizeof row.type) != 0 || row.offset < begin || row.offset > file->size ||
            row.offset % VT_SNAPSHOT_ALIGN != 0 || row.count > (file->size - row.offset) / info->size) {
            return false;
        }
    }
    return true;
}

static int open_mapped(vt_snapshot **out, seen_file *seen, vt_mapping *mapping, const char *path, vt_error *err)
{
    vt_snapshot *snapshot = NULL;
    int status = check_header(seen, mapping, path, err);
    if (status == VT_OK && !table_holds(mapping)) {
        status = corrupt(path, "its table of sections is wrong", err);
    }
    status = status != VT_OK ? status : vt_layout_adopt(&snapshot, mapping, err);
    if (status != VT_OK) {
        return status;
    }
    const char *wrong = "its sections do not fit together";
    if (vt_snapshot_counts_agree(snapshot)) {
        vt_layout_bind(snapshot);
        wrong = seen->whole ? NULL : vt_snapshot_first_wrong(snapshot);
    }
    if (wrong != NULL) {
        vt_snapshot_free(snapshot);
        return corrupt(path, wrong, err);
    }
    *out = snapshot;
    return VT_OK;
}

static int open_file(vt_snapshot **out, seen_file *seen, const char *path, vt_error *err)
{
    vt_mapping mapping = {NULL, 0, -1};
    int status = vt_file_map(&mapping, path, err);
    status = status != VT_OK ? status : open_mapped(out, seen, &mapping, path, err);
    vt_file_unmap(&mapping);
    return status;
}

int vt_snapshot_open(vt_snapshot **out, const char *path, vt_error *err)
{
    seen_file seen = {.stamp = NULL};
    return open_file(out, &seen, path, err);
}

int vt_snapshot_open_again(vt_snapshot **out, const char *path, const char *stamp, vt_error *err)
{
    vt_snapshot *snapshot = NULL;
    vt_file_identity after;
    seen_file seen = {.stamp = stamp, .now = vt_now()};
    int status = vt_file_identify(&seen.identity, path, err);
    status = status != VT_OK ? status : open_file(&snapshot, &seen, path, err);
    if (status != VT_OK) {
        return status;
    }
    bool same = vt_file_identify(&after, path, NULL) == VT_OK && memcmp(&after, &seen.identity, sizeof after) == 0;
    if (seen.whole && !same) { /* another file came under the name, and it may be the one that was mapped */
        vt_snapshot_free(snapshot);
        return vt_snapshot_open(out, path, err);
    }
    if (!seen.whole && same) {
        vt_snapshot_stamp_put(stamp, &after, snapshot->hash, seen.now);
    }
    *out = snapshot;
    return VT_OK;
}
