/* The graph of LightGCN and what is handed on along it. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "math/kernels.h"
#include "model/lightgcn.h"
#include "model/matrix.h"

/* Rows of a sparse product that a thread takes at a time. */
enum { ROWS_AT_ONCE = 64 };

/* Numbers of linked users by user: rows of `ptr` (U + 1), both ways; only between users who have items. */
static int link_rows(int64_t *ptr, int32_t **out, const vt_csr *users, const vt_user_links *links, vt_error *err)
{
    int32_t n = users->n_rows;
    memset(ptr, 0, ((size_t)n + 2) * sizeof *ptr);
    int32_t *other = vt_alloc(2 * (size_t)(links == NULL ? 0 : links->n), sizeof *other, err);
    if (other == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int pass = 0; pass < 2; pass++) { /* ptr[u + 2] first counts, then is where the next one goes, one ahead */
        for (int64_t k = 0; links != NULL && k < links->n; k++) {
            int32_t a = links->pair[2 * k], b = links->pair[2 * k + 1];
            if (users->ptr[a + 1] == users->ptr[a] || users->ptr[b + 1] == users->ptr[b]) {
                continue;
            }
            if (pass == 0) {
                ptr[a + 2]++;
                ptr[b + 2]++;
            } else {
                other[ptr[a + 1]++] = b;
                other[ptr[b + 1]++] = a;
            }
        }
        for (int32_t u = 0; pass == 0 && u < n; u++) {
            ptr[u + 2] += ptr[u + 1];
        }
    }
    *out = other;
    return VT_OK;
}

/* Rows of neighbours, those of a user with the linked users first. */
static void fill_graph(vt_csr *graph, const vt_csr *users, const vt_csr *items, const int64_t *ptr,
                       const int32_t *linked)
{
    int32_t n_users = users->n_rows;
    for (int32_t r = 0; r < graph->n_rows; r++) {
        bool is_user = r < n_users;
        const vt_csr *mine = is_user ? users : items;
        int32_t row = is_user ? r : r - n_users, first = is_user ? n_users : 0;
        int64_t at = graph->ptr[r];
        for (int64_t e = is_user ? ptr[row] : 0; is_user && e < ptr[row + 1]; e++) {
            graph->column[at++] = linked[e];
        }
        for (int64_t e = mine->ptr[row]; e < mine->ptr[row + 1]; e++) {
            graph->column[at++] = first + mine->column[e];
        }
        graph->ptr[r + 1] = at;
    }
    for (int32_t r = 0; r < graph->n_rows; r++) {
        double degree = (double)(graph->ptr[r + 1] - graph->ptr[r]);
        for (int64_t e = graph->ptr[r]; e < graph->ptr[r + 1]; e++) {
            int32_t other = graph->column[e];
            graph->value[e] = (float)(1.0 / sqrt(degree * (double)(graph->ptr[other + 1] - graph->ptr[other])));
        }
    }
}

int vt_lightgcn_graph(vt_csr **out, const vt_interactions *train, const vt_user_links *links, vt_error *err)
{
    vt_csr *users = NULL, *items = NULL, *graph = NULL;
    int32_t n_users = train->n_users, n = n_users + train->n_items, *linked = NULL;
    int64_t *ptr = vt_alloc((size_t)n_users + 2, sizeof *ptr, err);
    int status = ptr == NULL ? VT_ERR_NO_MEMORY : vt_matrix_create(&users, &items, train, VT_ENTRY_ONE, err);
    if (status == VT_OK) {
        status = link_rows(ptr, &linked, users, links, err);
    }
    if (status == VT_OK) {
        status = vt_csr_create(&graph, n, n, 2 * users->ptr[n_users] + ptr[n_users], err);
    }
    if (status == VT_OK) {
        fill_graph(graph, users, items, ptr, linked);
        *out = graph;
    }
    vt_free(ptr);
    vt_free(linked);
    vt_csr_free(users);
    vt_csr_free(items);
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

void vt_lightgcn_spread(float *out, float *workspace, const float *x, const vt_csr *graph, int layers, size_t d,
                        int threads)
{
    float mean = 1.0F / (float)(layers + 1);
    const float *last = x;
    for (int l = 0; l < layers; l++) {
        /* the two buffers in turn, so that the last one is `out` */
        float *to = (layers - l) % 2 == 1 ? out : workspace;
        hand_on(to, x, last, l == layers - 1 ? mean : 1.0F, graph, d, threads);
        last = to;
    }
    if (layers == 0) {
        memcpy(out, x, (size_t)graph->n_rows * d * sizeof *out);
    }
}
