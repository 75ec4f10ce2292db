/*
 * The check of a whole store: pages, references that no key enforces, prices against their history, keys of
 * order lines, and what followers are told.
 */
#include <string.h>

#include "store/sqlite.h"
#include "store/sqlite_history.h"

/* One row, one number. */
static int count(vt_sqlite *s, const char *sql, int64_t *out, vt_error *err)
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
        status = vt_sqlite_fail(s, code, "check", err);
    }
    sqlite3_finalize(statement);
    return status;
}

static int check_pages(vt_sqlite *s, vt_error *err)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(s->db, "PRAGMA integrity_check(1)", -1, &statement, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_step(statement);
    }
    int status = VT_OK;
    if (code != SQLITE_ROW) {
        status = vt_sqlite_fail(s, code, "check", err);
    } else if (strcmp((const char *)sqlite3_column_text(statement, 0), "ok") != 0) {
        status = vt_fail(err, VT_ERR_CORRUPT, "%s is damaged: %s; restore it from a backup", s->path,
                         (const char *)sqlite3_column_text(statement, 0));
    }
    sqlite3_finalize(statement);
    return status;
}

int vt_sqlite_check(vt_store *store, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    static const struct {
        const char *sql;
        const char *what;
    } checks[] = {
        {"SELECT count(*) FROM events WHERE item NOT IN (SELECT id FROM items)", "events name items that do not exist"},
        {"SELECT count(*) FROM events WHERE user IS NOT NULL AND user NOT IN (SELECT id FROM users)",
         "events name users that do not exist"},
        {"SELECT count(*) FROM reviews WHERE event NOT IN (SELECT id FROM events)", "reviews belong to no event"},
        {"SELECT count(*) FROM exposures WHERE event NOT IN (SELECT id FROM events)", "exposures belong to no event"},
        {"SELECT count(*) FROM price_history WHERE item NOT IN (SELECT id FROM items)", "prices belong to no item"},
        {"SELECT count(*) FROM items WHERE price IS NOT " VT_NEWEST_PRICE " OR cost IS NOT " VT_NEWEST_COST
         " OR stock IS NOT " VT_NEWEST_STOCK,
         "items differ from the newest of their history"},
        {"SELECT count(*) FROM events WHERE kind IN (2, 3) AND order_id IS NOT NULL AND line IS NOT NULL"
         " AND key <> vt_line_key(kind, order_id, line, '', 0)",
         "order lines have a wrong key"},
        {"SELECT count(*) FROM line_changes WHERE key NOT IN (SELECT key FROM events)",
         "former order lines belong to no event"},
        {"SELECT (SELECT count(*) FROM events WHERE id > (SELECT event FROM marks))"
         " + (SELECT count(*) FROM users WHERE id > (SELECT user FROM marks))"
         " + (SELECT count(*) FROM items WHERE id > (SELECT item FROM marks))",
         "rows are newer than the store's mark"},
        {"SELECT count(*) FROM journal j WHERE kind IN (2, 3) AND EXISTS (SELECT 1 FROM events WHERE id = j.row"
         " AND j.kind = 2 UNION ALL SELECT 1 FROM users WHERE id = j.row AND j.kind = 3)",
         "the journal says of rows that they are gone, and they are there"},
    };
    int status = check_pages(s, err);
    for (size_t i = 0; i < sizeof checks / sizeof checks[0] && status == VT_OK; i++) {
        int64_t wrong = 0;
        status = count(s, checks[i].sql, &wrong, err);
        if (status == VT_OK && wrong > 0) {
            status = vt_fail(err, VT_ERR_CORRUPT, "%s is damaged: %s (%lld rows); restore it from a backup", s->path,
                             checks[i].what, (long long)wrong);
        }
    }
    return status;
}
