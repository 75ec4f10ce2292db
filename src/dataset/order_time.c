/*
 * The order by time: a radix sort, least digit first, of event numbers by id and then by time. Digits that all keys
 * have in common are passed over, so a store in order of time costs one look at each key.
 */
#include <string.h>

#include "base/alloc.h"
#include "dataset/order.h"

enum { DIGIT_BITS = 11, DIGITS = 6, CELLS = 1 << DIGIT_BITS }; /* 6 x 11 bits hold all 64 */

/* As a number without sign, in the same order; the least, which is "without a time", becomes 0. */
static uint64_t unsigned_of(int64_t key)
{
    return (uint64_t)key ^ (uint64_t)1 << 63;
}

static size_t digit_of(int64_t key, uint64_t least, int digit)
{
    return (size_t)((unsigned_of(key) - least) >> (digit * DIGIT_BITS)) & (CELLS - 1);
}

/* Is `order` sorted by key already; the least key goes to `*least`. */
static bool is_sorted(const uint32_t *order, const int64_t *key, size_t n, uint64_t *least)
{
    bool sorted = true;
    *least = n == 0 ? 0 : unsigned_of(key[order[0]]);
    for (size_t i = 1; i < n; i++) {
        uint64_t now = unsigned_of(key[order[i]]);
        sorted = sorted && key[order[i - 1]] <= key[order[i]];
        *least = now < *least ? now : *least;
    }
    return sorted;
}

/* Sorts `*order` by key, equal keys keeping their order; `*other` is a second array, and the two may change places. */
static void sort_by(uint32_t **order, uint32_t **other, const int64_t *key, size_t n, size_t (*cell)[CELLS])
{
    uint64_t least;
    if (is_sorted(*order, key, n, &least)) {
        return;
    }
    memset(cell, 0, DIGITS * sizeof *cell);
    for (size_t i = 0; i < n; i++) {
        for (int d = 0; d < DIGITS; d++) {
            cell[d][digit_of(key[i], least, d)]++;
        }
    }
    for (int d = 0; d < DIGITS; d++) {
        if (cell[d][digit_of(key[0], least, d)] == n) { /* all keys agree */
            continue;
        }
        size_t begin = 0;
        for (int c = 0; c < CELLS; c++) {
            size_t count = cell[d][c];
            cell[d][c] = begin;
            begin += count;
        }
        uint32_t *from = *order;
        uint32_t *to = *other;
        for (size_t i = 0; i < n; i++) {
            to[cell[d][digit_of(key[from[i]], least, d)]++] = from[i];
        }
        *order = to;
        *other = from;
    }
}

int vt_order_by_time(uint32_t *out, const int64_t *time, const int64_t *id, int64_t n, vt_error *err)
{
    size_t count = (size_t)n;
    uint32_t *scratch = vt_alloc(count, sizeof *scratch, err);
    size_t(*cell)[CELLS] = scratch == NULL ? NULL : vt_alloc(DIGITS, sizeof *cell, err);
    if (cell == NULL) {
        vt_free(scratch);
        return VT_ERR_NO_MEMORY;
    }
    uint32_t *order = out;
    uint32_t *other = scratch;
    for (size_t i = 0; i < count; i++) {
        order[i] = (uint32_t)i;
    }
    sort_by(&order, &other, id, count, cell);
    sort_by(&order, &other, time, count, cell);
    if (order != out) {
        memcpy(out, order, count * sizeof *out);
    }
    vt_free(cell);
    vt_free(scratch);
    return VT_OK;
}
