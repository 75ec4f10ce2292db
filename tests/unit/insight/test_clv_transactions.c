/* Transactions of plain files: both forms, columns by name, dates, rows that cannot be read, and what is missing. */
#include "scratch.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "insight/clv/transactions.h"

static int read_text(vt_transactions *out, const char *text, const vt_transactions_options *options, vt_error *err)
{
    scratch s;
    vt_transactions_options usual;
    vt_transactions_options_init(&usual);
    scratch_init(&s);
    const char *path = scratch_write(&s, "sales.csv", text, strlen(text));
    int status = vt_transactions_read(out, path, options == NULL ? &usual : options, err);
    scratch_done(&s);
    return status;
}

static void check_row(const vt_transactions *t, size_t row, const char *id, int64_t day, double amount)
{
    assert_true(row < t->n);
    assert_true(vt_str_equal(vt_transactions_id(t, t->customer[row]), vt_str_of(id)));
    assert_int_equal(t->day[row], day);
    assert_true(t->amount != NULL && t->amount[row] == amount);
}

static void table_with_usual_names(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_transactions t;
    check_ok(read_text(&t,
                       "Order;Customer_ID;Date;Amount\n1;ann;2024-02-29;12,50\n2;bob;20240301;7\n"
                       "3;ann;2024-03-01T23:59:59Z;-12.50\n",
                       NULL, &err));
    int64_t day = vt_days_from_civil(2024, 2, 29);
    assert_true(t.n == 3 && t.skipped == 0 && vt_map_count(t.ids) == 2);
    check_row(&t, 0, "ann", day, 1250.0);
    check_row(&t, 1, "bob", day + 1, 700.0);
    check_row(&t, 2, "ann", day + 1, -1250.0);
    assert_int_equal(t.customer[2], 0);
    vt_clv_purchases p = vt_transactions_purchases(&t);
    assert_true(p.n == 3 && p.n_customers == 2 && p.day == t.day);
    vt_transactions_done(&t);
}

static void columns_by_option(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_transactions t = {.n = 7};
    vt_transactions_options options = {"buyer no", "when", NULL, 0};
    const char *text = "date,when,buyer no,price\n2020-01-01,1970-01-03,x,5\n2020-01-01,1969-12-31,y,6\n";
    check_ok(read_text(&t, text, &options, &err));
    check_row(&t, 0, "x", 2, 5.0);
    check_row(&t, 1, "y", -1, 6.0);
    vt_transactions_done(&t);
    t.n = 7;
    options.amount = "paid";
    assert_int_equal(read_text(&t, text, &options, &err), VT_ERR_USAGE);
    assert_non_null(
        strstr(err.message, "has no column \"paid\" for the amounts; it has \"date\", \"when\", \"buyer no\""));
    vt_error_reset(&err);
    assert_int_equal(read_text(&t, "who,date\nann,2024-01-01\n", NULL, &err), VT_ERR_USAGE);
    assert_non_null(strstr(err.message, "the customers"));
    assert_int_equal(t.n, 7);
    vt_error_reset(&err);
    check_ok(read_text(&t, "user,date\nann,2024-01-01\n", NULL, &err));
    assert_true(t.n == 1 && t.amount == NULL);
    vt_transactions_done(&t);
}

static void lines_with_blanks(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_transactions t;
    int64_t day = vt_days_from_civil(1997, 1, 1);
    check_ok(
        read_text(&t, " customer_id  date number_of_cds  dollar_value\n 00001 19970101  1   11.77\n\n", NULL, &err));
    assert_int_equal(t.n, 1);
    check_row(&t, 0, "00001", day, 1177.0);
    vt_transactions_done(&t);
    check_ok(read_text(&t, " 00004 0001 19970101  2   29.33\n 00004 0001 19970118  2   29.73\n", NULL, &err));
    assert_int_equal(t.n, 2);
    check_row(&t, 1, "00004", day + 17, 2973.0);
    vt_transactions_done(&t);
    check_ok(read_text(&t, "00004 19970101 2 29.33\r\n", NULL, &err));
    check_row(&t, 0, "00004", day, 2933.0);
    vt_transactions_done(&t);
    assert_int_equal(read_text(&t, "one two three four\n", NULL, &err), VT_ERR_USAGE);
}

static void rows_that_cannot_be_read(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_transactions t;
    check_ok(read_text(&t,
                       "customer,date,amount\nann,soon,1\n,2024-01-01,1\nbob,20240230,1\nbob,20241301,1\n"
                       "bob,2024-01-02,much\nbob,2024-01-02\nbob,2024-01-02,3\n",
                       NULL, &err));
    assert_true(t.n == 1 && t.skipped == 6 && vt_map_count(t.ids) == 1);
    assert_true(t.reason[0] != '\0');
    vt_transactions_done(&t);
    check_ok(read_text(&t, "customer,date,amount\nann,soon,1\nbob,2024-01-02,3\n", NULL, &err));
    assert_string_equal(t.reason, "line 2: a date is expected, not \"soon\"");
    vt_transactions_done(&t);
    assert_int_equal(read_text(&t, "customer,date,amount\nann,soon,1\n", NULL, &err), VT_ERR_FORMAT);
    assert_non_null(strstr(err.message, "no row could be read: line 2"));
    vt_error_reset(&err);
    assert_int_equal(read_text(&t, "customer,date,amount\n", NULL, &err), VT_ERR_FORMAT);
    vt_error_reset(&err);
    assert_int_equal(read_text(&t, "", NULL, &err), VT_ERR_FORMAT);
    vt_transactions_options options;
    vt_transactions_options_init(&options);
    assert_int_equal(vt_transactions_read(&t, "/nowhere/sales.csv", &options, &err), VT_ERR_NOT_FOUND);
}

static void memory_may_fail(void **state)
{
    (void)state;
    static const char *const texts[] = {"customer,date,amount\nann,2024-01-01,1\nbob,2024-01-02,3\n",
                                        "00004 0001 19970101 2 29.33\n00005 0002 19970101 2 29.33\n"};
    vt_transactions_options options;
    vt_transactions_options_init(&options);
    scratch s;
    scratch_init(&s);
    for (int form = 0; form < 2; form++) {
        const char *path = scratch_write(&s, "sales.csv", texts[form], strlen(texts[form]));
        int status = VT_ERR_NO_MEMORY;
        for (int64_t fail = 0; status != VT_OK; fail++) {
            vt_error err = VT_ERROR_INIT;
            vt_transactions t = {.n = 7};
            vt_alloc_fail_after(fail);
            status = vt_transactions_read(&t, path, &options, &err);
            vt_alloc_fail_after(-1);
            assert_true(status == VT_OK ? t.n == 2 : status == VT_ERR_NO_MEMORY && t.n == 7);
            if (status == VT_OK) {
                vt_transactions_done(&t);
            }
            assert_true(fail < 200);
        }
    }
    scratch_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_with_usual_names), cmocka_unit_test(columns_by_option),
        cmocka_unit_test(lines_with_blanks),      cmocka_unit_test(rows_that_cannot_be_read),
        cmocka_unit_test(memory_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
