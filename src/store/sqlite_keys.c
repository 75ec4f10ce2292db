/* Keys as rows; they are no part of what a shop knows, so no revision speaks of them. */
#include "store/sqlite.h"

int vt_sqlite_put_key(vt_store *store, const vt_key *key, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_prepare(s, VT_SQL_KEY_ADD, &statement, err);
    if (status != VT_OK) {
        return status;
    }
    vt_bind_str(statement, 1, key->id);
    vt_bind_str(statement, 2, key->name);
    sqlite3_bind_int64(statement, 3, key->scopes);
    sqlite3_bind_int64(statement, 4, key->made_at);
    vt_bind_int(statement, 5, key->expires_at);
    sqlite3_bind_blob(statement, 6, key->hash, VT_KEY_HASH_BYTES, SQLITE_TRANSIENT);
    return vt_sqlite_run(s, statement, "keep a key", err);
}

int vt_sqlite_remove_key(vt_store *store, vt_str id, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_prepare(s, VT_SQL_KEY_REMOVE, &statement, err);
    if (status == VT_OK) {
        vt_bind_str(statement, 1, id);
        status = vt_sqlite_run(s, statement, "revoke a key", err);
    }
    if (status == VT_OK && sqlite3_changes(s->db) == 0) {
        status = vt_fail(err, VT_ERR_NOT_FOUND, "there is no key \"%.*s\"; \"vitrine key list\" shows them",
                         VT_STR_ARGS(id));
    }
    return status;
}

typedef struct key_pass {
    vt_key_each each;
    void *context;
} key_pass;

static int key_row(void *context, sqlite3_stmt *statement, vt_error *err)
{
    const key_pass *pass = context;
    const vt_key key = {
        .id = vt_column_str(statement, 0),
        .name = vt_column_str(statement, 1),
        .scopes = (unsigned)sqlite3_column_int64(statement, 2),
        .made_at = sqlite3_column_int64(statement, 3),
        .expires_at = vt_column_int(statement, 4),
        .hash = sqlite3_column_blob(statement, 5),
    };
    if (key.hash == NULL || sqlite3_column_bytes(statement, 5) != VT_KEY_HASH_BYTES) {
        return vt_fail(err, VT_ERR_CORRUPT, "a key of the shop has no hash");
    }
    return pass->each(pass->context, &key);
}

int vt_sqlite_each_key(vt_store *store, vt_key_each each, void *context, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    key_pass pass = {each, context};
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_open_pass(s, VT_SQL_EACH_KEY, &statement, err);
    return status != VT_OK ? status : vt_sqlite_pass(s, statement, key_row, &pass, err);
}
