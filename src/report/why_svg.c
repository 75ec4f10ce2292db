/*
 * Past events as rows, what they do as columns. Signed numbers (relations, leaving out) go from blue over white to
 * red, by what is largest among the relations and among the differences each; attention from white to green.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/text.h"
#include "report/heat.h"
#include "report/report.h"

enum {
    ROWS_MAX = 40,
    COLUMNS_MAX = 40,
    LABEL = 400,
    TOP = 150,
    CELL_WIDTH = 62,
    CELL_HEIGHT = 22,
    MARGIN = 16,
    TITLE = 52
};

#define SHOWN_AS_ZERO 5e-4

typedef enum scale { BY_RELATION, BY_ATTENTION, BY_DIFFERENCE, SCALES } scale;

typedef struct column {
    char name[80];
    scale scale;
    const double *by_event; /* of a part */
    const float *attention; /* of a head, the start first */
} column;

typedef struct map {
    const vt_why *why;
    column columns[COLUMNS_MAX];
    size_t n;
    size_t rows;         /* the newest events */
    double most[SCALES]; /* largest absolute number */
} map;

static double value_of(const map *m, const column *c, size_t event)
{
    if (c->by_event != NULL) {
        return c->by_event[event];
    }
    return c->attention != NULL ? (double)c->attention[event + 1] : m->why->events[event].difference;
}

static column *add(map *m, scale by)
{
    column *c = &m->columns[m->n];
    m->n += m->n + 1 < COLUMNS_MAX; /* the last place is never taken, only written over */
    *c = (column){.scale = by};
    return c;
}

/* A part that would be 0 in every row shows nothing. */
static bool tells(const map *m, const double *by_event)
{
    bool any = false;
    for (size_t r = 0; by_event != NULL && r < m->rows; r++) {
        any = any || fabs(by_event[m->why->newest[r]]) >= SHOWN_AS_ZERO;
    }
    return any;
}

static void take_columns(map *m)
{
    const vt_explanation *e = &m->why->explanation;
    size_t n = m->why->n_events;
    m->rows = n > ROWS_MAX ? ROWS_MAX : n;
    for (size_t p = 0; p < e->n_parts; p++) {
        if (tells(m, e->parts[p].by_event)) {
            column *c = add(m, BY_RELATION);
            snprintf(c->name, sizeof c->name, "%s", e->parts[p].name);
            c->by_event = e->parts[p].by_event;
        }
    }
    for (size_t row = 0; row < e->layers * e->heads; row++) {
        column *c = add(m, BY_ATTENTION);
        snprintf(c->name, sizeof c->name, "attention %zu.%zu", row / e->heads + 1, row % e->heads + 1);
        c->attention = e->attention + row * (n + 1);
    }
    snprintf(add(m, BY_DIFFERENCE)->name, sizeof m->columns[0].name, "left out");
    for (size_t c = 0; c < m->n; c++) {
        for (size_t r = 0; r < m->rows; r++) {
            double value = fabs(value_of(m, &m->columns[c], m->why->newest[r]));
            double *most = &m->most[m->columns[c].scale];
            *most = isfinite(value) && value > *most ? value : *most;
        }
    }
}

static int put_cell(vt_buf *out, const map *m, const column *c, size_t event, double x, double y, vt_error *err)
{
    char colour[8], number[32];
    double value = value_of(m, c, event);
    vt_heat_colour(colour, value, m->most[c->scale], c->scale == BY_ATTENTION);
    if (isnan(value)) {
        snprintf(number, sizeof number, "-");
    } else if (isinf(value)) {
        snprintf(number, sizeof number, "all");
    } else if (c->scale == BY_ATTENTION) {
        snprintf(number, sizeof number, "%.0f %%", 100.0 * value);
    } else {
        snprintf(number, sizeof number, fabs(value) < SHOWN_AS_ZERO ? "0" : "%+.3f", value);
    }
    const vt_heat_cell cell = {x, y, CELL_WIDTH, CELL_HEIGHT};
    return vt_heat_put(out, &cell, colour, number, err);
}

