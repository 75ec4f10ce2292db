/* Following a store: its mark, the rows after it, the journal of what changed, and costs as of a sale. */
#include "check.h"

#include "dump.h"
#include "old_store.h"
#include "store_fixture.h"

enum { ROOM = 4096 }; /* of the texts that callbacks add to */

static void begin(fixture *f)
{
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_store_begin(f->store, NULL, NULL, NULL, &err));
}

static void commit(fixture *f)
{
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_store_commit(f->store, 0, &err));
}

static void put(fixture *f, const vt_event *event)
{
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    check_ok(vt_store_put_event(f->store, event, &done, &err));
}

static void put_item(fixture *f, const vt_item *item)
{
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    check_ok(vt_store_put_item(f->store, item, &done, &err));
}

static vt_store_mark mark_of(fixture *f)
{
    vt_error err = VT_ERROR_INIT;
    vt_store_mark mark;
    check_ok(vt_store_mark_get(f->store, &mark, &err));
    return mark;
}

static int note_change(void *context, const vt_store_change *change)
{
    size_t n = strlen(context);
    snprintf((char *)context + n, ROOM - n, "%d:%lld ", (int)change->kind, (long long)change->row);
    return 0;
}

static int note_item(void *context, int64_t row, const vt_item *item)
{
    size_t n = strlen(context);
    snprintf((char *)context + n, ROOM - n, "%lld:%.*s ", (long long)row, VT_STR_ARGS(item->id));
    return 0;
}

static int note_user(void *context, int64_t row, const vt_user *user)
{
    size_t n = strlen(context);
    snprintf((char *)context + n, ROOM - n, "%lld:%.*s ", (long long)row, VT_STR_ARGS(user->id));
    return 0;
}

static int note_event(void *context, const vt_event_row *event)
{
    char numbers[4][24];
    size_t n = strlen(context);
    snprintf((char *)context + n, ROOM - n, "%lld:%s/%s/%s/%s ", (long long)event->id,
             dump_number(numbers[0], event->unit_price), dump_number(numbers[1], event->discount),
             dump_number(numbers[2], event->refunded), dump_number(numbers[3], event->cost));
    return 0;
}

static const char *events_after(fixture *f, int64_t id)
{
    static char text[ROOM];
    vt_error err = VT_ERROR_INIT;
    text[0] = '\0';
    check_ok(vt_store_each_event_after(f->store, id, note_event, text, &err));
    return text;
}

static const char *changes_after(fixture *f, int64_t number)
{
    static char text[ROOM];
    vt_error err = VT_ERROR_INIT;
    text[0] = '\0';
    check_ok(vt_store_each_change(f->store, number, note_change, text, &err));
    return text;
}

static void what_is_new_has_larger_rows(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    char text[ROOM] = "";
    vt_store_mark empty = mark_of(f);
    assert_int_equal(empty.event, 0);
    assert_int_equal(empty.change, 0);
    assert_int_equal(empty.change_first, 0);
    vt_event view = event_of("u1", "i1", VT_EVENT_VIEW, 1);
    begin(f);
    put(f, &view);
    commit(f);
    vt_store_mark first = mark_of(f);
    assert_int_equal(first.revision, empty.revision + 1);
    assert_int_equal(first.catalogue, empty.catalogue); /* an event alone tells nothing of the catalogue */
    assert_int_equal(first.epoch, empty.epoch);
    view = event_of("u2", "i2", VT_EVENT_VIEW, 2);
    begin(f);
    put(f, &view);
    assert_int_equal(mark_of(f).event, first.event); /* what a write brings is there when it is committed */
    commit(f);
    vt_store_mark second = mark_of(f);
    assert_int_equal(second.event, first.event + 1);
    assert_int_equal(second.user, first.user + 1);
    assert_int_equal(second.item, first.item + 1);
    assert_string_equal(events_after(f, first.event), "2:-/-/-/- ");
    check_ok(vt_store_each_item_after(f->store, first.item, note_item, text, &err));
    check_ok(vt_store_each_user_after(f->store, first.user, note_user, text, &err));
    check_ok(vt_store_item_row(f->store, 1, note_item, text, &err));
    check_ok(vt_store_user_row(f->store, 1, note_user, text, &err));
    assert_string_equal(text, "2:i2 2:u2 1:i1 1:u1 ");
    assert_int_equal(vt_store_item_row(f->store, 3, note_item, text, &err), VT_ERR_NOT_FOUND);
    assert_int_equal(vt_store_user_row(f->store, 3, note_user, text, &err), VT_ERR_NOT_FOUND);
    assert_string_equal(changes_after(f, 0), "");
}

