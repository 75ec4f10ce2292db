/*
 * Cells of columns. They are read by the thread of the import, which does not hold the interpreter's lock: what they
 * are of is copied memory (column.h), so nothing of Python is touched.
 */
#include "cells.h"

#include <math.h>
#include <stdio.h>

/* Digits from the end of `out`; printf takes several times as long, of columns that have millions of rows. */
static vt_str whole_text(char out[VT_CELL_NUMBER_BYTES], int64_t value)
{
    char *at = out + VT_CELL_NUMBER_BYTES;
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        *--at = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (value < 0) {
        *--at = '-';
    }
    return (vt_str){at, (size_t)(out + VT_CELL_NUMBER_BYTES - at)};
}

/*
 * The shortest digits that are this number again, so that messages show what was given; never three decimals, which an
 * import could take for a thousand.
 */
static vt_str real_text(char out[VT_CELL_NUMBER_BYTES], double value)
{
    if (fabs(value) < 1e15 && value == floor(value)) {
        return whole_text(out, (int64_t)value);
    }
    int n = snprintf(out, VT_CELL_NUMBER_BYTES, "%.15g", value);
    n = strtod(out, NULL) == value ? n : snprintf(out, VT_CELL_NUMBER_BYTES, "%.17g", value);
    if (n > 4 && n + 1 < VT_CELL_NUMBER_BYTES && out[n - 4] == '.') {
        out[n++] = '0';
    }
    return (vt_str){out, n < 0 ? 0 : (size_t)n};
}

static vt_str cell_of(const vt_column *column, int64_t row, char number[VT_CELL_NUMBER_BYTES])
{
    if (column->missing[row]) {
        return (vt_str){"", 0};
    }
    return column->type == VT_COLUMN_TEXT   ? vt_column_text(column, row)
           : column->type == VT_COLUMN_REAL ? real_text(number, column->real[row])
                                            : whole_text(number, column->whole[row]);
}

static void fill_cells(void *context, int64_t row, vt_str *cells)
{
    const vt_cells *c = context;
    for (size_t i = 0; i < c->rows.n_columns; i++) {
        cells[i] = cell_of(c->column[i], row, c->number[i]);
    }
}

static bool enter_column(vt_cells *c, const char **name, PyObject *text, PyObject *handle)
{
    size_t at = c->n_entered;
    if (!vt_py_optional(name, text, "the name of a column")) {
        return false;
    }
    c->handle[at] = handle;
    c->column[at] = vt_handle_enter(handle, &vt_column_kind);
    if (c->column[at] == NULL) {
        return false;
    }
    c->n_entered++;
    c->rows.n = c->column[0]->n;
    if (c->column[at]->n != c->rows.n) {
        vt_raise_as(VT_ERR_USAGE, -1, "the columns have different lengths: %lld values of \"%s\", %lld of \"%s\"",
                    (long long)c->rows.n, c->rows.columns[0], (long long)c->column[at]->n, *name);
        return false;
    }
    return true;
}

bool vt_cells_enter(vt_cells *cells, PyObject *table)
{
    PyObject *names = NULL, *columns = NULL;
    const char *name = NULL;
    *cells = (vt_cells){.n_entered = 0};
    if (!PyArg_ParseTuple(table, "sO!O!", &name, &PyList_Type, &names, &PyList_Type, &columns)) {
        return false;
    }
    size_t n = (size_t)PyList_Size(names);
    const char **texts = calloc(n + 1, sizeof *texts);
    cells->rows =
        (vt_import_rows){.name = name, .columns = texts, .n_columns = n, .cells = fill_cells, .context = cells};
    cells->handle = calloc(n + 1, sizeof *cells->handle);
    cells->column = calloc(n + 1, sizeof *cells->column);
    cells->number = calloc(n + 1, sizeof *cells->number);
    bool all = texts != NULL && cells->handle != NULL && cells->column != NULL && cells->number != NULL;
    if (!all) {
        PyErr_NoMemory();
    }
    for (size_t i = 0; all && i < n; i++) {
        PyObject *text = PyList_GetItem(names, (Py_ssize_t)i), *handle = PyList_GetItem(columns, (Py_ssize_t)i);
        all = text != NULL && handle != NULL && enter_column(cells, &texts[i], text, handle);
    }
    if (!all) {
        vt_cells_leave(cells);
    }
    return all;
}

void vt_cells_leave(vt_cells *cells)
{
    for (size_t i = 0; i < cells->n_entered; i++) {
        vt_handle_leave(cells->handle[i]);
    }
    free((void *)(uintptr_t)cells->rows.columns);
    free(cells->handle);
    free(cells->column);
    free(cells->number);
    *cells = (vt_cells){.n_entered = 0};
}
