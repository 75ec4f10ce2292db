/*
 * Growth from the tree of all baskets to the trees of what goes with an item, depth first, one tree a level that is
 * used again and again. A set of n items means 2^n sets, so with the cap on sets the levels can be few.
 */
#include "insight/baskets/itemsets.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/format.h"
#include "base/hash.h"
#include "insight/baskets/fp_tree.h"

enum { LEVELS = 32 };

/* What has been found, in the order of growth. */
typedef struct growth {
    vt_fp_tree tree[LEVELS];
    int32_t prefix[LEVELS];
    int64_t min_count;
    int64_t max_itemsets;
    int32_t max_length;
    size_t n_baskets;
    int32_t *items; /* (n_items) ascending within a set */
    size_t n_items, items_capacity;
    int32_t *length; /* (n) */
    int64_t *count;  /* (n) */
    size_t n, length_capacity, count_capacity;
} growth;

void vt_itemset_options_init(vt_itemset_options *options)
{
    *options = (vt_itemset_options){.min_support = 0.01, .min_count = 1, .max_length = 10, .max_itemsets = 1000000};
}

int vt_itemset_options_check(const vt_itemset_options *o, vt_error *err)
{
    if (!(o->min_support >= 0.0 && o->min_support <= 1.0)) {
        return vt_fail(err, VT_ERR_USAGE, "the support is %g; a share of baskets from 0 to 1 is expected",
                       o->min_support);
    }
    if (o->min_count < 1) {
        return vt_fail(err, VT_ERR_USAGE, "the smallest count is %lld; at least 1 basket is expected",
                       (long long)o->min_count);
    }
    if (o->max_length < 1) {
        return vt_fail(err, VT_ERR_USAGE, "the longest set has %d items; at least 1 is expected", (int)o->max_length);
    }
    if (o->max_itemsets < 1 || o->max_itemsets > INT32_MAX) {
        return vt_fail(err, VT_ERR_USAGE, "the cap on sets is %lld; 1 to 2^31 - 1 is expected",
                       (long long)o->max_itemsets);
    }
    return VT_OK;
}

int64_t vt_itemset_min_count(const vt_itemset_options *o, size_t n_baskets)
{
    double all = (double)n_baskets;
    int64_t count = (int64_t)ceil(o->min_support * all);
    while (count > 0 && (double)(count - 1) / all >= o->min_support) { /* the product may have been rounded up */
        count--;
    }
    while ((double)count / all < o->min_support) { /* or down */
        count++;
    }
    count = count > o->min_count ? count : o->min_count;
    return count < 1 ? 1 : count;
}

static int too_many(const growth *g, vt_error *err)
{
    char most[32], count[32];
    vt_format_count(most, g->max_itemsets);
    vt_format_count(count, g->min_count);
    return vt_fail(err, VT_ERR_LIMIT,
                   "more than %s sets of items are in %s or more baskets (a support of %.3g); raise the support", most,
                   count, (double)g->min_count / (double)g->n_baskets);
}

/* Adds the set of prefix[0] to prefix[length - 1]. */
static int add_set(growth *g, int32_t length, int64_t count, vt_error *err)
{
    if ((int64_t)g->n >= g->max_itemsets) {
        return too_many(g, err);
    }
    if (vt_alloc_next(&g->length, &g->length_capacity, g->n, sizeof *g->length, err) != VT_OK ||
        vt_alloc_next(&g->count, &g->count_capacity, g->n, sizeof *g->count, err) != VT_OK ||
        vt_alloc_next(&g->items, &g->items_capacity, g->n_items + (size_t)length, sizeof *g->items, err) != VT_OK) {
        return VT_ERR_NO_MEMORY;
    }
    int32_t *items = g->items + g->n_items;
    for (int32_t i = 0; i < length; i++) {
        int32_t item = g->prefix[i], j = i;
        for (; j > 0 && items[j - 1] > item; j--) {
            items[j] = items[j - 1];
        }
        items[j] = item;
    }
    g->length[g->n] = length;
    g->count[g->n++] = count;
    g->n_items += (size_t)length;
    return VT_OK;
}

/* All sets that begin with the first `length` items of the prefix, one more taken from the tree of that level. */
static int grow(growth *g, int32_t length, vt_error *err)
{
    vt_fp_tree *tree = &g->tree[length];
    int status = VT_OK;
    for (int32_t r = 0; r < tree->n_ranks && status == VT_OK; r++) {
        g->prefix[length] = tree->item[r];
        status = add_set(g, length + 1, tree->total[r], err);
        if (status != VT_OK || r == 0 || length + 1 >= g->max_length) {
            continue;
        }
        if (length + 1 == LEVELS) { /* it and all its subsets: 2^32 sets */
            return too_many(g, err);
        }
        status = vt_fp_tree_project(&g->tree[length + 1], tree, r, g->min_count, err);
        if (status == VT_OK) {
            status = grow(g, length + 1, err);
        }
    }
    return status;
}

