/* Columns in shared blocks: what a table shows never changes, whatever is made from it. */
#include "check.h"

#include "fault.h"
#include "live/item_table.h"

static void a_change_copies_one_block(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_item_table *first = NULL;
    vt_item_edit edit;
    vt_item_block *block = NULL;
    check_ok(vt_item_table_create(&first, 3 * VT_BLOCK, &err));
    vt_item_edit_begin(&edit, first);
    check_ok(vt_item_edit_block(&block, &edit, VT_BLOCK + 5, &err));
    block->price[5] = 990;
    check_ok(vt_item_edit_block(&block, &edit, VT_BLOCK + 6, &err));
    block->price[6] = 1990;
    vt_item_table *second = vt_item_edit_take(&edit);
    assert_ptr_equal(second->block[0], first->block[0]);
    assert_ptr_not_equal(second->block[1], first->block[1]);
    assert_ptr_equal(second->block[2], first->block[2]);
    assert_true(first->block[1]->price[5] == VT_NONE);
    assert_int_equal(second->block[1]->price[5], 990);
    assert_int_equal(second->block[1]->price[6], 1990);
    vt_item_table_release(first); /* the second one holds what they share */
    assert_true(second->block[2]->price[0] == VT_NONE);
    vt_item_table_release(second);
}

static void nothing_changed_is_the_same_table(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_item_table *table = NULL;
    vt_item_edit edit;
    check_ok(vt_item_table_create(&table, 7, &err));
    vt_item_edit_begin(&edit, table);
    vt_item_table *same = vt_item_edit_take(&edit);
    assert_ptr_equal(same, table);
    vt_item_table_release(same);
    vt_item_table_release(table);
}

/* Items are added one by one over the end of a block, from an empty catalogue on. */
static void items_are_added(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_item_table *table = NULL;
    check_ok(vt_item_table_create(&table, 0, &err));
    for (int32_t i = 0; i < 2 * VT_BLOCK + 3; i++) {
        vt_item_edit edit;
        vt_item_block *block = NULL;
        vt_item_edit_begin(&edit, table);
        check_ok(vt_item_edit_add(&edit, &err));
        check_ok(vt_item_edit_block(&block, &edit, i, &err));
        block->stock[i & VT_BLOCK_MASK] = i;
        vt_item_table *next = vt_item_edit_take(&edit);
        assert_int_equal(table->n_items, i);
        vt_item_table_release(table);
        table = next;
    }
    assert_int_equal(table->n_blocks, 3);
    for (int32_t i = 0; i < table->n_items; i++) {
        assert_int_equal(table->block[i >> VT_BLOCK_BITS]->stock[i & VT_BLOCK_MASK], i);
    }
    vt_item_table_release(table);
}

/* An item that was added and dropped leaves nothing in the place of the next one. */
static void a_dropped_edit_leaves_nothing(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_item_table *table = NULL;
    vt_item_edit edit;
    vt_item_block *block = NULL;
    check_ok(vt_item_table_create(&table, 2, &err));
    vt_item_edit_begin(&edit, table);
    check_ok(vt_item_edit_add(&edit, &err));
    check_ok(vt_item_edit_block(&block, &edit, 2, &err));
    block->price[2] = 1;
    vt_item_edit_drop(&edit);
    assert_int_equal(table->n_items, 2);
    vt_item_edit_begin(&edit, table);
    check_ok(vt_item_edit_add(&edit, &err));
    vt_item_table *next = vt_item_edit_take(&edit);
    assert_int_equal(next->n_items, 3);
    assert_true(next->block[0]->price[2] == VT_NONE);
    vt_item_table_release(next);
    vt_item_table_release(table);
}

static int run(void *context, vt_error *err)
{
    vt_item_table *table = NULL;
    vt_item_edit edit;
    vt_item_block *block = NULL;
    (void)context;
    int status = vt_item_table_create(&table, VT_BLOCK, err);
    if (status != VT_OK) {
        return status;
    }
    vt_item_edit_begin(&edit, table);
    status = vt_item_edit_block(&block, &edit, 0, err);
    status = status != VT_OK ? status : vt_item_edit_add(&edit, err);
    vt_item_edit_drop(&edit);
    vt_item_table_release(table);
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
        cmocka_unit_test(a_change_copies_one_block), cmocka_unit_test(nothing_changed_is_the_same_table),
        cmocka_unit_test(items_are_added),           cmocka_unit_test(a_dropped_edit_leaves_nothing),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
