/* A store as an earlier version left it: made by the first migrations alone. */
#ifndef VT_TEST_OLD_STORE_H
#define VT_TEST_OLD_STORE_H

#include "check.h"

#include <sqlite3.h>
#include <unistd.h>

#include "store/migrations.h"

static inline void old_store_run(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    }
}

/** Puts a store of `schema` with the rows that `sql` makes in the place of the one at `path`. */
static inline void old_store(const char *path, int schema, const char *sql)
{
    sqlite3 *db = NULL;
    char version[64];
    assert_int_equal(unlink(path), 0);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    snprintf(version, sizeof version, "PRAGMA user_version = %d", schema);
    old_store_run(db, "PRAGMA application_id = 0x56545249; PRAGMA journal_mode = WAL");
    for (int step = 0; step < schema; step++) {
        old_store_run(db, vt_migrations[step]);
    }
    old_store_run(db, version);
    old_store_run(db, "INSERT INTO meta VALUES('id', '00'), ('time_zone', 'UTC'), ('revision', '7')");
    old_store_run(db, sql);
    sqlite3_close(db);
}

#endif
