/* Row numbers with few and many gaps: both ways of looking up agree with a plain search. */
#include "check.h"

#include "base/rng.h"
#include "dataset/row_index.h"
#include "fault.h"

enum { ROWS = 500 };

/* Rows `gap` apart at random, from `first`. */
static void check_gaps(int64_t first, uint64_t gap, bool table)
{
    vt_error err = VT_ERROR_INIT;
    vt_row_index index = {0};
    int64_t row[ROWS];
    vt_rng rng = vt_rng_at(gap, "test", 0, 0);
    for (int i = 0; i < ROWS; i++) {
        row[i] = i == 0 ? first : row[i - 1] + 1 + (int64_t)vt_rng_below(&rng, gap);
        check_ok(vt_row_index_add(&index, row[i], &err));
    }
    check_ok(vt_row_index_seal(&index, &err));
    assert_int_equal(index.number != NULL, table);
    for (int i = 0; i < ROWS; i++) {
        assert_int_equal(vt_row_index_find(&index, row[i]), i);
        if (i > 0 && row[i] - row[i - 1] > 1) {
            assert_int_equal(vt_row_index_find(&index, row[i] - 1), -1);
        }
    }
    assert_int_equal(vt_row_index_find(&index, first - 1), -1);
    assert_int_equal(vt_row_index_find(&index, row[ROWS - 1] + 1), -1);
    vt_row_index_done(&index);
}

static void finds_rows_between_gaps(void **state)
{
    (void)state;
    check_gaps(1, 1, true);
    check_gaps(1, 3, true);
    check_gaps(-900, 4, true);
    check_gaps(1, 1000, false);
    check_gaps(INT64_MIN + 1, UINT64_C(1) << 54, false);
}

static void an_empty_one_has_nothing(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_row_index index = {0};
    check_ok(vt_row_index_seal(&index, &err));
    assert_int_equal(vt_row_index_find(&index, 0), -1);
    vt_row_index_done(&index);
}

static void rows_must_ascend(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_row_index index = {0};
    check_ok(vt_row_index_add(&index, 7, &err));
    assert_int_equal(vt_row_index_add(&index, 7, &err), VT_ERR_CORRUPT);
    assert_int_equal(vt_row_index_add(&index, 6, &err), VT_ERR_CORRUPT);
    vt_row_index_done(&index);
}

static int run(void *context, vt_error *err)
{
    (void)context;
    vt_row_index index = {0};
    int status = VT_OK;
    for (int i = 0; i < ROWS && status == VT_OK; i++) {
        status = vt_row_index_add(&index, i, err);
    }
    status = status != VT_OK ? status : vt_row_index_seal(&index, err);
    vt_row_index_done(&index);
    return status;
}

static void every_failed_allocation_is_an_error(void **state)
{
    (void)state;
    assert_int_equal(fault_allocations(run, NULL), 3); /* 256 rows, 512 rows, the table */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_rows_between_gaps),
        cmocka_unit_test(an_empty_one_has_nothing),
        cmocka_unit_test(rows_must_ascend),
        cmocka_unit_test(every_failed_allocation_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
