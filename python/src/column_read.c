/* Columns from buffers, lists and codes. */
#include <math.h>

#include "column.h"

/* ---- buffers ----------------------------------------------------------------------------------------------------- */

/* Whole number or real of a format letter of the struct module; false: neither. */
static bool read_cell(char format, const char *at, int64_t *whole, double *real)
{
#define CELL(letter, type, to)                                                                                         \
    case letter: {                                                                                                     \
        type cell;                                                                                                     \
        memcpy(&cell, at, sizeof cell);                                                                                \
        *to = (__typeof__(*to))cell;                                                                                   \
        return true;                                                                                                   \
    }
    switch (format) {
        CELL('b', signed char, whole)
        CELL('B', unsigned char, whole)
        CELL('?', unsigned char, whole)
        CELL('h', short, whole)
        CELL('H', unsigned short, whole)
        CELL('i', int, whole)
        CELL('I', unsigned, whole)
        CELL('l', long, whole)
        CELL('L', unsigned long, whole)
        CELL('q', long long, whole)
        CELL('Q', unsigned long long, whole)
        CELL('f', float, real)
        CELL('d', double, real)
    default:
        return false;
    }
#undef CELL
}

static int64_t units_in_second(const char *unit)
{
    return strcmp(unit, "ns") == 0   ? 1000000000
           : strcmp(unit, "us") == 0 ? 1000000
           : strcmp(unit, "ms") == 0 ? 1000
                                     : 1;
}

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && a < 0);
}

static vt_column *from_view(const Py_buffer *view, const char *unit)
{
    const char *format = view->format == NULL ? "B" : view->format;
    format += format[0] == '@' || format[0] == '=' || format[0] == '<';
    bool is_real = format[0] == 'f' || format[0] == 'd';
    bool is_time = unit[0] != '\0';
    int64_t per_second = units_in_second(unit), whole = 0;
    double real = 0;
    if (format[0] == '\0' || format[1] != '\0' || view->ndim != 1 || (is_time && is_real)) {
        vt_raise_as(VT_ERR_FORMAT, -1,
                    "a column of format \"%s\" with %d dimensions cannot be read; one dimension of whole "
                    "numbers, reals, times or texts is expected",
                    format, view->ndim);
        return NULL;
    }
    vt_column *c = vt_column_new(is_real ? VT_COLUMN_REAL : is_time ? VT_COLUMN_TIME : VT_COLUMN_WHOLE, view->shape[0]);
    for (int64_t i = 0; c != NULL && i < c->n; i++) {
        if (!read_cell(format[0], (const char *)view->buf + i * view->strides[0], &whole, &real)) {
            vt_raise_as(VT_ERR_FORMAT, -1,
                        "a column of format \"%s\" cannot be read; whole numbers, reals, times or "
                        "texts are expected",
                        format);
            vt_column_free(c);
            return NULL;
        }
        if (is_real) {
            c->real[i] = real;
            c->missing[i] = (uint8_t)(isnan(real) != 0);
        } else {
            c->missing[i] = is_time && whole == INT64_MIN;
            c->whole[i] = is_time && !c->missing[i] ? floor_divide(whole, per_second) : whole;
        }
    }
    return c;
}

/* (buffer, unit): "" for numbers, "s", "ms", "us" or "ns" for whole numbers that are times. */
static PyObject *column_from_buffer(PyObject *module, PyObject *args)
{
    PyObject *object = NULL;
    const char *unit = NULL;
    Py_buffer view;
    (void)module;
    if (!PyArg_ParseTuple(args, "Os", &object, &unit) ||
        PyObject_GetBuffer(object, &view, PyBUF_FORMAT | PyBUF_STRIDES) < 0) {
        return NULL;
    }
    vt_column *column = from_view(&view, unit);
    PyBuffer_Release(&view);
    return vt_column_handle(column);
}

/* ---- lists ------------------------------------------------------------------------------------------------------- */

static bool is_missing(PyObject *cell)
{
    return cell == Py_None || (PyFloat_Check(cell) && isnan(PyFloat_AsDouble(cell)));
}

/* The type of the first value: the others have to be of it too. */
static bool type_of_list(vt_column_type *type, PyObject *list, Py_ssize_t n)
{
    *type = VT_COLUMN_REAL; /* nothing but missing values */
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *cell = PyList_GetItem(list, i);
        if (is_missing(cell)) {
            continue;
        }
        if (!PyUnicode_Check(cell) && !PyLong_Check(cell) && !PyFloat_Check(cell)) {
            PyObject *shown = PyObject_Repr((PyObject *)Py_TYPE(cell));
            vt_str name = {NULL, 0};
            if (shown != NULL && vt_py_str(&name, shown, "its type")) {
                vt_raise_as(VT_ERR_FORMAT, i, "row %zd: a value is of %.*s; texts or numbers are expected", i,
                            VT_STR_ARGS(name));
            }
            Py_XDECREF(shown);
            return false;
        }
        *type = PyUnicode_Check(cell) ? VT_COLUMN_TEXT : PyLong_Check(cell) ? VT_COLUMN_WHOLE : VT_COLUMN_REAL;
        return true;
    }
    return true;
}

