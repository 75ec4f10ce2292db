/*
 * Pages of events. Without a user a page that has conditions looks at so many rows and no more: where few match, it has
 * few, and the next goes on from there, so that a page costs the same in a shop of any size and no index of every
 * column has to be kept at each event. A user's events are found by their index.
 */
#include "store/sqlite.h"

#include "base/limits.h"

typedef struct page_pass {
    vt_paged_event_each each;
    void *context;
} page_pass;

static int page_row(void *context, sqlite3_stmt *statement, vt_error *err)
{
    (void)err;
    const page_pass *w = context;
    const vt_event event = vt_sqlite_full_event(statement);
    return w->each(w->context, sqlite3_column_int64(statement, VT_FULL_EVENT_ROW), &event);
}

static int note_item(void *context, int64_t row, const vt_item *item)
{
    (void)item;
    *(int64_t *)context = row;
    return VT_OK;
}

static int note_user(void *context, int64_t row, const vt_user *user)
{
    (void)user;
    *(int64_t *)context = row;
    return VT_OK;
}

/* The last of the rows that a page with conditions looks at; INT64_MAX where it looks at all that there are. */
static int last_looked_at(vt_sqlite *s, int64_t after, int64_t *last, vt_error *err)
{
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_prepare(s, VT_SQL_EVENTS_LOOKED_AT, &statement, err);
    if (status != VT_OK) {
        return status;
    }
    vt_bind_int(statement, 1, after);
    vt_bind_int(statement, 2, VT_PAGE_LOOKS_MAX - 1);
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW || code == SQLITE_DONE) {
        *last = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : INT64_MAX;
    } else {
        status = vt_sqlite_fail(s, code, "read", err);
    }
    sqlite3_reset(statement);
    return status;
}

int vt_sqlite_page_events(vt_store *store, const vt_event_page *page, vt_paged_event_each each, void *context,
                          int64_t *looked, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    page_pass w = {each, context};
    int64_t user = VT_NONE, item = VT_NONE, last = INT64_MAX;
    sqlite3_stmt *statement = NULL;
    int status = VT_OK;
    if (page->item.ptr != NULL) {
        status = vt_sqlite_each_item(store, (vt_pick){.by = VT_PICK_ID, .id = page->item}, note_item, &item, err);
    }
    if (status == VT_OK && page->user.ptr != NULL) {
        status = vt_sqlite_each_user(store, (vt_pick){.by = VT_PICK_ID, .id = page->user}, note_user, &user, err);
    }
    bool conditions = item != VT_NONE || page->kind >= 0 || page->since != VT_NONE || page->until != VT_NONE;
    if (status == VT_OK && user == VT_NONE && conditions) {
        status = last_looked_at(s, page->after, &last, err);
    }
    if (status == VT_OK) {
        status = vt_sqlite_open_pass(s, user == VT_NONE ? VT_SQL_EVENTS_PAGE : VT_SQL_EVENTS_PAGE_OF, &statement, err);
    }
    if (status == VT_OK) {
        vt_bind_int(statement, 1, page->after);
        vt_bind_int(statement, 2, last);
        vt_bind_int(statement, 3, item);
        vt_bind_int(statement, 4, page->kind < 0 ? VT_NONE : page->kind);
        vt_bind_int(statement, 5, page->since);
        vt_bind_int(statement, 6, page->until);
        vt_bind_int(statement, 7, page->limit);
        vt_bind_int(statement, 8, user);
        status = vt_sqlite_pass(s, statement, page_row, &w, err);
    }
    if (status == VT_OK) {
        *looked = last == INT64_MAX ? 0 : last;
    }
    return status;
}

int vt_sqlite_event(vt_store *store, const unsigned char key[VT_EVENT_KEY_BYTES], vt_paged_event_each each,
                    void *context, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    page_pass w = {each, context};
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_open_pass(s, VT_SQL_FULL_EVENT, &statement, err);
    if (status == VT_OK) {
        sqlite3_bind_blob(statement, 1, key, VT_EVENT_KEY_BYTES, SQLITE_STATIC);
        status = vt_sqlite_pass(s, statement, page_row, &w, err);
    }
    return status;
}
