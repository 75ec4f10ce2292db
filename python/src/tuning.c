/* What fits more than once: an evaluation by folds, and the search for good settings. */
#include "vitrine/tuning.h"
#include "data.h"

/* What both begin with. */
typedef struct fitting {
    const char *kind, *split, **settings;
    PyObject *dataset_handle, *options, *protocol_tuple, *progress;
    vt_dataset *data;
    vt_split_spec spec;
    vt_fit_options fit;
    vt_protocol protocol;
} fitting;

static bool enter(fitting *f)
{
    vt_error err = VT_ERROR_INIT;
    f->data = vt_handle_enter(f->dataset_handle, &vt_dataset_kind);
    if (f->data == NULL) {
        return false;
    }
    if (vt_split_parse(&f->spec, f->split, &err) != VT_OK) {
        vt_raise(&err);
    } else if (vt_protocol_read(&f->protocol, f->protocol_tuple, f->data, &f->spec) &&
               vt_fit_options_read(&f->fit, &f->settings, f->options, f->data)) {
        return true;
    }
    vt_handle_leave(f->dataset_handle);
    return false;
}

static void leave(fitting *f)
{
    free((void *)(uintptr_t)f->settings);
    vt_handle_leave(f->dataset_handle);
}

/* (kind, options, dataset, split, seed, inner, protocol, progress): the folds of a split joined */
static PyObject *evaluate_folds(PyObject *module, PyObject *args)
{
    unsigned long long seed = 0;
    int inner = 0;
    fitting f = {0};
    vt_call call;
    (void)module;
    if (!PyArg_ParseTuple(args, "sO!OsKpO!O", &f.kind, &PyTuple_Type, &f.options, &f.dataset_handle, &f.split, &seed,
                          &inner, &PyTuple_Type, &f.protocol_tuple, &f.progress) ||
        !enter(&f)) {
        return NULL;
    }
    vt_evaluation *out = calloc(1, sizeof *out);
    bool made = out != NULL;
    if (made) {
        vt_call_begin(&call, f.progress);
        f.protocol.progress = &call.progress;
        f.fit.progress = &call.progress;
        int status =
            vt_evaluate_folds(out, f.kind, &f.fit, f.data->snapshot, &f.spec, seed, inner != 0, &f.protocol, &call.err);
        made = vt_call_end(&call, status);
    } else {
        PyErr_NoMemory();
    }
    leave(&f);
    return vt_evaluation_handle(out, made);
}

/* ---- tuning ------------------------------------------------------------------------------------------------------ */

/* Trials as they come, kept without the interpreter's lock. */
typedef struct trials {
    vt_trial *row;
    size_t n, capacity;
} trials;

static void keep_trial(void *context, const vt_trial *trial)
{
    trials *t = context;
    if (t->n == t->capacity) {
        size_t capacity = 2 * t->capacity + 64;
        vt_trial *grown = realloc(t->row, capacity * sizeof *grown);
        if (grown == NULL) {
            return; /* the table is shorter; the result is not */
        }
        t->row = grown;
        t->capacity = capacity;
    }
    t->row[t->n++] = *trial;
}

static PyObject *trial_row(const vt_trial *t)
{
    return Py_BuildValue("(iidsNNNidNz)", t->number, t->rung, t->share, t->settings, vt_py_real(t->value),
                         vt_py_real(t->low), vt_py_real(t->high), t->epochs, t->seconds, PyBool_FromLong(t->kept),
                         t->error[0] == '\0' ? NULL : t->error);
}

static PyObject *trial_rows(const trials *t)
{
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list != NULL && i < t->n; i++) {
        if (!vt_append(list, trial_row(&t->row[i]))) {
            Py_CLEAR(list);
        }
    }
    return list;
}

static PyObject *result_row(const vt_tuning_result *r, const trials *t)
{
    return Py_BuildValue("{s:s,s:s,s:i,s:i,s:i,s:i,s:N,s:N,s:s,s:N,s:N}", "protocol", r->protocol, "metric", r->metric,
                         "good", r->good, "trials", r->trials, "whole", r->whole, "failed", r->failed, "first",
                         trial_row(&r->first), "best", trial_row(&r->best), "settings", r->settings, "out_of_time",
                         PyBool_FromLong(r->out_of_time), "rows", trial_rows(t));
}

static bool read_search(vt_tuning *tuning, PyObject *list)
{
    Py_ssize_t n = PyList_Size(list);
    const char **rows = n < 0 ? NULL : calloc((size_t)n + 1, sizeof *rows);
    bool all = rows != NULL;
    for (Py_ssize_t i = 0; all && i < n; i++) {
        all = vt_py_optional(&rows[i], PyList_GetItem(list, i), "a range");
    }
    tuning->search = rows;
    tuning->n_search = all ? (size_t)n : 0;
    return all;
}

/* (kind, options, dataset, split, protocol, ranges, trials, seconds, log or None, progress): what was found */
static PyObject *tune(PyObject *module, PyObject *args)
{
    PyObject *ranges = NULL, *out = NULL;
    fitting f = {0};
    trials rows = {NULL, 0, 0};
    vt_tuning tuning;
    vt_tuning_result result;
    vt_call call;
    (void)module;
    vt_tuning_init(&tuning);
    if (!PyArg_ParseTuple(args, "sO!OsO!O!idzO", &f.kind, &PyTuple_Type, &f.options, &f.dataset_handle, &f.split,
                          &PyTuple_Type, &f.protocol_tuple, &PyList_Type, &ranges, &tuning.trials, &tuning.budget,
                          &tuning.log, &f.progress) ||
        !enter(&f)) {
        return NULL;
    }
    if (read_search(&tuning, ranges)) {
        vt_call_begin(&call, f.progress);
        tuning.kind = f.kind;
        tuning.spec = f.spec;
        tuning.fit = f.fit;
        tuning.protocol = f.protocol;
        tuning.fit.progress = &call.progress;
        tuning.told = keep_trial;
        tuning.context = &rows;
        int status = vt_tune(&result, f.data->snapshot, &tuning, &call.err);
        out = vt_call_end(&call, status) ? result_row(&result, &rows) : NULL;
    }
    free((void *)(uintptr_t)tuning.search);
    free(rows.row);
    leave(&f);
    return out;
}

static PyMethodDef functions[] = {
    {"evaluate_folds", evaluate_folds, METH_VARARGS, NULL},
    {"tune", tune, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

bool vt_add_tuning(PyObject *module)
{
    return PyModule_AddFunctions(module, functions) == 0;
}
