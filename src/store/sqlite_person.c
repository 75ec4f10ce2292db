/* Steps over all that the store holds of a person. */
#include "store/sqlite_person.h"

int vt_sqlite_find_user(vt_sqlite *s, vt_str id, int64_t *row, vt_error *err)
{
    sqlite3_stmt *find = NULL;
    int status = vt_sqlite_prepare(s, VT_SQL_USER_ID, &find, err);
    if (status != VT_OK) {
        return status;
    }
    vt_bind_str(find, 1, id);
    int code = sqlite3_step(find);
    int64_t found = code == SQLITE_ROW ? sqlite3_column_int64(find, 0) : 0;
    sqlite3_reset(find);
    if (code == SQLITE_DONE) {
        return vt_fail(err, VT_ERR_NOT_FOUND, "there is no user \"%.*s\" in this shop; ids are case-sensitive",
                       VT_STR_ARGS(id));
    }
    if (code != SQLITE_ROW) {
        return vt_sqlite_fail(s, code, "look an id up", err);
    }
    *row = found;
    return VT_OK;
}

static int run_step(vt_sqlite *s, const char *sql, const vt_sqlite_person *person, const char *doing, vt_error *err)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(s->db, sql, -1, &statement, NULL);
    if (code == SQLITE_OK) {
        vt_bind_int(statement, 1, person->user); /* one that the statement lacks is no harm */
        vt_bind_str(statement, 2, person->id);
        vt_bind_int(statement, 3, s->before.event);
        vt_bind_int(statement, 4, s->mark.event);
        vt_bind_int(statement, 5, person->into);
        vt_bind_str(statement, 6, person->into_id);
        vt_bind_str(statement, 7, person->session);
        code = sqlite3_step(statement);
    }
    int status = code == SQLITE_DONE ? VT_OK : vt_sqlite_fail(s, code, doing, err);
    sqlite3_finalize(statement);
    return status;
}

int vt_sqlite_person_steps(vt_sqlite *s, const char *const *steps, size_t n, const vt_sqlite_person *person,
                           const char *doing, vt_error *err)
{
    static const char fill[] = "INSERT INTO temp.moved";
    int status = VT_OK;
    for (size_t i = 0; i < n && status == VT_OK; i++) {
        status = run_step(s, steps[i], person, doing, err);
        if (status == VT_OK && strncmp(steps[i], fill, sizeof fill - 1) == 0) {
            s->mark.event += sqlite3_changes64(s->db);
        }
    }
    return status;
}

int vt_sqlite_user_is_gone(vt_sqlite *s, int64_t row, vt_error *err)
{
    int status = vt_sqlite_journal_gone_user(s, row, err);
    if (status == VT_OK) {
        vt_map_clear(s->users);
        s->users_complete = false;
        s->changed = s->told = true;
    }
    return status;
}