static void the_journal_has_each_row_once_a_write(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    vt_item item = item_of("i1");
    vt_user user = user_of("u1");
    begin(f);
    put_item(f, &item);
    item.title = vt_str_of("new in this write: no change");
    put_item(f, &item);
    check_ok(vt_store_put_user(f->store, &user, &done, &err));
    commit(f);
    vt_store_mark before = mark_of(f);
    assert_int_equal(before.change, 0);
    begin(f);
    item.title = vt_str_of("one");
    put_item(f, &item);
    item.title = vt_str_of("two");
    item.stock = 3;
    put_item(f, &item);
    user.region = vt_str_of("north");
    check_ok(vt_store_put_user(f->store, &user, &done, &err));
    commit(f);
    vt_store_mark after = mark_of(f);
    assert_int_equal(after.catalogue, before.catalogue + 1);
    assert_string_equal(changes_after(f, before.change), "0:1 1:1 ");
    assert_int_equal(after.change, 2);
    begin(f);
    item.stock = 2;
    put_item(f, &item);
    vt_store_rollback(f->store);
    begin(f);
    put_item(f, &item);
    commit(f);
    assert_string_equal(changes_after(f, after.change), "0:1 ");
    begin(f); /* nothing new: nothing happens */
    put_item(f, &item);
    commit(f);
    assert_int_equal(mark_of(f).change, after.change + 1);
    assert_int_equal(mark_of(f).revision, after.revision + 1);
    begin(f);
    vt_link link = link_of("a", "b", "follows", 1);
    check_ok(vt_store_put_user_link(f->store, &link, &done, &err));
    commit(f);
    assert_int_equal(mark_of(f).catalogue, after.catalogue + 2);
    check_ok(vt_shop_set(f->shop, "time_zone", "Europe/Rome", &err));
    assert_int_equal(mark_of(f).catalogue, after.catalogue + 3);
    assert_int_equal(mark_of(f).epoch, before.epoch);
}

static void an_undo_begins_an_epoch_and_rows_are_not_given_again(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    int64_t import_id = 0;
    vt_import_report report = {0};
    vt_event view = event_of("u1", "i1", VT_EVENT_VIEW, 1);
    check_ok(vt_store_begin(f->store, "csv", "a.csv", &import_id, &err));
    put(f, &view);
    commit(f);
    vt_store_mark before = mark_of(f);
    check_ok(vt_store_undo(f->store, import_id, &report, &err));
    vt_store_mark after = mark_of(f);
    assert_int_equal(after.epoch, before.epoch + 1);
    assert_int_equal(after.event, before.event);
    vt_shop_close(f->shop);
    open_shop(f);
    begin(f);
    put(f, &view);
    commit(f);
    assert_int_equal(mark_of(f).event, before.event + 1);
    assert_int_equal(mark_of(f).user, before.user + 1);
    assert_int_equal(mark_of(f).item, before.item + 1);
    assert_string_equal(events_after(f, before.event), "2:-/-/-/- ");
}

static vt_event sale_of(const char *item, int64_t time, int64_t price)
{
    vt_event sale = event_of("u1", item, VT_EVENT_PURCHASE, time);
    sale.unit_price = price;
    return sale;
}

static void tell_cost(fixture *f, const char *id, int64_t as_of, int64_t cost)
{
    vt_item item = item_of(id);
    item.cost = cost;
    item.as_of = as_of;
    begin(f);
    put_item(f, &item);
    commit(f);
}

static void a_sale_has_the_cost_of_its_time(void **state)
{
    fixture *f = *state;
    vt_event sales[] = {sale_of("i1", 100, 1000), sale_of("i1", 200, 1000), sale_of("i1", 300, 1000),
                        sale_of("i2", 100, 500), event_of("u1", "i1", VT_EVENT_VIEW, 250)};
    sales[0].discount = 7;
    sales[2].kind = VT_EVENT_RETURN;
    sales[1].refunded = 11;
    begin(f);
    for (size_t i = 0; i < sizeof sales / sizeof *sales; i++) {
        put(f, &sales[i]);
    }
    commit(f);
    assert_string_equal(events_after(f, 0), "1:1000/7/-/- 2:1000/-/11/- 3:1000/-/-/- 4:500/-/-/- 5:-/-/-/- ");
    vt_store_mark before = mark_of(f);
    tell_cost(f, "i1", 200, 600);
    assert_int_equal(mark_of(f).epoch, before.epoch + 1); /* sales that were read have a cost now */
    assert_string_equal(events_after(f, 0), "1:1000/7/-/600 2:1000/-/11/600 3:1000/-/-/600 4:500/-/-/- 5:-/-/-/- ");
    tell_cost(f, "i1", 300, 650);
    assert_int_equal(mark_of(f).epoch, before.epoch + 2);
    assert_string_equal(events_after(f, 0), "1:1000/7/-/600 2:1000/-/11/600 3:1000/-/-/650 4:500/-/-/- 5:-/-/-/- ");
    tell_cost(f, "i1", 301, 700); /* of a time after all sales */
    assert_int_equal(mark_of(f).epoch, before.epoch + 2);
    assert_string_equal(events_after(f, 2), "3:1000/-/-/650 4:500/-/-/- 5:-/-/-/- ");
}

