/* Blocks are counted by the tables that hold them, tables by the views. */
#include "live/block_table.h"

#include <string.h>

#include "base/alloc.h"

/* The part of every block that the table itself knows. */
typedef struct block_head {
    atomic_int refs;
} block_head;

static void *new_block(const vt_block_kind *kind, vt_error *err)
{
    block_head *block = vt_alloc_aligned(1, kind->bytes, err);
    if (block != NULL) {
        atomic_init(&block->refs, 1);
        for (size_t i = 0; i < VT_BLOCK; i++) {
            kind->clear(block, i);
        }
    }
    return block;
}

static void *copy_block(const vt_block_kind *kind, const void *block, vt_error *err)
{
    block_head *copy = vt_alloc_aligned(1, kind->bytes, err);
    if (copy != NULL) { /* its count alone is not copied: others may be changing it */
        memcpy((char *)copy + sizeof *copy, (const char *)block + sizeof *copy, kind->bytes - sizeof *copy);
        atomic_init(&copy->refs, 1);
    }
    return copy;
}

static void hold_block(void *block)
{
    if (block != NULL) {
        atomic_fetch_add_explicit(&((block_head *)block)->refs, 1, memory_order_relaxed);
    }
}

static void release_block(void *block)
{
    if (block != NULL && atomic_fetch_sub_explicit(&((block_head *)block)->refs, 1, memory_order_acq_rel) == 1) {
        vt_free(block);
    }
}

static vt_block_table *new_table(const vt_block_kind *kind, size_t n_blocks, vt_error *err)
{
    vt_block_table *table = vt_alloc_zero(1, sizeof *table + n_blocks * sizeof *table->block, err);
    if (table != NULL) {
        atomic_init(&table->refs, 1);
        table->kind = kind;
        table->n_blocks = n_blocks;
    }
    return table;
}

static size_t blocks_for(int32_t n_rows)
{
    return ((size_t)n_rows + VT_BLOCK_MASK) >> VT_BLOCK_BITS;
}

int vt_block_table_create(vt_block_table **out, const vt_block_kind *kind, int32_t n_rows, bool filled, vt_error *err)
{
    vt_block_table *table = new_table(kind, blocks_for(n_rows), err);
    if (table == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    table->n_rows = n_rows;
    for (size_t b = 0; filled && b < table->n_blocks; b++) {
        table->block[b] = new_block(kind, err);
        if (table->block[b] == NULL) {
            vt_block_table_release(table);
            return VT_ERR_NO_MEMORY;
        }
    }
    *out = table;
    return VT_OK;
}

vt_block_table *vt_block_table_hold(vt_block_table *table)
{
    atomic_fetch_add_explicit(&table->refs, 1, memory_order_relaxed);
    return table;
}

void vt_block_table_release(vt_block_table *table)
{
    if (table != NULL && atomic_fetch_sub_explicit(&table->refs, 1, memory_order_acq_rel) == 1) {
        for (size_t b = 0; b < table->n_blocks; b++) {
            release_block(table->block[b]);
        }
        vt_free(table);
    }
}

void vt_block_edit_begin(vt_block_edit *edit, vt_block_table *from)
{
    *edit = (vt_block_edit){.from = vt_block_table_hold(from)};
}

/* A table of its own, with all blocks shared. */
static int begin_copy(vt_block_edit *edit, size_t n_blocks, vt_error *err)
{
    const vt_block_table *old = edit->to != NULL ? edit->to : edit->from;
    if (edit->to != NULL && n_blocks == edit->to->n_blocks) {
        return VT_OK;
    }
    vt_block_table *table = new_table(old->kind, n_blocks, err);
    if (table == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    table->n_rows = old->n_rows;
    memcpy(table->block, old->block, old->n_blocks * sizeof *table->block);
    for (size_t b = 0; b < old->n_blocks; b++) {
        hold_block(table->block[b]);
    }
    vt_block_table_release(edit->to);
    edit->to = table;
    return VT_OK;
}

void *vt_block_edit_row(vt_block_edit *edit, int32_t at, vt_error *err)
{
    const vt_block_table *from = edit->from;
    size_t b = (size_t)at >> VT_BLOCK_BITS;
    if (begin_copy(edit, edit->to != NULL ? edit->to->n_blocks : from->n_blocks, err) != VT_OK) {
        return NULL;
    }
    void *block = edit->to->block[b];
    if (b < from->n_blocks && block == from->block[b]) {
        void *own = block == NULL ? new_block(from->kind, err) : copy_block(from->kind, block, err);
        if (own == NULL) {
            return NULL;
        }
        release_block(block);
        edit->to->block[b] = block = own;
    }
    return block;
}

int vt_block_edit_add(vt_block_edit *edit, vt_error *err)
{
    const vt_block_table *now = edit->to != NULL ? edit->to : edit->from;
    int32_t n = now->n_rows;
    size_t needed = blocks_for(n + 1);
    if (needed > now->n_blocks) {
        void *block = new_block(now->kind, err);
        if (block == NULL || begin_copy(edit, needed, err) != VT_OK) {
            vt_free(block);
            return VT_ERR_NO_MEMORY;
        }
        edit->to->block[needed - 1] = block;
    } else { /* the block has room for it */
        void *block = vt_block_edit_row(edit, n, err);
        if (block == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        edit->to->kind->clear(block, (size_t)n & VT_BLOCK_MASK);
    }
    edit->to->n_rows = n + 1;
    return VT_OK;
}

vt_block_table *vt_block_edit_take(vt_block_edit *edit)
{
    vt_block_table *made = edit->to != NULL ? edit->to : vt_block_table_hold(edit->from);
    vt_block_table_release(edit->from);
    *edit = (vt_block_edit){0};
    return made;
}

void vt_block_edit_drop(vt_block_edit *edit)
{
    vt_block_table_release(edit->to);
    vt_block_table_release(edit->from);
    *edit = (vt_block_edit){0};
}
