/* Merging a guest into an account: what moves, what stays, what followers are told, what undo makes of it. */
#include "dump.h"
#include "store_fixture.h"

static int64_t import_guest(fixture *f)
{
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    int64_t import_id = 0;
    vt_user guest = user_of("guest");
    guest.region = vt_str_of("north");
    guest.segment = vt_str_of("new");
    guest.attributes = vt_str_of("{\"colour\":\"red\",\"size\":\"m\"}");
    vt_event events[] = {event_of("guest", "tea", VT_EVENT_VIEW, 1), event_of("guest", "tea", VT_EVENT_PURCHASE, 2),
                         event_of("guest", "tea", VT_EVENT_RATING, 3), event_of(NULL, "pot", VT_EVENT_CART, 4)};
    events[0].id = vt_str_of("e1");
    events[0].model = vt_str_of("ials");
    events[1].order_id = vt_str_of("o");
    events[1].line = vt_str_of("1");
    events[1].unit_price = 100;
    events[2].body = vt_str_of("warm");
    events[3].session = vt_str_of("visit");
    vt_link links[] = {link_of("guest", "eve", "follows", 1), link_of("guest", "ann", "follows", 1),
                       link_of("eve", "guest", "follows", 2), link_of("bob", "guest", "follows", 3)};
    check_ok(vt_store_begin(f->store, "csv", "guest.csv", &import_id, &err));
    check_ok(vt_store_put_user(f->store, &guest, &done, &err));
    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        check_ok(vt_store_put_event(f->store, &events[i], &done, &err));
    }
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        check_ok(vt_store_put_user_link(f->store, &links[i], &done, &err));
    }
    check_ok(vt_store_commit(f->store, 0, &err));
    return import_id;
}

static int64_t import_account(fixture *f)
{
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    int64_t import_id = 0;
    vt_user ann = user_of("ann");
    ann.region = vt_str_of("south");
    ann.attributes = vt_str_of("{\"size\":\"l\"}");
    vt_event view = event_of("ann", "cup", VT_EVENT_VIEW, 5);
    vt_link link = link_of("bob", "ann", "follows", 9);
    check_ok(vt_store_begin(f->store, "csv", "account.csv", &import_id, &err));
    check_ok(vt_store_put_user(f->store, &ann, &done, &err));
    check_ok(vt_store_put_event(f->store, &view, &done, &err));
    check_ok(vt_store_put_user_link(f->store, &link, &done, &err));
    check_ok(vt_store_commit(f->store, 0, &err));
    return import_id;
}

static void merge(fixture *f, const char *from, const char *session, const char *into, vt_code want)
{
    vt_error err = VT_ERROR_INIT;
    vt_put_result result;
    const vt_user_merge one = {vt_str_of(from), vt_str_of(session), vt_str_of(into)};
    check_ok(vt_shop_merge_users(f->shop, &one, 1, &result, &err));
    if (result.code != want) {
        fail_msg("code %d: %s", (int)result.code, result.message);
    }
    assert_int_equal(result.done, want == VT_OK ? VT_PUT_CHANGED : VT_PUT_REFUSED);
    check_ok(vt_store_check(f->store, &err));
}

static void check_dump(fixture *f, const char *want)
{
    char *text = dump_store(f->store);
    assert_string_equal(text, want);
    free(text);
}

static int note_change(void *context, const vt_store_change *change)
{
    char *text = context;
    size_t n = strlen(text);
    snprintf(text + n, 256 - n, "%d:%lld/%lld%.*s ", (int)change->kind, (long long)change->row, (long long)change->user,
             VT_STR_ARGS(change->session));
    return 0;
}