static bool refuse_mixed(Py_ssize_t at)
{
    vt_raise_as(VT_ERR_FORMAT, at, "row %zd: texts and numbers are mixed in one column; make all of them one type", at);
    return false;
}

static bool set_cell(vt_column *c, Py_ssize_t at, PyObject *cell)
{
    bool missing = is_missing(cell);
    if (c->type == VT_COLUMN_TEXT) {
        vt_str text = {NULL, 0};
        if (!missing && !PyUnicode_Check(cell)) {
            return refuse_mixed(at);
        }
        return (missing || vt_py_str(&text, cell, "a text")) && vt_column_set_text(c, at, text.ptr, text.len, missing);
    }
    c->missing[at] = missing;
    if (missing) {
        return true;
    }
    if (!PyLong_Check(cell) && !(c->type == VT_COLUMN_REAL && PyFloat_Check(cell))) {
        return refuse_mixed(at);
    }
    if (c->type == VT_COLUMN_REAL) {
        c->real[at] = PyFloat_AsDouble(cell);
    } else {
        c->whole[at] = PyLong_AsLongLong(cell);
    }
    return !PyErr_Occurred();
}

static PyObject *column_from_list(PyObject *module, PyObject *list)
{
    vt_column_type type;
    (void)module;
    if (!PyList_Check(list)) {
        PyErr_SetString(PyExc_TypeError, "a list is expected");
        return NULL;
    }
    Py_ssize_t n = PyList_Size(list);
    vt_column *c = type_of_list(&type, list, n) ? vt_column_new(type, n) : NULL;
    for (Py_ssize_t i = 0; c != NULL && i < n; i++) {
        if (!set_cell(c, i, PyList_GetItem(list, i))) {
            vt_column_free(c);
            return NULL;
        }
    }
    return vt_column_handle(c);
}

/* Rows by the numbers of their texts, which are copied. */
static vt_column *coded(const vt_column *codes, const vt_column *texts)
{
    vt_column *c = vt_column_new(VT_COLUMN_TEXT, codes->n > texts->n ? codes->n : texts->n);
    if (c == NULL) {
        return NULL;
    }
    c->n = codes->n;
    c->code = calloc((size_t)c->n + 1, sizeof *c->code);
    bool all = c->code != NULL;
    c->n_texts = texts->n;
    for (int64_t i = 0; all && i < texts->n; i++) {
        vt_str text = vt_column_text(texts, i);
        all = vt_column_set_text(c, i, text.ptr, text.len, false);
    }
    for (int64_t i = 0; all && i < c->n; i++) {
        int64_t code = codes->whole[i];
        c->missing[i] = code < 0 || code >= texts->n || texts->missing[code];
        c->code[i] = c->missing[i] ? 0 : (int32_t)code;
    }
    if (!all) {
        vt_column_free(c);
        if (!PyErr_Occurred()) {
            PyErr_NoMemory();
        }
        return NULL;
    }
    return c;
}

/* (codes, texts): row i is text number codes[i], missing where that is -1. */
static PyObject *column_from_codes(PyObject *module, PyObject *args)
{
    PyObject *codes = NULL, *texts = NULL;
    vt_column *made = NULL;
    (void)module;
    if (!PyArg_ParseTuple(args, "OO", &codes, &texts)) {
        return NULL;
    }
    const vt_column *of = vt_handle_enter(codes, &vt_column_kind);
    const vt_column *values = of == NULL ? NULL : vt_handle_enter(texts, &vt_column_kind);
    if (values != NULL && (of->type != VT_COLUMN_WHOLE || values->type != VT_COLUMN_TEXT)) {
        PyErr_SetString(PyExc_TypeError, "whole numbers and texts are expected");
    } else if (values != NULL) {
        made = coded(of, values);
    }
    if (values != NULL) {
        vt_handle_leave(texts);
    }
    if (of != NULL) {
        vt_handle_leave(codes);
    }
    return vt_column_handle(made);
}

static PyMethodDef functions[] = {
    {"column_from_buffer", column_from_buffer, METH_VARARGS, NULL},
    {"column_from_list", column_from_list, METH_O, NULL},
    {"column_from_codes", column_from_codes, METH_VARARGS, NULL},
    {"columns_from_arrow", vt_columns_from_arrow, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

bool vt_add_columns(PyObject *module)
{
    return PyModule_AddFunctions(module, functions) == 0;
}
