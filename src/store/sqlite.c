/* The connection: prepared statements, values in our terms, and SQLite's errors as ours. */
#include "store/sqlite.h"

#include <errno.h>

int vt_sqlite_fail(vt_sqlite *s, int code, const char *doing, vt_error *err)
{
    int last = errno;
    /* `code` may be SQLITE_DONE where a row was expected. */
    code = s->db != NULL ? sqlite3_extended_errcode(s->db) : code;
    const char *what = s->db != NULL ? sqlite3_errmsg(s->db) : sqlite3_errstr(code);
    switch (code & 0xFF) {
    case SQLITE_FULL:
        return vt_fail(err, VT_ERR_NO_SPACE, "cannot %s in %s: the disk is full; free some space and try again", doing,
                       s->path);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return vt_fail(err, VT_ERR_BUSY, "cannot %s in %s: another process is using it; wait until it has finished",
                       doing, s->path);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        if (vt_sqlite_fixed_changed(s)) {
            return vt_fail(err, VT_ERR_BUSY,
                           "%s was written while it was read by somebody who may not write beside it; read it again",
                           s->path);
        }
        return vt_fail(err, VT_ERR_CORRUPT, "%s is damaged (%s); restore it from a backup", s->path, what);
    case SQLITE_NOMEM:
        return vt_fail(err, VT_ERR_NO_MEMORY, "not enough memory to %s in %s", doing, s->path);
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        return vt_fail(err, VT_ERR_IO,
                       "cannot %s in %s: %s; reading needs the files store.db-wal and store.db-shm beside it: give"
                       " this user write permission for the folder, or let somebody who has it open the shop",
                       doing, s->path, what);
    case SQLITE_IOERR: {
        int known = s->db == NULL ? 0 : sqlite3_system_errno(s->db); /* not set by a COMMIT that fails */
        int system = known == ENOSPC || known == EFBIG || known == EDQUOT ? known : last;
        if (code == SQLITE_IOERR_NOMEM) {
            return vt_fail(err, VT_ERR_NO_MEMORY, "not enough memory to %s in %s", doing, s->path);
        }
        if (system == ENOSPC || system == EFBIG || system == EDQUOT) {
            return vt_fail(err, VT_ERR_NO_SPACE, "cannot %s in %s: the disk is full; free some space and try again",
                           doing, s->path);
        }
        return vt_fail(err, VT_ERR_IO, "cannot %s in %s: %s; look at the disk", doing, s->path, what);
    }
    default:
        return vt_fail(err, VT_ERR_FAILED, "cannot %s in %s: %s", doing, s->path, what);
    }
}

int vt_sqlite_script(vt_sqlite *s, const char *sql, const char *doing, vt_error *err)
{
    errno = 0;
    int code = sqlite3_exec(s->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? VT_OK : vt_sqlite_fail(s, code, doing, err);
}

int vt_sqlite_prepare(vt_sqlite *s, vt_sql which, sqlite3_stmt **out, vt_error *err)
{
    int status = s->fixed ? vt_sqlite_follow(s, err) : VT_OK;
    if (status != VT_OK) {
        return status;
    }
    sqlite3_stmt *statement = s->statement[which];
    if (statement == NULL) {
        int code = sqlite3_prepare_v3(s->db, vt_sql_text[which], -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
        if (code != SQLITE_OK) {
            return vt_sqlite_fail(s, code, "prepare a statement", err);
        }
        s->statement[which] = statement;
    } else {
        sqlite3_reset(statement);
        sqlite3_clear_bindings(statement);
    }
    *out = statement;
    return VT_OK;
}

int vt_sqlite_run(vt_sqlite *s, sqlite3_stmt *statement, const char *doing, vt_error *err)
{
    errno = 0;
    int code = sqlite3_step(statement);
    int status = code == SQLITE_DONE || code == SQLITE_ROW ? VT_OK : vt_sqlite_fail(s, code, doing, err);
    sqlite3_reset(statement);
    return status;
}

int vt_sqlite_do(vt_sqlite *s, vt_sql which, const char *doing, vt_error *err)
{
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_prepare(s, which, &statement, err);
    return status == VT_OK ? vt_sqlite_run(s, statement, doing, err) : status;
}

void vt_bind_str(sqlite3_stmt *statement, int at, vt_str text)
{
    if (text.ptr != NULL) {
        sqlite3_bind_text64(statement, at, text.ptr, text.len, SQLITE_STATIC, SQLITE_UTF8);
    }
}

void vt_bind_int(sqlite3_stmt *statement, int at, int64_t value)
{
    if (value != VT_NONE) {
        sqlite3_bind_int64(statement, at, value);
    }
}

void vt_bind_real(sqlite3_stmt *statement, int at, double value)
{
    if (value == value) { /* SQLite keeps NaN as NULL anyway; this says that it is meant */
        sqlite3_bind_double(statement, at, value);
    }
}

vt_str vt_column_str(sqlite3_stmt *statement, int at)
{
    const char *text = (const char *)sqlite3_column_text(statement, at);
    return (vt_str){text, text == NULL ? 0 : (size_t)sqlite3_column_bytes(statement, at)};
}

int64_t vt_column_int(sqlite3_stmt *statement, int at)
{
    return sqlite3_column_type(statement, at) == SQLITE_NULL ? VT_NONE : sqlite3_column_int64(statement, at);
}

double vt_column_real(sqlite3_stmt *statement, int at)
{
    return sqlite3_column_type(statement, at) == SQLITE_NULL ? __builtin_nan("") : sqlite3_column_double(statement, at);
}

void vt_sqlite_disconnect(vt_sqlite *s)
{
    for (int i = 0; i < VT_SQLS; i++) {
        sqlite3_finalize(s->statement[i]);
        s->statement[i] = NULL;
    }
    sqlite3_close(s->db);
    s->db = NULL;
}
