/* Order lines: exported again, cancelled, returned, refunded; what undo and older stores make of them. */
#include "check.h"

#include <sqlite3.h>

#include "dump.h"
#include "old_store.h"
#include "store/event_key.h"
#include "store_fixture.h"

static vt_event line_of(const char *order, const char *line, const char *item, int64_t quantity, int64_t price)
{
    vt_event event = event_of("ann", item, VT_EVENT_PURCHASE, 1000);
    event.order_id = vt_str_of(order);
    event.line = line == NULL ? (vt_str){NULL, 0} : vt_str_of(line);
    event.quantity = quantity;
    event.unit_price = price;
    return event;
}

/* One write, of an import unless `kind` is NULL; its number. */
static int64_t write_events(fixture *f, const char *kind, const vt_event *events, size_t n, vt_put want)
{
    vt_error err = VT_ERROR_INIT;
    int64_t import_id = 0;
    check_ok(vt_store_begin(f->store, kind, "orders.csv", &import_id, &err));
    for (size_t i = 0; i < n; i++) {
        vt_put done;
        check_ok(vt_store_put_event(f->store, &events[i], &done, &err));
        assert_int_equal(done, want);
    }
    check_ok(vt_store_commit(f->store, 0, &err));
    return import_id;
}

static int set_order(fixture *f, const char *order, const char *line, vt_line_state state, int64_t refunded,
                     vt_put *done)
{
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_store_begin(f->store, NULL, NULL, NULL, &err));
    int status = vt_store_set_order(f->store, vt_str_of(order), line == NULL ? (vt_str){NULL, 0} : vt_str_of(line),
                                    state, refunded, done, &err);
    check_ok(vt_store_commit(f->store, 0, &err));
    return status;
}

typedef struct sums {
    int64_t lines, revenue, refunded, returned;
} sums;

static int add_event(void *context, const vt_event_row *event)
{
    sums *s = context;
    if (event->kind == VT_EVENT_PURCHASE && event->state != VT_LINE_CANCELLED) {
        s->lines++;
        s->revenue += event->unit_price == VT_NONE ? 0 : event->quantity * event->unit_price;
        s->refunded += event->refunded == VT_NONE ? 0 : event->refunded;
        s->returned += event->state == VT_LINE_RETURNED;
    }
    return 0;
}

static sums sums_of(fixture *f)
{
    vt_error err = VT_ERROR_INIT;
    sums s = {0};
    check_ok(vt_store_each_event_after(f->store, 0, add_event, &s, &err));
    check_ok(vt_store_check(f->store, &err));
    return s;
}

static int note_change(void *context, const vt_store_change *change)
{
    char *text = context;
    size_t n = strlen(text);
    snprintf(text + n, 256 - n, "%d:%lld/%lld/%.*s ", (int)change->kind, (long long)change->row,
             (long long)change->user, VT_STR_ARGS(change->session));
    return 0;
}

static void exported_again_with_another_quantity(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    char changes[256] = "";
    for (int numbered = 0; numbered < 2; numbered++) {
        vt_event lines[] = {line_of(numbered ? "o2" : "o1", numbered ? "1" : NULL, "tea", 1, 1000)};
        lines[0].id = numbered ? vt_str_of("any id") : lines[0].id;
        write_events(f, NULL, lines, 1, VT_PUT_ADDED);
        write_events(f, NULL, lines, 1, VT_PUT_SAME);
        lines[0].quantity = 2;
        lines[0].id = numbered ? vt_str_of("another id") : lines[0].id;
        write_events(f, NULL, lines, 1, VT_PUT_CHANGED);
        write_events(f, NULL, lines, 1, VT_PUT_SAME);
        assert_int_equal(sums_of(f).revenue, numbered ? 4000 : 2000);
    }
    assert_int_equal(sums_of(f).lines, 2);
    check_ok(vt_store_each_change(f->store, 0, note_change, changes, &err));
    assert_string_equal(changes, "2:1/1/ 2:3/1/ ");
}

