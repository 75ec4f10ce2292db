/*
 * Both trees are made rank by rank from paths: those of the baskets, and those of a tree above the nodes of one rank.
 * Below one parent there is one node of a rank, so it is enough to remember which node was last made below each parent.
 */
#include "insight/baskets/fp_tree.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define GROW(tree, field, n, err)                                                                                      \
    vt_alloc_grow(&(tree)->field, &(tree)->field##_capacity, n, sizeof *(tree)->field, err)

/* The frequent part of the baskets: ranks of each basket in ascending order, the first of a basket as ~rank. */
typedef struct paths {
    int32_t *rank_of; /* (I) -1: not frequent */
    int32_t *last;    /* (I) the basket that was seen last with the item, so that repeats count once */
    int64_t *total;   /* (I) */
    int32_t *ranks;   /* (n) */
    size_t n;
} paths;

typedef struct counted {
    int64_t count;
    int32_t item;
} counted;

static int by_count(const void *a, const void *b)
{
    const counted *x = a, *y = b;
    if (x->count != y->count) {
        return x->count > y->count ? -1 : 1;
    }
    return (x->item > y->item) - (x->item < y->item);
}

static int by_number(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static int count_items(paths *p, const vt_baskets *baskets, vt_error *err)
{
    size_t items = (size_t)baskets->n_items;
    for (size_t i = 0; i < items; i++) {
        p->last[i] = -1;
        p->total[i] = 0;
    }
    for (size_t b = 0; b < baskets->n_baskets; b++) {
        for (int64_t e = baskets->offsets[b]; e < baskets->offsets[b + 1]; e++) {
            int32_t item = baskets->items[e];
            if (item < 0 || item >= baskets->n_items) {
                return vt_fail(err, VT_ERR_FORMAT, "basket %zu holds item number %d; below %d is expected", b,
                               (int)item, (int)baskets->n_items);
            }
            p->total[item] += p->last[item] != (int32_t)b;
            p->last[item] = (int32_t)b;
        }
    }
    return VT_OK;
}

/* Items that are frequent get ranks, the most frequent first. */
static int rank_items(vt_fp_tree *tree, paths *p, int32_t n_items, int64_t min_count, vt_error *err)
{
    int32_t n = 0;
    for (int32_t i = 0; i < n_items; i++) {
        n += p->total[i] >= min_count;
    }
    counted *order = vt_alloc((size_t)n, sizeof *order, err);
    if (order == NULL || GROW(tree, item, (size_t)n, err) != VT_OK || GROW(tree, total, (size_t)n, err) != VT_OK ||
        GROW(tree, start, (size_t)n + 1, err) != VT_OK) {
        vt_free(order);
        return VT_ERR_NO_MEMORY;
    }
    int32_t at = 0;
    for (int32_t i = 0; i < n_items; i++) {
        p->rank_of[i] = -1;
        if (p->total[i] >= min_count) {
            order[at++] = (counted){p->total[i], i};
        }
    }
    qsort(order, (size_t)n, sizeof *order, by_count);
    for (int32_t r = 0; r < n; r++) {
        tree->item[r] = order[r].item;
        tree->total[r] = order[r].count;
        p->rank_of[order[r].item] = r;
        p->n += (size_t)order[r].count;
    }
    tree->n_ranks = n;
    vt_free(order);
    return VT_OK;
}

static void sort_ranks(int32_t *ranks, size_t n)
{
    if (n > 24) {
        qsort(ranks, n, sizeof *ranks, by_number);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        int32_t moved = ranks[i];
        size_t j = i;
        for (; j > 0 && ranks[j - 1] > moved; j--) {
            ranks[j] = ranks[j - 1];
        }
        ranks[j] = moved;
    }
}

static void make_paths(paths *p, const vt_baskets *baskets)
{
    for (int32_t i = 0; i < baskets->n_items; i++) {
        p->last[i] = -1;
    }
    size_t n = 0;
    for (size_t b = 0; b < baskets->n_baskets; b++) {
        size_t first = n;
        for (int64_t e = baskets->offsets[b]; e < baskets->offsets[b + 1]; e++) {
            int32_t item = baskets->items[e];
            if (p->rank_of[item] >= 0 && p->last[item] != (int32_t)b) {
                p->last[item] = (int32_t)b;
                p->ranks[n++] = p->rank_of[item];
            }
        }
        if (n > first) {
            sort_ranks(p->ranks + first, n - first);
            p->ranks[first] = ~p->ranks[first];
        }
    }
}

/* Room for up to `n` nodes, none below any yet. */
static int reserve_nodes(vt_fp_tree *tree, size_t n, vt_error *err)
{
    if (GROW(tree, rank, n, err) != VT_OK || GROW(tree, parent, n, err) != VT_OK ||
        GROW(tree, count, n, err) != VT_OK || GROW(tree, child, n + 1, err) != VT_OK) {
        return VT_ERR_NO_MEMORY;
    }
    memset(tree->child, 0xff, (n + 1) * sizeof *tree->child);
    return VT_OK;
}

/* `count` more baskets through the node of rank `rank` below `parent`, whose nodes begin at start[rank]. */
static int32_t pass_through(vt_fp_tree *tree, int32_t *n_nodes, int32_t rank, int32_t parent, int32_t count)
{
    int32_t node = tree->child[parent + 1];
    if (node < tree->start[rank]) {
        node = (*n_nodes)++;
        tree->child[parent + 1] = node;
        tree->rank[node] = rank;
        tree->parent[node] = parent;
        tree->count[node] = 0;
    }
    tree->count[node] += count;
    return node;
}

/* Room for projections from the tree, whose sums begin at zero. */
static int reserve_projection(vt_fp_tree *tree, vt_error *err)
{
    size_t nodes = (size_t)tree->start[tree->n_ranks], ranks = (size_t)tree->n_ranks;
    if (GROW(tree, sum, nodes, err) != VT_OK || GROW(tree, copy, nodes, err) != VT_OK ||
        GROW(tree, seen, nodes, err) != VT_OK || GROW(tree, sorted, nodes, err) != VT_OK ||
        GROW(tree, rank_total, ranks, err) != VT_OK || GROW(tree, rank_nodes, ranks, err) != VT_OK ||
        GROW(tree, ranks, ranks, err) != VT_OK) {
        return VT_ERR_NO_MEMORY;
    }
    if (nodes > 0) {
        memset(tree->sum, 0, nodes * sizeof *tree->sum);
        memset(tree->rank_total, 0, ranks * sizeof *tree->rank_total);
        memset(tree->rank_nodes, 0, ranks * sizeof *tree->rank_nodes);
    }
    return VT_OK;
}

/* Places of the paths by rank, `order`; `node` (n) is the node of each place. */
static void nodes_of_paths(vt_fp_tree *tree, const paths *p, int32_t *order, int32_t *node, int64_t *next)
{
    int64_t sum = 0;
    for (int32_t r = 0; r < tree->n_ranks; r++) {
        next[r] = sum;
        sum += tree->total[r];
    }
    for (size_t e = 0; e < p->n; e++) {
        int32_t r = p->ranks[e] < 0 ? ~p->ranks[e] : p->ranks[e];
        order[next[r]++] = (int32_t)e;
    }
    int32_t n_nodes = 0;
    int64_t at = 0;
    for (int32_t r = 0; r < tree->n_ranks; r++) {
        tree->start[r] = n_nodes;
        for (; at < next[r]; at++) {
            int32_t e = order[at];
            node[e] = pass_through(tree, &n_nodes, r, p->ranks[e] < 0 ? -1 : node[e - 1], 1);
        }
    }
    tree->start[tree->n_ranks] = n_nodes;
}

int vt_fp_tree_build(vt_fp_tree *tree, const vt_baskets *baskets, int64_t min_count, vt_error *err)
{
    size_t items = (size_t)baskets->n_items;
    paths p = {0};
    int32_t *order = NULL, *node = NULL;
    int64_t *next = NULL;
    p.rank_of = vt_alloc(items, sizeof *p.rank_of, err);
    p.last = p.rank_of == NULL ? NULL : vt_alloc(items, sizeof *p.last, err);
    p.total = p.last == NULL ? NULL : vt_alloc(items, sizeof *p.total, err);
    int status = p.total == NULL ? VT_ERR_NO_MEMORY : count_items(&p, baskets, err);
    if (status != VT_OK || (status = rank_items(tree, &p, baskets->n_items, min_count, err)) != VT_OK) {
        goto out;
    }
    if (p.n >= INT32_MAX) {
        status = vt_fail(err, VT_ERR_LIMIT,
                         "the baskets hold %zu frequent items together; fewer than 2^31 are expected", p.n);
        goto out;
    }
    p.ranks = vt_alloc(p.n, sizeof *p.ranks, err);
    order = p.ranks == NULL ? NULL : vt_alloc(p.n, sizeof *order, err);
    node = order == NULL ? NULL : vt_alloc(p.n, sizeof *node, err);
    next = node == NULL ? NULL : vt_alloc((size_t)tree->n_ranks, sizeof *next, err);
    status = next == NULL ? VT_ERR_NO_MEMORY : reserve_nodes(tree, p.n, err);
    if (status == VT_OK) {
        make_paths(&p, baskets);
        nodes_of_paths(tree, &p, order, node, next);
        status = reserve_projection(tree, err);
    }
out:
    vt_free(p.rank_of);
    vt_free(p.last);
    vt_free(p.total);
    vt_free(p.ranks);
    vt_free(order);
    vt_free(node);
    vt_free(next);
    return status;
}

/* Walks up from each node of `rank`; gives how many nodes were met and, through `*n_ranks`, of how many ranks. */
static int32_t walk_up(vt_fp_tree *tree, int32_t rank, int32_t *n_ranks)
{
    int32_t n_seen = 0;
    *n_ranks = 0;
    for (int32_t v = tree->start[rank]; v < tree->start[rank + 1]; v++) {
        int32_t count = tree->count[v];
        for (int32_t u = tree->parent[v]; u >= 0; u = tree->parent[u]) {
            int32_t r = tree->rank[u];
            if (tree->sum[u] == 0) {
                tree->seen[n_seen++] = u;
                if (tree->rank_nodes[r]++ == 0) {
                    tree->ranks[(*n_ranks)++] = r;
                }
            }
            tree->sum[u] += count;
            tree->rank_total[r] += count;
        }
    }
    sort_ranks(tree->ranks, (size_t)*n_ranks);
    return n_seen;
}

/* The nodes that were met, by rank; rank_nodes[r] becomes the end of rank r. */
static void sort_seen(vt_fp_tree *tree, int32_t n_seen, int32_t n_ranks)
{
    int32_t sum = 0;
    for (int32_t i = 0; i < n_ranks; i++) {
        int32_t r = tree->ranks[i], nodes = tree->rank_nodes[r];
        tree->rank_nodes[r] = sum;
        sum += nodes;
    }
    for (int32_t i = 0; i < n_seen; i++) {
        int32_t u = tree->seen[i];
        tree->sorted[tree->rank_nodes[tree->rank[u]]++] = u;
    }
}

static void copy_nodes(vt_fp_tree *out, vt_fp_tree *tree, int32_t n_ranks, int64_t min_count)
{
    int32_t n_nodes = 0, at = 0;
    out->n_ranks = 0;
    for (int32_t i = 0; i < n_ranks; i++) {
        int32_t r = tree->ranks[i];
        bool kept = tree->rank_total[r] >= min_count;
        out->start[out->n_ranks] = n_nodes;
        for (; at < tree->rank_nodes[r]; at++) {
            int32_t u = tree->sorted[at];
            int32_t above = tree->parent[u] < 0 ? -1 : tree->copy[tree->parent[u]];
            tree->copy[u] = kept ? pass_through(out, &n_nodes, out->n_ranks, above, tree->sum[u]) : above;
        }
        if (kept) {
            out->item[out->n_ranks] = tree->item[r];
            out->total[out->n_ranks] = tree->rank_total[r];
            out->n_ranks++;
        }
    }
    out->start[out->n_ranks] = n_nodes;
}

int vt_fp_tree_project(vt_fp_tree *out, vt_fp_tree *tree, int32_t rank, int64_t min_count, vt_error *err)
{
    int32_t n_ranks = 0;
    int32_t n_seen = walk_up(tree, rank, &n_ranks);
    size_t ranks = (size_t)n_ranks;
    int status = VT_ERR_NO_MEMORY;
    if (GROW(out, item, ranks, err) == VT_OK && GROW(out, total, ranks, err) == VT_OK &&
        GROW(out, start, ranks + 1, err) == VT_OK && reserve_nodes(out, (size_t)n_seen, err) == VT_OK) {
        sort_seen(tree, n_seen, n_ranks);
        copy_nodes(out, tree, n_ranks, min_count);
        status = reserve_projection(out, err);
    }
    for (int32_t i = 0; i < n_seen; i++) {
        tree->sum[tree->seen[i]] = 0;
    }
    for (int32_t i = 0; i < n_ranks; i++) {
        tree->rank_total[tree->ranks[i]] = 0;
        tree->rank_nodes[tree->ranks[i]] = 0;
    }
    return status;
}

void vt_fp_tree_done(vt_fp_tree *tree)
{
    vt_free(tree->item);
    vt_free(tree->total);
    vt_free(tree->start);
    vt_free(tree->rank);
    vt_free(tree->parent);
    vt_free(tree->count);
    vt_free(tree->child);
    vt_free(tree->sum);
    vt_free(tree->copy);
    vt_free(tree->seen);
    vt_free(tree->sorted);
    vt_free(tree->rank_total);
    vt_free(tree->rank_nodes);
    vt_free(tree->ranks);
}
