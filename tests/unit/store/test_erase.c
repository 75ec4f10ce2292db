/* Erasing a user: what goes, what stays, what followers are told, what undo makes of it, and the bytes of the file. */
#include "check.h"

#include <sqlite3.h>

#include "base/alloc.h"
#include "base/file.h"
#include "dump.h"
#include "scratch.h"
#include "vitrine/events.h"

typedef struct fixture {
    scratch dir;
    vt_shop *shop;
    vt_store *store;
    int64_t import_id;
} fixture;

/* Ann bought, rated, wrote and follows; Bob bought. */
static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    scratch_init(&f->dir);
    check_ok(vt_shop_open(&f->shop, scratch_path(&f->dir, "shop"), VT_SHOP_CREATE, &err));
    f->store = vt_shop_store(f->shop);
    vt_user ann = user_of("ann");
    ann.segment = vt_str_of("SECRETSEGMENT");
    vt_event events[] = {event_of("ann", "tea", VT_EVENT_VIEW, 1), event_of("ann", "tea", VT_EVENT_PURCHASE, 2),
                         event_of("ann", "pot", VT_EVENT_PURCHASE, 3), event_of("ann", "tea", VT_EVENT_RATING, 4),
                         event_of("bob", "tea", VT_EVENT_PURCHASE, 5)};
    events[0].session = vt_str_of("SECRETSESSION");
    events[1].order_id = vt_str_of("o");
    events[1].line = vt_str_of("1");
    events[1].session = vt_str_of("SECRETSESSION");
    events[1].title = vt_str_of("SECRETGIFT");
    events[1].model = vt_str_of("ials");
    events[1].unit_price = 100;
    events[2].unit_price = 200;
    events[3].body = vt_str_of("SECRETREVIEW");
    vt_link links[] = {link_of("ann", "bob", "follows", 1), link_of("bob", "ann", "follows", 1),
                       link_of("bob", "eve", "follows", 1)};
    check_ok(vt_store_begin(f->store, "csv", "a.csv", &f->import_id, &err));
    check_ok(vt_store_put_user(f->store, &ann, &done, &err));
    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        check_ok(vt_store_put_event(f->store, &events[i], &done, &err));
    }
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        check_ok(vt_store_put_user_link(f->store, &links[i], &done, &err));
    }
    check_ok(vt_store_commit(f->store, 0, &err));
    check_ok(vt_store_begin(f->store, "csv", "b.csv", NULL, &err)); /* leaves histories of fields, a link and a line */
    ann.segment = vt_str_of("SECRETCHANGE");
    check_ok(vt_store_put_user(f->store, &ann, &done, &err));
    links[0].weight = 2;
    check_ok(vt_store_put_user_link(f->store, &links[0], &done, &err));
    events[1].quantity = 2;
    check_ok(vt_store_put_event(f->store, &events[1], &done, &err));
    check_ok(vt_store_commit(f->store, 0, &err));
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    vt_shop_close(f->shop);
    scratch_done(&f->dir);
    free(f);
    return 0;
}

static void erase(fixture *f, const char *id, vt_code want)
{
    vt_error err = VT_ERROR_INIT;
    vt_put_result result;
    const vt_str user = vt_str_of(id);
    check_ok(vt_shop_erase_users(f->shop, &user, 1, &result, &err));
    assert_int_equal(result.code, want);
    check_ok(vt_store_check(f->store, &err));
}

static int note_change(void *context, const vt_store_change *change)
{
    char *text = context;
    size_t n = strlen(text);
    snprintf(text + n, 256 - n, "%d:%lld/%lld ", (int)change->kind, (long long)change->row, (long long)change->user);
    return 0;
}

static void purchases_stay_without_the_user(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    char changes[256] = "";
    vt_store_mark before;
    check_ok(vt_store_mark_get(f->store, &before, &err));
    erase(f, "nobody", VT_ERR_NOT_FOUND);
    erase(f, "ann", VT_OK);
    char *text = dump_store(f->store);
    assert_string_equal(text, "event bob||tea|2|0|5|-1|-|-|-|||||||\n"
                              "event ||pot|2|0|3|-1|-|200|-|||||||\n"
                              "event ||tea|2|0|2|-1|2|100|-||o||||ials||line 1 state 0 refunded -\n"
                              "item pot|||||||-|-|-|-|-||\n"
                              "item tea|||||||-|-|-|-|-||\n"
                              "link bob>eve follows 1\n"
                              "user bob|||||\n");
    free(text);
    check_ok(vt_store_each_change(f->store, before.change, note_change, changes, &err));
    assert_string_equal(changes, "2:1/1 2:3/1 2:4/1 2:6/1 3:1/0 ");
    vt_store_mark after;
    check_ok(vt_store_mark_get(f->store, &after, &err));
    assert_int_equal(after.event, before.event + 2);
    assert_int_equal(after.epoch, before.epoch);
    erase(f, "ann", VT_ERR_NOT_FOUND);
}

static void the_same_id_begins_anew(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    vt_put_result result;
    vt_store_mark mark;
    erase(f, "ann", VT_OK);
    vt_event view = event_of("ann", "tea", VT_EVENT_VIEW, 9);
    check_ok(vt_shop_put_events(f->shop, &view, 1, &result, &err));
    assert_int_equal(result.done, VT_PUT_ADDED);
    check_ok(vt_store_mark_get(f->store, &mark, &err));
    assert_int_equal(mark.user, 3); /* not the earlier row */
    char *text = dump_store(f->store);
    assert_non_null(strstr(text, "user ann|||||\n"));
    free(text);
    check_ok(vt_store_check(f->store, &err));
}

static void undo_copes(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    vt_import_report report;
    erase(f, "ann", VT_OK);
    check_ok(vt_store_undo(f->store, f->import_id + 1, &report, &err));
    char *text = dump_store(f->store);
    assert_non_null(strstr(text, "event ||tea|2|0|2|-1|-|100|-||o||||ials||line 1 state 0 refunded -\n"));
    free(text);
    check_ok(vt_store_check(f->store, &err));
    check_ok(vt_store_undo(f->store, f->import_id, &report, &err));
    text = dump_store(f->store);
    assert_string_equal(text, "");
    free(text);
    check_ok(vt_store_check(f->store, &err));
}

static bool file_has(fixture *f, const char *name, const char *word)
{
    vt_error err = VT_ERROR_INIT;
    char *bytes = NULL;
    size_t size = 0;
    if (!vt_file_exists(scratch_path(&f->dir, name))) {
        return false;
    }
    check_ok(vt_file_read(&bytes, &size, scratch_path(&f->dir, name), 1 << 26, &err));
    bool found = memmem(bytes, size, word, strlen(word)) != NULL;
    vt_free(bytes);
    return found;
}

static void nothing_is_left_in_the_files(void **state)
{
    fixture *f = *state;
    static const char *const words[] = {"SECRETSEGMENT", "SECRETSESSION", "SECRETGIFT", "SECRETREVIEW", "SECRETCHANGE"};
    assert_true(file_has(f, "shop/store.db-wal", "SECRETREVIEW") || file_has(f, "shop/store.db", "SECRETREVIEW"));
    erase(f, "ann", VT_OK);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (file_has(f, "shop/store.db", words[i]) || file_has(f, "shop/store.db-wal", words[i])) {
            fail_msg("%s is still there", words[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(purchases_stay_without_the_user, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_same_id_begins_anew, set_up, tear_down),
        cmocka_unit_test_setup_teardown(undo_copes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_left_in_the_files, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
