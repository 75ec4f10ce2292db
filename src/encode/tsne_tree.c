/*
 * Barnes-Hut: far points act as one, at their centre of mass. The tree is made anew each time from points sorted along
 * a Morton curve, which puts the points of every cell next to each other. Cells stand in one array, each before those
 * inside it, with the number of the first behind them, so that a traversal needs no stack: into a cell is the next one,
 * past it is `skip`. A cell with all its points in one child is left out; a small one keeps its points as they are.
 */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "encode/tsne_force.h"

enum { AXIS_BITS = 21, LEAF = 6, AXES = 3 };

typedef struct cell {
    double centre[AXES]; /* of mass */
    double width2;       /* squared width; 0: the points are always looked at, or there is one */
    uint32_t begin, end; /* of its points, in Morton order */
    uint32_t skip;
    bool leaf;
} cell;

struct vt_tree {
    size_t n;
    int dims;
    uint64_t *code;   /* (N) sorted */
    uint64_t *spare;  /* (N) */
    uint32_t *order;  /* (N) points in Morton order */
    uint32_t *shadow; /* (N) */
    double *point;    /* (N, M) coordinates in Morton order */
    cell *cells;      /* (2 N) */
    uint32_t n_cells;
    double extent;
};

void vt_tree_free(vt_tree *tree)
{
    if (tree != NULL) {
        vt_free(tree->code);
        vt_free(tree->spare);
        vt_free(tree->order);
        vt_free(tree->shadow);
        vt_free(tree->point);
        vt_free(tree->cells);
        vt_free(tree);
    }
}

