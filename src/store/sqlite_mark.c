/*
 * What readers that follow the store go by: the mark, one row that each commit writes, and the journal of rows that
 * were there before a write and are changed or gone after it. What is new needs no word: it has a larger row id.
 */
#include <string.h>

#include "store/sqlite.h"

enum { JOURNAL_ROWS = 1000000 }; /* who is further behind reads everything anew, which is then no slower */

static int read_mark(vt_sqlite *s, vt_store_mark *mark, int64_t *sold, vt_error *err)
{
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_prepare(s, VT_SQL_MARK, &statement, err);
    if (status != VT_OK) {
        return status;
    }
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        *mark = (vt_store_mark){
            .catalogue = sqlite3_column_int64(statement, 0),
            .epoch = sqlite3_column_int64(statement, 1),
            .event = sqlite3_column_int64(statement, 2),
            .user = sqlite3_column_int64(statement, 3),
            .item = sqlite3_column_int64(statement, 4),
            .change = sqlite3_column_int64(statement, 6),
            .change_first = sqlite3_column_int64(statement, 7),
            .revision = sqlite3_column_int64(statement, 8),
            .stock = sqlite3_column_int64(statement, 9),
        };
        *sold = vt_column_int(statement, 5);
    } else {
        status = vt_sqlite_fail(s, code, "read the store's mark", err);
    }
    sqlite3_reset(statement);
    return status;
}

int vt_sqlite_mark(vt_store *store, vt_store_mark *out, vt_error *err)
{
    int64_t sold = 0;
    vt_store_mark mark;
    int status = read_mark((vt_sqlite *)store, &mark, &sold, err);
    if (status == VT_OK) {
        *out = mark;
    }
    return status;
}

int vt_sqlite_load_mark(vt_sqlite *s, vt_error *err)
{
    if (s->journaled != NULL) {
        vt_map_clear(s->journaled);
    }
    int status = read_mark(s, &s->before, &s->sold, err);
    s->mark = s->before;
    return status;
}

static int journal(vt_sqlite *s, vt_change_kind kind, int64_t row, int64_t user, vt_str session, vt_error *err)
{
    sqlite3_stmt *add = NULL;
    int status = vt_sqlite_prepare(s, VT_SQL_JOURNAL_ADD, &add, err);
    if (status == VT_OK) {
        vt_bind_int(add, 1, kind);
        vt_bind_int(add, 2, row);
        vt_bind_int(add, 3, user);
        vt_bind_str(add, 4, session);
        status = vt_sqlite_run(s, add, "note a change", err);
    }
    if (status == VT_OK) {
        s->mark.change = sqlite3_last_insert_rowid(s->db);
    }
    return status;
}

int vt_sqlite_journal_row(vt_sqlite *s, vt_change_kind kind, int64_t row, vt_error *err)
{
    const int64_t name[] = {kind, row};
    const vt_str key = {(const char *)name, sizeof name};
    int64_t seen = 0;
    if (row > (kind == VT_CHANGE_ITEM ? s->before.item : s->before.user)) {
        return VT_OK;
    }
    if (s->journaled != NULL && vt_map_get(s->journaled, key, &seen)) {
        return VT_OK;
    }
    int status = s->journaled == NULL ? vt_map_create(&s->journaled, 0, err) : VT_OK;
    if (status == VT_OK) {
        status = vt_map_set(s->journaled, key, 1, err);
    }
    return status == VT_OK ? journal(s, kind, row, VT_NONE, (vt_str){NULL, 0}, err) : status;
}

int vt_sqlite_journal_gone_user(vt_sqlite *s, int64_t row, vt_error *err)
{
    return row > s->before.user ? VT_OK : journal(s, VT_CHANGE_USER_GONE, row, VT_NONE, (vt_str){NULL, 0}, err);
}

int vt_sqlite_journal_event(vt_sqlite *s, int64_t row, int64_t user, vt_str session, vt_error *err)
{
    return journal(s, VT_CHANGE_EVENT_GONE, row, user, user == VT_NONE ? session : (vt_str){NULL, 0}, err);
}

void vt_sqlite_note_sale(vt_sqlite *s, int64_t time)
{
    int64_t at = time == VT_NONE ? INT64_MAX : time; /* one without a time has the earliest cost: any may become that */
    s->sold = at > s->sold ? at : s->sold;           /* VT_NONE is the least */
}

/* At most twice what the write itself noted and a few: a commit stays as short as what it brings. */
static int trim(vt_sqlite *s, vt_error *err)
{
    int64_t due = s->mark.change - JOURNAL_ROWS;
    int64_t most = s->before.change_first + 2 * (s->mark.change - s->before.change) + 100;
    if (due <= s->before.change_first) {
        return VT_OK;
    }
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_prepare(s, VT_SQL_JOURNAL_TRIM, &statement, err);
    if (status == VT_OK) {
        vt_bind_int(statement, 1, due < most ? due : most);
        status = vt_sqlite_run(s, statement, "shorten the journal", err);
    }
    return status;
}

int vt_sqlite_keep_mark(vt_sqlite *s, vt_error *err)
{
    sqlite3_stmt *statement = NULL;
    int status = trim(s, err);
    if (status == VT_OK) {
        status = vt_sqlite_prepare(s, VT_SQL_MARK_SET, &statement, err);
    }
    if (status == VT_OK) {
        s->mark.catalogue += s->told;
        vt_bind_int(statement, 1, s->mark.catalogue);
        vt_bind_int(statement, 2, s->mark.epoch);
        vt_bind_int(statement, 3, s->mark.event);
        vt_bind_int(statement, 4, s->mark.user);
        vt_bind_int(statement, 5, s->mark.item);
        vt_bind_int(statement, 6, s->sold);
        status = vt_sqlite_run(s, statement, "keep the store's mark", err);
    }
    return status;
}

typedef struct change_pass {
    vt_change_each each;
    void *context;
} change_pass;

static int change_row(void *context, sqlite3_stmt *statement, vt_error *err)
{
    (void)err;
    const change_pass *w = context;
    int64_t user = vt_column_int(statement, 3);
    const vt_store_change change = {
        .number = sqlite3_column_int64(statement, 0),
        .kind = (vt_change_kind)sqlite3_column_int(statement, 1),
        .row = sqlite3_column_int64(statement, 2),
        .user = user == VT_NONE ? 0 : user,
        .session = vt_column_str(statement, 4),
    };
    return w->each(w->context, &change);
}

int vt_sqlite_each_change(vt_store *store, int64_t after, vt_change_each each, void *context, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    change_pass w = {each, context};
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_open_pass(s, VT_SQL_CHANGES_AFTER, &statement, err);
    if (status == VT_OK) {
        vt_bind_int(statement, 1, after);
        status = vt_sqlite_pass(s, statement, change_row, &w, err);
    }
    return status;
}
