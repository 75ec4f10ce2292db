/* Reading events: as numbers, as lines of orders and visits, in full, and one user's. */
#include "store/sqlite.h"

/* The columns that each_event and history have in common. */
static vt_event_row event_of(sqlite3_stmt *statement)
{
    int64_t user = vt_column_int(statement, 1);
    return (vt_event_row){
        .id = sqlite3_column_int64(statement, 0),
        .user = user == VT_NONE ? 0 : user,
        .item = sqlite3_column_int64(statement, 2),
        .time = vt_column_int(statement, 3),
        .quantity = vt_column_int(statement, 4),
        .unit_price = vt_column_int(statement, 5),
        .discount = vt_column_int(statement, 6),
        .refunded = vt_column_int(statement, 7),
        .value = vt_column_real(statement, 8),
        .order = vt_column_str(statement, 9),
        .session = vt_column_str(statement, 10),
        .kind = (uint8_t)sqlite3_column_int(statement, 11),
        .part = (uint8_t)sqlite3_column_int(statement, 12),
        .state = (uint8_t)sqlite3_column_int(statement, 13),
        .cost = vt_column_int(statement, 14),
    };
}

typedef struct event_pass {
    vt_event_each each;
    void *context;
} event_pass;

static int event_row(void *context, sqlite3_stmt *statement, vt_error *err)
{
    (void)err;
    const event_pass *w = context;
    vt_event_row row = event_of(statement);
    row.placement = vt_column_str(statement, 15);
    row.model = vt_column_str(statement, 16);
    row.request = vt_column_str(statement, 17);
    row.has_text = sqlite3_column_int(statement, 18) != 0;
    return w->each(w->context, &row);
}

/* Costs are looked up for each sale only in a shop that has any. */
static int costs_known(vt_sqlite *s, bool *known, vt_error *err)
{
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_prepare(s, VT_SQL_COST_ANY, &statement, err);
    if (status != VT_OK) {
        return status;
    }
    int code = sqlite3_step(statement);
    *known = code == SQLITE_ROW;
    sqlite3_reset(statement);
    return code == SQLITE_ROW || code == SQLITE_DONE ? VT_OK : vt_sqlite_fail(s, code, "read the costs", err);
}

int vt_sqlite_each_event(vt_store *store, int64_t after, vt_event_each each, void *context, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    event_pass w = {each, context};
    bool costs = false;
    sqlite3_stmt *statement = NULL;
    int status = costs_known(s, &costs, err);
    if (status == VT_OK) {
        status = vt_sqlite_open_pass(s, costs ? VT_SQL_EVENTS_AFTER_COSTS : VT_SQL_EVENTS_AFTER, &statement, err);
    }
    if (status == VT_OK) {
        vt_bind_int(statement, 1, after);
        status = vt_sqlite_pass(s, statement, event_row, &w, err);
    }
    return status;
}

typedef struct history_pass {
    vt_history_each each;
    void *context;
} history_pass;

static int history_row(void *context, sqlite3_stmt *statement, vt_error *err)
{
    (void)err;
    const history_pass *w = context;
    vt_event_row row = event_of(statement);
    return w->each(w->context, &row, vt_column_str(statement, 15));
}

static int note_row(void *context, int64_t row, const vt_user *user)
{
    (void)user;
    *(int64_t *)context = row;
    return 0;
}

int vt_sqlite_history(vt_store *store, vt_str user, vt_history_each each, void *context, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    history_pass w = {each, context};
    int64_t row = 0;
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_each_user(store, (vt_pick){.by = VT_PICK_ID, .id = user}, note_row, &row, err);
    if (status == VT_OK) {
        status = vt_sqlite_open_pass(s, VT_SQL_HISTORY, &statement, err);
    }
    if (status == VT_OK) {
        vt_bind_int(statement, 1, row);
        status = vt_sqlite_pass(s, statement, history_row, &w, err);
    }
    return status;
}

typedef struct full_event_pass {
    vt_full_event_each each;
    void *context;
} full_event_pass;

vt_event vt_sqlite_full_event(sqlite3_stmt *statement)
{
    vt_event event;
    vt_event_init(&event);
    event.user = vt_column_str(statement, 0);
    event.session = vt_column_str(statement, 1);
    event.item = vt_column_str(statement, 2);
    event.order_id = vt_column_str(statement, 3);
    event.title = vt_column_str(statement, 4);
    event.body = vt_column_str(statement, 5);
    event.placement = vt_column_str(statement, 6);
    event.model = vt_column_str(statement, 7);
    event.request = vt_column_str(statement, 8);
    event.currency = vt_column_str(statement, 9);
    event.time = vt_column_int(statement, 10);
    event.quantity = vt_column_int(statement, 11);
    event.unit_price = vt_column_int(statement, 12);
    event.discount = vt_column_int(statement, 13);
    if (sqlite3_column_type(statement, 14) != SQLITE_NULL) {
        event.value = sqlite3_column_double(statement, 14);
    }
    event.kind = (vt_event_kind)sqlite3_column_int(statement, 15);
    event.part = (vt_part)sqlite3_column_int(statement, 16);
    event.line = vt_column_str(statement, 17);
    event.refunded = vt_column_int(statement, 18);
    event.state = (vt_line_state)sqlite3_column_int(statement, 19);
    return event;
}

static int full_event_row(void *context, sqlite3_stmt *statement, vt_error *err)
{
    (void)err;
    const full_event_pass *w = context;
    const vt_event event = vt_sqlite_full_event(statement);
    return w->each(w->context, &event);
}

int vt_sqlite_each_full_event(vt_store *store, vt_full_event_each each, void *context, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    full_event_pass w = {each, context};
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_open_pass(s, VT_SQL_EACH_FULL_EVENT, &statement, err);
    return status == VT_OK ? vt_sqlite_pass(s, statement, full_event_row, &w, err) : status;
}
