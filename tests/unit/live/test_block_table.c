/* Columns in shared blocks: what a table shows never changes, whatever is made from it. */
#include "check.h"

#include "fault.h"
#include "live/columns.h"

static const vt_item_block *block_of(const vt_block_table *table, int at)
{
    return table->block[at];
}

static void a_change_copies_one_block(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_block_table *first = NULL;
    vt_block_edit edit;
    check_ok(vt_block_table_create(&first, &vt_item_blocks, 3 * VT_BLOCK, true, &err));
    vt_block_edit_begin(&edit, first);
    vt_item_block *block = vt_block_edit_row(&edit, VT_BLOCK + 5, &err);
    assert_non_null(block);
    block->price[5] = 990;
    block = vt_block_edit_row(&edit, VT_BLOCK + 6, &err);
    assert_non_null(block);
    block->price[6] = 1990;
    vt_block_table *second = vt_block_edit_take(&edit);
    assert_ptr_equal(second->block[0], first->block[0]);
    assert_ptr_not_equal(second->block[1], first->block[1]);
    assert_ptr_equal(second->block[2], first->block[2]);
    assert_true(block_of(first, 1)->price[5] == VT_NONE);
    assert_int_equal(block_of(second, 1)->price[5], 990);
    assert_int_equal(block_of(second, 1)->price[6], 1990);
    vt_block_table_release(first); /* the second one holds what they share */
    assert_true(block_of(second, 2)->price[0] == VT_NONE);
    vt_block_table_release(second);
}

static void nothing_changed_is_the_same_table(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_block_table *table = NULL;
    vt_block_edit edit;
    check_ok(vt_block_table_create(&table, &vt_item_blocks, 7, true, &err));
    vt_block_edit_begin(&edit, table);
    vt_block_table *same = vt_block_edit_take(&edit);
    assert_ptr_equal(same, table);
    vt_block_table_release(same);
    vt_block_table_release(table);
}

/* Items are added one by one over the end of a block, from an empty catalogue on. */
static void items_are_added(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_block_table *table = NULL;
    check_ok(vt_block_table_create(&table, &vt_item_blocks, 0, true, &err));
    for (int32_t i = 0; i < 2 * VT_BLOCK + 3; i++) {
        vt_block_edit edit;
        vt_block_edit_begin(&edit, table);
        check_ok(vt_block_edit_add(&edit, &err));
        vt_item_block *block = vt_block_edit_row(&edit, i, &err);
        assert_non_null(block);
        block->stock[i & VT_BLOCK_MASK] = i;
        vt_block_table *next = vt_block_edit_take(&edit);
        assert_int_equal(table->n_rows, i);
        vt_block_table_release(table);
        table = next;
    }
    assert_int_equal(table->n_blocks, 3);
    for (int32_t i = 0; i < table->n_rows; i++) {
        assert_int_equal(block_of(table, i >> VT_BLOCK_BITS)->stock[i & VT_BLOCK_MASK], i);
    }
    vt_block_table_release(table);
}

/* An item that was added and dropped leaves nothing in the place of the next one. */
static void a_dropped_edit_leaves_nothing(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_block_table *table = NULL;
    vt_block_edit edit;
    check_ok(vt_block_table_create(&table, &vt_item_blocks, 2, true, &err));
    vt_block_edit_begin(&edit, table);
    check_ok(vt_block_edit_add(&edit, &err));
    vt_item_block *block = vt_block_edit_row(&edit, 2, &err);
    assert_non_null(block);
    block->price[2] = 1;
    vt_block_edit_drop(&edit);
    assert_int_equal(table->n_rows, 2);
    vt_block_edit_begin(&edit, table);
    check_ok(vt_block_edit_add(&edit, &err));
    vt_block_table *next = vt_block_edit_take(&edit);
    assert_int_equal(next->n_rows, 3);
    assert_true(block_of(next, 0)->price[2] == VT_NONE);
    vt_block_table_release(next);
    vt_block_table_release(table);
}

/* A table that was not filled has a block where something was given, and is copied without the others. */
static void blocks_come_when_they_are_needed(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_block_table *table = NULL;
    vt_block_edit edit;
    static const vt_number_list nothing = {0};
    check_ok(vt_block_table_create(&table, &vt_user_blocks, 2 * VT_BLOCK + 1, false, &err));
    assert_null(table->block[0]);
    vt_block_edit_begin(&edit, table);
    vt_user_block *block = vt_block_edit_row(&edit, VT_BLOCK + 9, &err);
    assert_non_null(block);
    assert_null(block->attributes[9]);
    block->attributes[9] = &nothing;
    check_ok(vt_block_edit_add(&edit, &err));
    vt_block_table *next = vt_block_edit_take(&edit);
    assert_null(table->block[1]);
    assert_null(next->block[0]);
    assert_ptr_equal(((const vt_user_block *)next->block[1])->attributes[9], &nothing);
    assert_null(((const vt_user_block *)next->block[2])->attributes[1]);
    assert_int_equal(next->n_rows, 2 * VT_BLOCK + 2);
    vt_block_table_release(next);
    vt_block_table_release(table);
}

static int run(void *context, vt_error *err)
{
    vt_block_table *table = NULL;
    vt_block_edit edit;
    (void)context;
    int status = vt_block_table_create(&table, &vt_item_blocks, VT_BLOCK, true, err);
    if (status != VT_OK) {
        return status;
    }
    vt_block_edit_begin(&edit, table);
    status = vt_block_edit_row(&edit, 0, err) == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    status = status != VT_OK ? status : vt_block_edit_add(&edit, err);
    vt_block_edit_drop(&edit);
    vt_block_table_release(table);
    return status;
}

static void memory_runs_out(void **state)
{
    (void)state;
    assert_int_equal(fault_allocations(run, NULL), 6); /* table, block; list, block; block, list */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_copies_one_block),
        cmocka_unit_test(nothing_changed_is_the_same_table),
        cmocka_unit_test(items_are_added),
        cmocka_unit_test(a_dropped_edit_leaves_nothing),
        cmocka_unit_test(blocks_come_when_they_are_needed),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
