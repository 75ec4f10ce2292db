/* The tail is short beside what a reader wants of the history, which is all of it: no index, one pass. */
#include "live/stocks.h"

#include <string.h>

#include "base/alloc.h"
#include "dataset/stocks.h"
#include "live/view.h"

int vt_stock_tail_add(vt_stock_tail *tail, int32_t item, int64_t time, int64_t pieces, vt_error *err)
{
    size_t c = (size_t)tail->n >> VT_STOCK_BITS, k = (size_t)tail->n & VT_STOCK_MASK;
    if (c == VT_STOCK_CHUNKS) {
        return vt_fail(err, VT_ERR_LIMIT, "more than %d changes of stock since the last snapshot; take a new one",
                       VT_STOCK_CHUNK * VT_STOCK_CHUNKS);
    }
    if (tail->chunk == NULL) {
        tail->chunk = vt_alloc_zero(VT_STOCK_CHUNKS, sizeof(vt_stock_chunk *), err);
        if (tail->chunk == NULL) {
            return VT_ERR_NO_MEMORY;
        }
    }
    if (tail->chunk[c] == NULL) {
        tail->chunk[c] = vt_alloc(1, sizeof **tail->chunk, err);
        if (tail->chunk[c] == NULL) {
            return VT_ERR_NO_MEMORY;
        }
    }
    tail->chunk[c]->time[k] = time;
    tail->chunk[c]->pieces[k] = pieces;
    tail->chunk[c]->item[k] = item;
    tail->n++;
    return VT_OK;
}

void vt_stock_tail_done(vt_stock_tail *tail)
{
    for (size_t c = 0; tail->chunk != NULL && c < VT_STOCK_CHUNKS && tail->chunk[c] != NULL; c++) {
        vt_free(tail->chunk[c]);
    }
    vt_free(tail->chunk);
    *tail = (vt_stock_tail){0};
}

void vt_stock_history_done(vt_stock_history *h)
{
    vt_free(h->start);
    vt_free(h->time);
    vt_free(h->pieces);
    *h = (vt_stock_history){0};
}

/* How many rows each item has, as begins. */
static void count(vt_stock_history *h, const vt_view *view)
{
    const vt_snapshot *s = view->snapshot;
    const vt_stock_tail *tail = &view->generation->stocks;
    for (int32_t i = 0; i < s->n_items; i++) {
        h->start[i + 1] = s->stock_ptr[i + 1] - s->stock_ptr[i];
    }
    for (int64_t k = 0; k < view->n_stocks; k++) {
        h->start[tail->chunk[k >> VT_STOCK_BITS]->item[k & VT_STOCK_MASK] + 1]++;
    }
    for (int32_t i = 0; i < view->n_items; i++) {
        h->start[i + 1] += h->start[i];
    }
}

/* Rows of the snapshot, behind them those of the tail; moves each begin to the next one. */
static void lay_out(vt_stock_history *h, const vt_view *view)
{
    const vt_snapshot *s = view->snapshot;
    const vt_stock_tail *tail = &view->generation->stocks;
    for (int32_t i = 0; i < s->n_items; i++) {
        for (int64_t k = s->stock_ptr[i]; k < s->stock_ptr[i + 1]; k++) {
            int64_t at = h->start[i]++;
            h->time[at] = s->stock_time[k];
            h->pieces[at] = s->stock_pieces[k];
        }
    }
    for (int64_t k = 0; k < view->n_stocks; k++) {
        const vt_stock_chunk *chunk = tail->chunk[k >> VT_STOCK_BITS];
        int64_t at = h->start[chunk->item[k & VT_STOCK_MASK]]++;
        h->time[at] = chunk->time[k & VT_STOCK_MASK];
        h->pieces[at] = chunk->pieces[k & VT_STOCK_MASK];
    }
}

int vt_view_stocks(vt_stock_history *out, const vt_view *view, vt_error *err)
{
    size_t n_items = (size_t)view->n_items;
    vt_stock_history h = {.start = vt_alloc_zero(n_items + 1, sizeof *h.start, err)};
    if (h.start == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    count(&h, view);
    h.time = vt_alloc((size_t)h.start[n_items], sizeof *h.time, err);
    h.pieces = h.time == NULL ? NULL : vt_alloc((size_t)h.start[n_items], sizeof *h.pieces, err);
    int status = h.pieces == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    if (status == VT_OK) {
        lay_out(&h, view);
        memmove(h.start + 1, h.start, n_items * sizeof *h.start);
        h.start[0] = 0;
        status = vt_stocks_sort(h.time, h.pieces, h.start, view->n_items, err);
    }
    if (status != VT_OK) {
        vt_stock_history_done(&h);
        return status;
    }
    *out = h;
    return VT_OK;
}

bool vt_view_tells_stocks(const vt_view *view)
{
    const vt_snapshot *s = view->snapshot;
    return view->n_stocks > 0 || s->stock_ptr[s->n_items] > 0;
}
