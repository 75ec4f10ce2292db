/* Pages of events: all of them once, by conditions, what taking one back leaves, and what a page costs. */
#include "dump.h"
#include "store_fixture.h"

#include "base/limits.h"
#include "store/sqlite.h"
#include "vitrine/events.h"
#include "vitrine/read.h"

static void put_many(fixture *f, int64_t from, int64_t to)
{
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    check_ok(vt_store_begin(f->store, NULL, NULL, NULL, &err));
    for (int64_t i = from; i < to; i++) {
        char user[16], item[16], id[24];
        snprintf(user, sizeof user, "u%lld", (long long)(i / 20)); /* 20 events each */
        snprintf(item, sizeof item, "i%lld", (long long)(i % 500));
        snprintf(id, sizeof id, "e%lld", (long long)i);
        vt_event event = event_of(user, item, i % 3 == 0 ? VT_EVENT_PURCHASE : VT_EVENT_VIEW, 1000 + i);
        event.id = vt_str_of(id);
        check_ok(vt_store_put_event(f->store, &event, &done, &err));
        assert_int_equal(done, VT_PUT_ADDED);
    }
    check_ok(vt_store_commit(f->store, 0, &err));
}

static vt_event_page page_after(int64_t after, int64_t limit)
{
    return (vt_event_page){.after = after, .limit = limit, .kind = -1, .since = VT_NONE, .until = VT_NONE};
}

typedef struct seen {
    int64_t count, last, first_time, last_time;
} seen;

static int note(void *context, int64_t row, const vt_event *event)
{
    seen *s = context;
    assert_true(row > s->last);
    s->last = row;
    s->first_time = s->count == 0 ? event->time : s->first_time;
    s->last_time = event->time;
    s->count++;
    return VT_OK;
}

/* All pages of `page`, and how many there were. */
static seen read_all(fixture *f, vt_event_page page, int64_t *pages)
{
    vt_error err = VT_ERROR_INIT;
    seen s = {.last = 0};
    int64_t looked = 0;
    *pages = 0;
    do {
        int64_t before = s.count;
        check_ok(vt_store_page_events(f->store, &page, note, &s, &looked, &err));
        ++*pages;
        page.after = s.count - before == page.limit ? s.last : looked;
    } while (page.after != 0);
    return s;
}

static void each_event_is_on_one_page(void **state)
{
    fixture *f = *state;
    int64_t pages = 0;
    put_many(f, 0, 1000);
    seen s = read_all(f, page_after(0, 300), &pages);
    assert_int_equal(s.count, 1000);
    assert_int_equal(pages, 4);
    s = read_all(f, page_after(0, 250), &pages);
    assert_int_equal(s.count, 1000);
    assert_int_equal(pages, 5); /* what comes after a full page only the next one tells */
    vt_event_page page = page_after(0, 100);
    page.user = vt_str_of("u7");
    assert_int_equal(read_all(f, page, &pages).count, 20);
    page.kind = VT_EVENT_PURCHASE;
    assert_int_equal(read_all(f, page, &pages).count, 7);
    page = page_after(0, 100);
    page.item = vt_str_of("i499");
    s = read_all(f, page, &pages);
    assert_int_equal(s.count, 2);
    assert_int_equal(s.first_time, 1499);
    page.since = 1500;
    assert_int_equal(read_all(f, page, &pages).count, 1);
    page = page_after(0, 1000);
    page.since = 1100;
    page.until = 1200;
    s = read_all(f, page, &pages);
    assert_int_equal(s.count, 100);
    assert_int_equal(s.first_time, 1100);
    assert_int_equal(s.last_time, 1199);
}

static void what_is_not_there_is_named(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    seen s = {.last = 0};
    int64_t looked = 7;
    put_many(f, 0, 10);
    vt_event_page page = page_after(0, 10);
    page.item = vt_str_of("nothing");
    assert_int_equal(vt_store_page_events(f->store, &page, note, &s, &looked, &err), VT_ERR_NOT_FOUND);
    assert_non_null(strstr(err.message, "no item \"nothing\""));
    page = page_after(0, 10);
    page.user = vt_str_of("nobody");
    assert_int_equal(vt_store_page_events(f->store, &page, note, &s, &looked, &err), VT_ERR_NOT_FOUND);
    assert_int_equal(looked, 7);
    assert_int_equal(s.count, 0);
}

/* ---- what a page costs ------------------------------------------------------------------------------------------- */

