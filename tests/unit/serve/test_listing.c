/* Pages: every row once, whatever the page's size and what comes meanwhile; cursors of other lists are refused. */
#include "serve_fixture.h"

#include "base/json_values.h"
#include "fault.h"

enum { ITEMS = 7, EVENTS = 5 };

static void put_items(vt_shop *shop, int from, int to)
{
    vt_error err = VT_ERROR_INIT;
    for (int i = from; i < to; i++) {
        char id[8];
        vt_item item;
        vt_put_result result;
        snprintf(id, sizeof id, "i%d", i);
        vt_item_init(&item);
        item.id = vt_str_of(id);
        check_ok(vt_shop_put_items(shop, &item, 1, &result, &err));
    }
}

static void put_event(vt_shop *shop, const char *id, const char *user, vt_event_kind kind, int64_t time)
{
    vt_error err = VT_ERROR_INIT;
    vt_event event;
    vt_put_result result;
    vt_event_init(&event);
    event.id = vt_str_of(id);
    event.item = vt_str_of("i1");
    event.user = vt_str_of(user);
    event.kind = kind;
    event.time = time;
    check_ok(vt_shop_put_events(shop, &event, 1, &result, &err));
}

static void make_shop(fixture *f)
{
    vt_shop *shop = NULL;
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_shop_open(&shop, scratch_path(&f->files, "shop"), VT_SHOP_CREATE, &err));
    put_items(shop, 0, ITEMS);
    for (int i = 0; i < EVENTS; i++) {
        char id[8];
        snprintf(id, sizeof id, "e%d", i);
        put_event(shop, id, i % 2 == 0 ? "even" : "odd", i == 4 ? VT_EVENT_CART : VT_EVENT_VIEW, 1000 + i);
    }
    vt_shop_close(shop);
    open_served(f);
}

static yyjson_val *reply_of(fixture *f)
{
    vt_error err = VT_ERROR_INIT;
    yyjson_val *root = NULL;
    check_ok(vt_json_read(f->call->json, (vt_str){f->call->reply.body.data, f->call->reply.body.len}, &root, &err));
    return root;
}

/*
 * The ids of all pages, of events the seconds of their times, each page ended by a bar; the cursor goes by `next`, and
 * Link has the same one.
 */
static void collect(char out[256], fixture *f, const char *list, int n, const char *more)
{
    char target[200], cursor[64] = "";
    vt_error err = VT_ERROR_INIT;
    out[0] = '\0';
    for (int page = 0; page < 50; page++) {
        snprintf(target, sizeof target, "%s?n=%d%s%s%s", list, n, more, cursor[0] == '\0' ? "" : "&after=", cursor);
        check_ok(get(f, target, &err));
        assert_int_equal(f->call->reply.status, 200);
        yyjson_val *root = reply_of(f), *row, *next = yyjson_obj_get(root, "next");
        size_t at, count;
        yyjson_arr_foreach(yyjson_obj_get(root, "items"), at, count, row)
        {
            const char *id = yyjson_get_str(yyjson_obj_get(row, "id")),
                       *time = yyjson_get_str(yyjson_obj_get(row, "time"));
            snprintf(out + strlen(out), 256 - strlen(out), "%.*s ", id != NULL ? 100 : 2,
                     id != NULL ? id : time + strlen("1970-01-01T00:16:"));
        }
        assert_true(count <= (size_t)n);
        strncat(out, "|", 255 - strlen(out));
        const char *link = header_of(f->call, "Link");
        assert_true((link == NULL) == yyjson_is_null(next));
        if (link == NULL) {
            return;
        }
        snprintf(cursor, sizeof cursor, "%s", yyjson_get_str(next));
        char wanted[300];
        snprintf(wanted, sizeof wanted, "<%s?n=%d%s&after=%s>; rel=\"next\"", list, n, more, cursor);
        assert_string_equal(link, wanted);
    }
    fail_msg("%s has no end", list);
}

