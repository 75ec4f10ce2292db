/* Computed rows: replaced kind by kind in one write, read by kind or subject, gone with what they are about. */
#include "check.h"

#include <math.h>
#include <string.h>

#include "dump.h"
#include "old_store.h"
#include "store_fixture.h"
#include "vitrine/events.h"
#include "vitrine/results.h"

static vt_error err;

static vt_result row_of(const char *subject, int64_t rank, const char *object, double value)
{
    return (vt_result){.subject = vt_str_of(subject),
                       .rank = rank,
                       .object = object == NULL ? (vt_str){NULL, 0} : vt_str_of(object),
                       .value = value,
                       .low = NAN,
                       .high = NAN,
                       .count = VT_NONE};
}

static int note(void *context, const vt_result *row)
{
    char *text = context;
    size_t n = strlen(text);
    char count[24];
    snprintf(text + n, 1024 - n, "%.*s|%lld|%.*s|%g|%g|%g|%s\n", VT_STR_ARGS(row->subject), (long long)row->rank,
             VT_STR_ARGS(row->object), row->value, isnan(row->low) ? -1 : row->low, isnan(row->high) ? -1 : row->high,
             dump_number(count, row->count));
    assert_true(row->made_at > 0);
    return VT_OK;
}

static void check_rows(fixture *f, const char *kind, const char *subject, const char *want)
{
    char text[1024] = "";
    check_ok(vt_results_each(f->shop, kind, subject, note, text, &err));
    assert_string_equal(text, want);
}

/* Tea and pot, which ann and bob bought: pot came with the second import, and so did bob. */
static int64_t fill(fixture *f)
{
    int64_t second = 0;
    vt_put done;
    vt_event first_event = event_of("ann", "tea", VT_EVENT_PURCHASE, 1);
    vt_event second_event = event_of("bob", "pot", VT_EVENT_PURCHASE, 2);
    check_ok(vt_store_begin(f->store, "csv", "a.csv", NULL, &err));
    check_ok(vt_store_put_event(f->store, &first_event, &done, &err));
    check_ok(vt_store_commit(f->store, 0, &err));
    check_ok(vt_store_begin(f->store, "csv", "b.csv", &second, &err));
    check_ok(vt_store_put_event(f->store, &second_event, &done, &err));
    check_ok(vt_store_commit(f->store, 0, &err));
    return second;
}

static void replace(fixture *f, const char *kind, const vt_result *rows, size_t n)
{
    const vt_result_rows set = {kind, rows, n};
    check_ok(vt_results_replace(f->shop, &set, 1, &err));
}

static void rows_come_back_by_kind_and_subject(void **state)
{
    fixture *f = *state;
    fill(f);
    vt_store_mark before, after;
    check_ok(vt_store_mark_get(f->store, &before, &err));
    vt_result mood[] = {row_of("tea", 0, NULL, .75), row_of("", 0, NULL, .5), row_of("pot", 0, NULL, INFINITY)};
    mood[0].low = .3;
    mood[0].high = .95;
    mood[0].count = 4;
    const vt_result phrases[] = {row_of("tea", 2, "smells good", 2.5), row_of("tea", 1, "warm", 3)};
    const vt_result_rows both[] = {{"sentiment", mood, 3}, {"phrase_for", phrases, 2}};
    check_rows(f, "sentiment", NULL, "");
    check_ok(vt_results_replace(f->shop, both, 2, &err));
    check_rows(f, "sentiment", NULL, "|0||0.5|-1|-1|-\npot|0||nan|-1|-1|-\ntea|0||0.75|0.3|0.95|4\n");
    check_rows(f, "sentiment", "", "|0||0.5|-1|-1|-\n");
    check_rows(f, "phrase_for", "tea", "tea|1|warm|3|-1|-1|-\ntea|2|smells good|2.5|-1|-1|-\n");
    replace(f, "sentiment", mood, 1); /* all of the kind before, and nothing of another */
    check_rows(f, "sentiment", NULL, "tea|0||0.75|0.3|0.95|4\n");
    check_rows(f, "phrase_for", "pot", "");
    replace(f, "phrase_for", NULL, 0);
    check_rows(f, "phrase_for", NULL, "");
    check_ok(vt_store_mark_get(f->store, &after, &err));
    assert_int_equal(after.revision, before.revision);
    check_ok(vt_store_check(f->store, &err));
}

