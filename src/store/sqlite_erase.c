/*
 * Erasing a user. Purchases and returns stay, in new rows without a user and a session, so that revenue stays; all else
 * of the user goes, the history of its fields among it, and SQLite overwrites what it frees (secure_delete). Readers
 * that follow the store are told of each row.
 */
#include "store/sqlite.h"

#define PURCHASES "kind IN (2, 3)"

/* ?1 is the row of the user, ?2 its id, ?3 and ?4 the largest row ids of events before the write and now. */
static const char *const steps[] = {
    "DELETE FROM temp.moved",
    "INSERT INTO journal(kind, row, user) SELECT 2, id, ?1 FROM events WHERE user = ?1 AND id <= ?3 ORDER BY id",
    /* What former lines and lines say of the user; the words are the user's too. */
    "UPDATE line_changes SET user = NULL, session = NULL, title = NULL, body = NULL WHERE user = ?1"
    " OR key IN (SELECT key FROM events WHERE user = ?1)",
    "DELETE FROM reviews WHERE event IN (SELECT id FROM events WHERE user = ?1)",
    "DELETE FROM exposures WHERE event IN (SELECT id FROM events WHERE user = ?1 AND NOT " PURCHASES ")",
    "DELETE FROM events WHERE user = ?1 AND NOT " PURCHASES,
    "INSERT INTO temp.moved SELECT id, ?4 + row_number() OVER (ORDER BY id) FROM events WHERE user = ?1",
    "UPDATE exposures SET event = m.row FROM temp.moved m WHERE exposures.event = m.event",
    "UPDATE events SET id = m.row, user = NULL, session = NULL FROM temp.moved m WHERE events.id = m.event",
    "DELETE FROM user_links WHERE from_key = ?2 OR to_key = ?2",
    "DELETE FROM link_changes WHERE row_table = 2 AND (from_key = ?2 OR to_key = ?2)",
    "DELETE FROM changes WHERE row_table = 0 AND row_id = ?1",
    "DELETE FROM users WHERE id = ?1",
    "DELETE FROM temp.moved",
};

static int run_step(vt_sqlite *s, const char *sql, int64_t user, vt_str id, vt_error *err)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(s->db, sql, -1, &statement, NULL);
    if (code == SQLITE_OK) {
        vt_bind_int(statement, 1, user); /* one that the statement lacks is no harm */
        vt_bind_str(statement, 2, id);
        vt_bind_int(statement, 3, s->before.event);
        vt_bind_int(statement, 4, s->mark.event);
        code = sqlite3_step(statement);
    }
    int status = code == SQLITE_DONE ? VT_OK : vt_sqlite_fail(s, code, "erase a user", err);
    sqlite3_finalize(statement);
    return status;
}

static int find_user(vt_sqlite *s, vt_str id, int64_t *row, vt_error *err)
{
    sqlite3_stmt *find = NULL;
    int status = vt_sqlite_prepare(s, VT_SQL_USER_ID, &find, err);
    if (status != VT_OK) {
        return status;
    }
    vt_bind_str(find, 1, id);
    int code = sqlite3_step(find);
    *row = code == SQLITE_ROW ? sqlite3_column_int64(find, 0) : 0;
    sqlite3_reset(find);
    if (code == SQLITE_DONE) {
        return vt_fail(err, VT_ERR_NOT_FOUND, "there is no user \"%.*s\" in this shop; ids are case-sensitive",
                       VT_STR_ARGS(id));
    }
    return code == SQLITE_ROW ? VT_OK : vt_sqlite_fail(s, code, "look an id up", err);
}

int vt_sqlite_erase_user(vt_store *store, vt_str id, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    int64_t row = 0;
    int status = find_user(s, id, &row, err);
    if (status == VT_OK) {
        status = vt_sqlite_script(s, "PRAGMA secure_delete = ON", "erase a user", err);
    }
    for (size_t i = 0; i < sizeof steps / sizeof *steps && status == VT_OK; i++) {
        status = run_step(s, steps[i], row, id, err);
        if (status == VT_OK && strncmp(steps[i], "INSERT INTO temp.moved", 22) == 0) {
            s->mark.event += sqlite3_changes64(s->db);
        }
    }
    if (status == VT_OK) {
        status = vt_sqlite_drop_results_of_user(s, id, err);
    }
    if (status == VT_OK) {
        status = vt_sqlite_script(s, "PRAGMA secure_delete = OFF", "erase a user", err);
    }
    if (status == VT_OK) {
        status = vt_sqlite_journal_gone_user(s, row, err);
    }
    if (status == VT_OK) {
        vt_map_clear(s->users); /* the row is not to be found again */
        s->users_complete = false;
        s->changed = s->told = s->erased = true;
    }
    return status;
}
