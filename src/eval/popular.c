/*
 * Frozen, counts are the same for all queries, and the first items of one order are the answer. Live, each query has
 * counts of its own, which are never above those of all time: the look through that order ends where no item can be
 * better than what was found.
 */
#include "eval/popular.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "dataset/item_clock.h"

typedef struct sold {
    int64_t count;
    int32_t tie, item;
} sold;

static int by_count(const void *a, const void *b)
{
    const sold *x = a, *y = b;
    if (x->count != y->count) {
        return x->count > y->count ? -1 : 1;
    }
    return (x->tie > y->tie) - (x->tie < y->tie);
}

int vt_popular_init(vt_popular *popular, const vt_plan *plan, vt_error *err)
{
    size_t n = (size_t)plan->snapshot->n_items;
    sold *row = vt_alloc(n, sizeof *row, err);
    popular->plan = plan;
    popular->order = vt_alloc(n, sizeof *popular->order, err);
    if (row == NULL || popular->order == NULL) {
        vt_free(row);
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n; i++) {
        row[i] = (sold){plan->sold[i], plan->tie[i], (int32_t)i};
    }
    if (n > 0) {
        qsort(row, n, sizeof *row, by_count);
    }
    for (size_t i = 0; i < n; i++) {
        popular->order[i] = row[i].item;
    }
    vt_free(row);
    return VT_OK;
}

void vt_popular_done(vt_popular *popular)
{
    vt_free(popular->order);
}

static sold sold_by(const vt_plan *plan, const vt_query *query, int32_t item)
{
    int64_t count = query->state.known == NULL ? plan->sold[item]
                                               : vt_item_times_before(query->state.known, item, query->state.now);
    return (sold){count, plan->tie[item], item};
}

/* Puts a row among the best so far, in their order; of `most` of them the last falls out. */
static size_t insert(const vt_plan *plan, const vt_query *query, int32_t *best, size_t n, size_t most, const sold *row)
{
    size_t at = n < most ? n : most - 1;
    if (n == most) {
        const sold last = sold_by(plan, query, best[most - 1]);
        if (by_count(&last, row) < 0) {
            return n;
        }
    }
    for (; at > 0; at--) {
        const sold before = sold_by(plan, query, best[at - 1]);
        if (by_count(&before, row) < 0) {
            break;
        }
        best[at] = best[at - 1];
    }
    best[at] = row->item;
    return n < most ? n + 1 : n;
}

size_t vt_popular_fill(const vt_popular *popular, const vt_query *query, int32_t *items, size_t n, size_t k,
                       const uint8_t *taken)
{
    const vt_plan *plan = popular->plan;
    size_t n_offered = query->only != NULL ? query->n_only : (size_t)plan->snapshot->n_items, found = 0;
    int32_t *best = items + n;
    for (size_t o = 0; o < n_offered && n < k; o++) {
        int32_t item = query->only != NULL ? query->only[o] : popular->order[o];
        if (found == k - n && query->only == NULL && plan->sold[item] < sold_by(plan, query, best[found - 1]).count) {
            break; /* nor is any later one better */
        }
        if (!query->allowed[item] || taken[item] || vt_ids_hold(query->exclude, query->n_exclude, item)) {
            continue;
        }
        const sold row = sold_by(plan, query, item);
        found = insert(plan, query, best, found, k - n, &row);
    }
    return n + found;
}
