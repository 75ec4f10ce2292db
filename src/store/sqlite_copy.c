/*
 * A copy of the store as it stands at one revision, by SQLite's own backup of pages. It reads as any reader does, so a
 * writer in this or another process goes on; the copy alone is written, by a connection that nobody else knows.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "store/sqlite.h"

enum { PAGES = 2048 }; /* a step: 8 MiB */

static int copy_pages(vt_sqlite *s, vt_sqlite *to, const vt_progress *progress, vt_error *err)
{
    sqlite3_backup *backup = sqlite3_backup_init(to->db, "main", s->db, "main");
    if (backup == NULL) {
        return vt_sqlite_fail(to, SQLITE_ERROR, "copy the store", err);
    }
    int status = VT_OK, code = SQLITE_OK;
    while (status == VT_OK && code == SQLITE_OK) {
        errno = 0;
        code = sqlite3_backup_step(backup, PAGES);
        double total = sqlite3_backup_pagecount(backup);
        const vt_progress_state state = {.stage = "copying the store",
                                         .unit = "pages",
                                         .done = total - sqlite3_backup_remaining(backup),
                                         .total = total};
        status = vt_progress_report(progress, &state, err);
    }
    int end = errno;
    int finished = sqlite3_backup_finish(backup);
    errno = end;
    return status != VT_OK || finished == SQLITE_OK ? status : vt_sqlite_fail(to, finished, "copy the store", err);
}

static int sync_file(const char *path, vt_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0) {
        int reason = errno;
        if (fd >= 0) {
            close(fd);
        }
        return vt_fail_errno(err, reason, "cannot write %s", path);
    }
    close(fd);
    return VT_OK;
}

int vt_sqlite_copy(vt_store *store, const char *path, const vt_progress *progress, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    vt_sqlite to = {.path = (char *)(uintptr_t)path};
    unlink(path); /* of a copy that did not come to its end */
    errno = 0;
    int code = sqlite3_open_v2(path, &to.db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    int status = code == SQLITE_OK ? VT_OK : vt_sqlite_fail(&to, code, "copy the store", err);
    if (status == VT_OK) { /* it counts when it is whole: synced at the end, no journal */
        status = vt_sqlite_script(&to, "PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF", "copy the store", err);
    }
    status = status != VT_OK ? status : copy_pages(s, &to, progress, err);
    sqlite3_close(to.db);
    status = status != VT_OK ? status : sync_file(path, err);
    if (status != VT_OK) {
        unlink(path);
    }
    return status;
}
