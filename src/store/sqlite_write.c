/* Writes: begin, commit, rollback, settings. A write that fails anywhere is rolled back as a whole. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/number.h"
#include "base/zone.h"
#include "store/record_check.h"
#include "store/sqlite.h"

/* Row ids given in a write that is rolled back mean nothing afterwards. */
void vt_sqlite_forget_ids(vt_sqlite *s)
{
    vt_map_free(s->users);
    vt_map_free(s->items);
    s->users = NULL;
    s->items = NULL;
    s->users_complete = s->items_complete = false;
}

static int prepare_write(vt_sqlite *s, const char *kind, const char *source, vt_error *err)
{
    int status = vt_sqlite_load_mark(s, err);
    if (status == VT_OK && s->users == NULL) {
        status = vt_map_create(&s->users, 0, err);
        s->users_complete = s->before.user == 0;
    }
    if (status == VT_OK && s->items == NULL) {
        status = vt_map_create(&s->items, 0, err);
        s->items_complete = s->before.item == 0;
    }
    if (status == VT_OK) {
        status = vt_sqlite_get(&s->base, "currency", s->currency, sizeof s->currency, err);
    }
    if (status != VT_OK || kind == NULL) {
        return status;
    }
    sqlite3_stmt *add = NULL;
    status = vt_sqlite_prepare(s, VT_SQL_IMPORT_ADD, &add, err);
    if (status == VT_OK) {
        vt_bind_int(add, 1, vt_now());
        vt_bind_str(add, 2, vt_str_of(kind));
        vt_bind_str(add, 3, vt_str_of(source == NULL ? "" : source));
        status = vt_sqlite_run(s, add, "note the import", err);
        s->import_id = sqlite3_last_insert_rowid(s->db);
    }
    return status;
}

int vt_sqlite_begin(vt_store *store, const char *kind, const char *source, int64_t *import_id, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    if (s->reading > 0) {
        return vt_fail(err, VT_ERR_USAGE, "%s is being read; end that before a write begins", s->path);
    }
    int status = vt_sqlite_do(s, VT_SQL_BEGIN_WRITE, "begin to write", err);
    if (status != VT_OK) {
        return status;
    }
    s->writing = true;
    s->changed = s->told = s->erased = s->index_put_off = false;
    s->import_id = 0;
    s->added = 0;
    status = prepare_write(s, kind, source, err);
    if (status != VT_OK) {
        vt_sqlite_rollback(store);
    } else if (import_id != NULL) {
        *import_id = s->import_id;
    }
    return status;
}

void vt_sqlite_rollback(vt_store *store)
{
    vt_sqlite *s = (vt_sqlite *)store;
    if (!s->writing) {
        return;
    }
    s->writing = false;
    /* Open statements would keep the transaction alive. */
    for (int i = 0; i < VT_SQLS; i++) {
        if (s->statement[i] != NULL) {
            sqlite3_reset(s->statement[i]);
        }
    }
    if (sqlite3_get_autocommit(s->db) == 0) { /* SQLite may have rolled back by itself */
        sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    }
    vt_sqlite_forget_ids(s);
}

static int write_setting(vt_sqlite *s, const char *name, const char *value, vt_error *err)
{
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_prepare(s, VT_SQL_META_SET, &statement, err);
    if (status == VT_OK) {
        vt_bind_str(statement, 1, vt_str_of(name));
        vt_bind_str(statement, 2, vt_str_of(value));
        status = vt_sqlite_run(s, statement, "keep a setting", err);
    }
    return status;
}

static int next_revision(vt_sqlite *s, vt_error *err)
{
    char text[32];
    int64_t revision = 0;
    int status = vt_sqlite_get(&s->base, "revision", text, sizeof text, err);
    if (status == VT_OK) {
        vt_parse_int(&revision, vt_str_of(text));
        snprintf(text, sizeof text, "%lld", (long long)revision + 1);
        status = write_setting(s, "revision", text, err);
    }
    return status;
}

/* What an import did, or no trace of it when it did nothing. */
static int finish_import(vt_sqlite *s, int64_t rejected, vt_error *err)
{
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_prepare(s, s->changed ? VT_SQL_IMPORT_FINISH : VT_SQL_IMPORT_DELETE, &statement, err);
    if (status == VT_OK) {
        vt_bind_int(statement, 1, s->import_id);
        if (s->changed) {
            vt_bind_int(statement, 2, s->added);
            vt_bind_int(statement, 3, rejected);
        }
        status = vt_sqlite_run(s, statement, "note the import", err);
    }
    return status;
}

int vt_sqlite_commit(vt_store *store, int64_t rejected, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    bool changed = s->changed;
    int status = changed ? vt_sqlite_index_few(s, err) : VT_OK;
    if (status == VT_OK) {
        status = vt_sqlite_make_index(s, err);
    }
    if (status == VT_OK && s->import_id != 0) {
        status = finish_import(s, rejected, err);
    }
    if (status == VT_OK && changed) {
        status = next_revision(s, err);
    }
    if (status == VT_OK && changed) {
        status = vt_sqlite_keep_mark(s, err);
    }
    if (status == VT_OK) {
        status = vt_sqlite_do(s, VT_SQL_COMMIT, "commit", err);
    }
    if (status != VT_OK) {
        vt_sqlite_rollback(store);
        return status;
    }
    s->writing = false;
    if (s->erased) { /* as far as no reader needs the log; what is left of it goes when it is written anew */
        sqlite3_busy_timeout(s->db, 0);
        sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
        sqlite3_busy_timeout(s->db, VT_BUSY_MS);
    }
    return VT_OK;
}

