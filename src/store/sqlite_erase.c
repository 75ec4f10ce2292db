/*
 * Erasing a user. Purchases and returns stay, in new rows without a user and a session, so that revenue stays; all else
 * of the user goes, the history of its fields among it, and SQLite overwrites what it frees (secure_delete). Readers
 * that follow the store are told of each row.
 */
#include "store/sqlite_person.h"

#define PURCHASES "kind IN (2, 3)"

static const char *const steps[] = {
    VT_MOVED_NONE,
    "INSERT INTO journal(kind, row, user) SELECT 2, id, ?1 FROM events WHERE user = ?1 AND id <= ?3 ORDER BY id",
    /* What former lines and lines say of the user; the words are the user's too. */
    "UPDATE line_changes SET user = NULL, session = NULL, title = NULL, body = NULL WHERE user = ?1"
    " OR key IN (SELECT key FROM events WHERE user = ?1)",
    "DELETE FROM reviews WHERE event IN (SELECT id FROM events WHERE user = ?1)",
    "DELETE FROM exposures WHERE event IN (SELECT id FROM events WHERE user = ?1 AND NOT " PURCHASES ")",
    "DELETE FROM events WHERE user = ?1 AND NOT " PURCHASES,
    VT_MOVED_FILL("user = ?1"),
    VT_MOVED_FOLLOWS("exposures"),
    VT_MOVED_EVENTS("user = NULL, session = NULL"),
    "DELETE FROM user_links WHERE from_key = ?2 OR to_key = ?2",
    "DELETE FROM link_changes WHERE row_table = 2 AND (from_key = ?2 OR to_key = ?2)",
    "DELETE FROM changes WHERE row_table = 0 AND row_id = ?1",
    "DELETE FROM users WHERE id = ?1",
    VT_MOVED_NONE,
};

int vt_sqlite_erase_user(vt_store *store, vt_str id, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    vt_sqlite_person person = {.id = id, .into = VT_NONE};
    int status = vt_sqlite_find_user(s, id, &person.user, err);
    if (status == VT_OK) {
        status = vt_sqlite_script(s, "PRAGMA secure_delete = ON", "erase a user", err);
    }
    if (status == VT_OK) {
        status = vt_sqlite_person_steps(s, steps, sizeof steps / sizeof *steps, &person, "erase a user", err);
    }
    if (status == VT_OK) {
        status = vt_sqlite_drop_results_of_user(s, id, err);
    }
    if (status == VT_OK) {
        status = vt_sqlite_script(s, "PRAGMA secure_delete = OFF", "erase a user", err);
    }
    if (status == VT_OK) {
        status = vt_sqlite_user_is_gone(s, person.user, err);
    }
    if (status == VT_OK) {
        s->erased = true;
    }
    return status;
}
