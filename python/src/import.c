/* Imports: files and tables into a shop, each row once; what was rejected comes back with its sentence. */
#include "cells.h"

enum { REJECTS_KEPT = 100 };

/* Messages of rejected rows, the first ones; collected without the interpreter's lock. */
typedef struct rejects {
    char *message[REJECTS_KEPT];
    int64_t line[REJECTS_KEPT];
    int n;
} rejects;

static void keep_reject(void *context, const vt_import_reject *reject)
{
    rejects *r = context;
    size_t len = strlen(reject->message) + 1;
    if (r->n < REJECTS_KEPT) {
        char *copy = malloc(len);
        if (copy != NULL) {
            memcpy(copy, reject->message, len);
            r->line[r->n] = reject->line;
            r->message[r->n++] = copy;
        }
    }
}

static PyObject *rejects_row(rejects *r)
{
    PyObject *list = PyList_New(0);
    for (int i = 0; i < r->n; i++) {
        if (list != NULL && !vt_append(list, Py_BuildValue("(Ls)", (long long)r->line[i], r->message[i]))) {
            Py_CLEAR(list);
        }
        free(r->message[i]);
    }
    return list;
}

static PyObject *counts_row(const vt_import_counts *c)
{
    return Py_BuildValue("{s:L,s:L,s:L}", "added", (long long)c->added, "changed", (long long)c->changed, "same",
                         (long long)c->same);
}

static PyObject *reasons_row(const vt_import_report *report)
{
    PyObject *row = PyDict_New();
    for (int i = 0; row != NULL && i < VT_IMPORT_REASONS && report->reasons[i].count > 0; i++) {
        if (!vt_put_in(row, report->reasons[i].reason, PyLong_FromLongLong(report->reasons[i].count))) {
            Py_CLEAR(row);
        }
    }
    return row;
}

static PyObject *notes_row(const vt_import_report *report)
{
    PyObject *list = PyList_New(0);
    for (int i = 0; list != NULL && i < VT_IMPORT_NOTES && report->notes[i][0] != '\0'; i++) {
        if (!vt_append(list, PyUnicode_FromString(report->notes[i]))) {
            Py_CLEAR(list);
        }
    }
    return list;
}

/* {column: field, None for one that was not used} */
static PyObject *columns_row(const vt_import_report *report)
{
    PyObject *row = PyDict_New();
    for (int i = 0; row != NULL && i < VT_IMPORT_COLUMNS && report->columns[i].column[0] != '\0'; i++) {
        const char *field = report->columns[i].field;
        if (!vt_put_in(row, report->columns[i].column, Py_BuildValue("z", field[0] == '\0' ? NULL : field))) {
            Py_CLEAR(row);
        }
    }
    return row;
}

/* Options by name, all of text; false with an exception set. */
static bool set_options(vt_import_options *options, PyObject *named)
{
    PyObject *name = NULL, *value = NULL;
    Py_ssize_t at = 0;
    vt_error err = VT_ERROR_INIT;
    while (PyDict_Next(named, &at, &name, &value)) {
        const char *text = PyUnicode_AsUTF8AndSize(value, NULL), *key = PyUnicode_AsUTF8AndSize(name, NULL);
        if (text == NULL || key == NULL) {
            return false;
        }
        if (vt_import_options_set(options, key, text, &err) != VT_OK) {
            vt_raise(&err);
            return false;
        }
    }
    return true;
}

static PyObject *report_row(const vt_import_report *report, rejects *r)
{
    PyObject *out = PyDict_New(), *messages = rejects_row(r);
    bool all =
        vt_put_in(out, "messages", messages) && vt_put_in(out, "id", PyLong_FromLongLong(report->import_id)) &&
        vt_put_in(out, "rows", PyLong_FromLongLong(report->rows)) &&
        vt_put_in(out, "rejected", PyLong_FromLongLong(report->rejected)) &&
        vt_put_in(out, "events", counts_row(&report->events)) && vt_put_in(out, "items", counts_row(&report->items)) &&
        vt_put_in(out, "users", counts_row(&report->users)) && vt_put_in(out, "links", counts_row(&report->links)) &&
        vt_put_in(out, "reasons", reasons_row(report)) && vt_put_in(out, "note", PyUnicode_FromString(report->note)) &&
        vt_put_in(out, "notes", notes_row(report)) && vt_put_in(out, "columns", columns_row(report)) &&
        vt_put_in(out, "event_items", PyLong_FromLongLong(report->coverage.items)) &&
        vt_put_in(out, "event_items_in_catalogue", PyLong_FromLongLong(report->coverage.in_catalogue));
    if (!all) {
        Py_CLEAR(out);
    }
    return out;
}

static bool read_paths(const char ***out, size_t *n, PyObject *list)
{
    Py_ssize_t size = PyList_Size(list);
    const char **paths = size < 0 ? NULL : calloc((size_t)size + 1, sizeof *paths);
    for (Py_ssize_t i = 0; paths != NULL && i < size; i++) {
        if (!vt_py_optional(&paths[i], PyList_GetItem(list, i), "a path")) {
            free(paths);
            return false;
        }
    }
    *out = paths;
    *n = (size_t)size;
    return paths != NULL;
}

/*
 * All but paths, from (kind, table, map, currency, time_unit, event_kind or -1, part, rating_min, rating_max,
 * {option: text}).
 */
