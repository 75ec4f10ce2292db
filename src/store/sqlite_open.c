/*
 * Opening: the lock of the one writer, the pragmas, the schema. SQLite 3.40 can damage a WAL when two connections write
 * or checkpoint at once, therefore only the connection that holds the lock may do either.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/limits.h"
#include "store/lend.h"
#include "store/lock.h"
#include "store/sqlite.h"

static void close_store(vt_store *store)
{
    vt_sqlite *s = (vt_sqlite *)store;
    if (s->writing) {
        vt_sqlite_rollback(store);
    }
    vt_sqlite_disconnect(s);
    vt_lock_release(s->lock);
    vt_lend_return(s->lender); /* after the lock: the server takes it then */
    vt_map_free(s->users);
    vt_map_free(s->items);
    vt_map_free(s->journaled);
    vt_buf_done(&s->images);
    vt_free(s->path);
    vt_free(s);
}

/* The first look is what fixes the revision that a reader sees, so there is one. */
static int read_begin(vt_store *store, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    char revision[32];
    if (s->reading > 0 || s->writing) { /* inside a write all is seen as the write has it */
        s->reading++;
        return VT_OK;
    }
    int status = vt_sqlite_do(s, VT_SQL_BEGIN_READ, "begin to read", err);
    if (status == VT_OK) {
        status = vt_sqlite_get(store, "revision", revision, sizeof revision, err);
        if (status != VT_OK) {
            sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
        }
    }
    s->reading = status == VT_OK;
    return status;
}

static void read_end(vt_store *store)
{
    vt_sqlite *s = (vt_sqlite *)store;
    if (s->reading > 0 && --s->reading == 0 && !s->writing) {
        vt_sqlite_do(s, VT_SQL_COMMIT, "end reading", NULL);
    }
}

/* In WAL mode the log is then synced before a checkpoint alone. */
static int relax(vt_store *store, vt_error *err)
{
    return vt_sqlite_script((vt_sqlite *)store, "PRAGMA synchronous = NORMAL", "relax the store", err);
}

static const vt_store_ops sqlite_ops = {
    .close = close_store,
    .begin = vt_sqlite_begin,
    .commit = vt_sqlite_commit,
    .rollback = vt_sqlite_rollback,
    .put_item = vt_sqlite_put_item,
    .put_user = vt_sqlite_put_user,
    .put_event = vt_sqlite_put_event,
    .set_order = vt_sqlite_set_order,
    .cancel_others = vt_sqlite_cancel_others,
    .erase_user = vt_sqlite_erase_user,
    .merge_users = vt_sqlite_merge_users,
    .remove_event = vt_sqlite_remove_event,
    .put_user_link = vt_sqlite_put_user_link,
    .put_item_link = vt_sqlite_put_item_link,
    .set = vt_sqlite_set,
    .undo = vt_sqlite_undo,
    .read_begin = read_begin,
    .read_end = read_end,
    .get = vt_sqlite_get,
    .describe = vt_sqlite_describe,
    .imports = vt_sqlite_imports,
    .check = vt_sqlite_check,
    .relax = relax,
    .copy = vt_sqlite_copy,
    .mark = vt_sqlite_mark,
    .each_change = vt_sqlite_each_change,
    .each_item = vt_sqlite_each_item,
    .each_user = vt_sqlite_each_user,
    .each_event = vt_sqlite_each_event,
    .each_full_event = vt_sqlite_each_full_event,
    .page_events = vt_sqlite_page_events,
    .event = vt_sqlite_event,
    .each_user_link = vt_sqlite_each_user_link,
    .each_item_link = vt_sqlite_each_item_link,
    .history = vt_sqlite_history,
    .prices = vt_sqlite_prices,
    .stocks = vt_sqlite_stocks,
    .each_stock = vt_sqlite_each_stock,
    .unindexed = vt_sqlite_unindexed,
    .index = vt_sqlite_index,
    .match = vt_sqlite_match,
    .clear_weights = vt_sqlite_clear_weights,
    .put_weight = vt_sqlite_put_weight,
    .each_weight = vt_sqlite_each_weight,
    .put_key = vt_sqlite_put_key,
    .remove_key = vt_sqlite_remove_key,
    .each_key = vt_sqlite_each_key,
    .put_rule = vt_sqlite_put_rule,
    .remove_rule = vt_sqlite_remove_rule,
    .each_rule = vt_sqlite_each_rule,
    .replace_results = vt_sqlite_replace_results,
    .each_result = vt_sqlite_each_result,
};

static int configure(vt_sqlite *s, vt_shop_mode mode, vt_error *err)
{
    sqlite3_busy_timeout(s->db, VT_BUSY_MS);
    sqlite3_extended_result_codes(s->db, 1);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    if (mode == VT_SHOP_READ) {
        sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        return vt_sqlite_script(s,
                                "PRAGMA mmap_size = 0; PRAGMA query_only = 1; PRAGMA temp_store = MEMORY;"
                                "PRAGMA cache_size = -32768",
                                "open the store", err);
    }
    return vt_sqlite_script(s,
                            "PRAGMA mmap_size = 0; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;"
                            "PRAGMA secure_delete = OFF; PRAGMA wal_autocheckpoint = 4000;"
                            "PRAGMA journal_size_limit = 67108864",
                            "open the store", err);
}