static void all_of_a_guest_is_the_accounts(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    char changes[256] = "";
    vt_store_mark before, after;
    import_guest(f);
    import_account(f);
    const vt_result next = {.subject = vt_str_of("guest"), .rank = 0, .object = vt_str_of("tea"), .value = 1};
    const vt_result_rows set = {"next_item", &next, 1};
    check_ok(vt_results_replace(f->shop, &set, 1, &err));
    check_ok(vt_store_mark_get(f->store, &before, &err));
    merge(f, "guest", NULL, "ann", VT_OK);
    check_dump(f, "event ann||cup|0|0|5|-1|-|-|-|||||||\n"
                  "event ann||tea|0|0|1|-1|-|-|-||||||ials|\n"
                  "event ann||tea|2|0|2|-1|-|100|-||o||||||line 1 state 0 refunded -\n"
                  "event ann||tea|4|0|3|4|-|-|-||||warm|||\n"
                  "event |visit|pot|1|0|4|-1|-|-|-|||||||\n"
                  "item cup|||||||-|-|-|-|-||\n"
                  "item pot|||||||-|-|-|-|-||\n"
                  "item tea|||||||-|-|-|-|-||\n"
                  "link ann>eve follows 1\n"
                  "link bob>ann follows 9\n"
                  "link eve>ann follows 2\n"
                  "user ann||new|south||{\"colour\":\"red\",\"size\":\"l\"}\n");
    check_ok(vt_store_each_change(f->store, before.change, note_change, changes, &err));
    assert_string_equal(changes, "1:2/0 2:1/1 2:2/1 2:3/1 3:1/0 ");
    check_ok(vt_store_mark_get(f->store, &after, &err));
    assert_int_equal(after.event, before.event + 3);
    assert_int_equal(after.epoch, before.epoch);
    merge(f, "guest", NULL, "ann", VT_ERR_NOT_FOUND);
}

static void a_visit_becomes_an_accounts(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    char changes[256] = "";
    vt_store_mark before;
    import_guest(f);
    check_ok(vt_store_mark_get(f->store, &before, &err));
    merge(f, NULL, "visit", "new account", VT_OK);
    char *text = dump_store(f->store);
    assert_non_null(strstr(text, "event new account|visit|pot|1|0|4|"));
    assert_non_null(strstr(text, "event guest||tea|0|0|1|"));
    assert_non_null(strstr(text, "user new account|||||\n"));
    free(text);
    check_ok(vt_store_each_change(f->store, before.change, note_change, changes, &err));
    assert_string_equal(changes, "2:4/0visit ");
    merge(f, NULL, "visit", "new account", VT_ERR_NOT_FOUND); /* its events have a user now */
}

static void what_is_sent_again_is_the_same(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    vt_put_result results[3];
    import_guest(f);
    merge(f, "guest", NULL, "ann", VT_OK);
    merge(f, NULL, "visit", "ann", VT_OK);
    vt_event events[] = {event_of("guest", "tea", VT_EVENT_VIEW, 1), event_of("guest", "tea", VT_EVENT_RATING, 3),
                         event_of(NULL, "pot", VT_EVENT_CART, 4)};
    events[0].id = vt_str_of("e1");
    events[1].body = vt_str_of("warm");
    events[2].session = vt_str_of("visit");
    char *before = dump_store(f->store);
    check_ok(vt_shop_put_events(f->shop, events, 3, results, &err));
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(results[i].done, VT_PUT_SAME);
    }
    check_dump(f, before); /* the guest is not back either */
    free(before);
    vt_event line = event_of("ann", "tea", VT_EVENT_PURCHASE, 2);
    line.order_id = vt_str_of("o");
    line.line = vt_str_of("1");
    line.unit_price = 100;
    check_ok(vt_shop_put_events(f->shop, &line, 1, results, &err));
    assert_int_equal(results[0].done, VT_PUT_SAME);
    const vt_order_change cancel = {vt_str_of("o"), {NULL, 0}, VT_LINE_CANCELLED, VT_NONE};
    check_ok(vt_shop_set_orders(f->shop, &cancel, 1, results, &err));
    assert_int_equal(results[0].done, VT_PUT_CHANGED);
    check_ok(vt_store_check(f->store, &err));
}