/* From the moment when a cost is told no longer a sale has none; sales before it keep theirs. */
static void a_cost_told_no_longer(void **state)
{
    fixture *f = *state;
    vt_event sales[] = {sale_of("i1", 100, 1000), sale_of("i1", 300, 1000)};
    tell_cost(f, "i1", 50, 600);
    begin(f);
    for (size_t i = 0; i < sizeof sales / sizeof *sales; i++) {
        put(f, &sales[i]);
    }
    commit(f);
    assert_string_equal(events_after(f, 0), "1:1000/-/-/600 2:1000/-/-/600 ");
    vt_store_mark before = mark_of(f);
    vt_item item = item_of("i1");
    item.whole = true;
    item.as_of = 200;
    begin(f);
    put_item(f, &item);
    commit(f);
    assert_int_equal(mark_of(f).epoch, before.epoch + 1); /* a sale that was read has none now */
    assert_string_equal(events_after(f, 0), "1:1000/-/-/600 2:1000/-/-/- ");
    tell_cost(f, "i1", 250, 700);
    assert_string_equal(events_after(f, 0), "1:1000/-/-/600 2:1000/-/-/700 ");
}

static void another_currency_brings_no_money(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    vt_event sale = sale_of("i1", 100, 1000);
    sale.currency = vt_str_of("USD");
    sale.discount = 3;
    sale.refunded = 5;
    begin(f);
    put(f, &sale);
    commit(f);
    vt_store_mark before = mark_of(f);
    assert_string_equal(events_after(f, 0), "1:-/-/-/- ");
    check_ok(vt_shop_set(f->shop, "currency", "USD", &err));
    assert_int_equal(mark_of(f).epoch, before.epoch + 1);
    assert_string_equal(events_after(f, 0), "1:1000/3/5/- ");
    vt_item item = item_of("i1");
    item.cost = 400;
    item.currency = vt_str_of("EUR");
    begin(f);
    put_item(f, &item);
    commit(f);
    assert_string_equal(events_after(f, 0), "1:1000/3/5/- ");
    before = mark_of(f);
    item.currency = vt_str_of("USD");
    begin(f);
    put_item(f, &item);
    commit(f);
    assert_int_equal(mark_of(f).epoch, before.epoch + 1);
    assert_string_equal(events_after(f, 0), "1:1000/3/5/400 ");
}

/* SQL behind the shop's back, while it is closed. */
static void run_sql(fixture *f, const char *sql)
{
    sqlite3 *db = NULL;
    vt_shop_close(f->shop);
    assert_int_equal(sqlite3_open(scratch_path(&f->dir, "shop/store.db"), &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        fail_msg("%s", sqlite3_errmsg(db));
    }
    sqlite3_close(db);
    open_shop(f);
}

static void a_long_journal_loses_its_oldest(void **state)
{
    fixture *f = *state;
    vt_item item = item_of("i1");
    begin(f);
    put_item(f, &item);
    commit(f);
    run_sql(f, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)"
               " INSERT INTO journal(number, kind, row) SELECT i, 0, 1 FROM n;"
               "INSERT INTO journal(number, kind, row) VALUES(1000250, 0, 1)");
    assert_int_equal(mark_of(f).change_first, 0);
    item.stock = 1;
    begin(f);
    put_item(f, &item);
    commit(f);
    vt_store_mark mark = mark_of(f);
    assert_int_equal(mark.change, 1000251);
    assert_int_equal(mark.change_first, 102); /* some of it: a commit stays short */
    item.stock = 2;
    begin(f);
    put_item(f, &item);
    commit(f);
    item.stock = 3;
    begin(f);
    put_item(f, &item);
    commit(f);
    assert_int_equal(mark_of(f).change_first, 253); /* all that is more than a million old */
}

/* What was there before the schema knew marks has its place in them. */
static void an_older_store_gets_a_mark(void **state)
{
    fixture *f = *state;
    vt_shop_close(f->shop);
    old_store(scratch_path(&f->dir, "shop/store.db"), 3,
              "INSERT INTO users(id, key, import_id) VALUES(4, 'u', 0);"
              "INSERT INTO items(id, key, import_id) VALUES(6, 'i', 0);"
              "INSERT INTO events(id, key, user, item, kind, time, unit_price, part, import_id)"
              " VALUES(9, x'00', 4, 6, 2, 100, 50, 0, 0)");
    open_shop(f);
    vt_store_mark mark = mark_of(f);
    assert_int_equal(mark.revision, 7);
    assert_int_equal(mark.event, 9);
    assert_int_equal(mark.user, 4);
    assert_int_equal(mark.item, 6);
    assert_string_equal(events_after(f, 0), "9:50/-/-/- ");
    tell_cost(f, "i", 100, 20);
    assert_int_equal(mark_of(f).epoch, mark.epoch + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_new_has_larger_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_journal_has_each_row_once_a_write, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_undo_begins_an_epoch_and_rows_are_not_given_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_sale_has_the_cost_of_its_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_cost_told_no_longer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_currency_brings_no_money, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_long_journal_loses_its_oldest, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_older_store_gets_a_mark, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
