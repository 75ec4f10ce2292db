/* Events. 16 bytes of BLAKE2b say which one it is, so a second put finds the first by one look into one index. */
#include "store/event_key.h"
#include "store/sqlite.h"
#include "store/sqlite_ids.h"
#include "store/sqlite_order.h"

int vt_sqlite_add_texts(vt_sqlite *s, int64_t row, const vt_event *event, vt_error *err)
{
    sqlite3_stmt *statement = NULL;
    int status = VT_OK;
    if (event->title.ptr != NULL || event->body.ptr != NULL) {
        status = vt_sqlite_prepare(s, VT_SQL_REVIEW_ADD, &statement, err);
        if (status == VT_OK) {
            vt_bind_int(statement, 1, row);
            vt_bind_str(statement, 2, event->title);
            vt_bind_str(statement, 3, event->body);
            status = vt_sqlite_run(s, statement, "add a review", err);
        }
    }
    if (status == VT_OK && (event->placement.ptr != NULL || event->model.ptr != NULL || event->request.ptr != NULL)) {
        status = vt_sqlite_prepare(s, VT_SQL_EXPOSURE_ADD, &statement, err);
        if (status == VT_OK) {
            vt_bind_int(statement, 1, row);
            vt_bind_str(statement, 2, event->placement);
            vt_bind_str(statement, 3, event->model);
            vt_bind_str(statement, 4, event->request);
            status = vt_sqlite_run(s, statement, "add an exposure", err);
        }
    }
    return status;
}

/*
 * Whether the store has the event of a user that was not met yet: what is sent again must not bring back a user who was
 * erased or merged. A line of an order is replaced instead.
 */
static int is_known(vt_sqlite *s, const vt_event *event, const unsigned char *key, bool *known, vt_error *err)
{
    int64_t user = 0;
    sqlite3_stmt *find = NULL;
    *known = false;
    if (event->user.ptr == NULL || vt_event_is_line(event) || vt_map_get(s->users, event->user, &user)) {
        return VT_OK;
    }
    int status = vt_sqlite_prepare(s, VT_SQL_EVENT_FIND, &find, err);
    if (status != VT_OK) {
        return status;
    }
    sqlite3_bind_blob(find, 1, key, VT_EVENT_KEY_BYTES, SQLITE_STATIC);
    int code = sqlite3_step(find);
    *known = code == SQLITE_ROW;
    sqlite3_reset(find);
    return code == SQLITE_ROW || code == SQLITE_DONE ? VT_OK : vt_sqlite_fail(s, code, "look an event up", err);
}

int vt_sqlite_put_event(vt_store *store, const vt_event *event, const unsigned char key[VT_EVENT_KEY_BYTES],
                        vt_put *done, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    int64_t user = VT_NONE;
    int64_t item = 0;
    bool fresh = false;
    bool known = false;
    sqlite3_stmt *add = NULL;
    int status = is_known(s, event, key, &known, err);
    if (status == VT_OK && known) {
        *done = VT_PUT_SAME;
        return VT_OK;
    }
    if (status == VT_OK && event->user.ptr != NULL) {
        status = vt_sqlite_user_row(s, event->user, &user, &fresh, err);
    }
    if (status == VT_OK) {
        status = vt_sqlite_item_row(s, event->item, &item, &fresh, err);
    }
    if (status == VT_OK) {
        status = vt_sqlite_prepare(s, VT_SQL_EVENT_ADD, &add, err);
    }
    if (status != VT_OK) {
        return status;
    }
    sqlite3_bind_blob(add, 1, key, VT_EVENT_KEY_BYTES, SQLITE_STATIC);
    vt_bind_int(add, 2, user);
    vt_bind_str(add, 3, event->session);
    vt_bind_int(add, 4, item);
    vt_bind_int(add, 5, event->kind);
    vt_bind_int(add, 6, event->time);
    vt_bind_real(add, 7, event->value);
    vt_bind_int(add, 8, event->quantity);
    vt_bind_int(add, 9, event->unit_price);
    vt_bind_int(add, 10, event->discount);
    vt_str currency = vt_str_equal(event->currency, vt_str_of(s->currency)) ? (vt_str){NULL, 0} : event->currency;
    vt_bind_str(add, 11, currency);
    vt_bind_str(add, 12, event->order_id);
    vt_bind_int(add, 13, event->part);
    vt_bind_int(add, 14, s->import_id);
    vt_bind_str(add, 15, event->line);
    vt_bind_int(add, 16, event->refunded);
    vt_bind_int(add, 17, event->state);
    vt_bind_int(add, 18, s->mark.event + 1);
    status = vt_sqlite_run(s, add, "add an event", err);
    if (status != VT_OK) {
        return status;
    }
    bool sale = event->kind == VT_EVENT_PURCHASE || event->kind == VT_EVENT_RETURN;
    if (sqlite3_changes(s->db) > 0) {
        s->mark.event++;
        s->added++;
        s->changed = true;
        status = vt_sqlite_add_texts(s, s->mark.event, event, err);
        status = status == VT_OK ? vt_sqlite_put_off_index(s, err) : status;
        *done = status == VT_OK ? VT_PUT_ADDED : *done;
    } else if (vt_event_is_line(event)) {
        const vt_sqlite_line line = {event, key, user, item, currency};
        status = vt_sqlite_replace_line(s, &line, done, err);
    } else {
        sale = false;
        *done = VT_PUT_SAME;
    }
    if (sale && status == VT_OK) {
        vt_sqlite_note_sale(s, event->time);
    }
    return status;
}

/* Runs a statement with one row. */
static int run_row(vt_sqlite *s, vt_sql which, int64_t row, vt_error *err)
{
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_prepare(s, which, &statement, err);
    if (status == VT_OK) {
        vt_bind_int(statement, 1, row);
        status = vt_sqlite_run(s, statement, "take an event back", err);
    }
    return status;
}

int vt_sqlite_remove_event(vt_store *store, const unsigned char key[VT_EVENT_KEY_BYTES], bool *removed, vt_error *err)
{
    static const vt_sql steps[] = {VT_SQL_REVIEW_DELETE, VT_SQL_EXPOSURE_DELETE, VT_SQL_EVENT_DELETE};
    vt_sqlite *s = (vt_sqlite *)store;
    sqlite3_stmt *find = NULL;
    if (s->import_id != 0) {
        return vt_fail(err, VT_ERR_USAGE, "events are taken back in a write of their own: an import can be taken back");
    }
    int status = vt_sqlite_prepare(s, VT_SQL_EVENT_FIND, &find, err);
    if (status != VT_OK) {
        return status;
    }
    sqlite3_bind_blob(find, 1, key, VT_EVENT_KEY_BYTES, SQLITE_STATIC);
    int code = sqlite3_step(find);
    int64_t row = code == SQLITE_ROW ? sqlite3_column_int64(find, 0) : 0;
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        status = vt_sqlite_fail(s, code, "look an event up", err);
    }
    if (code == SQLITE_ROW && row <= s->before.event) { /* later ones no reader has seen */
        status = vt_sqlite_journal_event(s, row, vt_column_int(find, 1), vt_column_str(find, 2), err);
    }
    sqlite3_reset(find);
    for (size_t i = 0; i < sizeof steps / sizeof *steps && row != 0 && status == VT_OK; i++) {
        status = run_row(s, steps[i], row, err);
    }
    if (status == VT_OK) {
        s->changed = s->changed || row != 0;
        *removed = row != 0;
    }
    return status;
}
