/* Rows of plain files: trimmed fields, bad rows counted with the first of them told, columns by their usual names. */
#include "fault.h"
#include "scratch.h"

#include "insight/plain_rows.h"

static scratch folder;
static char path[PATH_MAX];

static void put(const char *text)
{
    snprintf(path, sizeof path, "%s", scratch_write(&folder, "rows.csv", text, strlen(text)));
}

static void rows_come_trimmed_and_bad_ones_are_counted(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_plain_rows rows;
    put(" tea , 2\n\nx\"y,1\n\"milk \", \nt\xe9,1\n\"unclosed\n");
    check_ok(vt_plain_rows_open(&rows, path, &err));
    check_ok(vt_plain_rows_next(&rows, &err));
    assert_int_equal(rows.n, 2);
    assert_true(vt_str_equal(rows.fields[0], vt_str_of("tea")) && vt_str_equal(rows.fields[1], vt_str_of("2")));
    check_ok(vt_plain_rows_next(&rows, &err));
    assert_int_equal(rows.line, 4);
    assert_true(vt_str_equal(rows.fields[0], vt_str_of("milk")) && rows.fields[1].len == 0);
    vt_plain_rows_skip(&rows, 2, "names no basket"); /* found later, stands before */
    check_ok(vt_plain_rows_next(&rows, &err));
    assert_int_equal(rows.n, 0);
    assert_int_equal(rows.skipped, 4);
    assert_string_equal(rows.why, "line 2 names no basket");
    vt_plain_rows_close(&rows);
}

static void a_strict_reader_ends_at_a_bad_row(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_plain_rows rows;
    put("a,b\nx\"y,1\n1,2\n");
    check_ok(vt_plain_rows_open(&rows, path, &err));
    rows.strict = true;
    check_ok(vt_plain_rows_next(&rows, &err));
    assert_int_equal(vt_plain_rows_next(&rows, &err), VT_ERR_FORMAT);
    assert_int_equal(err.position, 2);
    assert_non_null(strstr(err.message, "rows.csv:2"));
    assert_int_equal(rows.n, 0);
    vt_plain_rows_close(&rows);
    put("a,b\n1,\xff\n");
    check_ok(vt_plain_rows_open(&rows, path, &err));
    rows.strict = true;
    check_ok(vt_plain_rows_next(&rows, &err));
    assert_int_equal(vt_plain_rows_next(&rows, &err), VT_ERR_FORMAT);
    assert_non_null(strstr(err.message, "rows.csv:2: the row is not UTF-8; save the file as UTF-8"));
    vt_plain_rows_close(&rows);
    assert_int_equal(vt_plain_rows_open(&rows, scratch_path(&folder, "none.csv"), &err), VT_ERR_NOT_FOUND);
    vt_plain_rows_close(&rows);
}

static void the_first_word_that_is_a_name_wins(void **state)
{
    (void)state;
    const vt_str column[] = {vt_str_of("ID"), vt_str_of(""), vt_str_of("Order Date"), vt_str_of("customer")};
    assert_int_equal(vt_plain_find(column, 4, "customer user id"), 3);
    assert_int_equal(vt_plain_find(column, 4, "user  id customer"), 0);
    assert_int_equal(vt_plain_find(column, 4, "order date"), 4);
    assert_int_equal(vt_plain_find(column, 4, ""), 4);
}

static int read_all(void *context, vt_error *err)
{
    vt_plain_rows rows;
    vt_arena *arena = NULL;
    vt_str *kept = NULL;
    int status = vt_plain_rows_open(&rows, context, err);
    status = status != VT_OK ? status : vt_arena_create(&arena, 0, err);
    do {
        status = status != VT_OK ? status : vt_plain_rows_next(&rows, err);
        status = status != VT_OK ? status : vt_plain_rows_keep(&kept, &rows, arena, err);
    } while (status == VT_OK && rows.n > 0);
    assert_true(status != VT_OK || rows.skipped == 1);
    vt_arena_free(arena);
    vt_plain_rows_close(&rows);
    return status;
}

static void fails_whole(void **state)
{
    (void)state;
    put("a,b,\nx\"y,1,2\n1,2,3\n");
    assert_true(fault_allocations(read_all, path) > 3);
}

static int set_up(void **state)
{
    (void)state;
    scratch_init(&folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_done(&folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_trimmed_and_bad_ones_are_counted),
        cmocka_unit_test(a_strict_reader_ends_at_a_bad_row),
        cmocka_unit_test(the_first_word_that_is_a_name_wins),
        cmocka_unit_test(fails_whole),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
