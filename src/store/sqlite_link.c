/* Puts of links between users and between items. Both ends are ids of the shop: they need not exist (yet). */
#include "store/sqlite.h"

typedef struct link_table {
    vt_sqlite_table number;
    vt_sql add, get, update;
} link_table;

static int prepare(vt_sqlite *s, vt_sql which, const vt_link *link, sqlite3_stmt **out, vt_error *err)
{
    int status = vt_sqlite_prepare(s, which, out, err);
    if (status == VT_OK) {
        vt_bind_str(*out, 1, link->from);
        vt_bind_str(*out, 2, link->kind);
        vt_bind_str(*out, 3, link->to);
    }
    return status;
}

/* Keeps the weight before it changes, by the rules of vt_sqlite_must_keep. */
static int keep_weight(vt_sqlite *s, const link_table *table, const vt_link *link, int64_t owner, double weight,
                       vt_error *err)
{
    sqlite3_stmt *statement = NULL;
    bool keep = false;
    if (s->import_id != 0 && owner == s->import_id) {
        return VT_OK;
    }
    int status = prepare(s, VT_SQL_LINK_CHANGE_NEWEST, link, &statement, err);
    if (status == VT_OK) {
        vt_bind_int(statement, 4, table->number);
        status = vt_sqlite_must_keep(s, statement, owner, &keep, err);
    }
    if (status == VT_OK && keep) {
        status = prepare(s, VT_SQL_LINK_CHANGE_ADD, link, &statement, err);
        if (status == VT_OK) {
            vt_bind_int(statement, 4, table->number);
            vt_bind_int(statement, 5, s->import_id);
            vt_bind_real(statement, 6, weight);
            status = vt_sqlite_run(s, statement, "keep a former value", err);
        }
    }
    return status;
}

static int change_link(vt_sqlite *s, const link_table *table, const vt_link *link, vt_put *done, vt_error *err)
{
    sqlite3_stmt *statement = NULL;
    int status = prepare(s, table->get, link, &statement, err);
    if (status != VT_OK) {
        return status;
    }
    int code = sqlite3_step(statement);
    if (code != SQLITE_ROW) {
        return vt_sqlite_fail(s, code, "read a link", err);
    }
    double weight = sqlite3_column_double(statement, 0);
    int64_t owner = sqlite3_column_int64(statement, 1);
    sqlite3_reset(statement);
    if (weight == link->weight) {
        *done = VT_PUT_SAME;
        return VT_OK;
    }
    status = keep_weight(s, table, link, owner, weight, err);
    if (status == VT_OK) {
        status = prepare(s, table->update, link, &statement, err);
    }
    if (status == VT_OK) {
        vt_bind_real(statement, 4, link->weight);
        status = vt_sqlite_run(s, statement, "change a link", err);
    }
    if (status == VT_OK) {
        s->changed = s->told = true;
        *done = VT_PUT_CHANGED;
    }
    return status;
}

static int put_link(vt_sqlite *s, const link_table *table, const vt_link *link, vt_put *done, vt_error *err)
{
    sqlite3_stmt *statement = NULL;
    int status = prepare(s, table->add, link, &statement, err);
    if (status == VT_OK) {
        vt_bind_real(statement, 4, link->weight);
        vt_bind_int(statement, 5, s->import_id);
        status = vt_sqlite_run(s, statement, "add a link", err);
    }
    if (status == VT_OK && sqlite3_changes(s->db) == 0) {
        return change_link(s, table, link, done, err);
    }
    if (status == VT_OK) {
        s->changed = s->told = true;
        s->added++;
        *done = VT_PUT_ADDED;
    }
    return status;
}

int vt_sqlite_put_user_link(vt_store *store, const vt_link *link, vt_put *done, vt_error *err)
{
    static const link_table table = {VT_TABLE_USER_LINKS, VT_SQL_USER_LINK_ADD, VT_SQL_USER_LINK_GET,
                                     VT_SQL_USER_LINK_UPDATE};
    return put_link((vt_sqlite *)store, &table, link, done, err);
}

int vt_sqlite_put_item_link(vt_store *store, const vt_link *link, vt_put *done, vt_error *err)
{
    static const link_table table = {VT_TABLE_ITEM_LINKS, VT_SQL_ITEM_LINK_ADD, VT_SQL_ITEM_LINK_GET,
                                     VT_SQL_ITEM_LINK_UPDATE};
    return put_link((vt_sqlite *)store, &table, link, done, err);
}