static void lines_of_one_order(void **state)
{
    fixture *f = *state;
    vt_event lines[] = {line_of("o", NULL, "tea", 1, 100), line_of("o", NULL, "tea", 1, 100),
                        line_of("o", NULL, "pot", 1, 100), line_of("p", NULL, "tea", 1, 100),
                        line_of("o", NULL, "tea", 1, 100), line_of("o", "1", "tea", 1, 100)};
    lines[1].occurrence = 1; /* the second of its kind in the order */
    lines[4].kind = VT_EVENT_RETURN;
    write_events(f, NULL, lines, 6, VT_PUT_ADDED);
    write_events(f, NULL, lines, 6, VT_PUT_SAME);
    vt_event with_id = line_of("o", NULL, "tea", 1, 100);
    with_id.id = vt_str_of("x"); /* known by its id alone */
    write_events(f, NULL, &with_id, 1, VT_PUT_ADDED);
    with_id.quantity = 9;
    write_events(f, NULL, &with_id, 1, VT_PUT_SAME);
    assert_int_equal(sums_of(f).revenue, 600);
}

static void replaced_inside_one_write(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    char changes[256] = "";
    vt_event line = line_of("o", "1", "tea", 1, 100);
    line.title = vt_str_of("for aunt");
    check_ok(vt_store_begin(f->store, NULL, NULL, NULL, &err));
    check_ok(vt_store_put_event(f->store, &line, &done, &err));
    line.item = vt_str_of("pot");
    line.user = (vt_str){NULL, 0};
    line.session = vt_str_of("s1");
    line.title = vt_str_of("for uncle");
    check_ok(vt_store_put_event(f->store, &line, &done, &err));
    assert_int_equal(done, VT_PUT_CHANGED);
    check_ok(vt_store_commit(f->store, 0, &err));
    check_ok(vt_store_each_change(f->store, 0, note_change, changes, &err));
    assert_string_equal(changes, ""); /* nobody has seen the first */
    char *text = dump_store(f->store);
    assert_non_null(strstr(text, "event |s1|pot|2|0|1000|-1|1|100|-||o|for uncle|||||line 1 state 0 refunded -\n"));
    free(text);
    line.title = (vt_str){NULL, 0};
    write_events(f, NULL, &line, 1, VT_PUT_CHANGED);
    check_ok(vt_store_each_change(f->store, 0, note_change, changes, &err));
    assert_string_equal(changes, "2:1/0/s1 ");
    text = dump_store(f->store);
    assert_non_null(strstr(text, "|o||||||line 1 state 0 refunded -\n"));
    free(text);
}

static void cancelled_returned_refunded(void **state)
{
    fixture *f = *state;
    vt_put done;
    vt_event lines[] = {line_of("o", "1", "tea", 2, 500), line_of("o", "2", "pot", 1, 2000),
                        line_of("o", "3", "cup", 1, 0)};
    write_events(f, NULL, lines, 3, VT_PUT_ADDED);
    assert_int_equal(set_order(f, "o", "1", VT_LINE_CANCELLED, VT_NONE, &done), VT_OK);
    assert_int_equal(done, VT_PUT_CHANGED);
    assert_int_equal(sums_of(f).revenue, 2000);
    assert_int_equal(set_order(f, "o", "1", VT_LINE_CANCELLED, VT_NONE, &done), VT_OK);
    assert_int_equal(done, VT_PUT_SAME);
    write_events(f, NULL, lines, 3, VT_PUT_SAME); /* sent again: it takes no cancellation back */
    assert_int_equal(sums_of(f).revenue, 2000);
    assert_int_equal(set_order(f, "o", NULL, VT_LINE_SOLD, 1000, &done), VT_OK);
    assert_int_equal(sums_of(f).revenue, 3000);
    assert_int_equal(sums_of(f).refunded, 1000);
    write_events(f, NULL, lines, 3, VT_PUT_SAME);
    assert_int_equal(sums_of(f).refunded, 1000);
    assert_int_equal(set_order(f, "o", "2", VT_LINE_RETURNED, 2000, &done), VT_OK);
    assert_int_equal(sums_of(f).returned, 1);
    assert_int_equal(sums_of(f).refunded, 2333); /* 333 of the thousand were for the tea */
    lines[0].state = VT_LINE_CANCELLED;          /* an export that knows of it */
    write_events(f, NULL, lines, 1, VT_PUT_CHANGED);
    assert_int_equal(sums_of(f).revenue, 2000);
    assert_int_equal(set_order(f, "o", "9", VT_LINE_CANCELLED, VT_NONE, &done), VT_ERR_NOT_FOUND);
    assert_int_equal(set_order(f, "nothing", NULL, VT_LINE_CANCELLED, VT_NONE, &done), VT_ERR_NOT_FOUND);
    assert_int_equal(set_order(f, "o", NULL, (vt_line_state)7, VT_NONE, &done), VT_ERR_FORMAT);
    assert_int_equal(set_order(f, "o", NULL, VT_LINE_SOLD, -1, &done), VT_ERR_FORMAT);
}

