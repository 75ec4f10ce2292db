/*
 * Reading a backup, and making a shop of it. The manifest says what must be there; a file that it does not know, or
 * that a shop does not hold, is refused by its name before anything is written. The store gets its name last.
 */
#include "vitrine/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/limits.h"
#include "store/backup_file.h"
#include "store/lock.h"
#include "store/migrations.h"
#include "store/shop_folder.h"

typedef struct reading {
    const char *file;
    const char *folder; /* NULL: only compared */
    zip_t *archive;
    vt_json_reader *json;
    yyjson_val *files; /* of the manifest */
    char *chunk;       /* VT_BACKUP_CHUNK bytes */
    const vt_progress *progress;
    vt_backup_report report;
    int64_t done; /* bytes */
    vt_error *err;
} reading;

static int damaged(const reading *r, const char *what, const char *name)
{
    return vt_fail(r->err, VT_ERR_CORRUPT, "%s is damaged: %s%s%s; take another backup", r->file, what,
                   name == NULL ? "" : " ", name == NULL ? "" : name);
}

static int open_archive(reading *r)
{
    int code = 0;
    if (!vt_file_exists(r->file)) {
        return vt_fail(r->err, VT_ERR_NOT_FOUND, "there is no file %s", r->file);
    }
    r->archive = zip_open(r->file, ZIP_RDONLY, &code);
    if (r->archive == NULL) {
        return code == ZIP_ER_MEMORY ? vt_fail(r->err, VT_ERR_NO_MEMORY, "not enough memory to read %s", r->file)
                                     : damaged(r, "it is cut short or no archive", NULL);
    }
    return VT_OK;
}

/* ---- the manifest ------------------------------------------------------------------------------------------------ */

static int read_text(reading *r, vt_buf *out)
{
    zip_stat_t stat;
    zip_stat_init(&stat);
    if (zip_stat(r->archive, VT_BACKUP_MANIFEST, 0, &stat) != 0 || (stat.valid & ZIP_STAT_SIZE) == 0 ||
        stat.size > VT_REPLY_BYTES_MAX) {
        return damaged(r, "it has no manifest, so it is no backup of a shop", NULL);
    }
    int status = vt_buf_reserve(out, (size_t)stat.size, r->err);
    zip_file_t *file = status == VT_OK ? zip_fopen_index(r->archive, stat.index, 0) : NULL;
    if (status == VT_OK && (file == NULL || zip_fread(file, out->data, stat.size) != (zip_int64_t)stat.size)) {
        status = damaged(r, "its manifest cannot be read", NULL);
    }
    out->len = status == VT_OK ? (size_t)stat.size : 0;
    if (file != NULL) {
        zip_fclose(file);
    }
    return status;
}

static void copy_text(char *out, size_t size, yyjson_val *object, const char *key)
{
    vt_str text = vt_json_str(object, key);
    snprintf(out, size, "%.*s", VT_STR_ARGS(text));
}

static int read_manifest(reading *r)
{
    vt_buf text;
    yyjson_val *root = NULL;
    vt_error why = VT_ERROR_INIT;
    vt_buf_init(&text, VT_REPLY_BYTES_MAX);
    int status = read_text(r, &text);
    if (status == VT_OK && vt_json_read(r->json, (vt_str){text.data, text.len}, &root, &why) != VT_OK) {
        status = why.code == VT_ERR_NO_MEMORY ? vt_fail(r->err, why.code, "%s", why.message)
                                              : damaged(r, "its manifest is no JSON", NULL);
    }
    vt_buf_done(&text); /* the reader keeps what it needs */
    if (status != VT_OK) {
        return status;
    }
    int64_t format = yyjson_get_sint(yyjson_obj_get(root, "backup"));
    r->report.schema = yyjson_get_sint(yyjson_obj_get(root, "schema"));
    r->report.revision = yyjson_get_sint(yyjson_obj_get(root, "revision"));
    r->report.made_at = yyjson_get_sint(yyjson_obj_get(root, "made_at"));
    copy_text(r->report.shop, sizeof r->report.shop, root, "shop");
    copy_text(r->report.version, sizeof r->report.version, root, "vitrine");
    r->files = yyjson_obj_get(root, "files");
    if (format > VT_BACKUP_FORMAT || r->report.schema > VT_SCHEMA) {
        return vt_fail(r->err, VT_ERR_VERSION, "%s was made by Vitrine %s, which is newer; install that version",
                       r->file, r->report.version);
    }
    if (format != VT_BACKUP_FORMAT || !yyjson_is_arr(r->files)) {
        return damaged(r, "its manifest is no manifest of a backup", NULL);
    }
    return VT_OK;
}

