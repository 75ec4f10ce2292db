/* Rows of what a model weighs, gathered into grids: one a topic, a row a place, a column a name. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "vitrine/report.h"

/* The grid of the topic; a new one behind the others. NULL where there are more than a picture has room for. */
static vt_weight_grid *grid_of(vt_weight_grids *grids, vt_str topic)
{
    size_t last = grids->n;
    if (last > 0 && vt_str_equal(topic, vt_str_of(grids->grid[last - 1].topic))) {
        return &grids->grid[last - 1];
    }
    if (last == VT_WEIGHT_GRIDS_MAX || topic.len >= sizeof grids->grid[0].topic) {
        return NULL;
    }
    vt_weight_grid *g = &grids->grid[last];
    memcpy(g->topic, topic.ptr, topic.len);
    g->shares = strcmp(g->topic, "season") != 0;
    grids->n++;
    return g;
}

static int row_of(vt_weight_row **out, vt_weight_grid *g, const vt_weight *weight, vt_arena *arena, vt_error *err)
{
    if (g->n_rows > 0 && vt_str_equal(weight->place, vt_str_of(g->row[g->n_rows - 1].place))) {
        *out = &g->row[g->n_rows - 1];
        return VT_OK;
    }
    if (g->n_rows == g->capacity) {
        size_t capacity = g->capacity == 0 ? 64 : g->capacity * 2;
        vt_weight_row *row = vt_realloc(g->row, capacity, sizeof *row, err);
        if (row == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        g->row = row;
        g->capacity = capacity;
    }
    vt_weight_row *row = &g->row[g->n_rows];
    row->place = vt_arena_str(arena, weight->place, err).ptr;
    row->n = weight->n;
    for (size_t c = 0; c < VT_WEIGHT_COLUMNS_MAX; c++) {
        row->value[c] = NAN;
    }
    g->n_rows += row->place != NULL;
    *out = row;
    return row->place == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

/* What takes rows in. */
typedef struct gathering {
    vt_weight_grids *grids;
    vt_error *err;
} gathering;

static int take(void *context, const vt_weight *weight)
{
    const gathering *to = context;
    vt_error *err = to->err;
    vt_weight_grid *g = grid_of(to->grids, weight->topic);
    vt_weight_row *row = NULL;
    if (g == NULL) {
        return VT_OK;
    }
    int status = row_of(&row, g, weight, to->grids->storage, err);
    size_t c = 0;
    while (c < g->n_columns && !vt_str_equal(weight->name, vt_str_of(g->column[c]))) {
        c++;
    }
    if (status == VT_OK && c == g->n_columns && c < VT_WEIGHT_COLUMNS_MAX) {
        g->column[c] = vt_arena_str(to->grids->storage, weight->name, err).ptr;
        status = g->column[c] == NULL ? VT_ERR_NO_MEMORY : VT_OK;
        g->n_columns += status == VT_OK;
    }
    if (status == VT_OK && c < VT_WEIGHT_COLUMNS_MAX) {
        row->value[c] = weight->value;
    }
    return status;
}

static int by_most(const void *a, const void *b)
{
    const vt_weight_row *x = a, *y = b;
    return x->n != y->n ? (x->n < y->n) - (x->n > y->n) : strcmp(x->place, y->place);
}

static int by_place(const void *a, const void *b)
{
    return strcmp(((const vt_weight_row *)a)->place, ((const vt_weight_row *)b)->place);
}

/* Keeps the rows with the most behind them, in their order. */
static void cut(vt_weight_grid *g)
{
    if (g->n_rows > VT_WEIGHT_ROWS_MAX) {
        qsort(g->row, g->n_rows, sizeof *g->row, by_most);
        g->n_rows = VT_WEIGHT_ROWS_MAX;
        qsort(g->row, g->n_rows, sizeof *g->row, by_place);
    }
}

int vt_weight_grids_read(vt_weight_grids **out, vt_shop *shop, const char *name, vt_error *err)
{
    vt_weight_grids *grids = vt_alloc_zero(1, sizeof *grids, err);
    gathering to = {grids, err};
    int status = grids == NULL ? VT_ERR_NO_MEMORY : vt_arena_create(&grids->storage, 0, err);
    if (status == VT_OK) {
        status = vt_weights_each(shop, name, take, &to, err);
    }
    if (status != VT_OK) {
        vt_weight_grids_free(grids);
        return status;
    }
    for (size_t i = 0; i < grids->n; i++) {
        cut(&grids->grid[i]);
    }
    *out = grids;
    return VT_OK;
}

void vt_weight_grids_free(vt_weight_grids *grids)
{
    if (grids != NULL) {
        for (size_t i = 0; i < grids->n; i++) {
            vt_free(grids->grid[i].row);
        }
        vt_arena_free(grids->storage);
        vt_free(grids);
    }
}