static int64_t cancel_others(fixture *f, const char *order, const vt_event *keep, size_t n)
{
    vt_error err = VT_ERROR_INIT;
    unsigned char keys[4][VT_EVENT_KEY_BYTES];
    int64_t cancelled = -1;
    for (size_t i = 0; i < n; i++) {
        vt_event_key(keys[i], &keep[i]);
    }
    check_ok(vt_store_begin(f->store, NULL, NULL, NULL, &err));
    check_ok(vt_store_cancel_others(f->store, vt_str_of(order), (const unsigned char(*)[VT_EVENT_KEY_BYTES])keys, n,
                                    &cancelled, &err));
    check_ok(vt_store_commit(f->store, 0, &err));
    return cancelled;
}

static void others_of_an_order_cancelled(void **state)
{
    fixture *f = *state;
    vt_put done;
    vt_event lines[] = {line_of("o", "1", "tea", 2, 500), line_of("o", "2", "pot", 1, 2000),
                        line_of("o", "3", "cup", 1, 100), line_of("p", "1", "tea", 1, 7)};
    write_events(f, NULL, lines, 4, VT_PUT_ADDED);
    assert_int_equal(cancel_others(f, "o", lines, 3), 0);
    assert_int_equal(sums_of(f).revenue, 3107);
    assert_int_equal(set_order(f, "o", "2", VT_LINE_RETURNED, 2000, &done), VT_OK);
    assert_int_equal(cancel_others(f, "o", lines, 1), 1); /* what came back was sold */
    assert_int_equal(sums_of(f).revenue, 3007);
    assert_int_equal(sums_of(f).returned, 1);
    assert_int_equal(cancel_others(f, "o", lines, 1), 0);
    assert_int_equal(cancel_others(f, "nothing", NULL, 0), 0);
    assert_int_equal(cancel_others(f, "o", NULL, 0), 1);
    assert_int_equal(sums_of(f).revenue, 2007);
}

static void cancelled_before_it_was_seen(void **state)
{
    fixture *f = *state;
    vt_event line = line_of("o", "1", "tea", 2, 500);
    line.state = VT_LINE_CANCELLED;
    write_events(f, NULL, &line, 1, VT_PUT_ADDED);
    assert_int_equal(sums_of(f).lines, 0);
    line.state = VT_LINE_SOLD; /* the sale comes late */
    write_events(f, NULL, &line, 1, VT_PUT_SAME);
    assert_int_equal(sums_of(f).lines, 0);
}

static void another_currency(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_shop_set(f->shop, "currency", "EUR", &err));
    vt_event line = line_of("o", "1", "tea", 2, 500);
    line.currency = vt_str_of("USD");
    write_events(f, NULL, &line, 1, VT_PUT_ADDED);
    assert_int_equal(sums_of(f).revenue, 0);
    assert_int_equal(sums_of(f).lines, 1);
    write_events(f, NULL, &line, 1, VT_PUT_SAME);
    line.currency = vt_str_of("EUR");
    write_events(f, NULL, &line, 1, VT_PUT_CHANGED);
    assert_int_equal(sums_of(f).revenue, 1000);
    line.currency = (vt_str){NULL, 0};
    write_events(f, NULL, &line, 1, VT_PUT_SAME);
    line.currency = vt_str_of("GBP");
    write_events(f, NULL, &line, 1, VT_PUT_CHANGED);
    assert_int_equal(sums_of(f).revenue, 0);
}

/* Each import that changed a line is taken back: the store says what it said before. */
static void undo_of_each(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    vt_import_report report = {0};
    char *texts[4];
    int64_t imports[4];
    vt_event line = line_of("o", "1", "tea", 1, 500);
    for (int i = 0; i < 4; i++) {
        texts[i] = dump_store(f->store);
        line.quantity += i == 1;
        line.item = vt_str_of(i == 1 ? "pot" : "tea");
        line.state = i == 2 ? VT_LINE_CANCELLED : VT_LINE_SOLD;
        line.refunded = i == 3 ? 250 : VT_NONE;
        imports[i] = write_events(f, "csv", &line, 1, i == 0 ? VT_PUT_ADDED : VT_PUT_CHANGED);
    }
    for (int i = 3; i >= 0; i--) {
        check_ok(vt_store_undo(f->store, imports[i], &report, &err));
        assert_int_equal(report.events.changed, i > 0);
        assert_int_equal(report.events.added, i == 0);
        char *text = dump_store(f->store);
        assert_string_equal(text, texts[i]);
        check_ok(vt_store_check(f->store, &err));
        free(text);
        free(texts[i]);
    }
}

