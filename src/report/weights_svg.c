/* Grids of what a model weighs, one below the other, as SVG that needs nothing beside it. */
#include <math.h>
#include <stdio.h>

#include "base/text.h"
#include "report/heat.h"
#include "report/report.h"

enum { LABEL = 300, CELL_WIDTH = 52, CELL_HEIGHT = 20, MARGIN = 16, HEAD = 56, TITLE = 44 };

typedef struct heading {
    const char *topic, *title, *text;
} heading;

static const heading headings[] = {
    {"attention", "Attention", "rows: layer.head; columns: the event so many back, and the start; mean over users"},
    {"modality", "Modalities", "what an item is known by: mean shares over the items of a category"},
    {"season", "Season", "what the middle of each month adds to a category's scores, less the mean of all items"},
};

static heading heading_of(const char *topic)
{
    for (size_t i = 0; i < sizeof headings / sizeof headings[0]; i++) {
        if (vt_str_equal(vt_str_of(headings[i].topic), vt_str_of(topic))) {
            return headings[i];
        }
    }
    return (heading){topic, topic, ""};
}

static double most_of(const vt_weight_grid *g)
{
    double most = 0.0;
    for (size_t r = 0; r < g->n_rows; r++) {
        for (size_t c = 0; c < g->n_columns; c++) {
            most = fabs(g->row[r].value[c]) > most ? fabs(g->row[r].value[c]) : most; /* NaN is not */
        }
    }
    return most;
}

static int draw_cell(vt_buf *out, double value, double most, bool share, double x, double y, vt_error *err)
{
    char colour[8], number[32];
    if (isnan(value)) {
        return VT_OK;
    }
    vt_heat_colour(colour, value, most, share);
    if (share) {
        snprintf(number, sizeof number, "%.0f %%", 100.0 * value);
    } else {
        snprintf(number, sizeof number, fabs(value) < VT_WEIGHT_SHOWN_AS_ZERO ? "0" : "%+.2f", value);
    }
    const vt_heat_cell cell = {x, y, CELL_WIDTH, CELL_HEIGHT};
    return vt_heat_put(out, &cell, colour, number, err);
}

static int draw_row(vt_buf *out, const vt_weight_grid *g, size_t r, double most, double y, vt_error *err)
{
    const char *place = g->row[r].place;
    int status = vt_buf_printf(out, err, "<text x=\"%d\" y=\"%.0f\" text-anchor=\"end\">", LABEL - 8, y + 14.0);
    status = status == VT_OK ? vt_heat_text(out, place[0] == '\0' ? "all" : place, 44, err) : status;
    status = status == VT_OK ? vt_buf_add_text(out, "</text>\n", err) : status;
    for (size_t c = 0; c < g->n_columns && status == VT_OK; c++) {
        double x = LABEL + (double)c * CELL_WIDTH;
        status = draw_cell(out, g->row[r].value[c], most, g->shares, x, y, err);
    }
    return status;
}

static int draw_grid(vt_buf *out, const vt_weight_grid *g, double y, vt_error *err)
{
    heading h = heading_of(g->topic);
    double most = most_of(g);
    int status = vt_buf_printf(out, err,
                               "<text x=\"%d\" y=\"%.0f\" font-size=\"14\" font-weight=\"bold\">%s</text>"
                               "<text x=\"%d\" y=\"%.0f\" fill=\"#444\">%s</text>\n",
                               MARGIN, y + 14.0, h.title, MARGIN, y + 30.0, h.text);
    for (size_t c = 0; c < g->n_columns && status == VT_OK; c++) {
        double x = LABEL + ((double)c + 0.5) * CELL_WIDTH;
        status = vt_buf_printf(out, err, "<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"middle\" fill=\"#444\">", x,
                               y + HEAD - 6.0);
        status = status == VT_OK ? vt_heat_text(out, g->column[c], 10, err) : status;
        status = status == VT_OK ? vt_buf_add_text(out, "</text>\n", err) : status;
    }
    for (size_t r = 0; r < g->n_rows && status == VT_OK; r++) {
        status = draw_row(out, g, r, most, y + HEAD + (double)r * CELL_HEIGHT, err);
    }
    return status;
}

static int draw(vt_buf *out, const vt_weight_grids *grids, const char *model, vt_error *err)
{
    size_t columns = 9, height = TITLE + MARGIN; /* room for the headings */
    for (size_t i = 0; i < grids->n; i++) {
        columns = grids->grid[i].n_columns > columns ? grids->grid[i].n_columns : columns;
        height += HEAD + grids->grid[i].n_rows * CELL_HEIGHT + MARGIN;
    }
    size_t width = LABEL + columns * CELL_WIDTH + MARGIN;
    int status = vt_heat_open(out, width, height, err);
    status =
        status == VT_OK
            ? vt_buf_printf(out, err, "<text x=\"%d\" y=\"26\" font-size=\"16\" font-weight=\"bold\">What ", MARGIN)
            : status;
    status = status == VT_OK ? vt_heat_text(out, model, 60, err) : status;
    status = status == VT_OK ? vt_buf_add_text(out, " weighs</text>\n", err) : status;
    double y = TITLE;
    for (size_t i = 0; i < grids->n && status == VT_OK; i++) {
        status = draw_grid(out, &grids->grid[i], y, err);
        y += (double)(HEAD + grids->grid[i].n_rows * CELL_HEIGHT + MARGIN);
    }
    return status == VT_OK ? vt_buf_add_text(out, "</svg>\n", err) : status;
}

int vt_weight_grids_svg(vt_text *out, const vt_weight_grids *grids, const char *model, vt_error *err)
{
    vt_buf picture;
    vt_buf_init(&picture, VT_REPORT_BYTES_MAX);
    return vt_text_finish(out, &picture, draw(&picture, grids, model, err), err);
}
