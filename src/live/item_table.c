/* Blocks are counted by the tables that hold them, tables by the views. */
#include "live/item_table.h"

#include <string.h>

#include "base/alloc.h"

static void clear_item(vt_item_block *b, size_t at)
{
    b->price[at] = b->cost[at] = b->stock[at] = VT_NONE;
    b->available_from[at] = b->available_until[at] = VT_NONE;
    b->count[at] = 0;
    b->category[at] = b->brand[at] = -1;
    b->title[at] = vt_str_of("");
}

static vt_item_block *new_block(vt_error *err)
{
    vt_item_block *b = vt_alloc_aligned(1, sizeof *b, err);
    if (b != NULL) {
        atomic_init(&b->refs, 1);
        for (size_t i = 0; i < VT_BLOCK; i++) {
            clear_item(b, i);
        }
    }
    return b;
}

static void release_block(vt_item_block *b)
{
    if (b != NULL && atomic_fetch_sub_explicit(&b->refs, 1, memory_order_acq_rel) == 1) {
        vt_free(b);
    }
}

static vt_item_table *new_table(size_t n_blocks, vt_error *err)
{
    size_t bytes = sizeof(vt_item_table) + n_blocks * sizeof(vt_item_block *);
    vt_item_table *table = vt_alloc_zero(1, bytes, err);
    if (table != NULL) {
        atomic_init(&table->refs, 1);
        table->n_blocks = n_blocks;
    }
    return table;
}

static size_t blocks_for(int32_t n_items)
{
    return ((size_t)n_items + VT_BLOCK_MASK) >> VT_BLOCK_BITS;
}

int vt_item_table_create(vt_item_table **out, int32_t n_items, vt_error *err)
{
    vt_item_table *table = new_table(blocks_for(n_items), err);
    if (table == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    table->n_items = n_items;
    for (size_t b = 0; b < table->n_blocks; b++) {
        table->block[b] = new_block(err);
        if (table->block[b] == NULL) {
            vt_item_table_release(table);
            return VT_ERR_NO_MEMORY;
        }
    }
    *out = table;
    return VT_OK;
}

vt_item_table *vt_item_table_hold(vt_item_table *table)
{
    atomic_fetch_add_explicit(&table->refs, 1, memory_order_relaxed);
    return table;
}

void vt_item_table_release(vt_item_table *table)
{
    if (table != NULL && atomic_fetch_sub_explicit(&table->refs, 1, memory_order_acq_rel) == 1) {
        for (size_t b = 0; b < table->n_blocks; b++) {
            release_block(table->block[b]);
        }
        vt_free(table);
    }
}

void vt_item_edit_begin(vt_item_edit *edit, vt_item_table *from)
{
    *edit = (vt_item_edit){.from = vt_item_table_hold(from)};
}

/* A table of its own, with all blocks shared. */
static int begin_copy(vt_item_edit *edit, size_t n_blocks, vt_error *err)
{
    const vt_item_table *old = edit->to != NULL ? edit->to : edit->from;
    if (edit->to != NULL && n_blocks == edit->to->n_blocks) {
        return VT_OK;
    }
    vt_item_table *table = new_table(n_blocks, err);
    if (table == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    table->n_items = old->n_items;
    memcpy(table->block, old->block, old->n_blocks * sizeof *table->block);
    for (size_t b = 0; b < old->n_blocks; b++) {
        atomic_fetch_add_explicit(&table->block[b]->refs, 1, memory_order_relaxed);
    }
    vt_item_table_release(edit->to);
    edit->to = table;
    return VT_OK;
}

int vt_item_edit_block(vt_item_block **out, vt_item_edit *edit, int32_t at, vt_error *err)
{
    size_t b = (size_t)at >> VT_BLOCK_BITS;
    size_t n_blocks = edit->to != NULL ? edit->to->n_blocks : edit->from->n_blocks;
    int status = begin_copy(edit, n_blocks, err);
    if (status != VT_OK) {
        return status;
    }
    vt_item_block *block = edit->to->block[b];
    if (b < edit->from->n_blocks && block == edit->from->block[b]) {
        vt_item_block *copy = vt_alloc_aligned(1, sizeof *copy, err);
        if (copy == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        memcpy((char *)copy + offsetof(vt_item_block, price), (const char *)block + offsetof(vt_item_block, price),
               sizeof *copy - offsetof(vt_item_block, price));
        atomic_init(&copy->refs, 1);
        release_block(block);
        edit->to->block[b] = block = copy;
    }
    *out = block;
    return VT_OK;
}

int vt_item_edit_add(vt_item_edit *edit, vt_error *err)
{
    int32_t n = edit->to != NULL ? edit->to->n_items : edit->from->n_items;
    size_t needed = blocks_for(n + 1);
    size_t there = edit->to != NULL ? edit->to->n_blocks : edit->from->n_blocks;
    int status = VT_OK;
    if (needed > there) {
        vt_item_block *block = new_block(err);
        status = block == NULL ? VT_ERR_NO_MEMORY : begin_copy(edit, needed, err);
        if (status != VT_OK) {
            vt_free(block);
            return status;
        }
        edit->to->block[needed - 1] = block;
    } else { /* the block has room; what is in it may be of an edit that was dropped */
        vt_item_block *block = NULL;
        status = vt_item_edit_block(&block, edit, n, err);
        if (status != VT_OK) {
            return status;
        }
        clear_item(block, (size_t)n & VT_BLOCK_MASK);
    }
    edit->to->n_items = n + 1;
    return VT_OK;
}

vt_item_table *vt_item_edit_take(vt_item_edit *edit)
{
    vt_item_table *made = edit->to != NULL ? edit->to : vt_item_table_hold(edit->from);
    vt_item_table_release(edit->from);
    *edit = (vt_item_edit){0};
    return made;
}

void vt_item_edit_drop(vt_item_edit *edit)
{
    vt_item_table_release(edit->to);
    vt_item_table_release(edit->from);
    *edit = (vt_item_edit){0};
}