static void undo_of_the_guests_import(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    vt_import_report report;
    int64_t guest = import_guest(f);
    int64_t account = import_account(f);
    merge(f, "guest", NULL, "ann", VT_OK);
    check_ok(vt_store_undo(f->store, guest, &report, &err));
    check_ok(vt_store_check(f->store, &err));
    assert_int_equal(report.events.added, 4);
    check_dump(f, "event ann||cup|0|0|5|-1|-|-|-|||||||\n"
                  "item cup|||||||-|-|-|-|-||\n"
                  "link bob>ann follows 9\n"
                  "user ann||new|south||{\"colour\":\"red\",\"size\":\"l\"}\n");
    check_ok(vt_store_undo(f->store, account, &report, &err)); /* what the merge said stays: it was no import's */
    check_ok(vt_store_check(f->store, &err));
    check_dump(f, "user ann||new|||{\"colour\":\"red\",\"size\":\"l\"}\n");
}

static void undo_of_the_accounts_import(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    vt_import_report report;
    import_guest(f);
    int64_t account = import_account(f);
    merge(f, "guest", NULL, "ann", VT_OK);
    check_ok(vt_store_undo(f->store, account, &report, &err));
    check_ok(vt_store_check(f->store, &err));
    char *text = dump_store(f->store);
    assert_non_null(strstr(text, "event ann||tea|2|0|2|"));
    assert_null(strstr(text, "cup"));
    free(text);
}

/* A line that an import replaced is the account's again when that import is taken back. */
static void undo_of_a_replaced_line(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    vt_import_report report;
    int64_t second = 0;
    import_guest(f);
    vt_event line = event_of("other", "pot", VT_EVENT_PURCHASE, 7);
    line.order_id = vt_str_of("o");
    line.line = vt_str_of("1");
    check_ok(vt_store_begin(f->store, "csv", "b.csv", &second, &err));
    check_ok(vt_store_put_event(f->store, &line, &done, &err));
    assert_int_equal(done, VT_PUT_CHANGED);
    check_ok(vt_store_commit(f->store, 0, &err));
    merge(f, "guest", NULL, "ann", VT_OK);
    check_ok(vt_store_undo(f->store, second, &report, &err));
    check_ok(vt_store_check(f->store, &err));
    char *text = dump_store(f->store);
    assert_non_null(strstr(text, "event ann||tea|2|0|2|-1|-|100|"));
    assert_null(strstr(text, "user other"));
    free(text);
}

static void what_cannot_be_merged(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    import_guest(f);
    char *before = dump_store(f->store);
    merge(f, "guest", NULL, "guest", VT_ERR_USAGE);
    merge(f, "nobody", NULL, "ann", VT_ERR_NOT_FOUND);
    merge(f, NULL, "no visit", "ann", VT_ERR_NOT_FOUND);
    merge(f, NULL, NULL, "ann", VT_ERR_FORMAT);
    merge(f, "guest", "visit", "ann", VT_ERR_FORMAT);
    merge(f, "guest", NULL, "", VT_ERR_FORMAT);
    check_dump(f, before);
    const vt_user_merge one = {vt_str_of("guest"), {NULL, 0}, vt_str_of("ann")};
    check_ok(vt_store_begin(f->store, "csv", "c.csv", NULL, &err));
    assert_int_equal(vt_store_merge_users(f->store, &one, &err), VT_ERR_USAGE);
    assert_non_null(strstr(err.message, "write of their own"));
    check_ok(vt_store_commit(f->store, 0, &err));
    check_dump(f, before);
    free(before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(all_of_a_guest_is_the_accounts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_visit_becomes_an_accounts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_sent_again_is_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(undo_of_the_guests_import, set_up, tear_down),
        cmocka_unit_test_setup_teardown(undo_of_the_accounts_import, set_up, tear_down),
        cmocka_unit_test_setup_teardown(undo_of_a_replaced_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_merged, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