static int connect_as(vt_sqlite *s, const char *name, vt_shop_mode mode, int flags, vt_error *err)
{
    flags |= mode == VT_SHOP_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    int code = sqlite3_open_v2(name, &s->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK) {
        return vt_sqlite_fail(s, code, "open the store", err);
    }
    int status = configure(s, mode, err);
    if (status == VT_OK) {
        status = vt_sqlite_prepare_functions(s, err);
    }
    return status == VT_OK ? vt_sqlite_check_schema(s, mode, err) : status;
}

/* What a file that was read as fixed looks like; a writer leaves it another, or a log beside it. */
static bool look(const vt_sqlite *s, vt_sqlite_look *out)
{
    char wal[PATH_MAX];
    struct stat info;
    int n = snprintf(wal, sizeof wal, "%s-wal", s->path);
    if (n < 0 || (size_t)n >= sizeof wal || vt_file_exists(wal) || stat(s->path, &info) != 0) {
        return false;
    }
    *out = (vt_sqlite_look){(int64_t)info.st_ino, (int64_t)info.st_size, (int64_t)info.st_mtim.tv_sec,
                            (int64_t)info.st_mtim.tv_nsec};
    return true;
}

/*
 * Reading a WAL needs files beside the store. Where none can be made (a folder in which the reader may not write) and
 * none are there, nobody has it open for writing, and the store is read as a file that does not change. That holds
 * until a writer comes: see vt_sqlite_follow().
 */
static int connect_fixed(vt_sqlite *s, vt_error *err)
{
    char uri[3 * PATH_MAX + 32];
    if (!look(s, &s->look)) {
        return VT_ERR_IO;
    }
    size_t len = (size_t)snprintf(uri, sizeof uri, "file:");
    for (const char *p = s->path; *p != '\0'; p++) { /* every byte that is no letter or digit as %XX, but / */
        bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || *p == '/';
        len += (size_t)snprintf(uri + len, sizeof uri - len, plain ? "%c" : "%%%02X", (unsigned char)*p);
    }
    snprintf(uri + len, sizeof uri - len, "?immutable=1");
    int status = connect_as(s, uri, VT_SHOP_READ, SQLITE_OPEN_URI, err);
    s->fixed = status == VT_OK;
    return status;
}

bool vt_sqlite_fixed_changed(const vt_sqlite *s)
{
    vt_sqlite_look now;
    return s->fixed && (!look(s, &now) || memcmp(&now, &s->look, sizeof now) != 0);
}

static int connect_store(vt_sqlite *s, vt_shop_mode mode, vt_error *err)
{
    vt_error first = VT_ERROR_INIT;
    int status = connect_as(s, s->path, mode, 0, &first);
    if (status == VT_ERR_IO && mode == VT_SHOP_READ) {
        vt_sqlite_disconnect(s);
        if (connect_fixed(s, NULL) == VT_OK) {
            return VT_OK;
        }
    }
    if (status != VT_OK && err != NULL) {
        *err = first;
    }
    return status;
}

int vt_sqlite_follow(vt_sqlite *s, vt_error *err)
{
    if (s->reading > 0 || !vt_sqlite_fixed_changed(s)) {
        return VT_OK;
    }
    if (s->db != NULL && sqlite3_get_autocommit(s->db) == 0) {
        return VT_OK;
    }
    sqlite3_stmt *at = s->db == NULL ? NULL : sqlite3_next_stmt(s->db, NULL);
    for (; at != NULL; at = sqlite3_next_stmt(s->db, at)) {
        if (sqlite3_stmt_busy(at)) {
            return VT_OK; /* a callback of a pass, which goes on as it began */
        }
    }
    vt_sqlite_disconnect(s);
    s->fixed = false;
    int status = connect_store(s, VT_SHOP_READ, err);
    if (status != VT_OK) { /* the next call tries again */
        s->fixed = true;
        s->look = (vt_sqlite_look){0};
    }
    return status;
}

static bool makes(vt_shop_mode mode)
{
    return mode == VT_SHOP_CREATE || mode == VT_SHOP_SERVE;
}

/* The lock, which a server lends where it holds it. */
static int take_lock(vt_sqlite *s, vt_shop_mode mode, vt_error *err)
{
    vt_error why = VT_ERROR_INIT;
    int status = vt_lock_take(&s->lock, s->path, err);
    if (status != VT_ERR_BUSY || mode == VT_SHOP_SERVE || vt_lend_borrow(&s->lender, s->path, &why) != VT_OK) {
        return status;
    }
    vt_error_reset(err);
    return vt_lock_take(&s->lock, s->path, err);
}

int vt_sqlite_open(vt_store **out, const char *where, vt_shop_mode mode, vt_error *err)
{
    if (!makes(mode) && !vt_file_exists(where)) {
        return vt_fail(err, VT_ERR_NOT_FOUND, "there is no store at %s", where);
    }
    vt_sqlite *s = vt_alloc_zero(1, sizeof *s, err);
    if (s == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    s->base.ops = &sqlite_ops;
    s->lock = s->lender = -1;
    vt_buf_init(&s->images, VT_TEXT_BYTES_MAX);
    s->path = vt_strndup(where, strlen(where), err);
    int status = s->path == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    if (status == VT_OK && mode != VT_SHOP_READ) {
        status = take_lock(s, mode, err);
    }
    if (status == VT_OK && makes(mode) && !vt_file_exists(where)) {
        status = vt_sqlite_make(s, err);
    }
    if (status == VT_OK) {
        status = connect_store(s, mode, err);
    }
    if (status == VT_OK && mode != VT_SHOP_READ) {
        status = vt_sqlite_prepare_undo(s, err);
    }
    if (status != VT_OK) {
        close_store(&s->base);
        return status;
    }
    *out = &s->base;
    return VT_OK;
}
