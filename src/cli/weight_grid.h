/* What a model weighs as grids, one a topic: for a person, and as a picture. */
#ifndef VT_CLI_WEIGHT_GRID_H
#define VT_CLI_WEIGHT_GRID_H

#include "base/arena.h"
#include "cli.h"
#include "vitrine/record.h"

#define VT_WEIGHT_SHOWN_AS_ZERO 5e-3

enum { VT_GRID_COLUMNS_MAX = 32, VT_GRID_ROWS_SHOWN = 40 };

typedef struct vt_grid_row {
    const char *place;
    int64_t n;
    double value[VT_GRID_COLUMNS_MAX]; /* NaN: none */
} vt_grid_row;

typedef struct vt_weight_grid {
    char topic[32];
    const char *column[VT_GRID_COLUMNS_MAX];
    size_t n_columns, n_rows, room;
    vt_grid_row *row;
} vt_weight_grid;

/* Grids in the order of their topics. Starts zeroed but for the arena, which holds the texts and is the caller's. */
typedef struct vt_weight_grids {
    vt_arena *arena;
    vt_weight_grid grid[4];
    size_t n;
} vt_weight_grids;

/* Takes in a row; rows come sorted by topic and place. */
int vt_weight_grids_add(vt_weight_grids *grids, const vt_weight *weight, vt_error *err);
void vt_weight_grids_done(vt_weight_grids *grids);

/* Keeps the rows with the most behind them, VT_GRID_ROWS_SHOWN at most, in their order. */
void vt_weight_grids_cut(vt_weight_grids *grids);

/* Whether the numbers of a topic are shares. */
bool vt_weight_is_share(const char *topic);

int vt_weight_grids_print(vt_cli *cli, const vt_weight_grids *grids, vt_error *err);
int vt_weight_grids_draw(vt_buf *out, const vt_weight_grids *grids, const char *model, vt_error *err);

#endif
