/*
 * Products that are there twice: pairs of vectors that are nearly the same, joined into groups. Looking for the nearest
 * of every item goes through the index, in blocks of items that do not depend on the threads; joining is done in order.
 */
#include "vitrine/search.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/pool.h"
#include "math/kernels.h"
#include "recommend/vector_rows.h"

enum { ITEMS_AT_ONCE = 64 };

/* Pairs of one block of items; `first` < `second`. */
typedef struct block_pairs {
    int32_t (*pair)[2];
    size_t n, capacity;
} block_pairs;

typedef struct looking {
    const vt_item_vectors *vectors;
    const vt_flat *flat;
    float least;
    block_pairs *blocks;
} looking;

static int add_pair(block_pairs *b, int32_t first, int32_t second, vt_error *err)
{
    if (b->n == b->capacity) {
        size_t capacity = b->capacity * 2 + 16;
        int32_t(*grown)[2] = vt_realloc(b->pair, capacity, sizeof *grown, err);
        if (grown == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        b->pair = grown;
        b->capacity = capacity;
    }
    b->pair[b->n][0] = first;
    b->pair[b->n++][1] = second;
    return VT_OK;
}

static int look(void *context, int worker, size_t begin, size_t end, vt_error *err)
{
    looking *l = context;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        int32_t index[VT_FLAT_NEAREST_MAX];
        float score[VT_FLAT_NEAREST_MAX];
        size_t n = vt_flat_search(l->flat, index, score, vt_item_vector(l->vectors, (int32_t)i, NULL), NULL,
                                  VT_FLAT_NEAREST_MAX);
        for (size_t j = 0; j < n && score[j] >= l->least; j++) {
            if ((size_t)index[j] != i) {
                int status = add_pair(&l->blocks[begin / ITEMS_AT_ONCE], (int32_t)i, index[j], err);
                if (status != VT_OK) {
                    return status;
                }
            }
        }
    }
    return VT_OK;
}

/* The smallest item of the group that `item` is in; the way there gets shorter. */
static int32_t root_of(int32_t *parent, int32_t item)
{
    while (parent[item] != item) {
        parent[item] = parent[parent[item]];
        item = parent[item];
    }
    return item;
}

static void join(int32_t *parent, int32_t a, int32_t b)
{
    a = root_of(parent, a);
    b = root_of(parent, b);
    parent[a > b ? a : b] = a > b ? b : a;
}

/* Groups of two and more, from the roots: `size` (N) is how many items each root has. */
static int write_groups(vt_duplicates **out, const vt_item_vectors *v, int32_t *parent, size_t *size, vt_error *err)
{
    size_t n = (size_t)v->n, groups = 0, members = 0;
    for (size_t i = 0; i < n; i++) {
        groups += size[i] > 1;
        members += size[i] > 1 ? size[i] : 0;
    }
    vt_duplicates *d = vt_alloc_zero(1, sizeof *d, err);
    if (d == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    d->ptr = vt_alloc_zero(groups + 1, sizeof *d->ptr, err);
    d->item = vt_alloc(members, sizeof *d->item, err);
    d->cosine = vt_alloc(members, sizeof *d->cosine, err);
    if (d->ptr == NULL || d->item == NULL || d->cosine == NULL) {
        vt_duplicates_free(d);
        return VT_ERR_NO_MEMORY;
    }
    d->n = groups;
    size_t group = 0, at = 0;
    for (size_t i = 0; i < n; i++) { /* the sizes become places to write to */
        if (size[i] > 1) {
            size_t count = size[i];
            d->ptr[group++] = size[i] = at;
            at += count;
        } else {
            size[i] = SIZE_MAX;
        }
    }
    d->ptr[group] = at;
    for (size_t i = 0; i < n; i++) {
        int32_t root = root_of(parent, (int32_t)i);
        if (size[root] != SIZE_MAX) {
            size_t place = size[root]++;
            d->item[place] = (int32_t)i;
            vt_kernels_best()->dots(&d->cosine[place], vt_item_vector(v, (int32_t)i, NULL), 1,
                                    vt_item_vector(v, root, NULL), v->d);
            d->cosine[place] = (size_t)root == i ? 1.0F : d->cosine[place];
        }
    }
    *out = d;
    return VT_OK;
}

int vt_duplicates_find(vt_duplicates **out, const vt_item_vectors *vectors, double least, int threads, vt_error *err)
{
    if (!(least > 0.0 && least <= 1.0)) {
        return vt_fail(err, VT_ERR_USAGE, "duplicates begin at a cosine above 0, up to 1; %g was given", least);
    }
    size_t n = (size_t)vectors->n, n_blocks = n / ITEMS_AT_ONCE + 1;
    /* rounding may leave the cosine of a vector with itself a little under 1 */
    looking l = {.vectors = vectors, .least = (float)(least < 1.0 - 1e-6 ? least : 1.0 - 1e-6)};
    vt_flat *flat = NULL;
    int32_t *parent = vt_alloc(n, sizeof *parent, err);
    size_t *size = vt_alloc_zero(n, sizeof *size, err);
    l.blocks = vt_alloc_zero(n_blocks, sizeof *l.blocks, err);
    int status = VT_ERR_NO_MEMORY;
    if (parent == NULL || size == NULL || l.blocks == NULL) {
        goto out;
    }
    const vt_rows rows = vt_vector_rows(vectors);
    status = vt_flat_create(&flat, &rows, threads, err);
    if (status != VT_OK) {
        goto out;
    }
    l.flat = flat;
    status = vt_parallel_for(vt_threads(threads), n, ITEMS_AT_ONCE, look, NULL, &l, err);
    if (status != VT_OK) {
        goto out;
    }
    for (size_t i = 0; i < n; i++) {
        parent[i] = (int32_t)i;
    }
    for (size_t b = 0; b < n_blocks; b++) {
        for (size_t i = 0; i < l.blocks[b].n; i++) {
            join(parent, l.blocks[b].pair[i][0], l.blocks[b].pair[i][1]);
        }
    }
    for (size_t i = 0; i < n; i++) {
        size[root_of(parent, (int32_t)i)]++;
    }
    status = write_groups(out, vectors, parent, size, err);
out:
    for (size_t b = 0; l.blocks != NULL && b < n_blocks; b++) {
        vt_free(l.blocks[b].pair);
    }
    vt_free(l.blocks);
    vt_flat_free(flat);
    vt_free(parent);
    vt_free(size);
    return status;
}

void vt_duplicates_free(vt_duplicates *duplicates)
{
    if (duplicates != NULL) {
        vt_free(duplicates->ptr);
        vt_free(duplicates->item);
        vt_free(duplicates->cosine);
        vt_free(duplicates);
    }
}