static int put_row(vt_buf *out, const map *m, size_t event, double y, vt_error *err)
{
    const vt_why_event *e = &m->why->events[event];
    char date[16];
    vt_format_date(date, e->time);
    int status = vt_buf_printf(out, err, "<text x=\"%d\" y=\"%.0f\" text-anchor=\"end\">", LABEL - 8, y + 15.0);
    status = status == VT_OK ? vt_heat_text(out, e->title[0] == '\0' ? e->item : e->title, 38, err) : status;
    status = status == VT_OK ? vt_buf_printf(out, err, " <tspan fill=\"#666\">%s %s</tspan></text>\n",
                                             vt_event_kind_name(e->kind), date)
                             : status;
    for (size_t c = 0; c < m->n && status == VT_OK; c++) {
        status = put_cell(out, m, &m->columns[c], event, (double)(LABEL + (int)c * CELL_WIDTH), y, err);
    }
    return status;
}

static int put_head(vt_buf *out, const map *m, size_t width, size_t height, vt_error *err)
{
    int status = vt_heat_open(out, width, height, err);
    status = status == VT_OK ? vt_buf_printf(out, err,
                                             "<text x=\"%d\" y=\"26\" font-size=\"15\" font-weight=\"bold\">Past "
                                             "events and ",
                                             MARGIN)
                             : status;
    status =
        status == VT_OK ? vt_heat_text(out, m->why->title[0] == '\0' ? m->why->item : m->why->title, 70, err) : status;
    status = status == VT_OK
                 ? vt_buf_printf(out, err,
                                 "</text>\n<text x=\"%d\" y=\"44\" fill=\"#444\">model %s; red lifts the score, blue "
                                 "lowers it, green is attention; left out: what the score loses</text>\n",
                                 MARGIN, m->why->model)
                 : status;
    for (size_t c = 0; c < m->n && status == VT_OK; c++) {
        double x = LABEL + ((double)c + 0.5) * CELL_WIDTH;
        status = vt_buf_printf(out, err, "<text transform=\"translate(%.0f %d) rotate(-40)\">", x, TOP - 8);
        status = status == VT_OK ? vt_heat_text(out, m->columns[c].name, 40, err) : status;
        status = status == VT_OK ? vt_buf_add_text(out, "</text>\n", err) : status;
    }
    return status;
}

static int draw(vt_buf *out, const vt_why *why, vt_error *err)
{
    map *m = vt_alloc_zero(1, sizeof *m, err);
    if (m == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    m->why = why;
    take_columns(m);
    size_t rows = m->rows;
    int width = LABEL + (int)m->n * CELL_WIDTH + 90, height = TOP + (int)rows * CELL_HEIGHT + MARGIN + 18;
    width = width < 760 ? 760 : width; /* room for the title */
    int status = put_head(out, m, (size_t)width, (size_t)height, err);
    for (size_t r = 0; r < rows && status == VT_OK; r++) {
        status = put_row(out, m, why->newest[r], (double)(TOP + (int)r * CELL_HEIGHT), err);
    }
    if (status == VT_OK && rows < why->n_events) {
        status = vt_buf_printf(out, err, "<text x=\"%d\" y=\"%d\" fill=\"#444\">the newest %zu of %zu events</text>\n",
                               MARGIN, height - MARGIN, rows, why->n_events);
    }
    vt_free(m);
    return status == VT_OK ? vt_buf_add_text(out, "</svg>\n", err) : status;
}

int vt_why_svg(vt_text *out, const vt_why *why, vt_error *err)
{
    vt_buf picture;
    if (why->n_events == 0) {
        return vt_fail(err, VT_ERR_UNSUPPORTED, "there are no past events to draw");
    }
    vt_buf_init(&picture, VT_REPORT_BYTES_MAX);
    return vt_text_finish(out, &picture, draw(&picture, why, err), err);
}
