/*
 * Photos from folders, which stay where they are and are named by their absolute path, and from ZIPs, which are
 * unpacked into the shop: images/<digest of the ZIP's directory>/<name>, so the same ZIP always gives the same files
 * and two ZIPs never meet. What is no JPEG, PNG or WebP by its first bytes is refused.
 */
#include "import/images.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/map.h"
#include "import/photo_bytes.h"
#include "import/text.h"
#include "import/zip.h"

enum { DEPTH_MAX = 8 };

/* The beginning of a path, for a message: "%.*s". */
#define SHOWN_NAME(s) (int)((s).len > 200 ? 200 : (s).len), (s).ptr

typedef struct album {
    vt_source *source;
    vt_photos *photos;
    int64_t row; /* photos so far: the line of rejected ones */
    int depth;
    bool wrote;       /* files into the shop */
    const char *root; /* the folder as given, resolved */
    const char *at;   /* being listed */
    int status;
    vt_error *err;
} album;

static bool ends(vt_str name, const char *suffix)
{
    size_t len = strlen(suffix);
    return name.len > len && vt_text_same((vt_str){name.ptr + name.len - len, len}, suffix);
}

/* A file that means to be a photo; others (a README, a thumbnail index) are passed over. */
static bool named_photo(vt_str name)
{
    vt_str base = vt_known_base(name);
    bool hidden = base.len > 0 && base.ptr[0] == '.';
    return !hidden && (ends(name, ".jpg") || ends(name, ".jpeg") || ends(name, ".png") || ends(name, ".webp"));
}

static int reject_unknown(album *a, vt_str name)
{
    return vt_sink_reject(
        a->source->sink, a->err, "unknown item",
        "no item of the shop belongs to %.*s; ITEM.jpg, ITEM_2.jpg, ITEM/any.jpg or a row of --map is expected",
        SHOWN_NAME(name));
}

static int reject_no_photo(album *a, vt_str name)
{
    return vt_sink_reject(a->source->sink, a->err, "not a photo", "%.*s is no JPEG, PNG or WebP by its first bytes",
                          SHOWN_NAME(name));
}

/* ---- folders ----------------------------------------------------------------------------------------------------- */

static int put_file(album *a, const char *path)
{
    unsigned char magic[VT_PHOTO_MAGIC];
    size_t len = 0;
    vt_str name = vt_str_of(path + strlen(a->root) + 1);
    int status = vt_sink_row(a->source->sink, ++a->row, a->err);
    if (status != VT_OK) {
        return status;
    }
    if (!vt_photos_match(a->photos, name)) {
        return reject_unknown(a, name);
    }
    status = vt_file_head(magic, sizeof magic, &len, path, a->err);
    if (status == VT_ERR_FORMAT) { /* a pipe, a device, a socket */
        return vt_sink_reject(a->source->sink, a->err, "not a photo", "%.*s is not a regular file", SHOWN_NAME(name));
    }
    if (status != VT_OK) {
        return status;
    }
    return vt_photo_suffix(magic, len) != NULL ? vt_photos_add(a->photos, vt_str_of(path), a->row, a->err)
                                               : reject_no_photo(a, name);
}

static int put_entry(void *context, const char *name)
{
    album *a = context;
    const char *folder = a->at;
    char path[PATH_MAX];
    a->status = vt_path_join(path, sizeof path, folder, name, a->err);
    if (a->status != VT_OK) {
        return a->status;
    }
    if (vt_dir_exists(path)) {
        if (a->depth == DEPTH_MAX) {
            a->status = vt_fail(a->err, VT_ERR_LIMIT, "%s lies deeper than %d folders", path, DEPTH_MAX);
            return a->status;
        }
        a->depth++;
        a->at = path;
        int listed = vt_dir_list(path, put_entry, a, a->err);
        a->status = a->status == VT_OK ? listed : a->status;
        a->at = folder;
        a->depth--;
    } else if (named_photo(vt_str_of(name))) {
        a->status = put_file(a, path);
    }
    return a->status;
}

static int read_folder(album *a, const char *path, vt_error *err)
{
    char root[PATH_MAX];
    if (realpath(path, root) == NULL) {
        return vt_fail_errno(err, errno, "cannot read the folder %s", path);
    }
    int status = vt_sink_file(a->source->sink, path, NULL, err);
    if (status != VT_OK) {
        return status;
    }
    a->root = root;
    a->at = root;
    a->row = 0;
    status = vt_dir_list(root, put_entry, a, err);
    a->at = NULL;
    a->root = NULL;
    return status == VT_OK ? a->status : status;
}

/* ---- ZIPs -------------------------------------------------------------------------------------------------------- */

/* True when the file holds just these bytes; after a crash it may be there and be empty. */
static bool same_file(const char *path, const vt_buf *bytes)
{
    vt_mapping mapping = {NULL, 0, -1};
    if (vt_file_map(&mapping, path, NULL) != VT_OK) {
        return false;
    }
    bool same = mapping.size == bytes->len && (bytes->len == 0 || memcmp(mapping.data, bytes->data, bytes->len) == 0);
    vt_file_unmap(&mapping);
    return same;
}

