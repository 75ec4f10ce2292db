/* Tables as they look. */
#include "check.h"
#include "fault.h"

#include "cli/table.h"
#include "vitrine/record.h"

/* Builds the table of the tests and prints it at `width`. */
static int build(vt_buf *out, size_t width, vt_error *err)
{
    vt_table *table = NULL;
    int status = vt_table_create(&table, err);
    if (status != VT_OK) {
        return status;
    }
    vt_table_column(table, "item", VT_LEFT, 8);
    vt_table_column(table, "sold", VT_RIGHT, 0);
    vt_table_column(table, "price", VT_RIGHT, 0);
    vt_table_text(table, "tea");
    vt_table_count(table, 1234567);
    vt_table_text(table, "9.90");
    vt_table_text(table, "caf\xC3\xA9 cr\xC3\xA8me br\xC3\xBBl\xC3\xA9"
                         "e");
    vt_table_count(table, -12);
    vt_table_text(table, "100.00");
    vt_table_text(table, "\xE6\x8A\xB9\xE8\x8C\xB6"); /* two wide letters */
    vt_table_count(table, VT_NONE);
    vt_table_printf(table, "%.1f", 0.5);
    status = vt_table_print(out, table, width, err);
    vt_table_free(table);
    return status;
}

static void alignment(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_buf out;
    vt_buf_init(&out, 1 << 20);
    check_ok(build(&out, 80, &err));
    assert_string_equal(out.data, "item           sold   price\n"
                                  "tea       1,234,567    9.90\n"
                                  "caf\xC3\xA9 cr\xE2\x80\xA6        -12  100.00\n"
                                  "\xE6\x8A\xB9\xE8\x8C\xB6              -     0.5\n");
    vt_buf_done(&out);
}

/* What does not fit goes below, with the first column again. */
static void panels(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_buf out;
    vt_buf_init(&out, 1 << 20);
    check_ok(build(&out, 20, &err));
    assert_string_equal(out.data, "item           sold\n"
                                  "tea       1,234,567\n"
                                  "caf\xC3\xA9 cr\xE2\x80\xA6        -12\n"
                                  "\xE6\x8A\xB9\xE8\x8C\xB6              -\n"
                                  "\n"
                                  "item       price\n"
                                  "tea         9.90\n"
                                  "caf\xC3\xA9 cr\xE2\x80\xA6  100.00\n"
                                  "\xE6\x8A\xB9\xE8\x8C\xB6         0.5\n");
    vt_buf_clear(&out);
    check_ok(build(&out, 1, &err)); /* narrower than any column: one a panel */
    assert_non_null(strstr(out.data, "\n\nitem       price\n"));
    vt_buf_done(&out);
}

/* A figure and its interval stay together. */
static void joined(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_table *table = NULL;
    vt_buf out;
    vt_buf_init(&out, 1 << 20);
    check_ok(vt_table_create(&table, &err));
    vt_table_column(table, "m", VT_LEFT, 0);
    vt_table_column(table, "a", VT_RIGHT, 0);
    vt_table_column(table, "b", VT_RIGHT, 0);
    vt_table_column(table, "of b", VT_RIGHT_JOINED, 0);
    vt_table_column(table, "c", VT_RIGHT, 0);
    for (int i = 0; i < 5; i++) {
        vt_table_printf(table, "%d", i);
    }
    check_ok(vt_table_print(&out, table, 8, &err)); /* "m  a  b" would fit */
    assert_string_equal(out.data, "m  a\n0  1\n\nm  b  of b\n0  2     3\n\nm  c\n0  4\n");
    vt_table_free(table);
    vt_buf_done(&out);
}

/* Stored texts cannot move the cursor or turn the line around. */
static void hostile_text(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_table *table = NULL;
    vt_buf out;
    vt_buf_init(&out, 1 << 20);
    check_ok(vt_table_create(&table, &err));
    vt_table_column(table, "", VT_LEFT, 0);
    vt_table_text(table, "a\033[2Jb\nc\xE2\x80\xAE"
                         "d\xFF"
                         "e\xC2\x9B"
                         "f");
    check_ok(vt_table_print(&out, table, 80, &err));
    assert_string_equal(out.data, "a\xEF\xBF\xBD[2Jb c\xEF\xBF\xBD"
                                  "d\xEF\xBF\xBD"
                                  "e\xEF\xBF\xBD"
                                  "f\n");
    vt_table_free(table);
    vt_buf_done(&out);
}

static void empty(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_table *table = NULL;
    vt_buf out;
    vt_buf_init(&out, 1 << 20);
    check_ok(vt_table_create(&table, &err));
    check_ok(vt_table_print(&out, table, 80, &err));
    vt_table_column(table, "shop", VT_LEFT, 0);
    check_ok(vt_table_print(&out, table, 80, &err));
    assert_string_equal(out.data, "shop\n");
    vt_table_free(table);
    vt_buf_done(&out);
}

static int build_once(void *context, vt_error *err)
{
    (void)context;
    vt_buf out;
    vt_buf_init(&out, 1 << 20);
    int status = build(&out, 80, err);
    vt_buf_done(&out);
    return status;
}

static void no_memory(void **state)
{
    (void)state;
    assert_true(fault_allocations(build_once, NULL) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alignment),    cmocka_unit_test(panels), cmocka_unit_test(joined),
        cmocka_unit_test(hostile_text), cmocka_unit_test(empty),  cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
