/* Rows are numbered from 1 with few gaps, so a table by row is the smallest map. */
#include "recommend/item_rows.h"

#include <string.h>

#include "base/alloc.h"

typedef struct load {
    vt_item_rows *rows;
    const vt_ids *items;
    vt_error *err;
} load;

static int take_item(void *context, int64_t row, const vt_item *item)
{
    load *l = context;
    vt_item_rows *rows = l->rows;
    if ((size_t)row >= rows->n) {
        size_t n = (size_t)row * 2 + 64;
        int32_t *grown = vt_realloc(rows->dense, n, sizeof *grown, l->err);
        if (grown == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        rows->dense = grown;
        for (; rows->n < n; rows->n++) {
            rows->dense[rows->n] = -1;
        }
    }
    rows->dense[row] = vt_ids_find(l->items, item->id);
    return VT_OK;
}

int vt_item_rows_load(vt_item_rows *out, vt_store *store, const vt_ids *items, vt_error *err)
{
    vt_item_rows rows = {0};
    load l = {&rows, items, err};
    int status = vt_store_each_item_after(store, 0, take_item, &l, err);
    if (status != VT_OK) {
        vt_item_rows_done(&rows);
        return status;
    }
    *out = rows;
    return VT_OK;
}

void vt_item_rows_done(vt_item_rows *rows)
{
    vt_free(rows->dense);
    *rows = (vt_item_rows){0};
}

typedef struct counting {
    const vt_item_rows *rows;
    int64_t *count;
} counting;

static int take_rollup(void *context, const vt_rollup_row *row)
{
    counting *c = context;
    int32_t item = vt_item_rows_find(c->rows, row->item);
    if (item >= 0) {
        c->count[item] += row->count[VT_EVENT_PURCHASE] + row->count[VT_EVENT_LIKE] + row->count[VT_EVENT_RATING];
    }
    return VT_OK;
}

int vt_item_rows_count(int64_t *count, const vt_item_rows *rows, vt_store *store, size_t n_items, vt_error *err)
{
    counting c = {rows, count};
    memset(count, 0, n_items * sizeof *count);
    return vt_store_each_rollup(store, take_rollup, &c, err);
}
