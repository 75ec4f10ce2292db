/* The schema: looking at a store before it is trusted, bringing an older one up to date, making a new one. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/log.h"
#include "store/migrations.h"
#include "store/shop_folder.h"
#include "store/sqlite.h"

enum { APPLICATION_ID = 0x56545249 }; /* "VTRI" */

static int pragma_number(vt_sqlite *s, const char *sql, int64_t *out, vt_error *err)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(s->db, sql, -1, &statement, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_step(statement);
    }
    int status = VT_OK;
    if (code == SQLITE_ROW) {
        *out = sqlite3_column_int64(statement, 0);
    } else {
        status = vt_sqlite_fail(s, code, "read the schema", err);
    }
    sqlite3_finalize(statement);
    return status;
}

/* Steps from the store's schema to ours, each in a transaction with its new number. */
static int migrate(vt_sqlite *s, int64_t from, vt_error *err)
{
    int status = VT_OK;
    for (int64_t step = from; step < VT_SCHEMA && status == VT_OK; step++) {
        char number[64];
        snprintf(number, sizeof number, "PRAGMA user_version = %d", (int)step + 1);
        status = vt_sqlite_script(s, "BEGIN IMMEDIATE", "change the schema", err);
        if (status == VT_OK) {
            status = vt_sqlite_script(s, vt_migrations[step], "change the schema", err);
        }
        if (status == VT_OK) {
            status = vt_sqlite_script(s, number, "change the schema", err);
        }
        if (status == VT_OK) {
            status = vt_sqlite_script(s, "COMMIT", "change the schema", err);
        }
        if (status != VT_OK) {
            sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
        }
    }
    return status;
}

/*
 * An older store is brought up to date beside a copy of what it was: whoever wants the older Vitrine back puts that in
 * its place, and nobody has to have thought of a backup before.
 */
static int upgrade(vt_sqlite *s, int64_t from, vt_error *err)
{
    char former[PATH_MAX], bytes[32];
    vt_file_identity copy;
    int n = snprintf(former, sizeof former, "%s" VT_STORE_FORMER "%lld", s->path, (long long)from);
    if (n < 0 || (size_t)n >= sizeof former) {
        return vt_fail(err, VT_ERR_LIMIT, "the path %s is too long", s->path);
    }
    int status = vt_sqlite_copy(&s->base, former, NULL, err);
    status = status != VT_OK ? status : vt_file_identify(&copy, former, err);
    status = status != VT_OK ? status : migrate(s, from, err);
    if (status == VT_OK) {
        vt_format_bytes(bytes, copy.size);
        vt_log(VT_LOG_WARNING,
               "%s was brought from schema %lld to %d; as it was before it stands in %s (%s): delete that when all is "
               "well",
               s->path, (long long)from, VT_SCHEMA, former, bytes);
    }
    return status;
}

/* Is it ours, how old is it, and may it be used. */
int vt_sqlite_check_schema(vt_sqlite *s, vt_shop_mode mode, vt_error *err)
{
    int64_t application = 0;
    int64_t version = 0;
    int status = pragma_number(s, "PRAGMA application_id", &application, err);
    if (status == VT_OK) {
        status = pragma_number(s, "PRAGMA user_version", &version, err);
    }
    if (status != VT_OK) {
        return status;
    }
    if (application != APPLICATION_ID) {
        return vt_fail(err, VT_ERR_CORRUPT,
                       "%s is damaged or of another program: it is no store of Vitrine's; restore it from a backup",
                       s->path);
    }
    if (version > VT_SCHEMA) {
        return vt_fail(err, VT_ERR_VERSION,
                       "%s was written by a newer Vitrine (schema %lld; this one reads up to %d); install that version",
                       s->path, (long long)version, VT_SCHEMA);
    }
    if (version == VT_SCHEMA) {
        return VT_OK;
    }
    if (mode == VT_SHOP_READ) {
        return vt_fail(err, VT_ERR_VERSION,
                       "%s has the older schema %lld; any command that writes to the shop brings it up to date, such as"
                       " \"vitrine shop set time_zone UTC\"",
                       s->path, (long long)version);
    }
    return upgrade(s, version, err);
}

static int first_settings(vt_sqlite *s, vt_error *err)
{
    unsigned char random[16];
    char id[2 * sizeof random + 1];
    if (sodium_init() < 0) {
        return vt_fail(err, VT_ERR_FAILED, "the system gives no random numbers");
    }
    randombytes_buf(random, sizeof random);
    vt_hex(id, random, sizeof random);
    const char *const rows[][2] = {{"id", id}, {"time_zone", "UTC"}, {"revision", "1"}};
    int status = VT_OK;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && status == VT_OK; i++) {
        sqlite3_stmt *statement = NULL;
        status = vt_sqlite_prepare(s, VT_SQL_META_SET, &statement, err);
        if (status == VT_OK) {
            vt_bind_str(statement, 1, vt_str_of(rows[i][0]));
            vt_bind_str(statement, 2, vt_str_of(rows[i][1]));
            status = vt_sqlite_run(s, statement, "make the store", err);
        }
    }
    return status;
}

static void sync_folder_of(const char *path)
{
    char folder[PATH_MAX] = ".";
    const char *slash = strrchr(path, '/');
    if (slash != NULL && (size_t)(slash - path) < sizeof folder) {
        memcpy(folder, path, (size_t)(slash - path));
        folder[slash - path] = '\0';
    }
    int fd = open(folder[0] == '\0' ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

/* Makes the store beside its place and moves it there when it is complete: it is there whole or not at all. */
int vt_sqlite_make(vt_sqlite *s, vt_error *err)
{
    char fresh[PATH_MAX];
    int n = snprintf(fresh, sizeof fresh, "%s.new", s->path);
    if (n < 0 || (size_t)n >= sizeof fresh) {
        return vt_fail(err, VT_ERR_LIMIT, "the path %s is too long", s->path);
    }
    unlink(fresh); /* of a making that did not come to its end */
    int code = sqlite3_open_v2(fresh, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    int status = code == SQLITE_OK ? VT_OK : vt_sqlite_fail(s, code, "make the store", err);
    if (status == VT_OK) {
        status = vt_sqlite_script(s, "PRAGMA application_id = 0x56545249", "make the store", err);
    }
    if (status == VT_OK) {
        status = vt_sqlite_prepare_functions(s, err);
    }
    if (status == VT_OK) {
        status = migrate(s, 0, err);
    }
    if (status == VT_OK) {
        status = first_settings(s, err);
    }
    if (status == VT_OK) { /* stays with the file */
        status = vt_sqlite_script(s, "PRAGMA journal_mode = WAL", "make the store", err);
    }
    vt_sqlite_disconnect(s);
    if (status == VT_OK && rename(fresh, s->path) != 0) {
        status = vt_fail_errno(err, errno, "cannot make %s", s->path);
    }
    if (status != VT_OK) {
        unlink(fresh);
        return status;
    }
    sync_folder_of(s->path);
    return VT_OK;
}