int vt_tree_create(vt_tree **out, size_t n, int dims, vt_error *err)
{
    vt_tree *tree = vt_alloc_zero(1, sizeof *tree, err);
    if (tree == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    tree->n = n;
    tree->dims = dims;
    tree->code = vt_alloc(n, sizeof *tree->code, err);
    tree->spare = vt_alloc(n, sizeof *tree->spare, err);
    tree->order = vt_alloc(n, sizeof *tree->order, err);
    tree->shadow = vt_alloc(n, sizeof *tree->shadow, err);
    tree->point = vt_alloc(n, (size_t)dims * sizeof *tree->point, err);
    tree->cells = vt_alloc(2 * n, sizeof *tree->cells, err);
    if (tree->code == NULL || tree->spare == NULL || tree->order == NULL || tree->shadow == NULL ||
        tree->point == NULL || tree->cells == NULL) {
        vt_tree_free(tree);
        return VT_ERR_NO_MEMORY;
    }
    *out = tree;
    return VT_OK;
}

/* Bit b of `axis` goes to bit b * dims. */
static uint64_t spread(uint64_t axis, int dims)
{
    if (dims == 2) {
        axis = (axis | axis << 16) & 0x0000FFFF0000FFFFU;
        axis = (axis | axis << 8) & 0x00FF00FF00FF00FFU;
        axis = (axis | axis << 4) & 0x0F0F0F0F0F0F0F0FU;
        axis = (axis | axis << 2) & 0x3333333333333333U;
        return (axis | axis << 1) & 0x5555555555555555U;
    }
    axis = (axis | axis << 32) & 0x001F00000000FFFFU;
    axis = (axis | axis << 16) & 0x001F0000FF0000FFU;
    axis = (axis | axis << 8) & 0x100F00F00F00F00FU;
    axis = (axis | axis << 4) & 0x10C30C30C30C30C3U;
    return (axis | axis << 2) & 0x1249249249249249U;
}

/* Codes of all points in a cube around them. */
static void encode_points(vt_tree *tree, const double *y)
{
    size_t n = tree->n;
    double low[AXES], widest = 0.0;
    for (size_t m = 0; m < (size_t)tree->dims; m++) {
        double high = low[m] = y[m * n];
        for (size_t i = 1; i < n; i++) {
            low[m] = fmin(low[m], y[m * n + i]);
            high = fmax(high, y[m * n + i]);
        }
        widest = fmax(widest, high - low[m]);
    }
    tree->extent = widest;
    double scale = widest > 0.0 ? (double)((1U << AXIS_BITS) - 1) / widest : 0.0;
    for (size_t i = 0; i < n; i++) {
        uint64_t code = 0;
        for (size_t m = 0; m < (size_t)tree->dims; m++) {
            code |= spread((uint64_t)((y[m * n + i] - low[m]) * scale), tree->dims) << m;
        }
        tree->code[i] = code;
        tree->order[i] = (uint32_t)i;
    }
}

/* Sorts codes with their points, byte by byte from the lowest; a byte that is the same in all is passed over. */
static void sort_points(vt_tree *tree)
{
    for (int shift = 0; shift < AXIS_BITS * tree->dims; shift += 8) {
        size_t count[257] = {0};
        for (size_t i = 0; i < tree->n; i++) {
            count[(tree->code[i] >> shift & 255U) + 1]++;
        }
        if (count[(tree->code[0] >> shift & 255U) + 1] == tree->n) {
            continue;
        }
        for (size_t b = 0; b < 256; b++) {
            count[b + 1] += count[b];
        }
        for (size_t i = 0; i < tree->n; i++) {
            size_t to = count[tree->code[i] >> shift & 255U]++;
            tree->spare[to] = tree->code[i];
            tree->shadow[to] = tree->order[i];
        }
        uint64_t *codes = tree->code;
        tree->code = tree->spare;
        tree->spare = codes;
        uint32_t *order = tree->order;
        tree->order = tree->shadow;
        tree->shadow = order;
    }
}

/* The first point of begin to end that is not in the cell of `begin` whose codes agree above bit `shift`. */
static uint32_t cell_end(const vt_tree *tree, uint32_t begin, uint32_t end, int shift)
{
    uint64_t last = tree->code[begin] | ((UINT64_C(1) << shift) - 1);
    while (begin < end) {
        uint32_t middle = begin + (end - begin) / 2;
        if (tree->code[middle] <= last) {
            begin = middle + 1;
        } else {
            end = middle;
        }
    }
    return begin;
}

/* Adds the smallest cell around points begin to end and all cells inside; at most AXIS_BITS deep. */
static void add_cell(vt_tree *tree, uint32_t begin, uint32_t end)
{
    cell *made = &tree->cells[tree->n_cells++];
    size_t dims = (size_t)tree->dims;
    uint64_t differ = tree->code[begin] ^ tree->code[end - 1];
    int bits = differ == 0 ? 0 : 64 - __builtin_clzll(differ); /* in which codes of the cell differ */
    int level = AXIS_BITS - (bits + tree->dims - 1) / tree->dims;
    double width = end - begin == 1 ? 0.0 : ldexp(tree->extent, -level);
    *made = (cell){.width2 = width * width, .begin = begin, .end = end, .leaf = end - begin <= LEAF || differ == 0};
    if (made->leaf) {
        for (uint32_t i = begin; i < end; i++) {
            for (size_t m = 0; m < dims; m++) {
                made->centre[m] += tree->point[i * dims + m];
            }
        }
    } else {
        int shift = (AXIS_BITS - level - 1) * tree->dims;
        for (uint32_t from = begin; from < end;) {
            uint32_t to = cell_end(tree, from, end, shift);
            const cell *child = &tree->cells[tree->n_cells];
            add_cell(tree, from, to);
            for (size_t m = 0; m < dims; m++) {
                made->centre[m] += child->centre[m] * (double)(to - from);
            }
            from = to;
        }
    }
    for (size_t m = 0; m < dims; m++) {
        made->centre[m] /= (double)(end - begin);
    }
    made->skip = tree->n_cells;
}

/* Adds what `mass` points at `there` do to the point at `here`. */
static inline void push(double *sum, double *weight, const double *here, const double *there, double mass, size_t dims)
{
    double off[AXES] = {0.0, 0.0, 0.0}, d2 = 0.0;
    for (size_t m = 0; m < dims; m++) {
        off[m] = here[m] - there[m];
        d2 += off[m] * off[m];
    }
    double q = 1.0 / (1.0 + d2);
    *weight += mass * q;
    for (size_t m = 0; m < dims; m++) {
        sum[m] += mass * q * q * off[m];
    }
}

/* Repulsion of the point `at` in Morton order; `dims` is a constant where this is called. */
static inline double repulsion_at(const vt_tree *tree, double *sum, uint32_t at, double theta2, size_t dims)
{
    const double *here = tree->point + at * dims;
    double weight = 0.0;
    for (uint32_t c = 0; c < tree->n_cells;) {
        const cell *one = &tree->cells[c];
        double d2 = 0.0;
        for (size_t m = 0; m < dims; m++) {
            double off = here[m] - one->centre[m];
            d2 += off * off;
        }
        if (one->width2 < theta2 * d2) {
            push(sum, &weight, here, one->centre, (double)(one->end - one->begin), dims);
            c = one->skip;
        } else if (one->leaf) {
            for (uint32_t j = one->begin; j < one->end; j++) {
                push(sum, &weight, here, tree->point + j * dims, 1.0, dims);
            }
            c = one->skip;
        } else {
            c++;
        }
    }
    return weight - 1.0; /* of the point itself, which is in no far cell: theta is under 1 / sqrt(3) */
}

void vt_tree_repel(vt_tree *tree, double *force, double *weight, const double *y, double theta, int threads)
{
    size_t n = tree->n, dims = (size_t)tree->dims;
    encode_points(tree, y);
    sort_points(tree);
    for (size_t i = 0; i < n; i++) {
        for (size_t m = 0; m < dims; m++) {
            tree->point[i * dims + m] = y[m * n + tree->order[i]];
        }
    }
    tree->n_cells = 0;
    add_cell(tree, 0, (uint32_t)n);
#pragma omp parallel for schedule(dynamic, 64) num_threads(threads)
    for (size_t i = 0; i < n; i++) {
        double sum[AXES] = {0.0, 0.0, 0.0};
        double w = dims == 3 ? repulsion_at(tree, sum, (uint32_t)i, theta * theta, 3)
                             : repulsion_at(tree, sum, (uint32_t)i, theta * theta, 2);
        weight[tree->order[i]] = w;
        for (size_t m = 0; m < dims; m++) {
            force[m * n + tree->order[i]] = sum[m];
        }
    }
}