static void a_bad_row_leaves_all_as_it_was(void **state)
{
    fixture *f = *state;
    fill(f);
    const vt_result good = row_of("tea", 0, NULL, 1);
    replace(f, "sentiment", &good, 1);
    const vt_result twice[] = {row_of("pot", 1, "a", 1), row_of("pot", 1, "b", 2)};
    const vt_result broken = row_of("tea", 1, "\xff", 1), of_nobody = {.rank = 1}, of_shop = row_of("tea", 1, NULL, 1);
    const struct {
        vt_result_rows bad;
        vt_code code;
        const char *message;
    } cases[] = {
        {{"phrase_for", twice, 2}, VT_ERR_USAGE, "about \"pot\" have the rank 1"},
        {{"phrase_for", &broken, 1}, VT_ERR_FORMAT, "not valid UTF-8"},
        {{"phrase_for", &of_nobody, 1}, VT_ERR_USAGE, "no subject"},
        {{"sentiment_quality", &of_shop, 1}, VT_ERR_USAGE, "about the shop, not \"tea\""},
        {{"mood", &good, 1}, VT_ERR_USAGE, "no kind of computed rows \"mood\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const vt_result_rows sets[] = {{"sentiment", NULL, 0}, cases[i].bad};
        assert_int_equal(vt_results_replace(f->shop, sets, 2, &err), cases[i].code);
        if (strstr(err.message, cases[i].message) == NULL) {
            fail_msg("%s", err.message);
        }
        check_rows(f, "sentiment", NULL, "tea|0||1|-1|-1|-\n");
        check_rows(f, "phrase_for", NULL, "");
    }
    char text[1024] = "";
    assert_int_equal(vt_results_each(f->shop, "mood", NULL, note, text, &err), VT_ERR_USAGE);
    check_ok(vt_store_begin(f->store, NULL, NULL, NULL, &err)); /* and a caller that goes on cannot commit */
    assert_int_equal(vt_store_replace_results(f->store, "mood", 1, NULL, NULL, &err), VT_ERR_USAGE);
    assert_int_equal(vt_store_commit(f->store, 0, &err), VT_ERR_USAGE);
}

static void rows_about_nothing_are_left_out(void **state)
{
    fixture *f = *state;
    fill(f);
    const vt_result items[] = {row_of("", 0, NULL, 1), row_of("cup", 0, NULL, 1), row_of("tea", 0, NULL, 1)};
    const vt_result users[] = {row_of("ann", 1, "pot", 1), row_of("ann", 2, "cup", 1), row_of("eve", 1, "tea", 1)};
    replace(f, "sentiment", items, 3);
    replace(f, "next_item", users, 3);
    check_rows(f, "sentiment", NULL, "|0||1|-1|-1|-\ntea|0||1|-1|-1|-\n");
    check_rows(f, "next_item", NULL, "ann|1|pot|1|-1|-1|-\n");
}

static void rows_go_with_a_user_who_is_erased(void **state)
{
    fixture *f = *state;
    fill(f);
    vt_put_result result;
    vt_put done;
    vt_item ann = item_of("ann"); /* an item may have the id of a user */
    check_ok(vt_store_begin(f->store, NULL, NULL, NULL, &err));
    check_ok(vt_store_put_item(f->store, &ann, &done, &err));
    check_ok(vt_store_commit(f->store, 0, &err));
    const vt_result items = row_of("ann", 0, NULL, 1);
    const vt_result users[] = {row_of("ann", 1, "pot", 1), row_of("bob", 1, "tea", 1)};
    replace(f, "sentiment", &items, 1);
    replace(f, "next_item", users, 2);
    check_ok(vt_shop_erase_users(f->shop, &(vt_str){"ann", 3}, 1, &result, &err));
    assert_int_equal(result.code, VT_OK);
    check_rows(f, "next_item", NULL, "bob|1|tea|1|-1|-1|-\n");
    check_rows(f, "sentiment", NULL, "ann|0||1|-1|-1|-\n");
}

static void rows_go_with_an_import_that_is_undone(void **state)
{
    fixture *f = *state;
    vt_import_report report;
    int64_t second = fill(f);
    const vt_result items[] = {row_of("", 0, NULL, 1), row_of("pot", 0, NULL, 1), row_of("tea", 0, NULL, 1)};
    const vt_result users[] = {row_of("ann", 1, "pot", 1), row_of("ann", 2, "tea", 1), row_of("bob", 1, "tea", 1)};
    replace(f, "sentiment", items, 3);
    replace(f, "next_item", users, 3);
    check_ok(vt_store_undo(f->store, second, &report, &err));
    check_rows(f, "sentiment", NULL, "|0||1|-1|-1|-\ntea|0||1|-1|-1|-\n");
    check_rows(f, "next_item", NULL, "ann|2|tea|1|-1|-1|-\n");
}

static void readers_write_none(void **state)
{
    fixture *f = *state;
    fill(f);
    vt_shop *reader = NULL;
    const vt_result items = row_of("tea", 0, NULL, 1);
    const vt_result_rows set = {"sentiment", &items, 1};
    replace(f, "sentiment", &items, 1);
    check_ok(vt_shop_open(&reader, scratch_path(&f->dir, "shop"), VT_SHOP_READ, &err));
    assert_int_equal(vt_results_replace(reader, &set, 1, &err), VT_ERR_USAGE);
    char text[1024] = "";
    check_ok(vt_results_each(reader, "sentiment", "tea", note, text, &err));
    assert_string_equal(text, "tea|0||1|-1|-1|-\n");
    vt_shop_close(reader);
}

/* A store of an earlier schema gets the table when it is opened for writing. */
static void an_older_store_is_brought_forward(void **state)
{
    fixture *f = *state;
    vt_shop_close(f->shop);
    old_store(scratch_path(&f->dir, "shop/store.db"), 4, "SELECT 1");
    check_ok(vt_shop_open(&f->shop, scratch_path(&f->dir, "shop"), VT_SHOP_WRITE, &err));
    f->store = vt_shop_store(f->shop);
    fill(f);
    const vt_result items = row_of("tea", 0, NULL, 1);
    replace(f, "sentiment", &items, 1);
    check_rows(f, "sentiment", "tea", "tea|0||1|-1|-1|-\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rows_come_back_by_kind_and_subject, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_bad_row_leaves_all_as_it_was, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rows_about_nothing_are_left_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rows_go_with_a_user_who_is_erased, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rows_go_with_an_import_that_is_undone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(readers_write_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_older_store_is_brought_forward, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