static void every_row_once(void **state)
{
    fixture *f = *state;
    char ids[256];
    make_shop(f);
    collect(ids, f, "/v1/items", 3, "");
    assert_string_equal(ids, "i0 i1 i2 |i3 i4 i5 |i6 |");
    collect(ids, f, "/v1/items", 7, "");
    assert_string_equal(ids, "i0 i1 i2 i3 i4 i5 i6 |");
    collect(ids, f, "/v1/items", 1000, "");
    assert_string_equal(ids, "i0 i1 i2 i3 i4 i5 i6 |");
    collect(ids, f, "/v1/users", 1, "");
    assert_string_equal(ids, "even |odd |");
    collect(ids, f, "/v1/events", 2, "");
    assert_string_equal(ids, "40 41 |42 43 |44 |");
    collect(ids, f, "/v1/events", 2, "&user=even");
    assert_string_equal(ids, "40 42 |44 |");
    collect(ids, f, "/v1/events", 2, "&user=even&kind=view&since=1001");
    assert_string_equal(ids, "42 |");
    collect(ids, f, "/v1/events", 2, "&item=i2");
    assert_string_equal(ids, "|");
}

static void cursors_that_are_none(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    char target[200], cursor[64];
    make_shop(f);
    check_ok(get(f, "/v1/users?n=1", &err));
    snprintf(cursor, sizeof cursor, "%s", yyjson_get_str(yyjson_obj_get(reply_of(f), "next")));
    /* "aTE" is i1, "aS0x" is i-1, "aTF4" is i1x, "aTk5..." is i and twenty nines, "aQ" is i */
    const char *const wrong[] = {"",     "x",   "!!!", "aQ", "aS0x", "aTF4", "aTk5OTk5OTk5OTk5OTk5OTk5OTk5",
                                 "aTE=", "%20", cursor};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        snprintf(target, sizeof target, "/v1/items?after=%s", wrong[i]);
        if (get(f, target, &err) != VT_ERR_USAGE || strstr(err.message, "the `next` of a page of this list") == NULL) {
            fail_msg("after=%s: %s", wrong[i], err.message);
        }
    }
    check_ok(get(f, "/v1/items?after=aTE", &err));
    check_ok(get(f, "/v1/items?after=aTk5OTk5OQ", &err)); /* behind all that is there */
    assert_true(yyjson_is_null(yyjson_obj_get(reply_of(f), "next")));
}

/* The address is repeated in a header: what would end it there is encoded. */
static void links_hold_no_foreign_characters(void **state)
{
    fixture *f = *state;
    vt_shop *shop = NULL;
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_shop_open(&shop, scratch_path(&f->files, "shop"), VT_SHOP_CREATE, &err));
    put_event(shop, "e0", "<a>\"", VT_EVENT_VIEW, 1000);
    put_event(shop, "e1", "<a>\"", VT_EVENT_VIEW, 1001);
    vt_shop_close(shop);
    open_served(f);
    check_ok(get(f, "/v1/events?user=<a>\"&&n=1", &err));
    const char *link = header_of(f->call, "Link");
    assert_non_null(link);
    assert_true(strncmp(link, "</v1/events?user=%3Ca%3E%22&n=1&after=", 38) == 0);
}

static int first_page(void *context, vt_error *err)
{
    fixture *f = context;
    vt_call_free(f->call);
    f->call = NULL;
    int status = vt_call_create(&f->call, err);
    return status != VT_OK ? status : get(f, "/v1/items?n=3", err);
}

static void memory_runs_out(void **state)
{
    fixture *f = *state;
    make_shop(f);
    assert_true(fault_allocations(first_page, f) >= 4);
    assert_non_null(strstr(f->call->reply.body.data, "\"i2\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_row_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cursors_that_are_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(links_hold_no_foreign_characters, set_up, tear_down),
        cmocka_unit_test_setup_teardown(memory_runs_out, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