/* Steps of the machine that runs SQLite's statements, for one page. */
static int64_t steps_of(fixture *f, const vt_event_page *page)
{
    static const vt_sql used[] = {VT_SQL_EVENTS_PAGE, VT_SQL_EVENTS_PAGE_OF, VT_SQL_EVENTS_LOOKED_AT, VT_SQL_ITEM_KEY,
                                  VT_SQL_USER_KEY};
    vt_sqlite *s = (vt_sqlite *)f->store;
    vt_error err = VT_ERROR_INIT;
    int64_t looked = 0, steps = 0;
    for (int pass = 0; pass < 2; pass++) { /* the first prepares */
        seen found = {.last = 0};
        steps = 0;
        check_ok(vt_store_page_events(f->store, page, note, &found, &looked, &err));
        for (size_t i = 0; i < sizeof used / sizeof *used; i++) {
            sqlite3_stmt *statement = s->statement[used[i]];
            steps += statement == NULL ? 0 : sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_VM_STEP, 1);
        }
    }
    return steps;
}

static void a_page_costs_the_same_in_a_larger_shop(void **state)
{
    fixture *f = *state;
    vt_event_page pages[5];
    int64_t small[5];
    for (size_t i = 0; i < 5; i++) {
        pages[i] = page_after(100, 100);
    }
    pages[1].user = vt_str_of("u9");
    pages[2].item = vt_str_of("i7");
    pages[3].kind = VT_EVENT_CART; /* none */
    pages[4].since = 1;
    put_many(f, 0, VT_PAGE_LOOKS_MAX + 1000);
    for (size_t i = 0; i < 5; i++) {
        small[i] = steps_of(f, &pages[i]);
        assert_true(small[i] > 0);
    }
    put_many(f, VT_PAGE_LOOKS_MAX + 1000, 10 * (VT_PAGE_LOOKS_MAX + 1000));
    for (size_t i = 0; i < 5; i++) {
        int64_t large = steps_of(f, &pages[i]);
        print_message("page %zu: %lld steps, %lld in the larger shop\n", i, (long long)small[i], (long long)large);
        assert_in_range(large, 1, small[i]);
    }
}

/* ---- taking an event back ---------------------------------------------------------------------------------------- */

static int count_change(void *context, const vt_store_change *change)
{
    assert_int_equal(change->kind, VT_CHANGE_EVENT_GONE);
    ++*(int *)context;
    return VT_OK;
}

static int note_one(void *context, const vt_event *event)
{
    vt_event *out = context;
    assert_true(vt_str_equal(event->id, vt_str_of("e3")));
    out->time = event->time;
    out->kind = event->kind;
    return VT_OK;
}

static void an_event_is_taken_back(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    vt_put_result results[2];
    vt_store_mark before;
    vt_event one;
    int changes = 0;
    int64_t pages = 0;
    put_many(f, 0, 10);
    check_ok(vt_shop_event(f->shop, vt_str_of("e3"), note_one, &one, &err));
    assert_int_equal(one.time, 1003);
    assert_int_equal(one.kind, VT_EVENT_PURCHASE);
    check_ok(vt_store_mark_get(f->store, &before, &err));
    const vt_str ids[] = {vt_str_of("e3"), vt_str_of("e99")};
    check_ok(vt_shop_remove_events(f->shop, ids, 2, results, &err));
    assert_int_equal(results[0].done, VT_PUT_CHANGED);
    assert_int_equal(results[1].code, VT_ERR_NOT_FOUND);
    assert_non_null(strstr(results[1].message, "no event \"e99\""));
    check_ok(vt_store_check(f->store, &err));
    assert_int_equal(vt_shop_event(f->shop, vt_str_of("e3"), note_one, &one, &err), VT_ERR_NOT_FOUND);
    assert_int_equal(read_all(f, page_after(0, 100), &pages).count, 9);
    check_ok(vt_store_each_change(f->store, before.change, count_change, &changes, &err));
    assert_int_equal(changes, 1);
    put_many(f, 3, 4); /* the same id is a new one */
    assert_int_equal(read_all(f, page_after(0, 100), &pages).count, 10);
    check_ok(vt_store_begin(f->store, "csv", "x", NULL, &err));
    assert_int_equal(vt_store_remove_event(f->store, vt_str_of("e3"), &err), VT_ERR_USAGE);
    check_ok(vt_store_commit(f->store, 0, &err));
    assert_int_equal(read_all(f, page_after(0, 100), &pages).count, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_event_is_on_one_page, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_there_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_page_costs_the_same_in_a_larger_shop, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_event_is_taken_back, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
