/*
 * Merging: what a guest did becomes an account's. Events keep their keys, so that one that is sent again is the same
 * one, and go on in new rows, since rows that a reader has seen never change; the journal tells of the old ones. They
 * keep the import that brought them, so that its undo takes them back from the account. Links move unless the account
 * has the same one, and what the account does not say of itself is put as anybody's put outside an import would be.
 */
#include "store/record_check.h"
#include "store/sqlite_ids.h"
#include "store/sqlite_person.h"

static const char *const events_of_user[] = {VT_MOVED_NONE, VT_MOVED_FILL("user = ?1")};
static const char *const events_of_session[] = {VT_MOVED_NONE, VT_MOVED_FILL("user IS NULL AND session = ?7")};

static const char *const move_events[] = {
    "INSERT INTO journal(kind, row, user, session) SELECT 2, e.id, e.user, CASE WHEN e.user IS NULL THEN e.session END"
    " FROM temp.moved m CROSS JOIN events e ON e.id = m.event WHERE m.event <= ?3 ORDER BY m.event",
    "UPDATE line_changes SET user = ?5 WHERE user IS NULL AND session = ?7"
    " AND key IN (SELECT e.key FROM temp.moved m CROSS JOIN events e ON e.id = m.event)",
    VT_MOVED_FOLLOWS("reviews"),
    VT_MOVED_FOLLOWS("exposures"),
    VT_MOVED_EVENTS("user = ?5"),
    VT_MOVED_NONE,
};

/* A link of the user that the account has too; one between the two is none any more. */
#define TWICE(table, end, other)                                                                                       \
    "DELETE FROM " table " WHERE " end " = ?2 AND (" other " IN (?2, ?6) OR EXISTS (SELECT 1 FROM user_links h"        \
    " WHERE h." end " = ?6 AND h." other " = " table "." other " AND h.kind = " table ".kind))"
#define TWICE_NOTED(end, other) TWICE("link_changes", end, other) " AND row_table = 2"

static const char *const move_person[] = {
    "UPDATE line_changes SET user = ?5 WHERE user = ?1",
    TWICE_NOTED("from_key", "to_key"),
    TWICE("user_links", "from_key", "to_key"),
    TWICE_NOTED("to_key", "from_key"),
    TWICE("user_links", "to_key", "from_key"),
    "UPDATE link_changes SET from_key = ?6 WHERE from_key = ?2 AND row_table = 2",
    "UPDATE user_links SET from_key = ?6 WHERE from_key = ?2",
    "UPDATE link_changes SET to_key = ?6 WHERE to_key = ?2 AND row_table = 2",
    "UPDATE user_links SET to_key = ?6 WHERE to_key = ?2",
    "DELETE FROM changes WHERE row_table = 0 AND row_id = ?1",
    "DELETE FROM users WHERE id = ?1",
};

#define RUN(s, steps, person, err)                                                                                     \
    vt_sqlite_person_steps(s, steps, sizeof steps / sizeof *steps, person, "merge users", err)

/* What the user says and the account does not; of free attributes, member by member. */
static int put_missing(vt_sqlite *s, const vt_sqlite_person *person, vt_error *err)
{
    vt_user user;
    vt_put done;
    sqlite3_stmt *get = NULL;
    int status = vt_sqlite_prepare(s, VT_SQL_USER_MISSING, &get, err);
    if (status != VT_OK) {
        return status;
    }
    vt_bind_int(get, 1, person->user);
    vt_bind_int(get, 2, person->into);
    int code = sqlite3_step(get);
    if (code != SQLITE_ROW) {
        return vt_sqlite_fail(s, code, "read a user", err);
    }
    vt_user_init(&user);
    user.id = person->into_id;
    user.age_band = vt_column_str(get, 0);
    user.segment = vt_column_str(get, 1);
    user.region = vt_column_str(get, 2);
    user.tier = vt_column_str(get, 3);
    user.attributes = vt_column_str(get, 4);
    if (vt_user_check(NULL, &user, s->base.json, NULL) != VT_OK) { /* too long together */
        user.attributes = (vt_str){NULL, 0};
    }
    status = vt_sqlite_put_user(&s->base, &user, &done, err);
    sqlite3_reset(get);
    return status;
}

static int merge_session(vt_sqlite *s, vt_sqlite_person *person, vt_error *err)
{
    int64_t before = s->mark.event;
    int status = RUN(s, events_of_session, person, err);
    if (status == VT_OK && s->mark.event == before) {
        return vt_fail(err, VT_ERR_NOT_FOUND, "no event of a guest has the session \"%.*s\"",
                       VT_STR_ARGS(person->session));
    }
    bool fresh = false;
    if (status == VT_OK) {
        status = vt_sqlite_user_row(s, person->into_id, &person->into, &fresh, err);
    }
    if (status == VT_OK) {
        status = RUN(s, move_events, person, err);
    }
    if (status == VT_OK) {
        s->changed = true;
        s->told = s->told || fresh;
    }
    return status;
}

static int merge_user(vt_sqlite *s, vt_sqlite_person *person, vt_error *err)
{
    bool fresh = false;
    int status = vt_sqlite_find_user(s, person->id, &person->user, err);
    if (status == VT_OK) {
        status = vt_sqlite_user_row(s, person->into_id, &person->into, &fresh, err);
    }
    if (status == VT_OK) {
        status = put_missing(s, person, err);
    }
    if (status == VT_OK) {
        status = RUN(s, events_of_user, person, err);
    }
    if (status == VT_OK) {
        status = RUN(s, move_events, person, err);
    }
    if (status == VT_OK) {
        status = RUN(s, move_person, person, err);
    }
    if (status == VT_OK) {
        status = vt_sqlite_drop_results_of_user(s, person->id, err);
    }
    return status == VT_OK ? vt_sqlite_user_is_gone(s, person->user, err) : status;
}

int vt_sqlite_merge_users(vt_store *store, const vt_user_merge *merge, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    vt_sqlite_person person = {.id = merge->from, .user = VT_NONE, .into_id = merge->into, .into = VT_NONE};
    if (s->import_id != 0) {
        return vt_fail(err, VT_ERR_USAGE, "users are merged in a write of their own: an import can be taken back");
    }
    if (merge->from.ptr != NULL) {
        return merge_user(s, &person, err);
    }
    person.session = merge->session;
    return merge_session(s, &person, err);
}