/* Names and sizes before anything is written. */
static int check_manifest(reading *r)
{
    size_t at = 0, max = 0;
    yyjson_val *file = NULL;
    bool store = false;
    yyjson_arr_foreach(r->files, at, max, file)
    {
        vt_str name = vt_json_str(file, "name");
        bool ours = name.ptr != NULL && strlen(name.ptr) == name.len &&
                    (strcmp(name.ptr, VT_BACKUP_STORE) == 0 || vt_shop_folder_holds(name.ptr));
        int64_t bytes = yyjson_get_sint(yyjson_obj_get(file, "bytes"));
        if (!ours || bytes < 0) {
            return damaged(r, "a shop holds no file", name.ptr == NULL ? "without a name" : name.ptr);
        }
        store = store || strcmp(name.ptr, VT_BACKUP_STORE) == 0;
        r->report.files++;
        r->report.bytes += bytes;
    }
    if (!store) {
        return damaged(r, "it has no store", NULL);
    }
    if (zip_get_num_entries(r->archive, 0) != r->report.files + 1) {
        return damaged(r, "its manifest names other files than it holds", NULL);
    }
    return VT_OK;
}

/* ---- entries ----------------------------------------------------------------------------------------------------- */

static int write_all(int fd, const char *bytes, size_t len, const char *path, vt_error *err)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno != EINTR) {
            return vt_fail_errno(err, errno, "cannot write %s", path);
        }
        bytes += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
    return VT_OK;
}

/* The bytes of an entry, to `fd` where it is no -1. */
static int read_entry(reading *r, zip_file_t *entry, const char *name, int64_t size, const char *expected, int fd)
{
    unsigned char hash[VT_BACKUP_HASH_BYTES];
    char hex[2 * VT_BACKUP_HASH_BYTES + 1];
    vt_digest digest;
    int64_t read = 0;
    zip_int64_t n = 0;
    int status = VT_OK;
    vt_digest_init(&digest, sizeof hash);
    while (status == VT_OK && read <= size && (n = zip_fread(entry, r->chunk, VT_BACKUP_CHUNK)) > 0) {
        const vt_progress_state state = {.stage = r->folder == NULL ? "reading the backup" : "restoring the shop",
                                         .unit = "bytes",
                                         .done = (double)(r->done += n),
                                         .total = (double)r->report.bytes};
        read += n;
        vt_digest_add(&digest, r->chunk, (size_t)n);
        status = fd < 0 ? VT_OK : write_all(fd, r->chunk, (size_t)n, name, r->err);
        status = status != VT_OK ? status : vt_progress_report(r->progress, &state, r->err);
    }
    vt_digest_done(&digest, hash, sizeof hash);
    vt_hex(hex, hash, sizeof hash);
    if (status == VT_OK && (n < 0 || read != size || expected == NULL || strcmp(hex, expected) != 0)) {
        status = damaged(r, "the manifest and the archive differ in", name);
    }
    return status;
}