/* Writes the photo below the shop unless it is there; `address` is its path inside the shop. */
static int write_photo(album *a, const char *address, const vt_buf *bytes)
{
    char path[PATH_MAX];
    char folder[PATH_MAX];
    vt_buf *created = &a->source->created;
    if (a->source->options->dry_run || a->source->folder == NULL) {
        return VT_OK;
    }
    int status = vt_path_join(path, sizeof path, a->source->folder, address, a->err);
    if (status != VT_OK || same_file(path, bytes)) {
        return status;
    }
    bool fresh = !vt_file_exists(path);
    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
    status = vt_dir_create(folder, a->err);
    if (status == VT_OK) {
        status = vt_buf_reserve(created, strlen(path) + 1, a->err); /* so that what is made is known */
    }
    if (status != VT_OK) {
        return status;
    }
    status = vt_file_put(path, bytes->data, bytes->len, false, a->err);
    a->wrote = true;
    if (status == VT_OK && fresh) {
        status = vt_buf_add(created, path, strlen(path) + 1, a->err);
    }
    return status;
}

static int put_zipped(album *a, const vt_zip *zip, const char *folder, const vt_zip_entry *entry, vt_buf *bytes)
{
    char address[1200];
    vt_error why = VT_ERROR_INIT;
    if (!vt_zip_name_safe(entry->name)) {
        return vt_sink_reject(a->source->sink, a->err, "unsafe name",
                              "the name %.*s leads out of its folder or cannot be a file name",
                              SHOWN_NAME(entry->name));
    }
    if (!vt_photos_match(a->photos, entry->name)) {
        return reject_unknown(a, entry->name);
    }
    int status = vt_zip_unpack(zip, entry, bytes, &why);
    if (status == VT_ERR_LIMIT || status == VT_ERR_UNSUPPORTED) {
        return vt_sink_reject(a->source->sink, a->err, "cannot be unpacked", "%.*s: %s", SHOWN_NAME(entry->name),
                              why.message);
    }
    if (status != VT_OK) {
        if (a->err != NULL) {
            *a->err = why;
        }
        return status;
    }
    if (vt_photo_suffix((const unsigned char *)bytes->data, bytes->len) == NULL) {
        return reject_no_photo(a, entry->name);
    }
    snprintf(address, sizeof address, "images/%s/%.*s", folder, VT_STR_ARGS(entry->name));
    status = write_photo(a, address, bytes);
    return status == VT_OK ? vt_photos_add(a->photos, vt_str_of(address), a->row, a->err) : status;
}

static int read_zip(album *a, const char *path, vt_error *err)
{
    vt_zip *zip = NULL;
    vt_map *names = NULL; /* two entries of one name would fight for one file */
    vt_buf bytes;
    char digest[33];
    int64_t seen = 0;
    vt_buf_init(&bytes, VT_PHOTO_BYTES_MAX);
    int status = vt_sink_file(a->source->sink, path, NULL, err);
    if (status == VT_OK) {
        status = vt_zip_open(&zip, path, err);
    }
    if (status == VT_OK) {
        status = vt_map_create(&names, vt_zip_count(zip), err);
    }
    if (status == VT_OK) {
        vt_zip_digest(zip, digest);
        digest[16] = '\0'; /* a folder's name need not be longer */
    }
    a->row = 0;
    for (size_t i = 0; status == VT_OK && i < vt_zip_count(zip); i++) {
        vt_zip_entry entry = vt_zip_at(zip, i);
        if (entry.name.len == 0 || entry.name.ptr[entry.name.len - 1] == '/' || !named_photo(entry.name)) {
            continue;
        }
        status = vt_sink_row(a->source->sink, ++a->row, err);
        if (status == VT_OK && vt_map_get(names, entry.name, &seen)) {
            status = vt_sink_reject(a->source->sink, err, "given twice",
                                    "the ZIP has two entries of one name; the first counts");
            continue;
        }
        status = status == VT_OK ? vt_map_set(names, entry.name, 1, err) : status;
        status = status == VT_OK ? put_zipped(a, zip, digest, &entry, &bytes) : status;
        vt_sink_consumed(a->source->sink, (int64_t)entry.packed);
    }
    vt_buf_done(&bytes);
    vt_map_free(names);
    vt_zip_close(zip);
    return status;
}

int vt_source_images(vt_source *source, vt_error *err)
{
    album a = {.source = source, .err = err};
    int status = vt_photos_create(&a.photos, source->known, err);
    if (status == VT_OK && source->options->map != NULL) {
        status = vt_photos_read_map(a.photos, source, source->options->map, err);
    }
    for (size_t i = 0; status == VT_OK && i < source->options->n_paths; i++) {
        const char *path = source->options->paths[i];
        status = vt_dir_exists(path) ? read_folder(&a, path, err) : read_zip(&a, path, err);
    }
    if (status == VT_OK && a.wrote) { /* before the store names them */
        status = vt_dir_sync(source->folder, err);
    }
    if (status == VT_OK) {
        status = vt_photos_put(a.photos, source, err);
    }
    vt_photos_free(a.photos);
    return status;
}
