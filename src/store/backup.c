/*
 * Writing a backup. The store is copied first, as it stands at one revision; models, vectors and images never change
 * under their names, or appear whole in the place of others, so that each file is one that stood there. What was
 * written is read back before it gets its name: a backup that nobody can restore is none.
 */
#include "vitrine/backup.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/limits.h"
#include "store/backup_file.h"
#include "store/migrations.h"
#include "store/shop_folder.h"
#include "store/store.h"
#include "vitrine/version.h"

typedef struct backup {
    const char *shop; /* folder */
    const char *file; /* as the caller names it, for messages */
    zip_t *archive;
    vt_json_writer manifest;
    vt_buf text; /* of it */
    const vt_progress *progress;
    vt_backup_report report;
    bool cancelled;
    vt_error *err;
} backup;

static int failed(const backup *b, zip_error_t *error, vt_error *err)
{
    if (zip_error_code_zip(error) == ZIP_ER_MEMORY) {
        return vt_fail(err, VT_ERR_NO_MEMORY, "not enough memory to write %s", b->file);
    }
    int system = zip_error_code_system(error);
    if (zip_error_system_type(error) == ZIP_ET_SYS && system != 0) {
        return vt_fail_errno(err, system, "cannot write %s", b->file);
    }
    return vt_fail(err, VT_ERR_IO, "cannot write %s: %s", b->file, zip_error_strerror(error));
}

static int add_source(backup *b, const char *name, zip_source_t *source, bool packed)
{
    zip_int64_t index = source == NULL ? -1 : zip_file_add(b->archive, name, source, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
        zip_source_free(source);
        return failed(b, zip_get_error(b->archive), b->err);
    }
    if (zip_set_file_compression(b->archive, (zip_uint64_t)index, packed ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 1) != 0) {
        return failed(b, zip_get_error(b->archive), b->err);
    }
    return VT_OK;
}

static int add_file(backup *b, const char *name, const char *path, bool packed)
{
    vt_mapping bytes = {NULL, 0, -1};
    unsigned char hash[VT_BACKUP_HASH_BYTES];
    char hex[2 * VT_BACKUP_HASH_BYTES + 1];
    vt_digest digest;
    const vt_progress_state state = {
        .stage = "reading the shop's files", .unit = "files", .done = (double)b->report.files};
    int status = vt_progress_report(b->progress, &state, b->err);
    status = status != VT_OK ? status : vt_file_map(&bytes, path, b->err);
    if (status != VT_OK) {
        return status;
    }
    vt_digest_init(&digest, sizeof hash);
    vt_digest_add(&digest, bytes.data, bytes.size);
    vt_digest_done(&digest, hash, sizeof hash);
    vt_hex(hex, hash, sizeof hash);
    int64_t size = (int64_t)bytes.size;
    vt_file_unmap(&bytes);
    vt_json_object(&b->manifest, NULL);
    vt_json_text(&b->manifest, "name", vt_str_of(name));
    vt_json_int(&b->manifest, "bytes", size);
    vt_json_text(&b->manifest, "blake2b", vt_str_of(hex));
    vt_json_object_end(&b->manifest);
    b->report.files++;
    b->report.bytes += size;
    return add_source(b, name, zip_source_file(b->archive, path, 0, size), packed);
}

static int on_file(void *context, const char *name)
{
    backup *b = context;
    char path[PATH_MAX];
    int status = vt_path_join(path, sizeof path, b->shop, name, b->err);
    return status == VT_OK ? add_file(b, name, path, false) : status;
}

static void on_progress(zip_t *archive, double done, void *context)
{
    backup *b = context;
    (void)archive;
    const vt_progress_state state = {.stage = "writing the backup",
                                     .unit = "bytes",
                                     .done = done * (double)b->report.bytes,
                                     .total = (double)b->report.bytes};
    b->cancelled = b->cancelled || vt_progress_report(b->progress, &state, NULL) != VT_OK;
}

static int is_cancelled(zip_t *archive, void *context)
{
    const backup *b = context;
    (void)archive;
    return b->cancelled;
}

/* The archive is written here, all of it. */
static int close_archive(backup *b)
{
    zip_register_progress_callback_with_state(b->archive, .001, on_progress, NULL, b);
    zip_register_cancel_callback_with_state(b->archive, is_cancelled, NULL, b);
    if (zip_close(b->archive) == 0) {
        b->archive = NULL;
        return VT_OK;
    }
    return b->cancelled ? vt_fail(b->err, VT_ERR_CANCELLED, "stopped while writing %s", b->file)
                        : failed(b, zip_get_error(b->archive), b->err);
}

static int finish_manifest(backup *b)
{
    vt_json_writer *w = &b->manifest;
    vt_json_array_end(w);
    vt_json_object_end(w);
    int status = vt_json_writer_done(w, b->err);
    return status != VT_OK
               ? status
               : add_source(b, VT_BACKUP_MANIFEST, zip_source_buffer(b->archive, b->text.data, b->text.len, 0), true);
}

