/*
 * Snapshot files: the block of memory, written and mapped as it is. A reader trusts nothing: the hash finds damage, and
 * whatever is used as an index is checked, so that a file made to harm is refused too.
 */
#include <string.h>

#include "dataset/builder.h"
#include "dataset/snapshot_check.h"

int vt_snapshot_write(const vt_snapshot *snapshot, const char *path, vt_error *err)
{
    return vt_file_put(path, snapshot->storage->data, snapshot->storage->size, true, err);
}

static int corrupt(const char *path, const char *what, vt_error *err)
{
    return vt_fail(err, VT_ERR_CORRUPT, "%s is damaged: %s; delete it, it will be made anew", path, what);
}

/* Header, hash, version: in this order, since the header and the hash are the same in all versions. */
static int check_header(const vt_mapping *file, const char *path, vt_error *err)
{
    vt_snapshot_header header;
    unsigned char hash[VT_SNAPSHOT_HASH_BYTES];
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
    vt_layout_hash(hash, file->data, file->size);
    if (memcmp(hash, header.hash, sizeof hash) != 0) {
        return corrupt(path, "its content does not match its checksum", err);
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

int vt_snapshot_open(vt_snapshot **out, const char *path, vt_error *err)
{
    vt_mapping mapping = {NULL, 0};
    vt_snapshot *snapshot = NULL;
    int status = vt_file_map(&mapping, path, err);
    status = status != VT_OK ? status : check_header(&mapping, path, err);
    if (status == VT_OK && !table_holds(&mapping)) {
        status = corrupt(path, "its table of sections is wrong", err);
    }
    status = status != VT_OK ? status : vt_layout_adopt(&snapshot, &mapping, err);
    if (status != VT_OK) {
        goto out;
    }
    if (!vt_snapshot_counts_agree(snapshot)) {
        status = corrupt(path, "its sections do not fit together", err);
        goto out;
    }
    vt_layout_bind(snapshot);
    const char *wrong = vt_snapshot_first_wrong(snapshot);
    if (wrong != NULL) {
        status = corrupt(path, wrong, err);
        goto out;
    }
    *out = snapshot;
    snapshot = NULL;
out:
    vt_snapshot_free(snapshot);
    vt_file_unmap(&mapping);
    return status;
}
