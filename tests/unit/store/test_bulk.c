/* A large import makes the index of users' events at its commit: nobody sees the store without it. */
#include "store_fixture.h"

#include <sqlite3.h>

#include "store/sqlite.h"

enum { EVENTS = 60000, USERS = 500 };

/* Puts events `first` to `first + n - 1`; the store must be in a write. */
static void put_events(fixture *f, int first, int n)
{
    vt_error err = VT_ERROR_INIT;
    for (int i = first; i < first + n; i++) {
        char user[16], item[16];
        vt_put done = VT_PUT_REFUSED;
        vt_event event;
        snprintf(user, sizeof user, "u%d", i % USERS);
        snprintf(item, sizeof item, "i%d", i % 7);
        vt_event_init(&event);
        event.kind = VT_EVENT_VIEW;
        event.user = vt_str_of(user);
        event.item = vt_str_of(item);
        event.time = 1600000000 + i;
        check_ok(vt_store_put_event(f->store, &event, &done, &err));
        assert_int_equal(done, VT_PUT_ADDED);
    }
}

/* What another connection reads of the index: its definition, "" when it is not there. */
static void index_seen(fixture *f, char *out, size_t size)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    out[0] = '\0';
    assert_int_equal(sqlite3_open_v2(scratch_path(&f->dir, "shop/store.db"), &db, SQLITE_OPEN_READONLY, NULL),
                     SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(db, "SELECT sql FROM sqlite_schema WHERE name = 'events_user'", -1, &statement, NULL),
        SQLITE_OK);
    if (sqlite3_step(statement) == SQLITE_ROW) {
        snprintf(out, size, "%s", (const char *)sqlite3_column_text(statement, 0));
    }
    sqlite3_finalize(statement);
    sqlite3_close(db);
}

static int count_event(void *context, const vt_event_row *event, vt_str item)
{
    (void)event;
    (void)item;
    ++*(int *)context;
    return VT_OK;
}

static void check_history(fixture *f, int events)
{
    vt_error err = VT_ERROR_INIT;
    int seen = 0;
    check_ok(vt_store_history(f->store, vt_str_of("u3"), count_event, &seen, &err));
    assert_int_equal(seen, events);
    check_ok(vt_store_check(f->store, &err));
}

static void index_is_made_at_the_commit(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    const vt_sqlite *s = (const vt_sqlite *)f->store;
    char before[256], now[256];
    int64_t first = 0, second = 0;
    index_seen(f, before, sizeof before);
    assert_true(strlen(before) > 0);
    check_ok(vt_store_begin(f->store, "test", "", &first, &err));
    put_events(f, 0, 10);
    assert_false(s->index_put_off);
    put_events(f, 10, EVENTS - 10);
    assert_true(s->index_put_off);
    index_seen(f, now, sizeof now);
    assert_string_equal(now, before);
    check_ok(vt_store_commit(f->store, 0, &err));
    index_seen(f, now, sizeof now);
    assert_string_equal(now, before);
    check_history(f, EVENTS / USERS);

    /* Few events into a store that has many leave the index where it is. */
    check_ok(vt_store_begin(f->store, "test", "", &second, &err));
    put_events(f, EVENTS, USERS);
    assert_false(s->index_put_off);
    check_ok(vt_store_commit(f->store, 0, &err));
    check_history(f, EVENTS / USERS + 1);
}

static void rollback_keeps_the_index(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    const vt_sqlite *s = (const vt_sqlite *)f->store;
    char before[256], now[256];
    int64_t import_id = 0;
    index_seen(f, before, sizeof before);
    check_ok(vt_store_begin(f->store, "test", "", &import_id, &err));
    put_events(f, 0, EVENTS);
    assert_true(s->index_put_off);
    vt_store_rollback(f->store);
    index_seen(f, now, sizeof now);
    assert_string_equal(now, before);

    check_ok(vt_store_begin(f->store, "test", "", &import_id, &err));
    put_events(f, 0, USERS);
    assert_false(s->index_put_off);
    check_ok(vt_store_commit(f->store, 0, &err));
    check_history(f, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(index_is_made_at_the_commit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rollback_keeps_the_index, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
