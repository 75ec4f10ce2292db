/*
 * The history of stocks as of a view: how many pieces of an item were there from a time on. Rows of the snapshot stand
 * by item; those that came since are appended in the order of storing, and both are put together for who reads them.
 * Legend: I items, S rows.
 */
#ifndef VT_LIVE_STOCKS_H
#define VT_LIVE_STOCKS_H

#include <stdbool.h>
#include <stdint.h>

#include "vitrine/error.h"

enum {
    VT_STOCK_BITS = 10,
    VT_STOCK_CHUNK = 1 << VT_STOCK_BITS,
    VT_STOCK_MASK = VT_STOCK_CHUNK - 1,
    VT_STOCK_CHUNKS = 8192
};

typedef struct vt_stock_chunk {
    int64_t time[VT_STOCK_CHUNK];
    int64_t pieces[VT_STOCK_CHUNK];
    int32_t item[VT_STOCK_CHUNK];
} vt_stock_chunk;

/** Rows behind the snapshot; chunks never move. One writer. Init with zeroes, done with vt_stock_tail_done(). */
typedef struct vt_stock_tail {
    vt_stock_chunk **chunk; /* (VT_STOCK_CHUNKS) made with the first row */
    int64_t n;              /* of the writer */
} vt_stock_tail;

/** Appends. VT_ERR_LIMIT when there is no more space. */
int vt_stock_tail_add(vt_stock_tail *tail, int32_t item, int64_t time, int64_t pieces, vt_error *err);
void vt_stock_tail_done(vt_stock_tail *tail);

/** All rows, those of item i from start[i] to start[i + 1], by time and at one time in the order of storing. */
typedef struct vt_stock_history {
    int64_t *start;  /* (I + 1) */
    int64_t *time;   /* (S) UTC seconds */
    int64_t *pieces; /* (S) may be under 0 where a shop sells what it has not; VT_NONE: not told any longer */
} vt_stock_history;

struct vt_view;

/** The history that `view` shows. O(I + S). VT_ERR_NO_MEMORY. Any thread. */
int vt_view_stocks(vt_stock_history *out, const struct vt_view *view, vt_error *err);
void vt_stock_history_done(vt_stock_history *history);

/** Is there any row of it in `view`? O(1). */
bool vt_view_tells_stocks(const struct vt_view *view);

#endif