/* ---- order and look-up ------------------------------------------------------------------------------------------- */

typedef struct found {
    const int32_t *items;
    int64_t count;
    int32_t length;
} found;

static int by_items(const void *a, const void *b)
{
    const found *x = a, *y = b;
    if (x->length != y->length) {
        return x->length < y->length ? -1 : 1;
    }
    for (int32_t i = 0; i < x->length; i++) {
        if (x->items[i] != y->items[i]) {
            return x->items[i] < y->items[i] ? -1 : 1;
        }
    }
    return 0;
}

static size_t slot_of(const vt_itemsets *s, const int32_t *items, size_t n)
{
    size_t slot = (size_t)vt_hash_keyed(items, n * sizeof *items) & (s->n_slots - 1);
    for (;; slot = (slot + 1) & (s->n_slots - 1)) {
        int32_t number = s->slots[slot];
        if (number == 0) {
            return slot;
        }
        const int64_t *at = &s->offsets[number - 1];
        if ((size_t)(at[1] - at[0]) == n && memcmp(s->items + at[0], items, n * sizeof *items) == 0) {
            return slot;
        }
    }
}

int64_t vt_itemsets_count(const vt_itemsets *s, const int32_t *items, size_t n)
{
    int32_t number = s->slots[slot_of(s, items, n)];
    return number == 0 ? 0 : s->count[number - 1];
}

static void put_in_order(vt_itemsets *s, const growth *g, found *order)
{
    size_t at = 0;
    for (size_t i = 0; i < g->n; i++) {
        order[i] = (found){g->items + at, g->count[i], g->length[i]};
        at += (size_t)g->length[i];
    }
    qsort(order, g->n, sizeof *order, by_items);
    s->offsets[0] = 0;
    for (size_t i = 0; i < g->n; i++) {
        size_t length = (size_t)order[i].length;
        memcpy(s->items + s->offsets[i], order[i].items, length * sizeof *s->items);
        s->offsets[i + 1] = s->offsets[i] + (int64_t)length;
        s->count[i] = order[i].count;
        s->slots[slot_of(s, order[i].items, length)] = (int32_t)(i + 1);
    }
}

static int finish(vt_itemsets **out, const growth *g, vt_error *err)
{
    found *order = vt_alloc(g->n, sizeof *order, err);
    vt_itemsets *s = order == NULL ? NULL : vt_alloc_zero(1, sizeof *s, err);
    if (s == NULL) {
        goto fail;
    }
    s->n = g->n;
    s->n_baskets = g->n_baskets;
    s->min_count = g->min_count;
    s->n_slots = 16;
    while (s->n_slots < 2 * g->n) {
        s->n_slots *= 2;
    }
    s->offsets = vt_alloc(g->n + 1, sizeof *s->offsets, err);
    s->items = s->offsets == NULL ? NULL : vt_alloc(g->n_items, sizeof *s->items, err);
    s->count = s->items == NULL ? NULL : vt_alloc(g->n, sizeof *s->count, err);
    s->slots = s->count == NULL ? NULL : vt_alloc_zero(s->n_slots, sizeof *s->slots, err);
    if (s->slots == NULL) {
        goto fail;
    }
    put_in_order(s, g, order);
    vt_free(order);
    *out = s;
    return VT_OK;
fail:
    vt_free(order);
    vt_itemsets_free(s);
    return VT_ERR_NO_MEMORY;
}

int vt_itemsets_find(vt_itemsets **out, const vt_baskets *baskets, const vt_itemset_options *options, vt_error *err)
{
    int status = vt_itemset_options_check(options, err);
    if (status != VT_OK) {
        return status;
    }
    if (baskets->n_baskets >= INT32_MAX) {
        return vt_fail(err, VT_ERR_LIMIT, "there are %zu baskets; fewer than 2^31 are expected", baskets->n_baskets);
    }
    growth *g = vt_alloc_zero(1, sizeof *g, err);
    if (g == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    g->min_count = vt_itemset_min_count(options, baskets->n_baskets);
    g->max_itemsets = options->max_itemsets;
    g->max_length = options->max_length;
    g->n_baskets = baskets->n_baskets;
    status = vt_fp_tree_build(&g->tree[0], baskets, g->min_count, err);
    if (status == VT_OK && (status = grow(g, 0, err)) == VT_OK) {
        status = finish(out, g, err);
    }
    for (size_t level = 0; level < LEVELS; level++) {
        vt_fp_tree_done(&g->tree[level]);
    }
    vt_free(g->items);
    vt_free(g->length);
    vt_free(g->count);
    vt_free(g);
    return status;
}

void vt_itemsets_free(vt_itemsets *s)
{
    if (s != NULL) {
        vt_free(s->offsets);
        vt_free(s->items);
        vt_free(s->count);
        vt_free(s->slots);
        vt_free(s);
    }
}
