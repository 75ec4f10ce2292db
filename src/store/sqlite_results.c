/*
 * Computed rows. They name items and users by the shop's ids, so that they can be read without a join; what goes from
 * the shop takes its rows along, here and not by a key of the schema, since only the kind says what a subject is.
 */
#include <math.h>

#include "store/sqlite.h"

static int run_of_kind(vt_sqlite *s, vt_sql which, const vt_result_kind *kind, vt_str subject, vt_error *err)
{
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_prepare(s, which, &statement, err);
    if (status == VT_OK) {
        vt_bind_str(statement, 1, vt_str_of(kind->name));
        if (subject.ptr != NULL) {
            vt_bind_str(statement, 2, subject);
        }
        status = vt_sqlite_run(s, statement, "take computed rows away", err);
    }
    return status;
}

/* The rows of a kind about what the shop does not have. */
static int drop_lost(vt_sqlite *s, const vt_result_kind *kind, vt_error *err)
{
    const vt_str none = {NULL, 0};
    int status = VT_OK;
    if (kind->subject != VT_RESULT_OF_SHOP) {
        bool users = kind->subject == VT_RESULT_OF_USER;
        status = run_of_kind(s, users ? VT_SQL_RESULTS_LOST_USERS : VT_SQL_RESULTS_LOST_ITEMS, kind, none, err);
    }
    if (status == VT_OK && kind->item_object) {
        status = run_of_kind(s, VT_SQL_RESULTS_LOST_OBJECTS, kind, none, err);
    }
    return status;
}

int vt_sqlite_drop_lost_results(vt_sqlite *s, vt_error *err)
{
    int status = VT_OK;
    const vt_result_kind *kind = NULL;
    for (size_t i = 0; status == VT_OK && (kind = vt_result_kind_at(i)) != NULL; i++) {
        status = drop_lost(s, kind, err);
    }
    return status;
}

int vt_sqlite_drop_results_of_user(vt_sqlite *s, vt_str id, vt_error *err)
{
    int status = VT_OK;
    const vt_result_kind *kind = NULL;
    for (size_t i = 0; status == VT_OK && (kind = vt_result_kind_at(i)) != NULL; i++) {
        if (kind->subject == VT_RESULT_OF_USER) {
            status = run_of_kind(s, VT_SQL_RESULTS_CLEAR_SUBJECT, kind, id, err);
        }
    }
    return status;
}

static void bind_finite(sqlite3_stmt *statement, int at, double value)
{
    vt_bind_real(statement, at, isfinite(value) ? value : NAN);
}

static int put(vt_sqlite *s, const vt_result_kind *kind, int64_t made_at, const vt_result *row, vt_error *err)
{
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_prepare(s, VT_SQL_RESULT_ADD, &statement, err);
    if (status != VT_OK) {
        return status;
    }
    vt_bind_str(statement, 1, vt_str_of(kind->name));
    vt_bind_str(statement, 2, row->subject);
    sqlite3_bind_int64(statement, 3, row->rank);
    vt_bind_str(statement, 4, row->object);
    bind_finite(statement, 5, row->value);
    bind_finite(statement, 6, row->low);
    bind_finite(statement, 7, row->high);
    vt_bind_int(statement, 8, row->count);
    sqlite3_bind_int64(statement, 9, made_at);
    status = vt_sqlite_run(s, statement, "keep a computed row", err);
    if (status == VT_OK && sqlite3_changes(s->db) == 0) {
        status = vt_fail(err, VT_ERR_USAGE, "two rows of the kind \"%s\" about \"%.*s\" have the rank %lld", kind->name,
                         VT_STR_ARGS(row->subject), (long long)row->rank);
    }
    return status;
}

int vt_sqlite_replace_results(vt_store *store, const vt_result_kind *kind, int64_t made_at, vt_result_next next,
                              void *context, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    const vt_result *row = NULL;
    int status = run_of_kind(s, VT_SQL_RESULTS_CLEAR, kind, (vt_str){NULL, 0}, err);
    if (status == VT_OK) {
        status = next(context, &row, err);
    }
    while (status == VT_OK && row != NULL) {
        status = put(s, kind, made_at, row, err);
        status = status == VT_OK ? next(context, &row, err) : status;
    }
    return status == VT_OK ? drop_lost(s, kind, err) : status;
}

typedef struct result_pass {
    vt_result_each each;
    void *context;
} result_pass;

static int result_row(void *context, sqlite3_stmt *statement, vt_error *err)
{
    (void)err;
    const result_pass *w = context;
    vt_result row = {
        .subject = vt_column_str(statement, 0),
        .rank = sqlite3_column_int64(statement, 1),
        .object = vt_column_str(statement, 2),
        .value = vt_column_real(statement, 3),
        .low = vt_column_real(statement, 4),
        .high = vt_column_real(statement, 5),
        .count = vt_column_int(statement, 6),
        .made_at = sqlite3_column_int64(statement, 7),
    };
    return w->each(w->context, &row);
}

int vt_sqlite_each_result(vt_store *store, const vt_result_kind *kind, const char *subject, vt_result_each each,
                          void *context, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    result_pass w = {each, context};
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_open_pass(s, subject == NULL ? VT_SQL_EACH_RESULT : VT_SQL_RESULTS_OF, &statement, err);
    if (status == VT_OK) {
        vt_bind_str(statement, 1, vt_str_of(kind->name));
        if (subject != NULL) {
            vt_bind_str(statement, 2, vt_str_of(subject));
        }
        status = vt_sqlite_pass(s, statement, result_row, &w, err);
    }
    return status;
}
