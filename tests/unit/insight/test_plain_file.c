/* Plain files: what is read, what is skipped, prices and sales from them, and sentences where that is not possible. */
#include "check.h"
#include "fault.h"
#include "scratch.h"

#include <math.h>

#include "insight/plain_file.h"
#include "insight/price/price_table.h"

static scratch folder;
static char path[256];

static void write_text(const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static vt_plain_file *read_text(const char *text)
{
    vt_plain_file *file = NULL;
    vt_error err = VT_ERROR_INIT;
    write_text(text);
    check_ok(vt_plain_file_read(&file, path, &err));
    return file;
}

static void a_table_is_read(void **state)
{
    (void)state;
    vt_plain_file *file = read_text("name; Price;note\n tea ;1,50;\n\"a;b\";2;x\nshort;1\ncoffee;NA;?\n");
    size_t column = 9;
    vt_error err = VT_ERROR_INIT;
    assert_int_equal(file->n, 3);
    assert_int_equal(file->n_columns, 3);
    assert_int_equal(file->skipped, 1);
    assert_string_equal(file->why, "line 4 has another number of fields than the header");
    assert_true(vt_plain_file_find(&column, file, "PRICE") && column == 1);
    assert_true(!vt_plain_file_find(&column, file, "cost"));
    assert_string_equal(vt_plain_cell(file, 0, 0).ptr, "tea");
    assert_string_equal(vt_plain_cell(file, 1, 0).ptr, "a;b");
    assert_true(vt_plain_missing(vt_plain_cell(file, 2, 1)) && vt_plain_missing(vt_plain_cell(file, 2, 2)) &&
                vt_plain_missing(vt_plain_cell(file, 0, 2)) && !vt_plain_missing(vt_plain_cell(file, 0, 1)));
    assert_int_equal(file->line[2], 5);
    assert_int_equal(vt_plain_file_column(&column, file, "cost", "the costs", &err), VT_ERR_USAGE);
    assert_non_null(strstr(err.message, "has no column \"cost\" for the costs; it has \"name\", \"Price\", \"note\""));
    vt_plain_file_free(file);
}

static void what_is_no_table(void **state)
{
    (void)state;
    vt_plain_file *file = NULL;
    vt_error err = VT_ERROR_INIT;
    write_text("");
    assert_int_equal(vt_plain_file_read(&file, path, &err), VT_ERR_FORMAT);
    write_text("a,b,A\n1,2,3\n");
    assert_int_equal(vt_plain_file_read(&file, path, &err), VT_ERR_FORMAT);
    assert_non_null(strstr(err.message, "two columns"));
    assert_int_equal(vt_plain_file_read(&file, "/nowhere/at/all.csv", &err), VT_ERR_NOT_FOUND);
    file = read_text("a,b\n");
    assert_int_equal(file->n, 0);
    vt_plain_file_free(file);
}

static vt_price_table *table_of(vt_plain_file *file, const char *by)
{
    vt_price_table *table = NULL;
    vt_price_columns columns = {"sales", NULL, by};
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_price_table_read(&table, file, &columns, &err));
    check_ok(vt_price_panel_check(&table->panel, &err));
    return table;
}

static void prices_and_sales(void **state)
{
    (void)state;
    vt_plain_file *file = read_text("brand,date,sales,price,promotion,cost,category\n"
                                    "B,2024-03,5,\"$1,200.50\",no,3,x\n"
                                    "A,2024-02-10,4,10,0.5,,y\n"
                                    "A,2024-01-10,7,9,yes,4,y\n"
                                    "B,2024-01-10,0,8,,5,x\n"
                                    "A,someday,1,1,0,1,y\n"
                                    "A,2024-01-10,many,1,0,1,y\n"
                                    "A,2024-01-10,1,0,0,1,y\n"
                                    ",2024-01-10,1,1,0,1,y\n");
    vt_price_table *t = table_of(file, "brand");
    const vt_price_panel *p = &t->panel;
    assert_int_equal(p->n, 4);
    assert_int_equal(p->n_products, 2);
    assert_int_equal(p->n_categories, 2);
    assert_int_equal(p->n_periods, 3);
    assert_int_equal(t->skipped, 4);
    assert_string_equal(t->why, "line 6 has no date such as 2026-10-31");
    assert_true(vt_str_equal(t->product[0], vt_str_of("A")) && vt_str_equal(t->category[0], vt_str_of("x")));
    assert_true(p->price[0] == 9.0 && p->units[0] == 7.0 && p->promotion[0] == 1.0 && p->price[3] == 1200.5);
    assert_true(p->period[0] == 0 && p->period[1] == 1 && p->period[2] == 0 && p->period[3] == 2);
    assert_true(p->category[0] == 1 && p->category[1] == 0);
    assert_true(t->cost[0] == 4.0 && t->cost[1] == 3.0); /* the last that is known */
    assert_true(fabs(p->year[0] - 2024.026) < 0.003 && fabs(p->year[2] - 2024.2) < 0.01);
    vt_price_table_free(t);
    t = table_of(file, NULL);
    assert_int_equal(t->panel.n_products, 1);
    assert_int_equal(t->panel.n, 5); /* nobody asks for a brand */
    vt_price_table_free(t);
    vt_plain_file_free(file);
}

static void no_row_can_be_used(void **state)
{
    (void)state;
    vt_price_table *table = NULL;
    vt_price_columns columns = {0};
    vt_error err = VT_ERROR_INIT;
    vt_plain_file *file = read_text("quantity,price\nfew,cheap\n");
    assert_int_equal(vt_price_table_read(&table, file, &columns, &err), VT_ERR_FORMAT);
    assert_non_null(strstr(err.message, "no row that can be used: line 2 has no price above 0"));
    columns.by = "brand";
    assert_int_equal(vt_price_table_read(&table, file, &columns, &err), VT_ERR_USAGE);
    vt_plain_file_free(file);
    file = read_text("price\n1\n");
    columns.by = NULL;
    assert_int_equal(vt_price_table_read(&table, file, &columns, &err), VT_ERR_USAGE);
    assert_non_null(strstr(err.message, "no column \"quantity\""));
    vt_plain_file_free(file);
}

static int read_once(void *context, vt_error *err)
{
    vt_plain_file *file = NULL;
    vt_price_table *table = NULL;
    vt_price_columns columns = {.by = context};
    int status = vt_plain_file_read(&file, path, err);
    status = status == VT_OK ? vt_price_table_read(&table, file, &columns, err) : status;
    vt_price_table_free(table);
    vt_plain_file_free(file);
    return status;
}

static void memory_runs_out(void **state)
{
    (void)state;
    char by[] = "brand";
    write_text("brand,quantity,price,date\nA,1,2,2024-01-01\nB,2,3,2024-01-02\n");
    assert_true(fault_allocations(read_once, by) > 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_is_read),    cmocka_unit_test(what_is_no_table), cmocka_unit_test(prices_and_sales),
        cmocka_unit_test(no_row_can_be_used), cmocka_unit_test(memory_runs_out),
    };
    scratch_init(&folder);
    snprintf(path, sizeof path, "%s/table.csv", folder.dir);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scratch_done(&folder);
    return failed;
}
