/*
 * Rollups by day, item and kind of customer, kept in the transaction that changes them. A write adds what its own
 * events give, one statement whether there is one or ten million. An order that arrives late, before the customer's
 * first one so far, changes what earlier events of that customer count as: those are taken away and added again.
 */
#include "store/sqlite_rollup.h"

#include "base/alloc.h"
#include "store/sqlite.h"

static void day_function(sqlite3_context *context, int count, sqlite3_value **values)
{
    const vt_sqlite *s = sqlite3_user_data(context);
    (void)count;
    bool none = sqlite3_value_type(values[0]) == SQLITE_NULL;
    sqlite3_result_int64(context, none ? VT_ROLLUP_NO_DAY : vt_zone_day(s->zone, sqlite3_value_int64(values[0])));
}

int vt_sqlite_prepare_rollups(vt_sqlite *s, bool writer, vt_error *err)
{
    int code = sqlite3_create_function_v2(s->db, "vt_day", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, s,
                                          day_function, NULL, NULL, NULL);
    if (code != SQLITE_OK) {
        return vt_sqlite_fail(s, code, "open the store", err);
    }
    return !writer ? VT_OK
                   : vt_sqlite_script(s,
                                      "CREATE TEMP TABLE touched(user INTEGER PRIMARY KEY);"
                                      "CREATE TEMP TABLE priced(item INTEGER PRIMARY KEY);"
                                      "CREATE TEMP TABLE adopted(id INTEGER PRIMARY KEY);"
                                      "CREATE TEMP TABLE needed(row INTEGER PRIMARY KEY, import_id INTEGER NOT NULL)",
                                      "open the store", err);
}

int vt_sqlite_roll_user(vt_sqlite *s, int64_t user, int sign, vt_error *err)
{
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_prepare(s, VT_SQL_ROLLUP_USER, &statement, err);
    if (status == VT_OK) {
        vt_bind_int(statement, 1, user);
        vt_bind_int(statement, 2, s->before.event);
        vt_bind_int(statement, 3, sign);
        status = vt_sqlite_run(s, statement, "keep the daily sums", err);
    }
    return status;
}

/* A customer of before the write whose first order became earlier (or came to be). */
typedef struct late_order {
    int64_t user;
    int64_t time;
} late_order;

/* Collected first: the statement reads what the correction changes. */
static int find_late(vt_sqlite *s, late_order **out, size_t *n, vt_error *err)
{
    sqlite3_stmt *statement = NULL;
    late_order *late = NULL;
    size_t count = 0;
    size_t capacity = 0;
    int status = vt_sqlite_prepare(s, VT_SQL_FIRST_ORDER_LATE, &statement, err);
    if (status != VT_OK) {
        return status;
    }
    vt_bind_int(statement, 1, s->before.event);
    vt_bind_int(statement, 2, s->before.user);
    int code = sqlite3_step(statement);
    for (; code == SQLITE_ROW; code = sqlite3_step(statement)) {
        if (count == capacity) {
            capacity = capacity * 2 + 64;
            late_order *grown = vt_realloc(late, capacity, sizeof *grown, err);
            if (grown == NULL) {
                status = VT_ERR_NO_MEMORY;
                goto out;
            }
            late = grown;
        }
        late[count++] = (late_order){sqlite3_column_int64(statement, 0), sqlite3_column_int64(statement, 1)};
    }
    if (code != SQLITE_DONE) {
        status = vt_sqlite_fail(s, code, "keep the daily sums", err);
        goto out;
    }
    *out = late;
    *n = count;
    late = NULL;
out:
    sqlite3_reset(statement);
    vt_free(late);
    return status;
}

static int set_first_order(vt_sqlite *s, const late_order *late, vt_error *err)
{
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_roll_user(s, late->user, -1, err);
    if (status == VT_OK) {
        status = vt_sqlite_prepare(s, VT_SQL_FIRST_ORDER_SET, &statement, err);
    }
    if (status == VT_OK) {
        vt_bind_int(statement, 1, late->user);
        vt_bind_int(statement, 2, late->time);
        status = vt_sqlite_run(s, statement, "keep a first order", err);
    }
    return status == VT_OK ? vt_sqlite_roll_user(s, late->user, 1, err) : status;
}

/* All rollups and first orders from nothing: after a change of currency or time zone. */
static int rebuild(vt_sqlite *s, vt_error *err)
{
    return vt_sqlite_script(s,
                            "UPDATE users SET first_order = (SELECT min(time) FROM events WHERE user = users.id"
                            " AND kind = 2);"
                            "DELETE FROM rollups;" VT_ROLLUP_INSERT("1", "") ";",
                            "keep the daily sums", err);
}

int vt_sqlite_roll_up(vt_sqlite *s, vt_error *err)
{
    if (s->rebuild) {
        return rebuild(s, err);
    }
    late_order *late = NULL;
    size_t n = 0;
    sqlite3_stmt *statement = NULL;
    int status = VT_OK;
    if (s->ordered) {
        status = find_late(s, &late, &n, err);
        for (size_t i = 0; i < n && status == VT_OK; i++) {
            status = set_first_order(s, &late[i], err);
        }
        if (status == VT_OK) {
            status = vt_sqlite_prepare(s, VT_SQL_FIRST_ORDER_FRESH, &statement, err);
        }
        if (status == VT_OK) {
            vt_bind_int(statement, 1, s->before.event);
            vt_bind_int(statement, 2, s->before.user);
            status = vt_sqlite_run(s, statement, "keep first orders", err);
        }
    }
    if (status == VT_OK) {
        status = vt_sqlite_prepare(s, VT_SQL_ROLLUP_NEW, &statement, err);
    }
    if (status == VT_OK) {
        vt_bind_int(statement, 1, s->before.event);
        status = vt_sqlite_run(s, statement, "keep the daily sums", err);
    }
    vt_free(late);
    return status;
}