/* Events that named the currency which now becomes the shop's count from here on. */
static int set_currency(vt_sqlite *s, const char *value, vt_error *err)
{
    if (!vt_currency_valid(vt_str_of(value))) {
        return vt_fail(err, VT_ERR_USAGE, "\"%.60s\" is no currency; three capitals such as USD or EUR are expected",
                       value);
    }
    if (s->currency[0] != '\0') {
        return vt_fail(err, VT_ERR_USAGE, "the shop counts in %s; it cannot change to %s", s->currency, value);
    }
    static const vt_sql settle[] = {VT_SQL_CURRENCY_SETTLE_FORMER, VT_SQL_CURRENCY_SETTLE};
    int status = VT_OK;
    for (int i = 0; i < 2 && status == VT_OK; i++) {
        sqlite3_stmt *statement = NULL;
        status = vt_sqlite_prepare(s, settle[i], &statement, err);
        if (status == VT_OK) {
            vt_bind_str(statement, 1, vt_str_of(value));
            status = vt_sqlite_run(s, statement, "set the currency", err);
        }
    }
    if (status == VT_OK) {
        if (sqlite3_changes64(s->db) > 0) { /* of the events */
            s->mark.epoch = s->before.epoch + 1;
        }
        memcpy(s->currency, value, 4);
    }
    return status;
}

/* One that this system knows. */
static int check_time_zone(const char *value, vt_error *err)
{
    vt_zone *zone = NULL;
    int status = vt_zone_open(&zone, value, err);
    vt_zone_close(zone);
    return status;
}

/* The settings that an import may make by itself, and where it is kept which one did, so that its undo can tell. */
static const char *guessed_by(const char *name)
{
    return strcmp(name, "currency") == 0       ? "currency_import"
           : strcmp(name, "rating_scale") == 0 ? "rating_scale_import"
                                               : NULL;
}

/* Which import made the setting; 0: somebody said it. */
static int keep_who_set(vt_sqlite *s, const char *name, vt_error *err)
{
    char id[32];
    snprintf(id, sizeof id, "%lld", (long long)s->import_id);
    return write_setting(s, guessed_by(name), id, err);
}

int vt_sqlite_set(vt_store *store, const char *name, const char *value, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    char now[4096];
    int status = vt_sqlite_get(store, name, now, sizeof now, err);
    bool same = status == VT_OK && strcmp(now, value) == 0;
    if (status == VT_OK && guessed_by(name) != NULL && (!same || s->import_id == 0)) {
        status = keep_who_set(s, name, err);
    }
    if (status != VT_OK || same) {
        return status;
    }
    if (strcmp(name, "currency") == 0) {
        status = set_currency(s, value, err);
    } else if (strcmp(name, "time_zone") == 0) {
        status = check_time_zone(value, err);
    } else if (strcmp(name, "rating_scale") != 0 && strncmp(name, "recommend.", 10) != 0) {
        /* the scale is an import's, and recommend.NAME is read and checked where lists are made */
        return vt_fail(err, VT_ERR_USAGE,
                       "\"%.60s\" is no setting of a shop; currency, time_zone and the rules recommend.NAME are", name);
    }
    if (status == VT_OK) {
        status = write_setting(s, name, value, err);
        s->changed = s->told = true;
    }
    return status;
}

int vt_sqlite_get(vt_store *store, const char *name, char *value, size_t size, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_prepare(s, VT_SQL_META_GET, &statement, err);
    if (status != VT_OK) {
        return status;
    }
    vt_bind_str(statement, 1, vt_str_of(name));
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        vt_str text = vt_column_str(statement, 0);
        if (text.len < size) {
            snprintf(value, size, "%.*s", VT_STR_ARGS(text));
        } else {
            status = vt_fail(err, VT_ERR_LIMIT, "the setting \"%.60s\" of %s is too long", name, s->path);
        }
    } else if (code == SQLITE_DONE) {
        value[0] = '\0';
    } else {
        status = vt_sqlite_fail(s, code, "read a setting", err);
    }
    sqlite3_reset(statement);
    return status;
}

int vt_sqlite_clear_weights(vt_store *store, vt_str model, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_prepare(s, VT_SQL_WEIGHTS_CLEAR, &statement, err);
    if (status == VT_OK) {
        vt_bind_str(statement, 1, model);
        status = vt_sqlite_run(s, statement, "forget what a model weighs", err);
    }
    return status;
}

int vt_sqlite_put_weight(vt_store *store, vt_str model, const vt_weight *weight, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_prepare(s, VT_SQL_WEIGHT_ADD, &statement, err);
    if (status == VT_OK) {
        vt_bind_str(statement, 1, model);
        vt_bind_str(statement, 2, weight->topic);
        vt_bind_str(statement, 3, weight->place);
        vt_bind_str(statement, 4, weight->name);
        vt_bind_real(statement, 5, weight->value);
        vt_bind_int(statement, 6, weight->n);
        status = vt_sqlite_run(s, statement, "keep what a model weighs", err);
    }
    return status;
}
