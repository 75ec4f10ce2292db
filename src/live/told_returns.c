/*
 * A table of slots, found by a hash of order and item, behind the number of slots. Few lines are returns, so they are
 * looked for byte by byte in the column of kinds: each view of a shop that is followed builds its own.
 */
#include "live/told_returns.h"

#include <string.h>

#include "base/hash.h"
#include "live/timeline.h"

/* Never 0, which is a free slot. */
static uint64_t key_of(int32_t order, int32_t item)
{
    return ((uint64_t)(uint32_t)order << 32 | (uint32_t)item) + 1;
}

static uint64_t read_slot(const vt_memo *told, uint64_t i)
{
    uint64_t key;
    memcpy(&key, told->bytes + i * sizeof key, sizeof key);
    return key;
}

/* The slot of a key, or the free one where it would stand; `slots`, a power of two, stand behind their number. */
static uint64_t slot_of(const vt_memo *told, uint64_t key, uint64_t slots)
{
    uint64_t i = vt_hash_mix(key, 0) & (slots - 1);
    while (read_slot(told, i + 1) != 0 && read_slot(told, i + 1) != key) {
        i = (i + 1) & (slots - 1);
    }
    return i + 1;
}

/* The next return of a span from line `from` on; n: none. */
static int64_t next_return(const vt_line_span *span, int64_t from)
{
    const uint8_t *at = from < span->n ? memchr(span->kind + from, VT_EVENT_RETURN, (size_t)(span->n - from)) : NULL;
    return at == NULL ? span->n : at - span->kind;
}

/* Puts all returns with an order into `told` unless that is NULL; how many lines are returns. */
static uint64_t collect(vt_memo *told, const vt_view *view, uint64_t slots)
{
    vt_lines lines;
    vt_line_span span;
    uint64_t n = 0;
    vt_lines_begin(&lines, view, INT64_MIN, INT64_MAX);
    while (vt_lines_next(&lines, &span)) {
        for (int64_t i = next_return(&span, 0); i < span.n; i = next_return(&span, i + 1)) {
            n++;
            if (told != NULL && span.order[i] >= 0 && span.state[i] != VT_LINE_CANCELLED &&
                vt_lines_counts(&lines, &span, i)) {
                uint64_t key = key_of(span.order[i], span.item[i]);
                memcpy(told->bytes + slot_of(told, key, slots) * sizeof key, &key, sizeof key);
            }
        }
    }
    return n;
}

int vt_told_returns_find(vt_memo **out, const vt_view *view, vt_error *err)
{
    const vt_memo_key key = {VT_MEMO_TOLD_RETURNS, 0, 0};
    vt_memo *told = vt_view_recall(view, key);
    if (told == NULL) {
        uint64_t n = collect(NULL, view, 0), slots = 1;
        while (n > 0 && slots < 2 * n) {
            slots *= 2;
        }
        slots = n == 0 ? 0 : slots;
        int status = vt_memo_create(&told, key, (size_t)(slots + 1) * sizeof slots, err);
        if (status != VT_OK) {
            return status;
        }
        memcpy(told->bytes, &slots, sizeof slots);
        if (n > 0) {
            collect(told, view, slots);
        }
        vt_view_remember(view, told);
    }
    *out = told;
    return VT_OK;
}

bool vt_told_returns_has(const vt_memo *told, int32_t order, int32_t item)
{
    uint64_t slots = told == NULL || order < 0 ? 0 : read_slot(told, 0);
    return slots > 0 && read_slot(told, slot_of(told, key_of(order, item), slots)) != 0;
}