static int take_entry(reading *r, yyjson_val *file)
{
    char path[PATH_MAX];
    const char *name = yyjson_get_str(yyjson_obj_get(file, "name"));
    int64_t size = yyjson_get_sint(yyjson_obj_get(file, "bytes"));
    const char *expected = yyjson_get_str(yyjson_obj_get(file, "blake2b"));
    bool store = strcmp(name, VT_BACKUP_STORE) == 0;
    zip_file_t *entry = zip_fopen(r->archive, name, 0);
    if (entry == NULL) {
        return damaged(r, "it has no", name);
    }
    int fd = -1, status = VT_OK;
    if (r->folder != NULL) {
        status = vt_path_join(path, sizeof path, r->folder, store ? VT_BACKUP_STORE ".new" : name, r->err);
        const char *slash = status == VT_OK && !store ? strchr(name, '/') : NULL;
        if (slash != NULL) { /* images/ is not made with a shop */
            char folder[PATH_MAX];
            snprintf(folder, sizeof folder, "%s/%.*s", r->folder, (int)(slash - name), name);
            status = vt_dir_create(folder, r->err);
        }
        if (status == VT_OK && (fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) < 0) {
            status = vt_fail_errno(r->err, errno, "cannot write %s", path);
        }
    }
    status = status != VT_OK ? status : read_entry(r, entry, name, size, expected, fd);
    if (fd >= 0 && close(fd) != 0 && status == VT_OK) {
        status = vt_fail_errno(r->err, errno, "cannot write %s", path);
    }
    zip_fclose(entry);
    return status;
}

int vt_backup_read(const char *file, const char *folder, const vt_progress *progress, vt_backup_report *report,
                   vt_error *err)
{
    reading r = {.file = file, .folder = folder, .progress = progress, .err = err};
    r.chunk = vt_alloc(VT_BACKUP_CHUNK, 1, err);
    int status = r.chunk == NULL ? VT_ERR_NO_MEMORY : vt_json_reader_create(&r.json, err);
    status = status != VT_OK ? status : open_archive(&r);
    status = status != VT_OK ? status : read_manifest(&r);
    status = status != VT_OK ? status : check_manifest(&r);
    size_t at = 0, max = 0;
    yyjson_val *entry = NULL;
    yyjson_arr_foreach(r.files, at, max, entry)
    {
        if (status != VT_OK) {
            break;
        }
        status = take_entry(&r, entry);
    }
    if (r.archive != NULL) {
        zip_discard(r.archive);
    }
    vt_json_reader_free(r.json);
    vt_free(r.chunk);
    if (status == VT_OK && report != NULL) {
        *report = r.report;
    }
    return status;
}

/* ---- the shop ---------------------------------------------------------------------------------------------------- */

int vt_shop_restore(const char *path, const char *file, const vt_progress *progress, vt_backup_report *report,
                    vt_error *err)
{
    char store[PATH_MAX], fresh[PATH_MAX];
    int lock = -1;
    if (vt_shop_exists(path)) {
        return vt_fail(err, VT_ERR_EXISTS, "there is a shop in %s; name a new folder with --shop", path);
    }
    if (!vt_file_exists(file)) {
        return vt_fail(err, VT_ERR_NOT_FOUND, "there is no file %s", file);
    }
    int status = vt_path_join(store, sizeof store, path, VT_BACKUP_STORE, err);
    status = status != VT_OK ? status : vt_path_join(fresh, sizeof fresh, path, VT_BACKUP_STORE ".new", err);
    status = status != VT_OK ? status : vt_shop_folder_make(path, err);
    if (status != VT_OK) {
        return status;
    }
    status = vt_lock_take(&lock, store, err);
    if (status != VT_OK) {
        return status;
    }
    status = vt_backup_read(file, path, progress, report, err);
    status = status != VT_OK ? status : vt_dir_sync(path, err);
    if (status == VT_OK && rename(fresh, store) != 0) {
        status = vt_fail_errno(err, errno, "cannot make %s", store);
    }
    status = status != VT_OK ? status : vt_dir_sync(path, err);
    if (status != VT_OK && !vt_shop_exists(path)) {
        vt_shop_folder_remove(path);
    }
    vt_lock_release(lock);
    return status;
}
