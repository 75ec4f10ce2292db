/* The first lines say what the figures mean; whoever wants more reads on. */
#include "insight_print.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "table.h"

enum { CELL_WIDTH = 40 };

/* A paragraph of the shop's words, wrapped. */
static int put_paragraph(vt_cli *cli, const char *text, vt_error *err)
{
    vt_buf clean;
    vt_buf_init(&clean, strlen(text) * 4 + 1);
    int status = vt_output_clean(&clean, vt_str_of(text), err);
    if (status == VT_OK) {
        size_t width = cli->width < 120 ? (size_t)cli->width : 120;
        status = vt_help_wrap(&cli->out, clean.len == 0 ? "" : clean.data, 0, 0, width, err);
    }
    vt_buf_done(&clean);
    return status;
}

static int put_periods(vt_cli *cli, const vt_insight *insight, vt_error *err)
{
    if (insight->period.text[0] == '\0') {
        return VT_OK;
    }
    int status = vt_buf_printf(&cli->out, err, "%s%s", insight->period.text,
                               insight->period.unfinished ? ", the last day so far" : "");
    if (status == VT_OK && insight->compared.text[0] != '\0') {
        status = vt_buf_printf(&cli->out, err, ", compared with %s", insight->compared.text);
    }
    return status == VT_OK ? vt_buf_printf(&cli->out, err, " (%s)\n", insight->time_zone) : status;
}

static bool any_interval(const vt_insight *insight)
{
    for (size_t i = 0; i < insight->n_figures; i++) {
        if (!isnan(insight->figures[i].low) || !isnan(insight->figures[i].high)) {
            return true;
        }
    }
    return false;
}

static int put_figures(vt_cli *cli, const vt_insight *insight, vt_error *err)
{
    if (insight->n_figures == 0) {
        return VT_OK;
    }
    vt_table *table = NULL;
    bool interval = any_interval(insight), compared = insight->compared.text[0] != '\0';
    int status = vt_table_create(&table, err);
    if (status != VT_OK) {
        return status;
    }
    vt_table_column(table, "figure", VT_LEFT, CELL_WIDTH);
    vt_table_column(table, "value", VT_RIGHT, 0);
    if (compared) {
        vt_table_column(table, "change", VT_RIGHT, 0);
        vt_table_column(table, "from", VT_RIGHT, 0);
    }
    if (interval) {
        vt_table_column(table, "95 % interval", VT_LEFT, 0);
    }
    for (size_t i = 0; i < insight->n_figures; i++) {
        const vt_insight_figure *f = &insight->figures[i];
        char value[64], before[64], change[64], low[64], high[64];
        vt_insight_format(value, f->value, f->metric->unit, insight->currency);
        vt_insight_format(before, f->before, f->metric->unit, insight->currency);
        vt_insight_format_change(change, f->value, f->before, f->metric->unit);
        vt_table_text(table, f->metric->name);
        vt_table_text(table, value);
        if (compared) {
            vt_table_text(table, change);
            vt_table_text(table, before);
        }
        if (interval && !isnan(f->low) && !isnan(f->high)) {
            vt_insight_format(low, f->low, f->metric->unit, insight->currency);
            vt_insight_format(high, f->high, f->metric->unit, insight->currency);
            vt_table_printf(table, "%s to %s", low, high);
        } else if (interval) {
            vt_table_text(table, "");
        }
    }
    status = vt_buf_add(&cli->out, "\n", 1, err);
    status = status == VT_OK ? vt_table_print(&cli->out, table, (size_t)cli->width, err) : status;
    vt_table_free(table);
    return status;
}

static int put_table(vt_cli *cli, const vt_insight *insight, const vt_insight_table *from, size_t rows, vt_error *err)
{
    vt_table *table = NULL;
    int status = vt_table_create(&table, err);
    if (status != VT_OK) {
        return status;
    }
    for (size_t c = 0; c < from->n_columns; c++) {
        bool text = from->columns[c].unit == VT_UNIT_TEXT;
        vt_table_column(table, from->columns[c].name, text ? VT_LEFT : VT_RIGHT, text ? CELL_WIDTH : 0);
    }
    rows = rows < from->n_rows ? rows : from->n_rows;
    for (size_t i = 0; i < rows * from->n_columns; i++) {
        const vt_insight_column *column = &from->columns[i % from->n_columns];
        if (column->unit == VT_UNIT_TEXT) {
            vt_table_text(table, from->cells[i].text == NULL ? "-" : from->cells[i].text);
        } else {
            char number[64];
            vt_insight_format(number, from->cells[i].number, column->unit, insight->currency);
            vt_table_text(table, number);
        }
    }
    status = vt_buf_printf(&cli->out, err, "\n%s\n", from->title);
    status = status == VT_OK ? vt_table_print(&cli->out, table, (size_t)cli->width, err) : status;
    if (status == VT_OK && rows < from->n_rows) {
        status = vt_buf_printf(&cli->out, err, "(%zu more rows: --show %s -n %zu)\n", from->n_rows - rows, from->id,
                               from->n_rows);
    }
    vt_table_free(table);
    return status;
}

int vt_insight_print(vt_cli *cli, const vt_insight *insight, const char *show, size_t rows, vt_error *err)
{
    bool found = false;
    int status = VT_OK;
    if (show == NULL) {
        status = put_paragraph(cli, insight->lead, err);
        status = status == VT_OK ? put_periods(cli, insight, err) : status;
    }
    if (status == VT_OK && (show == NULL || strcmp(show, "figures") == 0)) {
        status = put_figures(cli, insight, err);
        found = true;
    }
    for (size_t t = 0; t < insight->n_tables && status == VT_OK; t++) {
        bool wanted = show == NULL ? insight->tables[t].n_rows > 0 : strcmp(show, insight->tables[t].id) == 0;
        if (wanted) {
            status = put_table(cli, insight, &insight->tables[t], rows, err);
            found = true;
        }
    }
    if (status == VT_OK && !found) {
        vt_text none = {NULL, 0};
        return vt_insight_csv(&none, insight, show, err); /* says which tables there are */
    }
    for (size_t i = 0; i < insight->n_notes; i++) {
        vt_display_note(cli->display, "%s", insight->notes[i]);
    }
    return status;
}
