/* Rows of what a model weighs, gathered into grids and printed. */
#include "weight_grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "table.h"

enum { PRINTED_COLUMNS = 12 };

bool vt_weight_is_share(const char *topic)
{
    return strcmp(topic, "season") != 0;
}

/* The grid of the topic; a new one behind the others. NULL where there are more than a picture has room for. */
static vt_weight_grid *grid_of(vt_weight_grids *grids, vt_str topic)
{
    size_t last = grids->n;
    if (last > 0 && vt_str_equal(topic, vt_str_of(grids->grid[last - 1].topic))) {
        return &grids->grid[last - 1];
    }
    if (last == sizeof grids->grid / sizeof grids->grid[0] || topic.len >= sizeof grids->grid[0].topic) {
        return NULL;
    }
    memcpy(grids->grid[last].topic, topic.ptr, topic.len);
    grids->n++;
    return &grids->grid[last];
}

static int row_of(vt_grid_row **out, vt_weight_grid *g, const vt_weight *weight, vt_arena *arena, vt_error *err)
{
    if (g->n_rows > 0 && vt_str_equal(weight->place, vt_str_of(g->row[g->n_rows - 1].place))) {
        *out = &g->row[g->n_rows - 1];
        return VT_OK;
    }
    if (g->n_rows == g->room) {
        size_t room = g->room == 0 ? 64 : g->room * 2;
        vt_grid_row *row = vt_realloc(g->row, room, sizeof *row, err);
        if (row == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        g->row = row;
        g->room = room;
    }
    vt_grid_row *row = &g->row[g->n_rows];
    row->place = vt_arena_str(arena, weight->place, err).ptr;
    row->n = weight->n;
    for (size_t c = 0; c < VT_GRID_COLUMNS_MAX; c++) {
        row->value[c] = NAN;
    }
    g->n_rows += row->place != NULL;
    *out = row;
    return row->place == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

int vt_weight_grids_add(vt_weight_grids *grids, const vt_weight *weight, vt_error *err)
{
    vt_weight_grid *g = grid_of(grids, weight->topic);
    vt_grid_row *row = NULL;
    if (g == NULL) {
        return VT_OK;
    }
    int status = row_of(&row, g, weight, grids->arena, err);
    size_t c = 0;
    while (c < g->n_columns && !vt_str_equal(weight->name, vt_str_of(g->column[c]))) {
        c++;
    }
    if (status == VT_OK && c == g->n_columns && c < VT_GRID_COLUMNS_MAX) {
        g->column[c] = vt_arena_str(grids->arena, weight->name, err).ptr;
        status = g->column[c] == NULL ? VT_ERR_NO_MEMORY : VT_OK;
        g->n_columns += status == VT_OK;
    }
    if (status == VT_OK && c < VT_GRID_COLUMNS_MAX) {
        row->value[c] = weight->value;
    }
    return status;
}

void vt_weight_grids_done(vt_weight_grids *grids)
{
    for (size_t i = 0; i < grids->n; i++) {
        vt_free(grids->grid[i].row);
    }
}

static int by_most(const void *a, const void *b)
{
    const vt_grid_row *x = a, *y = b;
    return x->n != y->n ? (x->n < y->n) - (x->n > y->n) : strcmp(x->place, y->place);
}

static int by_place(const void *a, const void *b)
{
    return strcmp(((const vt_grid_row *)a)->place, ((const vt_grid_row *)b)->place);
}

void vt_weight_grids_cut(vt_weight_grids *grids)
{
    for (size_t i = 0; i < grids->n; i++) {
        vt_weight_grid *g = &grids->grid[i];
        if (g->n_rows > VT_GRID_ROWS_SHOWN) {
            qsort(g->row, g->n_rows, sizeof *g->row, by_most);
            g->n_rows = VT_GRID_ROWS_SHOWN;
            qsort(g->row, g->n_rows, sizeof *g->row, by_place);
        }
    }
}

static int print_grid(vt_cli *cli, const vt_weight_grid *g, vt_error *err)
{
    bool share = vt_weight_is_share(g->topic);
    size_t columns = g->n_columns < PRINTED_COLUMNS ? g->n_columns : PRINTED_COLUMNS;
    vt_table *table = NULL;
    int status = vt_table_create(&table, err);
    if (status != VT_OK) {
        return status;
    }
    vt_table_column(table, g->topic, VT_LEFT, 0);
    for (size_t c = 0; c < columns; c++) {
        vt_table_column(table, g->column[c], VT_RIGHT, 0);
    }
    for (size_t r = 0; r < g->n_rows; r++) {
        vt_table_text(table, g->row[r].place[0] == '\0' ? "all" : g->row[r].place);
        for (size_t c = 0; c < columns; c++) {
            double value = g->row[r].value[c];
            if (isnan(value)) {
                vt_table_text(table, "-");
            } else if (share) {
                vt_table_printf(table, "%.0f %%", 100.0 * value);
            } else {
                vt_table_printf(table, fabs(value) < VT_WEIGHT_SHOWN_AS_ZERO ? "0" : "%+.2f", value);
            }
        }
    }
    status = vt_table_print(&cli->out, table, (size_t)cli->width, err);
    vt_table_free(table);
    return status;
}

int vt_weight_grids_print(vt_cli *cli, const vt_weight_grids *grids, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; i < grids->n && status == VT_OK; i++) {
        status = i > 0 ? vt_buf_add_text(&cli->out, "\n", err) : VT_OK;
        status = status == VT_OK ? print_grid(cli, &grids->grid[i], err) : status;
    }
    return status;
}