static void begin_manifest(backup *b)
{
    vt_json_writer *w = &b->manifest;
    vt_json_writer_init(w, &b->text, true);
    vt_json_object(w, NULL);
    vt_json_int(w, "backup", VT_BACKUP_FORMAT);
    vt_json_text(w, "vitrine", vt_str_of(b->report.version));
    vt_json_int(w, "schema", b->report.schema);
    vt_json_text(w, "shop", vt_str_of(b->report.shop));
    vt_json_int(w, "revision", b->report.revision);
    vt_json_int(w, "made_at", b->report.made_at);
    vt_json_array(w, "files");
}

/* The copy of the store, and what the manifest says of it: both of one revision. */
static int copy_store(backup *b, vt_shop *shop, const char *copy)
{
    vt_store *store = vt_shop_store(shop);
    vt_store_mark mark;
    int status = vt_store_read_begin(store, b->err);
    if (status != VT_OK) {
        return status;
    }
    status = vt_store_mark_get(store, &mark, b->err);
    status = status != VT_OK ? status : vt_store_get(store, "id", b->report.shop, sizeof b->report.shop, b->err);
    status = status != VT_OK ? status : vt_store_copy(store, copy, b->progress, b->err);
    vt_store_read_end(store);
    b->report.revision = status == VT_OK ? mark.revision : 0;
    return status;
}

static int write_archive(backup *b, const char *part, const char *copy)
{
    int code = 0;
    zip_error_t error;
    b->archive = zip_open(part, ZIP_CREATE | ZIP_TRUNCATE, &code);
    if (b->archive == NULL) {
        zip_error_init_with_code(&error, code);
        int status = failed(b, &error, b->err);
        zip_error_fini(&error);
        return status;
    }
    begin_manifest(b);
    int status = add_file(b, VT_BACKUP_STORE, copy, true);
    status = status != VT_OK ? status : vt_shop_folder_each(b->shop, on_file, b, b->err);
    status = status != VT_OK ? status : finish_manifest(b);
    return status != VT_OK ? status : close_archive(b);
}

/* Reads it back, makes it durable and gives it its name. */
static int put_in_place(backup *b, const char *part)
{
    vt_error why = VT_ERROR_INIT;
    int status = vt_backup_read(part, NULL, b->progress, NULL, &why);
    if (status == VT_ERR_CORRUPT) {
        return vt_fail(b->err, VT_ERR_BUSY, "a file of the shop was replaced while it was copied; try again (%s)",
                       why.message);
    }
    if (status != VT_OK) {
        return vt_fail(b->err, why.code, "%s", why.message);
    }
    char folder[PATH_MAX];
    const char *slash = strrchr(b->file, '/');
    snprintf(folder, sizeof folder, "%.*s", slash == NULL ? 1 : (int)(slash - b->file + 1),
             slash == NULL ? "." : b->file);
    status = vt_dir_sync(folder, b->err);
    if (status == VT_OK && link(part, b->file) != 0) { /* unlike rename, never over another file */
        status = errno == EEXIST ? vt_fail(b->err, VT_ERR_EXISTS, "%s is there already; name another file", b->file)
                                 : vt_fail_errno(b->err, errno, "cannot make %s", b->file);
    }
    return status != VT_OK ? status : vt_dir_sync(folder, b->err);
}

int vt_shop_backup(vt_shop *shop, const char *file, const vt_progress *progress, vt_backup_report *report,
                   vt_error *err)
{
    char part[PATH_MAX], copy[PATH_MAX];
    backup b = {.shop = vt_shop_path(shop), .file = file, .progress = progress, .err = err};
    if (vt_file_exists(file) || vt_dir_exists(file)) {
        return vt_fail(err, VT_ERR_EXISTS, "%s is there already; name another file", file);
    }
    int n = snprintf(part, sizeof part, "%s.part", file);
    int m = snprintf(copy, sizeof copy, "%s.store", file);
    if (n < 0 || m < 0 || (size_t)n >= sizeof part || (size_t)m >= sizeof copy) {
        return vt_fail(err, VT_ERR_LIMIT, "the path %s is too long", file);
    }
    vt_buf_init(&b.text, VT_REPLY_BYTES_MAX);
    b.report.schema = VT_SCHEMA;
    b.report.made_at = vt_now();
    snprintf(b.report.version, sizeof b.report.version, "%s", vt_version());
    int status = copy_store(&b, shop, copy);
    if (status == VT_OK) {
        status = write_archive(&b, part, copy);
        if (b.archive != NULL) {
            zip_discard(b.archive);
        }
        status = status != VT_OK ? status : put_in_place(&b, part);
        unlink(part);
    }
    unlink(copy);
    vt_json_writer_abort(&b.manifest);
    vt_buf_done(&b.text);
    if (status == VT_OK && report != NULL) {
        *report = b.report;
    }
    return status;
}