static bool read_options(vt_import_options *o, PyObject *tuple)
{
    PyObject *minimum = NULL, *maximum = NULL, *named = NULL;
    int event_kind = -1, part = 0;
    vt_import_options_init(o);
    if (!PyArg_ParseTuple(tuple, "szzzziiOOO!", &o->kind, &o->table, &o->map, &o->currency, &o->time_unit, &event_kind,
                          &part, &minimum, &maximum, &PyDict_Type, &named)) {
        return false;
    }
    o->part = (vt_part)part;
    o->event_kind_given = event_kind >= 0;
    o->event_kind = event_kind >= 0 ? (vt_event_kind)event_kind : o->event_kind;
    o->rating_min = minimum == Py_None ? o->rating_min : PyFloat_AsDouble(minimum);
    o->rating_max = maximum == Py_None ? o->rating_max : PyFloat_AsDouble(maximum);
    return !PyErr_Occurred() && set_options(o, named);
}

static PyObject *import_into(const char *path, vt_import_options *options, PyObject *progress)
{
    vt_shop *shop = NULL;
    vt_import_report report;
    rejects kept = {.n = 0};
    vt_call call;
    options->on_reject = keep_reject;
    options->reject_context = &kept;
    vt_call_begin(&call, progress);
    options->progress = &call.progress;
    int status = vt_shop_open(&shop, path, VT_SHOP_CREATE, &call.err);
    status = status != VT_OK ? status : vt_import(shop, options, &report, &call.err);
    vt_shop_close(shop);
    if (vt_call_end(&call, status)) {
        return report_row(&report, &kept);
    }
    for (int i = 0; i < kept.n; i++) {
        free(kept.message[i]);
    }
    return NULL;
}

/* (shop, paths, options, progress) */
static PyObject *shop_import(PyObject *module, PyObject *args)
{
    const char *path = NULL, **paths = NULL;
    PyObject *list = NULL, *options = NULL, *progress = NULL;
    vt_import_options o;
    (void)module;
    if (!PyArg_ParseTuple(args, "sO!O!O", &path, &PyList_Type, &list, &PyTuple_Type, &options, &progress) ||
        !read_options(&o, options) || !read_paths(&paths, &o.n_paths, list)) {
        return NULL;
    }
    o.paths = paths;
    PyObject *out = import_into(path, &o, progress);
    free((void *)(uintptr_t)paths);
    return out;
}

/* (shop, (name, names of columns, columns), options, progress): of a table in memory */
static PyObject *shop_import_table(PyObject *module, PyObject *args)
{
    const char *path = NULL;
    PyObject *table = NULL, *options = NULL, *progress = NULL;
    vt_import_options o;
    vt_cells cells;
    (void)module;
    if (!PyArg_ParseTuple(args, "sO!O!O", &path, &PyTuple_Type, &table, &PyTuple_Type, &options, &progress) ||
        !read_options(&o, options) || !vt_cells_enter(&cells, table)) {
        return NULL;
    }
    o.rows = &cells.rows;
    PyObject *out = import_into(path, &o, progress);
    vt_cells_leave(&cells);
    return out;
}

/* (shop, import) */
static PyObject *shop_undo(PyObject *module, PyObject *args)
{
    const char *path = NULL;
    long long import = 0;
    vt_shop *shop = NULL;
    vt_import_report report;
    rejects none = {.n = 0};
    vt_call call;
    (void)module;
    if (!PyArg_ParseTuple(args, "sL", &path, &import)) {
        return NULL;
    }
    vt_call_begin(&call, NULL);
    int status = vt_shop_open(&shop, path, VT_SHOP_WRITE, &call.err);
    status = status != VT_OK ? status : vt_import_undo(shop, import, &report, &call.err);
    vt_shop_close(shop);
    return vt_call_end(&call, status) ? report_row(&report, &none) : NULL;
}

/* [(name, summary, paths)] */
static PyObject *import_kinds(PyObject *module, PyObject *unused)
{
    size_t n = 0;
    const vt_import_kind *kinds = vt_import_kinds(&n);
    PyObject *list = PyList_New(0);
    (void)module;
    (void)unused;
    for (size_t i = 0; list != NULL && i < n; i++) {
        if (!vt_append(list, Py_BuildValue("(sss)", kinds[i].name, kinds[i].summary, kinds[i].paths))) {
            Py_CLEAR(list);
        }
    }
    return list;
}

/* (name): the number of an event kind, -1 without */
static PyObject *event_kind(PyObject *module, PyObject *args)
{
    const char *name = NULL;
    (void)module;
    return PyArg_ParseTuple(args, "s", &name) ? PyLong_FromLong(vt_event_kind_find(vt_str_of(name))) : NULL;
}

static PyMethodDef functions[] = {
    {"shop_import", shop_import, METH_VARARGS, NULL}, {"shop_import_table", shop_import_table, METH_VARARGS, NULL},
    {"shop_undo", shop_undo, METH_VARARGS, NULL},     {"import_kinds", import_kinds, METH_NOARGS, NULL},
    {"event_kind", event_kind, METH_VARARGS, NULL},   {NULL, NULL, 0, NULL},
};

bool vt_add_imports(PyObject *module)
{
    return PyModule_AddFunctions(module, functions) == 0;
}