static void state_goes_with_the_import_that_made_the_line(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    vt_import_report report = {0};
    vt_put done;
    vt_event line = line_of("o", "1", "tea", 1, 500);
    int64_t import_id = write_events(f, "csv", &line, 1, VT_PUT_ADDED);
    assert_int_equal(set_order(f, "o", "1", VT_LINE_CANCELLED, 20, &done), VT_OK);
    check_ok(vt_store_undo(f->store, import_id, &report, &err));
    char *text = dump_store(f->store);
    assert_string_equal(text, "");
    free(text);
    check_ok(vt_store_check(f->store, &err));
}

/* The export that an older version stored, once more: nothing is added. */
static void lines_of_an_older_store(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    vt_event lines[] = {line_of("o", NULL, "tea", 1, 500), line_of("o", NULL, "tea", 1, 500),
                        line_of("o", NULL, "pot", 1, 500), line_of("p", NULL, "pot", 1, 500)};
    lines[1].occurrence = 1;
    lines[2].currency = vt_str_of("EUR"); /* the shop's */
    lines[3].id = vt_str_of("a client's id");
    unsigned char key[VT_EVENT_KEY_BYTES];
    sqlite3 *db = NULL;
    sqlite3_stmt *rekey = NULL;
    const char *path = scratch_path(&f->dir, "shop/store.db");
    vt_shop_close(f->shop);
    old_store(path, 3,
              "INSERT INTO meta VALUES('currency', 'EUR');"
              "INSERT INTO users(id, key, import_id) VALUES(1, 'ann', 0);"
              "INSERT INTO items(id, key, import_id) VALUES(1, 'tea', 0), (2, 'pot', 0);"
              "INSERT INTO events(id, key, user, item, kind, time, quantity, unit_price, order_id, part, import_id)"
              " VALUES(1, x'01', 1, 1, 2, 1000, 1, 500, 'o', 0, 0), (2, x'02', 1, 1, 2, 1000, 1, 500, 'o', 0, 0),"
              " (3, x'03', 1, 2, 2, 1000, 1, 500, 'o', 0, 0), (4, x'04', 1, 2, 2, 1000, 1, 500, 'p', 0, 0)");
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "UPDATE events SET key = ?1 WHERE id = ?2", -1, &rekey, NULL), SQLITE_OK);
    for (int i = 0; i < 4; i++) { /* as that version made them */
        vt_event by_id = event_of("ann", "pot", VT_EVENT_VIEW, 1000);
        by_id.id = lines[3].id;
        if (i == 3) {
            vt_event_key(key, &by_id);
        } else {
            vt_event_content_key(key, &lines[i]);
        }
        sqlite3_bind_blob(rekey, 1, key, VT_EVENT_KEY_BYTES, SQLITE_STATIC);
        sqlite3_bind_int(rekey, 2, i + 1);
        assert_int_equal(sqlite3_step(rekey), SQLITE_DONE);
        sqlite3_reset(rekey);
    }
    sqlite3_finalize(rekey);
    sqlite3_close(db);
    open_shop(f);
    assert_int_equal(sums_of(f).revenue, 2000);
    write_events(f, NULL, lines, 4, VT_PUT_SAME);
    lines[1].quantity = 3;
    write_events(f, NULL, &lines[1], 1, VT_PUT_CHANGED);
    assert_int_equal(sums_of(f).revenue, 3000);
    check_ok(vt_shop_check(f->shop, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(exported_again_with_another_quantity, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lines_of_one_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(replaced_inside_one_write, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cancelled_returned_refunded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(others_of_an_order_cancelled, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cancelled_before_it_was_seen, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_currency, set_up, tear_down),
        cmocka_unit_test_setup_teardown(undo_of_each, set_up, tear_down),
        cmocka_unit_test_setup_teardown(state_goes_with_the_import_that_made_the_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lines_of_an_older_store, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
