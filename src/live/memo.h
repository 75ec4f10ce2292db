/*
 * What was worked out from a view, kept for whoever looks at the same view next. A view does not change, so neither
 * does what follows from it; with the view it goes. A few results are kept, the oldest makes place for the next.
 */
#ifndef VT_LIVE_MEMO_H
#define VT_LIVE_MEMO_H

#include <stdatomic.h>

#include "live/view.h"

/** What a result is of. */
typedef enum vt_memo_kind {
    VT_MEMO_PREMIUM,     /**< (U) u8: customers who brought most in a span of time */
    VT_MEMO_TOLD_RETURNS /**< told_returns.h */
} vt_memo_kind;

/** What a result is known by: its kind, and up to two numbers that it depends on. */
typedef struct vt_memo_key {
    vt_memo_kind kind;
    int64_t first, second;
} vt_memo_key;

/** A result: bytes that nobody changes once they are kept. Released by vt_memo_release(). */
typedef struct vt_memo {
    atomic_int refs;
    vt_memo_key key;
    uint8_t bytes[];
} vt_memo;

/** A result of `size` bytes, all 0, to be filled; the caller's. */
int vt_memo_create(vt_memo **out, vt_memo_key key, size_t size, vt_error *err);
void vt_memo_release(vt_memo *memo);

/** What is kept under a key, to be released; NULL when there is none. Thread-safe. */
vt_memo *vt_view_recall(const vt_view *view, vt_memo_key key);

/** Keeps a result, of which the caller's hold stays the caller's. Thread-safe. */
void vt_view_remember(const vt_view *view, vt_memo *memo);

/** The place of a view's results. */
int vt_memos_create(vt_memos **out, vt_error *err);
void vt_memos_free(vt_memos *memos);

#endif
