/* The graph of LightGCN and what is handed on along it. */
#include <math.h>
#include <string.h>

#include "math/kernels.h"
#include "model/lightgcn.h"
#include "model/matrix.h"

/* Rows of a sparse product that a thread takes at a time. */
enum { ROWS_AT_ONCE = 64 };

int vt_lightgcn_graph(vt_csr **out, const vt_interactions *train, vt_error *err)
{
    vt_csr *users = NULL, *items = NULL, *graph = NULL;
    int32_t n_users = train->n_users, n = n_users + train->n_items;
    int status = vt_matrix_create(&users, &items, train, VT_ENTRY_ONE, err);
    if (status == VT_OK) {
        status = vt_csr_create(&graph, n, n, 2 * users->ptr[n_users], err);
    }
    if (status != VT_OK) {
        goto out;
    }
    for (int32_t r = 0; r < n; r++) {
        bool is_user = r < n_users;
        const vt_csr *mine = is_user ? users : items, *other = is_user ? items : users;
        int32_t row = is_user ? r : r - n_users, first = is_user ? n_users : 0;
        int64_t at = graph->ptr[r], degree = mine->ptr[row + 1] - mine->ptr[row];
        for (int64_t e = mine->ptr[row]; e < mine->ptr[row + 1]; e++) {
            int32_t neighbour = mine->column[e];
            double both = (double)degree * (double)(other->ptr[neighbour + 1] - other->ptr[neighbour]);
            graph->column[at] = first + neighbour;
            graph->value[at++] = (float)(1.0 / sqrt(both));
        }
        graph->ptr[r + 1] = at;
    }
    *out = graph;
    graph = NULL;
out:
    vt_csr_free(users);
    vt_csr_free(items);
    vt_csr_free(graph);
    return status;
}

/* out = scale * (x + A y), by rows. */
static void hand_on(float *out, const float *x, const float *y, float scale, const vt_csr *graph, size_t d, int threads)
{
    const vt_kernels *kernels = vt_kernels_best();
#pragma omp parallel for schedule(dynamic, ROWS_AT_ONCE) num_threads(threads) if (graph->n_rows > ROWS_AT_ONCE)
    for (int32_t r = 0; r < graph->n_rows; r++) {
        int64_t begin = graph->ptr[r], n = graph->ptr[r + 1] - begin;
        float *row = out + (size_t)r * d;
        const float *own = x + (size_t)r * d;
        kernels->combine(row, y, graph->column + begin, graph->value + begin, (size_t)n, d);
        for (size_t k = 0; k < d; k++) {
            row[k] = scale * (row[k] + own[k]);
        }
    }
}

void vt_lightgcn_spread(float *out, float *room, const float *x, const vt_csr *graph, int layers, size_t d, int threads)
{
    float mean = 1.0F / (float)(layers + 1);
    const float *last = x;
    for (int l = 0; l < layers; l++) {
        /* the two rooms in turn, so that the last one is `out` */
        float *to = (layers - l) % 2 == 1 ? out : room;
        hand_on(to, x, last, l == layers - 1 ? mean : 1.0F, graph, d, threads);
        last = to;
    }
    if (layers == 0) {
        memcpy(out, x, (size_t)graph->n_rows * d * sizeof *out);
    }
}
