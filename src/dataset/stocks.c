/* Rows are counted by item, laid out in the order of storing, and sorted where files of old stocks came in disorder. */
#include "dataset/stocks.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "dataset/ids.h"

typedef struct stock_row {
    int64_t time, pieces, number;
} stock_row;

static int by_time(const void *a, const void *b)
{
    const stock_row *x = a, *y = b;
    int order = (x->time > y->time) - (x->time < y->time);
    return order != 0 ? order : (x->number > y->number) - (x->number < y->number);
}

static bool in_order(const int64_t *time, int64_t n)
{
    bool ascending = true;
    for (int64_t k = 1; k < n; k++) {
        ascending = ascending && time[k - 1] <= time[k];
    }
    return ascending;
}

static int sort_rows(int64_t *time, int64_t *pieces, int64_t n, vt_error *err)
{
    stock_row *row = vt_alloc((size_t)n, sizeof *row, err);
    if (row == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int64_t k = 0; k < n; k++) {
        row[k] = (stock_row){time[k], pieces[k], k};
    }
    qsort(row, (size_t)n, sizeof *row, by_time);
    for (int64_t k = 0; k < n; k++) {
        time[k] = row[k].time;
        pieces[k] = row[k].pieces;
    }
    vt_free(row);
    return VT_OK;
}

int vt_stocks_sort(int64_t *time, int64_t *pieces, const int64_t *ptr, int32_t n_items, vt_error *err)
{
    int status = VT_OK;
    for (int32_t i = 0; i < n_items && status == VT_OK; i++) {
        int64_t n = ptr[i + 1] - ptr[i];
        if (!in_order(time + ptr[i], n)) {
            status = sort_rows(time + ptr[i], pieces + ptr[i], n, err);
        }
    }
    return status;
}

uint64_t vt_stocks_count(const vt_builder *b, const vt_ranking *items)
{
    uint64_t n = 0;
    for (int64_t k = 0; k < b->stocks.n; k++) {
        n += items->rank[b->stocks.item[k]] >= 0;
    }
    return n;
}

int vt_stocks_fill(vt_snapshot *s, const vt_ranking *items, vt_builder *b, vt_error *err)
{
    int64_t *ptr = vt_layout_section(s, VT_SECTION_STOCK_PTR);
    int64_t *time = vt_layout_section(s, VT_SECTION_STOCK_TIME);
    int64_t *pieces = vt_layout_section(s, VT_SECTION_STOCK_PIECES);
    const vt_stock_columns *rows = &b->stocks;
    memset(ptr, 0, ((size_t)items->n + 1) * sizeof *ptr);
    for (int64_t k = 0; k < rows->n; k++) {
        int32_t rank = items->rank[rows->item[k]];
        if (rank >= 0) {
            ptr[rank + 1]++;
        }
    }
    for (int32_t i = 0; i < items->n; i++) {
        ptr[i + 1] += ptr[i];
    }
    for (int64_t k = 0; k < rows->n; k++) {
        int32_t rank = items->rank[rows->item[k]];
        if (rank >= 0) {
            int64_t at = ptr[rank]++;
            time[at] = rows->time[k];
            pieces[at] = rows->pieces[k];
        }
    }
    for (int32_t i = items->n; i > 0; i--) { /* filling moved each begin to the next one */
        ptr[i] = ptr[i - 1];
    }
    ptr[0] = 0;
    vt_stock_columns_done(&b->stocks);
    return vt_stocks_sort(time, pieces, ptr, items->n, err);
}

bool vt_stocks_hold(const vt_snapshot *s)
{
    uint64_t n = vt_layout_row(s, VT_SECTION_STOCK_TIME)->count;
    bool holds = vt_layout_row(s, VT_SECTION_STOCK_PIECES)->count == n && vt_pointers_hold(s->stock_ptr, s->n_items, n);
    for (int32_t i = 0; i < s->n_items && holds; i++) {
        holds = in_order(s->stock_time + s->stock_ptr[i], s->stock_ptr[i + 1] - s->stock_ptr[i]);
    }
    for (uint64_t k = 0; k < n && holds; k++) {
        holds = s->stock_time[k] <= VT_SNAPSHOT_TIME_MAX && s->stock_time[k] >= -VT_SNAPSHOT_TIME_MAX;
    }
    return holds;
}
