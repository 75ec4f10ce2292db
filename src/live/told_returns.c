/* Sorted keys of order and item behind their number. */
#include "live/told_returns.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "live/timeline.h"

static uint64_t key_of(int32_t order, int32_t item)
{
    return (uint64_t)(uint32_t)order << 32 | (uint32_t)item;
}

static uint64_t key_at(const vt_memo *told, uint64_t i)
{
    uint64_t key;
    memcpy(&key, told->bytes + i * sizeof key, sizeof key);
    return key;
}

static int ascending(const void *a, const void *b)
{
    uint64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

/* The keys of all return events into `keys` unless that is NULL; how many there are. */
static uint64_t collect(uint8_t *keys, const vt_view *view)
{
    vt_lines lines;
    vt_line_span span;
    uint64_t n = 0;
    vt_lines_begin(&lines, view, INT64_MIN, INT64_MAX);
    while (vt_lines_next(&lines, &span)) {
        for (int64_t i = 0; i < span.n; i++) {
            if (span.kind[i] == VT_EVENT_RETURN && span.order[i] >= 0 && span.state[i] != VT_LINE_CANCELLED &&
                vt_lines_counts(&lines, &span, i)) {
                uint64_t key = key_of(span.order[i], span.item[i]);
                if (keys != NULL) {
                    memcpy(keys + n * sizeof key, &key, sizeof key);
                }
                n++;
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
        uint64_t n = collect(NULL, view);
        int status = vt_memo_create(&told, key, (size_t)(n + 1) * sizeof n, err);
        if (status != VT_OK) {
            return status;
        }
        memcpy(told->bytes, &n, sizeof n);
        collect(told->bytes + sizeof n, view);
        if (n > 0) {
            qsort(told->bytes + sizeof n, (size_t)n, sizeof n, ascending);
        }
        vt_view_remember(view, told);
    }
    *out = told;
    return VT_OK;
}

bool vt_told_returns_has(const vt_memo *told, int32_t order, int32_t item)
{
    if (told == NULL || order < 0) {
        return false;
    }
    uint64_t wanted = key_of(order, item), n = key_at(told, 0), low = 1, high = n + 1;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (key_at(told, middle) < wanted) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low <= n && key_at(told, low) == wanted;
}
