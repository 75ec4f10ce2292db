/* Series files: the three shapes, steps of dates and numbers, gaps, stock-outs, what cannot be read. */
#include "check.h"
#include "fault.h"
#include "scratch.h"

#include <math.h>

#include "base/file.h"
#include "insight/demand/series_file.h"

static char path[PATH_MAX];

static const char *put(const char *text)
{
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_file_put(path, text, strlen(text), false, &err));
    return path;
}

static vt_series_set *read_text(const char *text)
{
    vt_error err = VT_ERROR_INIT;
    vt_series_set *set = NULL;
    check_ok(vt_series_file_read(&set, put(text), &err));
    return set;
}

static void rows_of_series_period_value(void **state)
{
    (void)state;
    char name[32];
    vt_series_set *set = read_text("Product,Date,Units,stockout\nb,2024-01-01,5,0\na,2024-02-01,2,1\nb,2024-04-01,7,0\n"
                                   "a,2024-02-01,3,0\na,2024-05-01,,0\n");
    assert_int_equal(set->n_series, 2);
    assert_int_equal(set->n, 4); /* the empty cell of May is no value */
    assert_string_equal(set->names[0], "b");
    assert_int_equal(set->step, VT_SERIES_MONTH);
    assert_true(set->values[0] == 5.0 && isnan(set->values[1]) && isnan(set->values[2]) && set->values[3] == 7.0);
    assert_true(set->values[4 + 1] == 5.0);
    assert_int_equal(set->added, 1);
    assert_int_equal(set->gaps, 2);
    assert_true(set->out_of_stock[4 + 1] && !set->out_of_stock[0]);
    vt_series_period_name(name, set, 12);
    assert_string_equal(name, "2025-01");
    assert_int_equal(vt_series_season(set), 12);
    vt_series_set_free(set);
}

static void one_series_a_column(void **state)
{
    (void)state;
    vt_series_set *set = read_text("\"time\",\"m.Sales\",\"m.stockouts\"\n1,1025,1\n1.08333333333,813,0\n1.25,640,0\n");
    assert_int_equal(set->n_series, 1);
    assert_string_equal(set->names[0], "m.Sales");
    assert_int_equal(set->n, 4);
    assert_true(isnan(set->values[2]) && set->values[3] == 640.0 && set->gaps == 1);
    assert_true(set->out_of_stock[0] && !set->out_of_stock[1]);
    assert_int_equal(vt_series_season(set), 12);
    vt_series_set_free(set);
    set = read_text("week,a,\"\"\n2024-01-01,1,2\n2024-01-08,3,NA\n2024-01-22,5,6\n");
    assert_int_equal(set->step, VT_SERIES_WEEK);
    assert_int_equal(set->n, 4);
    assert_string_equal(set->names[1], "series");
    assert_true(set->out_of_stock == NULL && set->values[0] == 1.0 && set->values[4 + 3] == 6.0);
    vt_series_set_free(set);
}

static void columns_of_one_name_are_two(void **state)
{
    (void)state;
    vt_series_set *set = read_text("t,x,x,\n1,1,2,3\n2,4,5,6\n");
    assert_int_equal(set->n_series, 3);
    assert_string_equal(set->names[1], "x (2)");
    assert_string_equal(set->names[2], "series");
    assert_true(set->values[0] == 1.0 && set->values[2] == 2.0 && set->values[5] == 6.0 && set->added == 0);
    vt_series_set_free(set);
    set = read_text("item,1,2\nx,1,2\nx,3,4\n");
    assert_int_equal(set->n_series, 2);
    assert_true(set->values[2] == 3.0 && set->added == 0);
    vt_series_set_free(set);
}

static void one_series_a_row(void **state)
{
    (void)state;
    char name[32];
    vt_series_set *set = read_text("sku;2024-01-01;2024-04-01;2024-07-01\ntea;1;2;3\ncup;4;;6\n");
    assert_int_equal(set->n_series, 2);
    assert_int_equal(set->n, 3);
    assert_int_equal(set->step, VT_SERIES_QUARTER);
    assert_true(set->values[1] == 2.0 && isnan(set->values[4]) && set->values[5] == 6.0);
    vt_series_period_name(name, set, 3);
    assert_string_equal(name, "2024 Q4");
    assert_int_equal(vt_series_season(set), 4);
    vt_series_set_free(set);
}

static void steps(void **state)
{
    (void)state;
    char name[32];
    vt_series_set *set = read_text("day,x\n2024-02-27,1\n2024-02-28,2\n2024-03-01,3\n");
    assert_int_equal(set->step, VT_SERIES_DAY);
    assert_int_equal(set->n, 4);
    vt_series_period_name(name, set, 2);
    assert_string_equal(name, "2024-02-29");
    assert_int_equal(vt_series_season(set), 7);
    vt_series_set_free(set);
    set = read_text("t,x\n5,1\n");
    assert_int_equal(set->n, 1);
    assert_int_equal(vt_series_season(set), 1);
    vt_series_set_free(set);
    set = read_text("year,x\n2019-01-01,1\n2020-01-01,2\n2022-01-01,3\n");
    assert_int_equal(set->step, VT_SERIES_YEAR);
    assert_int_equal(set->n, 4);
    vt_series_period_name(name, set, 4);
    assert_string_equal(name, "2023");
    vt_series_set_free(set);
}

static void what_cannot_be_read(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } files[] = {
        {"t,x\n1,five\n", ":2: value is \"five\""},
        {"t,x\n1,inf\n", ":2: value is \"inf\""},
        {"t,x\n1,2\nsoon,3\n", ":3: a period is \"soon\""},
        {"t,x\n1,2\n2024-01-01,3\n", "dates and numbers"},
        {"t,x\n1,2\n2,3\n2.5,4\n4.25,4\n", "whole number of steps"},
        {"t,x\n1,2,3\n", ":2: the row has 3 fields"},
        {"t,x\n1,\n", "has no values"},
        {"t,x\n", "has no values"},
        {"", "has no values"},
        {"t,x\n1,1\n1.0001,1\n1e9,1\n", "more than"},
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        vt_error err = VT_ERROR_INIT;
        vt_series_set *set = NULL;
        int status = vt_series_file_read(&set, put(files[i].text), &err);
        if ((status != VT_ERR_FORMAT && status != VT_ERR_LIMIT) || strstr(err.message, files[i].says) == NULL) {
            fail_msg("file %zu gives %d: %s", i, status, err.message);
        }
        assert_null(set);
    }
    vt_error err = VT_ERROR_INIT;
    vt_series_set *set = NULL;
    assert_int_equal(vt_series_file_read(&set, "/nowhere/at/all.csv", &err), VT_ERR_NOT_FOUND);
}

static int run(void *context, vt_error *err)
{
    vt_series_set *set = NULL;
    (void)context;
    int status = vt_series_file_read(&set, path, err);
    vt_series_set_free(set);
    return status;
}

static void memory_runs_out(void **state)
{
    (void)state;
    put("t,a,b,b.stockouts\n1,1,2,1\n2,3,4,0\n");
    assert_true(fault_allocations(run, NULL) > 8);
}

int main(void)
{
    scratch folder;
    scratch_init(&folder);
    snprintf(path, sizeof path, "%s", scratch_path(&folder, "series.csv"));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_series_period_value),
        cmocka_unit_test(one_series_a_column),
        cmocka_unit_test(one_series_a_row),
        cmocka_unit_test(columns_of_one_name_are_two),
        cmocka_unit_test(steps),
        cmocka_unit_test(what_cannot_be_read),
        cmocka_unit_test(memory_runs_out),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scratch_done(&folder);
    return failed;
}
